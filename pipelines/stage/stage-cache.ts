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
  /** table of the pack -> first row and number of rows */
  rows: z.record(z.string(), z.tuple([z.int(), z.int()])),
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
    const ranges = new Map<string, [number, number][]>();
    for (const { entry } of hits) {
      for (const [table, [first, rows]] of Object.entries(entry.rows)) {
        const own = ranges.get(table) ?? [];
        const last = own.at(-1);
        if (last && last[0] + last[1] === first) last[1] += rows;
        else own.push([first, rows]);
        ranges.set(table, own);
      }
    }
    for (const [table, own] of ranges) {
      const staged = `staged.${identifier(table)}`;
      const count = () => warehouse.scalar<number>(`select count(*) from ${staged}`);
      const expected = own.reduce((sum, [, rows]) => sum + rows, 0);
      try {
        const before = await count();
        await warehouse.run(
          `insert into ${staged} select * from ${attached}.${identifier(table)} where ${within(own)}`,
        );
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

  /** Writes a pack of extracts whose rows stand in the staged tables, and says whether it is there. */
  async keep(warehouse: Warehouse, kept: readonly ToKeep[], tables: readonly string[]): Promise<boolean> {
    if (kept.length === 0) return true;
    const entries = new Map(
      kept.map(({ extractId, ...entry }) => [extractId, { ...entry, rows: {} } as CacheEntry]),
    );
    const pack = createHash('sha256')
      .update(kept.map(({ key }) => key).join('\n'))
      .digest('hex')
      .slice(0, 32);
    return this.packs.write(warehouse, pack, async (arriving) => {
      for (const table of tables) await copyRows(warehouse, arriving, table, entries);
      return [...entries.values()];
    });
  }

  /** Lets go of the packs. */
  close(warehouse: Warehouse): Promise<void> {
    return this.packs.close(warehouse);
  }

  remove(pack: string): Promise<void> {
    return this.packs.remove(pack);
  }
}

/** Copies the rows of the extracts to the arriving pack, and writes down where each one's are. */
async function copyRows(
  warehouse: Warehouse,
  arriving: string,
  table: string,
  entries: ReadonlyMap<string, CacheEntry>,
): Promise<void> {
  const staged = `staged.${identifier(table)}`;
  const found = await warehouse.rows<{ extract: string; first: number; last: number; rows: number }>(
    `select extract_id as extract, min(rowid) as first, max(rowid) as last, count(*) as rows
     from ${staged} group by extract_id order by first`,
  );
  let at = 0;
  // rowids are missing where rows were taken out: an extract's rows reach from its first to the next one's first
  const own: [number, number][] = [];
  for (const [i, { extract, first, last, rows }] of found.entries()) {
    const next = found[i + 1]?.first ?? last + 1;
    if (last >= next) throw new Error(`The rows of ${extract} in ${staged} do not stand together.`);
    const entry = entries.get(extract);
    if (!entry) continue;
    entry.rows[table] = [at, rows];
    at += rows;
    own.push([first, next - first]);
  }
  if (own.length === 0) return;
  const where = own.length === found.length ? '' : `where ${within(own)}`;
  await warehouse.run(`create table ${arriving}.${identifier(table)} as select * from ${staged} ${where}`);
}

function within(ranges: readonly (readonly [number, number])[]): string {
  const joined: [number, number][] = [];
  for (const [first, rows] of ranges) {
    const last = joined.at(-1);
    if (last && last[0] + last[1] === first) last[1] += rows;
    else joined.push([first, rows]);
  }
  return joined.map(([first, rows]) => `(rowid >= ${first} and rowid < ${first + rows})`).join(' or ');
}
