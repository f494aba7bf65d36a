import { isUtf8 } from 'node:buffer';
import { writeFile } from 'node:fs/promises';
import { z } from 'zod';
import {
  type Connector,
  type ExtractFile,
  pullFiles,
  type Reading,
  type ReadingSession,
  type Remark,
  type RowsReading,
  type WantedRows,
} from '../connector.ts';
import { excerptOf } from '../excerpt.ts';
import { findGaps, type Gap, settleOverlaps } from '../interval-series.ts';
import { loadLines, type Utf8Text, utf8Text } from '../utf8-text.ts';
import { type Curves, readCurves } from './curve.ts';
import { instantText, kwhText } from './energy.ts';
import { readIndexes } from './index-readings.ts';
import { findSections, holdsAnything, type Section } from './layout.ts';
import { LineSurvey, type PlainTable, readPlainTable } from './plain-table.ts';

const options = z.strictObject({
  timestamp: z
    .enum(['end', 'start'])
    .optional()
    .describe('which end of the interval a timestamp marks, when the heading does not say; end unless given'),
  meter: z.string().min(1).optional().describe('meter (PRM) of a file that names none'),
});
export type EnedisOptions = z.infer<typeof options>;

const COLUMNS = ['meter', 'interval_start', 'minutes', 'energy_kwh', 'direction', 'quality'];
const MOST_REMARKS = 20;
const STARTS: Remark = { code: 'ENE-017', severity: 'warning' };

/** A line of indexes may make an interval of each direction: its number alone does not tell an interval. */
const ordinal = `2 * line + (direction = 'production')::integer`;

/**
 * Reads Enedis electricity exports: load curves, daily and monthly energies, daily indexes.
 *
 * One record set, `intervals`, addressed by physical line: start in UTC, minutes, kWh with six decimals.
 * Which export it is shows in its headings; several may stand in one file.
 */
export const enedis: Connector<EnedisOptions> = {
  id: 'enedis',
  title: 'Enedis electricity exports: load curve, daily or monthly energy, daily indexes (CSV)',
  options,
  pull: (source) => pullFiles(source),
  read,
  readRows: readLines,
};

async function read(extract: ExtractFile, options: EnedisOptions, session: ReadingSession): Promise<Reading> {
  const survey = new LineSurvey();
  const text = await utf8Text(extract, session, 'ENE', survey.watch);
  if (text.encoding === 'utf-8') {
    const marks = options.timestamp ?? 'end';
    const plain = await readPlainTable(session, text.path, survey, marks, MOST_REMARKS);
    if (plain) return plainReading(plain, options);
  }
  return readSections(extract, text, options, session);
}

/** Reads a text whatever its layouts. */
export async function readSections(
  extract: ExtractFile,
  text: Utf8Text,
  options: EnedisOptions,
  session: ReadingSession,
): Promise<Reading> {
  const lines = session.temporary('enedis_lines');
  await loadLines(session, lines, text.path, extract, 'ENE');
  const sections = await findSections(lines, extract.name, session);
  const marks = options.timestamp ?? 'end';
  // to read what is not there costs as much as a small file's rows
  const onlyCurves = sections.every(({ kind }) => kind !== 'index');
  const holdsCurves = onlyCurves || sections.some(({ kind }) => kind !== 'index');
  const curves = holdsCurves
    ? await readCurves(session, { lines, sections, marks, meter: options.meter })
    : undefined;
  const indexes = onlyCurves ? undefined : await readIndexes(session, lines, sections, options.meter);
  const columns = `line, meter, direction, unit, starts, ends, minutes, rule, nature, series, quality, unknown_nature,
  rank, micro_kwh, fault_column, fault_value, stamp`;
  const found = [curves, indexes].flatMap((one) => one?.intervals ?? []);
  const intervals = `(${found.map((table) => `select ${columns} from ${table}`).join(' union all ')})`;
  const good = `(select ${ordinal} as line, line as row, series, starts, ends, rank from ${intervals} where rule is null)`;
  const settled = await settleOverlaps(session, good, 'enedis');
  const { dropped } = settled;
  const overlapping = session.temporary('enedis_overlapping');
  await session.run(`create temp table ${overlapping} as
select g.row, g.series, k.row as kept_row
from ${dropped} d join ${good} g on g.line = d.line join ${good} k on k.line = d.kept_line`);
  // in order none gives way: the rows are read as they stand
  const kept = settled.inOrder
    ? `${intervals} i`
    : `${intervals} i anti join ${overlapping} o on o.row = i.line and o.series = i.series`;
  return {
    addressing: 'line',
    records: {
      intervals: {
        isScan: onlyCurves && settled.inOrder,
        columns: COLUMNS,
        query: `select i.line as row_number, i.meter, ${instantText('i.starts')} as interval_start,
  i.minutes::varchar as minutes, ${kwhText('i.micro_kwh')} as energy_kwh, i.direction, i.quality
from ${kept}
where i.rule is null`,
      },
    },
    rejects: rejectsQuery(intervals, overlapping),
    rowsRead:
      (await curveLines(session, lines, sections)) -
      (curves?.otherQuantities.rows ?? 0) +
      (indexes?.rows ?? 0),
    numbers: 'point',
    dates: 'iso',
    remarks: [
      ...(curves ? await curveRemarks(session, curves) : []),
      ...(await overlapRemarks(session, overlapping)),
      ...gapRemarks(
        await findGaps(
          session,
          `select g.row as line, g.series, g.starts, g.ends from ${good} g
${settled.inOrder ? '' : `anti join ${dropped} d on d.line = g.line`}`,
          MOST_REMARKS,
          settled.inOrder,
        ),
      ),
      ...(indexes ? await longIntervalRemarks(session, indexes.intervals) : []),
      ...(curves ? await startRemarks(session, curves.intervals, sections, options) : []),
    ],
    facts: {
      encoding: text.encoding,
      layouts: [...new Set(sections.map((section) => section.kind))].sort().join(', '),
      ...(indexes && indexes.starts > 0 ? { first_readings: String(indexes.starts) } : {}),
    },
  };
}

/** Rows of plain tables, whose lines each say all that they mean, but for those of the hour that comes twice. */
async function readLines(
  wanted: readonly WantedRows[],
  options: EnedisOptions,
  session: ReadingSession,
): Promise<RowsReading> {
  const queries: string[] = [];
  const whole: number[] = [];
  for (const [extract, { extract: file, rows }] of wanted.entries()) {
    const query = await linesQuery(extract, file, rows, options, session);
    if (query === undefined) whole.push(extract);
    else queries.push(query);
  }
  const records = { intervals: { columns: COLUMNS, query: queries.join('\nunion all\n') } };
  return { addressing: 'line', records: queries.length === 0 ? {} : records, whole };
}

async function linesQuery(
  extract: number,
  file: ExtractFile,
  rows: readonly number[],
  options: EnedisOptions,
  session: ReadingSession,
): Promise<string | undefined> {
  const excerpt = await excerptOf(file.path, rows);
  // a second heading would give other columns to the lines below it
  if (!excerpt?.headedOnce || !isUtf8(excerpt.bytes)) return undefined;
  const lines = [...excerpt.lines].filter(([line]) => line > 1);
  const taken = Buffer.concat(
    [excerpt.lines.get(1) as Buffer, ...lines.map(([, text]) => text)].flatMap((text) => [
      text,
      Buffer.from('\n'),
    ]),
  );
  const path = session.scratch(`lines-${extract}`);
  await writeFile(path, taken);
  const survey = new LineSurvey();
  survey.watch(taken);
  const own = { ...session, temporary: (name: string) => session.temporary(`${name}_${extract}`) };
  const plain = await readPlainTable(own, path, survey, options.timestamp ?? 'end', MOST_REMARKS);
  if (!plain || plain.repeated > 0) return undefined;
  const places = lines.map(([line], at) => `(${at + 2}, ${line})`);
  return `select ${extract} as extract, place.row_number::bigint as row_number, r.* exclude (row_number)
from (${plainReading(plain, options).records.intervals?.query}) as r
join (values ${places.join(', ')}) as place(line, row_number) on place.line = r.row_number`;
}

const DECLARED = {
  meter: 'varchar',
  interval_start: 'timestamp',
  minutes: 'bigint',
  energy_kwh: 'decimal(18,6)',
  direction: 'varchar',
  quality: 'varchar',
} as const;

function plainReading(plain: PlainTable, options: EnedisOptions): Reading {
  const { intervals, faults, rows, gaps, allGaps } = plain;
  const typed = `select line as row_number, meter, starts as interval_start, minutes, kwh as energy_kwh, direction, quality
from ${intervals}`;
  return {
    addressing: 'line',
    records: {
      intervals: {
        isScan: true,
        columns: COLUMNS,
        query: `select row_number, meter, ${instantText('interval_start')} as interval_start, minutes::varchar as minutes,
  energy_kwh::varchar as energy_kwh, direction, quality from (${typed})`,
        typed: { query: typed, types: DECLARED },
      },
    },
    rejects: `select line as row_number, fault_column as column_name, left(fault_value, 500) as value, rule, null::varchar as facts
from ${faults}`,
    rowsRead: rows,
    numbers: 'point',
    dates: 'iso',
    remarks: [
      ...rowRemarks(plain),
      ...gapRemarks({ gaps, total: allGaps }),
      ...(options.timestamp === undefined && plain.looksLikeStarts ? [STARTS] : []),
    ],
    facts: { encoding: 'utf-8', layouts: 'table' },
  };
}

/** Rows of curves and days, counted on the lines themselves. */
async function curveLines(
  session: ReadingSession,
  lines: string,
  sections: readonly Section[],
): Promise<number> {
  let sum = 0;
  for (const { kind, from, to, separator } of sections) {
    if (kind === 'index') continue;
    const [row] = await session.rows<{ many: number | bigint }>(
      `select count(*) as many from ${lines} where rowid >= ${from - 1} and rowid < ${to} and ${holdsAnything(separator)}`,
    );
    sum += Number(row?.many ?? 0);
  }
  return sum;
}

function rejectsQuery(intervals: string, overlapping: string): string {
  return `select line as row_number, fault_column as column_name, left(fault_value, 500) as value, rule, null::varchar as facts
from ${intervals}
where rule is not null
union all
select o.row, 'Horodate', left(i.stamp, 500), 'overlapping_interval',
  to_json({kept: o.kept_row})::varchar
from ${overlapping} o join ${intervals} i on i.line = o.row and i.series = o.series and i.rule is null`;
}

async function curveRemarks(session: ReadingSession, curves: Curves): Promise<Remark[]> {
  const remarks = rowRemarks(curves);
  const unknown = await session.rows<{ nature: string; many: number | bigint; row: number | bigint }>(
    `select nature, count(*) as many, min(line) as row from ${curves.intervals} where rule is null and unknown_nature group by nature order by nature limit ${MOST_REMARKS}`,
  );
  for (const { nature, many, row } of unknown) {
    remarks.push({
      code: 'ENE-014',
      severity: 'warning',
      values: { rows: Number(many), nature: nature.slice(0, 50), line: Number(row) },
      row: Number(row),
    });
  }
  return remarks;
}

function rowRemarks({ otherQuantities, lonely }: Pick<Curves, 'otherQuantities' | 'lonely'>): Remark[] {
  const remarks: Remark[] = [];
  const { rows, names } = otherQuantities;
  if (rows > 0) {
    remarks.push({
      code: 'ENE-012',
      severity: 'information',
      values: { rows, names },
    });
  }
  if (lonely > 0) {
    remarks.push({
      code: 'ENE-013',
      severity: 'warning',
      values: { times: lonely },
    });
  }
  return remarks;
}

async function overlapRemarks(session: ReadingSession, overlapping: string): Promise<Remark[]> {
  const found = await session.rows<{ series: string; many: number | bigint; row: number | bigint }>(
    `select series, count(*) as many, min(row) as row from ${overlapping} group by series order by series limit ${MOST_REMARKS}`,
  );
  return found.map(({ series, many, row }) => ({
    code: 'ENE-015',
    severity: 'warning',
    values: { intervals: Number(many), series, line: Number(row) },
    row: Number(row),
  }));
}

function gapRemarks({ gaps, total }: { gaps: readonly Gap[]; total: number }): Remark[] {
  const remarks: Remark[] = gaps.map(({ series, from, to, line }) => ({
    code: 'ENE-010',
    severity: 'warning',
    values: { series, from: utc(from), to: utc(to), line },
    row: line,
  }));
  if (total > gaps.length) {
    remarks.push({
      code: 'ENE-011',
      case: 'gaps',
      severity: 'warning',
      values: { more: total - gaps.length, all: total },
    });
  }
  return remarks;
}

/** An index says what was consumed over a gap: the interval is measured, and longer than the others. */
async function longIntervalRemarks(session: ReadingSession, intervals: string): Promise<Remark[]> {
  const found = await session.rows<{
    series: string;
    from: string;
    to: string;
    days: number;
    line: number | bigint;
    total: number | bigint;
  }>(
    `with usual as (select median(minutes) as minutes from ${intervals} where rule is null)
select series, starts::varchar as "from", ends::varchar as "to", line, (minutes + 720) // 1440 as days, count(*) over () as total
from ${intervals}
where rule is null and minutes > 1.5 * (select minutes from usual)
order by series, starts limit ${MOST_REMARKS}`,
  );
  const remarks: Remark[] = found.map(({ series, from, to, days, line }) => ({
    code: 'ENE-016',
    severity: 'information',
    values: { series, from: utc(from), to: utc(to), days: Number(days), line: Number(line) },
    row: Number(line),
  }));
  const total = Number(found[0]?.total ?? 0);
  if (total > found.length) {
    remarks.push({
      code: 'ENE-011',
      case: 'readings',
      severity: 'information',
      values: { more: total - found.length, all: total },
    });
  }
  return remarks;
}

/** First timestamp at midnight and last one short of it: what a curve stamped with starts looks like. */
async function startRemarks(
  session: ReadingSession,
  intervals: string,
  sections: readonly Section[],
  options: EnedisOptions,
): Promise<Remark[]> {
  const silent = sections.some(
    ({ kind, marks }) => (kind === 'curve' || kind === 'table') && marks === undefined,
  );
  if (options.timestamp !== undefined || !silent) return [];
  const [found] = await session.rows<{ suspicious: boolean | null }>(
    `select bool_and(strftime(timezone('Europe/Paris', timezone('UTC', first_end)), '%H:%M') = '00:00'
    and strftime(timezone('Europe/Paris', timezone('UTC', last_end)), '%H:%M') in ('23:00', '23:30', '23:45', '23:50', '23:55')) as suspicious
from (
  select min(ends) as first_end, max(ends) as last_end from ${intervals}
  where rule is null and minutes <= 60 group by series
)`,
  );
  if (found?.suspicious !== true) return [];
  return [STARTS];
}

/** `2026-03-29 00:30:00` to `2026-03-29T00:30:00Z` */
function utc(timestamp: string): string {
  return `${timestamp.replace(' ', 'T')}Z`;
}
