import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import {
  type DuckDBConnection,
  type DuckDBDataChunk,
  DuckDBInstance,
  DuckDBListValue,
  DuckDBStructValue,
  type DuckDBValue,
} from '@duckdb/node-api';
import { literal } from '../../connectors/connector.ts';
import { type Exhausted, exhaustionOf } from './exhausted.ts';
import { macros } from './macros.ts';

/** What a session may take of the machine: `limits` of the configuration. */
export interface Limits {
  /** memory of the database, e.g. `4GB`; what it does not hold goes to temporary files */
  readonly memory: string;
  /** default: all cores */
  readonly threads?: number | undefined;
  /** where temporary files go, removed at the end; default: the system's folder for them */
  readonly temporary_folder?: string | undefined;
  /** most that they may hold, e.g. `100GB`; default: what the disk has */
  readonly temporary_files?: string | undefined;
}

/**
 * Form of the database files that are written, read by DuckDB from 1.5 on. Its texts take a quarter less room than those
 * of the form that every version reads, and are written in two thirds of the time.
 */
export const fileForm = 'v1.5.0';

/** The limits of a session that no configuration goes with, such as one on a sealed package. */
export const ordinaryLimits: Limits = { memory: '4GB' };

/**
 * The DuckDB session of one run.
 *
 * Values cross into JavaScript as text or plain values: DECIMAL, DATE and TIMESTAMP as text, BIGINT as
 * number where it is safe, lists and structs as JSON-like values. Nothing is summed in JavaScript.
 */
export class Warehouse {
  private constructor(
    private readonly instance: DuckDBInstance,
    private readonly connection: DuckDBConnection,
    readonly file: string,
    private readonly limits: Limits & { readonly temporary_folder: string },
    private readonly readOnly = false,
  ) {}

  /** once memory or disk is spent no statement runs any more, so that nothing passes over it */
  private spent: Exhausted | undefined;
  private closed = false;

  /** Opens (or makes) the database at `file`; `:memory:` for tests. Extracts and scratch files are read from disk. */
  static async open(file: string, limits: Limits = ordinaryLimits, secret?: string): Promise<Warehouse> {
    if (file !== ':memory:') await mkdir(dirname(file), { recursive: true });
    const warehouse = await Warehouse.start(file, limits);
    await warehouse.run('set preserve_insertion_order = true');
    await warehouse.run(macros(secret));
    return warehouse;
  }

  /**
   * Opens a sealed warehouse for reading only. SQL that a package records is not trusted: it reads no other
   * file than `beside`, and changes no setting.
   */
  static async read(file: string, beside: readonly string[] = []): Promise<Warehouse> {
    const warehouse = await Warehouse.start(file, ordinaryLimits, true);
    // some hundred rows looked for by their places are found by them, not among all rows
    await warehouse.run('set dynamic_or_filter_threshold = 1000');
    await warehouse.shut(beside);
    return warehouse;
  }

  private static async start(file: string, limits: Limits, readOnly = false): Promise<Warehouse> {
    const parent = limits.temporary_folder ?? tmpdir();
    await mkdir(parent, { recursive: true });
    const temporary_folder = await mkdtemp(join(parent, 'concordance-spill-'));
    try {
      const instance = await DuckDBInstance.create(file, {
        ...(readOnly ? { access_mode: 'READ_ONLY' } : { storage_compatibility_version: fileForm }),
        memory_limit: limits.memory,
        temp_directory: temporary_folder,
        autoinstall_known_extensions: 'false',
        autoload_known_extensions: 'false',
        allow_community_extensions: 'false',
        ...(limits.threads ? { threads: String(limits.threads) } : {}),
      });
      const connection = await instance.connect();
      const warehouse = new Warehouse(instance, connection, file, { ...limits, temporary_folder }, readOnly);
      await warehouse.run("set timezone = 'UTC'");
      // given when the database is opened, DuckDB 1.5 shows this limit and does not keep it
      if (limits.temporary_files)
        await warehouse.run(`set max_temp_directory_size = ${literal(limits.temporary_files)}`);
      return warehouse;
    } catch (error) {
      await rm(temporary_folder, { recursive: true, force: true });
      throw exhaustionOf(error, { memory: limits.memory }) ?? error;
    }
  }

  /** From here on the session reaches no file but these, nor any below these folders, and keeps its settings. */
  async shut(files: readonly string[] = [], folders: readonly string[] = []): Promise<void> {
    const list = (names: readonly string[]) => `[${names.map((name) => literal(name)).join(', ')}]`;
    if (files.length > 0) await this.run(`set allowed_paths = ${list(files)}`);
    if (folders.length > 0) await this.run(`set allowed_directories = ${list(folders)}`);
    await this.run('set enable_external_access = false');
    await this.run('set lock_configuration = true');
  }

  /** @throws {Exhausted} here and in what follows, when memory or disk is spent */
  async run(sql: string): Promise<void> {
    await this.guarded(() => this.connection.run(sql));
  }

  async rows<Row = Record<string, unknown>>(
    sql: string,
    /** lists of texts by column, where the result has their places in the list */
    texts: Readonly<Record<string, readonly string[]>> = {},
  ): Promise<Row[]> {
    const result = await this.guarded(() => this.connection.run(sql));
    const rows: Record<string, unknown>[] = [];
    const columns = result.deduplicatedColumnNames().map((name) => new ReadColumn(name, texts[name]));
    for (;;) {
      const chunk = await this.guarded(() => result.fetchChunk());
      if (!chunk || chunk.rowCount === 0) return rows as Row[];
      appendRows(rows, chunk, columns);
    }
  }

  /**
   * Adds rows of texts to a table, the columns in its order: each becomes what its column is of. No statement is made of
   * them, which of a hundred thousand rows the parser would take five times as long to read.
   *
   * @param table with its schema, and the database that has it where that is attached
   */
  async insert(table: string, rows: readonly Readonly<Record<string, string>>[]): Promise<void> {
    const [name, schema, database] = table.split('.').reverse();
    await this.guarded(async () => {
      const appender = await this.connection.createAppender(name as string, schema, database);
      try {
        for (const row of rows) {
          for (const column in row) appender.appendVarchar(row[column] as string);
          appender.endRow();
        }
        appender.flushSync();
      } finally {
        appender.closeSync();
      }
    });
  }

  /** Streams a result in chunks, for outputs that may be larger than memory. */
  async *chunks<Row = Record<string, unknown>>(sql: string): AsyncGenerator<Row[]> {
    const result = await this.guarded(() => this.connection.stream(sql));
    const columns = result.deduplicatedColumnNames().map((name) => new ReadColumn(name));
    for (;;) {
      const chunk = await this.guarded(() => result.fetchChunk());
      if (!chunk || chunk.rowCount === 0) return;
      const rows: Record<string, unknown>[] = [];
      appendRows(rows, chunk, columns);
      yield rows as Row[];
    }
  }

  private async guarded<Result>(work: () => Promise<Result>): Promise<Result> {
    if (this.spent) throw this.spent;
    try {
      return await work();
    } catch (error) {
      const { memory, temporary_folder } = this.limits;
      this.spent = exhaustionOf(error, { memory, temporaryFolder: dirname(temporary_folder) });
      throw this.spent ?? error;
    }
  }

  async scalar<Value = unknown>(sql: string): Promise<Value> {
    const [row] = await this.rows(sql);
    return Object.values(row ?? {})[0] as Value;
  }

  /** Rows of a table, or of one with what passes a predicate. */
  count(relation: string): Promise<number> {
    return this.scalar<number>(`select count(*) from ${relation}`);
  }

  /**
   * Writes everything to disk and lets go of the file; does nothing a second time.
   *
   * @throws {Exhausted} when there is no room for it: what the file holds is then not what was computed
   */
  async close(): Promise<void> {
    if (this.closed) return;
    this.closed = true;
    const written = this.file === ':memory:' || this.readOnly || this.spent !== undefined;
    const failure = written ? undefined : await this.run('checkpoint').catch((error: unknown) => error);
    this.connection.closeSync();
    this.instance.closeSync();
    await rm(this.limits.temporary_folder, { recursive: true, force: true });
    const exhausted = exhaustionOf(failure);
    if (exhausted) throw exhausted;
  }
}

function appendRows(
  rows: Record<string, unknown>[],
  chunk: DuckDBDataChunk,
  columns: readonly ReadColumn[],
): void {
  const first = rows.length;
  const count = chunk.rowCount;
  // rows start as copies with all of their fields, which take less room than those that grow by a field at a time;
  // of what JSON reads the fields are in the object itself
  const blank = JSON.parse(JSON.stringify(Object.fromEntries(columns.map(({ name }) => [name, null]))));
  for (let row = 0; row < count; row += 1) rows.push({ ...blank });
  for (const [place, column] of columns.entries()) {
    const vector = chunk.getColumnVector(place);
    const { name } = column;
    for (let row = 0; row < count; row += 1) {
      const target = rows[first + row] as Record<string, unknown>;
      target[name] = column.once(plain(vector.getItem(row)));
    }
  }
}

/**
 * A column of a result that is being read. A text that comes again is the one that came before: DuckDB hands each row
 * texts of its own, and of a thousand companies those of ids alone would fill the memory that a run may take.
 */
class ReadColumn {
  readonly #known = new Map<string, string>();

  constructor(
    readonly name: string,
    private readonly texts?: readonly string[],
  ) {}

  once(value: unknown): unknown {
    if (this.texts) return value === null ? null : this.texts[value as number];
    if (typeof value !== 'string') return value;
    const known = this.#known.get(value);
    if (known !== undefined) return known;
    if (this.#known.size < mostTexts) this.#known.set(value, value);
    return value;
  }
}

/** Texts of a column that are looked out for: ids and codes are fewer; of other texts the first few cost nothing much. */
const mostTexts = 5000;

function plainRow(row: Record<string, DuckDBValue>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(row).map(([name, value]) => [name, plain(value)]));
}

/** BIGINT as number where exact, lists and structs as arrays and objects, the rest (DECIMAL, DATE...) as text. */
function plain(value: DuckDBValue): unknown {
  if (typeof value === 'bigint') return Number.isSafeInteger(Number(value)) ? Number(value) : String(value);
  if (value === null || typeof value !== 'object') return value;
  if (value instanceof DuckDBListValue) return value.items.map(plain);
  if (value instanceof DuckDBStructValue) return plainRow(value.entries as Record<string, DuckDBValue>);
  return value.toString();
}
