import { createHash } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { codeVersion, projectFolder } from '../places.ts';
import { filesBelow } from './manifest.ts';

/** What a run's documents are made by: code, SQL models, templates. */
const wholeProgram = ['connectors', 'pipelines', 'templates'];

/** What staged rows are made by: all that the stage imports. What comes after it may change without reading an extract again. */
export const stageProgram = [
  'connectors',
  'pipelines/collect',
  'pipelines/configuration',
  'pipelines/fault.ts',
  'pipelines/language/faults.ts',
  'pipelines/language/wording.ts',
  'pipelines/places.ts',
  'pipelines/stage',
  'pipelines/warehouse',
];

/** What answers statements, whose own text says the rest: the session with its macros, and the libraries. */
export const resultProgram = ['pipelines/warehouse', 'package.json'];

/**
 * The version of the program, with a hash of its own text. Two versions that differ in a single sentence make
 * two runs, so that a run's name stands for every byte of its documents.
 *
 * @param parts folders and files of the program that the hash is of
 */
export async function programVersion(parts = wholeProgram, root = projectFolder): Promise<string> {
  const hash = createHash('sha256');
  for (const part of parts) {
    const path = join(root, part);
    const names = (await stat(path)).isDirectory() ? await filesBelow(path) : [''];
    for (const name of names) {
      hash
        .update(`${part}/${name}\0`)
        .update(await readFile(join(path, name)))
        .update('\0');
    }
  }
  return `${codeVersion}+${hash.digest('hex').slice(0, 12)}`;
}
