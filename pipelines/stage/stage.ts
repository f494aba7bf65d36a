import { identifier, literal, type Reading, type Remark } from '../../connectors/connector.ts';
import type { CollectedExtract } from '../collect/collect.ts';
import { coverageOf } from '../collect/covers.ts';
import { Fault } from '../fault.ts';
import type { Warehouse } from '../warehouse/warehouse.ts';
import { disagreements } from './agreement.ts';
import { cell, readOf, textOf } from './cell.ts';
import { type Contract, sqlType } from './contract.ts';
import { type Matched, matchHeadings } from './heading.ts';
import { placesOf, Quarantine } from './quarantine.ts';
import { BatchReader, type InHand, type Part, type PartRecords } from './read-batch.ts';
import { type CacheHit, DamagedPack, type StageCache } from './stage-cache.ts';
import { StageKeys } from './stage-key.ts';

/** What became of one extract: `rowsRead = rowsStaged + rowsQuarantined`, always. */
export interface StagedExtract {
  readonly extract: CollectedExtract;
  readonly contracts: readonly string[];
  readonly rowsRead: number;
  readonly rowsStaged: number;
  readonly rowsQuarantined: number;
  readonly remarks: readonly Remark[];
}

export interface StageSettings {
  readonly scratch: string;
  readonly fiscalYearStartMonth: number;
  /** rows of earlier runs, where they may be used; without it every extract is read */
  readonly cache?: {
    readonly store: StageCache;
    /** version of the program, with a hash of its text */
    readonly program: string;
    /** the pseudonym key */
    readonly secret: string | undefined;
  };
}

/** Makes the empty staged tables: every contract has one, whether a source feeds it or not. */
export async function prepareStage(warehouse: Warehouse, contracts: Iterable<Contract>): Promise<void> {
  await warehouse.run('create schema if not exists staged');
  for (const contract of contracts) {
    const columns = Object.entries(contract.columns).map(
      ([name, column]) => `${identifier(name)} ${sqlType(column)}`,
    );
    await warehouse.run(
      `create table staged.${contract.id} (${columns.join(', ')}, extract_id varchar, row_number bigint, source_id varchar)`,
    );
  }
  await warehouse.run(
    'create table staged.quarantine (extract_id varchar, row_number bigint, column_name varchar, value varchar, rule varchar, message varchar)',
  );
}

/**
 * Extracts of one source that are read and typed by the same statements, which cost more than a small file's
 * rows: so many at most, and of so many bytes together that they need no more memory than one large file.
 */
const batchSize = { extracts: 32, bytes: 64_000_000 };

/**
 * Loads extracts into the staged tables by DuckDB's bulk readers, in the order of the extracts and of their
 * rows; rows that break their contract go to `staged.quarantine` with row, column, value and rule. With a
 * cache, extracts that an earlier run staged under the same conditions are not read again; the tables hold the
 * same rows in the same order.
 *
 * @throws {Fault} STG-001 when a row is neither staged nor quarantined, or is both
 */
export async function stage(
  warehouse: Warehouse,
  extracts: readonly CollectedExtract[],
  contracts: ReadonlyMap<string, Contract>,
  settings: StageSettings,
  step: (done: number) => void = () => {},
): Promise<StagedExtract[]> {
  const twins = findTwins(extracts);
  const read = async (some: readonly CollectedExtract[], done: number) => {
    const staged: StagedExtract[] = [];
    for (const batch of batchesOf(some)) {
      staged.push(...(await stageBatch(warehouse, batch, done + staged.length, contracts, twins, settings)));
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
    for (const table of tablesOf(contracts)) await warehouse.run(`delete from staged.${table}`);
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
  { store, program, secret }: NonNullable<StageSettings['cache']>,
  twins: ReadonlyMap<string, string>,
  read: (some: readonly CollectedExtract[], done: number) => Promise<StagedExtract[]>,
): Promise<StagedExtract[]> {
  const naming = await StageKeys.of(warehouse, { program, secret, fiscalYearStartMonth });
  const keys: string[] = [];
  for (const one of extracts)
    keys.push(await naming.of(one, contractsOf(one, contracts), twins.get(one.extractId)));
  const hits = await store.find(warehouse, keys);
  const staged: StagedExtract[] = [];
  for (const { from, to } of stretches(keys.map((key) => hits.get(key)))) {
    const some = extracts.slice(from, to);
    const found = keys.slice(from, to).flatMap((key) => hits.get(key) ?? []);
    if (found.length === 0) {
      staged.push(...(await read(some, from)));
      continue;
    }
    await store.restore(warehouse, found);
    for (const [i, extract] of some.entries()) {
      const { key, rows, ...counts } = (found[i] as CacheHit).entry;
      staged.push({ extract, contracts: contractsOf(extract, contracts).map(({ id }) => id), ...counts });
    }
  }
  const packs = new Set([...hits.values()].map(({ pack }) => pack));
  const all = store.isScattered(packs);
  const kept = staged.flatMap(({ extract, rowsRead, rowsStaged, rowsQuarantined, remarks }, i) => {
    const key = keys[i] as string;
    // what could not be read at all may be so for a reason outside the extract
    const unreadable = rowsRead === 0 && remarks.some(({ severity }) => severity === 'error');
    if (unreadable || (hits.has(key) && !all)) return [];
    const counts = { rowsRead, rowsStaged, rowsQuarantined, remarks: [...remarks] };
    return [{ key, extractId: extract.extractId, ...counts }];
  });
  const isNew = kept.some(({ key }) => !hits.has(key));
  if (isNew) await store.keep(warehouse, kept, tablesOf(contracts));
  return staged;
}

/** Neighbours that are restored by one statement a table (of one pack, in its order), or that are read. */
function stretches(hits: readonly (CacheHit | undefined)[]): { from: number; to: number }[] {
  const found: { from: number; to: number }[] = [];
  for (const [i, hit] of hits.entries()) {
    const before = hits[i - 1];
    const goesOn =
      i > 0 && (hit && before ? hit.pack === before.pack && hit.place > before.place : !hit && !before);
    const last = found.at(-1);
    if (goesOn && last) last.to = i + 1;
    else found.push({ from: i, to: i + 1 });
  }
  return found;
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
      last.length < batchSize.extracts &&
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

async function stageBatch(
  warehouse: Warehouse,
  batch: readonly CollectedExtract[],
  offset: number,
  contracts: ReadonlyMap<string, Contract>,
  twins: ReadonlyMap<string, string>,
  settings: StageSettings,
): Promise<StagedExtract[]> {
  const own = contractsOf(batch[0] as CollectedExtract, contracts);
  const reader = new BatchReader(warehouse, settings.scratch, offset);
  try {
    const { hands, records, rejects } = await reader.read(batch);
    for (const hand of hands) remarkName(hand, settings.fiscalYearStartMonth);
    const aside = await Quarantine.open(warehouse, hands);
    await aside.addRejects(rejects);
    for (const sets of recordSets(hands, records, own))
      await stageContract(warehouse, hands, sets, twins, settings, aside);
    await aside.close();
    return hands.map((hand) => settled(hand, own));
  } finally {
    await reader.close();
  }
}

/** Records that one statement types: of one contract, with the same headings and the same ways of writing. */
interface RecordsAlike {
  readonly contract: Contract;
  readonly columns: readonly string[];
  readonly reading: Pick<Reading, 'numbers' | 'dates'>;
  readonly parts: readonly Part[];
}

/** The records of a batch by contract, and within it those that are alike. */
function recordSets(
  hands: readonly InHand[],
  records: readonly PartRecords[],
  contracts: readonly Contract[],
): RecordsAlike[][] {
  const found = new Map<string, Map<string, RecordsAlike & { parts: Part[] }>>();
  for (const { record, columns, numbers, dates, place, query } of records) {
    const contract =
      contracts.find((one) => one.record === record) ?? (contracts.length === 1 ? contracts[0] : undefined);
    if (!contract) {
      throw new Fault(
        'STG-003',
        `No contract reads the ${record} of ${(hands[place ?? 0] as InHand).extract.extractId}.`,
        'Name one in `sources[].contract`.',
        { exitStatus: 2 },
      );
    }
    const alike = found.get(contract.id) ?? new Map<string, RecordsAlike & { parts: Part[] }>();
    found.set(contract.id, alike);
    const key = JSON.stringify([columns, numbers, dates]);
    const same = alike.get(key) ?? { contract, columns, reading: { numbers, dates }, parts: [] };
    alike.set(key, same);
    same.parts.push({ place, query });
  }
  return [...found.values()].map((alike) => [...alike.values()]);
}

/** Types the records of one contract and puts each row where it belongs, in the order of extracts and of their rows. */
async function stageContract(
  warehouse: Warehouse,
  hands: readonly InHand[],
  sets: readonly RecordsAlike[],
  twins: ReadonlyMap<string, string>,
  settings: StageSettings,
  aside: Quarantine,
): Promise<void> {
  const { contract } = sets[0] as RecordsAlike;
  const typed: string[] = [];
  try {
    for (const set of sets) {
      typed.push(`raw_typed_${contract.id}_${typed.length}`);
      await typeRecords(warehouse, typed.at(-1) as string, hands, set, twins, settings);
    }
    const rows = typed.map((table) => `from ${table}`).join(' union all ');
    const counts = await warehouse.rows<{ place: number; good: number; bad: number }>(
      `select _place as place, count(*) filter (where len(faults) = 0) as good, count(*) filter (where len(faults) > 0) as bad
       from (${rows}) group by _place`,
    );
    for (const { place, good, bad } of counts) {
      const hand = hands[place] as InHand;
      hand.staged += good;
      hand.quarantined += bad;
    }
    if (counts.some(({ good }) => good > 0)) {
      const names = Object.keys(contract.columns).map(identifier).join(', ');
      const { source } = (hands[0] as InHand).extract;
      await warehouse.run(
        `insert into staged.${contract.id} select ${names}, p.extract_id, row_number, ${literal(source.id)}
         from (${rows}) join ${placesOf(hands)} on p.place = _place where len(faults) = 0 order by _place, row_number`,
      );
    }
    if (counts.some(({ bad }) => bad > 0)) await aside.addFaults(`(${rows})`);
  } finally {
    for (const table of typed) await warehouse.run(`drop table if exists ${table}`);
  }
}

async function typeRecords(
  warehouse: Warehouse,
  name: string,
  hands: readonly InHand[],
  { contract, columns, reading, parts }: RecordsAlike,
  twins: ReadonlyMap<string, string>,
  settings: StageSettings,
): Promise<void> {
  const matched = matchHeadings(contract, columns);
  for (const hand of handsOf(parts, hands)) remarkHeadings(hand, contract, columns, matched);
  const cells = Object.entries(contract.columns).map(([column, one]) => ({
    name: column,
    ...cell(column, one, matched.sources.get(column) ?? null, reading),
  }));
  const faults = cells.map((one) => one.fault).filter((fault) => fault !== 'null');
  const texts = `raw_texts_${contract.id}`;
  await gather(warehouse, texts, hands, contract, parts, twins, settings);
  try {
    const { entities } = (hands[0] as InHand).extract.source;
    const known = '_place, _from, _to, _twin, row_number';
    const layer = (of: (one: (typeof cells)[number]) => string) => cells.map(of).join(', ');
    await warehouse.run(`create or replace temp table ${name} as
      select * exclude (own_faults, _from, _to, _twin),
        list_concat(own_faults, ${faultList([duplicateFault, ...outsidePeriod(contract), ...disagreements(contract, entities)])}) as faults
      from (
        select ${known}, ${layer((one) => `${one.value} as ${identifier(one.name)}`)}, ${faultList(faults)} as own_faults
        from (
          select *, ${layer((one) => `${one.read} as ${readOf(one.name)}`)}
          from (select ${known}, ${layer((one) => `${one.text} as ${textOf(one.name)}`)} from ${texts}))) as typed`);
  } finally {
    await warehouse.run(`drop ${parts.length === 1 ? 'view' : 'table'} if exists ${texts}`);
  }
}

function handsOf(parts: readonly Part[], hands: readonly InHand[]): readonly InHand[] {
  return parts.flatMap(({ place }) => (place === undefined ? hands : [hands[place] as InHand]));
}

/**
 * The records of every part under one name, with what the stage knows of each extract. One query is read
 * through a view; many small ones are gathered in a table, which costs less than a union of them all.
 */
async function gather(
  warehouse: Warehouse,
  name: string,
  hands: readonly InHand[],
  contract: Contract,
  parts: readonly Part[],
  twins: ReadonlyMap<string, string>,
  settings: StageSettings,
): Promise<void> {
  const known = hands.map(({ extract }, place) => {
    const covers = contract.period_column
      ? coverageOf(extract.source, extract.name, settings.fiscalYearStartMonth)
      : null;
    const day = (text: string | undefined) => (text ? `date '${text}'` : 'null::date');
    const twin = twins.get(extract.extractId);
    return [
      String(place),
      day(covers?.from),
      day(covers?.to),
      twin === undefined ? 'null::varchar' : literal(twin),
    ];
  });
  const head = ['_place', '_from', '_to', '_twin'];
  const selects = parts.map(({ place, query }) =>
    place === undefined
      ? `select known.*, records.* exclude (extract) from (${query}) as records
         join (values ${known.map((one) => `(${one.join(', ')})`).join(', ')}) as known(${head.join(', ')}) on known._place = records.extract`
      : `select ${head.map((column, i) => `${known[place]?.[i]} as ${column}`).join(', ')}, * from (${query})`,
  );
  const [first, ...others] = selects;
  if (others.length === 0) {
    await warehouse.run(`create or replace temp view ${name} as ${first}`);
    return;
  }
  await warehouse.run(`create or replace temp table ${name} as ${first}`);
  for (const select of others) await warehouse.run(`insert into ${name} ${select}`);
}

/** Rows whose months are not known count in no coverage: the figure would show as missing beside them. */
function remarkName({ extract, remarks }: InHand, fiscalYearStartMonth: number): void {
  if (coverageOf(extract.source, extract.name, fiscalYearStartMonth) !== undefined) return;
  remarks.push({
    code: 'STG-012',
    severity: 'error',
    message: `${extract.extractId}: the name does not say what months it covers (${extract.source.covers}), so none counts as delivered. Rename the file, or correct \`covers\` of source ${extract.source.id}.`,
  });
}

function remarkHeadings(
  hand: InHand,
  contract: Contract,
  columns: readonly string[],
  matched: Matched,
): void {
  const { extractId } = hand.extract;
  // nothing was read as a record: the rejects say it already
  if (matched.absent.length > 0 && columns.length > 0) {
    hand.remarks.push({
      code: 'STG-010',
      severity: 'error',
      message: `${extractId} has no column ${matched.absent.join(', ')}; its headings are ${columns.join(', ')}. Restore the heading, or add it to data/contracts/${contract.id}.yaml.`,
    });
  }
  if (matched.unknown.length > 0) {
    hand.remarks.push({
      code: 'STG-011',
      severity: 'information',
      message: `${extractId}: columns ${matched.unknown.join(', ')} are not in the contract ${contract.id} and are not read.`,
    });
  }
}

function settled(hand: InHand, contracts: readonly Contract[]): StagedExtract {
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

function faultList(faults: readonly string[]): string {
  if (faults.length === 0)
    return '[]::struct(column_name varchar, "value" varchar, rule varchar, message varchar)[]';
  return `list_filter([${faults.join(', ')}]::struct(column_name varchar, "value" varchar, rule varchar, message varchar)[], lambda one: one is not null)`;
}

const duplicateFault = `case when _twin is not null then {'column_name': '', 'value': '', 'rule': 'duplicate_extract',
  'message': 'The same bytes came as ' || _twin || '. Remove one of the two files.'} end`;

/** A row dated outside what its extract covers; a day's tolerance for instants, which are in UTC. */
function outsidePeriod(contract: Contract): string[] {
  const name = contract.period_column;
  if (!name) return [];
  const column = identifier(name);
  const isInstant = contract.columns[name]?.type === 'timestamp';
  const [first, last] = isInstant ? ['_from - interval 1 day', '_to + interval 2 day'] : ['_from', '_to'];
  return [
    `case when ${column} < ${first} or ${column} > ${last} then {'column_name': ${literal(name)}, 'value': ${column}::varchar, 'rule': 'outside_period',
      'message': 'Column ${name}: ' || ${column}::varchar || ' is outside ' || _from || ' to ' || _to || ', which the extract covers. Correct the date, or deliver the row in the extract of its period.'} end`,
  ];
}
