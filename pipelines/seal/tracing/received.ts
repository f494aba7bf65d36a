import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { Addressing, Connector } from '../../../connectors/connector.ts';
import { identifier } from '../../../connectors/connector.ts';
import { connectorById } from '../../../connectors/index.ts';
import { type Contract, loadContractsOf } from '../../stage/contract.ts';
import { matchHeadings } from '../../stage/heading.ts';
import { Warehouse } from '../../warehouse/warehouse.ts';
import { definitionFolder, readDefinition } from '../definition.ts';
import { readManifest } from '../manifest.ts';
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
  /** as the run recorded them; else its configuration is read, which takes seconds where companies are many */
  recorded?: RunRecord['sources'],
): Promise<Received> {
  const wanted = new Map<string, Set<number>>();
  for (const { extract, row } of addresses)
    wanted.set(extract, (wanted.get(extract) ?? new Set<number>()).add(row));
  const rows: ReceivedRow[] = [];
  const unread: string[] = [];
  if (wanted.size === 0) return { rows, unread };
  const manifest = await readManifest(folder);
  const scratch = await mkdtemp(join(tmpdir(), 'concordance-trace-'));
  const session = await Warehouse.open(':memory:');
  try {
    const sources = recorded ?? readingsOf((await readDefinition(folder)).configuration.sources);
    const named = manifest.extracts.filter(({ id }) => wanted.has(id)).flatMap(({ contracts }) => contracts);
    const contracts = await loadContractsOf(new Set(named), resolve(folder, definitionFolder));
    // contracts and readings are those that the package declares
    await session.shut([], [join(folder, 'extracts'), scratch]);
    let number = 0;
    for (const [extract, numbers] of [...wanted].sort(([a], [b]) => (a < b ? -1 : 1))) {
      const one = manifest.extracts.find(({ id }) => id === extract);
      const source = sources.find(({ id }) => id === one?.source);
      if (!one) continue;
      if (!source || source.personal || one.kept !== 'clear' || one.bytes > largest) {
        unread.push(extract);
        continue;
      }
      number += 1;
      const connector = connectorById(one.connector) as Connector;
      const file = {
        extractId: one.id,
        name: one.name,
        path: join(folder, 'extracts', one.sha256),
        sha256: one.sha256,
        bytes: one.bytes,
      };
      const reading = await connector.read(file, connector.options.parse(source.options), {
        run: (sql) => session.run(sql),
        rows: (sql) => session.rows(sql),
        temporary: (name) => `raw_${number}_${name}`,
        scratch: (name) => join(scratch, `${number}-${name}`),
      });
      for (const [record, set] of Object.entries(reading.records)) {
        const contract = contractOf(record, one.contracts, contracts);
        if (!contract) continue;
        const { sources } = matchHeadings(contract, set.columns);
        const shown = [...sources].filter(([column]) => isOpen(contract, column));
        const found = await session.rows<Record<string, unknown> & { row_number: number }>(
          `select row_number, ${shown.map(([, heading]) => identifier(heading)).join(', ')} from (${set.query})
           where row_number in (${[...numbers].join(', ')}) order by row_number`,
        );
        for (const values of found) {
          rows.push({
            extract,
            row: values.row_number,
            addressing: reading.addressing,
            part: Object.keys(reading.records).length > 1 ? record : sheetOf(source.options),
            values: shown.map(([column, heading]) => ({
              column,
              heading,
              text: (values[heading] as string | null) ?? null,
            })),
          });
        }
      }
    }
  } finally {
    await session.close();
    await rm(scratch, { recursive: true, force: true });
  }
  return { rows, unread };
}

function contractOf(
  record: string,
  ids: readonly string[],
  contracts: ReadonlyMap<string, Contract>,
): Contract | undefined {
  const own = ids.flatMap((id) => contracts.get(id) ?? []);
  return own.find((one) => one.record === record) ?? (own.length === 1 ? own[0] : undefined);
}

function isOpen(contract: Contract, column: string): boolean {
  const declared = contract.columns[column];
  return declared !== undefined && declared.type !== 'person' && !declared.confidential && !declared.keep;
}

const sheetOf = (options: Readonly<Record<string, unknown>>): string | null =>
  typeof options.sheet === 'string' ? options.sheet : null;
