import { Decimal } from 'decimal.js';
import type { Catalogue, Measure } from './catalogue.ts';
import { type Figure, GROUP, type MeasureValue } from './figure.ts';
import { populationsOf } from './figures.ts';
import { measuresIn } from './measures-in.ts';

export const placeOf = (measure: string, entity: string, period: string, basis: string) =>
  `${measure}|${entity}|${period}|${basis}`;

/** Figures and measure values of some windows, all entities of each. */
export interface Results {
  readonly catalogue: Pick<Catalogue, 'indicators' | 'measures'>;
  readonly figures: readonly Figure[];
  readonly measures: readonly MeasureValue[];
}

/**
 * Measure cells that must not be shown, so that no suppressed figure can be worked out from measures,
 * their extracts or their rows: those that a suppressed figure is made of, counts of people under the threshold, and a second
 * entity where one alone could be had by subtracting the others from the group.
 */
export function withheldMeasures(
  { catalogue, figures, measures }: Results,
  /** smallest number of people that is shown */
  threshold: number,
): ReadonlySet<string> {
  const measureOf = new Map(catalogue.measures.map((m) => [m.id, m]));
  const indicatorOf = new Map(catalogue.indicators.map((i) => [i.id, i]));
  const withheld = new Set<string>();
  for (const figure of figures) {
    const indicator = indicatorOf.get(figure.indicator);
    if (figure.status !== 'suppressed' || !indicator) continue;
    const used = [...measuresIn(indicator), ...populationsOf(indicator)];
    const aboutPeople = used.filter((id) => measureOf.get(id)?.people);
    for (const id of aboutPeople.length > 0 ? aboutPeople : used) {
      withheld.add(placeOf(id, figure.entity, figure.period, figure.basis));
    }
  }
  for (const value of measures) {
    if (measureOf.get(value.measure)?.opens === 'closed')
      withheld.add(placeOf(value.measure, value.entity, value.period, value.basis));
    if (value.value === null || !countsPeople(measureOf.get(value.measure))) continue;
    const count = new Decimal(value.value);
    if (count.greaterThan(0) && count.lessThan(threshold)) {
      withheld.add(placeOf(value.measure, value.entity, value.period, value.basis));
    }
  }
  for (const values of byWindow(measures.filter((v) => measureOf.get(v.measure)?.people)))
    protectTheOnlyOne(values, withheld);
  return withheld;
}

function countsPeople(measure: Measure | undefined): boolean {
  return measure?.people === true && ['persons', 'count', 'FTE'].includes(measure.unit);
}

function byWindow(values: readonly MeasureValue[]): Iterable<MeasureValue[]> {
  const groups = new Map<string, MeasureValue[]>();
  for (const value of values) {
    const key = placeOf(value.measure, '', value.period, value.basis);
    const group = groups.get(key);
    if (group) group.push(value);
    else groups.set(key, [value]);
  }
  return groups.values();
}

function protectTheOnlyOne(values: readonly MeasureValue[], withheld: Set<string>): void {
  const hidden = (v: MeasureValue) => withheld.has(placeOf(v.measure, v.entity, v.period, v.basis));
  const group = values.find((v) => v.entity === GROUP);
  const parts = values.filter((v) => v.entity !== GROUP);
  if (!group || hidden(group) || parts.filter(hidden).length !== 1) return;
  const next = parts
    .filter((v) => !hidden(v) && v.value !== null)
    .sort((a, b) => new Decimal(a.value ?? 0).comparedTo(b.value ?? 0) || (a.entity < b.entity ? -1 : 1))[0];
  if (next) withheld.add(placeOf(next.measure, next.entity, next.period, next.basis));
}

/**
 * Whether a cell of the measure is withheld in a window, of whatever entity: rows and extracts of the group, or
 * of the other entities together, would tell it.
 */
export function hidesPart(
  withheld: ReadonlySet<string>,
  entities: readonly string[],
  { measure, period, basis }: Pick<MeasureValue, 'measure' | 'period' | 'basis'>,
): boolean {
  return entities.some((entity) => withheld.has(placeOf(measure, entity, period, basis)));
}
