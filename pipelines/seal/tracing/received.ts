import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import {
  type Addressing,
  type Connector,
  identifier,
  type ReadingSession,
  type RecordSet,
  type WantedRows,
} from '../../../connectors/connector.ts';
import { connectorById } from '../../../connectors/index.ts';
import { groupedBy } from '../../grouped-by.ts';
import { type Contract, contractOf, loadContractsOf } from '../../stage/contract.ts';
import { matchHeadings } from '../../stage/heading.ts';
import type { Warehouse } from '../../warehouse/warehouse.ts';
import { definitionFolder, readDefinition } from '../definition.ts';
import { type Manifest, readManifest } from '../manifest.ts';
import { type RunRecord, readingsOf } from '../record-run.ts';

/** A value as the extract holds it, beside the column that its contract reads it into. */
export interface ReceivedValue {
  readonly column: string;
  readonly heading: string;
  readonly text: string | null;
}

export interface ReceivedRow {
  readonly extract: string;
  readonly row: number;
  /** how the row's number is to be understood in the file */
  readonly addressing: Addressing;
  /** sheet or block of the file, where it has any */
  readonly part: string | null;
  readonly values: readonly ReceivedValue[];
}

export interface Received {
  readonly rows: readonly ReceivedRow[];
  /** extracts that were not read: not in the package in clear, with identities, or too large */
  readonly unread: readonly string[];
}

/** Bytes of an extract beyond which it is not read for a few rows. */
const largest = 64_000_000;

/**
 * The rows of some addresses as they were received, read again from the sealed extracts. Extracts with
 * identities are never read, columns that hold one or are confidential never given.
 */
export async function receivedRows(
  folder: string,
  addresses: readonly { readonly extract: string; readonly row: number }[],
  /** a session of its own, that is shut off from all but the extracts here */
  opening: Promise<Warehouse>,
  /** as the run recorded them; else its configuration is read, which takes seconds where companies are many */
  recorded?: RunRecord['sources'],
  sealed = () => readManifest(folder),
): Promise<Received> {
  const wanted = new Map<string, Set<number>>();
  for (const { extract, row } of addresses)
    wanted.set(extract, (wanted.get(extract) ?? new Set<number>()).add(row));
  const rows: ReceivedRow[] = [];
  const unread: string[] = [];
  if (wanted.size === 0) return { rows, unread };
  const scratch = await mkdtemp(join(tmpdir(), 'concordance-trace-'));
  try {
    const [session, manifest] = await Promise.all([opening, sealed()]);
    const sources = recorded ?? readingsOf((await readDefinition(folder)).configuration.sources);
    const named = manifest.extracts.filter(({ id }) => wanted.has(id)).flatMap(({ contracts }) => contracts);
    const contracts = await loadContractsOf(new Set(named), resolve(folder, definitionFolder));
    // contracts and readings are those that the package declares
    await session.shut([], [join(folder, 'extracts'), scratch]);
    const asked: Asked[] = [];
    for (const [extract, numbers] of [...wanted].sort(([a], [b]) => (a < b ? -1 : 1))) {
      const one = manifest.extracts.find(({ id }) => id === extract);
      const source = sources.find(({ id }) => id === one?.source);
      if (!one) continue;
      if (!source || source.personal || one.kept !== 'clear' || one.bytes > largest) {
        unread.push(extract);
        continue;
      }
      const path = join(folder, 'extracts', one.sha256);
      const file = { extractId: one.id, name: one.name, path, sha256: one.sha256, bytes: one.bytes };
      asked.push({ extract: file, rows: [...numbers], options: source.options, one });
    }
    const found = await readAsked(asked, contracts, session, scratch);
    rows.push(...asked.flatMap((one) => found.get(one) ?? []));
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
  return { rows, unread };
}

/** An extract that rows of are asked for, and how it is read. */
interface Asked extends WantedRows {
  readonly options: Readonly<Record<string, unknown>>;
  readonly one: Manifest['extracts'][number];
}

/** The rows by extract: those of extracts that are read alike together, where the connector takes rows without the rest. */
async function readAsked(
  asked: readonly Asked[],
  contracts: ReadonlyMap<string, Contract>,
  session: Warehouse,
  scratch: string,
): Promise<Map<Asked, ReceivedRow[]>> {
  const found = new Map<Asked, ReceivedRow[]>();
  let number = 0;
  const ownSession = (): ReadingSession => {
    number += 1;
    const own = number;
    return {
      run: (sql) => session.run(sql),
      rows: (sql) => session.rows(sql),
      temporary: (name) => `raw_${own}_${name}`,
      scratch: (name) => join(scratch, `${own}-${name}`),
    };
  };
  const alike = groupedBy(asked, ({ one, options }) => JSON.stringify([one.connector, options]));
  for (const group of alike.values()) {
    const [first] = group as [Asked, ...Asked[]];
    const connector = connectorById(first.one.connector) as Connector;
    const options = connector.options.parse(first.options);
    const { addressing, records, whole } = (await connector.readRows?.(group, options, ownSession())) ?? {
      addressing: 'line',
      records: {},
      whole: [...group.keys()],
    };
    for (const [record, set] of Object.entries(records)) {
      const shown = new Map(group.map((one) => [one, shownOf(one, record, set, contracts)]));
      const taken = await session.rows<TakenRow & { extract: number }>(
        `select * from (${set.query}) order by extract, row_number`,
      );
      for (const row of taken) {
        const one = group[row.extract] as Asked;
        const columns = shown.get(one);
        if (columns) add(found, one, received(one, row, columns, { addressing, part: sheetOf(one.options) }));
      }
    }
    for (const place of whole) {
      const one = group[place] as Asked;
      const reading = await connector.read(one.extract, options, ownSession());
      for (const [record, set] of Object.entries(reading.records)) {
        const shown = shownOf(one, record, set, contracts);
        if (!shown) continue;
        const taken = await session.rows<TakenRow>(
          `select row_number, ${shown.map(([, heading]) => identifier(heading)).join(', ')} from (${set.query})
           where row_number in (${one.rows.join(', ')}) order by row_number`,
        );
        const part = Object.keys(reading.records).length > 1 ? record : sheetOf(one.options);
        for (const row of taken)
          add(found, one, received(one, row, shown, { addressing: reading.addressing, part }));
      }
    }
  }
  return found;
}

type TakenRow = Record<string, unknown> & { readonly row_number: number };

/** Columns of the record set that may be shown, each with its heading; undefined where no contract reads the set. */
function shownOf(
  { one }: Asked,
  record: string,
  set: RecordSet,
  contracts: ReadonlyMap<string, Contract>,
): [column: string, heading: string][] | undefined {
  const own = one.contracts.flatMap((id) => contracts.get(id) ?? []);
  const contract = contractOf(own, record);
  if (!contract) return undefined;
  return [...matchHeadings(contract, set.columns).sources].filter(([column]) => isOpen(contract, column));
}

function received(
  { one }: Asked,
  row: TakenRow,
  shown: readonly [column: string, heading: string][],
  place: Pick<ReceivedRow, 'addressing' | 'part'>,
): ReceivedRow {
  return {
    extract: one.id,
    row: row.row_number,
    ...place,
    values: shown.map(([column, heading]) => ({
      column,
      heading,
      text: (row[heading] as string | null) ?? null,
    })),
  };
}

const add = <Key, Item>(lists: Map<Key, Item[]>, key: Key, item: Item) => {
  const list = lists.get(key);
  if (list) list.push(item);
  else lists.set(key, [item]);
};

function isOpen(contract: Contract, column: string): boolean {
  const declared = contract.columns[column];
  return declared !== undefined && declared.type !== 'person' && !declared.confidential && !declared.keep;
}

const sheetOf = (options: Readonly<Record<string, unknown>>): string | null =>
  typeof options.sheet === 'string' ? options.sheet : null;
