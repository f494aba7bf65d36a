import { Decimal } from 'decimal.js';
import { quarterIndex, quartersBetween } from '../configuration/period.ts';
import type { Indicator } from '../indicators/catalogue.ts';
import type { Figure } from '../indicators/figure.ts';
import type { Action } from './action.ts';
import { forecast } from './forecast.ts';
import {
  isMeasured,
  type MeasuredObjective,
  type Objective,
  type Standing,
  type TrajectoryPoint,
} from './objective.ts';
import { perimeterValues } from './perimeter-values.ts';
import { expectedAt } from './trajectory.ts';

/** What the standing's sentence is told with. */
export type Tell = (standing: Omit<Standing, 'sentence'>) => string;

/** Where each objective stands at `period`: value against trajectory, forecast at the target, actions. */
export function standings(
  objectives: readonly Objective[],
  indicators: readonly Indicator[],
  figures: readonly Figure[],
  actions: readonly Action[],
  period: string,
  tell: Tell,
): Standing[] {
  const valueAt = perimeterValues(indicators, figures);
  const quarters = [...new Set(figures.map((f) => f.period))].sort();
  return objectives.map((objective) => {
    const own = actions.filter((action) => action.objective === objective.id);
    const base = isMeasured(objective)
      ? measured(objective, (quarter) => valueAt(objective, quarter), quarters[0] ?? period, period)
      : unmeasured;
    const standing = { objective, ...base, actions: own };
    return { ...standing, sentence: tell(standing) };
  });
}

const unmeasured = {
  status: 'unknown',
  value: null,
  expected: null,
  lead: null,
  progress: null,
  points: [],
  forecast: null,
} as const;

function measured(
  objective: MeasuredObjective,
  actual: (quarter: string) => string | null,
  oldest: string,
  period: string,
): Omit<Standing, 'objective' | 'actions' | 'sentence'> {
  const first = [oldest, objective.baseline.period].sort()[0] as string;
  const points: TrajectoryPoint[] = quartersBetween(first, objective.target.period).map((quarter) => ({
    period: quarter,
    actual: quarterIndex(quarter) <= quarterIndex(period) ? actual(quarter) : null,
    expected: expectedAt(objective, quarter)?.toFixed() ?? null,
  }));
  const value = actual(period);
  const expected = expectedAt(objective, period);
  return {
    value,
    expected: expected?.toFixed() ?? null,
    ...position(objective, value, expected),
    points,
    forecast: forecast(points, objective.target.period),
  };
}

/**
 * Status from the signed distance to the trajectory, as a share of the whole way from baseline to target;
 * not from the share achieved, which is high for any objective near its end.
 */
function position(
  objective: MeasuredObjective,
  value: string | null,
  expected: Decimal | null,
): Pick<Standing, 'status' | 'lead' | 'progress'> {
  if (value === null) return { status: 'unknown', lead: null, progress: null };
  const way = new Decimal(objective.target.value).minus(objective.baseline.value);
  const sign = way.isNegative() ? -1 : 1;
  const progress = way.isZero()
    ? null
    : new Decimal(value).minus(objective.baseline.value).dividedBy(way).toDecimalPlaces(6).toNumber();
  const reached = new Decimal(value).minus(objective.target.value).times(sign).greaterThanOrEqualTo(0);
  if (expected === null) return { status: reached ? 'achieved' : 'on_track', lead: null, progress };
  const lead = new Decimal(value).minus(expected).times(sign).toDecimalPlaces(12);
  if (reached) return { status: 'achieved', lead: lead.toFixed(), progress };
  const behind = way.isZero() ? new Decimal(0) : lead.negated().dividedBy(way.abs());
  const { amber, red } = objective.tolerance;
  const status = behind.lessThanOrEqualTo(amber)
    ? 'on_track'
    : behind.lessThanOrEqualTo(red)
      ? 'drifting'
      : 'off_track';
  return { status, lead: lead.toFixed(), progress };
}
