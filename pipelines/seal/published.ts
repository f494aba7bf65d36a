import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { type Manifest, readManifest, sha256File } from './manifest.ts';

export interface Published {
  readonly folder: string;
  readonly manifest: Manifest;
  readonly manifestSha256: string;
}

/** Folder of a run's published package, beside its draft. */
export function publishedFolder(periodFolder: string, run: string): string {
  return join(periodFolder, `${run}.published`);
}

/** The published packages of a period, the first publication first; the last one is in force. None: not locked. */
export async function publicationsOf(periodFolder: string): Promise<Published[]> {
  const names = (await readdir(periodFolder).catch(() => [])).filter((name) => name.endsWith('.published'));
  const found = await Promise.all(
    names.map(async (name) => {
      const folder = join(periodFolder, name);
      return {
        folder,
        manifest: await readManifest(folder),
        manifestSha256: await sha256File(join(folder, 'manifest.json')),
      };
    }),
  );
  return found.sort((a, b) => versionOf(a) - versionOf(b));
}

const versionOf = ({ manifest }: Published) => manifest.publication?.version ?? 0;
