import { isAscii, isUtf8 } from 'node:buffer';
import { writeFile } from 'node:fs/promises';
import { literal, type ReadingSession, type RowsReading, type WantedRows } from '../connector.ts';
import { excerptOf } from '../excerpt.ts';
import { COLUMNS } from './entries.ts';
import type { Separator } from './heading.ts';
import { readLedgers } from './ledgers.ts';
import { fecName } from './name.ts';
import { type Encoding, encodingOf, evidenceOf, plainLines } from './plain-text.ts';

/** What is declared of the ledgers, see the connector's options. */
interface LedgerOptions {
  readonly siren?: string | undefined;
  readonly closing_date?: string | undefined;
  readonly encoding?: Encoding | undefined;
  readonly separator?: Separator | undefined;
}

/** Reads some lines of ledgers: those of each, below its heading, are a ledger of their own. */
export async function readLines(
  wanted: readonly WantedRows[],
  options: LedgerOptions,
  session: ReadingSession,
): Promise<RowsReading> {
  const whole: number[] = [];
  const names: string[] = [];
  const paths: string[] = [];
  const places: string[] = [];
  for (const [extract, { extract: file, rows }] of wanted.entries()) {
    const texts = await textsOf(file.path, rows, options.encoding);
    const heading = texts?.get(1);
    if (!texts || !heading) {
      whole.push(extract);
      continue;
    }
    const { siren, closing } = fecName(file.name, options);
    const taken = rows.filter((line) => line > 1 && texts.has(line));
    for (const [at, line] of taken.entries())
      places.push(
        `(${names.length}, ${at + 2}, ${extract}, ${line}, ${literal(siren)}, ${literal(closing)})`,
      );
    const path = session.scratch(`lines-${extract}`);
    await writeFile(path, [heading, ...taken.map((line) => texts.get(line)), ''].join('\n'));
    names.push(file.name);
    paths.push(path);
  }
  if (places.length === 0) return { addressing: 'line', records: {}, whole };
  const { ledgers } = await readLedgers(names, paths, options.separator, session);
  return {
    addressing: 'line',
    records: {
      entries: {
        columns: ['siren', 'closing_date', ...COLUMNS],
        query: `select place.extract, place.row_number::bigint as row_number, place.siren, place.closing_date, ${COLUMNS.map((name) => `e.${name}`).join(', ')}
from ${ledgers.tables.entries} as e
join (values ${places.join(', ')}) as place(ledger, line, extract, row_number, siren, closing_date)
  on place.ledger = e.extract and place.line = e.line
where e.fault is null`,
      },
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
