import { createHash } from 'node:crypto';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { DuckDBInstance, type DuckDBValue } from '@duckdb/node-api';
import type {
  Connector,
  ExtractFile,
  GroupReading,
  Reading,
  ReadingSession,
} from '../../connectors/connector.ts';

/** A row as a test compares it. */
export type Row = Record<string, unknown>;

export type OpenSession = ReadingSession & { close(): Promise<void> };

/**
 * A reading session over a DuckDB in memory and a scratch folder of its own. `close` removes both.
 *
 * @example
 * const session = await openSession();
 * const reading = await csv.read(await extractFile(path), csv.options.parse({}), session);
 * await session.close();
 */
export async function openSession(): Promise<OpenSession> {
  const instance = await DuckDBInstance.create(':memory:', { threads: '2' });
  const connection = await instance.connect();
  const folder = await mkdtemp(join(tmpdir(), 'concordance-reading-'));
  return {
    async run(sql) {
      await connection.run(sql);
    },
    async rows<T = Row>(sql: string) {
      const reader = await connection.runAndReadAll(sql);
      return reader.convertRowObjects(plainValue) as T[];
    },
    temporary: (name) => `raw_1_${name}`,
    scratch: (name) => join(folder, name),
    async close() {
      connection.closeSync();
      instance.closeSync();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** An extract as the store gives it: addressed by the hash of its bytes. `name` defaults to the file's. */
export async function extractFile(path: string, name = basename(path)): Promise<ExtractFile> {
  const content = await readFile(path);
  const sha256 = createHash('sha256').update(content).digest('hex');
  return { extractId: sha256.slice(0, 16), name, path, sha256, bytes: content.length };
}

export interface WholeReading {
  readonly reading: Reading;
  /** the rows of each record set, by `row_number`; of one that makes several, in no order */
  readonly records: Record<string, Row[]>;
  /** what could not be read as a record, by `row_number`; of one that makes several, in no order */
  readonly rejects: Row[];
}

/**
 * Reads a whole extract, its options completed by the connector's own schema, and holds the connector to
 * conservation: a reading whose count differs from records + rejects fails here, whatever the test is on.
 */
export async function readAll(
  // biome-ignore lint/suspicious/noExplicitAny: the options are parsed by the connector's own schema
  connector: Connector<any>,
  path: string,
  options: object = {},
  name = basename(path),
): Promise<WholeReading> {
  const session = await openSession();
  try {
    const extract = await extractFile(path, name);
    const reading = await connector.read(extract, connector.options.parse(options), session);
    const records: Record<string, Row[]> = {};
    for (const [set, { query }] of Object.entries(reading.records)) {
      records[set] = await session.rows(`select * from (${query}) order by row_number`);
    }
    const rejects = reading.rejects
      ? await session.rows(`select * from (${reading.rejects}) order by row_number`)
      : [];
    const found = rejects.length + Object.values(records).reduce((sum, rows) => sum + rows.length, 0);
    if (found !== reading.rowsRead) {
      throw new Error(`${name}: ${reading.rowsRead} rows read, ${found} are records or rejects`);
    }
    return { reading, records, rejects };
  } finally {
    await session.close();
  }
}

/** The same for extracts that the connector reads together: one element each, in the order of the paths. */
export async function readAllTogether(
  // biome-ignore lint/suspicious/noExplicitAny: the options are parsed by the connector's own schema
  connector: Connector<any>,
  paths: readonly string[],
  options: object = {},
  names: readonly string[] = paths.map((path) => basename(path)),
): Promise<(Omit<WholeReading, 'reading'> & { reading: GroupReading['extracts'][number] })[]> {
  const session = await openSession();
  try {
    const extracts = await Promise.all(paths.map((path, place) => extractFile(path, names[place])));
    const group = await connector.readTogether?.(extracts, connector.options.parse(options), session);
    if (!group) throw new Error(`${connector.id} reads one extract at a time`);
    const whole = group.extracts.map((reading) => ({ reading, records: {}, rejects: [] as Row[] }));
    const queries = Object.entries(group.records).map(([set, { query }]) => [set, query] as const);
    const apart = async (query: string) => {
      const rows = await session.rows(`select * from (${query}) order by extract, row_number`);
      return whole.map((_, place) =>
        rows.filter(({ extract }) => extract === place).map(({ extract, ...row }) => row),
      );
    };
    for (const [set, query] of queries) {
      for (const [place, rows] of (await apart(query)).entries())
        Object.assign(whole[place]?.records as object, { [set]: rows });
    }
    if (group.rejects) {
      for (const [place, rows] of (await apart(group.rejects)).entries()) whole[place]?.rejects.push(...rows);
    }
    return whole;
  } finally {
    await session.close();
  }
}

/** BIGINT stays bigint, INTEGER number; DECIMAL, DATE, TIMESTAMP... become DuckDB's own text for them. */
function plainValue(value: DuckDBValue): unknown {
  if (value === null || typeof value !== 'object') return value;
  if ('items' in value && Array.isArray(value.items)) return value.items.map(plainValue);
  return value.toString();
}
