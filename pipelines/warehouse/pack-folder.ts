import {
  constants,
  copyFile,
  mkdir,
  readdir,
  readFile,
  rename,
  rm,
  stat,
  utimes,
  writeFile,
} from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { literal } from '../../connectors/connector.ts';
import { exhaustionOf } from './exhausted.ts';
import type { Warehouse } from './warehouse.ts';

/** A pack does not hold what its index says. What was read from it is void. */
export class DamagedPack extends Error {
  constructor(
    readonly pack: string,
    options?: ErrorOptions,
  ) {
    super(`The cache's ${pack} is damaged`, options);
  }
}

/** Packs of one folder that one run reads; past this the run writes one that holds all that it read. */
const mostPacks = 8;

/** What a process that was killed left half written is cleared after a day. */
const abandonedAfter = 24 * 3600 * 1000;

/** Packs that this process has begun to write: two sessions of it may write the same. */
let arrivals = 0;

const packName = /^([0-9a-f]{32})\.(duckdb|json)$/;

/**
 * A folder of packs: databases, each with an index beside it, that earlier runs left for later ones.
 *
 * A pack is written once under a name of its content and renamed into place: several runs may read and write at
 * the same time, and whatever is deleted, at any time, is only made again. Rows are as in the run's own
 * database: people are pseudonyms. Nothing of it is sealed.
 */
export class PackFolder {
  private readonly attached = new Map<string, string>();

  constructor(
    private readonly folder: string,
    /** packs least recently used go, from this folder and those beside it, when all together are larger, in bytes */
    private readonly most: number,
  ) {}

  /** The packs that stand, with what their indexes hold; an index that cannot be read is an empty one. */
  async indexes<Entry>(parse: (index: unknown) => Entry[]): Promise<Map<string, Entry[]>> {
    const found = new Map<string, Entry[]>();
    for (const name of (await readdir(this.folder).catch(() => [])).sort()) {
      const [, pack, kind] = packName.exec(name) ?? [];
      if (!pack || kind !== 'json') continue;
      const text = await readFile(join(this.folder, name), 'utf8').catch(() => '');
      try {
        found.set(pack, parse(JSON.parse(text)));
      } catch {
        found.set(pack, []);
      }
    }
    return found;
  }

  /** The packs that stand, those written last before the others. */
  async lastWritten(): Promise<string[]> {
    const found: { pack: string; written: number }[] = [];
    for (const name of await readdir(this.folder).catch(() => [])) {
      const [, pack, kind] = packName.exec(name) ?? [];
      const about = kind === 'json' && pack ? await stat(this.file(pack)).catch(() => undefined) : undefined;
      if (pack && about) found.push({ pack, written: about.mtimeMs });
    }
    return found.sort((a, b) => b.written - a.written || (a.pack < b.pack ? -1 : 1)).map(({ pack }) => pack);
  }

  /** The name under which the session sees the pack, until {@link close}; undefined where it cannot be opened. */
  async attach(warehouse: Warehouse, pack: string): Promise<string | undefined> {
    const known = this.attached.get(pack);
    if (known) return known;
    const name = `pack_${pack}`;
    try {
      await warehouse.run(`attach ${literal(this.file(pack))} as ${name} (read_only)`);
    } catch (error) {
      refuseExhausted(error);
      return undefined;
    }
    this.attached.set(pack, name);
    // the clock only orders packs by their last use; it may have been deleted meanwhile. The time of the database itself
    // stays, by which it is told whether it was written to
    const now = new Date();
    await utimes(this.index(pack), now, now).catch(() => {});
    return name;
  }

  /** Whether a run that reads so many packs had better keep all that it read than only what is new. */
  isScattered(packs: number): boolean {
    return packs >= mostPacks;
  }

  /**
   * Writes a pack, then removes what is more than the folder may hold.
   *
   * @param pack 32 hexadecimal digits that name what it holds
   * @param fill makes its tables, in the database of the name given, and returns its index
   * @param copied a database of the session that the pack is a copy of, as it stands; nothing is made in it then
   * @returns the file; undefined where it is not there: a disk that is full costs the next run its time, not this one its result
   */
  async write(
    warehouse: Warehouse,
    pack: string,
    fill: (name: string) => Promise<unknown>,
    copied?: string,
  ): Promise<string | undefined> {
    arrivals += 1;
    const arriving = join(this.folder, `arriving-${process.pid}-${arrivals}-${pack}`);
    try {
      await mkdir(this.folder, { recursive: true, mode: 0o700 });
      await rm(arriving, { force: true });
      if (copied !== undefined) {
        await warehouse.run('checkpoint');
        await copyFile(copied, arriving, constants.COPYFILE_FICLONE);
      }
      await warehouse.run(
        `attach ${literal(arriving)} as arriving_pack ${copied === undefined ? '' : '(read_only)'}`,
      );
      let index: unknown;
      try {
        index = await fill('arriving_pack');
      } finally {
        await warehouse.run('detach arriving_pack');
      }
      await rename(arriving, this.file(pack));
      await writeFile(`${arriving}.json`, JSON.stringify(index), { mode: 0o600 });
      await rename(`${arriving}.json`, this.index(pack));
      await this.prune();
      return this.file(pack);
    } catch {
      return undefined;
    } finally {
      for (const name of [arriving, `${arriving}.wal`, `${arriving}.json`])
        await rm(name, { force: true }).catch(() => {});
    }
  }

  /** Lets go of the packs. */
  async close(warehouse: Warehouse): Promise<void> {
    for (const name of this.attached.values()) await warehouse.run(`detach ${name}`);
    this.attached.clear();
  }

  async remove(pack: string): Promise<void> {
    await removePack(this.folder, pack);
  }

  private file(pack: string): string {
    return join(this.folder, `${pack}.duckdb`);
  }

  private index(pack: string): string {
    return join(this.folder, `${pack}.json`);
  }

  private async prune(): Promise<void> {
    const packs: { folder: string; pack: string; bytes: number; used: number }[] = [];
    const all = dirname(this.folder);
    for (const beside of await readdir(all)) {
      const folder = join(all, beside);
      for (const name of await readdir(folder).catch(() => [])) {
        const about = await stat(join(folder, name)).catch(() => undefined);
        if (!about) continue;
        if (name.startsWith('arriving-') && Date.now() - about.mtimeMs > abandonedAfter)
          await rm(join(folder, name), { force: true });
        const [, pack, kind] = packName.exec(name) ?? [];
        if (!pack || kind !== 'duckdb') continue;
        const used = (await stat(join(folder, `${pack}.json`)).catch(() => about)).mtimeMs;
        packs.push({ folder, pack, bytes: about.size, used });
      }
    }
    packs.sort((a, b) => b.used - a.used);
    let bytes = 0;
    for (const one of packs) {
      bytes += one.bytes;
      if (bytes > this.most) await removePack(one.folder, one.pack);
    }
  }
}

async function removePack(folder: string, pack: string): Promise<void> {
  await rm(join(folder, `${pack}.json`), { force: true });
  await rm(join(folder, `${pack}.duckdb`), { force: true });
}

/** Once memory or disk is spent the session is at its end: that is no fault of a pack. */
export function refuseExhausted(error: unknown): undefined {
  const exhausted = exhaustionOf(error);
  if (exhausted) throw exhausted;
  return undefined;
}

/** @example bytesOf('4GB') // 4e9; 4GiB would be 4294967296 */
export function bytesOf(text: string): number {
  const [, number, unit] = /^(\d+)(MB|GB|MiB|GiB)$/.exec(text) ?? [];
  const each = { MB: 1e6, GB: 1e9, MiB: 2 ** 20, GiB: 2 ** 30 }[unit ?? ''];
  if (each === undefined) throw new Error(`${text} is no size`);
  return Number(number) * each;
}
