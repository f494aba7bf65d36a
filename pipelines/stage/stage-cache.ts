import { createHash } from 'node:crypto';
import { z } from 'zod';
import { identifier } from '../../connectors/connector.ts';
import { DamagedPack, PackFolder, refuseExhausted } from '../warehouse/pack-folder.ts';
import type { Warehouse } from '../warehouse/warehouse.ts';

const Place = z.strictObject({
  extract: z.string().optional(),
  sheet: z.string().optional(),
  row: z.number().optional(),
  column: z.string().optional(),
  value: z.string().optional(),
});

const Entry = z.strictObject({
  key: z.string(),
  rowsRead: z.int(),
  rowsStaged: z.int(),
  rowsQuarantined: z.int(),
  remarks: z.array(
    z.strictObject({
      code: z.string(),
      case: z.string().optional(),
      severity: z.enum(['error', 'warning', 'information']),
      values: z.record(z.string(), z.union([z.string(), z.number()])).optional(),
      place: Place.optional(),
      row: z.number().optional(),
    }),
  ),
  /** table of the pack -> rowid of the first row, how many rowids on the last one is past, and how many rows they are */
  rows: z.record(z.string(), z.tuple([z.int(), z.int(), z.int()])),
});
const Index = z.array(Entry);

/** What is kept of one extract. */
export type CacheEntry = z.infer<typeof Entry>;

/** What an extract became, to be kept. */
export interface ToKeep extends Omit<CacheEntry, 'rows'> {
  readonly extractId: string;
}

/** Where an extract's rows are: in which pack, as the how manyeth. */
export interface CacheHit {
  readonly pack: string;
  readonly place: number;
  readonly entry: CacheEntry;
}

/**
 * Staged rows of earlier runs, by the key of what they depend on (see `stage-key.ts`): a pack holds rows of
 * extracts, one beside the other. `verify --restage` reads the extracts, never this.
 */
export class StageCache {
  private readonly packs: PackFolder;

  /** @param most bytes that all packs together may hold */
  constructor(folder: string, most: number) {
    this.packs = new PackFolder(folder, most);
  }

  /** The entries of these keys whose pack can be opened. Packs stay open until {@link close}. */
  async find(warehouse: Warehouse, keys: readonly string[]): Promise<Map<string, CacheHit>> {
    const wanted = new Set(keys);
    const indexes = await this.packs.indexes((index) => Index.parse(index));
    const packs = [...indexes].map(([pack, entries]) =>
      entries.flatMap((entry, place) => (wanted.has(entry.key) ? [{ pack, place, entry }] : [])),
    );
    // those that hold most first, so that few are read
    packs.sort((a, b) => b.length - a.length);
    const found = new Map<string, CacheHit>();
    for (const held of packs) {
      const hits = held.filter(({ entry }) => !found.has(entry.key));
      const [first] = hits;
      if (!first || !(await this.packs.attach(warehouse, first.pack))) continue;
      for (const hit of hits) found.set(hit.entry.key, hit);
    }
    return found;
  }

  /**
   * Copies the rows of entries of one pack, in the pack's order, to the staged tables.
   *
   * @throws {DamagedPack}
   */
  async restore(warehouse: Warehouse, hits: readonly CacheHit[]): Promise<void> {
    const { pack } = hits[0] as CacheHit;
    const attached = await this.packs.attach(warehouse, pack);
    const ranges = new Map<string, RowRange[]>();
    for (const { entry } of hits) {
      for (const [table, range] of Object.entries(entry.rows)) {
        const own = ranges.get(table);
        if (own) own.push(range);
        else ranges.set(table, [range]);
      }
    }
    for (const [table, own] of ranges) {
      const staged = `staged.${identifier(table)}`;
      const count = () => warehouse.count(staged);
      const expected = own.reduce((sum, [, , rows]) => sum + rows, 0);
      try {
        const before = await count();
        await warehouse.run(`insert into ${staged} select * from ${attached}.${staged} where ${within(own)}`);
        if ((await count()) - before === expected) continue;
      } catch (cause) {
        refuseExhausted(cause);
        throw new DamagedPack(pack, { cause });
      }
      throw new DamagedPack(pack);
    }
  }

  /** Whether a run that reads these packs had better keep all of its extracts than only the new ones. */
  isScattered(packs: ReadonlySet<string>): boolean {
    return this.packs.isScattered(packs.size);
  }

  /** Writes a pack of extracts whose rows stand in the staged tables. */
  async keep(warehouse: Warehouse, kept: readonly ToKeep[], tables: readonly string[]): Promise<void> {
    if (kept.length === 0) return;
    const entries = entriesOf(kept);
    await this.packs.write(warehouse, packOf(kept), async (arriving) => {
      await warehouse.run(`create schema ${arriving}.staged`);
      for (const table of tables) await copyRows(warehouse, arriving, table, entries);
      return [...entries.values()];
    });
  }

  /**
   * The same of extracts whose rows are all that the staged tables hold, by a copy of the database: that takes a
   * twentieth of the time, and what is harmonised already goes with them.
   *
   * @returns the file, to go on from
   */
  async keepDatabase(
    warehouse: Warehouse,
    kept: readonly ToKeep[],
    tables: readonly string[],
  ): Promise<string | undefined> {
    const entries = entriesOf(kept);
    const read = async (copy: string) => {
      for (const table of tables) {
        const placed = await placesIn(warehouse, `${copy}.staged.${identifier(table)}`);
        for (const { extract, range } of placed) {
          const entry = entries.get(extract);
          if (!entry) throw new Error(`staged.${table} holds ${extract} too`);
          entry.rows[table] = range;
        }
      }
      return [...entries.values()];
    };
    return this.packs.write(warehouse, packOf(kept), read, warehouse.file);
  }

  /** Lets go of the packs. */
  close(warehouse: Warehouse): Promise<void> {
    return this.packs.close(warehouse);
  }

  remove(pack: string): Promise<void> {
    return this.packs.remove(pack);
  }
}

/** Rowid of the first row, how many rowids on the last one is past, and how many rows they are: some may have been taken out. */
type RowRange = CacheEntry['rows'][string];

const entriesOf = (kept: readonly ToKeep[]): Map<string, CacheEntry> =>
  new Map(kept.map(({ extractId, ...entry }) => [extractId, { ...entry, rows: {} }]));

function packOf(kept: readonly ToKeep[]): string {
  return createHash('sha256')
    .update(kept.map(({ key }) => key).join('\n'))
    .digest('hex')
    .slice(0, 32);
}

/** Where the rows of each extract are in a staged table, in the order of the rows. */
async function placesIn(
  warehouse: Warehouse,
  table: string,
): Promise<{ extract: string; range: RowRange }[]> {
  const found = await warehouse.rows<{ extract: string; first: number; last: number; rows: number }>(
    `select extract_id as extract, min(rowid) as first, max(rowid) as last, count(*) as rows
     from ${table} group by extract_id order by first`,
  );
  return found.map(({ extract, first, last, rows }, i) => {
    const next = found[i + 1]?.first ?? last + 1;
    if (last >= next) throw new Error(`The rows of ${extract} in ${table} do not stand together.`);
    return { extract, range: [first, next - first, rows] };
  });
}

/** Copies the rows of the extracts to the arriving pack, and writes down where each one's are. */
async function copyRows(
  warehouse: Warehouse,
  arriving: string,
  table: string,
  entries: ReadonlyMap<string, CacheEntry>,
): Promise<void> {
  const staged = `staged.${identifier(table)}`;
  const placed = await placesIn(warehouse, staged);
  let at = 0;
  const own: RowRange[] = [];
  for (const { extract, range } of placed) {
    const entry = entries.get(extract);
    if (!entry) continue;
    const [, , rows] = range;
    entry.rows[table] = [at, rows, rows];
    at += rows;
    own.push(range);
  }
  if (own.length === 0) return;
  const where = own.length === placed.length ? '' : `where ${within(own)}`;
  await warehouse.run(`create table ${arriving}.${staged} as select * from ${staged} ${where}`);
}

function within(ranges: readonly RowRange[]): string {
  const joined: [number, number][] = [];
  for (const [first, reach] of ranges) {
    const last = joined.at(-1);
    if (last && last[0] + last[1] === first) last[1] += reach;
    else joined.push([first, reach]);
  }
  return joined.map(([first, reach]) => `(rowid >= ${first} and rowid < ${first + reach})`).join(' or ');
}
