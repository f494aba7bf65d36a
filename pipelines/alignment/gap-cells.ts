import { Decimal } from 'decimal.js';
import { literal } from '../../connectors/connector.ts';
import { monthsBetween } from '../configuration/period.ts';
import { groupedBy } from '../grouped-by.ts';
import type { Measure, Reconciliation } from '../indicators/catalogue.ts';
import { measureRows, type TableColumns, type Window } from '../indicators/measure-rows.ts';
import type { Answering } from '../warehouse/kept-results.ts';
import type { GapCell, Side } from './gap-causes.ts';

/** One side's amount for an entity, month and site: for the entity itself, and as it counts in the group. */
export interface SideCell {
  readonly entity: string;
  readonly site: string | null;
  readonly month: string;
  readonly own: string;
  readonly consolidated: string;
}

/** People below whom no group is shown: a company with such a site is compared whole, so that none is told by subtraction. */
const smallestGroup = 5;

export function tellsOfFew({ site, own }: SideCell): boolean {
  const size = new Decimal(own).abs();
  return site !== null && size.greaterThan(0) && size.lessThan(smallestGroup);
}

/** First days of the three months before a window, where a flow that was cut off may lie. */
export function monthsBefore(window: Window): string[] {
  const [year, month] = window.from.split('-').map(Number) as [number, number];
  return [3, 2, 1].map((back) => new Date(Date.UTC(year, month - 1 - back, 1)).toISOString().slice(0, 10));
}

/** Months of a window in which a measure has rows: all of a flow's, the last of a stock at end. */
export function monthsOf(measure: Measure, window: Window): string[] {
  const months = monthsBetween(window.from, window.to);
  return measure.time === 'stock_end' ? months.slice(-1) : months;
}

/** Only an additive flow can be cut off between two months. */
export function isFlow(measure: Measure): boolean {
  return measure.time === 'flow' && measure.aggregation === 'sum';
}

/**
 * SELECT of a measure by entity, site and month, for all entities at once: `entity, site, month, own,
 * consolidated`. A key counted once counts in the month and site of its first row.
 */
export function sideCells(measure: Measure, columns: TableColumns, window: Window): string {
  const months = monthsOf(measure, window);
  const from = (isFlow(measure) ? monthsBefore(window) : months)[0];
  const rows = `select * from (${measureRows(measure, columns)}) where date between date '${from}' and date '${window.to}'`;
  const divisor = measure.time === 'stock_average' ? window.months : 1;
  if (measure.aggregation === 'distinct') {
    const once = measure.time === 'stock_average' ? 'key, month' : 'key';
    return `select entity, site, month::varchar as month,
        (count(*) filter (where first_of_entity) / ${divisor})::decimal(38,10)::varchar as own,
        (coalesce(sum(weight) filter (where first_of_group), 0) / ${divisor})::decimal(38,10)::varchar as consolidated
      from (select *,
          row_number() over (partition by entity, ${once} order by date, extract_id, row_number) = 1 as first_of_entity,
          row_number() over (partition by ${once} order by weight desc, date, extract_id, row_number) = 1 and weight <> 0 as first_of_group
        from (${rows}) where key is not null)
      group by entity, site, month`;
  }
  // a division makes a float of an exact sum
  const per = divisor === 1 ? '' : ` / ${divisor}`;
  return `select entity, site, month::varchar as month, (coalesce(sum(value), 0)${per})::decimal(38,10)::varchar as own,
      (coalesce(sum(value * weight), 0)${per})::decimal(38,10)::varchar as consolidated
    from (${rows}) group by entity, site, month`;
}

/** Cells of both sides of every reconciliation, in one query a table: by reconciliation and side. */
export async function readCells(
  warehouse: Answering,
  pairs: readonly {
    readonly declared: Reconciliation;
    readonly side: Side;
    readonly measure: Measure;
    readonly window: Window;
  }[],
  columns: (table: string) => TableColumns,
): Promise<Map<string, SideCell[]>> {
  const found = new Map<string, SideCell[]>(pairs.map((p) => [`${p.declared.id}|${p.side}`, []]));
  if (pairs.length === 0) return found;
  // a measure that several reconciliations share is read once
  const selects = new Map<string, { table: string; sql: string; keys: string[] }>();
  for (const { declared, side, measure, window } of pairs) {
    const name = `${measure.id}|${window.basis}|${window.period}`;
    const entry = selects.get(name) ?? {
      table: measure.table,
      sql: sideCells(measure, columns(measure.table), window),
      keys: [],
    };
    entry.keys.push(`${declared.id}|${side}`);
    selects.set(name, entry);
  }
  for (const own of groupedBy(selects, ([, { table }]) => table).values()) {
    const each = own.map(([name, { sql }]) => `select ${literal(name)} as name, * from (${sql})`);
    const rows = await warehouse.rows<SideCell & { name: string }>(
      `${each.join(' union all ')} order by name, entity, site, month`,
    );
    for (const { name, ...cell } of rows)
      for (const key of selects.get(name)?.keys ?? []) found.get(key)?.push(cell);
  }
  return found;
}

/** Both sides' cells of one entity joined by month and site. */
export function joinCells(left: readonly SideCell[], right: readonly SideCell[]): GapCell[] {
  const cells = new Map<
    string,
    { month: string; site: string | null; left: Decimal | null; right: Decimal | null }
  >();
  for (const [side, list] of [
    ['left', left],
    ['right', right],
  ] as const) {
    for (const { month, site, own } of list) {
      const key = `${month}|${site ?? ''}`;
      const cell = cells.get(key) ?? { month, site, left: null, right: null };
      cell[side] = (cell[side] ?? new Decimal(0)).plus(own);
      cells.set(key, cell);
    }
  }
  return [...cells.values()].sort((a, b) =>
    `${a.month}|${a.site ?? ''}` < `${b.month}|${b.site ?? ''}` ? -1 : 1,
  );
}

/**
 * Amounts by entity and month on a code that neighbours a side's own: rows of the same table that pass
 * the neighbour's filter and, where it names a code that ties them, share that code with the side's rows.
 */
export function neighbourCells(
  measure: Measure,
  neighbour: Reconciliation['neighbours'][number],
  columns: TableColumns,
  window: Window,
): string {
  const tie = neighbour.same
    ? `(t.entity, t.${neighbour.same}) in (select entity, ${neighbour.same} from model.${measure.table} where (${measure.filter}) and ${neighbour.same} is not null)`
    : 'true';
  return monthlyCells(
    measure,
    `(${neighbour.filter}) and not (${measure.filter}) and ${tie}`,
    columns,
    window,
  );
}

/** Amounts by entity and month of a side's own rows that it books ahead of what the other side sees. */
export function accrualCells(
  measure: Measure,
  { filter }: Reconciliation['accruals'][number],
  columns: TableColumns,
  window: Window,
): string {
  return monthlyCells(measure, `(${measure.filter}) and (${filter})`, columns, window);
}

function monthlyCells(measure: Measure, filter: string, columns: TableColumns, window: Window): string {
  const rows = measureRows({ ...measure, filter }, columns);
  return `select entity, month::varchar as month, coalesce(sum(value), 0)::decimal(38,10)::varchar as own
    from (${rows}) where date between date '${monthsBefore(window)[0]}' and date '${window.to}' group by entity, month`;
}
