import type { ReadingSession } from './connector.ts';

/**
 * Intervals of meters, as a connector holds them before it hands them over.
 *
 * The table has `line` BIGINT (unique), `series` VARCHAR (what may not overlap: a meter and a direction),
 * `starts` and `ends` TIMESTAMP (`ends` exclusive) and `rank` INTEGER (of two intervals that cover the same
 * time, the lower rank stays: corrected before measured before estimated).
 */
export interface SettledSeries {
  /** table of the intervals that give way: `line`, `kept_line` */
  readonly dropped: string;
  /** the relation holds one series after the other, each in the order of time: none gives way */
  readonly inOrder: boolean;
}

export interface Gap {
  readonly series: string;
  /** end of the interval before, `2026-03-29 00:30:00`, in the table's own time */
  readonly from: string;
  /** start of the interval after */
  readonly to: string;
  readonly line: number;
}

const MOST_ROUNDS = 60;

/**
 * Finds the intervals that cover time already covered. Of two identical ones the better rank stays, then
 * the earlier line. Of two that overlap in part the one that starts first stays.
 */
export async function settleOverlaps(
  session: ReadingSession,
  table: string,
  name = 'overlaps',
): Promise<SettledSeries> {
  const dropped = session.temporary(`${name}_dropped`);
  const suspects = session.temporary(`${name}_suspects`);
  if (await comesInOrder(session, table)) {
    await session.run(`create temp table ${dropped} (line bigint, kept_line bigint)`);
    return { dropped, inOrder: true };
  }
  await session.run(`create temp table ${dropped} as
select line, first_value(line) over (partition by series, starts, ends order by rank, line) as kept_line
from ${table}
qualify row_number() over (partition by series, starts, ends order by rank, line) > 1`);
  // only the runs of intervals that touch an overlap are looked at again: usually none
  await session.run(`create temp table ${suspects} as
${clusters(`select line, series, starts, ends, rank from ${table} where line not in (select line from ${dropped})`)}
select line, series, starts, ends, rank
from clustered
qualify count(*) over (partition by series, cluster) > 1`);
  for (let round = 1; (await count(session, suspects)) > 0; round += 1) {
    const gives = round < MOST_ROUNDS ? 'starts < head_ends' : 'true';
    const settled = session.temporary(`${name}_settled`);
    await session.run(`create or replace temp table ${settled} as
${clusters(`select line, series, starts, ends, rank from ${suspects}`)}
select line,
  first_value(line) over (partition by series, cluster order by starts, rank, line) as head_line,
  first_value(ends) over (partition by series, cluster order by starts, rank, line) as head_ends,
  starts
from clustered`);
    await session.run(`insert into ${dropped}
select line, head_line from ${settled} where line <> head_line and ${gives}`);
    await session.run(`delete from ${suspects}
where line in (select line from ${settled} where line = head_line or ${gives})`);
  }
  return { dropped, inOrder: false };
}

/**
 * Whether the intervals stand as most exports have them: series after series, in the order of time, none over
 * another. Each row is held against the one above it, which costs a twentieth of sorting them.
 */
async function comesInOrder(session: ReadingSession, table: string): Promise<boolean> {
  const [found] = await session.rows<{
    astray: number | bigint;
    heads: number | bigint;
    series: number | bigint;
  }>(
    `select count(*) filter (where series = series_above and not coalesce(starts >= ends_above and ends > starts, false)) as astray,
  count(*) filter (where series_above is distinct from series) as heads, count(distinct series) as series
from (select series, starts, ends, lag(series) over () as series_above, lag(ends) over () as ends_above from ${table})`,
  );
  return Number(found?.astray) === 0 && Number(found?.heads) === Number(found?.series);
}

/** The holes between consecutive intervals of a series: how many, and the first ones in order of time. */
export async function findGaps(
  session: ReadingSession,
  intervals: string,
  limit: number,
  /** {@link SettledSeries.inOrder}, where the intervals are the whole table in its order */
  inOrder = false,
): Promise<{ gaps: Gap[]; total: number }> {
  return reachedGaps(
    session,
    `(select line, series, starts, ${
      inOrder
        ? 'case when lag(series) over () = series then lag(ends) over () end'
        : 'max(ends) over (partition by series order by starts, line rows between unbounded preceding and 1 preceding)'
    } as reached
  from (${intervals}))`,
    limit,
  );
}

/** The same of intervals that hold already, as `reached`, how far those before them reach. */
export async function reachedGaps(
  session: ReadingSession,
  consecutive: string,
  limit: number,
): Promise<{ gaps: Gap[]; total: number }> {
  const rows = await session.rows<Gap & { total: number | bigint }>(
    `select series, reached::varchar as "from", starts::varchar as "to", line, count(*) over () as total
from ${consecutive} as consecutive
where starts > reached
order by series, starts
limit ${limit}`,
  );
  return {
    gaps: rows.map(({ series, from, to, line }) => ({ series, from, to, line: Number(line) })),
    total: Number(rows[0]?.total ?? 0),
  };
}

/** Numbers the runs of intervals that hang together by overlapping. */
function clusters(intervals: string): string {
  return `with intervals as (
  ${intervals}
), reached as (
  select *, max(ends) over (
    partition by series order by starts, rank, line rows between unbounded preceding and 1 preceding
  ) as reach
  from intervals
), clustered as (
  select *, sum(case when starts < reach then 0 else 1 end) over (
    partition by series order by starts, rank, line rows unbounded preceding
  ) as cluster
  from reached
)`;
}

async function count(session: ReadingSession, table: string): Promise<number> {
  const [row] = await session.rows<{ many: number | bigint }>(`select count(*) as many from ${table}`);
  return Number(row?.many ?? 0);
}
