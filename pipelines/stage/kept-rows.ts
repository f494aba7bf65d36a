import type { StagedFrom } from '../warehouse/earlier-database.ts';
import type { Warehouse } from '../warehouse/warehouse.ts';
import { type Contract, tablesOf } from './contract.ts';
import type { StageCache, ToKeep } from './stage-cache.ts';
import type { ReadExtract } from './staged-extract.ts';

/** Leaves to later runs the staged rows of the extracts that no pack holds, or of all where their packs are many. */
export async function keepStaged(
  warehouse: Warehouse,
  store: StageCache,
  extracts: readonly ReadExtract[],
  contracts: ReadonlyMap<string, Contract>,
): Promise<void> {
  const all = store.isScattered(new Set(extracts.flatMap(({ pack }) => pack ?? [])));
  const fresh = extracts.filter(({ pack }) => pack === undefined);
  if (!fresh.some(({ key }) => key !== undefined)) return;
  const kept = all ? extracts : fresh;
  // of a group's meters only to find the rows of other extracts takes half a second
  const fed = new Set(kept.flatMap((one) => one.contracts));
  const tables = tablesOf(contracts).filter((table) => fed.has(table) || !contracts.has(table));
  await store.keep(warehouse, keepable(kept), tables);
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
