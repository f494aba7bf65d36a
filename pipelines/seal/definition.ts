import { copyFile, mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { shelf } from '../configuration/library.ts';
import type { Project } from '../configuration/load.ts';
import { Configuration } from '../configuration/schema.ts';
import { readYaml } from '../configuration/yaml.ts';
import { catalogueShelves } from '../indicators/load.ts';

/**
 * `definition/` of a package: configuration, objectives, and every file of the catalogue and of the factors
 * that the run was computed from, so that it can be recomputed without the machine that ran it. The
 * pseudonym key and the signing key are named there and never copied.
 */
export const definitionFolder = 'definition';

const shelves = [...catalogueShelves, 'factors'] as const;

export async function packDefinition(project: Project, folder: string): Promise<void> {
  const target = join(folder, definitionFolder);
  await mkdir(target, { recursive: true });
  await writeFile(join(target, 'concordance.yaml'), project.text);
  const { objectives } = project.configuration;
  if (objectives) await copyFile(resolve(project.base, objectives), join(target, 'objectives.yaml'));
  for (const name of shelves) {
    for (const file of await shelf(
      name,
      project.overlay,
      name === 'factors' ? ['.csv'] : ['.yaml', '.csv'],
    )) {
      await mkdir(dirname(join(target, file.name)), { recursive: true });
      await copyFile(file.path, join(target, file.name));
    }
  }
}

/**
 * The project of a sealed run, read from its package. It has no pseudonym key: identities cannot be read
 * with it.
 *
 * @throws {YamlFault} when the configuration there is none of ours
 */
export async function readDefinition(folder: string): Promise<Project> {
  const base = resolve(folder, definitionFolder);
  const file = join(base, 'concordance.yaml');
  const { value, text, lineOf } = await readYaml(file, Configuration);
  return { file, base, text, configuration: value, overlay: base, secret: '', lineOf };
}

/** Text of the objectives of a sealed run; '' where it has none. */
export async function definedObjectives(folder: string): Promise<string> {
  return readFile(join(folder, definitionFolder, 'objectives.yaml'), 'utf8').catch(() => '');
}
