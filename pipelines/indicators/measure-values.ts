import { literal } from '../../connectors/connector.ts';
import { quarterIndex, quarterOf, shiftQuarter } from '../configuration/period.ts';
import type { Answering } from '../warehouse/kept-results.ts';
import type { TotalsOfMeasures } from '../warehouse/kept-totals.ts';
import type { Warehouse } from '../warehouse/warehouse.ts';
import { countsLastMonth, type Measure } from './catalogue.ts';
import { GROUP, type MeasureValue } from './figure.ts';
import type { TableColumns, Window } from './measure-rows.ts';
import { addGroups, groupTotals, hasParts, partTotals } from './measure-totals.ts';
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
export async function tableColumns(warehouse: Answering): Promise<(table: string) => TableColumns> {
  const rows = await warehouse.rows<{ table_name: string; column_name: string }>(
    "select table_name, column_name from duckdb_columns() where schema_name = 'model' and database_name = current_database()",
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

/** How totals of measures are made. */
export interface TotalsMade {
  /** adds those of some measures to `measure_total` */
  readonly addTotals?: (totals: TotalsOfMeasures) => Promise<void>;
  /**
   * whether those of measures that add up are taken from `result.measure_part`, where `recordParts` has put all of
   * them; `verify` reads the rows instead, so that each of the two ways vouches for the other
   */
  readonly fromParts?: boolean;
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
  {
    addTotals = ({ sql }) => warehouse.run(`insert into measure_total ${sql}`),
    fromParts = false,
  }: TotalsMade = {},
): Promise<MeasureValue[]> {
  await prepare(warehouse, windows, deliveries, expectations);
  await declare(warehouse, measures);
  const columns = await tableColumns(warehouse);
  const read = fromParts ? measures.filter((one) => !hasParts(one)) : measures;
  await addGroups(read, (group) => addTotals(totalsOfGroup(group, columns)));
  if (fromParts) await warehouse.run(`insert into measure_total ${partTotals}`);
  await warehouse.run(`insert into result.measure_value ${allValues}`);
  return readMeasureValues(warehouse);
}

/** Totals of keys stand apart by company; those of the group are made again whenever one of its companies is. */
function totalsOfGroup(
  group: readonly Measure[],
  columnsOf: (table: string) => TableColumns,
): TotalsOfMeasures {
  const [{ table, aggregation }] = group as [Measure, ...Measure[]];
  const columns = columnsOf(table);
  const totals = { measures: group.map(({ id }) => id), sql: groupTotals(group, columns) };
  if (aggregation === 'sum') return totals;
  const only = (entities: readonly string[]) => groupTotals(group, columns, entities);
  return { ...totals, apart: { column: 'entity', of: [`model.${table}`], whole: GROUP, only } };
}

/** Reads `result.measure_value`, all of it or what passes an SQL predicate, in one order. */
export async function readMeasureValues(
  warehouse: Warehouse,
  where = 'true',
  /** another database that the session has attached */
  attached?: string,
): Promise<MeasureValue[]> {
  const found = `${attached === undefined ? '' : `${attached}.`}result.measure_value where ${where}`;
  const places = ['measure', 'entity', 'period', 'basis'] as const;
  const [lists] = await warehouse.rows<Record<(typeof places)[number], string[] | null>>(
    `select ${places.map((place) => `list(distinct ${place} order by ${place}) as ${place}`).join(', ')} from ${found}`,
  );
  if (!lists?.measure) return [];
  // of a thousand companies two million rows: the texts of their places are read once, and sorted as codes
  const coded = (place: (typeof places)[number]) =>
    `enum_code(${place}::enum(${(lists[place] as string[]).map(literal).join(', ')})) as ${place}`;
  return warehouse.rows<MeasureValue>(
    `select ${places.map(coded).join(', ')}, value, divisor, rows, unvalued,
       coverage::double as coverage, estimated_share::double as "estimatedShare"
     from ${found} order by measure, entity, period, basis`,
    lists as Record<string, string[]>,
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
  await warehouse.insert(
    'result.delivery',
    deliveries.map(({ contract, entity, month }) => ({ contract, entity, month })),
  );
  await warehouse.run('create table result.expectation (contract varchar, entity varchar)');
  const expected = new Map(expectations.map((e) => [`${e.contract}|${e.entity}`, e]));
  await warehouse.insert(
    'result.expectation',
    [...expected.values()].map(({ contract, entity }) => ({ contract, entity })),
  );
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

/** What a statement over many measures needs to know of each, and the table of their totals. */
async function declare(warehouse: Warehouse, measures: readonly Measure[]): Promise<void> {
  // measures of the same contracts, all months or the last, are covered alike
  const coverages = new Map<string, { place: number; contracts: readonly string[]; lastMonth: boolean }>();
  const rows = measures.map((measure) => {
    const contracts = [...new Set(measure.contracts)].sort();
    const lastMonth = measure.time === 'stock_end';
    const key = JSON.stringify([contracts, lastMonth]);
    const coverage = coverages.get(key) ?? { place: coverages.size, contracts, lastMonth };
    coverages.set(key, coverage);
    const empty = isPopulationStatistic(measure) && measure.aggregation !== 'quantile_members';
    return `(${[
      literal(measure.id),
      coverage.place,
      measure.time === 'stock_average',
      empty,
      measure.level === 'entity',
      countsLastMonth(measure),
    ].join(', ')})`;
  });
  await warehouse.run(
    'create or replace temp table computed_measure (measure varchar, coverage integer, average boolean, null_of_nobody boolean, by_entity boolean, at_end boolean)',
  );
  await warehouse.run('create or replace temp table coverage_contract (coverage integer, contract varchar)');
  await warehouse.run('create or replace temp table coverage_months (coverage integer, last_month boolean)');
  if (rows.length > 0) {
    const all = [...coverages.values()];
    await warehouse.run(`insert into computed_measure values ${rows.join(', ')}`);
    await warehouse.run(
      `insert into coverage_months values ${all.map(({ place, lastMonth }) => `(${place}, ${lastMonth})`).join(', ')}`,
    );
    const fed = all.flatMap(({ place, contracts }) =>
      contracts.map((contract) => `(${place}, ${literal(contract)})`),
    );
    if (fed.length > 0) await warehouse.run(`insert into coverage_contract values ${fed.join(', ')}`);
  }
  await warehouse.run(`create or replace temp table window_month as
    select false as at_end, unnest(generate_series(window_start, window_end, interval 1 month))::date as month, period, basis
    from result_window
    union all
    select true, date_trunc('month', window_end)::date, period, basis from result_window`);
  await warehouse.run(
    'create or replace temp table measure_total (measure varchar, entity varchar, period varchar, basis varchar, total decimal(38,10), rows bigint, unvalued bigint, estimated decimal(38,10), absolute decimal(38,10))',
  );
}

/** One row a measure, entity (or the group) and window, from `measure_total` and what has come. */
const allValues = `with expected as (
    select g.coverage, s.basis, s.period, s.entity, s.weight, s.months, s.month_start, x.contract
    from in_scope as s join coverage_months as g on not g.last_month or s.month_start = date_trunc('month', s.window_end)
    left join (select coverage, entity, contract from result.expectation join coverage_contract using (contract)) as x
      on x.coverage = g.coverage and x.entity = s.entity),
  checked as (
    select expected.*, exists (from result.delivery as d where d.contract = expected.contract and d.entity = expected.entity and d.month = expected.month_start) as has_come
    from expected),
  covered as (
    select coverage as place, entity, period, basis, max(months) as months, (count(*) filter (where has_come))::decimal(18,6) / count(*) as coverage
    from checked group by coverage, entity, period, basis
    union all
    select coverage, 'GROUP', period, basis, max(months), (count(*) filter (where has_come))::decimal(18,6) / count(*)
    from checked where weight <> 0 group by coverage, period, basis)
  select m.measure, c.entity, c.period, c.basis,
    case when t.total is null and (c.coverage = 0 or t.unvalued > 0) then null
      when t.total is null and m.null_of_nobody then null
      when m.average then (coalesce(t.total, 0) / c.months)::decimal(38,10)
      else coalesce(t.total, 0) end,
    case when m.average then c.months else 1 end, coalesce(t.rows, 0), coalesce(t.unvalued, 0), c.coverage::decimal(9,6),
    case when t.absolute > 0 then (t.estimated / t.absolute)::decimal(9,6) end
  from computed_measure as m join covered as c on c.place = m.coverage
  left join measure_total as t on t.measure = m.measure and t.entity = c.entity and t.period = c.period and t.basis = c.basis
  where not (m.by_entity and c.entity = 'GROUP')`;
