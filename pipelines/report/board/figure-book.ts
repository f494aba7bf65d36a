import { shiftQuarter } from '../../configuration/period.ts';
import { figuresByPlace } from '../../indicators/by-place.ts';
import type { Indicator } from '../../indicators/catalogue.ts';
import { type Basis, type Figure, GROUP } from '../../indicators/figure.ts';
import type { ReportContent } from '../content.ts';

/** The figures of a report, found by what they are. */
export interface FigureBook {
  readonly period: string;
  readonly yearBefore: string;
  /** the indicators that have at least one figure in the run and are no detail of another, those of objectives apart, in the catalogue's order */
  readonly indicators: readonly Indicator[];
  /** undefined for null: an objective may have none */
  readonly indicator: (id: string | null) => Indicator | undefined;
  readonly figure: (indicator: string, basis: Basis, period: string, entity?: string) => Figure | undefined;
  /** all periods that the run holds, oldest first */
  readonly periods: readonly string[];
}

const opened = new WeakMap<ReportContent, FigureBook>();

/** The figures of a report; whoever draws of the same content shares what finds them. */
export function openFigures(content: ReportContent): FigureBook {
  const book = opened.get(content) ?? bookOf(content);
  opened.set(content, book);
  return book;
}

function bookOf(content: ReportContent): FigureBook {
  const figures = figuresByPlace(content.figures);
  const known = new Set<string>();
  const periods = new Set<string>();
  for (const { indicator, period } of content.figures) {
    known.add(indicator);
    periods.add(period);
  }
  const followed = new Set(content.objectives.map((standing) => standing.objective.indicator));
  const byId = new Map(content.catalogue.indicators.map((i) => [i.id, i]));
  return {
    period: content.run.period,
    yearBefore: shiftQuarter(content.run.period, -4),
    indicators: content.catalogue.indicators.filter(
      (i) => known.has(i.id) && (!i.detail || followed.has(i.id)),
    ),
    indicator: (id) => (id === null ? undefined : byId.get(id)),
    figure: (indicator, basis, period, entity = GROUP) => figures.get(indicator, { entity, period, basis }),
    periods: [...periods].sort(),
  };
}
