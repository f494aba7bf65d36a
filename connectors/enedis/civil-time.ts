import type { ReadingSession } from '../connector.ts';

/**
 * Civil time of Europe/Paris to UTC.
 *
 * Clocks go forward and back at 01:00 UTC on the last Sundays of March and October (Directive 2000/84/EC):
 * 02:00-03:00 does not exist on the first of these days and stands twice on the other. A timestamp without
 * offset cannot say which of the two it is; the order of the rows can: the first occurrence is summer time.
 *
 * Reads `table` with `line`, `series` (what one order of rows belongs to), `civil` TIMESTAMP (NULL where the
 * row gives an instant), `instant` TIMESTAMP in UTC and `marks` (`start` or `end` of the interval). Makes
 * `result` with `line`, `instant`, `nonexistent` BOOLEAN and `lonely` BOOLEAN (a timestamp of the repeated
 * hour that stands once).
 */
export async function resolveCivilTime(
  session: ReadingSession,
  table: string,
  result: string,
): Promise<void> {
  await session.run(`create temp table ${result} as
with days as (
  select day,
    date_diff('hour', timezone('Europe/Paris', day::timestamp), timezone('Europe/Paris', (day + 1)::timestamp)) as hours,
    date_diff('hour', timezone('UTC', timezone('Europe/Paris', day::timestamp)), day::timestamp) as shift
  from (select distinct civil::date as day from ${table} where civil is not null)
), backward as (
  -- an export in descending order gives the repeated hour in descending order too
  select series, sum(sign(epoch(civil) - epoch(before))) < 0 as descending
  from (
    select series, civil, lag(civil) over (partition by series order by line) as before
    from ${table}
    where civil::date in (select day from days where hours = 25)
  )
  group by series
), doubtful as (
  select t.line, t.series, t.civil, t.marks, t.civil - t.civil::date::timestamp as clock,
    case when b.descending then -t.line else t.line end as place
  from ${table} t
  join days d on d.day = t.civil::date and d.hours = 25
  join backward b on b.series = t.series
  where t.civil - t.civil::date::timestamp between interval 2 hour and interval 3 hour
), counted as (
  select *,
    row_number() over (partition by series, civil order by place) as occurrence,
    count(*) over (partition by series, civil) as occurrences,
    count(*) filter (where clock = interval 2 hour) over (partition by series, civil::date) as two_oclock,
  from doubtful
), repeated as (
  select line,
    case
      -- 03:00 twice: ends written as start + step on the dial, so that the first 03:00 is 02:00 of winter time
      when clock = interval 3 hour and marks = 'end' and occurrences > 1 and two_oclock < 2 and occurrence = 1
        then civil - interval 2 hour
      when clock < interval 3 hour and occurrence = 1 then civil - interval 2 hour
      else civil - interval 1 hour
    end as instant,
    occurrences = 1 and clock < interval 3 hour and (marks = 'start' or clock > interval 2 hour) as lonely
  from counted
)
select t.line,
  case
    when t.civil is null then t.instant
    when r.line is not null then r.instant
    -- asking the time zone of every row is slow, and the shift is one for a day of 24 hours
    when d.hours = 24 then t.civil - to_hours(d.shift)
    else timezone('UTC', timezone('Europe/Paris', t.civil))
  end as instant,
  coalesce(
    d.hours = 23
      and t.civil - t.civil::date::timestamp < interval 3 hour
      and (t.civil - t.civil::date::timestamp > interval 2 hour
        or (t.marks = 'start' and t.civil - t.civil::date::timestamp = interval 2 hour)),
    false
  ) as nonexistent,
  coalesce(r.lonely, false) as lonely
from ${table} t
left join days d on d.day = t.civil::date
left join repeated r on r.line = t.line`);
}

/** SQL: TRUE when the text gives its offset from UTC. */
export function hasOffset(text: string): string {
  return `length(${text}) > 16 and regexp_matches(substr(${text}, 17), '(Z|[+-][0-9]{2}(:?[0-9]{2})?)$')`;
}

/** SQL: the instant in UTC of a text with its offset, else NULL. */
export function instantOf(text: string): string {
  return `case when ${hasOffset(text)} then timezone('UTC', try_cast(${text} as timestamptz)) end`;
}

/** SQL: the civil time of a text without offset, else NULL. */
export function civilOf(text: string): string {
  return `case when not (${hasOffset(text)}) then coalesce(
    try_strptime(${text}, '%Y-%m-%d %H:%M:%S'),
    try_strptime(${text}, ['%Y-%m-%dT%H:%M:%S', '%Y-%m-%d %H:%M', '%Y-%m-%dT%H:%M', '%d/%m/%Y %H:%M:%S', '%d/%m/%Y %H:%M'])
  ) end`;
}
