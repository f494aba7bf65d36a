import { Decimal } from 'decimal.js';
import { quarterIndex } from '../configuration/period.ts';
import { groupedBy } from '../grouped-by.ts';
import { valuesByPlace } from '../indicators/by-place.ts';
import type { Catalogue, Measure, Reconciliation } from '../indicators/catalogue.ts';
import { GROUP, type MeasureValue } from '../indicators/figure.ts';
import type { TableColumns, Window } from '../indicators/measure-rows.ts';
import { tableColumns } from '../indicators/measure-values.ts';
import type { NameOf } from '../indicators/place-name.ts';
import type { Language } from '../language/wording.ts';
import type { Answering } from '../warehouse/kept-results.ts';
import type { Warehouse } from '../warehouse/warehouse.ts';
import type { ReconciliationResult } from './finding.ts';
import { type Accrual, byCause, explainGap, type GapPart, type Neighbour, type Side } from './gap-causes.ts';
import {
  accrualCells,
  isFlow,
  joinCells,
  monthsBefore,
  monthsOf,
  neighbourCells,
  readCells,
  type SideCell,
  tellsOfFew,
} from './gap-cells.ts';
import { gapRows } from './gap-rows.ts';

/** The sentences of a result: what its gap means, and its likely causes. */
export interface TellGap {
  readonly gap: (result: Omit<ReconciliationResult, 'sentence' | 'likely'>, meaning: string) => string;
  readonly likely: (result: Omit<ReconciliationResult, 'sentence' | 'likely'>) => string;
}

/** An explanation that a reviewer gave of a gap, from the journal of reviews. */
export interface Explanation {
  readonly reconciliation: string;
  readonly entity: string;
  /** quarter that it was written for */
  readonly period: string;
  /** gap that it explains, decimal text */
  readonly gap: string | null;
  readonly text: string;
  readonly reviewer: string;
}

export interface ReconcileRequest {
  readonly catalogue: Catalogue;
  readonly values: readonly MeasureValue[];
  readonly windows: readonly Window[];
  readonly period: string;
  readonly language: Language;
  /** folder of the run as the commands name it: `out/2026-Q3/2026-Q3-7c1e90b4` */
  readonly runFolder: string;
  readonly explanations: readonly Explanation[];
  /** what a reader calls an entity or a site, and a contract; their ids where left out */
  readonly nameOf?: NameOf;
  readonly contractName?: (contract: string) => string;
  /** what answers about harmonised rows, where an earlier run may have been told the same; the session where left out */
  readonly harmonised?: Answering | undefined;
}

/** A gap that moved by less than this is the one that was explained. */
const unchanged = new Decimal('0.005');

interface Pair {
  readonly declared: Reconciliation;
  readonly measures: Readonly<Record<Side, Measure>>;
  readonly window: Window;
}

/**
 * Sets both departments' views side by side, for each entity and the group, at the run's period, and
 * splits each gap into its likely causes. Reads each side of all entities at once.
 */
export async function reconcile(
  warehouse: Warehouse,
  request: ReconcileRequest,
  tell: TellGap,
): Promise<ReconciliationResult[]> {
  const { catalogue, values, period, language, harmonised = warehouse } = request;
  const byPlace = valuesByPlace(values);
  const pairs = pairsOf(request);
  const columns = await tableColumns(harmonised);
  const known = await readPerimeter(warehouse);
  const cells = await readCells(
    harmonised,
    pairs.flatMap(({ declared, measures, window }) =>
      (['left', 'right'] as const).map((side) => ({ declared, side, measure: measures[side], window })),
    ),
    columns,
  );
  const entities = [...new Set(values.filter((v) => v.period === period).map((v) => v.entity))].sort();
  const results: ReconciliationResult[] = [];
  for (const pair of pairs) {
    const { declared, measures, window } = pair;
    const ofSide = (side: Side) =>
      groupedBy(cells.get(`${declared.id}|${side}`) ?? [], ({ entity }) => entity);
    const sides = { left: ofSide('left'), right: ofSide('right') };
    const neighbours = await readNeighbours(harmonised, pair, columns, language);
    const accruals = await readAccruals(harmonised, pair, columns, language);
    const parts = new Map<string, GapPart[]>();
    for (const entity of entities.filter((one) => one !== GROUP))
      parts.set(
        entity,
        explainEntity(entity, pair, sides, { neighbours, accruals }, known).map(named(request)),
      );
    parts.set(GROUP, groupParts(pair, sides, parts, known));
    const own: Omit<ReconciliationResult, 'sentence' | 'likely'>[] = [];
    for (const entity of entities) {
      const read = byPlace.at({ entity, period, basis: declared.basis });
      const [left, right] = [read(measures.left.id), read(measures.right.id)];
      // an entity that neither side knows has nothing to reconcile
      if (left?.value == null && right?.value == null) continue;
      const compared = compare(left?.value ?? null, right?.value ?? null, declared.tolerance);
      const split = splitOf(compared.gap, parts.get(entity) ?? [], entity);
      own.push({
        reconciliation: declared.id,
        label: declared.label[language],
        owner: declared.owner,
        entity,
        period,
        basis: declared.basis,
        unit: measures.left.unit,
        left: { ...declared.left, value: left?.value ?? null, rows: left?.rows ?? 0 },
        right: { ...declared.right, value: right?.value ?? null, rows: right?.rows ?? 0 },
        ...compared,
        tolerance: declared.tolerance,
        months: monthsWithin(sides, entity, pair),
        parts: split.map((part) => ({
          ...part,
          month: part.month?.slice(0, 7) ?? null,
          amount: part.amount.toFixed(),
        })),
        causes: byCause(split).map(({ cause, amount }) => ({ cause, amount: amount.toFixed() })),
        commands: {
          left: command(request.runFolder, measures.left.id, entity, declared.basis),
          right: command(request.runFolder, measures.right.id, entity, declared.basis),
        },
        rows: [],
        explanation: explanationOf(declared.id, entity, compared.gap, period, request.explanations),
      });
    }
    const differing = own.filter((one) => one.status === 'differs' && one.entity !== GROUP);
    const rows = await gapRows(
      harmonised,
      { declared, measures, window, entities: differing.map((one) => one.entity) },
      columns,
    );
    const rowsOf = groupedBy(rows, ({ entity }) => entity);
    for (const one of own) {
      const result = { ...one, rows: rowsOf.get(one.entity) ?? [] };
      results.push({
        ...result,
        sentence: tell.gap(result, declared.meaning[language]),
        likely: result.status === 'differs' ? tell.likely(result) : '',
      });
    }
  }
  return results;

  function pairsOf({ windows }: ReconcileRequest): Pair[] {
    const measure = new Map(catalogue.measures.map((m) => [m.id, m]));
    return catalogue.reconciliations.flatMap((declared) => {
      const window = windows.find((w) => w.period === period && w.basis === declared.basis);
      // trailing twelve months need four quarters of history
      if (!window) return [];
      const [left, right] = [measure.get(declared.left.measure), measure.get(declared.right.measure)];
      return [{ declared, measures: { left: left as Measure, right: right as Measure }, window }];
    });
  }
}

/** What points to a cause, by the names that a reader knows. */
function named({ nameOf = (id) => id, contractName = (id) => id }: ReconcileRequest) {
  return (part: GapPart): GapPart => {
    const { cause, evidence } = part;
    if (cause === 'missing_extract')
      return { ...part, evidence: evidence.split(', ').map(contractName).join(', ') };
    if (cause !== 'perimeter' && cause !== 'unit') return part;
    const [place = '', ...factor] = evidence.split(' × ');
    return { ...part, evidence: [place === '' ? place : nameOf(place), ...factor].join(' × ') };
  };
}

function command(folder: string, measure: string, entity: string, basis: string): string {
  return `concordance trace ${folder} ${measure}${entity === GROUP ? '' : ` --entity ${entity}`}${basis === 'quarter' ? '' : ` --basis ${basis}`}`;
}

/** Gap and its share of the larger side; a side that is missing is not a gap of 100 %. */
export function compare(
  left: string | null,
  right: string | null,
  tolerance: number,
): Pick<ReconciliationResult, 'gap' | 'gapShare' | 'status'> {
  if (left === null || right === null) return { gap: null, gapShare: null, status: 'missing_side' };
  const gap = new Decimal(left).minus(right);
  const larger = Decimal.max(new Decimal(left).abs(), new Decimal(right).abs());
  const share = larger.isZero() ? new Decimal(0) : gap.abs().dividedBy(larger);
  return {
    gap: gap.toFixed(),
    gapShare: share.toDecimalPlaces(6).toNumber(),
    status: share.greaterThan(tolerance) ? 'differs' : 'agrees',
  };
}

/** The parts of a gap, with what rounding leaves as unexplained, so that they add up to it exactly. */
function splitOf(gap: string | null, parts: readonly GapPart[], entity: string): GapPart[] {
  if (gap === null) return [];
  const left = parts.reduce((rest, part) => rest.minus(part.amount), new Decimal(gap));
  return left.isZero()
    ? [...parts]
    : [...parts, { cause: 'unexplained', entity, month: null, amount: left, evidence: '' }];
}

/** Cells of each side, by entity. */
type Sides = Readonly<Record<Side, ReadonlyMap<string, readonly SideCell[]>>>;

function monthsWithin(sides: Sides, entity: string, pair: Pair): ReconciliationResult['months'] {
  const scope = new Set(
    monthsOf(pair.measures.left, pair.window).concat(monthsOf(pair.measures.right, pair.window)),
  );
  const totals = (side: Side) => {
    const found = new Map<string, Decimal>();
    const cells = entity === GROUP ? [...sides[side].values()].flat() : (sides[side].get(entity) ?? []);
    for (const cell of cells) {
      if (!scope.has(cell.month)) continue;
      const amount = entity === GROUP ? cell.consolidated : cell.own;
      found.set(cell.month, (found.get(cell.month) ?? new Decimal(0)).plus(amount));
    }
    return found;
  };
  const [left, right] = [totals('left'), totals('right')];
  return [...new Set([...left.keys(), ...right.keys()])].sort().map((month) => ({
    month: month.slice(0, 7),
    left: left.get(month)?.toFixed(4) ?? null,
    right: right.get(month)?.toFixed(4) ?? null,
  }));
}

/** Who belongs to the group and when, and what was to come and has come. */
interface Perimeter {
  readonly weights: ReadonlyMap<string, Decimal>;
  readonly outside: (site: string, month: string) => boolean;
  /** contracts of a list that some source is to deliver for an entity */
  readonly expected: (contracts: readonly string[], entity: string) => string[];
  readonly delivered: (contract: string, entity: string, month: string) => boolean;
}

async function readPerimeter(warehouse: Warehouse): Promise<Perimeter> {
  const weights = await warehouse.rows<{ entity: string; weight: string }>(
    'select entity, weight::varchar as weight from reference.entity',
  );
  const sites = await warehouse.rows<{ site: string; entry: string | null; exit: string | null }>(
    'select site, entry_date::varchar as entry, exit_date::varchar as exit from reference.site where entry_date is not null or exit_date is not null',
  );
  const expected = await warehouse.rows<{ contract: string; entity: string }>(
    'select contract, entity from result.expectation',
  );
  const delivered = await warehouse.rows<{ contract: string; entity: string; month: string }>(
    'select contract, entity, month::varchar as month from result.delivery',
  );
  const dates = new Map(sites.map((s) => [s.site, s]));
  const due = new Set(expected.map((e) => `${e.contract}|${e.entity}`));
  const come = new Set(delivered.map((d) => `${d.contract}|${d.entity}|${d.month}`));
  return {
    weights: new Map(weights.map((w) => [w.entity, new Decimal(w.weight)])),
    outside: (site, month) => {
      const { entry, exit } = dates.get(site) ?? { entry: null, exit: null };
      return (exit !== null && exit < month) || (entry !== null && entry.slice(0, 7) > month.slice(0, 7));
    },
    expected: (contracts, entity) => contracts.filter((contract) => due.has(`${contract}|${entity}`)),
    delivered: (contract, entity, month) => come.has(`${contract}|${entity}|${month}`),
  };
}

type NeighbourOf = (entity: string) => Neighbour[];

async function readNeighbours(
  warehouse: Answering,
  { declared, measures, window }: Pair,
  columns: (table: string) => TableColumns,
  language: Language,
): Promise<NeighbourOf> {
  const found = await Promise.all(
    declared.neighbours.map(async (neighbour) => {
      const measure = measures[neighbour.side];
      const rows = await warehouse.rows<MonthlyCell>(
        neighbourCells(measure, neighbour, columns(measure.table), window),
      );
      return { neighbour, rows: groupedBy(rows, ({ entity }) => entity) };
    }),
  );
  return (entity) =>
    found.map(({ neighbour, rows }) => ({
      side: neighbour.side,
      label: neighbour.label[language],
      tied: neighbour.same !== undefined,
      months: byMonth(rows.get(entity)),
    }));
}

async function readAccruals(
  warehouse: Answering,
  { declared, measures, window }: Pair,
  columns: (table: string) => TableColumns,
  language: Language,
): Promise<(entity: string) => Accrual[]> {
  const found = await Promise.all(
    declared.accruals.map(async (accrual) => {
      const measure = measures[accrual.side];
      const rows = await warehouse.rows<MonthlyCell>(
        accrualCells(measure, accrual, columns(measure.table), window),
      );
      return { accrual, rows: groupedBy(rows, ({ entity }) => entity) };
    }),
  );
  return (entity) =>
    found.map(({ accrual, rows }) => ({
      side: accrual.side,
      label: accrual.label[language],
      months: byMonth(rows.get(entity)),
    }));
}

interface MonthlyCell {
  readonly entity: string;
  readonly month: string;
  readonly own: string;
}

function byMonth(rows: readonly MonthlyCell[] = []): Map<string, Decimal> {
  return new Map(rows.map(({ month, own }) => [month, new Decimal(own)]));
}

function explainEntity(
  entity: string,
  { declared, measures, window }: Pair,
  sides: Sides,
  codes: { neighbours: NeighbourOf; accruals: (entity: string) => Accrual[] },
  known: Perimeter,
): GapPart[] {
  const people = measures.left.people || measures.right.people;
  const own = (side: Side) => sides[side].get(entity) ?? [];
  const small = people && [...own('left'), ...own('right')].some(tellsOfFew);
  const of = (side: Side) => own(side).map((cell) => (small ? { ...cell, site: null } : cell));
  const months = [
    ...new Set([...monthsOf(measures.left, window), ...monthsOf(measures.right, window)]),
  ].sort();
  const before = isFlow(measures.left) && isFlow(measures.right) ? monthsBefore(window) : [];
  const expected = {
    left: known.expected(measures.left.contracts, entity),
    right: known.expected(measures.right.contracts, entity),
  };
  return explainGap({
    entity,
    cells: joinCells(of('left'), of('right')).filter(
      ({ month }) => months.includes(month) || before.includes(month),
    ),
    months,
    before,
    absent: (side, month) => expected[side].filter((contract) => !known.delivered(contract, entity, month)),
    sourced: { left: expected.left.length > 0, right: expected.right.length > 0 },
    outside: known.outside,
    events: measures.left.value === '1' && measures.right.value === '1',
    accruals: codes.accruals(entity),
    neighbours: codes.neighbours(entity),
    factors: declared.unit_factors,
    tolerance: declared.tolerance,
  });
}

/**
 * The entities' parts at their weight in the group. What consolidation changes beyond the weights
 * (intra-group rows, a person of two companies counted once) is one more part of perimeter.
 */
function groupParts(
  pair: Pair,
  sides: Sides,
  parts: ReadonlyMap<string, readonly GapPart[]>,
  known: Perimeter,
): GapPart[] {
  const months = new Set([
    ...monthsOf(pair.measures.left, pair.window),
    ...monthsOf(pair.measures.right, pair.window),
  ]);
  return [...parts].flatMap(([entity, own]) => {
    const weight = known.weights.get(entity) ?? new Decimal(0);
    const weighed = own
      .map((part) => ({ ...part, amount: part.amount.times(weight) }))
      .filter((part) => !part.amount.isZero());
    const eliminated = new Map<string, Decimal>();
    for (const side of ['left', 'right'] as const) {
      for (const cell of sides[side].get(entity) ?? []) {
        if (!months.has(cell.month)) continue;
        const beyond = new Decimal(cell.consolidated).minus(new Decimal(cell.own).times(weight));
        const before = eliminated.get(cell.month) ?? new Decimal(0);
        eliminated.set(cell.month, side === 'left' ? before.plus(beyond) : before.minus(beyond));
      }
    }
    const consolidation = [...eliminated]
      .filter(([, amount]) => !amount.isZero())
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([month, amount]) => ({
        cause: 'perimeter' as const,
        entity,
        month,
        amount,
        evidence: 'intragroup',
      }));
    return [...weighed, ...consolidation];
  });
}

/** The latest explanation of a gap of this quarter or an earlier one that has not moved since. */
export function explanationOf(
  reconciliation: string,
  entity: string,
  gap: string | null,
  period: string,
  explanations: readonly Explanation[],
): ReconciliationResult['explanation'] {
  if (gap === null) return null;
  const fitting = explanations
    .filter((one) => one.reconciliation === reconciliation && one.entity === entity)
    .filter((one) => one.text.trim() !== '' && one.gap !== null)
    .filter((one) => quarterIndex(one.period) <= quarterIndex(period))
    .filter((one) => {
      const moved = new Decimal(gap).minus(one.gap as string).abs();
      return moved.lessThanOrEqualTo(new Decimal(one.gap as string).abs().times(unchanged));
    })
    .sort((a, b) => quarterIndex(a.period) - quarterIndex(b.period))
    .at(-1);
  return fitting
    ? {
        text: fitting.text,
        reviewer: fitting.reviewer,
        since: fitting.period,
        gap: fitting.gap as string,
      }
    : null;
}
