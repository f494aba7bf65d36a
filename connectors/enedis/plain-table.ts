import { open } from 'node:fs/promises';
import { literal, type ReadingSession } from '../connector.ts';
import { type Gap, reachedGaps } from '../interval-series.ts';
import { civilOf, clockBetween, instantOf, isOnAny, repeatedHours } from './civil-time.ts';
import { directionOf, FAULT_COLUMN, FAULT_VALUE, isOther, minutesOf, RULE, STEPS } from './curve.ts';
import { isScientific, kwhOf, microKwh, numberOf, qualityOf, UNITS } from './energy.ts';
import { type Positions, split, tableHeading, trimmed } from './layout.ts';

/**
 * Load curves as almost every file holds them: one table from the first line to the last, a line a row, no
 * quotes, each series in the order of time. DuckDB reads such a text straight into typed intervals, without a
 * table of lines and of cells before it.
 */
export interface PlainTable {
  /** the intervals, in order: `line`, `meter`, `starts`, `minutes` BIGINT, `kwh` DECIMAL(18,6), `direction`, `quality` */
  readonly intervals: string;
  /** the rows that are none: `line`, `rule`, `fault_column`, `fault_value` */
  readonly faults: string;
  /** intervals and rows that are none */
  readonly rows: number;
  readonly otherQuantities: { readonly rows: number; readonly names: string };
  /** rows of the repeated hour, which their order tells apart, and those of its timestamps that stand once */
  readonly repeated: number;
  readonly lonely: number;
  readonly gaps: readonly Gap[];
  readonly allGaps: number;
  /** first timestamp of every series at midnight and last one short of it */
  readonly looksLikeStarts: boolean;
}

const LF = 0x0a;
const CR = 0x0d;
const QUOTE = 0x22;
/** what the reader of lines takes for the end of a value */
const UNIT_SEPARATOR = 0x1f;

/** What the bytes of a text say of its lines, chunk by chunk. */
export class LineSurvey {
  private ends = 0;
  private returns = 0;
  private last = LF;
  private strange = false;

  readonly watch = (chunk: Buffer): void => {
    if (this.strange) return;
    this.strange =
      chunk.includes(QUOTE) ||
      chunk.includes(UNIT_SEPARATOR) ||
      chunk.includes('\n\n') ||
      chunk.includes('\n\r\n');
    // a return is one of a line end, or the text is strange
    for (let at = chunk.indexOf(CR); at >= 0; at = chunk.indexOf(CR, at + 1)) {
      this.returns += 1;
      if (at + 1 < chunk.length && chunk[at + 1] !== LF) this.strange = true;
    }
    if (this.last === CR && chunk[0] !== LF) this.strange = true;
    for (let at = chunk.indexOf(LF); at >= 0; at = chunk.indexOf(LF, at + 1)) this.ends += 1;
    this.last = chunk.at(-1) as number;
  };

  /** Lines that all end alike and hold no quote, none of them blank as far as is seen: how many and how they end; undefined for any other text. */
  get plain(): { readonly lines: number; readonly lineEnd: '\\r\\n' | '\\n' } | undefined {
    if (this.strange || this.last === CR || ![0, this.ends].includes(this.returns)) return undefined;
    return {
      lines: this.ends + (this.last === LF ? 0 : 1),
      lineEnd: this.returns === 0 ? '\\n' : '\\r\\n',
    };
  }
}

interface PlainText {
  readonly path: string;
  readonly lines: number;
  readonly lineEnd: string;
  readonly headings: number;
  readonly separator: string;
  readonly positions: Positions;
  /** first and last line of the rows */
  readonly bounds: readonly [string, string];
}

/**
 * Reads a plain table; undefined for any text that is none, of which the sections say what it is. What is read
 * is what they would have made of it.
 *
 * @param marks which end of the interval a timestamp marks
 * @param limit of the gaps that are told one by one
 */
export async function readPlainTable(
  session: ReadingSession,
  path: string,
  survey: LineSurvey,
  marks: 'start' | 'end',
  limit: number,
): Promise<PlainTable | undefined> {
  const text = await plainText(path, survey);
  const days = text && daysAround(text);
  if (!text || !days) return undefined;
  const clock = await clockBetween(session, ...days);
  const rows = session.temporary('enedis_plain');
  try {
    await session.run(`create temp table ${rows} as ${rowsSql(text, clock, marks)}`);
  } catch {
    // the reader of lines takes what the strict one refuses, or says what is wrong
    return undefined;
  }
  const table = await judged(session, rows, { lines: text.lines, doubled: clock.doubled, marks, limit });
  if (!table) await session.run(`drop table ${rows}`);
  return table;
}

interface Judging {
  /** lines of the file, with the headings */
  readonly lines: number;
  /** days of 25 hours, `yyyy-mm-dd` */
  readonly doubled: readonly string[];
  readonly marks: 'start' | 'end';
  readonly limit: number;
}

/** Whether the rows are those of a plain table, and what they say together. */
async function judged(
  session: ReadingSession,
  rows: string,
  { lines, doubled, marks, limit }: Judging,
): Promise<PlainTable | undefined> {
  const aside = session.temporary('enedis_aside');
  await session.run(`create temp table ${aside} as
select rowid + 2 as line, meter, odd[1] as rule, odd[2] as fault_column, odd[3] as fault_value, odd[4] as quantity
from ${rows} where odd is not null`);
  const [counted] = await session.rows<Record<'rows' | 'aside' | 'others' | 'strange', number | bigint>>(
    `select (select count(*) from ${rows}) as rows, count(*) as aside, count(quantity) as others,
  count(*) filter (where rule is null and quantity is null or not (${isOrdinary('meter')})) as strange from ${aside}`,
  );
  const found = Number(counted?.rows);
  if (found !== lines - 1 || found === 0 || Number(counted?.strange) > 0) return undefined;
  const hours = await placeRepeatedHours(session, rows, doubled, marks);
  // a filter that takes nothing out costs all the same: DuckDB writes what is left of a row group twice
  const intervals = `(select rowid + 2 as line, meter, starts, minutes::bigint as minutes, kwh, direction, quality
from ${rows} ${Number(counted?.aside) === 0 ? '' : 'where odd is null'})`;
  const order = await readOrder(session, intervals, limit);
  if (!order) return undefined;
  const others = Number(counted?.others);
  return {
    intervals,
    faults: `(select line, rule, fault_column, fault_value from ${aside} where quantity is null)`,
    rows: found - others,
    otherQuantities: { rows: others, names: others > 0 ? await namesOf(session, aside) : '' },
    ...hours,
    ...order,
  };
}

async function namesOf(session: ReadingSession, aside: string): Promise<string> {
  const [found] = await session.rows<{ names: string }>(
    `select string_agg(distinct quantity, ', ' order by quantity) as names from ${aside}`,
  );
  return found?.names ?? '';
}

/** SQL: a number of a meter as they all are; the others, and the headings, are the business of the sections. */
function isOrdinary(meter: string): string {
  return `coalesce(regexp_full_match(${meter}, '[0-9][0-9A-Za-z]*') and not (${isScientific(meter)}), false)`;
}

/** The beginning and the end of a file: enough for the longest heading and the last row. */
const EDGE = 1 << 16;

async function plainText(path: string, survey: LineSurvey): Promise<PlainText | undefined> {
  const counted = survey.plain;
  if (!counted || counted.lines < 2) return undefined;
  const file = await open(path);
  try {
    const { size } = await file.stat();
    const edge = async (from: number) => {
      const { buffer, bytesRead } = await file.read(Buffer.alloc(EDGE), 0, EDGE, from);
      return buffer.subarray(0, bytesRead).toString('utf8');
    };
    const [first, second] = (await edge(0)).split('\n');
    const last = (await edge(Math.max(0, size - EDGE))).trimEnd().split('\n').at(-1);
    const heading = tableHeading(first ?? '');
    return heading && second && last ? { path, ...counted, ...heading, bounds: [second, last] } : undefined;
  } finally {
    await file.close();
  }
}

const mostYears = 20;
const dayMs = 86_400_000;

/** First and last day that the rows are expected within, by the first and the last of them: some weeks more. */
function daysAround({ bounds, separator, positions }: PlainText): [string, string] | undefined {
  const days = bounds.map((line) => {
    const stamp = split(line, separator)[(positions.stamp ?? 1) - 1] ?? '';
    const [, y, m, d] = /^(\d{4})-(\d\d)-(\d\d)/.exec(stamp) ?? [];
    const [, day, month, year] = /^(\d\d)\/(\d\d)\/(\d{4})/.exec(stamp) ?? [];
    return Date.parse(`${y ?? year}-${m ?? month}-${d ?? day}T00:00:00Z`);
  });
  const from = Math.min(...days) - 40 * dayMs;
  const to = Math.max(...days) + 40 * dayMs;
  if (!(to - from < mostYears * 366 * dayMs) || !(from > 0)) return undefined;
  const text = (time: number) => new Date(time).toISOString().slice(0, 10);
  return [text(from), text(to)];
}

/**
 * SELECT of the rows as they stand: `meter`, `direction`, `quality`, `minutes`, `starts` and `kwh` of an interval;
 * of any other row `odd`, a list of `rule`, `fault_column`, `fault_value` and the quantity that is not active energy.
 * Of rows on days of 25 hours also `dial`, their civil time, and `dial_series`, what one order of rows belongs to.
 */
function rowsSql(
  text: PlainText,
  clock: Awaited<ReturnType<typeof clockBetween>>,
  marks: 'start' | 'end',
): string {
  const { positions } = text;
  const raw = (name: string) => (positions[name] === undefined ? 'null::varchar' : `c${positions[name]}`);
  const tidy = (name: string) => `nullif(${trimmed(raw(name))}, '')`;
  /** a few texts are those of almost every row: what they mean is worked out once */
  const known = (name: string, meaning: (text: string) => string, ...usual: string[]) =>
    positions[name] === undefined
      ? meaning('null::varchar')
      : `case ${raw(name)} ${usual.map((one) => `when ${literal(one)} then ${meaning(literal(one))}`).join(' ')} else ${meaning(tidy(name))} end`;
  const quality = (nature: string) => qualityOf(nature, tidy('stage'));
  const columns = Array.from({ length: text.headings }, (_, at) => `'c${at + 1}': 'VARCHAR'`).join(', ');
  const read = `read_csv(${literal(text.path)}, auto_detect = false, header = false, skip = 1, columns = {${columns}},
  delim = ${literal(text.separator)}, quote = '', escape = '', comment = '', new_line = '${text.lineEnd}', compression = 'none',
  encoding = 'utf-8', buffer_size = 4000000, max_line_size = 1000000)`;
  const derived = `select *, ${literal(marks)} as marks, ${raw('meter')} as meter,
  ${known('direction', directionOf, 'CONS', 'PROD')} as direction,
  ${known('nature', quality, 'B', 'C', 'E')} as quality,
  ${known('step', minutesOf, 'PT30M', 'PT10M', 'PT5M', 'PT15M', 'PT60M')} as step_minutes,
  ${known('unit', (unit) => `upper(${unit})`, 'W', 'kW', 'kWh')} as unit,
  ${known('quantity', (quantity) => `(${isOther(quantity, '2')})`, 'PA', 'EA')} as other,
  case when plain_number is null then ${numberOf(tidy('value'))} else plain_number end as number,
  case when plain_civil is null then ${civilOf(tidy('stamp'))} else plain_civil end as civil,
  case when plain_civil is null then ${instantOf(tidy('stamp'))} end as instant
from (
  select *, try_cast(${raw('value')} as decimal(18, 6)) as plain_number,
    try_strptime(${raw('stamp')}, '%Y-%m-%d %H:%M:%S') as plain_civil
  from ${read}
)`;
  const placed = `select *, ${clock.moment} as moment, ${clock.nonexistent} as nonexistent,
  coalesce(not ${clock.isKnown}, false) as unexpected
from (${derived})`;
  const judged = `select *, coalesce(meter is not null and direction is not null and quality is not null and other is not true
    and moment is not null and not nonexistent and not unexpected and unit in (${UNITS.map(literal).join(', ')})
    and number >= 0 and number < 1000000000000 and list_contains(${STEPS}, step_minutes), false) as plain
from (${placed})`;
  const ofOthers = ['direction', 'value', 'step', 'stamp', 'quantity'].map(
    (name) =>
      `case when not plain then ${tidy(name)} end as ${name === 'direction' ? 'direction_text' : name}`,
  );
  const told = `select *, ${ofOthers.join(', ')} from (${judged})`;
  const ruled = `select *, case when not plain then ${RULE} end as rule
from (select *, 1 as fields, 'table' as kind, null::timestamp as starts, null::varchar as text from (${told}))`;
  const isDoubled = isOnAny(clock.doubled);
  const dials =
    clock.doubled.length === 0
      ? ''
      : `, case when ${isDoubled} and other is not true then civil end as dial,
  case when ${isDoubled} and other is not true then concat_ws('|', ${tidy('meter')}, ${tidy('direction')}, ${tidy('stage')}) end as dial_series`;
  return `select meter, direction, quality, step_minutes::smallint as minutes,
  ${marks === 'end' ? 'moment - to_minutes(step_minutes::bigint)' : 'moment'} as starts,
  case when plain then ${kwhOf(microKwh('number', 'unit', 'step_minutes'))} end as kwh,
  case when not plain then [case when other or unexpected then null else rule end, ${FAULT_COLUMN}, ${FAULT_VALUE}, case when other then quantity end] end as odd
  ${dials}
from (${ruled})`;
}

/** Tells the two hours of one name apart, by the order of the rows. */
async function placeRepeatedHours(
  session: ReadingSession,
  rows: string,
  doubled: readonly string[],
  marks: 'start' | 'end',
): Promise<Pick<PlainTable, 'repeated' | 'lonely'>> {
  if (doubled.length === 0) return { repeated: 0, lonely: 0 };
  const repeated = session.temporary('enedis_repeated');
  const timed = `(select rowid + 2 as line, dial_series as series, dial as civil, ${literal(marks)} as marks
from ${rows} where dial is not null)`;
  await session.run(`create temp table ${repeated} as ${repeatedHours(timed, doubled)}`);
  const [found] = await session.rows<Record<'many' | 'lonely', number | bigint>>(
    `select count(*) as many, count(*) filter (where lonely) as lonely from ${repeated}`,
  );
  if (Number(found?.many) > 0) {
    const starts = marks === 'end' ? 'r.instant - to_minutes(t.minutes::bigint)' : 'r.instant';
    await session.run(
      `update ${rows} as t set starts = ${starts} from ${repeated} as r where t.rowid = r.line - 2`,
    );
  }
  return { repeated: Number(found?.many), lonely: Number(found?.lonely) };
}

/** What the order of the intervals says, where none gives way; else undefined. */
async function readOrder(
  session: ReadingSession,
  intervals: string,
  limit: number,
): Promise<Pick<PlainTable, 'gaps' | 'allGaps' | 'looksLikeStarts'> | undefined> {
  const breaks = session.temporary('enedis_breaks');
  // each interval is held against the one above it: those that simply follow it are none of the breaks
  await session.run(`create temp table ${breaks} as
select line, meter, direction, starts, ends, ends_above, coalesce(meter = meter_above and direction = direction_above, false) as goes_on
from (
  select *, lag(meter) over () as meter_above, lag(direction) over () as direction_above, lag(ends) over () as ends_above
  from (select line, meter, direction, starts, starts + to_minutes(minutes) as ends from ${intervals})
)
where not coalesce(meter = meter_above and direction = direction_above and starts = ends_above, false)`);
  const paris = (ends: string) => `strftime(timezone('Europe/Paris', timezone('UTC', ${ends})), '%H:%M')`;
  const [found] = await session.rows<{
    astray: number | bigint;
    heads: number | bigint;
    series: number | bigint;
    strange: number | bigint;
    like_starts: boolean | null;
  }>(`select count(*) filter (where goes_on and starts < ends_above) as astray,
  count(*) filter (where not goes_on) as heads,
  count(distinct meter || ' ' || direction) filter (where not goes_on) as series,
  count(*) filter (where not goes_on and not (${isOrdinary('meter')})) as strange,
  bool_and(${paris('ends')} = '00:00' and ${paris('last_end')} in ('23:00', '23:30', '23:45', '23:50', '23:55'))
    filter (where not goes_on) as like_starts
from (
  select *, coalesce(
    lead(ends_above) over (partition by goes_on order by line),
    (select starts + to_minutes(minutes) from ${intervals} where line = (select max(line) from ${intervals}))
  ) as last_end
  from ${breaks}
)`);
  if (Number(found?.astray) > 0 || Number(found?.strange) > 0 || found?.heads !== found?.series)
    return undefined;
  const { gaps, total } = await reachedGaps(
    session,
    `(select line, meter || ' ' || direction as series, starts, ends_above as reached from ${breaks} where goes_on)`,
    limit,
  );
  return { gaps, allGaps: total, looksLikeStarts: found?.like_starts === true };
}
