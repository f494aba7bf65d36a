import type { Measure } from './catalogue.ts';
import { GROUP } from './figure.ts';

/**
 * Statistics of a population: a mean, a median, a highest value or a count within quantiles of people.
 *
 * None of them adds up over entities or months, so each is worked out again from the rows of every person
 * of the place and the window. A key (a person) has one value: sum of `value`, over the sum of `per` where
 * the measure declares one. One key is one vote, whatever the consolidation share of its entity; an entity
 * with weight 0 has none. A key without a value (no paid hour to divide by) is not ranked, and counts as
 * unvalued where it has an amount.
 */
const statistics = ['mean', 'median', 'highest', 'quantile_members'] as const;

export const isPopulationStatistic = (measure: Measure): boolean =>
  (statistics as readonly string[]).includes(measure.aggregation);

/** A statistic of people that rests on the rank of one or two of them: which extract or entity holds them is not told. */
export const tellsOfOnePerson = (measure: Measure): boolean =>
  measure.people && ['median', 'highest', 'quantile_members'].includes(measure.aggregation);

/** What each row of a population measure needs besides the usual columns: `per` and `flag`. */
export function populationColumns(measure: Measure): string {
  return `(${measure.per ?? 'null'})::decimal(28,10) as per, (${measure.quantile?.counting ?? 'true'}) as flag`;
}

/**
 * Weight of a key in the statistic, from its `rank` (1 is the lowest; ties in the order of the key) among
 * `n`: the statistic is the sum of weight x value, or of weights for a count.
 */
function weight(measure: Measure): string {
  const counted = measure.except_highest ? '(n - 1)' : 'n';
  switch (measure.aggregation) {
    case 'mean':
      return '1.0 / n';
    case 'median':
      return `case when ${counted} % 2 = 1 and rank = (${counted} + 1) // 2 then 1.0
        when ${counted} > 0 and ${counted} % 2 = 0 and rank in (${counted} // 2, ${counted} // 2 + 1) then 0.5 else 0 end`;
    case 'highest':
      return 'case when rank = n then 1.0 else 0 end';
    case 'quantile_members': {
      const { of, rank } = measure.quantile as { of: number; rank: number };
      return `case when flag and (rank - 1) * ${of} // n + 1 = ${rank} then 1.0 else 0 end`;
    }
    default:
      throw new Error(`${measure.aggregation} is no statistic of a population`);
  }
}

/** The statistic over ranked keys of one place and window: DECIMAL(38,10), null where nobody is ranked. */
function statistic(measure: Measure): string {
  if (measure.aggregation === 'mean') return '(sum(rate) / nullif(count(rate), 0))::decimal(38,10)';
  if (measure.aggregation === 'quantile_members')
    return 'case when count(rate) > 0 then sum(case when vote > 0 then 1 else 0 end) end::decimal(38,10)';
  return 'sum(rate * vote::decimal(2,1)) filter (where vote > 0)::decimal(38,10)';
}

/** CTEs `rated` and `ranked` over `keyed (<place>, key, v, p, flag, rows, unvalued)`; `place` names the columns that part windows. */
function ranking(measure: Measure, place: string): string {
  const rate = measure.per ? 'case when p > 0 then v / p end' : 'v';
  return `rated as (select *, (${rate})::decimal(28,10) as rate from keyed),
    ranks as (
      select *, case when rate is not null then row_number() over (partition by ${place} order by rate nulls last, key) end as rank,
        count(rate) over (partition by ${place}) as n
      from rated),
    ranked as (select *, case when rate is null then 0 else ${weight(measure)} end as vote from ranks)`;
}

/** {@link windowTotals} of a population measure, over `contributing` and joined to `result_window` by `inWindow`. */
export function populationTotals(measure: Measure, contributing: string, inWindow: string): string {
  return `with contributing as (${contributing}),
    monthly as (
      select entity, month, key, max(weight) as weight, sum(value) as v, sum(per) as p, bool_or(flag) as flag, count(*) as rows,
        count(*) filter (where value is null) as unvalued
      from contributing where key is not null group by entity, month, key),
    windowed as (select w.period, w.basis, m.* from monthly as m join result_window as w on ${inWindow}),
    placed as (
      select entity as place, * from windowed
      union all
      select '${GROUP}', * from windowed where weight <> 0),
    keyed as (
      select place, period, basis, key, sum(v) as v, sum(p) as p, bool_or(flag) as flag, sum(rows) as rows, sum(unvalued) as unvalued
      from placed group by place, period, basis, key),
    ${ranking(measure, 'place, period, basis')}
    select place as entity, period, basis, ${statistic(measure)} as total, 1 as divisor, sum(rows)::bigint as rows,
      (sum(unvalued) + count(*) filter (where rate is null and v <> 0))::bigint as unvalued, 0::decimal(38,10) as estimated,
      abs(${statistic(measure)})::decimal(38,10) as absolute
    from ranked group by place, period, basis`;
}

/**
 * The rows behind a statistic of a population. The rows of a key that has no weight in it contribute 0; the
 * others their value over the key's `per`, times the key's weight. What rounding at the tenth decimal leaves
 * is put on the first contributing row, so that the contributions are the statistic exactly.
 *
 * @param rows SELECT of the contributing rows of the place and window, with `key`
 */
export function populationContributions(measure: Measure, rows: string): string {
  const counts = measure.aggregation === 'quantile_members';
  const raw = counts
    ? 'case when vote > 0 and of_key = 1 then 1 else 0 end'
    : `case when vote > 0 then ${measure.per ? 'value / p' : 'value'} * vote else 0 end`;
  return `with opened as (${rows}),
    keyed as (
      select key, sum(value) as v, sum(per) as p, bool_or(flag) as flag, count(*) as rows, 0 as unvalued from opened group by key),
    ${ranking(measure, 'true')},
    total as (select ${statistic(measure)} as total from ranked),
    lines as (
      select o.*, r.vote, coalesce(r.p, 0) as p,
        row_number() over (partition by o.key order by o.date, o.extract_id, o.row_number) as of_key,
        row_number() over (order by case when r.vote > 0 then 0 else 1 end, o.key, o.date, o.extract_id, o.row_number) as line
      from opened as o join ranked as r on r.key = o.key),
    measured as (select *, coalesce(${raw}, 0)::decimal(38,10) as part from lines)
    select entity, site, date, value, 1::decimal(9,6) as share,
      (part + case when line = 1 then (select coalesce(total, 0) from total) - sum(part) over () else 0 end)::decimal(38,10) as contribution,
      quality, key, extract_id, row_number, last_row
    from measured`;
}
