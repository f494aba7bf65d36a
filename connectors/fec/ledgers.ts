import { ExtractError, type ReadingSession } from '../connector.ts';
import {
  type Alike,
  doubtfulExtracts,
  doubtfulLines,
  doubtfulTable,
  entriesTable,
  type Header,
  headersQuery,
  type Ledgers,
  type LedgerTables,
  linesTable,
  mendedEntries,
  mendedLines,
  mendedTable,
} from './entries.ts';
import { readHeading, type Separator } from './heading.ts';

/**
 * Makes the entries of ledgers that stand as text: of whole ones, or of a few of their lines below the heading.
 *
 * @param names of the ledgers, for messages
 * @param paths of their texts in UTF-8 with LF ends, in the same order
 * @param separator declared for all of them
 * @returns the tables, and whether some lines had another number of fields than their heading
 * @throws {ExtractError} FEC-001, and what {@link readHeading} refuses
 */
export async function readLedgers(
  names: readonly string[],
  paths: readonly string[],
  separator: Separator | undefined,
  session: ReadingSession,
): Promise<{ readonly ledgers: Ledgers; readonly anyDoubtful: boolean }> {
  const tables: LedgerTables = {
    lines: session.temporary('fec_lines'),
    entries: session.temporary('fec_entries'),
    doubtful: session.temporary('fec_doubtful'),
    mended: session.temporary('fec_mended'),
    totals: session.temporary('fec_totals'),
  };
  await session.run(linesTable(tables, paths)).catch((cause: Error) => {
    throw new ExtractError('FEC-001', { extract: names.join(', ') }, { case: 'lines', cause });
  });
  const headers = await headersOf(names, tables, session);
  const ledgers: Ledgers = { tables, headers, alike: alikeOf(names, headers, separator) };
  await session.run(entriesTable(ledgers));
  return { ledgers, anyDoubtful: await mend(ledgers, session) };
}

async function headersOf(
  names: readonly string[],
  tables: LedgerTables,
  session: ReadingSession,
): Promise<Header[]> {
  type Count = bigint | number | null;
  const found = await session.rows<{ extract: number; base: Count; at: Count; text: string }>(
    headersQuery(tables),
  );
  return names.map((name, place) => {
    const first = found.find(({ extract }) => extract === place);
    if (first === undefined || first.at === null) {
      throw new ExtractError('FEC-001', { extract: name }, { case: 'blank' });
    }
    return { base: Number(first.base), at: Number(first.at), text: first.text };
  });
}

/** The ledgers by the text of their headers: subsidiaries with another software have another layout. */
function alikeOf(
  names: readonly string[],
  headers: readonly Header[],
  declared: Separator | undefined,
): Alike[] {
  return [...new Set(headers.map(({ text }) => text))].map((header) => {
    const places = [...headers.keys()].filter((place) => headers[place]?.text === header);
    const name = names[places[0] as number] as string;
    return { header, heading: readHeading(header, name, declared), extracts: places };
  });
}

/** Mends the doubtful lines, layout by layout; tells whether there were any. */
async function mend(ledgers: Ledgers, session: ReadingSession): Promise<boolean> {
  const doubtful = await session.rows<{ extract: number }>(doubtfulExtracts(ledgers));
  if (doubtful.length === 0) return false;
  await session.run(doubtfulTable(ledgers));
  await session.run(mendedTable(ledgers));
  for (const alike of ledgers.alike) {
    if (!doubtful.some(({ extract }) => alike.extracts.includes(extract))) continue;
    await session.run(doubtfulLines(ledgers, alike));
    await session.run(mendedLines(ledgers, alike));
    await session.run(mendedEntries(ledgers, alike));
  }
  return true;
}
