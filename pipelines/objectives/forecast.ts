import { quarterIndex } from '../configuration/period.ts';
import type { Standing, TrajectoryPoint } from './objective.ts';

/** Two-sided 80 % quantiles of Student's t, by degrees of freedom from 1. */
const student80 = [
  3.078, 1.886, 1.638, 1.533, 1.476, 1.44, 1.415, 1.397, 1.383, 1.372, 1.363, 1.356, 1.35, 1.345, 1.341,
];

/**
 * Ordinary least squares through the known points, extended to the target's quarter, with the 80 %
 * prediction interval. Fewer than four points say nothing: null.
 */
export function forecast(points: readonly TrajectoryPoint[], target: string): Standing['forecast'] {
  const known = points
    .filter((p) => p.actual !== null)
    .map((p) => [quarterIndex(p.period), Number(p.actual)] as const);
  const n = known.length;
  if (n < 4) return null;
  const meanX = known.reduce((sum, [x]) => sum + x, 0) / n;
  const meanY = known.reduce((sum, [, y]) => sum + y, 0) / n;
  const spread = known.reduce((sum, [x]) => sum + (x - meanX) ** 2, 0);
  const slope = known.reduce((sum, [x, y]) => sum + (x - meanX) * (y - meanY), 0) / spread;
  const residual = known.reduce((sum, [x, y]) => sum + (y - meanY - slope * (x - meanX)) ** 2, 0);
  const at = quarterIndex(target);
  const value = meanY + slope * (at - meanX);
  const deviation = Math.sqrt((residual / (n - 2)) * (1 + 1 / n + (at - meanX) ** 2 / spread));
  const reach = (student80[n - 3] ?? 1.282) * deviation;
  const text = (number: number) => number.toFixed(6);
  return {
    value: text(value),
    low: text(value - reach),
    high: text(value + reach),
    method: 'ols_80',
    points: n,
  };
}
