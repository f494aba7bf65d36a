import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { codeVersion, projectFolder } from '../places.ts';
import { filesBelow } from './manifest.ts';

/**
 * The version of the program, with a hash of its own text: code, SQL models, templates. Two versions that
 * differ in a single sentence make two runs, so that a run's name stands for every byte of its documents.
 */
export async function programVersion(): Promise<string> {
  const hash = createHash('sha256');
  for (const folder of ['connectors', 'pipelines', 'templates']) {
    for (const name of await filesBelow(join(projectFolder, folder))) {
      hash
        .update(`${folder}/${name}\0`)
        .update(await readFile(join(projectFolder, folder, name)))
        .update('\0');
    }
  }
  return `${codeVersion}+${hash.digest('hex').slice(0, 12)}`;
}
