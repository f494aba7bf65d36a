import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Collected } from '../collect/collect.ts';
import type { Evidence } from '../collect/evidence.ts';
import type { ChosenFramework } from '../frameworks/choose.ts';
import type { Plan } from '../plan.ts';
import type { StagedExtract } from '../stage/staged-extract.ts';
import type { Identity } from './identity.ts';
import { filesBelow, type Manifest, sha256File } from './manifest.ts';
import { keptAs } from './personal.ts';

/** The manifest of the package in `folder`, before it is written. */
export async function manifestOf(
  plan: Plan,
  identity: Identity,
  collected: Collected,
  staged: readonly StagedExtract[],
  tables: Manifest['warehouse'],
  gates: readonly string[],
  frameworks: readonly ChosenFramework[],
  folder: string,
  restates: Manifest['restates'] = null,
  evidence: readonly Evidence[] = [],
): Promise<Manifest> {
  const { configuration } = plan.project;
  return {
    format: 'concordance-manifest-1',
    run: identity.id,
    group: configuration.group.name,
    period: plan.quarter.id,
    language: plan.language,
    state: 'draft',
    code_version: identity.codeVersion,
    previous: identity.previous,
    hashes: identity.hashes,
    extracts: staged.map((one) => ({
      id: one.extract.extractId,
      source: one.extract.source.id,
      name: one.extract.name,
      connector: one.extract.source.connector,
      contracts: [...one.contracts],
      sha256: one.extract.sha256,
      bytes: one.extract.bytes,
      rows_read: one.rowsRead,
      rows_staged: one.rowsStaged,
      rows_quarantined: one.rowsQuarantined,
      kept: keptAs(one.extract.source, configuration.privacy.personal_extracts),
    })),
    frameworks: frameworks.map(statedOf),
    evidence: [...evidence],
    missing_sources: collected.missing.map((one) => one.source.id),
    gates: [...gates],
    warehouse: tables,
    restates,
    publication: null,
    outputs: await outputsOf(folder),
  };
}

/** Every file of the package but the database, described by its content, and the extracts, by theirs. */
export async function outputsOf(folder: string): Promise<Manifest['outputs']> {
  const outputs: { name: string; bytes: number; sha256: string }[] = [];
  for (const name of await filesBelow(folder)) {
    if (name === 'warehouse.duckdb' || name.startsWith('extracts/')) continue;
    outputs.push({
      name,
      bytes: (await stat(join(folder, name))).size,
      sha256: await sha256File(join(folder, name)),
    });
  }
  return outputs;
}

/** A version that the run reports under, as the manifest states it. */
export const statedOf = ({ framework, module, chosenBy }: ChosenFramework) => ({
  id: framework.id,
  version: framework.version,
  module: module ?? null,
  chosen_by: chosenBy,
});
