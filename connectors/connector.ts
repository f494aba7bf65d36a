import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { basename, isAbsolute, relative, resolve } from 'node:path';
import { glob } from 'tinyglobby';
import type { z } from 'zod';

/**
 * The contract between Concordance and a format.
 *
 * A connector says what it reads (`options`), lists the extracts of a source (`pull`) and turns one
 * extract into relations that DuckDB reads (`read`). It knows nothing of contracts, measures or
 * reports: text in, addressed text out. Adding a connector is adding a folder and one line in
 * `index.ts`.
 */
export interface Connector<Options = unknown> {
  /** the name used in `sources[].connector`, e.g. `fec` */
  readonly id: string;
  /** one sentence on what it reads, printed by `concordance check` */
  readonly title: string;
  /** what `sources[].options` may hold; its JSON Schema goes to the editor */
  readonly options: z.ZodType<Options>;
  /** lists the extracts of a source, in a stable order; throws {@link ExtractError} when there are none */
  pull(source: SourceLocation, options: Options): Promise<PulledExtract[]>;
  /** makes one extract readable by DuckDB; throws {@link ExtractError} when nothing in it can be read */
  read(extract: ExtractFile, options: Options, session: ReadingSession): Promise<Reading>;
  /**
   * Makes several extracts of one source readable at once, by as many statements as one takes: a payroll or
   * a meter comes as hundreds of small files, and a statement costs more than their rows. The result is that
   * of `read` for each of them. Their bytes differ. Any error means that nothing is known of any: the stage
   * then reads them one by one.
   */
  readTogether?(
    extracts: readonly ExtractFile[],
    options: Options,
    session: ReadingSession,
  ): Promise<GroupReading>;
  /**
   * Makes some rows of several extracts readable at once, with the numbers and values that `read` gives them, for who
   * opens a figure to a few rows of many large files. The bytes are those that `read` has read once.
   */
  readRows?(wanted: readonly WantedRows[], options: Options, session: ReadingSession): Promise<RowsReading>;
}

/** Rows of one extract, by their numbers. */
export interface WantedRows {
  readonly extract: ExtractFile;
  readonly rows: readonly number[];
}

/** What {@link Connector.readRows} makes of rows. */
export interface RowsReading extends Pick<Reading, 'addressing'> {
  /** the queries yield `extract` INTEGER besides: the place of the row's extract in the list given, from 0 */
  readonly records: Readonly<Record<string, RecordSet>>;
  /** places of the extracts whose rows may mean another thing by what stands around them: these are read whole */
  readonly whole: readonly number[];
}

export interface SourceLocation {
  readonly id: string;
  /** folder that relative paths start from: the configuration's own */
  readonly base: string;
  /** a path or a glob, `/` separated */
  readonly path: string;
}

export interface PulledExtract {
  /** file name relative to the source's base; with the source id, what a person reads in a trace */
  readonly name: string;
  /** the bytes, to be copied to the store */
  open(): NodeJS.ReadableStream;
  readonly bytes: number;
  /** what tells that the bytes are those of before without reading them; none where only they can tell */
  readonly mark?: FileMark;
}

/** What changes with every write to a file. */
export interface FileMark {
  readonly text: string;
  /** last change of its bytes or of what is known of it, in milliseconds since 1970 */
  readonly changed: number;
}

/** An extract in the run's content-addressed store. The bytes are as received; `path` may have no extension. */
export interface ExtractFile {
  readonly extractId: string;
  /** the name it came under, e.g. `fec/732829320FEC20251231.txt`; formats that put meaning in the name read it here */
  readonly name: string;
  readonly path: string;
  readonly sha256: string;
  readonly bytes: number;
}

/** What a connector may do to DuckDB and to the disk while it reads. */
export interface ReadingSession {
  /** runs statements, no result */
  run(sql: string): Promise<void>;
  /** runs a query; values come back as JavaScript values (BIGINT as bigint, DECIMAL and DATE as text) */
  rows<Row = Record<string, unknown>>(sql: string): Promise<Row[]>;
  /** a temporary table name that no other extract uses, e.g. `raw_12_lines`; dropped after staging */
  temporary(name: string): string;
  /** a path in the run's scratch folder, e.g. for a transcoded copy; removed after staging */
  scratch(name: string): string;
  /**
   * For a connector that makes a table of records before it numbers them: what the stage keeps of each, which takes
   * less room and time than its texts. Absent where the texts themselves are asked for.
   *
   * @param texts SELECT of the columns, all VARCHAR, without blanks around them
   * @returns SELECT of as many rows in the same order; undefined where the stage needs the texts
   */
  kept?(record: string, texts: string, about: TextsAbout): Promise<string | undefined>;
}

/** How the records are headed and written whose texts a connector has, see {@link Reading}. */
export type TextsAbout = Pick<RecordSet, 'columns'> & Pick<Reading, 'numbers' | 'dates'>;

/** How a row's number is to be understood by somebody who opens the file. */
export type Addressing =
  /** n-th record after the header, from 1 (CSV, JSON, Parquet) */
  | 'record'
  /** physical line of the text file, from 1 (FEC, DSN) */
  | 'line'
  /** row of the sheet, from 1 (XLSX) */
  | 'row';

export interface RecordSet {
  /** a SELECT that yields `row_number` BIGINT and the columns below, all VARCHAR; of records {@link kept}, what was kept */
  readonly query: string;
  /** the columns as the file heads them (or as the connector's README names them) */
  readonly columns: readonly string[];
  /** the query is one pass over one table, without a join: to read it twice costs less than to keep a copy */
  readonly isScan?: boolean;
  /** the rows are those of {@link ReadingSession.kept} */
  readonly kept?: boolean;
  /** the same rows with values of a type already, for who does not want them as text */
  readonly typed?: TypedRecords;
}

export interface TypedRecords {
  /** a SELECT that yields `row_number` BIGINT and the columns of the set, in the types below */
  readonly query: string;
  /** type of every column; a `varchar` holds no empty text and nothing to be trimmed, a `timestamp` is in UTC */
  readonly types: Readonly<Record<string, TypeOfValue>>;
}

export type TypeOfValue = 'varchar' | 'bigint' | 'timestamp' | `decimal(${number},${number})`;

export interface Reading {
  readonly addressing: Addressing;
  /** one set for each kind of record: `rows` for tables, `contracts`, `pays`... for DSN */
  readonly records: Readonly<Record<string, RecordSet>>;
  /**
   * SELECT of what could not be read as a record at all: `row_number` BIGINT, `column_name`, `value`, `rule`,
   * `facts` VARCHAR. One row a record. The rule is a sentence of `templates/language/<language>/faults.yaml`
   * under `quarantine.<connector>`; `facts` is NULL or a JSON object of the values that it needs besides
   * `{column}` and `{value}`.
   */
  readonly rejects?: string;
  /** records in the extract, counted apart from `records` and `rejects`: it must equal their sum */
  readonly rowsRead: number;
  /** how numbers are written in it; `auto` lets each value decide. Default `point` */
  readonly numbers?: 'auto' | 'point' | 'comma';
  /** how ambiguous dates are written. Default `iso` */
  readonly dates?: 'auto' | 'iso' | 'dmy' | 'mdy';
  /** no value begins or ends with a blank: none needs trimming */
  readonly trimmed?: boolean;
  /** remarks on the extract as a whole: a ledger that does not balance, a control total that differs */
  readonly remarks?: readonly Remark[];
  /** facts that the name or the envelope states: siren, closing date, norm version */
  readonly facts?: Readonly<Record<string, string>>;
}

/** What {@link Connector.readTogether} makes of several extracts. */
export interface GroupReading
  extends Pick<Reading, 'addressing' | 'records' | 'rejects' | 'numbers' | 'dates' | 'trimmed'> {
  /**
   * One for each extract, in the order given. The queries of `records` and `rejects` yield `extract` INTEGER
   * besides: the place of the row's extract in this list, from 0.
   */
  readonly extracts: readonly Pick<Reading, 'rowsRead' | 'remarks' | 'facts'>[];
}

/** The reading of a group of one, as that of an extract by itself. */
export function aloneOf({ extracts, records, rejects, ...group }: GroupReading): Reading {
  const alone = (query: string) => `select * exclude (extract) from (${query})`;
  return {
    ...group,
    ...(extracts[0] as GroupReading['extracts'][number]),
    records: Object.fromEntries(
      Object.entries(records).map(([set, { columns, query }]) => [set, { columns, query: alone(query) }]),
    ),
    ...(rejects === undefined ? {} : { rejects: alone(rejects) }),
  };
}

/**
 * What went wrong, without words: they are the sentence of this code, and case, in
 * `templates/language/<language>/faults.yaml`: what happened, where, and how to mend it, in that order.
 */
export interface Diagnostic {
  /** stable code, e.g. `FEC-004` */
  readonly code: string;
  /** which of the code's sentences, where it has several */
  readonly case?: string;
  readonly values?: Readonly<Record<string, string | number>>;
  /** what `{place}` says */
  readonly place?: Place;
}

export interface Remark extends Diagnostic {
  readonly severity: 'error' | 'warning' | 'information';
  readonly row?: number;
}

export interface Place {
  readonly extract?: string;
  readonly sheet?: string;
  readonly row?: number;
  readonly column?: string;
  readonly value?: string;
}

/**
 * An extract that cannot be read. Who shows it finds its words by {@link Diagnostic}.
 *
 * @example throw new ExtractError('XLSX-002', { extract: name }, { case: 'password' })
 */
export class ExtractError extends Error implements Diagnostic {
  readonly case?: string;
  readonly values?: Diagnostic['values'];

  constructor(
    readonly code: string,
    readonly place: Place,
    said: Pick<Diagnostic, 'case' | 'values'> & { cause?: unknown } = {},
  ) {
    super([code, said.case, place.extract].filter(Boolean).join(' '), { cause: said.cause });
    this.name = 'ExtractError';
    if (said.case !== undefined) this.case = said.case;
    if (said.values !== undefined) this.values = said.values;
  }
}

export function diagnosticOf(error: ExtractError): Diagnostic {
  return {
    code: error.code,
    ...(error.case === undefined ? {} : { case: error.case }),
    ...(error.values === undefined ? {} : { values: error.values }),
    place: error.place,
  };
}

/** A literal for SQL text. Paths and names from extracts only ever enter SQL through this. */
export function literal(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

/** An identifier for SQL text, whatever characters a heading holds. */
export function identifier(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

/** Read in larger pieces than Node's, a file is copied and hashed in half the time. */
export const bytesAtOnce = 1 << 20;

/**
 * How large a piece to read a file by: no more than it holds, and a byte by which its end is seen. Pieces lie outside
 * V8's heap, and a megabyte or four for each small file made it collect all garbage every few files.
 */
export function pieceOf(fileBytes: number, most = bytesAtOnce): number {
  return Math.min(most, fileBytes + 1);
}

/** Lists local files by path or glob, sorted by name: the `pull` of every file connector. */
export async function pullFiles(source: SourceLocation): Promise<PulledExtract[]> {
  const found = await glob(source.path, { cwd: source.base, absolute: true, onlyFiles: true });
  if (found.length === 0) {
    throw new ExtractError(
      'SRC-001',
      { extract: resolve(source.base, source.path) },
      { values: { source: source.id } },
    );
  }
  found.sort((a, b) => (a < b ? -1 : 1));
  return Promise.all(
    found.map(async (path) => {
      const about = await stat(path, { bigint: true });
      const bytes = Number(about.size);
      const { dev, ino, size, mtimeNs, ctimeNs } = about;
      return {
        name: isAbsolute(source.path) ? basename(path) : relative(source.base, path).replaceAll('\\', '/'),
        open: () => createReadStream(path, { highWaterMark: pieceOf(bytes) }),
        bytes,
        mark: {
          text: [dev, ino, size, mtimeNs, ctimeNs].join(' '),
          changed: Number((mtimeNs > ctimeNs ? mtimeNs : ctimeNs) / 1_000_000n),
        },
      };
    }),
  );
}

export interface NamedColumns {
  /** one name a column: unique whatever the case, never empty, never `row_number` */
  readonly columns: readonly string[];
  /** the headings that stood more than once, as first written */
  readonly duplicates: readonly string[];
}

/**
 * Names the columns of a table by its headings: spaces and line breaks are trimmed to one space, an empty
 * heading is `column_N` (N from 1), a repeated one takes the suffix `_2`, `_3`... DuckDB does not tell
 * capitals from small letters in names, so `Site` and `site` are the same heading.
 *
 * @example nameColumns(['Site', ' ', 'site']).columns // ['Site', 'column_2', 'site_2']
 */
export function nameColumns(headings: readonly string[]): NamedColumns {
  const used = new Set(['row_number']);
  const duplicates: string[] = [];
  const columns = headings.map((heading, index) => {
    const wanted = heading.replace(/\s+/g, ' ').trim() || `column_${index + 1}`;
    let name = wanted;
    for (let n = 2; used.has(name.toLowerCase()); n++) name = `${wanted}_${n}`;
    if (name !== wanted && !duplicates.includes(wanted)) duplicates.push(wanted);
    used.add(name.toLowerCase());
    return name;
  });
  return { columns, duplicates };
}
