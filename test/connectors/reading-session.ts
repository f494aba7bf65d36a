import { createHash } from 'node:crypto';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { DuckDBInstance, type DuckDBValue } from '@duckdb/node-api';
import { expect } from 'vitest';
import {
  type Connector,
  ExtractError,
  type ExtractFile,
  type GroupReading,
  type Reading,
  type ReadingSession,
  type Remark,
  type WantedRows,
} from '../../connectors/connector.ts';
import { faultWords } from '../../pipelines/language/faults.ts';

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

/** The words of what a connector finds: whatever a test reads must have them in every language. */
const words = { en: await faultWords('en'), fr: await faultWords('fr') };

export type Told = Remark & { readonly message: string };

function told(remarks: readonly Remark[] = []): Told[] {
  for (const remark of remarks) words.fr.say(remark);
  return remarks.map((remark) => ({ ...remark, message: words.en.say(remark) }));
}

/** An extract that is refused, said as the command line says it. */
function inWords(error: unknown): unknown {
  if (!(error instanceof ExtractError)) return error;
  words.fr.say(error);
  error.message = `${error.code} ${words.en.say(error)}`;
  return error;
}

/** What a connector rejects, with the message of its rule. */
async function rejected(session: ReadingSession, connector: string, query: string): Promise<Row[]> {
  const { en, fr } = words;
  const rows = await session.rows<Row & { _fr: string }>(
    `select * exclude (facts, connector), ${en.quarantine.message} as message, ${fr.quarantine.message} as _fr
     from (select *, '${connector}' as connector from (${query})) order by row_number`,
  );
  return rows.map(({ _fr, ...row }) => {
    const { rule, message } = row as { rule: string; message: string };
    if (message === rule || _fr === rule || message.includes('  '))
      throw new Error(`quarantine.${connector}.${rule} has no words: ${message}`);
    return row;
  });
}

export interface WholeReading {
  readonly reading: Omit<Reading, 'remarks'> & { readonly remarks: readonly Told[] };
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
    const rejects = reading.rejects ? await rejected(session, connector.id, reading.rejects) : [];
    const found = rejects.length + Object.values(records).reduce((sum, rows) => sum + rows.length, 0);
    if (found !== reading.rowsRead) {
      throw new Error(`${name}: ${reading.rowsRead} rows read, ${found} are records or rejects`);
    }
    await holdsRows(connector, extract, options, records, session);
    return { reading: { ...reading, remarks: told(reading.remarks) }, records, rejects };
  } catch (error) {
    throw inWords(error);
  } finally {
    await session.close();
  }
}

/** Rows taken without the rest are those of the whole reading, wherever the connector does not ask for it. */
async function holdsRows(
  // biome-ignore lint/suspicious/noExplicitAny: the options are parsed by the connector's own schema
  connector: Connector<any>,
  extract: ExtractFile,
  options: object,
  records: WholeReading['records'],
  session: ReadingSession,
): Promise<void> {
  const all = Object.values(records).flatMap((rows) => rows.map((row) => Number(row.row_number)));
  // all of one, two of three and the last: with what stands around them, and without
  const rows = [...new Set(all)].filter((_, at, { length }) => at % 3 !== 0 || at === length - 1);
  if (!connector.readRows || rows.length === 0) return;
  const aside: ReadingSession = {
    run: (sql) => session.run(sql),
    rows: (sql) => session.rows(sql),
    temporary: (name) => `raw_2_${name}`,
    scratch: (name) => session.scratch(`taken-${name}`),
  };
  const [taken] = await takenRows(connector, [{ extract, rows }], options, aside);
  if (taken === undefined) return;
  const expected = Object.entries(records).map(([set, found]): [string, Row[]] => [
    set,
    found.filter((row) => rows.includes(Number(row.row_number))),
  ]);
  expect(taken).toEqual(Object.fromEntries(expected.filter(([, found]) => found.length > 0)));
}

/** Rows that a connector takes without the rest, by extract and record set; undefined for one that it wants to read whole. */
export async function readSome(
  // biome-ignore lint/suspicious/noExplicitAny: the options are parsed by the connector's own schema
  connector: Connector<any>,
  wanted: readonly WantedRows[],
  options: object = {},
): Promise<(Record<string, Row[]> | undefined)[]> {
  const session = await openSession();
  try {
    return await takenRows(connector, wanted, options, session);
  } finally {
    await session.close();
  }
}

async function takenRows(
  // biome-ignore lint/suspicious/noExplicitAny: the options are parsed by the connector's own schema
  connector: Connector<any>,
  wanted: readonly WantedRows[],
  options: object,
  session: ReadingSession,
): Promise<(Record<string, Row[]> | undefined)[]> {
  const found = await connector.readRows?.(wanted, connector.options.parse(options), session);
  if (!found) throw new Error(`${connector.id} takes no rows without the rest`);
  const taken = wanted.map((_, place): Record<string, Row[]> | undefined =>
    found.whole.includes(place) ? undefined : {},
  );
  for (const [set, { query, columns }] of Object.entries(found.records)) {
    for (const row of await session.rows<Row>(`select * from (${query}) order by extract, row_number`)) {
      const { extract, ...values } = row;
      expect(Object.keys(values)).toEqual(['row_number', ...columns]);
      const own = taken[extract as number] as Record<string, Row[]>;
      own[set] = [...(own[set] ?? []), values];
    }
  }
  return taken;
}

/** The same for extracts that the connector reads together: one element each, in the order of the paths. */
export async function readAllTogether(
  // biome-ignore lint/suspicious/noExplicitAny: the options are parsed by the connector's own schema
  connector: Connector<any>,
  paths: readonly string[],
  options: object = {},
  names: readonly string[] = paths.map((path) => basename(path)),
): Promise<
  (Omit<WholeReading, 'reading'> & {
    reading: Omit<GroupReading['extracts'][number], 'remarks'> & Pick<WholeReading['reading'], 'remarks'>;
  })[]
> {
  const session = await openSession();
  try {
    const extracts = await Promise.all(paths.map((path, place) => extractFile(path, names[place])));
    const group = await connector.readTogether?.(extracts, connector.options.parse(options), session);
    if (!group) throw new Error(`${connector.id} reads one extract at a time`);
    const whole = group.extracts.map((reading) => ({
      reading: { ...reading, remarks: told(reading.remarks) },
      records: {},
      rejects: [] as Row[],
    }));
    const queries = Object.entries(group.records).map(([set, { query }]) => [set, query] as const);
    const apart = (rows: readonly Row[]) =>
      whole.map((_, place) =>
        rows.filter(({ extract }) => extract === place).map(({ extract, ...row }) => row),
      );
    for (const [set, query] of queries) {
      const all = await session.rows(`select * from (${query}) order by extract, row_number`);
      for (const [place, rows] of apart(all).entries())
        Object.assign(whole[place]?.records as object, { [set]: rows });
    }
    if (group.rejects) {
      const all = await rejected(session, connector.id, group.rejects);
      for (const [place, rows] of apart(all).entries()) whole[place]?.rejects.push(...rows);
    }
    return whole;
  } catch (error) {
    throw inWords(error);
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
