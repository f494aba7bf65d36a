import { setImmediate as othersTurn } from 'node:timers/promises';
import { literal } from '../../connectors/connector.ts';
import type { Warehouse } from '../warehouse/warehouse.ts';
import type { Catalogue, Measure } from './catalogue.ts';
import { hiddenResults } from './disclosure/disclosure.ts';
import { quartersOf } from './disclosure/family.ts';
import { type Rules, rulesIn } from './disclosure/rules.ts';
import type { Basis, Figure, MeasureValue } from './figure.ts';
import { figuresByIndicator, openFigures, suppress } from './figures.ts';
import { readMeasureValues } from './measure-values.ts';

export const placeOf = (measure: string, entity: string, period: string, basis: string) =>
  `${measure}|${entity}|${period}|${basis}`;

/**
 * Measure values that must not be shown, so that no suppressed figure can be worked out from measures, their
 * extracts or their rows; as `placeOf` writes them.
 */
export function withheldMeasures(
  catalogue: Pick<Catalogue, 'indicators' | 'measures'>,
  /** of the whole history: a quarter may be had from the year that it is in */
  values: readonly MeasureValue[],
  rules: Rules,
): ReadonlySet<string> {
  const aboutPeople = catalogue.indicators.filter((one) => one.suppress_below !== undefined);
  const figures = openFigures({ measures: catalogue.measures, indicators: aboutPeople }, values);
  return placesOf(hiddenResults({ catalogue, figures, values }, rules).values);
}

/**
 * What `computeFigures` and `withheldMeasures` give, for who needs both: what to hide is worked out once. The figures of a
 * large group take seconds, in which the database is answered indicator by indicator.
 */
export async function protectedFigures(
  catalogue: Catalogue,
  values: readonly MeasureValue[],
  rules: Rules,
): Promise<{ readonly figures: Figure[]; readonly withheld: ReadonlySet<string> }> {
  const byIndicator: Figure[][] = [];
  for (const some of figuresByIndicator(catalogue, values)) {
    byIndicator.push(some);
    await othersTurn();
  }
  const figures = byIndicator.flat();
  const hidden = hiddenResults({ catalogue, figures, values }, rules);
  return { figures: suppress(figures, hidden.figures), withheld: placesOf(hidden.values) };
}

const placesOf = (values: Iterable<MeasureValue>): ReadonlySet<string> =>
  new Set([...values].map((one) => placeOf(one.measure, one.entity, one.period, one.basis)));

/**
 * The withheld values that a run has recorded; those of a run of before they were recorded are worked out.
 */
export async function readWithheld(
  warehouse: Warehouse,
  catalogue: Pick<Catalogue, 'indicators' | 'measures'>,
  threshold: number | undefined,
  /** whether the run has recorded them, in `result.withheld` */
  recorded: boolean,
  /** only of these measures: a large group has many */
  measures?: readonly string[],
): Promise<ReadonlySet<string>> {
  if (!recorded)
    return withheldMeasures(
      catalogue,
      await readMeasureValues(warehouse),
      await rulesIn(warehouse, threshold),
    );
  const rows = await warehouse.rows<{ place: string }>(
    `select concat_ws('|', measure, entity, period, basis) as place from result.withheld
     where ${measures ? `measure in (${measures.map(literal).join(', ')})` : 'true'}`,
  );
  return new Set(rows.map(({ place }) => place));
}

/**
 * Whether a cell of the measure is withheld in a window or in a quarter of it, of any of the entities: rows and
 * extracts of the window, or of all the entities together, would tell it.
 */
export function hidesPart(
  withheld: ReadonlySet<string>,
  entities: readonly string[],
  measure: Measure,
  { period, basis }: { readonly period: string; readonly basis: Basis },
): boolean {
  const quarters = basis === 'ttm' ? quartersOf(measure, period) : [];
  return entities.some((entity) =>
    [
      placeOf(measure.id, entity, period, basis),
      ...quarters.map((one) => placeOf(measure.id, entity, one, 'quarter')),
    ].some((place) => withheld.has(place)),
  );
}
