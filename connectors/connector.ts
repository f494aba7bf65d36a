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
}

/** How a row's number is to be understood by somebody who opens the file. */
export type Addressing =
  /** n-th record after the header, from 1 (CSV, JSON, Parquet) */
  | 'record'
  /** physical line of the text file, from 1 (FEC, DSN) */
  | 'line'
  /** row of the sheet, from 1 (XLSX) */
  | 'row';

export interface RecordSet {
  /** a SELECT that yields `row_number` BIGINT and the columns below, all VARCHAR */
  readonly query: string;
  /** the columns as the file heads them (or as the connector's README names them) */
  readonly columns: readonly string[];
  /** the query is one pass over one table, without a join: to read it twice costs less than to keep a copy */
  readonly isScan?: boolean;
}

export interface Reading {
  readonly addressing: Addressing;
  /** one set for each kind of record: `rows` for tables, `contracts`, `pays`... for DSN */
  readonly records: Readonly<Record<string, RecordSet>>;
  /**
   * SELECT of what could not be read as a record at all:
   * `row_number` BIGINT, `column_name`, `value`, `rule`, `message` VARCHAR. One row a record.
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

export interface Remark {
  /** stable code, e.g. `FEC-004` */
  readonly code: string;
  readonly severity: 'error' | 'warning' | 'information';
  /** what happened, where, and how to mend it, in that order */
  readonly message: string;
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
 * An extract that cannot be read, in the three parts that every message of ours has.
 *
 * @example
 * throw new ExtractError('XLSX-002', 'The workbook is protected by a password', { extract: name },
 *   'Save a copy without a password.');
 */
export class ExtractError extends Error {
  constructor(
    readonly code: string,
    readonly what: string,
    readonly place: Place,
    readonly remedy: string,
    options?: ErrorOptions,
  ) {
    super(`${code} ${what} (${placeText(place)}). ${remedy}`, options);
    this.name = 'ExtractError';
  }
}

/** `hours.xlsx, sheet Heures, row 12, column Heures, value "12h"` */
export function placeText(place: Place): string {
  const parts = [
    place.extract,
    place.sheet && `sheet ${place.sheet}`,
    place.row !== undefined && `row ${place.row}`,
    place.column && `column ${place.column}`,
    place.value !== undefined && `value "${place.value.slice(0, 200)}"`,
  ];
  return parts.filter(Boolean).join(', ');
}

/** A literal for SQL text. Paths and names from extracts only ever enter SQL through this. */
export function literal(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

/** An identifier for SQL text, whatever characters a heading holds. */
export function identifier(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

/** Lists local files by path or glob, sorted by name: the `pull` of every file connector. */
export async function pullFiles(source: SourceLocation): Promise<PulledExtract[]> {
  const found = await glob(source.path, { cwd: source.base, absolute: true, onlyFiles: true });
  if (found.length === 0) {
    throw new ExtractError(
      'SRC-001',
      `Source ${source.id} has no file`,
      { extract: resolve(source.base, source.path) },
      'Deliver the extract, or correct the path in the configuration.',
    );
  }
  found.sort((a, b) => (a < b ? -1 : 1));
  return Promise.all(
    found.map(async (path) => ({
      name: isAbsolute(source.path) ? basename(path) : relative(source.base, path).replaceAll('\\', '/'),
      open: () => createReadStream(path),
      bytes: (await stat(path)).size,
    })),
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
