import { stat } from 'node:fs/promises';
import {
  type Connector,
  ExtractError,
  type ExtractFile,
  identifier,
  literal,
  pullFiles,
  type Reading,
  type ReadingSession,
  type Remark,
} from '../connector.ts';
import { plainText } from './container.ts';
import { type Dialect, dialectOf } from './dialect.ts';
import { utf8Text } from './encoding.ts';
import { type Layout, layoutOf } from './layout.ts';
import { type CsvOptions, csvOptions } from './options.ts';
import type { Survey } from './plain-survey.ts';
import { type Rewritten, rewrite, rewrittenDialect, survey } from './survey.ts';

/**
 * Delimited text: CSV, TSV and their kin, plain or gzip. One record set, `rows`; `row_number` is the n-th
 * record after the headings, from 1.
 */
export const csv: Connector<CsvOptions> = {
  id: 'csv',
  title: 'Delimited text (CSV, TSV), plain or gzip, in any usual encoding',
  options: csvOptions,
  pull: pullFiles,
  read,
};

async function read(extract: ExtractFile, options: CsvOptions, session: ReadingSession): Promise<Reading> {
  const inflated = await plainText(extract, session, options.max_inflated_mb);
  const text = await utf8Text(inflated, extract.name, options.encoding, session.scratch('utf8'));
  const dialect = await dialectOf(text.path, options);
  const layout = await layoutOf(text.path, extract.name, text.markBytes, dialect, options);
  const table = session.temporary('rows');

  const inPlace = layout.headingIsFirstLine || layout.from === text.markBytes;
  const load = (found: LinesFound) => loadInPlace(session, table, text.path, dialect, layout, options, found);
  const { counted, loaded } = await surveyAndLoad(text.path, dialect, layout, inPlace ? load : undefined);
  // DuckDB may not find the records that were counted: the text is then rewritten for it
  if (loaded !== undefined && loaded.records === counted.records) {
    return reading(extract, options, layout, table, { counted, kept: loaded.kept }, text.remarks);
  }

  const copy = session.scratch('records');
  const rejects = session.scratch('rejects');
  const rewritten = await rewriteOrRefuse(extract, text.path, dialect, layout, copy, rejects);
  const texts = textsOf(copy, {
    ...rewrittenDialect(dialect),
    lineEnd: '\\n',
    skip: 0,
    columns: layout.columns,
    nulls: options.null_values,
    parallel: !rewritten.multiline,
  });
  await session.run(createTable(table, texts));
  const rejectTable = session.temporary('rejects');
  await session.run(
    `create or replace temp table ${rejectTable} as select * from read_json(${literal(rejects)}, format = 'newline_delimited',
       columns = {row_number: 'BIGINT', column_name: 'VARCHAR', value: 'VARCHAR', rule: 'VARCHAR', facts: 'VARCHAR'})`,
  );
  return reading(extract, options, layout, table, { counted: rewritten, rejectTable }, text.remarks);
}

/** How the lines of a text end, whether quoted values break them and whether values need trimming: what the reader must know. */
type LinesFound = Pick<Survey, 'lineEnd' | 'multiline' | 'trimmed'>;

/** What DuckDB read in place: how many records, and whether the table holds what the stage keeps of them or their texts. */
interface Loaded {
  readonly records: number;
  readonly kept: boolean;
}

/**
 * Surveys the text and loads it, both at once from where its beginning promises that DuckDB may read it in place;
 * what was loaded counts only where the whole text keeps the promise.
 *
 * @param load undefined where DuckDB may not read the text in place
 */
async function surveyAndLoad(
  path: string,
  dialect: Dialect,
  layout: Layout,
  load: ((found: LinesFound) => Promise<Loaded | undefined>) | undefined,
): Promise<{ counted: Survey; loaded: Loaded | undefined }> {
  let ahead: { found: LinesFound; loaded: Promise<Loaded | undefined> } | undefined;
  try {
    const counted = await survey(path, dialect, layout, (found) => {
      if (load) ahead = { found, loaded: load(found) };
    });
    // nothing else may use the table before it is made
    const early = await ahead?.loaded;
    if (!load || !counted.plain) return { counted, loaded: undefined };
    const held =
      ahead?.found.lineEnd === counted.lineEnd &&
      !counted.multiline &&
      (counted.trimmed || early?.kept === false);
    return { counted, loaded: held ? early : await load(counted) };
  } finally {
    await ahead?.loaded;
  }
}

/** Undefined when DuckDB refuses the text. */
async function loadInPlace(
  session: ReadingSession,
  table: string,
  path: string,
  dialect: Dialect,
  layout: Layout,
  options: CsvOptions,
  found: LinesFound,
): Promise<Loaded | undefined> {
  const delimiter = String.fromCharCode(dialect.delimiter);
  const quote = dialect.quote < 0 ? '' : String.fromCharCode(dialect.quote);
  const lineEnd = found.lineEnd === 'crlf' ? '\\r\\n' : '\\n';
  const skip = layout.headingIsFirstLine ? 1 : 0;
  const { columns } = layout;
  const texts = textsOf(path, {
    delimiter,
    quote,
    lineEnd,
    skip,
    columns,
    nulls: options.null_values,
    parallel: !found.multiline,
  });
  const writing = { columns, numbers: options.decimal, dates: options.dates };
  const large = found.trimmed && (await stat(path)).size >= largeText;
  const kept = large ? await session.kept?.('rows', texts, writing) : undefined;
  try {
    await session.run(createTable(table, kept ?? texts));
    const [counted] = await session.rows<{ n: number | bigint }>(`select count(*) as n from ${table}`);
    return { records: Number(counted?.n), kept: kept !== undefined };
  } catch {
    return undefined;
  }
}

/** Bytes from which what is kept of records is worth a statement of its own, which takes longer to plan than to read. */
const largeText = 4_000_000;

interface Loading {
  readonly delimiter: string;
  readonly quote: string;
  readonly lineEnd: string;
  readonly skip: number;
  readonly columns: readonly string[];
  readonly nulls: readonly string[];
  /** DuckDB's parallel reader may cut a quoted line break in two */
  readonly parallel: boolean;
}

const createTable = (table: string, query: string) => `create or replace temp table ${table} as ${query}`;

/** SELECT of the texts. Everything is declared, nothing sniffed: detection by DuckDB changes with the options beside it. */
function textsOf(path: string, loading: Loading): string {
  const columns = loading.columns.map((name) => `${literal(name)}: 'VARCHAR'`).join(', ');
  const nulls = ['', ...loading.nulls].map(literal).join(', ');
  return `select * from read_csv(${literal(path)},
    auto_detect = false, all_varchar = true, header = false, compression = 'none', columns = {${columns}},
    delim = ${literal(loading.delimiter)}, quote = ${literal(loading.quote)}, escape = ${literal(loading.quote)},
    new_line = '${loading.lineEnd}', skip = ${loading.skip}, nullstr = [${nulls}], parallel = ${loading.parallel}, buffer_size = 8000000)`;
}

async function rewriteOrRefuse(
  extract: ExtractFile,
  path: string,
  dialect: Dialect,
  layout: Layout,
  copy: string,
  rejects: string,
): Promise<Rewritten> {
  try {
    return await rewrite(path, dialect, layout, copy, rejects);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new ExtractError('CSV-013', { extract: extract.name });
  }
}

/** What a table was made of. */
interface Made {
  readonly counted: Survey | Rewritten;
  readonly kept?: boolean;
  readonly rejectTable?: string;
}

function reading(
  extract: ExtractFile,
  options: CsvOptions,
  layout: Layout,
  table: string,
  { counted, kept = false, rejectTable }: Made,
  encodingRemarks: readonly Remark[],
): Reading {
  const columns = kept ? '*' : layout.columns.map(identifier).join(', ');
  const rejected = rejectTable !== undefined && 'rejected' in counted && counted.rejected > 0;
  const query = rejected
    ? addressed(table, rejectTable, columns)
    : `select rowid + 1 as row_number, ${columns} from ${table}`;
  return {
    addressing: 'record',
    records: { rows: { query, columns: layout.columns, isScan: !rejected, kept } },
    ...(rejected ? { rejects: `select * from ${rejectTable}` } : {}),
    rowsRead: counted.records,
    numbers: options.decimal,
    dates: options.dates,
    trimmed: counted.trimmed ?? false,
    remarks: [...encodingRemarks, ...layout.remarks, ...countRemarks(extract.name, counted)],
  };
}

/** A rejected record takes no rowid: the records after it move on by the rejects before them. */
function addressed(table: string, rejectTable: string, columns: string): string {
  return `with gaps as (
      select row_number - ordinal as accepted_before, max(ordinal) as rejected_before
      from (select row_number, row_number() over (order by row_number) as ordinal from ${rejectTable})
      group by accepted_before),
    accepted as (select rowid as accepted_before, ${columns} from ${table})
    select accepted.accepted_before + 1 + coalesce(gaps.rejected_before, 0) as row_number, ${columns}
    from accepted asof left join gaps on accepted.accepted_before >= gaps.accepted_before`;
}

function countRemarks(name: string, counted: Survey | Rewritten): Remark[] {
  const remarks: Remark[] = [];
  if (counted.records === 0) {
    remarks.push({
      code: 'CSV-006',
      severity: 'warning',
      values: { name },
    });
  }
  if (counted.blankLines > 0) {
    remarks.push({
      code: 'CSV-009',
      severity: 'information',
      values: { name, lines: counted.blankLines },
    });
  }
  if ('overlong' in counted && counted.overlong > 0) {
    remarks.push({
      code: 'CSV-010',
      severity: 'information',
      values: { name, records: counted.overlong },
    });
  }
  return remarks;
}
