import { isAscii, isUtf8 } from 'node:buffer';
import { writeFile } from 'node:fs/promises';
import { literal, type ReadingSession, type RowsReading, type WantedRows } from '../connector.ts';
import { excerptOf } from '../excerpt.ts';
import {
  COLUMNS,
  doubtfulTable,
  entriesTable,
  type LedgerTables,
  linesTable,
  mendedTable,
  recordsTable,
} from './entries.ts';
import { readHeading, type Separator } from './heading.ts';
import { fecName } from './name.ts';
import { type Encoding, encodingOf, evidenceOf, plainLines } from './plain-text.ts';

/** What is declared of the ledgers, see the connector's options. */
interface LedgerOptions {
  readonly siren?: string | undefined;
  readonly closing_date?: string | undefined;
  readonly encoding?: Encoding | undefined;
  readonly separator?: Separator | undefined;
}

/** A line taken out of its ledger, and what the name of the ledger says. */
interface TakenLine {
  readonly extract: number;
  readonly line: number;
  readonly text: string;
  readonly siren: string;
  readonly closing: string;
}

/**
 * Reads some lines of ledgers: those under one heading go into one text, as what an entry is hangs on no other line
 * than the heading.
 */
export async function readLines(
  wanted: readonly WantedRows[],
  options: LedgerOptions,
  session: ReadingSession,
): Promise<RowsReading> {
  const byHeading = new Map<string, TakenLine[]>();
  const whole: number[] = [];
  for (const [extract, { extract: file, rows }] of wanted.entries()) {
    const texts = await textsOf(file.path, rows, options.encoding);
    const heading = texts?.get(1);
    if (!texts || !heading) {
      whole.push(extract);
      continue;
    }
    const { siren, closing } = fecName(file.name, options);
    const taken = rows.flatMap((line) => {
      const text = texts.get(line);
      return text === undefined ? [] : [{ extract, line, text, siren, closing }];
    });
    byHeading.set(heading, [...(byHeading.get(heading) ?? []), ...taken]);
  }
  const queries: string[] = [];
  for (const [heading, taken] of byHeading)
    queries.push(await entriesUnder(heading, taken, queries.length, options, session));
  if (queries.length === 0) return { addressing: 'line', records: {}, whole };
  return {
    addressing: 'line',
    records: {
      entries: { columns: ['siren', 'closing_date', ...COLUMNS], query: queries.join('\nunion all\n') },
    },
    whole,
  };
}

/** The heading and some lines as text; undefined where the charset is not one of plain bytes, or no line is headed. */
async function textsOf(
  path: string,
  rows: readonly number[],
  declared: Encoding | undefined,
): Promise<Map<number, string> | undefined> {
  const excerpt = await excerptOf(path, rows);
  // a lone line is that of a file whose lines end otherwise, or not at all
  if (!excerpt || excerpt.lines.size < 2) return undefined;
  const { bytes, lines } = excerpt;
  const encoding = declared ?? encodingFor([...lines.values()], bytes);
  if (encoding === 'utf-16le') return undefined;
  const texts = [...lines].map(([line, text]): [number, string] => {
    // a mark at the head of any other line is a character of it
    const decoder = new TextDecoder(encoding, { ignoreBOM: line > 1 });
    // at once, Node 20 takes Windows-1252 for ISO 8859-1
    const decoded = decoder.decode(text, { stream: true }) + decoder.decode();
    return [line, plainLines(`${decoded}\n`, false).slice(0, -1)];
  });
  const [heading] = texts;
  return heading && heading[1].trim() !== '' ? new Map(texts) : undefined;
}

/** The charset that the bytes of the whole file say; lines without accents read the same in each of those that have plain bytes. */
function encodingFor(lines: readonly Buffer[], bytes: Buffer): Encoding {
  if (lines.every((line) => isAscii(line) && !line.includes(0)) || isUtf8(bytes)) return 'utf-8';
  return encodingOf(evidenceOf(bytes));
}

async function entriesUnder(
  text: string,
  taken: readonly TakenLine[],
  group: number,
  options: LedgerOptions,
  session: ReadingSession,
): Promise<string> {
  const path = session.scratch(`lines-${group}`);
  await writeFile(path, [text, ...taken.map((one) => one.text), ''].join('\n'));
  const table = (name: string) => session.temporary(`fec_${name}_${group}`);
  const tables: LedgerTables = {
    lines: table('lines'),
    records: table('records'),
    doubtful: table('doubtful'),
    mended: table('mended'),
    entries: table('entries'),
  };
  const heading = readHeading(text, path, options.separator);
  await session.run(
    [
      linesTable(tables, path),
      recordsTable(tables, heading, { line: 1, text }),
      doubtfulTable(tables, heading),
    ].join(';\n'),
  );
  const [doubtful] = await session.rows(`select 1 from ${tables.doubtful} limit 1`);
  if (doubtful) await session.run(mendedTable(tables, heading));
  await session.run(entriesTable(tables, heading, doubtful !== undefined));
  const places = taken.map(
    ({ extract, line, siren, closing }, at) =>
      `(${at + 2}, ${extract}, ${line}, ${literal(siren)}, ${literal(closing)})`,
  );
  return `select place.extract, place.row_number::bigint as row_number, place.siren, place.closing_date, ${COLUMNS.map((name) => `e.${name}`).join(', ')}
from ${tables.entries} as e
join (values ${places.join(', ')}) as place(line, extract, row_number, siren, closing_date) on place.line = e.line
where e.fault is null`;
}
