import { Decimal } from 'decimal.js';
import { quarterIndex } from '../configuration/period.ts';
import type { Pace } from './position.ts';

/**
 * The pace of an objective, achieved and required, a year.
 *
 * @param then value that progress is counted from, at the quarter `since`
 * @param target value to reach at the quarter `until`, in the season of `now`
 * @returns null at the baseline itself: nothing has been achieved yet
 */
export function paceOf(
  then: Decimal.Value,
  since: string,
  value: Decimal.Value,
  now: string,
  target: Decimal.Value,
  until: string,
): Pace | null {
  const gone = quarterIndex(now) - quarterIndex(since);
  const left = quarterIndex(until) - quarterIndex(now);
  if (gone <= 0) return null;
  const aYear = (change: Decimal, quarters: number) =>
    change.times(4).dividedBy(quarters).toDecimalPlaces(6).toFixed();
  return {
    achieved: aYear(new Decimal(value).minus(then), gone),
    required: left > 0 ? aYear(new Decimal(target).minus(value), left) : null,
    quartersLeft: Math.max(0, left),
  };
}
