import { shiftQuarter } from '../../configuration/period.ts';
import { figuresByPlace, valuesByPlace } from '../../indicators/by-place.ts';
import type { Indicator, Measure } from '../../indicators/catalogue.ts';
import { type Basis, type Figure, GROUP, type MeasureValue } from '../../indicators/figure.ts';
import { placeNames } from '../../indicators/place-name.ts';
import { placeOf } from '../../indicators/withheld.ts';
import { askedFigures } from '../../review/asked-figures.ts';
import type { FigureReview } from '../../review/decision.ts';
import type { ExtractFacts, Language, MeasureContributions, ReportContent } from '../content.ts';
import { quarter, unitName } from '../format.ts';
import { withheldIn } from '../withheld.ts';
import type { Shown } from './cell.ts';
import { words as inWords, numeric } from './cell.ts';
import { type ColumnLayout, readLayouts, type SheetKey, type SheetLayout } from './layout.ts';
import { Places } from './places.ts';
import { type ShownEntities, shownEntities } from './shown-entities.ts';
import { readWords, type Words } from './words.ts';

/** What every sheet is written from: the content, found by what it is, and the words and places of the workbook. */
export interface Book {
  readonly content: ReportContent;
  readonly language: Language;
  readonly words: Words;
  readonly layouts: ReadonlyMap<SheetKey, SheetLayout>;
  readonly names: ReadonlyMap<SheetKey, string>;
  readonly places: Places;
  readonly yearBefore: string;
  /** values that headings may name */
  readonly holes: Readonly<Record<string, string>>;
  /** the group, then its entities in the order of the perimeter */
  readonly entities: readonly string[];
  /** indicators by pillar, each pillar in the order of the catalogue */
  readonly indicators: readonly Indicator[];
  /** undefined for null: an objective may have no indicator */
  indicator(id: string | null): Indicator | undefined;
  measure(id: string): Measure | undefined;
  figure(indicator: string | null, entity: string, period: string, basis: Basis): Figure | undefined;
  measureValue(measure: string, entity: string, period: string, basis: Basis): MeasureValue | undefined;
  withheld(measure: string, entity: string, period: string, basis: Basis): boolean;
  contributions(measure: string): MeasureContributions | undefined;
  /** the group, then the entities that a sheet shows of an indicator or a measure: all, unless they are too many */
  readonly entitiesOf: ShownEntities;
  extract(id: string): ExtractFacts | undefined;
  entityName(id: string): string;
  /** figures that the reviewer decides on */
  asked(): ReadonlySet<Figure>;
  /** what the journal holds of a figure, by its text id */
  reviewOf(figure: string): FigureReview | undefined;
  /** a unit as a reader writes it, never empty */
  unit(unit: string): string;
  /** what a cell shows for a figure: its value, the mark of its state, or a dash where there is no such figure */
  shown(figure: Figure | undefined): Shown;
}

const pillars = ['environment', 'social', 'governance', 'finance', 'innovation'];

export async function openBook(content: ReportContent, templates: string): Promise<Book> {
  const { language } = content.run;
  const [words, read] = await Promise.all([readWords(language, templates), readLayouts(templates)]);
  const layouts = new Map([...read].map(([key, layout]) => [key, withQuarters(layout, quartersOf(content))]));
  const names = new Map([...layouts.keys()].map((key) => [key, words.say(`sheets.${key}.name`)]));
  const index = <Item>(items: readonly Item[], key: (item: Item) => string) =>
    new Map(items.map((i) => [key(i), i]));
  const indicators = index(content.catalogue.indicators, (i) => i.id);
  const measures = index(content.catalogue.measures, (m) => m.id);
  const figures = figuresByPlace(content.figures);
  const values = valuesByPlace(content.measures);
  const extracts = index(content.extracts, (one) => one.id);
  const contributions = index(content.contributions, (c) => c.measure);
  const reviews = index(content.review.figures, (one) => one.figure);
  const withheld = withheldIn(content);
  const asked = new Set(
    askedFigures({
      period: content.run.period,
      indicators: content.catalogue.indicators,
      figures: content.figures,
    }),
  );
  const yearBefore = shiftQuarter(content.run.period, -4);
  return {
    content,
    language,
    words,
    layouts,
    names,
    places: new Places(layouts, names),
    yearBefore,
    holes: {
      period: quarter(content.run.period, language),
      before: quarter(yearBefore, language),
      currency: content.group.currency,
      group: content.group.name,
    },
    entities: [GROUP, ...content.entities.map((e) => e.id)],
    indicators: content.catalogue.indicators.toSorted(
      (a, b) => pillars.indexOf(a.pillar) - pillars.indexOf(b.pillar),
    ),
    indicator: (id) => (id === null ? undefined : indicators.get(id)),
    measure: (id) => measures.get(id),
    figure: (indicator, entity, period, basis) =>
      indicator === null ? undefined : figures.get(indicator, { entity, period, basis }),
    measureValue: (measure, entity, period, basis) => values.get(measure, { entity, period, basis }),
    withheld: (measure, entity, period, basis) => withheld.has(placeOf(measure, entity, period, basis)),
    entitiesOf: shownEntities(content, withheld),
    extract: (id) => extracts.get(id),
    contributions: (measure) => contributions.get(measure),
    reviewOf: (figure) => reviews.get(figure),
    asked: () => asked,
    entityName: placeNames(content, words.say('group')),
    unit: (unit) => unitName(unit, language) || words.say('number'),
    shown: (figure) => {
      if (!figure) return inWords(words.say('none'));
      return figure.value === null ? inWords(words.mark(figure.status)) : numeric(figure.value);
    },
  };
}

/** The text id of a figure, by which a review is read back. */
export function figureId(figure: Pick<Figure, 'indicator' | 'entity' | 'period' | 'basis'>): string {
  return `${figure.indicator}:${figure.entity}:${figure.period}:${figure.basis}`;
}

function quartersOf(content: ReportContent): string[] {
  return [...new Set(content.objectives.flatMap((o) => o.points.map((p) => p.period)))].sort();
}

function withQuarters(layout: SheetLayout, quarters: readonly string[]): SheetLayout {
  const columns = layout.columns.flatMap((column): ColumnLayout[] =>
    column.each === 'quarter' ? quarters.map((q) => ({ ...column, key: q })) : [column],
  );
  return { ...layout, columns };
}
