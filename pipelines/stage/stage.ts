import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import {
  type Connector,
  ExtractError,
  identifier,
  literal,
  type Reading,
  type ReadingSession,
  type Remark,
} from '../../connectors/connector.ts';
import { connectorById } from '../../connectors/index.ts';
import type { CollectedExtract } from '../collect/collect.ts';
import { coverageOf } from '../collect/covers.ts';
import { Fault } from '../fault.ts';
import type { Warehouse } from '../warehouse/warehouse.ts';
import { disagreements } from './agreement.ts';
import { cell } from './cell.ts';
import { type Contract, sqlType } from './contract.ts';
import { type Matched, matchHeadings } from './heading.ts';

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

/** Extracts of one source that are typed by one statement: binding the SQL costs more than a small file's rows. */
const batchSize = 32;

/**
 * Loads extracts into the staged tables by DuckDB's bulk readers; rows that break their contract go to
 * `staged.quarantine` with row, column, value and rule.
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
  const staged: StagedExtract[] = [];
  for (const batch of batchesOf(extracts)) {
    staged.push(...(await stageBatch(warehouse, batch, staged.length, contracts, twins, settings)));
    step(staged.length);
  }
  return staged;
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
  for (const extract of extracts) {
    const last = batches.at(-1);
    if (last && last.length < batchSize && last[0]?.source === extract.source) last.push(extract);
    else batches.push([extract]);
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

/** An extract while it is staged: its reading, and the counts so far. */
interface InHand {
  readonly extract: CollectedExtract;
  readonly reading: Reading | undefined;
  readonly remarks: Remark[];
  staged: number;
  quarantined: number;
}

async function stageBatch(
  warehouse: Warehouse,
  batch: readonly CollectedExtract[],
  offset: number,
  contracts: ReadonlyMap<string, Contract>,
  twins: ReadonlyMap<string, string>,
  settings: StageSettings,
): Promise<StagedExtract[]> {
  const temporaries: string[] = [];
  const scratches: string[] = [];
  const own = contractsOf(batch[0] as CollectedExtract, contracts);
  try {
    const hands: InHand[] = [];
    for (const [index, extract] of batch.entries()) {
      const session: ReadingSession = {
        run: (sql) => warehouse.run(sql),
        rows: (sql) => warehouse.rows(sql),
        temporary: (name) => {
          const table = `raw_${offset + index}_${name}`;
          temporaries.push(table);
          return table;
        },
        scratch: (name) => {
          const path = join(settings.scratch, `${offset + index}-${name}`);
          scratches.push(path);
          return path;
        },
      };
      hands.push(await readExtract(extract, session));
    }
    for (const hand of hands) remarkName(hand, settings.fiscalYearStartMonth);
    for (const hand of hands) {
      if (hand.reading?.rejects)
        hand.quarantined += await quarantineRejects(warehouse, hand, hand.reading.rejects);
    }
    for (const set of recordSets(hands, own)) await stageSet(warehouse, set, twins, settings);
    return hands.map((hand) => settled(hand, own));
  } finally {
    for (const table of temporaries) await warehouse.run(`drop table if exists ${table}`).catch(() => {});
    await Promise.all(scratches.map((path) => rm(path, { force: true, recursive: true })));
  }
}

async function readExtract(extract: CollectedExtract, session: ReadingSession): Promise<InHand> {
  const connector = connectorById(extract.source.connector) as Connector;
  const hand = { extract, staged: 0, quarantined: 0 };
  try {
    const reading = await connector.read(extract, connector.options.parse(extract.source.options), session);
    return { ...hand, reading, remarks: [...(reading.remarks ?? [])] };
  } catch (error) {
    if (!(error instanceof ExtractError)) throw unexpected(extract, error);
    // nothing in it can be read: no rows, and a remark that says why
    return {
      ...hand,
      reading: undefined,
      remarks: [{ code: error.code, severity: 'error', message: error.message }],
    };
  }
}

/** Records that could not be read at all; the text of an extract that holds identities is not shown. */
async function quarantineRejects(
  warehouse: Warehouse,
  { extract }: InHand,
  rejects: string,
): Promise<number> {
  const value = extract.source.personal ? `'(hidden)'` : 'left(value, 500)';
  const message = extract.source.personal
    ? `'The record breaks the rule ' || rule || '. Its text is hidden: the extract holds identities. Correct the extract.'`
    : 'message';
  return quarantine(
    warehouse,
    `select ${literal(extract.extractId)}, row_number, column_name, ${value}, rule, ${message} from (${rejects}) order by row_number`,
  );
}

/** Record sets of one contract, of extracts with the same headings and the same ways of writing. */
interface RecordSets {
  readonly contract: Contract;
  readonly columns: readonly string[];
  readonly reading: Reading;
  readonly parts: readonly { readonly hand: InHand; readonly query: string }[];
}

function recordSets(hands: readonly InHand[], contracts: readonly Contract[]): RecordSets[] {
  const found = new Map<string, RecordSets & { parts: { hand: InHand; query: string }[] }>();
  for (const hand of hands) {
    const { reading } = hand;
    for (const [record, set] of Object.entries(reading?.records ?? {})) {
      const contract =
        contracts.find((one) => one.record === record) ?? (contracts.length === 1 ? contracts[0] : undefined);
      if (!reading || !contract) {
        throw new Fault(
          'STG-003',
          `No contract reads the ${record} of ${hand.extract.extractId}.`,
          'Name one in `sources[].contract`.',
          { exitStatus: 2 },
        );
      }
      const key = JSON.stringify([contract.id, set.columns, reading.numbers, reading.dates]);
      const same = found.get(key) ?? { contract, columns: set.columns, reading, parts: [] };
      same.parts.push({ hand, query: set.query });
      found.set(key, same);
    }
  }
  return [...found.values()];
}

async function stageSet(
  warehouse: Warehouse,
  { contract, columns, reading, parts }: RecordSets,
  twins: ReadonlyMap<string, string>,
  settings: StageSettings,
): Promise<void> {
  const matched = matchHeadings(contract, columns);
  for (const { hand } of parts) remarkHeadings(hand, contract, columns, matched);
  const cells = Object.entries(contract.columns).map(([name, column]) => ({
    name,
    ...cell(name, column, matched.sources.get(name) ?? null, reading),
  }));
  const faults = cells.map((one) => one.fault).filter((fault) => fault !== 'null');
  const values = cells.map((one) => `${one.value} as ${identifier(one.name)}`);
  const names = cells.map((one) => identifier(one.name)).join(', ');
  const texts = `raw_texts_${contract.id}`;
  await gather(warehouse, texts, contract, parts, twins, settings);
  const typed = `raw_typed_${contract.id}`;
  const { entities, id: sourceId } = (parts[0] as (typeof parts)[number]).hand.extract.source;
  await warehouse.run(`create or replace temp table ${typed} as
    with typed as (
      select _place, _from, _to, _twin, row_number, ${values.join(', ')}, ${faultList(faults)} as own_faults
      from ${texts})
    select * exclude (own_faults, _from, _to, _twin),
      list_concat(own_faults, ${faultList([duplicateFault, ...outsidePeriod(contract), ...disagreements(contract, entities)])}) as faults
    from typed`);
  try {
    const counts = await warehouse.rows<{ place: number; good: number; bad: number }>(
      `select _place as place, count(*) filter (where len(faults) = 0) as good, count(*) filter (where len(faults) > 0) as bad
       from ${typed} group by _place`,
    );
    const places = `(values ${parts.map(({ hand }, place) => `(${place}, ${literal(hand.extract.extractId)})`).join(', ')}) as p(place, extract_id)`;
    await warehouse.run(
      `insert into staged.${contract.id} select ${names}, p.extract_id, row_number, ${literal(sourceId)}
       from ${typed} join ${places} on p.place = _place where len(faults) = 0 order by _place, row_number`,
    );
    for (const { place, good, bad } of counts) {
      const hand = (parts[place] as (typeof parts)[number]).hand;
      hand.staged += good;
      hand.quarantined += bad;
    }
    if (counts.some(({ bad }) => bad > 0)) {
      await quarantine(
        warehouse,
        `select p.extract_id, row_number, fault.column_name, fault.value, fault.rule, fault.message
         from (select _place, row_number, unnest(faults) as fault from ${typed} where len(faults) > 0)
         join ${places} on p.place = _place
         order by _place, row_number, fault.column_name, fault.rule`,
      );
    }
  } finally {
    await warehouse.run(`drop table if exists ${typed}`);
    await warehouse.run(`drop ${parts.length === 1 ? 'view' : 'table'} if exists ${texts}`);
  }
}

/**
 * The records of every part under one name, with what the stage knows of each extract. One large extract is
 * read through a view; many small ones are gathered in a table, which costs less than a union of them all.
 */
async function gather(
  warehouse: Warehouse,
  name: string,
  contract: Contract,
  parts: RecordSets['parts'],
  twins: ReadonlyMap<string, string>,
  settings: StageSettings,
): Promise<void> {
  const selects = parts.map(({ hand: { extract }, query }, place) => {
    const covers = contract.period_column
      ? coverageOf(extract.source, extract.name, settings.fiscalYearStartMonth)
      : null;
    const day = (text: string | undefined) => (text ? `date '${text}'` : 'null::date');
    const twin = twins.get(extract.extractId);
    return `select ${place} as _place, ${day(covers?.from)} as _from, ${day(covers?.to)} as _to,
      ${twin === undefined ? 'null::varchar' : literal(twin)} as _twin, * from (${query})`;
  });
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
  const { extract, reading, remarks, staged, quarantined } = hand;
  const rowsRead = Number(reading?.rowsRead ?? 0);
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

async function quarantine(warehouse: Warehouse, select: string): Promise<number> {
  const before = await warehouse.scalar<number>('select count(*) from staged.quarantine');
  await warehouse.run(`insert into staged.quarantine ${select}`);
  return (await warehouse.scalar<number>('select count(*) from staged.quarantine')) - before;
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

function unexpected(extract: CollectedExtract, cause: unknown): Fault {
  return new Fault(
    'STG-002',
    `${extract.extractId} could not be read: ${(cause as Error).message.split('\n')[0]}.`,
    'If the file opens in its own program, report it with the extract.',
    { cause },
  );
}
