import { rm } from 'node:fs/promises';
import { z } from 'zod';
import {
  aloneOf,
  type Connector,
  ExtractError,
  type ExtractFile,
  type GroupReading,
  pullFiles,
  type Reading,
  type ReadingSession,
  type RecordSet,
} from '../connector.ts';
import {
  blocksTable,
  COMMON,
  columnsOf,
  type DsnTables,
  declarationsTable,
  extractsTable,
  linesTable,
  malformedTable,
  otherBlocksQuery,
  recordQuery,
  rejectsQuery,
  rubricsTable,
  valuesTable,
} from './blocks.ts';
import { sendingRemarks } from './checks.ts';
import { ENCODINGS, type PlainText, plainText } from './plain-text.ts';
import { READ, RECORDS } from './rubrics.ts';

const options = z.strictObject({
  encoding: z.enum(ENCODINGS).optional().describe('charset of the text, when its bytes mislead'),
});
export type DsnOptions = z.infer<typeof options>;

/**
 * Reads payroll declarations (déclaration sociale nominative, norm NEODeS), one or several sendings a file.
 *
 * A record is one occurrence of a block, addressed by the physical line it begins on; `rubrics.ts` says
 * which. Blocks without a set of their own are counted in `other_blocks`. Only the rubrics read there get
 * past the line reader: names, addresses and bank details never enter a table. `person` and
 * `registration_number` are in clear in the query, to be hashed by the stage.
 */
export const dsn: Connector<DsnOptions> = {
  id: 'dsn',
  title: 'French payroll declarations (DSN, NEODeS text): monthly and event sendings, several a file',
  options,
  pull: (source) => pullFiles(source),
  read,
  readTogether,
};

async function read(extract: ExtractFile, options: DsnOptions, session: ReadingSession): Promise<Reading> {
  return aloneOf(await readTogether([extract], options, session));
}

async function readTogether(
  extracts: readonly ExtractFile[],
  options: DsnOptions,
  session: ReadingSession,
): Promise<GroupReading> {
  const texts: PlainText[] = [];
  for (const [place, extract] of extracts.entries())
    texts.push(await plainText(extract, options.encoding, (name) => session.scratch(`${place}-${name}`)));
  const lines = session.temporary('dsn_lines');
  const declarations = session.temporary('dsn_declarations');
  const tables: DsnTables = {
    extracts: session.temporary('dsn_extracts'),
    rubrics: session.temporary('dsn_rubrics'),
    malformed: session.temporary('dsn_malformed'),
    blocks: session.temporary('dsn_blocks'),
    values: (block) => session.temporary(`dsn_${block.replaceAll('.', '_').toLowerCase()}`),
  };
  const paths = texts.map(({ path }) => path);
  await session.run(linesTable(lines, paths)).catch((cause: Error) => {
    const place = { extract: extracts.map(({ name }) => name).join(', ') };
    throw new ExtractError('DSN-001', place, { case: 'lines', cause });
  });
  // The copies hold names: they do not wait for the end of the stage.
  await Promise.all(texts.filter(({ copied }) => copied).map(({ path }) => rm(path, { force: true })));
  await session.run(extractsTable(tables, lines));
  await session.run(rubricsTable(tables, lines));
  await session.run(malformedTable(tables, lines));
  await session.run(`drop table ${lines}`);
  await refuseOtherText(extracts, tables, session);
  await session.run(blocksTable(tables));
  for (const [block, numbers] of READ) await session.run(valuesTable(tables, block, numbers));
  await session.run(declarationsTable(tables, declarations));
  const files = extracts.map(({ name }) => name);
  const judged = await sendingRemarks({ tables, declarations, files, session });
  const counted = await recordsOf(extracts, tables, session);
  const sets: Record<string, RecordSet> = {};
  for (const record of RECORDS) {
    sets[record.set] = { columns: columnsOf(record), query: recordQuery(tables, declarations, record) };
  }
  sets.other_blocks = { columns: [...COMMON, 'block'], query: otherBlocksQuery(tables, declarations) };
  return {
    addressing: 'line',
    records: sets,
    rejects: rejectsQuery(tables),
    numbers: 'point',
    dates: 'iso',
    extracts: judged.map(({ remarks, facts }, place) => ({
      rowsRead: counted[place] as number,
      remarks,
      facts: { ...facts, encoding: (texts[place] as PlainText).encoding },
    })),
  };
}

/** Block occurrences and lines that are no rubric, of each extract. */
async function recordsOf(
  extracts: readonly ExtractFile[],
  tables: DsnTables,
  session: ReadingSession,
): Promise<number[]> {
  const found = await session.rows<{ extract: number; records: bigint | number }>(
    `select extract, count(*) as records from (
  select extract from ${tables.rubrics} where line = start union all select extract from ${tables.malformed}
) group by extract`,
  );
  return extracts.map((_, place) => Number(found.find(({ extract }) => extract === place)?.records ?? 0));
}

/** A file in which no line is a rubric is another kind of file. */
async function refuseOtherText(
  extracts: readonly ExtractFile[],
  tables: DsnTables,
  session: ReadingSession,
): Promise<void> {
  const found = await session.rows<{ extract: number }>(`select distinct extract from ${tables.rubrics}`);
  const other = extracts.find((_, place) => !found.some(({ extract }) => extract === place));
  if (other === undefined) return;
  throw new ExtractError('DSN-001', { extract: other.name }, { case: 'rubrics' });
}
