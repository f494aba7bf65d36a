import { identifier, literal, type Remark } from '../../connectors/connector.ts';
import type { CollectedExtract } from '../collect/collect.ts';
import { coverageOf } from '../collect/covers.ts';
import { Fault } from '../fault.ts';
import type { FaultWords } from '../language/faults.ts';
import type { StagedFrom } from '../warehouse/earlier-database.ts';
import { DamagedPack } from '../warehouse/pack-folder.ts';
import type { Warehouse } from '../warehouse/warehouse.ts';
import { type Contract, contractOf, sqlType } from './contract.ts';
import { KnownValues } from './known-values.ts';
import { Quarantine } from './quarantine.ts';
import {
  BatchReader,
  type BatchReading,
  type InHand,
  type Part,
  type PartRecords,
  readsTogether,
} from './read-batch.ts';
import type { CacheEntry, CacheHit, StageCache, ToKeep } from './stage-cache.ts';
import { StageKeys } from './stage-key.ts';
import { brokenTable, keptOf, type RecordsAlike, type Typed, type Typing, typeRecords } from './typing.ts';

/** What became of one extract: `rowsRead = rowsStaged + rowsQuarantined`, always. */
export interface CountedExtract {
  readonly extract: CollectedExtract;
  readonly contracts: readonly string[];
  readonly rowsRead: number;
  readonly rowsStaged: number;
  readonly rowsQuarantined: number;
  readonly remarks: readonly Pick<Remark, 'code' | 'severity'>[];
}

/** With what its connector and the stage remarked on it. */
export interface ReadExtract extends CountedExtract {
  readonly remarks: readonly Remark[];
  /** name of what its rows were made of; undefined without a cache, and where it could not be read */
  readonly key?: string;
  /** that holds its rows, where they need not be read */
  readonly pack?: string;
}

/** The same in words. */
export interface StagedExtract extends CountedExtract {
  readonly remarks: readonly (Pick<Remark, 'code' | 'severity'> & { readonly message: string })[];
}

export function inWords(extracts: readonly ReadExtract[], words: FaultWords): StagedExtract[] {
  return extracts.map(({ remarks, key: _key, pack: _pack, ...extract }) => ({
    ...extract,
    remarks: remarks.map((one) => ({ code: one.code, severity: one.severity, message: words.say(one) })),
  }));
}

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
 * Extracts of one source that are read and typed by the same statements, which cost more than a small file's
 * rows: so many at most, by whether their connector reads them together or each apart, and of so many bytes that
 * they need no more memory than one large file.
 */
const batchSize = { together: 500, apart: 32, bytes: 64_000_000 };

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
    keys.push(await naming.of(one, contractsOf(one, contracts), twins.get(one.extractId)));
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
        contracts: contractsOf(extract, contracts).map(({ id }) => id),
        ...counts,
        pack,
      });
    }
  }
  return staged.map((one, i) => (isUnreadable(one) ? one : { ...one, key: keys[i] as string }));
}

/** Leaves to later runs the staged rows of the extracts that no pack holds, or of all where their packs are many. */
export async function keepStaged(
  warehouse: Warehouse,
  store: StageCache,
  extracts: readonly ReadExtract[],
  contracts: ReadonlyMap<string, Contract>,
): Promise<void> {
  const all = store.isScattered(new Set(extracts.flatMap(({ pack }) => pack ?? [])));
  const fresh = extracts.filter(({ pack }) => pack === undefined);
  if (fresh.some(({ key }) => key !== undefined))
    await store.keep(warehouse, keepable(all ? extracts : fresh), tablesOf(contracts));
}

/**
 * The same by a copy of the database, where these are all extracts whose rows it holds.
 *
 * @returns the file, to go on from; undefined where it is not to be had
 */
export async function keepStagedDatabase(
  warehouse: Warehouse,
  store: StageCache,
  extracts: readonly ReadExtract[],
  contracts: ReadonlyMap<string, Contract>,
): Promise<string | undefined> {
  return store.keepDatabase(warehouse, keepable(extracts), tablesOf(contracts));
}

const keepable = (extracts: readonly ReadExtract[]): ToKeep[] =>
  extracts.flatMap(({ extract, key, rowsRead, rowsStaged, rowsQuarantined, remarks }) =>
    key === undefined
      ? []
      : [{ key, extractId: extract.extractId, rowsRead, rowsStaged, rowsQuarantined, remarks: [...remarks] }],
  );

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
    whole &&= (await warehouse.scalar<number>(`select count(*) from ${staged}`)) === expected;
  }
  if (whole) return stay;
  for (const table of tables) await warehouse.run(`delete from staged.${identifier(table)}`);
  return new Set();
}

/** What could not be read at all may be so for a reason outside the extract. */
function isUnreadable({ rowsRead, remarks }: ReadExtract): boolean {
  return rowsRead === 0 && remarks.some(({ severity }) => severity === 'error');
}

/** What the staged rows of each extract were made of, by extract. */
export function groundsOf(extracts: readonly ReadExtract[]): Map<string, StagedFrom> {
  return new Map(
    extracts.flatMap(({ extract: { extractId, sha256, source }, key }) =>
      key === undefined ? [] : [[extractId, { key, sha256, personal: source.personal === true }] as const],
    ),
  );
}

/** What a staged table was made of. */
export interface Origin {
  /** name of all of it */
  readonly origin: string;
  /** extract -> key of what its rows were made of */
  readonly extracts: ReadonlyMap<string, string>;
}

/**
 * Names what each staged table was made of, by the keys of the extracts that feed it; a table that is fed by
 * one without a key has no name.
 *
 * @param program version of what stages, with a hash of its text
 */
export function originsOf(
  extracts: readonly ReadExtract[],
  contracts: ReadonlyMap<string, Contract>,
  program: string,
): Map<string, Origin> {
  const origins = new Map<string, Origin>();
  for (const table of tablesOf(contracts)) {
    const contract = contracts.get(table);
    const fed = extracts.filter((one) => !contract || one.contracts.includes(table));
    const keys = fed.flatMap(({ extract, key }) =>
      key === undefined ? [] : [[extract.extractId, key] as const],
    );
    if (keys.length === fed.length)
      origins.set(`staged.${table}`, {
        origin: JSON.stringify([program, contract ?? null, keys.map(([, key]) => key)]),
        extracts: new Map(keys),
      });
  }
  return origins;
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

/** The staged tables that rows of these extracts may come to. */
export function tablesFedBy(
  extracts: readonly CollectedExtract[],
  contracts: ReadonlyMap<string, Contract>,
): ReadonlySet<string> {
  if (extracts.length === 0) return new Set();
  const fed = new Map(extracts.map((one) => [one.source, one]));
  const own = [...fed.values()].flatMap((one) => contractsOf(one, contracts).map(({ id }) => id));
  return new Set([...own, 'quarantine'].map((table) => `staged.${table}`));
}

function tablesOf(contracts: ReadonlyMap<string, Contract>): string[] {
  return [...[...contracts.values()].map(({ id }) => id), 'quarantine'];
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

function batchesOf(extracts: readonly CollectedExtract[]): CollectedExtract[][] {
  const batches: CollectedExtract[][] = [];
  let bytes = 0;
  for (const extract of extracts) {
    const last = batches.at(-1);
    bytes += extract.bytes;
    if (
      last &&
      last.length < batchSize[readsTogether(extract) ? 'together' : 'apart'] &&
      bytes <= batchSize.bytes &&
      last[0]?.source === extract.source &&
      !last.some(({ sha256 }) => sha256 === extract.sha256)
    ) {
      last.push(extract);
    } else {
      batches.push([extract]);
      bytes = extract.bytes;
    }
  }
  return batches;
}

function contractsOf(extract: CollectedExtract, contracts: ReadonlyMap<string, Contract>): Contract[] {
  const { connector, contract } = extract.source;
  if (contract !== undefined) {
    const named = contracts.get(contract);
    return named ? [named] : [];
  }
  return [...contracts.values()].filter((one) => one.connectors.includes(connector));
}

/** Stages a batch; one that is not read because of an extract in it, by halves, so that few are read by themselves. */
async function stageBatch(
  typing: Omit<Typing, 'hands'>,
  batch: readonly CollectedExtract[],
  offset: number,
  contracts: ReadonlyMap<string, Contract>,
  scratch: string,
): Promise<ReadExtract[]> {
  const own = contractsOf(batch[0] as CollectedExtract, contracts);
  const reader = new BatchReader(typing.warehouse, scratch, offset, async (extract, record, texts, about) => {
    const contract = contractOf(own, record);
    return contract && keptOf(typing, extract, contract, about, texts);
  });
  try {
    const reading = await reader.read(batch);
    if (reading !== undefined) return await stageReading(typing, reading, own, markOf(offset));
  } finally {
    await reader.close();
  }
  const half = batch.length >> 1;
  const [before, after] = [batch.slice(0, half), batch.slice(half)];
  return [
    ...(await stageBatch(typing, before, offset, contracts, scratch)),
    ...(await stageBatch(typing, after, offset + half, contracts, scratch)),
  ];
}

async function stageReading(
  typing: Omit<Typing, 'hands'>,
  { hands, records, rejects }: BatchReading,
  contracts: readonly Contract[],
  mark: string,
): Promise<ReadExtract[]> {
  for (const hand of hands) remarkName(hand, typing.fiscalYearStartMonth);
  const aside = await Quarantine.open(typing.warehouse, hands);
  await aside.addRejects(rejects);
  for (const sets of recordSets(hands, records, contracts))
    await stageContract({ ...typing, hands }, sets, aside, mark);
  await aside.close();
  return hands.map((hand) => settled(hand, contracts));
}

/** The records of a batch by contract, and within it those that are alike. */
function recordSets(
  hands: readonly InHand[],
  records: readonly PartRecords[],
  contracts: readonly Contract[],
): RecordsAlike[][] {
  const found = new Map<string, Map<string, RecordsAlike & { parts: Part[] }>>();
  for (const { record, columns, reading, kept, ...part } of records) {
    const contract = contractOf(contracts, record);
    if (!contract) {
      throw new Fault(
        'STG-003',
        `No contract reads the ${record} of ${(hands[part.place ?? 0] as InHand).extract.extractId}.`,
        'Name one in `sources[].contract`.',
        { exitStatus: 2 },
      );
    }
    const alike = found.get(contract.id) ?? new Map<string, RecordsAlike & { parts: Part[] }>();
    found.set(contract.id, alike);
    const key = JSON.stringify([columns, reading, kept]);
    const same = alike.get(key) ?? { contract, columns, reading, kept, parts: [] };
    alike.set(key, same);
    same.parts.push(part);
  }
  return [...found.values()].map((alike) => [...alike.values()]);
}

/**
 * Types the records of one contract and puts each row where it belongs, in the order of extracts and of their
 * rows. All go to the staged table, those that break a rule as empty rows, which are then taken out again: a
 * filter before would leave DuckDB pieces short of a row group, and it would write them all twice.
 */
async function stageContract(
  typing: Typing,
  sets: readonly RecordsAlike[],
  aside: Quarantine,
  mark: string,
): Promise<void> {
  const { warehouse, hands } = typing;
  const { contract } = sets[0] as RecordsAlike;
  const table = `staged.${contract.id}`;
  const typed: Typed[] = [];
  try {
    for (const [at, set] of sets.entries())
      typed.push(await typeRecords(typing, `raw_texts_${contract.id}_${at}`, set));
    const numbers = typed
      .map(({ texts }) => `select _place, row_number from ${texts.name}`)
      .join(' union all ');
    const came = await arrivals(warehouse, numbers);
    if (sum(came) === 0) return;
    const inOrder = typed.every(({ keepsOrder }) => keepsOrder) && came.every(({ out }) => out === 0);
    // DuckDB says of each change how many rows it changed
    const written = await warehouse.scalar<number>(
      `insert into ${table} ${stagedOrEmpty(typed, hands, contract, mark)} ${inOrder ? '' : 'order by _place, row_number'}`,
    );
    const emptied = `from ${table} where extract_id is null and row_number <= ${mark}`;
    const broken = await byPlace(warehouse, `select source_id::integer as _place ${emptied}`);
    let removed = 0;
    if (broken.length > 0) {
      await warehouse.run(
        `create or replace temp table ${brokenTable} as select source_id::integer as _place, ${mark} - row_number as row_number ${emptied}`,
      );
      removed = await warehouse.scalar<number>(`delete ${emptied}`);
      await aside.addFaults(typed.map(({ faults }) => faults).join(' union all '));
    }
    for (const { place, rows } of broken) (hands[place] as InHand).quarantined += rows;
    const good = written - removed;
    for (const { place, rows } of await goodOf(warehouse, table, hands, came, broken, good))
      (hands[place] as InHand).staged += rows;
  } finally {
    await warehouse.run(`drop table if exists ${brokenTable}`);
    for (const { texts } of typed) await warehouse.run(`drop ${texts.kind} if exists ${texts.name}`);
  }
}

/**
 * From this down, the numbers that emptied rows have for a while: `mark` less their own. Each batch marks below
 * those before it, so that DuckDB passes over row groups in which only earlier ones were emptied.
 *
 * @param offset number of the batch's first extract in the run
 */
const markOf = (offset: number) => `(-${(BigInt(offset) + 1n) << 40n})`;

/**
 * SELECT of what a staged table holds, of every row. One that breaks a rule has no value and no extract, its
 * number below `mark`, and the place of its extract where the source would stand.
 */
function stagedOrEmpty(
  typed: readonly Typed[],
  hands: readonly InHand[],
  contract: Contract,
  mark: string,
): string {
  const { source } = (hands[0] as InHand).extract;
  const ids = idsOf(hands);
  const unlessBroken = (value: string) => `case when _broken then null else ${value} end`;
  const values = Object.keys(contract.columns).map((name) => unlessBroken(identifier(name)));
  return `select ${values.join(', ')}, ${unlessBroken(`(${ids})[_place + 1]`)},
      case when _broken then ${mark} - row_number else row_number end,
      case when _broken then _place::varchar else ${literal(source.id)} end
    from (${typed.map(({ judged }) => judged).join(' union all ')})`;
}

/** SQL: the ids of the extracts in hand, each at its place. */
const idsOf = (hands: readonly InHand[]) =>
  `[${hands.map(({ extract }) => literal(extract.extractId)).join(', ')}]`;

interface OfPlace {
  readonly place: number;
  readonly rows: number;
}

const sum = (places: readonly OfPlace[]) => places.reduce((all, { rows }) => all + rows, 0);

const byPlace = (warehouse: Warehouse, rows: string) =>
  warehouse.rows<OfPlace>(`select _place as place, count(*) as rows from (${rows}) group by _place`);

/** How many rows came of each extract, and how many of them out of order: to look costs little, to sort much. */
function arrivals(warehouse: Warehouse, numbers: string): Promise<(OfPlace & { out: number })[]> {
  return warehouse.rows(
    `select _place as place, count(*) as rows, count(*) filter (where _place < place_before or _place = place_before and row_number < row_before) as out
     from (select _place, row_number, lag(_place) over () as place_before, lag(row_number) over () as row_before from (${numbers}))
     group by _place`,
  );
}

/**
 * How many rows the table gained of each extract: what came less what broke a rule, where that makes as many
 * as it gained in all; else they are counted, so that the extract that lacks some is named.
 */
async function goodOf(
  warehouse: Warehouse,
  table: string,
  hands: readonly InHand[],
  came: readonly OfPlace[],
  broken: readonly OfPlace[],
  gained: number,
): Promise<readonly OfPlace[]> {
  if (gained === sum(came) - sum(broken)) {
    const brokenAt = new Map(broken.map(({ place, rows }) => [place, rows]));
    return came.map(({ place, rows }) => ({ place, rows: rows - (brokenAt.get(place) ?? 0) }));
  }
  const ids = idsOf(hands);
  return byPlace(
    warehouse,
    `select list_position(${ids}, extract_id) - 1 as _place from ${table} where list_contains(${ids}, extract_id)`,
  );
}

/** Rows whose months are not known count in no coverage: the figure would show as missing beside them. */
function remarkName({ extract, remarks }: InHand, fiscalYearStartMonth: number): void {
  if (coverageOf(extract.source, extract.name, fiscalYearStartMonth) !== undefined) return;
  remarks.push({
    code: 'STG-012',
    severity: 'error',
    values: {
      extract: extract.extractId,
      covers: String(extract.source.covers),
      source: extract.source.id,
    },
  });
}

function settled(hand: InHand, contracts: readonly Contract[]): ReadExtract {
  const { extract, rowsRead, remarks, staged, quarantined } = hand;
  if (rowsRead !== staged + quarantined) {
    throw new Fault(
      'STG-001',
      `${extract.extractId}: ${rowsRead} rows read, ${staged} staged and ${quarantined} quarantined.`,
      'This is a defect of Concordance or of the connector, not of the extract: report it with the extract.',
    );
  }
  return {
    extract,
    contracts: contracts.map((one) => one.id),
    rowsRead,
    rowsStaged: staged,
    rowsQuarantined: quarantined,
    remarks,
  };
}
