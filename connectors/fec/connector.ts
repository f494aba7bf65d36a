import { basename } from 'node:path';
import { z } from 'zod';
import {
  aloneOf,
  type Connector,
  type ExtractFile,
  type GroupReading,
  literal,
  pullFiles,
  type Reading,
  type ReadingSession,
  type RecordSet,
  type Remark,
} from '../connector.ts';
import { ledgerRemarks } from './checks.ts';
import {
  type Alike,
  COLUMNS,
  DOUBTFUL,
  type Ledgers,
  ofExtract,
  recordsQuery,
  repeatedHeadersQuery,
} from './entries.ts';
import { type Heading, SEPARATORS } from './heading.ts';
import { readLedgers } from './ledgers.ts';
import { fecName } from './name.ts';
import { ENCODINGS, type PlainText, plainText } from './plain-text.ts';
import { readLines } from './some-lines.ts';

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
  readTogether,
  readRows: readLines,
};

async function read(extract: ExtractFile, options: FecOptions, session: ReadingSession): Promise<Reading> {
  const { records, ...alone } = aloneOf(await readTogether([extract], options, session));
  const { columns, query } = records.entries as RecordSet;
  return { ...alone, records: { entries: { columns, query, isScan: true } } };
}

async function readTogether(
  extracts: readonly ExtractFile[],
  options: FecOptions,
  session: ReadingSession,
): Promise<GroupReading> {
  const names = extracts.map(({ name }) => ({ ...fecName(name, options), file: basename(name) }));
  const texts: PlainText[] = [];
  for (const [place, extract] of extracts.entries())
    texts.push(await plainText(extract, options.encoding, (file) => session.scratch(`${place}-${file}`)));
  const { ledgers, anyDoubtful } = await readLedgers(
    extracts.map(({ name }) => name),
    texts.map(({ path }) => path),
    options.separator,
    session,
  );
  const { tables, alike } = ledgers;
  const counted = await recordsOf(ledgers, session);
  const remarks = await ledgerRemarks({
    ledgers,
    names,
    start: options.fiscal_year_start,
    anyMended: anyDoubtful,
    session,
  });
  const ofName = (value: 'siren' | 'closing') => ofExtract(names.map((name) => literal(name[value])));
  return {
    addressing: 'line',
    records: {
      entries: {
        columns: ['siren', 'closing_date', ...COLUMNS],
        query: `select extract, line as row_number, ${ofName('siren')} as siren, ${ofName('closing')} as closing_date,
  ${COLUMNS.join(', ')}
from ${tables.entries}
where fault is null`,
      },
    },
    rejects: rejectsQuery(ledgers, anyDoubtful),
    numbers: 'point',
    dates: 'iso',
    extracts: names.map(({ siren, closing }, place) => {
      const text = texts[place] as PlainText;
      const { heading } = alike.find((one) => one.extracts.includes(place)) as Alike;
      return {
        rowsRead: counted[place] as number,
        remarks: [...textRemarks(text, options), ...headingRemarks(heading), ...(remarks[place] as Remark[])],
        facts: {
          siren,
          closing_date: closing,
          encoding: text.encoding,
          separator: heading.separator === '\t' ? 'tab' : heading.separator,
          layout: heading.layout,
          fields: String(heading.fields.length),
        },
      };
    }),
  };
}

async function recordsOf(ledgers: Ledgers, session: ReadingSession): Promise<number[]> {
  const found = await session.rows<{ extract: number; records: bigint | number }>(recordsQuery(ledgers));
  return ledgers.headers.map((_, place) =>
    Number(found.find(({ extract }) => extract === place)?.records ?? 0),
  );
}

/** One row a line that is no entry: wrong number of fields, unknown side, doubtful amount, header again. */
function rejectsQuery(ledgers: Ledgers, anyDoubtful: boolean): string {
  const { tables } = ledgers;
  const doubtful = `select extract, line as row_number, null::varchar as column_name, left(text, 500) as value, '${DOUBTFUL}' as rule,
  to_json({fields: len(parts), wanted: wanted})::varchar as facts
from ${tables.doubtful} anti join ${tables.mended} using (extract, line)
union all
`;
  return `${anyDoubtful ? doubtful : ''}select extract, line as row_number, case fault when 'sense' then 'Sens' else 'Debit, Credit' end as column_name,
  fault_value as value, fault as rule, null::varchar as facts
from ${tables.entries}
where fault <> '${DOUBTFUL}'
union all
select extract, line, null, left(text, 500), 'repeated_header', null
from (${repeatedHeadersQuery(ledgers)})`;
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
