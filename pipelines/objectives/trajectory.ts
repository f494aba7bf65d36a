import { Decimal } from 'decimal.js';
import { quarterIndex } from '../configuration/period.ts';

interface Value {
  readonly period: string;
  readonly value: number;
}

/** What a trajectory is made of. */
export interface Way {
  readonly baseline: Value;
  readonly target: { readonly period: string; readonly value?: number | undefined };
  readonly trajectory: 'linear' | 'steps' | 'points' | 'yearly_rate' | 'contraction';
  readonly steps?: readonly Value[] | undefined;
  readonly points?: readonly Value[] | undefined;
  /** % a year, compound */
  readonly yearly_rate?: number | undefined;
  readonly contraction?: { readonly percent_a_year: number } | null | undefined;
}

const defaultContraction = 4.2;

/**
 * The value that a trajectory expects at a quarter, six decimals; null before the baseline.
 *
 * @example expectedAt({ baseline: { period: '2025-Q4', value: 1000 }, target: { period: '2027-Q4', value: 800 }, trajectory: 'linear' }, '2026-Q4') // 900
 */
export function expectedAt(way: Way, quarter: string): Decimal | null {
  const at = quarterIndex(quarter);
  const start = quarterIndex(way.baseline.period);
  const end = quarterIndex(way.target.period);
  if (at < start) return null;
  const made = madeAt(way, Math.min(at, end) - start);
  if (made) return made;
  const target = { period: way.target.period, value: way.target.value ?? way.baseline.value };
  if (at >= end) return new Decimal(target.value);
  if (way.trajectory === 'steps') {
    const reached = inOrder(way.steps)
      .filter((step) => quarterIndex(step.period) <= at)
      .at(-1);
    return new Decimal(reached?.value ?? way.baseline.value);
  }
  const stops =
    way.trajectory === 'points' ? [way.baseline, ...inOrder(way.points), target] : [way.baseline, target];
  const next = stops.findIndex((stop) => quarterIndex(stop.period) > at);
  return between(stops[next - 1] as Value, stops[next] as Value, at);
}

/** The target that the trajectory makes by itself; null where it has to be declared. */
export function derivedTarget(way: Way): number | null {
  const quarters = quarterIndex(way.target.period) - quarterIndex(way.baseline.period);
  return madeAt(way, quarters)?.toNumber() ?? null;
}

/** Trajectories given by a rate: value after a number of quarters. */
function madeAt(way: Way, quarters: number): Decimal | null {
  const base = new Decimal(way.baseline.value);
  const years = new Decimal(quarters).dividedBy(4);
  if (way.trajectory === 'yearly_rate' && way.yearly_rate !== undefined)
    return base.times(new Decimal(way.yearly_rate).dividedBy(100).plus(1).pow(years)).toDecimalPlaces(6);
  if (way.trajectory === 'contraction') {
    const rate = new Decimal(way.contraction?.percent_a_year ?? defaultContraction).dividedBy(100);
    return base.times(Decimal.max(0, new Decimal(1).minus(rate.times(years)))).toDecimalPlaces(6);
  }
  return null;
}

function between(from: Value, to: Value, at: number): Decimal {
  const [start, end] = [quarterIndex(from.period), quarterIndex(to.period)];
  return new Decimal(to.value)
    .minus(from.value)
    .times(at - start)
    .dividedBy(end - start)
    .plus(from.value)
    .toDecimalPlaces(6);
}

function inOrder(values: readonly Value[] | undefined): Value[] {
  return [...(values ?? [])].sort((a, b) => quarterIndex(a.period) - quarterIndex(b.period));
}
