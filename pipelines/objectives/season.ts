import { Decimal } from 'decimal.js';
import { quarterIndex, shiftQuarter } from '../configuration/period.ts';
import type { Catalogue, Indicator } from '../indicators/catalogue.ts';
import { measuresOf, parseExpression } from '../indicators/expression.ts';
import type { MeasuredObjective, Objective } from './objective.ts';
import type { Seasonality } from './position.ts';
import { expectedAt } from './trajectory.ts';

/** A sum of flows and no ratio: what a quarter holds depends on the season, and parts add up to the whole. */
export function isFlow(indicator: Indicator, catalogue: Pick<Catalogue, 'measures'>): boolean {
  if (indicator.denominator !== undefined) return false;
  const own = measuresOf(parseExpression(indicator.numerator));
  return own.every((id) => catalogue.measures.find((m) => m.id === id)?.time === 'flow');
}

export function seasonalityOf(
  objective: Pick<Objective, 'basis'>,
  indicator: Indicator | undefined,
  catalogue: Pick<Catalogue, 'measures'>,
): Seasonality {
  if (objective.basis === 'ttm') return 'ttm';
  return indicator && isFlow(indicator, catalogue) ? 'same_quarter' : 'none';
}

/** The quarter of the baseline year, which ends with the baseline's quarter, that has the season of `quarter`. */
export function seasonReference(objective: MeasuredObjective, quarter: string): string {
  const { period } = objective.baseline;
  const back = (quarterIndex(period) - quarterIndex(quarter)) % 4;
  return shiftQuarter(period, -(back < 0 ? back + 4 : back));
}

/**
 * What is expected at a quarter, of a value that has seasons: the trajectory's level against the baseline,
 * times what the same quarter of the baseline year was. Null where that quarter is not known.
 */
export function seasonalPath(
  objective: MeasuredObjective,
  quarter: string,
  actual: (quarter: string) => string | null,
): Decimal | null {
  const level = expectedAt(objective, quarter);
  return level === null ? null : inSeason(objective, level, quarter, actual);
}

/** A level of the trajectory as it is in the season of a quarter. */
export function inSeason(
  objective: MeasuredObjective,
  level: Decimal.Value,
  quarter: string,
  actual: (quarter: string) => string | null,
): Decimal | null {
  const reference = seasonReference(objective, quarter);
  if (reference === objective.baseline.period) return new Decimal(level);
  const then = actual(reference);
  if (then === null || objective.baseline.value === 0) return null;
  return new Decimal(level).times(then).dividedBy(objective.baseline.value).toDecimalPlaces(6);
}
