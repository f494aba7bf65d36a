import { Decimal } from 'decimal.js';
import { literal } from '../../connectors/connector.ts';
import { Fault } from '../fault.ts';
import { type Bridge, bridge } from '../indicators/bridge.ts';
import type { Catalogue, Indicator, Measure } from '../indicators/catalogue.ts';
import { evaluate, measuresOf, parseExpression } from '../indicators/expression.ts';
import { GROUP } from '../indicators/figure.ts';
import type { Window } from '../indicators/measure-rows.ts';
import type { Warehouse } from '../warehouse/warehouse.ts';
import type { MeasuredObjective } from './objective.ts';
import { type ByCause, type Cause, type Change, causes, type Seasonality } from './position.ts';
import { seasonReference } from './season.ts';

const Exact = Decimal.clone({ precision: 60, rounding: Decimal.ROUND_HALF_UP });

/**
 * Splits the change of an objective's indicator since its baseline.
 *
 * A ratio's change has a part of its numerator, `ΔN (1/D₀ + 1/D₁) / 2`, and a part of its denominator,
 * `(N₀ + N₁) / 2 (1/D₁ - 1/D₀)`: the mean of both orders in which the two may be taken (Shapley), so that they
 * add up exactly. Each is shared among the causes as the change of its measures is.
 *
 * @returns null where it cannot be told: the baseline lies before the history, a measure that does not add
 * up, an expression that is not linear, or the value to start from is hidden for a small group
 *
 * @param weights what each consolidated entity counts for in a perimeter of several
 * @param hidden the objective's figure of a quarter is suppressed
 */
export async function changeSince(
  warehouse: Warehouse,
  objective: MeasuredObjective,
  seasonality: Seasonality,
  catalogue: Pick<Catalogue, 'measures' | 'indicators'>,
  windows: readonly Window[],
  period: string,
  weights: ReadonlyMap<string, number>,
  hidden: (quarter: string) => boolean = () => false,
): Promise<Change | null> {
  const indicator = catalogue.indicators.find((one) => one.id === objective.indicator);
  const since =
    seasonality === 'same_quarter' ? seasonReference(objective, period) : objective.baseline.period;
  const window = (quarter: string) =>
    windows.find((w) => w.period === quarter && w.basis === objective.basis);
  const [before, after] = [window(since), window(period)];
  if (!indicator || !before || !after || since >= period || hidden(since)) return null;
  const bridges = new Map<string, Bridge>();
  for (const id of namesOf(indicator)) {
    const measure = catalogue.measures.find((one) => one.id === id);
    if (!measure) return null;
    try {
      bridges.set(id, await bridgeWithin(warehouse, objective, measure, before, after, weights));
    } catch (error) {
      if (error instanceof Fault && error.code === 'BRG-002') return null;
      throw error;
    }
  }
  return changeOf(indicator, bridges, since);
}

/** The bridge of a measure over an objective's perimeter: an entity, the group, several entities, or some sites. */
async function bridgeWithin(
  warehouse: Warehouse,
  { entity, entities, sites, companies }: MeasuredObjective,
  measure: Measure,
  before: Window,
  after: Window,
  weights: ReadonlyMap<string, number>,
): Promise<Bridge> {
  if (sites) {
    const own = `t.site in (${sites.map(literal).join(', ')}) and t.entity in (${companies.map(literal).join(', ')})`;
    const scope = companies.length === 1 ? (companies[0] as string) : GROUP;
    const within = { ...measure, filter: `(${measure.filter}) and ${own}` };
    return bridge(warehouse, within, scope, before, after);
  }
  if (!entities) return bridge(warehouse, measure, entity, before, after);
  // as the perimeter's value: each entity for itself, at what it is consolidated at
  const parts: { weight: number; bridge: Bridge }[] = [];
  for (const one of entities)
    parts.push({
      weight: weights.get(one) ?? 1,
      bridge: await bridge(warehouse, measure, one, before, after),
    });
  const sum = (of: 'before' | 'after' | Cause) =>
    parts
      .reduce((total, part) => total.plus(new Exact(part.bridge[of]).times(part.weight)), new Exact(0))
      .toFixed();
  return {
    before: sum('before'),
    after: sum('after'),
    perimeter: sum('perimeter'),
    factor: sum('factor'),
    method: sum('method'),
    activity: sum('activity'),
    lines: parts.flatMap((part) => part.bridge.lines),
  };
}

function namesOf({ numerator, denominator }: Indicator): string[] {
  const of = (text: string) => measuresOf(parseExpression(text));
  return [...new Set([...of(numerator), ...(denominator === undefined ? [] : of(denominator))])];
}

/** The same from the bridges of the indicator's measures. */
export function changeOf(
  indicator: Pick<Indicator, 'numerator' | 'denominator' | 'scale'>,
  bridges: ReadonlyMap<string, Bridge>,
  since: string,
): Change | null {
  const top = sideOf(indicator.numerator, bridges);
  const bottom = indicator.denominator === undefined ? undefined : sideOf(indicator.denominator, bridges);
  if (!top || bottom === null) return null;
  const scale = new Exact(indicator.scale);
  const none: Record<Cause, Decimal> = record(() => new Exact(0));
  if (!bottom) {
    const effects = record((cause) => top.effects[cause].times(scale));
    return finished(since, top.before.times(scale), top.after.times(scale), effects, none);
  }
  if (bottom.before.isZero() || bottom.after.isZero()) return null;
  const one = new Exact(1);
  const perNumerator = one
    .dividedBy(bottom.before)
    .plus(one.dividedBy(bottom.after))
    .dividedBy(2)
    .times(scale);
  const perDenominator = top.before
    .plus(top.after)
    .dividedBy(2)
    .dividedBy(bottom.before)
    .dividedBy(bottom.after)
    .times(scale)
    .negated();
  return finished(
    since,
    top.before.dividedBy(bottom.before).times(scale),
    top.after.dividedBy(bottom.after).times(scale),
    record((cause) => top.effects[cause].times(perNumerator)),
    record((cause) => bottom.effects[cause].times(perDenominator)),
  );
}

interface Side {
  readonly before: Decimal;
  readonly after: Decimal;
  readonly effects: Readonly<Record<Cause, Decimal>>;
}

/** Null for an expression over which effects do not add up, such as a product of measures. */
function sideOf(text: string, bridges: ReadonlyMap<string, Bridge>): Side | null {
  const expression = parseExpression(text);
  const at = (pick: (bridge: Bridge) => string) => {
    const found = evaluate(expression, (id) => {
      const one = bridges.get(id);
      return one ? new Exact(pick(one)) : null;
    });
    return found.state === 'known' ? new Exact(found.value) : null;
  };
  const [before, after] = [at((b) => b.before), at((b) => b.after)];
  const constant = evaluate(expression, () => new Exact(0));
  if (!before || !after || constant.state !== 'known') return null;
  const effects = {} as Record<Cause, Decimal>;
  for (const cause of causes) {
    const effect = at((b) => b[cause]);
    if (!effect) return null;
    effects[cause] = effect.minus(constant.value);
  }
  const sum = causes.reduce((total, cause) => total.plus(effects[cause]), new Exact(0));
  if (!sum.minus(after.minus(before)).abs().lessThan('1e-12')) return null;
  return { before, after, effects };
}

function record(of: (cause: Cause) => Decimal): Record<Cause, Decimal> {
  return Object.fromEntries(causes.map((cause) => [cause, of(cause)])) as Record<Cause, Decimal>;
}

/** Rounded to twelve decimals; the largest part takes what rounding leaves, so that the sum is exact. */
function finished(
  since: string,
  before: Decimal,
  after: Decimal,
  numerator: Record<Cause, Decimal>,
  denominator: Record<Cause, Decimal>,
): Change {
  const round = (value: Decimal) => value.toDecimalPlaces(12);
  const parts = [
    ...causes.map((cause) => ({ side: 'numerator' as const, cause, value: round(numerator[cause]) })),
    ...causes.map((cause) => ({ side: 'denominator' as const, cause, value: round(denominator[cause]) })),
  ];
  const left = parts.reduce((rest, part) => rest.minus(part.value), round(after).minus(round(before)));
  const largest = parts.reduce((a, b) => (b.value.abs().greaterThan(a.value.abs()) ? b : a));
  const of = (side: 'numerator' | 'denominator', cause: Cause): Decimal => {
    const part = parts.find((one) => one.side === side && one.cause === cause) as (typeof parts)[number];
    return part === largest ? part.value.plus(left) : part.value;
  };
  const texts = (pick: (cause: Cause) => Decimal) =>
    Object.fromEntries(causes.map((cause) => [cause, pick(cause).toFixed()])) as ByCause;
  return {
    since,
    before: round(before).toFixed(),
    after: round(after).toFixed(),
    total: texts((cause) => of('numerator', cause).plus(of('denominator', cause))),
    numerator: texts((cause) => of('numerator', cause)),
    denominator: texts((cause) => of('denominator', cause)),
  };
}
