import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, rename, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { identifier, literal } from '../../connectors/connector.ts';
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

/** A pack does not hold what its index says. What was read from it is void. */
export class DamagedPack extends Error {
  constructor(
    readonly pack: string,
    options?: ErrorOptions,
  ) {
    super(`The stage cache's ${pack} is damaged`, options);
  }
}

/** Packs that one run reads; past this the run writes one that holds all of its extracts. */
const mostPacks = 8;

/** What a process that was killed left half written is cleared after a day. */
const abandonedAfter = 24 * 3600 * 1000;

/**
 * Staged rows of earlier runs, by the key of what they depend on (see `stage-key.ts`).
 *
 * A pack is a database of rows with an index beside it, written once under the name of its keys and renamed
 * into place: several runs may read and write at the same time, and whatever is deleted, at any time, is only
 * staged again. Rows are as in the run's own database: people are pseudonyms. Nothing of it is sealed, and
 * `verify --restage` reads the extracts, never this.
 */
export class StageCache {
  private readonly attached = new Map<string, string>();

  constructor(
    private readonly folder: string,
    /** packs least recently used go when all together are larger than this, in bytes */
    private readonly most: number,
  ) {}

  /** The entries of these keys whose pack can be opened. Packs stay open until {@link close}. */
  async find(warehouse: Warehouse, keys: readonly string[]): Promise<Map<string, CacheHit>> {
    const wanted = new Set(keys);
    const packs: CacheHit[][] = [];
    for (const name of (await readdir(this.folder).catch(() => [])).sort()) {
      if (!/^[0-9a-f]{32}\.json$/.test(name)) continue;
      const pack = name.slice(0, -'.json'.length);
      const entries = await this.index(pack);
      packs.push(entries.flatMap((entry, place) => (wanted.has(entry.key) ? [{ pack, place, entry }] : [])));
    }
    // those that hold most first, so that few are read
    packs.sort((a, b) => b.length - a.length);
    const found = new Map<string, CacheHit>();
    for (const held of packs) {
      const hits = held.filter(({ entry }) => !found.has(entry.key));
      const [first] = hits;
      if (!first || !(await this.attach(warehouse, first.pack))) continue;
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
          `insert into ${staged} select * from ${this.attached.get(pack)}.${identifier(table)} where ${within(own)}`,
        );
        if ((await count()) - before === expected) continue;
      } catch (cause) {
        throw new DamagedPack(pack, { cause });
      }
      throw new DamagedPack(pack);
    }
  }

  /** Whether a run that reads these packs had better keep all of its extracts than only the new ones. */
  isScattered(packs: ReadonlySet<string>): boolean {
    return packs.size >= mostPacks;
  }

  /**
   * Writes a pack of extracts whose rows stand in the staged tables.
   *
   * @returns whether it is there: a disk that is full costs the next run its time, not this one its result
   */
  async keep(warehouse: Warehouse, kept: readonly ToKeep[], tables: readonly string[]): Promise<boolean> {
    if (kept.length === 0) return true;
    try {
      await this.write(warehouse, kept, tables);
      await this.prune();
      return true;
    } catch {
      return false;
    }
  }

  private async write(
    warehouse: Warehouse,
    kept: readonly ToKeep[],
    tables: readonly string[],
  ): Promise<void> {
    const entries = new Map(
      kept.map(({ extractId, ...entry }) => [extractId, { ...entry, rows: {} } as CacheEntry]),
    );
    const pack = createHash('sha256')
      .update(kept.map(({ key }) => key).join('\n'))
      .digest('hex')
      .slice(0, 32);
    const arriving = join(this.folder, `arriving-${process.pid}-${pack}`);
    await mkdir(this.folder, { recursive: true, mode: 0o700 });
    try {
      await rm(arriving, { force: true });
      await warehouse.run(`attach ${literal(arriving)} as arriving_pack`);
      try {
        for (const table of tables) await copyRows(warehouse, table, entries);
      } finally {
        await warehouse.run('detach arriving_pack');
      }
      await rename(arriving, this.file(pack));
      await writeFile(`${arriving}.json`, JSON.stringify([...entries.values()]), { mode: 0o600 });
      await rename(`${arriving}.json`, join(this.folder, `${pack}.json`));
    } finally {
      for (const name of [arriving, `${arriving}.wal`, `${arriving}.json`]) await rm(name, { force: true });
    }
  }

  /** Lets go of the packs. */
  async close(warehouse: Warehouse): Promise<void> {
    for (const name of this.attached.values()) await warehouse.run(`detach ${name}`);
    this.attached.clear();
  }

  async remove(pack: string): Promise<void> {
    await rm(join(this.folder, `${pack}.json`), { force: true });
    await rm(this.file(pack), { force: true });
  }

  private file(pack: string): string {
    return join(this.folder, `${pack}.duckdb`);
  }

  private async index(pack: string): Promise<CacheEntry[]> {
    try {
      return Index.parse(JSON.parse(await readFile(join(this.folder, `${pack}.json`), 'utf8')));
    } catch {
      return [];
    }
  }

  private async attach(warehouse: Warehouse, pack: string): Promise<boolean> {
    const name = `pack_${this.attached.size}`;
    try {
      await warehouse.run(`attach ${literal(this.file(pack))} as ${name} (read_only)`);
    } catch {
      return false;
    }
    this.attached.set(pack, name);
    // the clock only orders packs by their last use; it may have been deleted meanwhile
    const now = new Date();
    await utimes(this.file(pack), now, now).catch(() => {});
    return true;
  }

  private async prune(): Promise<void> {
    const packs: { pack: string; bytes: number; used: number }[] = [];
    for (const name of await readdir(this.folder)) {
      const about = await stat(join(this.folder, name)).catch(() => undefined);
      if (!about) continue;
      if (name.startsWith('arriving-') && Date.now() - about.mtimeMs > abandonedAfter)
        await rm(join(this.folder, name), { force: true });
      const pack = /^([0-9a-f]{32})\.duckdb$/.exec(name)?.[1];
      if (pack) packs.push({ pack, bytes: about.size, used: about.mtimeMs });
    }
    packs.sort((a, b) => b.used - a.used);
    let bytes = 0;
    for (const one of packs) {
      bytes += one.bytes;
      if (bytes > this.most) await this.remove(one.pack);
    }
  }
}

/** @example bytesOf('4GB') // 4e9; 4GiB would be 4294967296 */
export function bytesOf(text: string): number {
  const [, number, unit] = /^(\d+)(MB|GB|MiB|GiB)$/.exec(text) ?? [];
  const each = { MB: 1e6, GB: 1e9, MiB: 2 ** 20, GiB: 2 ** 30 }[unit ?? ''];
  if (each === undefined) throw new Error(`${text} is no size`);
  return Number(number) * each;
}

/** Copies the rows of the extracts to the arriving pack, and writes down where each one's are. */
async function copyRows(
  warehouse: Warehouse,
  table: string,
  entries: ReadonlyMap<string, CacheEntry>,
): Promise<void> {
  const staged = `staged.${identifier(table)}`;
  const found = await warehouse.rows<{ extract: string; first: number; last: number; rows: number }>(
    `select extract_id as extract, min(rowid) as first, max(rowid) as last, count(*) as rows
     from ${staged} group by extract_id order by first`,
  );
  const own = found.filter(({ extract }) => entries.has(extract));
  if (own.length === 0) return;
  let at = 0;
  for (const { extract, first, last, rows } of own) {
    if (last - first + 1 !== rows)
      throw new Error(`The rows of ${extract} in ${staged} do not stand together.`);
    (entries.get(extract) as CacheEntry).rows[table] = [at, rows];
    at += rows;
  }
  const where =
    own.length === found.length ? '' : `where ${within(own.map(({ first, rows }) => [first, rows]))}`;
  await warehouse.run(`create table arriving_pack.${identifier(table)} as select * from ${staged} ${where}`);
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
