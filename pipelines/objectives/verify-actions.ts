import { Decimal } from 'decimal.js';
import { literal } from '../../connectors/connector.ts';
import { monthsBetween, type Quarter, quarterIndex, shiftQuarter } from '../configuration/period.ts';
import type { Site } from '../configuration/schema.ts';
import type { Catalogue, Indicator } from '../indicators/catalogue.ts';
import { evaluate, measuresOf, parseExpression } from '../indicators/expression.ts';
import { type Figure, GROUP } from '../indicators/figure.ts';
import { contributionRows } from '../indicators/measure-rows.ts';
import { tableColumns } from '../indicators/measure-values.ts';
import type { Warehouse } from '../warehouse/warehouse.ts';
import type { Action } from './action.ts';
import { consolidationWeights, type Presence } from './like-for-like.ts';
import { isMeasured, type MeasuredObjective, type Objective } from './objective.ts';
import { perimeterValues } from './perimeter-values.ts';
import { isFlow } from './season.ts';

/** What an action was to bring, against what its indicator did. Decimal text, in the unit of the indicator. */
export interface EffectCheck {
  readonly action: string;
  readonly indicator: string;
  /** entity, site or group that the move is read in */
  readonly place: string;
  /** `moved`: at least three quarters of what was expected; `part`; `none`: less than a quarter of it */
  readonly verdict: 'moved' | 'part' | 'none' | 'too_early' | 'not_checkable';
  readonly reason: null | 'unit' | 'no_figure' | 'no_objective';
  /** day from which the effect counts, and whole months of it in the window */
  readonly from: string;
  readonly months: number;
  /** quarters that are compared: the last before the effect, and the run's */
  readonly before: string | null;
  readonly expected: string | null;
  readonly observed: string | null;
  /**
   * how far the indicator moves by itself over as many quarters, 80 % of the time: Student's t times the
   * standard deviation of its changes from year to year; null with fewer than four of them
   */
  readonly usual: string | null;
  /** the expected effect is no larger than the usual moves: it cannot be told from them */
  readonly drowned: boolean;
  /** sites and companies left out because they came or went in between */
  readonly leftOut: readonly string[];
}

export interface Ground {
  readonly catalogue: Catalogue;
  readonly objectives: readonly Objective[];
  readonly figures: readonly Figure[];
  readonly quarters: readonly Quarter[];
  readonly perimeter: readonly Presence[];
  readonly sites: readonly Site[];
  readonly period: string;
}

/** Months of effect below which nothing is concluded. */
export const enoughMonths = 6;

/**
 * Sets what actions that are done were to bring against what their indicator did, on a constant perimeter:
 * sites and companies that came or went between the two windows are left out. A flow is compared over twelve
 * months, of which only the months since the effect's day are expected to have moved.
 */
export async function verifyEffects(
  warehouse: Warehouse,
  actions: readonly Action[],
  ground: Ground,
): Promise<EffectCheck[]> {
  const checks: EffectCheck[] = [];
  for (const action of actions) {
    if (action.status !== 'done' || action.expectedEffect === null) continue;
    if (new Decimal(action.expectedEffect).isZero()) continue;
    checks.push(await verifyEffect(warehouse, action, ground));
  }
  return checks;
}

async function verifyEffect(warehouse: Warehouse, action: Action, ground: Ground): Promise<EffectCheck> {
  const { period, quarters, catalogue, objectives } = ground;
  const objective = objectives.find((one) => one.id === action.objective);
  const from = action.effectFrom ?? action.doneOn ?? action.due;
  const end = quarters.find((q) => q.id === period)?.to ?? from;
  const months = from > end ? 0 : monthsBetween(from, end).length - (from.endsWith('-01') ? 0 : 1);
  const base = {
    action: action.id,
    indicator: objective?.indicator ?? '',
    place: action.site ?? action.entity ?? objective?.entity ?? GROUP,
    from,
    months,
    reason: null,
    before: null,
    expected: null,
    observed: null,
    usual: null,
    drowned: false,
    leftOut: [],
  };
  const indicator = catalogue.indicators.find((one) => one.id === objective?.indicator);
  if (!objective || !isMeasured(objective) || !indicator)
    return { ...base, verdict: 'not_checkable', reason: 'no_objective' };
  if (!sameUnit(action, indicator)) return { ...base, verdict: 'not_checkable', reason: 'unit' };
  if (months < enoughMonths) return { ...base, verdict: 'too_early' };
  const before = quarters.filter((q) => q.to < from).at(-1)?.id;
  const move = before ? await moveSince(warehouse, action, objective, indicator, before, ground) : null;
  if (!before || !move) return { ...base, verdict: 'not_checkable', reason: 'no_figure' };
  // twelve months hold the effect for as many of them as have passed; a level holds it whole
  const held = objective.basis === 'ttm' ? Math.min(months, 12) : 12;
  const expected = new Decimal(action.expectedEffect as string).times(held).dividedBy(12).toDecimalPlaces(6);
  const share = move.observed.dividedBy(expected);
  const usual = usualMove(move.yearly, quarterIndex(period) - quarterIndex(before));
  return {
    ...base,
    verdict: share.lessThan('0.25') ? 'none' : share.lessThan('0.75') ? 'part' : 'moved',
    before,
    expected: expected.toFixed(),
    observed: move.observed.toDecimalPlaces(6).toFixed(),
    usual: usual === null ? null : new Decimal(usual.toFixed(6)).toFixed(),
    drowned: usual !== null && expected.abs().lessThanOrEqualTo(usual),
    leftOut: move.leftOut,
  };
}

/** An effect on a percentage is stated in points. */
export function sameUnit(action: Action, indicator: Indicator): boolean {
  return (
    action.expectedUnit === indicator.unit || (action.expectedUnit === 'point' && indicator.unit === '%')
  );
}

/** Two-sided 80 % quantiles of Student's t, by degrees of freedom from 3; nine quarters of history give four. */
const student80 = [1.638, 1.533, 1.476, 1.44, 1.415, 1.397, 1.383, 1.372, 1.363];

/**
 * How far a sum of `steps` quarterly changes goes by itself: t s √steps over the changes from year to year,
 * about their mean. Null with fewer than four changes.
 */
export function usualMove(changes: readonly number[], steps: number): number | null {
  const n = changes.length;
  if (n < 4) return null;
  const mean = changes.reduce((sum, one) => sum + one, 0) / n;
  const variance = changes.reduce((sum, one) => sum + (one - mean) ** 2, 0) / (n - 1);
  return (student80[n - 4] ?? 1.282) * Math.sqrt(variance * Math.min(steps, 4));
}

interface Move {
  readonly observed: Decimal;
  /** changes of a quarter from year to year, or of the windows from one to the next */
  readonly yearly: readonly number[];
  readonly leftOut: readonly string[];
}

async function moveSince(
  warehouse: Warehouse,
  action: Action,
  objective: MeasuredObjective,
  indicator: Indicator,
  before: string,
  ground: Ground,
): Promise<Move | null> {
  const bySite = await siteSeries(warehouse, action, objective, indicator, before, ground);
  return bySite ?? figureSeries(action, objective, indicator, before, ground);
}

/** The move of a flow over the sites that were there all the time, or over the action's own. */
async function siteSeries(
  warehouse: Warehouse,
  action: Action,
  objective: MeasuredObjective,
  indicator: Indicator,
  before: string,
  { catalogue, quarters, sites, period }: Ground,
): Promise<Move | null> {
  if (action.entity === null || objective.basis !== 'ttm' || !isFlow(indicator, catalogue)) return null;
  const numerator = parseExpression(indicator.numerator);
  const columns = await tableColumns(warehouse);
  const measures = measuresOf(numerator).map((id) => catalogue.measures.find((m) => m.id === id));
  if (measures.some((m) => m?.aggregation !== 'sum' || !columns(m.table).has('site'))) return null;
  const [first, last] = [quarters[0], quarters.find((q) => q.id === period)];
  const start = quarters.find((q) => q.id === shiftQuarter(before, -3));
  if (!first || !last || !start) return null;
  const own = sites.filter(
    (s) => s.entity === action.entity && (action.site === null || s.id === action.site),
  );
  const steady = own.filter(
    (s) =>
      action.site !== null ||
      ((s.entry === null || s.entry <= start.from) && (s.exit === null || s.exit >= last.to)),
  );
  if (steady.length === 0) return null;
  const sums = new Map<string, string>();
  for (const measure of measures) {
    if (!measure) return null;
    const window = { basis: 'ttm' as const, period, from: first.from, to: last.to, months: 12 };
    const rows = await warehouse.rows<{ quarter: string; total: string }>(
      `select m.quarter, sum(c.contribution)::decimal(38,10)::varchar as total
       from (${contributionRows(measure, columns(measure.table), action.entity, window)}) as c
       join reference.month as m on c.date between m.month_start and m.month_end
       where c.site in (${steady.map((s) => literal(s.id)).join(', ')})
       group by m.quarter order by m.quarter`,
    );
    for (const row of rows) sums.set(`${measure.id}|${row.quarter}`, row.total);
  }
  const at = (quarter: string): Decimal | null => {
    const found = evaluate(numerator, (id) => {
      const total = sums.get(`${id}|${quarter}`);
      return total === undefined ? null : new Decimal(total);
    });
    return found.state === 'known' ? new Decimal(found.value.times(indicator.scale)) : null;
  };
  const year = (quarter: string): Decimal | null => {
    const parts = [0, -1, -2, -3].map((n) => at(shiftQuarter(quarter, n)));
    return parts.some((p) => p === null)
      ? null
      : parts.reduce<Decimal>((sum, p) => sum.plus(p as Decimal), new Decimal(0));
  };
  const [was, is] = [year(before), year(period)];
  if (was === null || is === null) return null;
  const yearly = quarters.flatMap((q) => {
    const [now, then] = [at(q.id), at(shiftQuarter(q.id, -4))];
    return now === null || then === null ? [] : [now.minus(then).toNumber()];
  });
  return {
    observed: is.minus(was),
    yearly,
    leftOut: own.filter((s) => !steady.includes(s)).map((s) => s.id),
  };
}

/** The move of an entity's figure, or of the group's over the companies that were there all the time. */
function figureSeries(
  action: Action,
  objective: MeasuredObjective,
  indicator: Indicator,
  before: string,
  { catalogue, figures, quarters, perimeter, period }: Ground,
): Move | null {
  const values = perimeterValues(catalogue.indicators, figures, consolidationWeights(perimeter));
  const entity = action.entity ?? objective.entity;
  const weights = consolidationWeights(perimeter);
  const start = quarters.find((q) => q.id === shiftQuarter(before, objective.basis === 'ttm' ? -3 : 0))?.from;
  const end = quarters.find((q) => q.id === period)?.to ?? '';
  const came = perimeter.filter(
    (e) =>
      weights.has(e.id) &&
      ((e.entry !== null && e.entry > (start ?? '')) || (e.exit !== null && e.exit < end)),
  );
  const constant = entity === GROUP && came.length > 0;
  const place = constant
    ? {
        ...objective,
        entities: [...weights.keys()].filter((id) => !came.some((e) => e.id === id)),
      }
    : { ...objective, entity, entities: action.entity === null ? objective.entities : null, sites: null };
  const at = (quarter: string) => {
    const value = values(place, quarter);
    return value === null ? null : new Decimal(value);
  };
  const [was, is] = [at(before), at(period)];
  if (was === null || is === null || indicator.bases.length === 0) return null;
  const yearly = quarters.flatMap((q) => {
    const [now, then] = [at(q.id), at(shiftQuarter(q.id, -1))];
    return now === null || then === null ? [] : [now.minus(then).toNumber()];
  });
  return { observed: is.minus(was), yearly, leftOut: constant ? came.map((e) => e.id) : [] };
}
