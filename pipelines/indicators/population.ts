import { literal } from '../../connectors/connector.ts';
import { groupedBy } from '../grouped-by.ts';
import { selects } from '../warehouse/divided.ts';
import { countsLastMonth, type Measure } from './catalogue.ts';
import { Conditions } from './conditions.ts';
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

/**
 * Names what measures that count keys have in common where one statement reads their rows: the table and its keys. Which
 * rows and which value each is about may differ.
 */
export function keysOf(measure: Measure): string {
  const { table, date, key, eliminate_intragroup } = measure;
  return JSON.stringify([table, date, key, eliminate_intragroup]);
}

/** The populations among statistics: measures of one have the same value for each key. */
const populationsOf = (measures: readonly Measure[]): Measure[][] => [
  ...groupedBy(measures, ({ filter, value, per }) => JSON.stringify([filter, value, per])).values(),
];

/** What statistics ask of the rows that they read together. */
export const conditionsOf = (measures: readonly Measure[]): Conditions =>
  new Conditions(
    measures.map(({ filter }) => filter),
    measures.map(counting),
  );

/** Amounts that statistics add up, each once: values and what they are divided by. */
export const amountsOf = (measures: readonly Measure[]): string[] => [
  ...new Set(measures.flatMap(({ value, per }) => [value, per ?? 'null'])),
];

/** Columns that the totals of statistics need of each row besides the usual ones and `conditions`. */
export const amountColumns = (measures: readonly Measure[]): Record<string, string> =>
  Object.fromEntries(
    amountsOf(measures).map((amount, at) => [`amount_${at}`, `(${amount})::decimal(28,10)`]),
  );

/**
 * CTEs `contributing` of rows, and `keys (name, key)` with a number for each key of theirs, in their order: texts of 64
 * letters take twice as long to tell apart and to sort.
 */
export const numberedKeys = (rows: string): string => `with contributing as (${rows}),
    keys as materialized (
      select key as name, row_number() over (order by key) as key
      from (select distinct key from contributing where key is not null))`;

/**
 * Weight of a key in the statistic, from its `rank` (1 is the lowest; ties in the order of the key) among
 * `n`: the statistic is the sum of weight x value, or of weights for a count of those with `flag`.
 */
function weight(measure: Measure, flag: string): string {
  const counted = measure.except_highest ? '(n - 1)' : 'n';
  switch (measure.aggregation) {
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

/** Whether the statistic looks at the places of its keys in their order; ranking all of a group's people takes most of the time. */
const isRanked = (measure: Measure): boolean => measure.aggregation !== 'mean';

/** The statistic over the keys of one place and window, with their votes where it ranks them: DECIMAL(38,10), null where nobody is counted. */
function statistic(measure: Measure, vote = 'vote'): string {
  if (!isRanked(measure)) return '(sum(rate) / nullif(count(rate), 0))::decimal(38,10)';
  if (measure.aggregation === 'quantile_members')
    return `case when count(rate) > 0 then sum(case when ${vote} > 0 then 1 else 0 end) end::decimal(38,10)`;
  return `sum(rate * ${vote}::decimal(2,1)) filter (where ${vote} > 0)::decimal(38,10)`;
}

/** CTE `rated` over `keyed (key, v, p)`: the value of each key, null where it has none. */
const rated = (per: string | undefined): string =>
  `rated as (select *, (${per ? 'case when p > 0 then v / p end' : 'v'})::decimal(28,10) as rate from keyed)`;

/**
 * CTE `ranked` over `rated (<place>, key, rate, <flags>)`; `place` names the columns that part windows, `votes` each ranked
 * measure's vote and the flag that it looks at.
 */
function ranking(
  votes: readonly (readonly [measure: Measure, vote: string, flag: string])[],
  place: string,
): string {
  const each = votes.map(
    ([measure, vote, flag]) => `case when rate is null then 0 else ${weight(measure, flag)} end as ${vote}`,
  );
  return `ranks as (
      select *, case when rate is not null then row_number() over (partition by ${place} order by rate nulls last, key) end as rank,
        count(rate) over (partition by ${place}) as n
      from rated),
    ranked as (select *, ${each.join(', ')} from ranks)`;
}

/**
 * Totals of statistics of the same {@link keysOf} and time, see `groupTotals`, over `contributing`, which tells what they
 * ask of each row ({@link conditionsOf}) and their {@link amountColumns}.
 *
 * The rows are read once and added up to keys, whoever looks at them. Each population takes its keys from there and ranks
 * them once, and not where all of its measures are means.
 */
export function populationTotals(
  measures: readonly Measure[],
  contributing: string,
  /** of these companies and the group alone */
  entities?: readonly string[],
): string {
  const isLastMonth = countsLastMonth(measures[0] as Measure);
  const conditions = conditionsOf(measures);
  const amounts = amountsOf(measures);
  const sums = amounts.map(
    (_, at) => `sum(amount_${at}) as sum_${at}, count(*) - count(amount_${at}) as without_${at}`,
  );
  const totalsOf = (population: readonly Measure[]) => {
    const [{ value, per }] = population as [Measure, ...Measure[]];
    const [v, p] = [amounts.indexOf(value), amounts.indexOf(per ?? 'null')];
    const votes = population.map((measure, of) => [measure, `vote_${of}`] as const);
    const ranked = votes.filter(([measure]) => isRanked(measure));
    const told = votes.map(([measure, vote], of) => `${statistic(measure, vote)} as total_${of}`);
    const each = population.map(
      ({ id }, of) =>
        `select ${literal(id)} as measure, place, span, total_${of} as total, rows, unvalued from told`,
    );
    return `from (with keyed as (
          select place, span, key, conditions, sum_${v} as v, sum_${p} as p, rows, without_${v} as unvalued from of_filter),
        ${rated(per)},
        ${
          ranked.length > 0
            ? ranking(
                ranked.map(([measure, vote]) => [measure, vote, conditions.met(counting(measure))]),
                'place, span',
              )
            : 'ranked as (from rated)'
        },
        told as materialized (
          select place, span, ${told.join(', ')}, sum(rows)::bigint as rows,
            (sum(unvalued) + count(*) filter (where rate is null and v <> 0))::bigint as unvalued
          from ranked group by place, span)
        ${each.join(' union all ')})`;
  };
  const byFilter = groupedBy(measures, ({ filter }) => filter);
  const totals = [...byFilter].map(([filter, own]) => {
    const added = amountsOf(own).map((amount) => {
      const at = amounts.indexOf(amount);
      return `sum(sum_${at}) as sum_${at}, sum(without_${at}) as without_${at}`;
    });
    return `from (with of_filter as materialized (
        select place, span, key, bit_or(conditions) as conditions, sum(rows) as rows, ${added.join(', ')}
        from placed where ${conditions.met(filter)} group by place, span, key)
      ${populationsOf(own).map(totalsOf).join(' union all ')})`;
  });
  return `${numberedKeys(contributing)},
    base as materialized (
      select m.entity as place, w.span, k.key, m.weight <> 0 as counts, m.conditions, count(*) as rows, ${sums.join(', ')}
      from contributing as m join keys as k on k.name = m.key
      join (
        select w.rowid as span, n.month from window_month as n
        join result_window as w on w.period = n.period and w.basis = n.basis where n.at_end = ${isLastMonth}) as w on w.month = m.month
      group by all),
    placed as not materialized (
      from base${entities ? ` where ${selects({ column: 'place', values: entities })}` : ''}
      union all
      select '${GROUP}', * exclude (place) from base where counts)
    select t.measure, t.place as entity, w.period, w.basis, t.total, t.rows, t.unvalued,
      0::decimal(38,10) as estimated, abs(t.total)::decimal(38,10) as absolute
    from (${totals.join(' union all ')}) as t join result_window as w on w.rowid = t.span`;
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
  const votes = isRanked(measure)
    ? ranking([[measure, 'vote', 'flag']], 'true')
    : 'ranked as (select *, case when rate is null then 0 else 1.0 / (select count(rate) from rated) end as vote from rated)';
  const ofKey = counts
    ? 'row_number() over (partition by o.key order by o.date, o.extract_id, o.row_number) as of_key,'
    : '';
  return `with opened as materialized (${rows}),
    keyed as (
      select key, sum(value) as v, sum(per) as p, bool_or(flag) as flag from opened group by key),
    ${rated(measure.per)},
    ${votes},
    total as (select ${statistic(measure)} as total from ranked),
    first as (select key from ranked order by case when vote > 0 then 0 else 1 end, key limit 1),
    lines as (
      select o.*, r.vote, coalesce(r.p, 0) as p, ${ofKey} o.key = (from first) as of_first
      from opened as o join ranked as r on r.key = o.key),
    measured as (select *, coalesce(${raw}, 0)::decimal(38,10) as part from lines),
    left_over as (
      select coalesce((from total), 0) - coalesce(sum(part), 0) as rest from measured),
    -- the rows of the first key alone are put in order
    numbered as (
      select *, row_number() over (order by date, extract_id, row_number) as line from measured where of_first
      union all
      select *, 0 as line from measured where not of_first)
    select entity, site, date, value, 1::decimal(9,6) as share,
      (part + case when line = 1 then (from left_over) else 0 end)::decimal(38,10) as contribution,
      quality, key, extract_id, row_number, last_row
    from numbered`;
}
