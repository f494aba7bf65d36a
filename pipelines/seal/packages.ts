import { readdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { Project } from '../configuration/load.ts';
import { Fault } from '../fault.ts';
import { readManifest } from './manifest.ts';

/**
 * Where the packages of a project are: the folder that was named; else `out` beside the configuration, or, where
 * none is there, `out` of the current folder if packages of this group are in it, as `npm run report` writes them.
 */
export async function packagesFolder({ base, configuration }: Project, named?: string): Promise<string> {
  if (named) return resolve(named);
  const [beside, here] = [join(base, 'out'), resolve('out')];
  if ((await periodsIn(beside)).length > 0) return beside;
  for (const period of await periodsIn(here)) {
    const manifest = await readManifest(join(here, period, 'latest')).catch(() => undefined);
    if (manifest) return manifest.group === configuration.group.name ? here : beside;
  }
  return beside;
}

/**
 * The package of the newest quarter that has run, or of the quarter asked for.
 *
 * @throws {Fault} RUN-004 where there is none, with where it was looked for and how to make one
 */
export async function latestPackage(
  project: Project,
  config: string,
  asked: { readonly out?: string | undefined; readonly period?: string | undefined },
): Promise<string> {
  const out = await packagesFolder(project, asked.out);
  for (const period of asked.period ? [asked.period] : await periodsIn(out)) {
    const folder = join(out, period, 'latest');
    if (await readManifest(folder).catch(() => undefined)) return folder;
  }
  const period = asked.period ? ` --period ${asked.period}` : '';
  throw new Fault(
    'RUN-004',
    `${project.configuration.group.name} has no run${asked.period ? ` of ${asked.period}` : ''} in ${out}.`,
    `Make one with \`concordance run -c ${config}${period}\`, or name the folder of its runs with --out.`,
    { exitStatus: 2 },
  );
}

/** Quarters that have a folder, the newest first. */
async function periodsIn(out: string): Promise<string[]> {
  const names = await readdir(out).catch(() => []);
  return names
    .filter((name) => /^\d{4}-Q[1-4]$/.test(name))
    .sort()
    .reverse();
}
