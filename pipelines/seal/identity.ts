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

/** What a run is computed from, before what it carries in from the runs and publications before it. */
export interface Inputs {
  readonly period: string;
  readonly language: Plan['language'];
  readonly codeVersion: string;
  readonly hashes: Manifest['hashes'];
}

/** What a run is computed from, and the name that follows from it. */
export interface Identity extends Inputs {
  readonly id: string;
  readonly folder: string;
  readonly previous: Manifest['previous'];
  readonly previousFolder: string | null;
}

export async function inputsOf(
  plan: Plan,
  collected: Collected,
  presentation: Presentation,
  evidence: readonly Evidence[] | undefined,
): Promise<Inputs> {
  const { project, quarter, language } = plan;
  const objectives = project.configuration.objectives;
  return {
    period: quarter.id,
    language,
    codeVersion: await programVersion(),
    hashes: {
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
    },
  };
}

/** The name of a run follows from its inputs and from what it carries in: the same name, the same bytes. */
export function identityOf(
  plan: Plan,
  inputs: Inputs,
  carried: { readonly sha256: string; readonly previous: Manifest['previous'] },
  previousFolder: string | null,
): Identity {
  const hashes = { ...inputs.hashes, carried: carried.sha256 };
  const id = runId(inputs.period, inputs.language, inputs.codeVersion, hashes);
  const { previous } = carried;
  return { ...inputs, hashes, id, folder: join(plan.periodFolder, id), previous, previousFolder };
}

/** Whether a run was computed from these inputs, whatever it carried in. */
export function hasInputs(manifest: Manifest, inputs: Inputs): boolean {
  const { carried: _carried, ...hashes } = manifest.hashes;
  const told = (one: Inputs) => JSON.stringify([one.period, one.language, one.codeVersion, one.hashes]);
  const { period, language, code_version: codeVersion } = manifest;
  return told({ period, language, codeVersion, hashes }) === told(inputs);
}

/** The configuration with every file that the report's look takes from it: logo, fonts, templates. */
function hashConfiguration(text: string, { files }: Presentation): string {
  return files.length === 0
    ? sha256(text)
    : sha256([text, ...files.map(({ name, content }) => `${name}\0${sha256(content)}`)].join('\0'));
}

/** The newest run of this period, or else of the quarter before. */
export async function newestRun(
  plan: Plan,
): Promise<{ folder: string; manifest: Manifest; sha256: string } | undefined> {
  for (const period of [plan.quarter.id, shiftQuarter(plan.quarter.id, -1)]) {
    const folder = join(plan.out, period, 'latest');
    const text = await readFile(join(folder, 'manifest.json'), 'utf8').catch(() => undefined);
    if (text === undefined) continue;
    const manifest = JSON.parse(text) as Manifest;
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
