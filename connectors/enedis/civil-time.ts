import type { ReadingSession } from '../connector.ts';

/**
 * Civil time of Europe/Paris to UTC.
 *
 * Clocks go forward and back at 01:00 UTC on the last Sundays of March and October (Directive 2000/84/EC):
 * 02:00-03:00 does not exist on the first of these days and stands twice on the other. A timestamp without
 * offset cannot say which of the two it is; the order of the rows can: the first occurrence is summer time.
 *
 * Reads the relation `timed` with `line`, `series` (what one order of rows belongs to), `civil` TIMESTAMP (NULL
 * where the row gives an instant), `instant` TIMESTAMP in UTC and `marks` (`start` or `end` of the interval).
 *
 * @param name of the table that is kept where an hour stands twice; else nothing is written
 * @returns the relation of all columns of `timed` but these two, `moment` (the instant in UTC), `nonexistent`
 *   BOOLEAN and `lonely` BOOLEAN (a timestamp of the repeated hour that stands once), in the same order
 */
export async function resolveCivilTime(
  session: ReadingSession,
  timed: string,
  name: string,
): Promise<string> {
  const { moment, nonexistent, doubled } = clockOf(
    await daysOf(session, `select distinct civil::date as day from ${timed} where civil is not null`),
  );
  const resolved = `select * exclude (civil, instant), ${moment} as moment, ${nonexistent} as nonexistent, false as lonely
from ${timed}`;
  if (doubled.length === 0) return `(${resolved})`;
  const result = session.temporary(name);
  await session.run(`create temp table ${result} as ${resolved}`);
  const repeated = session.temporary('civil_repeated');
  await session.run(`create or replace temp table ${repeated} as ${repeatedHours(timed, doubled)}`);
  await session.run(
    `update ${result} as t set moment = r.instant, lonely = r.lonely from ${repeated} as r where r.line = t.line`,
  );
  return result;
}

/** What some civil days of Paris make of a clock, as SQL over `civil`, `instant` and `marks`. */
export interface Clock {
  /** the instant in UTC; of a repeated hour one of the two */
  readonly moment: string;
  /** TRUE where the clock never showed the time, else FALSE */
  readonly nonexistent: string;
  /** TRUE on the days that were asked for */
  readonly isKnown: string;
  /** the days that are 25 hours long */
  readonly doubled: readonly string[];
}

/** The clock of every day from one to another, `yyyy-mm-dd`. */
export async function clockBetween(session: ReadingSession, from: string, to: string): Promise<Clock> {
  const each = `select unnest(generate_series(timestamp '${from}', timestamp '${to}', interval 1 day))::date as day`;
  return {
    ...clockOf(await daysOf(session, each)),
    isKnown: `(civil >= ${clock(from, 0)} and civil < ${clock(to, 24)})`,
  };
}

function clockOf(days: readonly CivilDay[]): Omit<Clock, 'isKnown'> {
  const switches = (hours: number) => days.filter((one) => Number(one.hours) === hours).map(({ day }) => day);
  return {
    moment: `case when civil is null then instant
    else coalesce(civil - to_hours(${ordinaryShift(days)}), timezone('UTC', timezone('Europe/Paris', civil))) end`,
    nonexistent: anyOf(
      switches(23),
      (day) =>
        `civil < ${clock(day, 3)} and (civil > ${clock(day, 2)} or marks = 'start' and civil = ${clock(day, 2)})`,
    ),
    doubled: switches(25),
  };
}

/** SQL: TRUE when `civil` is on one of the days, else FALSE. */
export const isOnAny = (days: readonly string[]) =>
  anyOf(days, (day) => `civil >= ${clock(day, 0)} and civil < ${clock(day, 24)}`);

/**
 * SELECT of the rows of `timed` whose time stands twice, by the order of their series: `line`, `instant` in UTC and
 * `lonely`.
 *
 * @param doubled the days of 25 hours
 */
export function repeatedHours(timed: string, doubled: readonly string[]): string {
  const isDoubled = isOnAny(doubled);
  return `with backward as (
  -- an export in descending order gives the repeated hour in descending order too
  select series, sum(sign(epoch(civil) - epoch(before))) < 0 as descending
  from (
    select series, civil, lag(civil) over (partition by series order by line) as before
    from ${timed}
    where ${isDoubled}
  )
  group by series
), doubtful as (
  select t.line, t.series, t.civil, t.marks, t.civil - t.civil::date::timestamp as clock,
    case when b.descending then -t.line else t.line end as place
  from ${timed} t
  join backward b on b.series = t.series
  where ${isDoubled} and t.civil - t.civil::date::timestamp between interval 2 hour and interval 3 hour
), counted as (
  select *,
    row_number() over (partition by series, civil order by place) as occurrence,
    count(*) over (partition by series, civil) as occurrences,
    count(*) filter (where clock = interval 2 hour) over (partition by series, civil::date) as two_oclock,
  from doubtful
)
  select line,
    case
      -- 03:00 twice: ends written as start + step on the dial, so that the first 03:00 is 02:00 of winter time
      when clock = interval 3 hour and marks = 'end' and occurrences > 1 and two_oclock < 2 and occurrence = 1
        then civil - interval 2 hour
      when clock < interval 3 hour and occurrence = 1 then civil - interval 2 hour
      else civil - interval 1 hour
    end as instant,
    occurrences = 1 and clock < interval 3 hour and (marks = 'start' or clock > interval 2 hour) as lonely
  from counted`;
}

interface CivilDay {
  readonly day: string;
  /** 23, 24 or 25 */
  readonly hours: number | bigint;
  /** hours ahead of UTC at its beginning */
  readonly shift: number | bigint;
}

/** @param days SELECT of `day` DATE */
function daysOf(session: ReadingSession, days: string): Promise<CivilDay[]> {
  return session.rows<CivilDay>(`select day::varchar as day,
  date_diff('hour', timezone('Europe/Paris', day::timestamp), timezone('Europe/Paris', (day + 1)::timestamp)) as hours,
  date_diff('hour', timezone('UTC', timezone('Europe/Paris', day::timestamp)), day::timestamp) as shift
from (${days}) order by day`);
}

/** A text has two switches of the clock a year; one with more spells than this is of no meter. */
const mostSpells = 100;

/**
 * SQL: hours ahead of UTC at `civil`, NULL on a day that is not 24 hours long. Asking the time zone of every
 * row is slow, and a join with the days loses the order of the rows: the shift is told by spells of days.
 */
function ordinaryShift(days: readonly CivilDay[]): string {
  const spells: { from: string; to: string; shift: number }[] = [];
  let goesOn = false;
  for (const { day, hours, shift } of days) {
    const last = spells.at(-1);
    const isOrdinary = Number(hours) === 24;
    if (isOrdinary && goesOn && last?.shift === Number(shift)) last.to = day;
    else if (isOrdinary) spells.push({ from: day, to: day, shift: Number(shift) });
    goesOn = isOrdinary;
  }
  if (spells.length === 0 || spells.length > mostSpells) return 'null';
  const cases = spells.map(
    ({ from, to, shift }) => `when civil >= ${clock(from, 0)} and civil < ${clock(to, 24)} then ${shift}`,
  );
  return `case ${cases.join(' ')} end`;
}

const clock = (day: string, hours: number) => `(timestamp '${day}' + interval ${hours} hour)`;

const anyOf = (days: readonly string[], condition: (day: string) => string) =>
  days.length === 0 ? 'false' : `coalesce(${days.map((day) => `(${condition(day)})`).join(' or ')}, false)`;

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
