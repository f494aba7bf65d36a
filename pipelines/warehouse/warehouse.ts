import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import {
  type DuckDBConnection,
  DuckDBInstance,
  DuckDBListValue,
  DuckDBStructValue,
  type DuckDBValue,
} from '@duckdb/node-api';
import { literal } from '../../connectors/connector.ts';
import { macros } from './macros.ts';

export interface Limits {
  readonly memory: string;
  readonly threads?: number | undefined;
}

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
  ) {}

  /** Opens (or makes) the database at `file`; `:memory:` for tests. Extracts and scratch files are read from disk. */
  static async open(file: string, limits: Limits = { memory: '4GB' }, secret?: string): Promise<Warehouse> {
    if (file !== ':memory:') await mkdir(dirname(file), { recursive: true });
    const instance = await DuckDBInstance.create(file, {
      memory_limit: limits.memory,
      autoinstall_known_extensions: 'false',
      autoload_known_extensions: 'false',
      allow_community_extensions: 'false',
      ...(limits.threads ? { threads: String(limits.threads) } : {}),
    });
    const connection = await instance.connect();
    const warehouse = new Warehouse(instance, connection, file);
    await warehouse.run("set timezone = 'UTC'");
    await warehouse.run('set preserve_insertion_order = true');
    await warehouse.run(macros(secret));
    return warehouse;
  }

  /**
   * Opens a sealed warehouse for reading only. SQL that a package records is not trusted: it reads no other
   * file than `beside`, and changes no setting.
   */
  static async read(file: string, beside: readonly string[] = []): Promise<Warehouse> {
    const instance = await DuckDBInstance.create(file, {
      access_mode: 'READ_ONLY',
      autoinstall_known_extensions: 'false',
      autoload_known_extensions: 'false',
      allow_community_extensions: 'false',
    });
    const connection = await instance.connect();
    const warehouse = new Warehouse(instance, connection, file);
    await warehouse.run("set timezone = 'UTC'");
    await warehouse.shut(beside);
    return warehouse;
  }

  /** From here on the session reaches no file but these, nor any below these folders, and keeps its settings. */
  async shut(files: readonly string[] = [], folders: readonly string[] = []): Promise<void> {
    const list = (names: readonly string[]) => `[${names.map((name) => literal(name)).join(', ')}]`;
    if (files.length > 0) await this.run(`set allowed_paths = ${list(files)}`);
    if (folders.length > 0) await this.run(`set allowed_directories = ${list(folders)}`);
    await this.run('set enable_external_access = false');
    await this.run('set lock_configuration = true');
  }

  async run(sql: string): Promise<void> {
    await this.connection.run(sql);
  }

  async rows<Row = Record<string, unknown>>(sql: string): Promise<Row[]> {
    const reader = await this.connection.runAndReadAll(sql);
    return reader.getRowObjects().map(plainRow) as Row[];
  }

  /** Streams a result in chunks, for outputs that may be larger than memory. */
  async *chunks<Row = Record<string, unknown>>(sql: string): AsyncGenerator<Row[]> {
    const result = await this.connection.stream(sql);
    for await (const rows of result.yieldRowObjects()) yield rows.map(plainRow) as Row[];
  }

  async scalar<Value = unknown>(sql: string): Promise<Value> {
    const [row] = await this.rows(sql);
    return Object.values(row ?? {})[0] as Value;
  }

  /** Writes everything to disk and lets go of the file. */
  async close(): Promise<void> {
    if (this.file !== ':memory:') await this.connection.run('checkpoint').catch(() => {});
    this.connection.closeSync();
    this.instance.closeSync();
  }
}

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
