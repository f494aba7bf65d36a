import { literal } from '../../connectors/connector.ts';
import { Fault } from '../fault.ts';
import { inParts } from '../grouped-by.ts';
import { selects } from '../warehouse/divided.ts';
import { countsLastMonth, type Measure } from './catalogue.ts';
import { filtersOf } from './conditions.ts';
import { GROUP } from './figure.ts';
import { measureRows, rowsMeetingAny, type TableColumns } from './measure-rows.ts';
import {
  amountColumns,
  conditionsOf,
  isPopulationStatistic,
  keysOf,
  numberedKeys,
  populationTotals,
} from './population.ts';

/**
 * Measures whose totals one statement works out: of one harmonised table and one way of adding up, or statistics of the same keys. Planning a
 * statement costs more than a small table's rows, and there are hundreds of measures.
 */
export function measureGroups(measures: readonly Measure[]): Measure[][] {
  const together = (measure: Measure) => {
    if (measure.aggregation === 'sum') return measure.table;
    const last = isPopulationStatistic(measure) ? countsLastMonth(measure) : null;
    return JSON.stringify([keysOf(measure), measure.aggregation === 'distinct', last]);
  };
  return inParts(measures, together, fitInOne);
}

/** More sums would plan no cheaper; what counts keys has a number for each of what it asks of them. */
function fitInOne(measures: readonly Measure[]): boolean {
  return measures.some(({ aggregation }) => aggregation === 'sum')
    ? measures.length <= 24
    : conditionsOf(measures).fit;
}

/**
 * Adds measures group by group. One that fails takes its group with it: each by itself then says which it is.
 *
 * @throws {Fault} CAT-005 names the measure that cannot be computed
 */
export async function addGroups(
  measures: readonly Measure[],
  add: (group: readonly Measure[]) => Promise<void>,
): Promise<void> {
  for (const group of measureGroups(measures)) {
    await add(group).catch(async () => {
      for (const measure of group) await add([measure]).catch((cause: Error) => refuse(measure, cause));
    });
  }
}

function refuse({ id }: Measure, cause: Error): never {
  throw new Fault(
    'CAT-005',
    `Measure ${id} cannot be computed: ${cause.message.split('\n')[0]}.`,
    'Correct its table, filter or value in data/measures.',
    { cause },
  );
}

/** Whether the rows of a measure are added up, so that what its extracts gave can be recorded by month. */
export const hasParts = (measure: Measure): boolean =>
  measure.aggregation === 'sum' &&
  !isPopulationStatistic(measure) &&
  measure.opens !== 'closed' &&
  measure.opens !== 'cells';

/**
 * Totals of a group of measures over an entity (or the group) and a window, from rows pre-aggregated by month:
 * `measure, entity, period, basis, total DECIMAL(38,10), rows, unvalued, estimated, absolute`.
 *
 * Rows are reduced once to months (and keys), then every window is a sum of months, so that the cost is
 * one pass over the rows whatever the number of windows. Reads the months of the windows in `window_month`.
 */
export function groupTotals(
  measures: readonly Measure[],
  columns: TableColumns,
  /** of keys, the totals of these companies and the group alone */
  entities?: readonly string[],
): string {
  const [first] = measures as [Measure, ...Measure[]];
  if (isPopulationStatistic(first)) {
    const rows = rowsMeetingAny(first, columns, conditionsOf(measures), amountColumns(measures));
    return populationTotals(measures, rows, entities);
  }
  return first.aggregation === 'distinct'
    ? distinctTotals(measures, columns, entities)
    : sumTotals(measures, columns);
}

function sumTotals(measures: readonly Measure[], columns: TableColumns): string {
  const monthly = measures.map(
    (
      measure,
    ) => `select '${measure.id}' as measure, ${countsLastMonth(measure)} as at_end, entity, month, sum(value) as own, sum(value * weight) as consolidated, count(*) as rows,
        count(*) filter (where weight <> 0) as group_rows,
        count(*) filter (where value is null) as unvalued, sum(abs(value)) as absolute,
        coalesce(sum(abs(value)) filter (where quality = 'estimated'), 0) as estimated
      from (${measureRows(measure, columns)}) group by entity, month`,
  );
  return windowTotals(monthly.join(' union all '));
}

/**
 * The same totals of all measures that add up, from what `result.measure_part` says that extracts gave to them in a month: their
 * rows are not read a second time. Needs `computed_measure`.
 */
export const partTotals = windowTotals(`select p.measure, c.at_end, p.entity, p.month, sum(p.own) as own,
      -- of a company none of whose rows counts in the group
      sum(coalesce(p.consolidated, case when p.own is not null then 0 end)) as consolidated,
      sum(p.rows) as rows, sum(p.group_rows) as group_rows, sum(p.unvalued) as unvalued,
      sum(p.absolute) as absolute, sum(p.estimated_absolute) as estimated
    from result.measure_part as p join computed_measure as c on c.measure = p.measure group by all`);

/** Totals of windows from those of months: `measure, at_end, entity, month, own, consolidated, rows, group_rows, unvalued, absolute, estimated`. */
function windowTotals(monthly: string): string {
  return `with windowed as (
      select w.period, w.basis, m.* from (${monthly}) as m
      join window_month as w on w.month = m.month and w.at_end = m.at_end)
    select measure, entity, period, basis, sum(own)::decimal(38,10) as total, sum(rows)::bigint as rows,
      sum(unvalued)::bigint as unvalued, sum(estimated)::decimal(38,10) as estimated, sum(absolute)::decimal(38,10) as absolute
    from windowed group by measure, entity, period, basis
    union all
    select measure, '${GROUP}', period, basis, sum(consolidated)::decimal(38,10), sum(group_rows)::bigint,
      sum(unvalued)::bigint, sum(estimated)::decimal(38,10), sum(absolute)::decimal(38,10)
    from windowed group by measure, period, basis`;
}

/**
 * Totals of measures that count keys of one table. Its rows are read once for all of them, and added up to numbered keys.
 * A key counts once in a window; of a stock, which averages the counts of its months, once in each.
 */
function distinctTotals(
  measures: readonly Measure[],
  columns: TableColumns,
  entities: readonly string[] | undefined,
): string {
  const [first] = measures as [Measure, ...Measure[]];
  const conditions = filtersOf(measures);
  const isOwn = entities ? ` where ${selects({ column: 'entity', values: entities })}` : '';
  const each = measures.map((measure) => {
    const windowed = `select w.period, w.basis, m.* from monthly as m
        join window_month as w on w.month = m.month and w.at_end = ${countsLastMonth(measure)}`;
    const isAverage = measure.time === 'stock_average';
    const once = isAverage ? 'month' : 'period, basis';
    const told = `with counted as (from (${isAverage ? 'from monthly' : windowed}) where ${conditions.met(measure.filter)}),
      by_entity as (select entity, ${once}, key, sum(rows) as rows from counted${isOwn} group by entity, ${once}, key),
      by_group as (select ${once}, key, max(weight) as weight, sum(rows) as rows from counted where weight <> 0 group by ${once}, key)
      select entity, ${once}, count(*) as total, sum(rows) as rows, count(*) as absolute from by_entity group by entity, ${once}
      union all
      select '${GROUP}', ${once}, sum(weight), sum(rows), count(*) from by_group group by ${once}`;
    const inWindows = `select m.entity, w.period, w.basis, sum(m.total) as total, sum(m.rows) as rows, sum(m.absolute) as absolute
      from (${told}) as m join window_month as w on w.month = m.month and not w.at_end group by m.entity, w.period, w.basis`;
    return `select ${literal(measure.id)} as measure, * from (${isAverage ? inWindows : told})`;
  });
  return `${numberedKeys(rowsMeetingAny(first, columns, conditions))},
    monthly as materialized (
      select m.entity, m.month, k.key, m.weight, m.conditions, count(*) as rows
      from contributing as m join keys as k on k.name = m.key group by all)
    select measure, entity, period, basis, total::decimal(38,10) as total, rows::bigint as rows, 0::bigint as unvalued,
      0::decimal(38,10) as estimated, absolute::decimal(38,10) as absolute
    from (${each.join(' union all ')})`;
}
