import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { dataFolder } from '../places.ts';

export type Shelf =
  | 'contracts'
  | 'measures'
  | 'indicators'
  | 'frameworks'
  | 'frameworks/datapoints'
  | 'factors'
  | 'reference'
  | 'reconciliations'
  | 'alignment';

/** A file of the declared catalogue, with its name as provenance: `measures/energy.yaml`. */
export interface LibraryFile {
  readonly name: string;
  readonly path: string;
}

/**
 * The files of one shelf: the built-in ones in `data/`, each replaced by the file of the same name in the
 * group's own folder where there is one, then the group's further files. Sorted by name.
 */
export async function shelf(
  name: Shelf,
  overlay: string | undefined,
  endings: readonly string[],
  /** the library that `overlay` is laid over */
  builtIn = dataFolder,
): Promise<LibraryFile[]> {
  const found = new Map<string, LibraryFile>();
  for (const folder of [builtIn, overlay]) {
    if (!folder) continue;
    for (const file of await listing(join(folder, name))) {
      if (!endings.some((ending) => file.endsWith(ending))) continue;
      found.set(file, { name: `${name}/${file}`, path: join(folder, name, file) });
    }
  }
  return [...found.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** One hash over the names and bytes of files: the version of the catalogue, of the factors. */
export async function hashOfFiles(files: readonly LibraryFile[]): Promise<string> {
  const hash = createHash('sha256');
  for (const file of files) {
    const bytes = await readFile(file.path);
    hash.update(`${file.name}\0${bytes.length}\0`).update(bytes);
  }
  return hash.digest('hex');
}

async function listing(folder: string): Promise<string[]> {
  try {
    return (await readdir(folder)).sort();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}
