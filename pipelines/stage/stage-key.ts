import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { CollectedExtract } from '../collect/collect.ts';
import { projectFolder } from '../places.ts';
import type { Warehouse } from '../warehouse/warehouse.ts';
import type { Contract } from './contract.ts';

/** What the staged rows of every extract of a run depend on, besides the extract itself. */
export interface StageGrounds {
  /** version of what stages, with a hash of its text */
  readonly program: string;
  /** the pseudonym key: only its hash goes into a key */
  readonly secret: string | undefined;
  readonly fiscalYearStartMonth: number;
}

/** The reference columns that a cell's list, or the agreement of cells, looks into. */
const listed = {
  entity: ['entity', 'entity, siren'],
  siren: ['entity', 'entity, siren'],
  site: ['site', 'site, entity'],
  meter: ['meter', 'meter, entity'],
  currency: ['fx', 'currency, valid_from, valid_to'],
  unit: ['units', 'unit, dimension'],
} as const;

/**
 * Names what an extract becomes by everything that it depends on: two extracts of one key have the same staged
 * rows, quarantine, counts and remarks, in any run, so that one may stand for the other.
 */
export class StageKeys {
  private readonly references = new Map<string, Promise<string>>();
  private readonly contracts = new Map<Contract, Promise<string>>();
  private readonly sources = new Map<CollectedExtract['source'], string>();
  private readonly common: string;

  private constructor(
    private readonly warehouse: Warehouse,
    { program, secret, fiscalYearStartMonth }: StageGrounds,
    readers: readonly unknown[],
  ) {
    this.common = hash([program, readers, hash(['pseudonyms', secret ?? null]), fiscalYearStartMonth]);
  }

  static async of(warehouse: Warehouse, grounds: StageGrounds): Promise<StageKeys> {
    const libraries = await Promise.all(
      ['package.json', 'package-lock.json'].map((name) =>
        readFile(join(projectFolder, name), 'utf8').catch(() => null),
      ),
    );
    const database = await warehouse.scalar<string>('select version()');
    return new StageKeys(warehouse, grounds, [database, libraries]);
  }

  /** @param twin id of the earlier extract of the same bytes, which makes every row of this one a duplicate */
  async of(
    extract: CollectedExtract,
    contracts: readonly Contract[],
    twin: string | undefined,
  ): Promise<string> {
    const { source, extractId, name, sha256, bytes } = extract;
    const read = await Promise.all(contracts.map((one) => this.contract(one)));
    return hash([this.common, this.source(source), extractId, name, sha256, bytes, read, twin ?? null]);
  }

  /** Some thousand extracts of a source name its thousand companies: they are written out once. */
  private source(source: CollectedExtract['source']): string {
    const found = this.sources.get(source) ?? hash([source]);
    this.sources.set(source, found);
    return found;
  }

  private contract(contract: Contract): Promise<string> {
    const known = this.contracts.get(contract);
    if (known) return known;
    const lists = new Set(Object.values(contract.columns).flatMap(({ list }) => (list ? [list] : [])));
    const found = Promise.all([...lists].sort().map((list) => this.reference(listed[list]))).then(
      (references) => hash([contract, references]),
    );
    this.contracts.set(contract, found);
    return found;
  }

  private reference([table, columns]: (typeof listed)[keyof typeof listed]): Promise<string> {
    const known = this.references.get(table);
    if (known) return known;
    const found = this.warehouse
      .rows(`select distinct ${columns} from reference.${table} order by all`)
      .then((rows) => hash([table, rows]));
    this.references.set(table, found);
    return found;
  }
}

function hash(parts: readonly unknown[]): string {
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex');
}
