import type { Project } from '../configuration/load.ts';
import type { Catalogue } from '../indicators/catalogue.ts';
import type { Figure, MeasureValue } from '../indicators/figure.ts';
import type { Window } from '../indicators/measure-rows.ts';
import type { Warehouse } from '../warehouse/warehouse.ts';
import type { Action } from './action.ts';
import { cascades, type Perimeter } from './cascade.ts';
import { changeSince } from './change.ts';
import { consolidationWeights } from './like-for-like.ts';
import { isMeasured, type Objective, type Standing } from './objective.ts';
import { siteFigures } from './site-figures.ts';
import { standings, type Tell } from './standing.ts';

/** What objectives are placed by. */
export interface Grounds {
  readonly objectives: readonly Objective[];
  readonly catalogue: Catalogue;
  readonly figures: readonly Figure[];
  readonly measures: readonly MeasureValue[];
  readonly actions: readonly Action[];
  readonly windows: readonly Window[];
  readonly configuration: Project['configuration'];
  readonly period: string;
}

/** Where each objective stands, why it is there, and whether its parts add up to it. */
export async function placeObjectives(
  warehouse: Warehouse,
  { objectives, catalogue, actions, windows, configuration, period, ...known }: Grounds,
  tell: Tell,
): Promise<Standing[]> {
  const bySite = await siteFigures(warehouse, objectives, catalogue, known.measures, windows);
  const figures = [...known.figures, ...bySite];
  const placed = standings(objectives, catalogue.indicators, figures, actions, period, tell, {
    measures: catalogue.measures,
    perimeter: configuration.perimeter.entities,
    fiscalYearStartMonth: configuration.fiscal_year_start_month,
  });
  const own = cascades(objectives, catalogue, figures, perimeterOf(configuration, period, windows));
  const weights = consolidationWeights(configuration.perimeter.entities);
  const explained: Standing[] = [];
  for (const standing of placed) {
    const { objective, seasonality, value } = standing;
    explained.push({
      ...standing,
      change:
        isMeasured(objective) && value !== null
          ? await changeSince(
              warehouse,
              objective,
              seasonality,
              catalogue,
              windows,
              period,
              weights,
              hiddenIn(figures, objective),
            )
          : null,
      cascade: own.find((one) => one.objective === objective.id) ?? null,
    });
  }
  return explained;
}

/** Whether the figure of an objective, or of one of its entities, is suppressed in a quarter. */
function hiddenIn(figures: readonly Figure[], { indicator, entity, entities, basis }: Objective) {
  const places = entities ?? [entity];
  return (quarter: string): boolean =>
    figures.some(
      (one) =>
        one.status === 'suppressed' &&
        one.indicator === indicator &&
        one.period === quarter &&
        one.basis === basis &&
        places.includes(one.entity),
    );
}

/** The entities that are consolidated on a period's last day, with what each counts for. */
export function perimeterOf(
  configuration: Project['configuration'],
  period: string,
  windows: readonly Window[],
): Perimeter {
  const last = windows.find((w) => w.period === period)?.to ?? '9999-12-31';
  const { entities } = configuration.perimeter;
  const present = new Set(
    entities
      .filter((e) => (e.entry === null || e.entry <= last) && (e.exit === null || e.exit >= last))
      .map((e) => e.id),
  );
  const open = configuration.perimeter.sites.filter(
    (site) =>
      present.has(site.entity) &&
      (site.entry === null || site.entry <= last) &&
      (site.exit === null || site.exit >= last),
  );
  return {
    weights: new Map([...consolidationWeights(entities)].filter(([entity]) => present.has(entity))),
    sites: new Map(open.map((site) => [site.id, site.entity])),
    period,
  };
}
