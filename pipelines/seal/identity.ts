import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { Collected } from '../collect/collect.ts';
import { type Evidence, evidenceText } from '../collect/evidence.ts';
import { shiftQuarter } from '../configuration/period.ts';
import { hashCatalogue } from '../indicators/load.ts';
import type { Plan } from '../plan.ts';
import type { Presentation } from '../report/presentation.ts';
import { hashFactors } from '../stage/reference.ts';
import { type Manifest, runId, sha256, sha256File } from './manifest.ts';
import { programVersion } from './program.ts';

/** What a run is computed from, and the name that follows from it. */
export interface Identity {
  readonly id: string;
  readonly folder: string;
  readonly codeVersion: string;
  readonly hashes: Manifest['hashes'];
  readonly previous: Manifest['previous'];
  /** hashes of the previous run, to say what changed */
  readonly previousHashes: Manifest['hashes'] | null;
  readonly previousFolder: string | null;
}

export async function identify(
  plan: Plan,
  collected: Collected,
  presentation: Presentation,
  evidence: readonly Evidence[] | undefined,
): Promise<Identity> {
  const { project, quarter, language } = plan;
  const objectives = project.configuration.objectives;
  const version = await programVersion();
  const hashes = {
    configuration: hashConfiguration(project.text, presentation),
    perimeter: sha256(JSON.stringify(project.configuration.perimeter)),
    objectives: sha256(objectives ? await readFile(resolve(project.base, objectives), 'utf8') : ''),
    catalogue: await hashCatalogue(project.overlay),
    factors: await hashFactors(project.overlay),
    extracts: sha256(
      collected.extracts
        .map((e) => `${e.extractId}\0${e.sha256}`)
        .sort()
        .join('\n'),
    ),
    ...(evidence ? { evidence: sha256(evidenceText(evidence)) } : {}),
  };
  const id = runId(quarter.id, language, version, hashes);
  const before = await previousRun(plan, id);
  return {
    id,
    folder: join(plan.periodFolder, id),
    codeVersion: version,
    hashes,
    previous: before
      ? { run: before.manifest.run, period: before.manifest.period, manifest_sha256: before.sha256 }
      : null,
    previousHashes: before?.manifest.hashes ?? null,
    previousFolder: before?.folder ?? null,
  };
}

/** The configuration with every file that the report's look takes from it: logo, fonts, templates. */
function hashConfiguration(text: string, { files }: Presentation): string {
  return files.length === 0
    ? sha256(text)
    : sha256([text, ...files.map(({ name, content }) => `${name}\0${sha256(content)}`)].join('\0'));
}

/** The newest other run of this period, or else of the quarter before. */
async function previousRun(
  plan: Plan,
  id: string,
): Promise<{ folder: string; manifest: Manifest; sha256: string } | undefined> {
  for (const period of [plan.quarter.id, shiftQuarter(plan.quarter.id, -1)]) {
    const folder = join(plan.out, period, 'latest');
    const text = await readFile(join(folder, 'manifest.json'), 'utf8').catch(() => undefined);
    if (text === undefined) continue;
    const manifest = JSON.parse(text) as Manifest;
    if (manifest.run !== id)
      return { folder, manifest, sha256: await sha256File(join(folder, 'manifest.json')) };
  }
  return undefined;
}

/** What the documents say of the run itself. */
export function runFacts(identity: Identity, restates: string | null = null) {
  const { configuration, catalogue, factors, extracts } = identity.hashes;
  return {
    id: identity.id,
    state: 'draft' as const,
    codeVersion: identity.codeVersion,
    previousRun: identity.previous?.run ?? null,
    restates,
    hashes: { configuration, catalogue, factors, extracts },
  };
}
