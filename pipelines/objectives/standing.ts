import { Decimal } from 'decimal.js';
import { quarterIndex, quartersBetween } from '../configuration/period.ts';
import type { Indicator } from '../indicators/catalogue.ts';
import type { Figure } from '../indicators/figure.ts';
import type { Action } from './action.ts';
import { forecast } from './forecast.ts';
import { consolidationWeights, likeForLike, type Setting } from './like-for-like.ts';
import {
  isMeasured,
  type MeasuredObjective,
  type Objective,
  type Standing,
  type TrajectoryPoint,
} from './objective.ts';
import { paceOf } from './pace.ts';
import { type PerimeterValue, perimeterValues } from './perimeter-values.ts';
import { inSeason, seasonalityOf, seasonalPath, seasonReference } from './season.ts';
import { expectedAt } from './trajectory.ts';

/** What the standing's sentence is told with. */
export type Tell = (standing: Omit<Standing, 'sentence'>) => string;

/**
 * Where each objective stands at `period`: value against trajectory, pace, forecast at the target, actions.
 * What it changed for and how its parts add up is told by `changeSince` and `cascades`.
 */
export function standings(
  objectives: readonly Objective[],
  indicators: readonly Indicator[],
  figures: readonly Figure[],
  actions: readonly Action[],
  period: string,
  tell: Tell,
  setting: Setting = { measures: [], perimeter: [], fiscalYearStartMonth: 1 },
): Standing[] {
  const quarters = [...new Set(figures.map((f) => f.period))].sort();
  const oldest = quarters[0] ?? period;
  const values = perimeterValues(indicators, figures, consolidationWeights(setting.perimeter));
  return objectives.map((objective) => {
    const own = actions.filter((action) => action.objective === objective.id);
    const indicator = indicators.find((one) => one.id === objective.indicator);
    const base =
      isMeasured(objective) && indicator
        ? measured(objective, indicator, values, oldest, period, setting)
        : unmeasured;
    const standing = { objective, ...base, change: null, cascade: null, actions: own };
    return { ...standing, sentence: tell(standing) };
  });
}

const unmeasured = {
  status: 'unknown',
  value: null,
  expected: null,
  targetInSeason: null,
  lead: null,
  progress: null,
  points: [],
  seasonality: 'none',
  pace: null,
  forecast: null,
} as const;

type Measured = Omit<Standing, 'objective' | 'actions' | 'sentence' | 'change' | 'cascade'>;

function measured(
  objective: MeasuredObjective,
  indicator: Indicator,
  values: PerimeterValue,
  oldest: string,
  period: string,
  setting: Setting,
): Measured {
  const actual = (quarter: string) => values(objective, quarter);
  const seasonality = seasonalityOf(objective, indicator, setting);
  const seasonal = seasonality === 'same_quarter';
  const expectedIn = (quarter: string) =>
    seasonal ? seasonalPath(objective, quarter, actual) : expectedAt(objective, quarter);
  const first = [oldest, objective.baseline.period].sort()[0] as string;
  const points: TrajectoryPoint[] = quartersBetween(first, objective.target.period).map((quarter) => ({
    period: quarter,
    actual: quarterIndex(quarter) <= quarterIndex(period) ? actual(quarter) : null,
    expected: expectedIn(quarter)?.toFixed() ?? null,
  }));
  const value = actual(period);
  const since = seasonal ? seasonReference(objective, period) : objective.baseline.period;
  const then = since === objective.baseline.period ? String(objective.baseline.value) : actual(since);
  const target = seasonal
    ? inSeason(objective, objective.target.value, period, actual)
    : new Decimal(objective.target.value);
  const known = value !== null && then !== null && target !== null;
  const like = likeForLike(objective, indicator, values, points, oldest, period, setting);
  return {
    value,
    expected: expectedIn(period)?.toFixed() ?? null,
    targetInSeason: target?.toFixed() ?? null,
    ...(known ? position(objective, indicator, value, then, target, expectedIn(period)) : unplaced),
    points,
    seasonality,
    pace: known ? paceOf(then, since, value, period, target, objective.target.period) : null,
    forecast: forecast(
      points,
      objective.target.period,
      seasonal ? 4 : 1,
      like.series,
      like.moved,
      isShare(indicator, points) ? 100 : undefined,
    ),
  };
}

/** A percentage that has never been above 100. */
const isShare = ({ unit }: Pick<Indicator, 'unit'>, points: readonly TrajectoryPoint[]): boolean =>
  unit === '%' && points.every(({ actual }) => actual === null || Number(actual) <= 100);

const unplaced = { status: 'unknown', lead: null, progress: null } as const;

/**
 * Status from the signed distance to the trajectory, as a share of the whole way from baseline to target;
 * not from the share achieved, which is high for any objective near its end. An objective to hold a value has
 * no way: it is judged in the indicator's direction of progress (both ways without one), by its distance as a
 * share of the target, and is never reached: it goes on.
 */
function position(
  objective: MeasuredObjective,
  { direction }: Pick<Indicator, 'direction'>,
  value: string,
  baseline: string,
  target: Decimal,
  expected: Decimal | null,
): Pick<Standing, 'status' | 'lead' | 'progress'> {
  const way = target.minus(baseline);
  const beyond = new Decimal(value).minus(target);
  if (way.isZero()) {
    const lead = direction === 'none' ? beyond.abs().negated() : beyond.times(direction === 'down' ? -1 : 1);
    return { status: statusOf(objective, lead, target.abs()), lead: plain(lead), progress: null };
  }
  const sign = way.isNegative() ? -1 : 1;
  const progress = new Decimal(value).minus(baseline).dividedBy(way).toDecimalPlaces(6).toNumber();
  const reached = beyond.times(sign).greaterThanOrEqualTo(0);
  if (expected === null) return { status: reached ? 'achieved' : 'on_track', lead: null, progress };
  const lead = new Decimal(value).minus(expected).times(sign);
  return { status: reached ? 'achieved' : statusOf(objective, lead, way.abs()), lead: plain(lead), progress };
}

const plain = (lead: Decimal): string => lead.toDecimalPlaces(12).plus(0).toFixed();

/** On track up to the first tolerance behind, off track beyond the second, as shares of a whole. */
function statusOf(
  { tolerance: { amber, red } }: MeasuredObjective,
  lead: Decimal,
  whole: Decimal,
): 'on_track' | 'drifting' | 'off_track' {
  if (lead.greaterThanOrEqualTo(0)) return 'on_track';
  if (whole.isZero()) return 'off_track';
  const behind = lead.negated().dividedBy(whole);
  return behind.lessThanOrEqualTo(amber)
    ? 'on_track'
    : behind.lessThanOrEqualTo(red)
      ? 'drifting'
      : 'off_track';
}
