import { countsLastMonth, type Measure } from './catalogue.ts';
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
  return `(${measure.per ?? 'null'})::decimal(28,10) as per, (${counting(measure)}) as flag`;
}

/** Who is counted of a quantile, as SQL over a row. */
const counting = (measure: Measure): string => measure.quantile?.counting ?? 'true';

/** Names the population of a statistic: the same for measures whose keys have the same values in every window. */
export function populationOf(measure: Measure): string {
  const { table, date, filter, value, key, per, eliminate_intragroup } = measure;
  return JSON.stringify([
    table,
    date,
    filter,
    value,
    key,
    per,
    eliminate_intragroup,
    countsLastMonth(measure),
  ]);
}

/** Columns that the totals of statistics of one population need of each row besides: who each of them counts. */
export function countedColumns(measures: readonly Measure[]): Record<string, string> {
  return Object.fromEntries(measures.map((measure, at) => [`flag_${at}`, `(${counting(measure)})`]));
}

/**
 * Weight of a key in the statistic, from its `rank` (1 is the lowest; ties in the order of the key) among
 * `n`: the statistic is the sum of weight x value, or of weights for a count of those with `flag`.
 */
function weight(measure: Measure, flag: string): string {
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
      return `case when ${flag} and (rank - 1) * ${of} // n + 1 = ${rank} then 1.0 else 0 end`;
    }
    default:
      throw new Error(`${measure.aggregation} is no statistic of a population`);
  }
}

/** The statistic over ranked keys of one place and window and their votes: DECIMAL(38,10), null where nobody is ranked. */
function statistic(measure: Measure, vote = 'vote'): string {
  if (measure.aggregation === 'mean') return '(sum(rate) / nullif(count(rate), 0))::decimal(38,10)';
  if (measure.aggregation === 'quantile_members')
    return `case when count(rate) > 0 then sum(case when ${vote} > 0 then 1 else 0 end) end::decimal(38,10)`;
  return `sum(rate * ${vote}::decimal(2,1)) filter (where ${vote} > 0)::decimal(38,10)`;
}

/**
 * CTEs `rated` and `ranked` over `keyed (<place>, key, v, p, <flags>, rows, unvalued)`; `place` names the columns that
 * part windows, `votes` each measure's vote and the flag that it looks at.
 */
function ranking(
  votes: readonly (readonly [measure: Measure, vote: string, flag: string])[],
  place: string,
): string {
  const rate = votes[0]?.[0].per ? 'case when p > 0 then v / p end' : 'v';
  const each = votes.map(
    ([measure, vote, flag]) => `case when rate is null then 0 else ${weight(measure, flag)} end as ${vote}`,
  );
  return `rated as (select *, (${rate})::decimal(28,10) as rate from keyed),
    ranks as (
      select *, case when rate is not null then row_number() over (partition by ${place} order by rate nulls last, key) end as rank,
        count(rate) over (partition by ${place}) as n
      from rated),
    ranked as (select *, ${each.join(', ')} from ranks)`;
}

/**
 * Totals of measures of one population, see `groupTotals`, over `contributing` with their {@link countedColumns},
 * joined to `result_window` by `inWindow`. Its people are ranked once for all of them.
 */
export function populationTotals(
  measures: readonly Measure[],
  contributing: string,
  inWindow: string,
): string {
  const flags = Object.keys(countedColumns(measures));
  const anyOf = flags.map((flag) => `bool_or(${flag}) as ${flag}`).join(', ');
  const votes = measures.map((measure, at) => [measure, `vote_${at}`, flags[at] as string] as const);
  const totals = votes.map(([measure, vote], at) => `${statistic(measure, vote)} as total_${at}`);
  const each = measures.map(
    ({ id }, at) =>
      `select '${id}' as measure, place as entity, period, basis, total_${at} as total, rows, unvalued,
      0::decimal(38,10) as estimated, abs(total_${at})::decimal(38,10) as absolute from told`,
  );
  return `with contributing as (${contributing}),
    monthly as (
      select entity, month, key, max(weight) as weight, sum(value) as v, sum(per) as p, ${anyOf}, count(*) as rows,
        count(*) filter (where value is null) as unvalued
      from contributing where key is not null group by entity, month, key),
    windowed as (select w.period, w.basis, m.* from monthly as m join result_window as w on ${inWindow}),
    placed as (
      select entity as place, * from windowed
      union all
      select '${GROUP}', * from windowed where weight <> 0),
    keyed as (
      select place, period, basis, key, sum(v) as v, sum(p) as p, ${anyOf}, sum(rows) as rows, sum(unvalued) as unvalued
      from placed group by place, period, basis, key),
    ${ranking(votes, 'place, period, basis')},
    told as materialized (
      select place, period, basis, ${totals.join(', ')}, sum(rows)::bigint as rows,
        (sum(unvalued) + count(*) filter (where rate is null and v <> 0))::bigint as unvalued
      from ranked group by place, period, basis)
    ${each.join(' union all ')}`;
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
    ${ranking([[measure, 'vote', 'flag']], 'true')},
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
