import { shiftQuarter } from '../../configuration/period.ts';
import { groupedBy } from '../../grouped-by.ts';
import { ByPlace } from '../by-place.ts';
import { countsLastMonth, type Measure } from '../catalogue.ts';
import type { Basis, MeasureValue } from '../figure.ts';
import { isPopulationStatistic } from '../population.ts';

/** A window that sums over time tie to others. */
export interface Moment {
  readonly period: string;
  readonly basis: Basis;
}

/** A measure broken down: the whole is the sum of its parts. */
export interface Breakdown {
  readonly whole: string;
  readonly parts: readonly string[];
}

/** Measures that breakdowns tie together, or one that none does, with all their values that are known. */
export class Family {
  readonly breakdowns: readonly Breakdown[];
  readonly #measures: ReadonlyMap<string, Measure | undefined>;
  readonly #at: ByPlace<MeasureValue>;
  /** entities by measure and moment */
  readonly #entities: ReadonlyMap<string, readonly string[]>;

  constructor(measures: ReadonlyMap<string, Measure | undefined>, values: readonly MeasureValue[]) {
    this.#measures = measures;
    this.breakdowns = breakdownsOf(measures);
    const known = values.filter((one) => one.value !== null);
    this.#at = new ByPlace(known, (one) => one.measure);
    const atMoment = groupedBy(known, (one) => momentOf(one.measure, one));
    this.#entities = new Map([...atMoment].map(([moment, own]) => [moment, own.map(({ entity }) => entity)]));
  }

  get measures(): string[] {
    return [...this.#measures.keys()];
  }

  /** The value of a measure, undefined where it is missing: it is then no part of any sum. */
  at(measure: string, entity: string, moment: Moment): MeasureValue | undefined {
    return this.#at.get(measure, { entity, period: moment.period, basis: moment.basis });
  }

  /** Entities that have a value, the group with them. */
  entitiesAt(measure: string, moment: Moment): readonly string[] {
    return this.#entities.get(momentOf(measure, moment)) ?? [];
  }

  /**
   * The windows whose values change by as much when that of the moment does, all other quarters staying as they are:
   * a quarter, and each year that it is in; of twelve months, those with their last quarter.
   */
  changingWith(measure: string, { period, basis }: Moment): Moment[] {
    const known = this.#measures.get(measure);
    if (known && isPopulationStatistic(known)) return [{ period, basis }];
    const years = known && countsLastMonth(known) ? [0] : [0, 1, 2, 3];
    return [
      { period, basis: 'quarter' },
      ...years.map((later) => ({ period: shiftQuarter(period, later), basis: 'ttm' as const })),
    ];
  }
}

/** Ids of measures, parts with their wholes, each in one set. */
export function tiedMeasures(measures: readonly Pick<Measure, 'id' | 'part_of'>[]): string[][] {
  const rootOf = new Map<string, string>();
  const root = (id: string): string => {
    const up = rootOf.get(id);
    return up === undefined || up === id ? id : root(up);
  };
  const known = new Set(measures.map((one) => one.id));
  for (const { id, part_of } of measures)
    for (const { whole } of part_of ?? []) if (known.has(whole)) rootOf.set(root(id), root(whole));
  return [...groupedBy(known, root).values()];
}

/** The quarters whose values make that of the twelve months that end with `period`: of a stock at the end, the last alone. */
export function quartersOf(measure: Measure, period: string): string[] {
  if (countsLastMonth(measure)) return [period];
  return [3, 2, 1, 0].map((back) => shiftQuarter(period, -back));
}

const momentOf = (measure: string, { period, basis }: Moment) => `${measure}|${period}|${basis}`;

function breakdownsOf(measures: ReadonlyMap<string, Measure | undefined>): Breakdown[] {
  const ways = new Map<string, { whole: string; parts: string[] }>();
  for (const [id, measure] of measures) {
    for (const { whole, by } of measure?.part_of ?? []) {
      if (!measures.has(whole)) continue;
      const way = ways.get(`${whole}|${by}`) ?? { whole, parts: [] };
      ways.set(`${whole}|${by}`, way);
      way.parts.push(id);
    }
  }
  return [...ways.values()];
}
