import { literal } from '../../connectors/connector.ts';
import { quarterIndex, quarterOf, shiftQuarter } from '../configuration/period.ts';
import { Fault } from '../fault.ts';
import type { Warehouse } from '../warehouse/warehouse.ts';
import type { Measure } from './catalogue.ts';
import type { MeasureValue } from './figure.ts';
import { type TableColumns, type Window, windowTotals } from './measure-rows.ts';
import { isPopulationStatistic } from './population.ts';

/** Every quarter of the history, and trailing twelve months where four quarters lie behind. */
export function windowsOf(first: string, last: string, fiscalYearStartMonth: number): Window[] {
  const windows: Window[] = [];
  for (let id = first; quarterIndex(id) <= quarterIndex(last); id = shiftQuarter(id, 1)) {
    const { from, to } = quarterOf(id, fiscalYearStartMonth);
    windows.push({ basis: 'quarter', period: id, from, to, months: 3 });
    const yearAgo = shiftQuarter(id, -3);
    if (quarterIndex(yearAgo) >= quarterIndex(first)) {
      windows.push({
        basis: 'ttm',
        period: id,
        from: quarterOf(yearAgo, fiscalYearStartMonth).from,
        to,
        months: 12,
      });
    }
  }
  return windows;
}

/** Columns of each harmonised table, to know what a measure's rows can say. */
export async function tableColumns(warehouse: Warehouse): Promise<(table: string) => TableColumns> {
  const rows = await warehouse.rows<{ table_name: string; column_name: string }>(
    "select table_name, column_name from information_schema.columns where table_schema = 'model' and table_catalog = current_database()",
  );
  const columns = new Map<string, Set<string>>();
  for (const { table_name, column_name } of rows) {
    columns.set(table_name, (columns.get(table_name) ?? new Set()).add(column_name));
  }
  return (table) => columns.get(table) ?? new Set();
}

/** Which (contract, entity, month) has come: rows of `result.delivery`. */
export interface Delivery {
  readonly contract: string;
  readonly entity: string;
  readonly month: string;
}

/**
 * Computes every measure for every entity, the group and every window into `result.measure_value`.
 *
 * Coverage is the part of expected (contract, entity, month) that has come: expected are the months in the
 * perimeter, for each of the measure's contracts that some source delivers for the entity. Nothing
 * delivered is `missing`, never zero. A mean or a median of nobody has no value although its data have come:
 * null with a coverage above 0, which makes a figure not calculable.
 */
export async function computeMeasures(
  warehouse: Warehouse,
  measures: readonly Measure[],
  windows: readonly Window[],
  deliveries: readonly Delivery[],
  expectations: readonly { readonly contract: string; readonly entity: string }[],
): Promise<MeasureValue[]> {
  await prepare(warehouse, windows, deliveries, expectations);
  const columns = await tableColumns(warehouse);
  for (const measure of measures) {
    try {
      await warehouse.run(`insert into result.measure_value ${valuesOf(measure, columns(measure.table))}`);
    } catch (cause) {
      throw new Fault(
        'CAT-005',
        `Measure ${measure.id} cannot be computed: ${(cause as Error).message.split('\n')[0]}.`,
        'Correct its table, filter or value in data/measures.',
        { cause },
      );
    }
  }
  return readMeasureValues(warehouse);
}

/** Reads `result.measure_value`, all of it or what passes an SQL predicate, in one order. */
export async function readMeasureValues(
  warehouse: Warehouse,
  where = 'true',
  /** another database that the session has attached */
  attached?: string,
): Promise<MeasureValue[]> {
  return warehouse.rows<MeasureValue>(
    `select measure, entity, period, basis, value, divisor, rows, unvalued, coverage::double as coverage, estimated_share::double as "estimatedShare"
     from ${attached === undefined ? '' : `${attached}.`}result.measure_value where ${where} order by measure, entity, period, basis`,
  );
}

async function prepare(
  warehouse: Warehouse,
  windows: readonly Window[],
  deliveries: readonly Delivery[],
  expectations: readonly { readonly contract: string; readonly entity: string }[],
): Promise<void> {
  await warehouse.run('create schema if not exists result');
  await warehouse.run(
    'create or replace temp table result_window (basis varchar, period varchar, window_start date, window_end date, months integer)',
  );
  await warehouse.run(
    `insert into result_window values ${windows
      .map((w) => `('${w.basis}', '${w.period}', date '${w.from}', date '${w.to}', ${w.months})`)
      .join(', ')}`,
  );
  await warehouse.run('create table result.delivery (contract varchar, entity varchar, month date)');
  for (let i = 0; i < deliveries.length; i += 5000) {
    await warehouse.run(
      `insert into result.delivery values ${deliveries
        .slice(i, i + 5000)
        .map((d) => `(${literal(d.contract)}, ${literal(d.entity)}, date '${d.month}')`)
        .join(', ')}`,
    );
  }
  await warehouse.run('create table result.expectation (contract varchar, entity varchar)');
  const expected = new Map(expectations.map((e) => [`${e.contract}|${e.entity}`, e]));
  if (expected.size > 0) {
    await warehouse.run(
      `insert into result.expectation values ${[...expected.values()].map((e) => `(${literal(e.contract)}, ${literal(e.entity)})`).join(', ')}`,
    );
  }
  await warehouse.run(`create table result.measure_value (measure varchar, entity varchar, period varchar, basis varchar,
    value decimal(38,10), divisor integer, rows bigint, unvalued bigint, coverage decimal(9,6), estimated_share decimal(9,6))`);
  // entity-months in the perimeter, for each window
  await warehouse.run(`create or replace temp table in_scope as
    select w.basis, w.period, w.window_end, w.months, m.month_start, e.entity, e.weight
    from result_window as w
    join reference.month as m on m.month_start between w.window_start and w.window_end
    join reference.entity as e on m.month_end >= coalesce(e.entry_date, date '0001-01-01')
      and m.month_start <= coalesce(e.exit_date, date '9999-12-31')`);
}

function valuesOf(measure: Measure, columns: TableColumns): string {
  const contracts = measure.contracts.map(literal).join(', ');
  const monthsThatCount =
    measure.time === 'stock_end' ? `where s.month_start = date_trunc('month', s.window_end)` : '';
  return `with expected as (
      select s.basis, s.period, s.entity, s.weight, s.months, s.month_start, x.contract
      from in_scope as s left join result.expectation as x on x.entity = s.entity and x.contract in (${contracts})
      ${monthsThatCount}),
    checked as (
      select expected.*, exists (from result.delivery as d where d.contract = expected.contract and d.entity = expected.entity and d.month = expected.month_start) as has_come
      from expected),
    covered as (
      select entity, period, basis, max(months) as months, (count(*) filter (where has_come))::decimal(18,6) / count(*) as coverage from checked group by entity, period, basis
      union all
      select 'GROUP', period, basis, max(months), (count(*) filter (where has_come))::decimal(18,6) / count(*) from checked where weight <> 0 group by period, basis),
    totals as (${windowTotals(measure, columns)})
    select ${literal(measure.id)}, c.entity, c.period, c.basis,
      case when t.total is null and (c.coverage = 0 or t.unvalued > 0) then null
        ${isPopulationStatistic(measure) && measure.aggregation !== 'quantile_members' ? 'when t.total is null then null' : ''}
        ${measure.time === 'stock_average' ? 'else (coalesce(t.total, 0) / c.months)::decimal(38,10)' : 'else coalesce(t.total, 0)'} end,
      ${measure.time === 'stock_average' ? 'c.months' : '1'}, coalesce(t.rows, 0), coalesce(t.unvalued, 0), c.coverage::decimal(9,6),
      case when t.absolute > 0 then (t.estimated / t.absolute)::decimal(9,6) end
    from covered as c left join totals as t on t.entity = c.entity and t.period = c.period and t.basis = c.basis
    ${measure.level === 'entity' ? "where c.entity <> 'GROUP'" : ''}`;
}
