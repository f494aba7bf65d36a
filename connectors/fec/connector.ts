import { basename } from 'node:path';
import { z } from 'zod';
import {
  type Connector,
  ExtractError,
  type ExtractFile,
  literal,
  pullFiles,
  type Reading,
  type ReadingSession,
  type Remark,
} from '../connector.ts';
import { ledgerRemarks } from './checks.ts';
import {
  COLUMNS,
  doubtfulTable,
  entriesTable,
  type Header,
  isRecord,
  type LedgerTables,
  linesTable,
  mendedTable,
  noneMended,
  recordsTable,
} from './entries.ts';
import { type Heading, readHeading, SEPARATORS } from './heading.ts';
import { fecName } from './name.ts';
import { ENCODINGS, type PlainText, plainText } from './plain-text.ts';

const options = z.strictObject({
  siren: z
    .string()
    .regex(/^[0-9]{9}$/)
    .optional()
    .describe('SIREN of the ledger, when the name does not state it'),
  closing_date: z.iso
    .date()
    .optional()
    .describe('last day of the fiscal year, when the name does not state it'),
  fiscal_year_start: z.iso
    .date()
    .optional()
    .describe('first day of the fiscal year, when it is not twelve months before'),
  encoding: z.enum(ENCODINGS).optional().describe('charset of the text, when its bytes mislead'),
  separator: z.enum(SEPARATORS).optional().describe('field separator, when the header misleads'),
});
export type FecOptions = z.infer<typeof options>;

/**
 * Reads a French ledger file (fichier des écritures comptables, LPF article A47 A-1).
 *
 * One record set, `entries`: one row a ledger line, addressed by its physical line (the header is line 1).
 * Lines are read, split and written in canonical form by DuckDB; JavaScript sees bytes (to transcode) and
 * the header only.
 */
export const fec: Connector<FecOptions> = {
  id: 'fec',
  title:
    'French ledger (FEC, LPF A47 A-1): text, tab or | separated, 18 or 22 fields, Debit/Credit or Montant/Sens',
  options,
  pull: (source) => pullFiles(source),
  read,
};

async function read(extract: ExtractFile, options: FecOptions, session: ReadingSession): Promise<Reading> {
  const name = fecName(extract.name, options);
  const text = await plainText(extract, options.encoding, (file) => session.scratch(file));
  const tables: LedgerTables = {
    lines: session.temporary('fec_lines'),
    records: session.temporary('fec_records'),
    doubtful: session.temporary('fec_doubtful'),
    mended: session.temporary('fec_mended'),
    entries: session.temporary('fec_entries'),
  };
  await session.run(linesTable(tables, text.path)).catch((cause: Error) => {
    throw new ExtractError('FEC-001', { extract: extract.name }, { case: 'lines', cause });
  });
  const header = await headerOf(tables, extract);
  const heading = readHeading(header.text, extract.name, options.separator);
  await session.run(recordsTable(tables, heading, header));
  await session.run(doubtfulTable(tables, heading));
  const [doubtful] = await session.rows(`select 1 from ${tables.doubtful} limit 1`);
  await session.run(doubtful ? mendedTable(tables, heading) : noneMended(tables));
  await session.run(entriesTable(tables, heading, doubtful !== undefined));
  const [{ records } = { records: 0 }] = await session.rows<{ records: bigint | number }>(
    `select count(*) as records from ${tables.lines} where rowid + 1 > ${header.line} and ${isRecord(heading)}`,
  );
  const year = { start: options.fiscal_year_start, closing: name.closing };
  const remarks = [
    ...textRemarks(text, options),
    ...headingRemarks(heading),
    ...(await ledgerRemarks({
      tables,
      headerLine: header.line,
      file: basename(extract.name),
      siren: name.siren,
      year,
      session,
    })),
  ];
  const rejects = rejectsQuery(tables, heading, header);
  const reading: Reading = {
    addressing: 'line',
    records: {
      entries: {
        isScan: true,
        columns: ['siren', 'closing_date', ...COLUMNS],
        query: `select line as row_number, ${literal(name.siren)} as siren, ${literal(name.closing)} as closing_date,
  ${COLUMNS.join(', ')}
from ${tables.entries}
where fault is null`,
      },
    },
    rejects,
    rowsRead: Number(records),
    numbers: 'point',
    dates: 'iso',
    remarks,
    facts: {
      siren: name.siren,
      closing_date: name.closing,
      encoding: text.encoding,
      separator: heading.separator === '\t' ? 'tab' : heading.separator,
      layout: heading.layout,
      fields: String(heading.fields.length),
    },
  };
  return reading;

  async function headerOf(from: LedgerTables, file: ExtractFile): Promise<Header> {
    const [first] = await session.rows<{ line: bigint | number; text: string }>(
      `select rowid + 1 as line, text from ${from.lines} where trim(text) <> '' order by rowid limit 1`,
    );
    if (first === undefined) {
      throw new ExtractError('FEC-001', { extract: file.name }, { case: 'blank' });
    }
    return { line: Number(first.line), text: first.text };
  }
}

/** One row a line that is no entry: wrong number of fields, unknown side, doubtful amount, header again. */
function rejectsQuery(tables: LedgerTables, heading: Heading, header: Header): string {
  const width = heading.fields.length;
  return `select line as row_number, null::varchar as column_name, left(text, 500) as value, 'field_count' as rule,
  to_json({fields: len(parts), wanted: ${width}})::varchar as facts
from ${tables.doubtful}
where line not in (select line from ${tables.mended})
union all
select line, case fault when 'sense' then 'Sens' else 'Debit, Credit' end, fault_value, fault, null
from ${tables.entries}
where fault is not null
union all
select rowid + 1, null, left(text, 500), 'repeated_header', null
from ${tables.lines}
where rowid + 1 > ${header.line} and text = ${literal(header.text)}`;
}

function textRemarks(text: PlainText, options: FecOptions): Remark[] {
  const { evidence, encoding } = text;
  const remarks: Remark[] = [];
  if (encoding === 'utf-8' && evidence.invalid > 0) {
    remarks.push({
      code: 'FEC-014',
      case: 'invalid',
      severity: 'warning',
      values: { bytes: evidence.invalid },
    });
  }
  if (options.encoding === undefined && encoding === 'windows-1252' && evidence.foreign * 2 > evidence.c1) {
    remarks.push({ code: 'FEC-014', case: 'page', severity: 'warning' });
  }
  if (evidence.controls > 0 && !encoding.startsWith('utf-16')) {
    remarks.push({
      code: 'FEC-014',
      case: 'controls',
      severity: 'warning',
      values: { bytes: evidence.controls },
    });
  }
  return remarks;
}

function headingRemarks(heading: Heading): Remark[] {
  const remarks: Remark[] = [];
  if (heading.absent.length > 0) {
    remarks.push({
      code: 'FEC-013',
      case: 'absent',
      severity: 'warning',
      values: { headings: heading.absent.join(', ') },
      row: 1,
    });
  }
  if (heading.unknown.length > 0) {
    remarks.push({
      code: 'FEC-013',
      case: 'unknown',
      severity: 'information',
      values: { headings: heading.unknown.join(', ') },
      row: 1,
    });
  }
  return remarks;
}
