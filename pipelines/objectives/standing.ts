import { Decimal } from 'decimal.js';
import { quarterIndex, quartersBetween } from '../configuration/period.ts';
import type { Indicator } from '../indicators/catalogue.ts';
import type { Figure } from '../indicators/figure.ts';
import { forecast } from './forecast.ts';
import type { Action, Objective, Standing, TrajectoryPoint } from './objective.ts';

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
  const known = new Set(indicators.map((i) => i.id));
  const valueAt = new Map(figures.map((f) => [`${f.indicator}|${f.entity}|${f.period}|${f.basis}`, f.value]));
  return objectives.map((objective) => {
    const actual = (quarter: string) =>
      known.has(objective.indicator)
        ? (valueAt.get(`${objective.indicator}|${objective.entity}|${quarter}|${objective.basis}`) ?? null)
        : null;
    const quarters = [...new Set(figures.map((f) => f.period))].sort();
    const first = [quarters[0] ?? period, objective.baseline.period].sort()[0] as string;
    const points: TrajectoryPoint[] = quartersBetween(first, objective.target.period).map((quarter) => ({
      period: quarter,
      actual: quarterIndex(quarter) <= quarterIndex(period) ? actual(quarter) : null,
      expected: expectedAt(objective, quarter)?.toFixed() ?? null,
    }));
    const value = actual(period);
    const expected = expectedAt(objective, period);
    const base = {
      objective,
      value,
      expected: expected?.toFixed() ?? null,
      ...position(objective, value, expected),
      points,
      forecast: forecast(points, objective.target.period),
      actions: actions.filter((action) => action.objective === objective.id),
    };
    return { ...base, sentence: tell(base) };
  });
}

/** The value that the trajectory expects at a quarter; null before the baseline. */
export function expectedAt(objective: Objective, quarter: string): Decimal | null {
  const { baseline, target } = objective;
  const at = quarterIndex(quarter);
  const start = quarterIndex(baseline.period);
  const end = quarterIndex(target.period);
  if (at < start) return null;
  if (at >= end) return new Decimal(target.value);
  if (objective.trajectory === 'steps') {
    const reached = (objective.steps ?? []).filter((step) => quarterIndex(step.period) <= at).at(-1);
    return new Decimal(reached?.value ?? baseline.value);
  }
  const way = new Decimal(target.value).minus(baseline.value);
  return way
    .times(at - start)
    .dividedBy(end - start)
    .plus(baseline.value)
    .toDecimalPlaces(6);
}

/**
 * Status from the signed distance to the trajectory, as a share of the whole way from baseline to target;
 * not from the share achieved, which is high for any objective near its end.
 */
function position(
  objective: Objective,
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
