import { link, readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';

/**
 * The extracts of a sealed package, named by their SHA-256. One that comes again is linked to rather than written a
 * second time: most of a quarter's extracts came with the quarter before. A file that was written to since the
 * package was sealed is not among them.
 */
export class SealedExtracts {
  readonly #bytes: ReadonlyMap<string, number>;
  readonly #sizes: ReadonlySet<number>;

  private constructor(
    private readonly folder: string,
    bytes: ReadonlyMap<string, number>,
  ) {
    this.#bytes = bytes;
    this.#sizes = new Set(bytes.values());
  }

  /** @param folder of the package; where it holds none, nothing is linked to */
  static async of(folder: string): Promise<SealedExtracts> {
    const own = join(folder, 'extracts');
    const sealed = await stat(join(folder, 'manifest.json')).catch(() => undefined);
    const names = sealed ? await readdir(own).catch(() => []) : [];
    const found = new Map<string, number>();
    for (const name of names) {
      const { size, mtimeMs } = await stat(join(own, name));
      if (/^[0-9a-f]{64}$/.test(name) && mtimeMs <= (sealed?.mtimeMs ?? 0)) found.set(name, size);
    }
    return new SealedExtracts(own, found);
  }

  /** Whether one of them has so many bytes: only then can it be what has come. */
  mayHold(bytes: number): boolean {
    return this.#sizes.has(bytes);
  }

  /** Puts the extract at `path` by a link; false where it is not among them, or this disk has no links. */
  async put(sha256: string, bytes: number, path: string): Promise<boolean> {
    if (this.#bytes.get(sha256) !== bytes) return false;
    return link(join(this.folder, sha256), path).then(
      () => true,
      (error: NodeJS.ErrnoException) => error.code === 'EEXIST',
    );
  }
}
