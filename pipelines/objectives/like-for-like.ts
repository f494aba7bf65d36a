import { Decimal } from 'decimal.js';
import { monthsBetween, quarterOf, shiftQuarter } from '../configuration/period.ts';
import type { Catalogue, Indicator } from '../indicators/catalogue.ts';
import { GROUP } from '../indicators/figure.ts';
import type { MeasuredObjective } from './objective.ts';
import type { PerimeterValue } from './perimeter-values.ts';
import type { TrajectoryPoint } from './position.ts';
import { isFlow } from './season.ts';

/** When a company is in the perimeter, ISO days; null: before or after the history. */
export interface Presence {
  readonly id: string;
  readonly entry: string | null;
  readonly exit: string | null;
  readonly method: 'full' | 'proportional' | 'equity' | 'excluded';
  /** in % */
  readonly share: number;
}

/** What a comparison over time has to know beside the figures. */
export interface Setting {
  readonly measures: Catalogue['measures'];
  readonly perimeter: readonly Presence[];
  readonly fiscalYearStartMonth: number;
}

/** What each consolidated entity counts for in the group: 1, or its share where it is proportional. */
export function consolidationWeights(perimeter: readonly Presence[]): Map<string, number> {
  return new Map(
    perimeter
      .filter((e) => e.method === 'full' || e.method === 'proportional')
      .map((e) => [e.id, e.method === 'full' ? 1 : e.share / 100]),
  );
}

/** A series on a constant perimeter, and what the last value lacks of a whole year of who came since. */
export interface LikeForLike {
  readonly series: ReadonlyMap<string, string | null>;
  readonly moved: number;
}

/**
 * An objective's series over the companies that are consolidated throughout, so that an acquisition is not
 * taken for a trend. For a flow over twelve months, who came within them is brought to a whole year, and who
 * left is taken out.
 */
export function likeForLike(
  objective: MeasuredObjective,
  indicator: Indicator,
  valueAt: PerimeterValue,
  points: readonly TrajectoryPoint[],
  oldest: string,
  period: string,
  { measures, perimeter, fiscalYearStartMonth }: Setting,
): LikeForLike {
  const own = { series: new Map(points.map((p) => [p.period, p.actual])), moved: 0 };
  if (objective.entity !== GROUP) return own;
  const dayOf = (quarter: string) => quarterOf(quarter, fiscalYearStartMonth);
  const [first, last] = [dayOf(oldest).from, dayOf(period).to];
  const weights = consolidationWeights(perimeter);
  const consolidated = perimeter.filter((e) => weights.has(e.id));
  const steady = consolidated.filter(
    (e) => (e.entry === null || e.entry <= first) && (e.exit === null || e.exit >= last),
  );
  if (steady.length === consolidated.length || steady.length === 0) return own;
  const over = (entities: readonly string[], quarter: string) =>
    valueAt({ ...objective, entities: [...entities] }, quarter);
  const ids = steady.map((e) => e.id);
  const series = new Map(
    points.map((p) => [p.period, p.actual === null ? null : over(ids, p.period)] as const),
  );
  const yearStart = dayOf(shiftQuarter(period, -3)).from;
  let moved = new Decimal(0);
  if (objective.basis === 'ttm' && isFlow(indicator, { measures })) {
    for (const one of consolidated) {
      const value = over([one.id], period);
      if (value === null) continue;
      if (one.exit !== null && one.exit < last) moved = moved.minus(value);
      else if (one.entry !== null && one.entry > yearStart)
        moved = moved.plus(
          new Decimal(value).times(12).dividedBy(monthsBetween(one.entry, last).length).minus(value),
        );
    }
  }
  return { series, moved: moved.toNumber() };
}
