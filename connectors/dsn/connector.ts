import { rm } from 'node:fs/promises';
import { z } from 'zod';
import {
  type Connector,
  ExtractError,
  type ExtractFile,
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
  linesTable,
  malformedTable,
  otherBlocksQuery,
  recordQuery,
  rejectsQuery,
  rubricsTable,
  valuesTable,
} from './blocks.ts';
import { sendingRemarks } from './checks.ts';
import { ENCODINGS, plainText } from './plain-text.ts';
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
};

async function read(extract: ExtractFile, options: DsnOptions, session: ReadingSession): Promise<Reading> {
  const text = await plainText(extract, options.encoding, (name) => session.scratch(name));
  const lines = session.temporary('dsn_lines');
  const declarations = session.temporary('dsn_declarations');
  const tables: DsnTables = {
    rubrics: session.temporary('dsn_rubrics'),
    malformed: session.temporary('dsn_malformed'),
    blocks: session.temporary('dsn_blocks'),
    values: (block) => session.temporary(`dsn_${block.replaceAll('.', '_').toLowerCase()}`),
  };
  await session.run(linesTable(lines, text.path)).catch((cause: Error) => {
    throw new ExtractError(
      'DSN-001',
      'The file is not a text of lines',
      { extract: extract.name },
      'Deliver the DSN as text, one rubric a line.',
      { cause },
    );
  });
  // The copy holds names: it does not wait for the end of the stage.
  if (text.copied) await rm(text.path, { force: true });
  await session.run(rubricsTable(tables, lines));
  await session.run(malformedTable(tables, lines));
  await session.run(`drop table ${lines}`);
  await refuseOtherText(extract, tables, session);
  await session.run(blocksTable(tables));
  for (const [block, numbers] of READ) await session.run(valuesTable(tables, block, numbers));
  await session.run(declarationsTable(tables, declarations));
  const { remarks, facts } = await sendingRemarks({ tables, declarations, file: extract.name, session });
  const [{ records } = { records: 0 }] = await session.rows<{ records: bigint | number }>(
    `select (select count(*) from ${tables.rubrics} where line = start) + (select count(*) from ${tables.malformed}) as records`,
  );
  const sets: Record<string, RecordSet> = {};
  for (const record of RECORDS) {
    sets[record.set] = { columns: columnsOf(record), query: recordQuery(tables, declarations, record) };
  }
  sets.other_blocks = { columns: [...COMMON, 'block'], query: otherBlocksQuery(tables, declarations) };
  return {
    addressing: 'line',
    records: sets,
    rejects: rejectsQuery(tables),
    rowsRead: Number(records),
    numbers: 'point',
    dates: 'iso',
    remarks,
    facts: { ...facts, encoding: text.encoding },
  };
}

/** A file in which no line is a rubric is another kind of file. */
async function refuseOtherText(
  extract: ExtractFile,
  tables: DsnTables,
  session: ReadingSession,
): Promise<void> {
  const [first] = await session.rows(`select line from ${tables.rubrics} limit 1`);
  if (first !== undefined) return;
  throw new ExtractError(
    'DSN-001',
    'No line of the file is a rubric of a DSN',
    { extract: extract.name },
    "Deliver the DSN as sent to net-entreprises: lines like S21.G00.40.007,'01'.",
  );
}
