import { identifier, literal } from '../../connectors/connector.ts';
import type { CollectedExtract } from '../collect/collect.ts';
import { DamagedPack } from '../warehouse/pack-folder.ts';
import type { Warehouse } from '../warehouse/warehouse.ts';
import { type Contract, contractsOf, sqlType, tablesOf } from './contract.ts';
import { KnownValues } from './known-values.ts';
import { batchesOf, stageBatch } from './stage-batch.ts';
import type { CacheEntry, CacheHit, StageCache } from './stage-cache.ts';
import { StageKeys } from './stage-key.ts';
import type { ReadExtract } from './staged-extract.ts';

export interface StageSettings {
  readonly scratch: string;
  readonly fiscalYearStartMonth: number;
  /** all extracts of the run, where these are a part of them, and how many were staged before these */
  readonly run?: { readonly extracts: readonly CollectedExtract[]; readonly before: number };
  /** rows of earlier runs, where they may be used; without it every extract is read */
  readonly cache?: {
    readonly store: StageCache;
    /** version of what stages, with a hash of its text */
    readonly program: string;
    /** the pseudonym key */
    readonly secret: string | undefined;
    /** extract -> key of its rows, where the database was copied from an earlier run's and they stand in it */
    readonly standing?: ReadonlyMap<string, string> | undefined;
  };
}

interface StagedColumn {
  readonly name: string;
  readonly type: string;
}

function stagedColumns(contract: Contract): StagedColumn[] {
  return [
    ...Object.entries(contract.columns).map(([name, column]) => ({ name, type: sqlType(column) })),
    { name: 'extract_id', type: 'varchar' },
    { name: 'row_number', type: 'bigint' },
    { name: 'source_id', type: 'varchar' },
  ];
}

const quarantineColumns: readonly StagedColumn[] = [
  { name: 'extract_id', type: 'varchar' },
  { name: 'row_number', type: 'bigint' },
  ...['column_name', 'value', 'rule', 'connector', 'facts'].map((name) => ({ name, type: 'varchar' })),
];

/**
 * Makes the empty staged tables: every contract has one, whether a source feeds it or not. In a database that
 * was copied from an earlier run's, those that have the same columns stay with their rows, and no others.
 */
export async function prepareStage(warehouse: Warehouse, contracts: Iterable<Contract>): Promise<void> {
  await warehouse.run('create schema if not exists staged');
  const wanted = new Map([...contracts].map((one) => [one.id, stagedColumns(one)]));
  wanted.set('quarantine', [...quarantineColumns]);
  const standing = await warehouse.rows<{ name: string; columns: string }>(
    `select table_name as name, string_agg(column_name || ' ' || data_type, ', ' order by column_index) as columns from duckdb_columns()
     where database_name = current_database() and schema_name = 'staged' group by table_name`,
  );
  const stays = new Set<string>();
  for (const { name, columns } of standing) {
    const same = wanted.get(name)?.map((one) => `${one.name} ${one.type.toUpperCase()}`);
    if (same?.join(', ') === columns) stays.add(name);
    else await warehouse.run(`drop table staged.${identifier(name)}`);
  }
  for (const [name, columns] of wanted) {
    if (stays.has(name)) continue;
    const declared = columns.map((one) => `${identifier(one.name)} ${one.type}`);
    await warehouse.run(`create table staged.${name} (${declared.join(', ')})`);
  }
}

/**
 * Loads extracts into the staged tables by DuckDB's bulk readers, in the order of the extracts and of their
 * rows; rows that break their contract go to `staged.quarantine` with row, column, value, rule, the connector where it judged and what the rule's sentence needs. With a
 * cache, extracts that an earlier run staged under the same conditions are not read again: the tables hold the
 * same rows, in the same order but for those that stand in a copied database before the others.
 *
 * @throws {Fault} STG-001 when a row is neither staged nor quarantined, or is both
 */
export async function stage(
  warehouse: Warehouse,
  extracts: readonly CollectedExtract[],
  contracts: ReadonlyMap<string, Contract>,
  settings: StageSettings,
  step: (done: number) => void = () => {},
): Promise<ReadExtract[]> {
  const { fiscalYearStartMonth, scratch, run = { extracts, before: 0 } } = settings;
  const twins = findTwins(run.extracts);
  const typing = { warehouse, twins, fiscalYearStartMonth, known: new KnownValues(warehouse) };
  const read = async (some: readonly CollectedExtract[], done: number) => {
    const staged: ReadExtract[] = [];
    for (const batch of batchesOf(some)) {
      for (const one of batch) await one.fetch?.();
      staged.push(
        ...(await stageBatch(typing, batch, run.before + done + staged.length, contracts, scratch)),
      );
      step(done + staged.length);
    }
    return staged;
  };
  if (!settings.cache) return read(extracts, 0);
  const { store } = settings.cache;
  try {
    return await stageWithCache(warehouse, extracts, contracts, settings, settings.cache, twins, read);
  } catch (error) {
    if (!(error instanceof DamagedPack)) throw error;
    await store.close(warehouse);
    await store.remove(error.pack);
    const own = extracts.map(({ extractId }) => literal(extractId)).join(', ');
    for (const table of tablesOf(contracts))
      await warehouse.run(`delete from staged.${table} where extract_id in (${own})`);
    return await read(extracts, 0);
  } finally {
    await store.close(warehouse);
  }
}

async function stageWithCache(
  warehouse: Warehouse,
  extracts: readonly CollectedExtract[],
  contracts: ReadonlyMap<string, Contract>,
  { fiscalYearStartMonth }: StageSettings,
  { store, program, secret, standing = new Map() }: NonNullable<StageSettings['cache']>,
  twins: ReadonlyMap<string, string>,
  read: (some: readonly CollectedExtract[], done: number) => Promise<ReadExtract[]>,
): Promise<ReadExtract[]> {
  const naming = await StageKeys.of(warehouse, { program, secret, fiscalYearStartMonth });
  const keys: string[] = [];
  for (const one of extracts)
    keys.push(await naming.of(one, contractsOf(one.source, contracts), twins.get(one.extractId)));
  const hits = await store.find(warehouse, keys);
  const stay = await keepStanding(
    warehouse,
    tablesOf(contracts),
    standing,
    extracts.flatMap(({ extractId }, i) => {
      const hit = hits.get(keys[i] as string);
      return hit && standing.get(extractId) === keys[i] ? [[extractId, hit.entry] as const] : [];
    }),
  );
  const staged: ReadExtract[] = [];
  const stays = extracts.map(({ extractId }) => stay.has(extractId));
  for (const { from, to } of stretches(
    keys.map((key) => hits.get(key)),
    stays,
  )) {
    const some = extracts.slice(from, to);
    const found = keys.slice(from, to).flatMap((key) => hits.get(key) ?? []);
    if (found.length === 0) {
      staged.push(...(await read(some, from)));
      continue;
    }
    if (!stays[from]) await store.restore(warehouse, found);
    for (const [i, extract] of some.entries()) {
      const { pack, entry } = found[i] as CacheHit;
      const { rows, ...counts } = entry;
      staged.push({
        extract,
        contracts: contractsOf(extract.source, contracts).map(({ id }) => id),
        ...counts,
        pack,
      });
    }
  }
  return staged.map((one, i) => (isUnreadable(one) ? one : { ...one, key: keys[i] as string }));
}

/**
 * Leaves in the staged tables the rows of the extracts that stand there as they would be staged, and takes out
 * all others.
 *
 * @param entries what is kept of each extract that stands
 * @returns the extracts that stand; none where the tables do not hold as many rows as theirs
 */
async function keepStanding(
  warehouse: Warehouse,
  tables: readonly string[],
  standing: ReadonlyMap<string, string>,
  entries: readonly (readonly [string, CacheEntry])[],
): Promise<ReadonlySet<string>> {
  if (standing.size === 0) return new Set();
  const stay = new Set(entries.map(([extract]) => extract));
  const gone = [...standing.keys()].filter((extract) => !stay.has(extract)).map(literal);
  let whole = true;
  for (const table of tables) {
    const staged = `staged.${identifier(table)}`;
    if (gone.length > 0)
      await warehouse.run(`delete from ${staged} where extract_id in (${gone.join(', ')})`);
    const expected = entries.reduce((sum, [, { rows }]) => sum + (rows[table]?.[2] ?? 0), 0);
    whole &&= (await warehouse.count(staged)) === expected;
  }
  if (whole) return stay;
  for (const table of tables) await warehouse.run(`delete from staged.${identifier(table)}`);
  return new Set();
}

/** What could not be read at all may be so for a reason outside the extract. */
function isUnreadable({ rowsRead, remarks }: ReadExtract): boolean {
  return rowsRead === 0 && remarks.some(({ severity }) => severity === 'error');
}

/** Neighbours that stand, that are restored by one statement a table (of one pack, in its order), or that are read. */
function stretches(
  hits: readonly (CacheHit | undefined)[],
  stays: readonly boolean[],
): { from: number; to: number }[] {
  const found: { from: number; to: number }[] = [];
  for (const [i, hit] of hits.entries()) {
    const before = hits[i - 1];
    const alike = hit && before ? hit.pack === before.pack && hit.place > before.place : !hit && !before;
    const goesOn = i > 0 && stays[i] === stays[i - 1] && (stays[i] || alike);
    const last = found.at(-1);
    if (goesOn && last) last.to = i + 1;
    else found.push({ from: i, to: i + 1 });
  }
  return found;
}

/** Extracts of the same bytes that feed the same contract: each later one, with the first one's id. */
function findTwins(extracts: readonly CollectedExtract[]): ReadonlyMap<string, string> {
  const first = new Map<string, string>();
  const twins = new Map<string, string>();
  for (const { extractId, sha256, source } of extracts) {
    const key = `${source.connector}:${source.contract}:${sha256}`;
    const earlier = first.get(key);
    if (earlier === undefined) first.set(key, extractId);
    else twins.set(extractId, earlier);
  }
  return twins;
}
