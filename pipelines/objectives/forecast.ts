import { quarterIndex } from '../configuration/period.ts';
import type { Forecast, TrajectoryPoint } from './position.ts';

/** Two-sided 80 % quantiles of Student's t, by degrees of freedom from 1. */
const student80 = [
  3.078, 1.886, 1.638, 1.533, 1.476, 1.44, 1.415, 1.397, 1.383, 1.372, 1.363, 1.356, 1.35, 1.345, 1.341,
];
const normal80 = 1.281552;

/** Changes that a forecast needs at least. */
export const fewestChanges = 4;

/**
 * Random walk with drift: the last known value, plus the mean change as many times as there are steps to the
 * target. Trailing twelve months overlap, so that a line through them would count the same quarters four
 * times and its interval would be too narrow; their changes are the differences between a quarter and the
 * same quarter of the year before, which overlap no more. The standard deviation over h steps is
 * s √(h (1 + h / n)) for n changes (Hyndman and Athanasopoulos, Forecasting: Principles and Practice, 3rd
 * ed., table 5.2, drift), s being the larger of the changes' own and the Newey-West one (Bartlett weights,
 * lags ⌊4 (n / 100)^(2/9)⌋; Econometrica 55, 1987), for changes that follow each other; times Student's t
 * with n - 1 degrees of freedom.
 *
 * @param season quarters that a change spans: 4 for a seasonal series of quarters, whose steps are then
 *   years; else 1
 * @param like series on a constant perimeter, whose changes are taken in place of the points' own; what
 *   companies bring or take away is not a trend
 * @param moved what is added to the last known value before it goes on: a company that came counts for a
 *   whole year at the target, though the last twelve months hold less of it
 * @param most what the value cannot exceed: a share, 100 %
 * @returns null with fewer than four changes, or where the target's quarter is known already
 */
export function forecast(
  points: readonly TrajectoryPoint[],
  target: string,
  season: 1 | 4 = 1,
  like: ReadonlyMap<string, string | null> = new Map(points.map((p) => [p.period, p.actual])),
  moved = 0,
  most = Number.POSITIVE_INFINITY,
): Forecast | null {
  const known = new Map(
    points.filter((p) => p.actual !== null).map((p) => [quarterIndex(p.period), Number(p.actual)]),
  );
  const compared = new Map(
    [...like].filter(([, value]) => value !== null).map(([q, value]) => [quarterIndex(q), Number(value)]),
  );
  const last = Math.max(...known.keys());
  const at = quarterIndex(target);
  const changes = [...compared.keys()]
    .sort((a, b) => a - b)
    .filter((quarter) => compared.has(quarter - season))
    .map((quarter) => (compared.get(quarter) as number) - (compared.get(quarter - season) as number));
  const n = changes.length;
  if (n < fewestChanges || at <= last) return null;
  const steps = Math.ceil((at - last) / season);
  // the same quarter of the year, for a seasonal series
  const from = known.get(at - steps * season);
  if (from === undefined) return null;
  const mean = changes.reduce((sum, change) => sum + change, 0) / n;
  const lags = Math.min(n - 1, Math.floor(4 * (n / 100) ** (2 / 9)));
  const deviation = Math.sqrt(Math.max(variance(changes, mean), longRunVariance(changes, mean, lags)));
  const value = from + moved + steps * mean;
  const reach = student(n - 1) * deviation * Math.sqrt(steps * (1 + steps / n));
  const text = (number: number) => Math.min(most, number).toFixed(6);
  return {
    value: text(value),
    low: text(value - reach),
    high: text(value + reach),
    method: season === 4 ? 'seasonal_drift_80' : 'drift_80',
    points: known.size,
    changes: n,
    drift: (season === 4 ? mean : mean * 4).toFixed(6),
    lags,
    far: at - last > last - Math.min(...known.keys()),
  };
}

function variance(changes: readonly number[], mean: number): number {
  return changes.reduce((sum, change) => sum + (change - mean) ** 2, 0) / (changes.length - 1);
}

/** Newey and West's estimate with Bartlett weights, with the same degrees of freedom as the variance. */
function longRunVariance(changes: readonly number[], mean: number, lags: number): number {
  const n = changes.length;
  const apart = changes.map((change) => change - mean);
  const covariance = (lag: number) =>
    apart.slice(lag).reduce((sum, one, i) => sum + one * (apart[i] as number), 0) / (n - 1);
  let total = covariance(0);
  for (let lag = 1; lag <= lags; lag += 1) total += 2 * (1 - lag / (lags + 1)) * covariance(lag);
  return total;
}

/** Beyond the table, Cornish and Fisher's expansion (within 0.0005 from 16 degrees of freedom on). */
function student(freedom: number): number {
  const z = normal80;
  return (
    student80[freedom - 1] ??
    z + (z ** 3 + z) / (4 * freedom) + (5 * z ** 5 + 16 * z ** 3 + 3 * z) / (96 * freedom ** 2)
  );
}
