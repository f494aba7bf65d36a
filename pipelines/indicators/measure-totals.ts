import { Fault } from '../fault.ts';
import { groupedBy, inParts } from '../grouped-by.ts';
import { countsLastMonth, type Measure } from './catalogue.ts';
import { anyOf } from './conditions.ts';
import { GROUP } from './figure.ts';
import { measureRows, monthIn, type TableColumns } from './measure-rows.ts';
import {
  countedColumns,
  fitTogether,
  isPopulationStatistic,
  keysOf,
  populationTotals,
} from './population.ts';

/**
 * Measures whose totals one statement works out: of one harmonised table and one way of adding up, or statistics of the same keys. Planning a
 * statement costs more than a small table's rows, and there are hundreds of measures.
 */
export function measureGroups(measures: readonly Measure[]): Measure[][] {
  const groups = groupedBy(measures, (measure) => {
    const keys = isPopulationStatistic(measure) ? keysOf(measure) : '';
    return [measure.table, measure.aggregation === 'distinct', keys].join('\0');
  });
  return [...groups.values()].flatMap((group) => inParts(group, fitInOne));
}

/** More of these would plan no cheaper, and hold more keys in memory at a time; statistics hold theirs once for all. */
function fitInOne(measures: readonly Measure[]): boolean {
  return measures.some(isPopulationStatistic) ? fitTogether(measures) : measures.length <= 24;
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
export function groupTotals(measures: readonly Measure[], columns: TableColumns): string {
  const [first] = measures as [Measure, ...Measure[]];
  if (isPopulationStatistic(first)) {
    const any = { ...first, filter: anyOf(measures.map(({ filter }) => filter)) };
    return populationTotals(measures, measureRows(any, columns, countedColumns(measures)), monthIn(first));
  }
  return first.aggregation === 'distinct' ? distinctTotals(measures, columns) : sumTotals(measures, columns);
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

function distinctTotals(measures: readonly Measure[], columns: TableColumns): string {
  const monthly = measures.map(
    (
      measure,
    ) => `select '${measure.id}' as measure, ${countsLastMonth(measure)} as at_end, entity, month, key, max(weight) as weight, count(*) as rows
      from (${measureRows(measure, columns)}) where key is not null group by entity, month, key`,
  );
  // a stock averages the counts of its months; otherwise a key counts once in the window
  const averages = measures.flatMap(({ id, time }) => (time === 'stock_average' ? [`'${id}'`] : []));
  const turn =
    averages.length > 0 ? `case when m.measure in (${averages.join(', ')}) then m.month end` : 'null::date';
  const once = 'measure, period, basis, turn, key';
  return `with windowed as (
      select w.period, w.basis, ${turn} as turn, m.* from (${monthly.join(' union all ')}) as m
      join window_month as w on w.month = m.month and w.at_end = m.at_end),
    by_entity as (select entity, ${once}, sum(rows) as rows from windowed group by entity, ${once}),
    by_group as (select ${once}, max(weight) as weight, sum(rows) as rows from windowed where weight <> 0 group by ${once})
    select measure, entity, period, basis, count(*)::decimal(38,10) as total, sum(rows)::bigint as rows,
      0::bigint as unvalued, 0::decimal(38,10) as estimated, count(*)::decimal(38,10) as absolute
    from by_entity group by measure, entity, period, basis
    union all
    select measure, '${GROUP}', period, basis, sum(weight)::decimal(38,10), sum(rows)::bigint, 0, 0, count(*)::decimal(38,10)
    from by_group group by measure, period, basis`;
}
