import { groupedBy } from '../grouped-by.ts';
import type { Measure } from './catalogue.ts';
import { filtersOf } from './conditions.ts';
import { GROUP } from './figure.ts';
import { rowsMeetingAny, type TableColumns } from './measure-rows.ts';
import { amountColumns, amountsOf, numberedKeys } from './population.ts';

/** Measures whose contributions to the group are told in one statement: counts of keys, and means. */
export const isToldTogether = ({ aggregation }: Measure): boolean =>
  aggregation === 'distinct' || aggregation === 'mean';

/** Those to which each extract gave the same. */
export const givenAlike = (measures: readonly Measure[]): Measure[][] => [
  ...groupedBy(measures, ({ aggregation, filter, value, per, time }) =>
    JSON.stringify([aggregation, filter, aggregation === 'mean' ? [value, per] : time === 'stock_average']),
  ).values(),
];

/**
 * What each extract gave to the group: `name, entity, period, basis, extract, rows, contribution`, the sums of what
 * `contributionRows` gives of each row. The rows are read once for all of the measures, which count the same keys; keys and
 * extracts are numbered in their order, since most of the work is to tell them apart.
 *
 * @param kinds measures as {@link givenAlike} groups them: the name is the place among them
 * @param windows SELECT of `period, basis, first_month, last_month`
 */
export function groupContributions(
  kinds: readonly (readonly Measure[])[],
  columns: TableColumns,
  windows: string,
): string {
  const measures = kinds.map(([measure]) => measure as Measure);
  const conditions = filtersOf(measures);
  const means = measures.filter(({ aggregation }) => aggregation === 'mean');
  const each = measures.map((measure, at) => {
    const rows = `opened where ${conditions.met(measure.filter)}`;
    const of =
      measure.aggregation === 'mean' ? ofMean(measure, amountsOf(means), rows) : ofCount(measure, rows);
    return `select '${at}' as name, span, extract, rows, contribution::decimal(38,10) as contribution from (${of})`;
  });
  const hasCounts = means.length < measures.length;
  const amounts = amountColumns(means);
  const rows = `select key, extract_id, month, date, row_number, weight, conditions, ${Object.keys(amounts).join(', ')}
    from (${rowsMeetingAny(measures[0] as Measure, columns, conditions, amounts)}) where weight <> 0`;
  return `${numberedKeys(rows)},
    extracts as materialized (
      select extract_id as name, row_number() over (order by extract_id) as extract
      from (select distinct extract_id from contributing)),
    spans as materialized (select row_number() over () as span, * from (${windows})),
    opened as materialized (
      select w.span, k.key, x.extract, m.* exclude (key, extract_id)${hasCounts ? ', row_number() over (partition by w.span, k.key order by m.weight desc, m.date, x.extract, m.row_number) as place' : ''}
      from contributing as m join keys as k on k.name = m.key join extracts as x on x.name = m.extract_id
      join spans as w on m.month between w.first_month and w.last_month)
    select t.name, '${GROUP}' as entity, w.period, w.basis, x.name as extract, t.rows, t.contribution
    from (${each.join(' union all ')}) as t join spans as w using (span) join extracts as x using (extract)`;
}

/** A key counts once, with the weight of its first row; of a stock, which averages the counts of its months, once in each. */
function ofCount({ time }: Measure, rows: string): string {
  const once = time === 'stock_average' ? 'span, key, month' : 'span, key';
  return `select span, extract, sum(rows) as rows, sum(contribution) as contribution from (
      select span, extract, count(*) as rows, 0 as contribution from ${rows} group by span, extract
      union all
      select span, arg_min(extract, place), 0, arg_min(weight, place) from ${rows} group by ${once})
    group by span, extract`;
}

/** The same of each row as `populationContributions` gives: what rounding leaves is put on the first row of the first key. */
function ofMean({ value, per }: Measure, amounts: readonly string[], rows: string): string {
  const [v, p] = [value, per ?? 'null'].map((amount) => `amount_${amounts.indexOf(amount)}`);
  return `with own as (select span, key, extract, date, row_number, ${v} as v, ${p} as p from ${rows}),
    rated as materialized (
      select span, key, sum(p) as p, (${per ? 'case when sum(p) > 0 then sum(v) / sum(p) end' : 'sum(v)'})::decimal(28,10) as rate
      from own group by span, key),
    told as (
      select span, (sum(rate) / nullif(count(rate), 0))::decimal(38,10) as total, 1.0 / nullif(count(rate), 0) as vote,
        coalesce(min(key) filter (where rate is not null), min(key)) as first_key
      from rated group by span),
    keyed as materialized (
      select r.span, r.key, r.p, case when r.rate is not null then t.vote end as vote, r.key = t.first_key as of_first
      from rated as r join told as t using (span)),
    given as (
      select o.span, o.extract, count(*) as rows, sum(coalesce(o.v ${per ? '/ k.p' : ''} * k.vote, 0)::decimal(38,10)) as part,
        min((o.date, o.extract, o.row_number)) filter (where k.of_first) as first_row
      from own as o join keyed as k using (span, key) group by o.span, o.extract),
    rest as (select span, coalesce(any_value(total), 0) - sum(part) as rest, min(first_row) as first_row
      from given join told using (span) group by span)
    select g.span, g.extract, g.rows, g.part + case when g.first_row = r.first_row then r.rest else 0 end as contribution
    from given as g join rest as r using (span)`;
}
