import { Decimal } from 'decimal.js';
import { Fault } from '../fault.ts';
import type { Warehouse } from '../warehouse/warehouse.ts';
import { type BridgeCell, type BridgeSide, readSide } from './bridge-side.ts';
import type { Measure } from './catalogue.ts';
import type { Window } from './measure-rows.ts';

/** Forty digits, so that what one effect takes the next one gives back exactly. */
const Exact = Decimal.clone({ precision: 60, rounding: Decimal.ROUND_HALF_UP });
type Exact = Decimal;

/** The causes of a change, in the order in which they are taken off: decimal text, in the unit of the measure. */
export interface Effects {
  /** entity-months that count in one of the two windows only, and changes of consolidation weight */
  readonly perimeter: string;
  /** the activity of the later window at its own factors, less the same activity at the earlier factors */
  readonly factor: string;
  /** what was calculated in another way: by spend before, by quantity after */
  readonly method: string;
  /** all the rest: what was consumed, bought, driven, more or less of it */
  readonly activity: string;
}

/** One entity's part of a bridge, for one group of rows (scope, category and basis of an emission). */
export interface BridgeLine extends Effects {
  readonly entity: string;
  readonly group: string;
  readonly before: string;
  readonly after: string;
}

/** The change of a measure from one window to another: `before + perimeter + factor + method + activity = after`, exactly. */
export interface Bridge extends Effects {
  readonly before: string;
  readonly after: string;
  /** its parts, by entity and group; each adds up as the whole does */
  readonly lines: readonly BridgeLine[];
}

/**
 * Splits the change of a measure between two windows of equal length into perimeter, factor, method and
 * activity, with no remainder.
 *
 * Windows are set month against month, first to first: an entity that entered in May is perimeter until
 * April and compared from May on. A site that opens or closes within an entity that stays is activity, as
 * the GHG Protocol has it (Corporate Standard, chapter 5: organic growth and decline).
 *
 * @param entity an entity, or `GROUP` after consolidation
 * @throws {Fault} BRG-001 for windows of unequal length, BRG-002 for a measure that does not add up
 * @example
 * const change = await bridge(warehouse, scope12, GROUP, lastYear, thisYear);
 * change.activity; // what the year's consumption did, at the factors and in the perimeter of the year before
 */
export async function bridge(
  warehouse: Warehouse,
  measure: Measure,
  entity: string,
  before: Window,
  after: Window,
): Promise<Bridge> {
  return bridgeSides(
    await readSide(warehouse, measure, entity, before),
    await readSide(warehouse, measure, entity, after),
  );
}

/**
 * The same between two sides read apart, such as one window in two runs: what a new factor set changes is
 * then the factor effect, and what restated extracts change the activity effect.
 *
 * @throws {Fault} BRG-001
 */
export function bridgeSides(before: BridgeSide, after: BridgeSide): Bridge {
  if (before.months !== after.months) {
    throw new Fault(
      'BRG-001',
      `A window of ${before.months} months cannot be set against one of ${after.months}.`,
      'Compare quarters with quarters and twelve months with twelve months.',
    );
  }
  const lines = [...grouped(before.cells, after.cells).values()].map(({ entity, group, old, recent }) =>
    splitLine(entity, group, old, recent, before, after),
  );
  lines.sort((a, b) => (`${a.group}|${a.entity}` < `${b.group}|${b.entity}` ? -1 : 1));
  const total = (name: keyof Effects | 'before' | 'after') =>
    lines.reduce((sum, line) => sum.plus(line[name]), new Exact(0)).toFixed();
  return {
    before: total('before'),
    after: total('after'),
    perimeter: total('perimeter'),
    factor: total('factor'),
    method: total('method'),
    activity: total('activity'),
    lines,
  };
}

interface Group {
  readonly entity: string;
  readonly group: string;
  readonly old: BridgeCell[];
  readonly recent: BridgeCell[];
}

function grouped(before: readonly BridgeCell[], after: readonly BridgeCell[]): Map<string, Group> {
  const groups = new Map<string, Group>();
  const of = (cell: BridgeCell): Group => {
    const key = `${cell.group}|${cell.entity}`;
    const found = groups.get(key) ?? { entity: cell.entity, group: cell.group, old: [], recent: [] };
    groups.set(key, found);
    return found;
  };
  for (const cell of before) of(cell).old.push(cell);
  for (const cell of after) of(cell).recent.push(cell);
  return groups;
}

function splitLine(
  entity: string,
  group: string,
  old: readonly BridgeCell[],
  recent: readonly BridgeCell[],
  before: BridgeSide,
  after: BridgeSide,
): BridgeLine {
  const sum = (cells: readonly BridgeCell[]) =>
    cells.reduce((total, cell) => total.plus(cell.value), new Exact(0));
  let perimeter = new Exact(0);
  const kept: { old: Stream[]; recent: Stream[] } = { old: [], recent: [] };
  for (const cell of old) {
    if (after.weight(entity, cell.month).isZero()) perimeter = perimeter.minus(cell.value);
    else kept.old.push(streamOf(cell, new Exact(1)));
  }
  for (const cell of recent) {
    const [was, is] = [before.weight(entity, cell.month), after.weight(entity, cell.month)];
    if (was.isZero()) perimeter = perimeter.plus(cell.value);
    else {
      const stream = streamOf(cell, new Exact(was).dividedBy(is));
      perimeter = perimeter.plus(new Exact(cell.value).minus(stream.value));
      kept.recent.push(stream);
    }
  }
  const { method, activity, factor } = splitStreams(byStream(kept.old), byStream(kept.recent));
  return {
    entity,
    group,
    before: sum(old).toFixed(),
    after: sum(recent).toFixed(),
    perimeter: perimeter.toFixed(),
    factor: factor.toFixed(),
    method: method.toFixed(),
    activity: activity.toFixed(),
  };
}

/** Rows that one factor values, at one perimeter. */
interface Stream {
  readonly key: string;
  readonly method: string;
  readonly value: Exact;
  readonly quantity: Exact | null;
  /** without sign, so that a credit note does not make the average factor meaningless */
  readonly size: Exact;
  readonly sizeOfQuantity: Exact;
}

function streamOf(cell: BridgeCell, scale: Exact): Stream {
  // rounded once: the perimeter takes the difference
  const at = (text: string) =>
    scale.equals(1) ? new Exact(text) : new Exact(text).times(scale).toDecimalPlaces(16);
  return {
    key: `${cell.method}|${cell.stream}`,
    method: cell.method,
    value: at(cell.value),
    quantity: cell.quantity === null ? null : at(cell.quantity),
    size: at(cell.size),
    sizeOfQuantity: cell.quantity === null ? new Exact(0) : at(cell.sizeOfQuantity),
  };
}

function byStream(streams: readonly Stream[]): Map<string, Stream> {
  const found = new Map<string, Stream>();
  for (const one of streams) {
    const so = found.get(one.key);
    found.set(
      one.key,
      so
        ? {
            ...so,
            value: so.value.plus(one.value),
            quantity: so.quantity === null || one.quantity === null ? null : so.quantity.plus(one.quantity),
            size: so.size.plus(one.size),
            sizeOfQuantity: so.sizeOfQuantity.plus(one.sizeOfQuantity),
          }
        : one,
    );
  }
  return found;
}

function splitStreams(old: ReadonlyMap<string, Stream>, recent: ReadonlyMap<string, Stream>) {
  const methods = (streams: ReadonlyMap<string, Stream>) =>
    new Set([...streams.values()].map((s) => s.method));
  const [were, are] = [methods(old), methods(recent)];
  const gone = new Set([...were].filter((method) => !are.has(method)));
  const come = new Set([...are].filter((method) => !were.has(method)));
  // one way of calculating gave place to another: no common unit, so that their difference is the method's
  const switched = gone.size > 0 && come.size > 0;
  let [method, activity, factor] = [new Exact(0), new Exact(0), new Exact(0)];
  for (const key of new Set([...old.keys(), ...recent.keys()])) {
    const [was, is] = [old.get(key), recent.get(key)];
    const change = (is?.value ?? new Exact(0)).minus(was?.value ?? 0);
    if (switched && (gone.has((was ?? is)?.method ?? '') || come.has((was ?? is)?.method ?? ''))) {
      method = method.plus(change);
      continue;
    }
    if (!was || !is || was.quantity === null || is.quantity === null || sameFactor(was, is)) {
      activity = activity.plus(change);
      continue;
    }
    const atOldFactor = was.size.dividedBy(was.sizeOfQuantity).times(is.quantity).toDecimalPlaces(16);
    activity = activity.plus(atOldFactor.minus(was.value));
    factor = factor.plus(is.value.minus(atOldFactor));
  }
  return { method, activity, factor };
}

/** True where the average factor is the same, or where there was no activity to have one. */
function sameFactor(was: Stream, is: Stream): boolean {
  return (
    was.sizeOfQuantity.isZero() || was.size.times(is.sizeOfQuantity).equals(is.size.times(was.sizeOfQuantity))
  );
}
