import { identifier, literal } from '../../connectors/connector.ts';
import type { CollectedExtract } from '../collect/collect.ts';
import { coverageOf } from '../collect/covers.ts';
import { Fault } from '../fault.ts';
import type { Warehouse } from '../warehouse/warehouse.ts';
import { type Contract, contractOf, contractsOf } from './contract.ts';
import { Quarantine } from './quarantine.ts';
import {
  BatchReader,
  type BatchReading,
  type InHand,
  type Part,
  type PartRecords,
  readsTogether,
} from './read-batch.ts';
import type { ReadExtract } from './staged-extract.ts';
import { brokenTable, keptOf, type RecordsAlike, type Typed, type Typing, typeRecords } from './typing.ts';

/**
 * Extracts of one source that are read and typed by the same statements, which cost more than a small file's
 * rows: so many at most, by whether their connector reads them together or each apart, and of so many bytes that
 * they need no more memory than one large file.
 */
const batchSize = { together: 500, apart: 32, bytes: 64_000_000 };

/** Extracts that follow each other, in batches that are staged together. */
export function batchesOf(extracts: readonly CollectedExtract[]): CollectedExtract[][] {
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

/** Stages a batch; one that is not read because of an extract in it, by halves, so that few are read by themselves. */
export async function stageBatch(
  typing: Omit<Typing, 'hands'>,
  batch: readonly CollectedExtract[],
  offset: number,
  contracts: ReadonlyMap<string, Contract>,
  scratch: string,
): Promise<ReadExtract[]> {
  const own = contractsOf((batch[0] as CollectedExtract).source, contracts);
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
