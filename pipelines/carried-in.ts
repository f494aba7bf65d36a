import { readdir, realpath, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { carriedReview } from './carried-review.ts';
import { shiftQuarter } from './configuration/period.ts';
import type { Figure } from './indicators/figure.ts';
import type { Plan } from './plan.ts';
import { idOf } from './review/applied.ts';
import { departsFrom, publishedFigures, readLedger } from './review/ledger.ts';
import { type Carried, carriedText } from './seal/carried.ts';
import { hasInputs, type Identity, type Inputs, identityOf, newestRun } from './seal/identity.ts';
import { type Manifest, readManifest, sha256 } from './seal/manifest.ts';
import { publicationsOf } from './seal/published.ts';
import { openRun } from './seal/trace.ts';

export interface CarriedIn {
  readonly carried: Carried;
  readonly text: string;
  readonly sha256: string;
  readonly previousFolder: string | null;
}

type Valued = Pick<Figure, 'indicator' | 'entity' | 'period' | 'basis' | 'value'>;

/**
 * What the run of these figures carries in.
 *
 * @param made a run that stands: what it would carry in today, its own publication apart; without, what a
 *   new run does, after the newest one
 */
export async function carriedIn(
  plan: Plan,
  inputs: Inputs,
  figures: readonly Valued[],
  made?: Manifest,
): Promise<CarriedIn> {
  const newest = made ? undefined : await newestRun(plan);
  const previous: Manifest['previous'] = made
    ? made.previous
    : newest
      ? {
          run: newest.manifest.run,
          period: newest.manifest.period,
          manifest_sha256: newest.sha256,
        }
      : null;
  const previousFolder = previous ? join(plan.out, previous.period, previous.run) : null;
  const others = (await publicationsOf(plan.periodFolder)).filter((one) => one.manifest.run !== made?.run);
  const last = others.at(-1);
  const ledger = publishedFigures(
    (await readLedger(join(plan.out, 'published.csv'))).filter((line) => line.run !== made?.run),
  );
  const carried: Carried = {
    previous,
    restates: last ? { run: last.manifest.run, manifest_sha256: last.manifestSha256 } : null,
    ...(await carriedReview(
      await draftsBefore(plan, inputs, previousFolder),
      [plan.periodFolder, join(plan.out, shiftQuarter(plan.quarter.id, -1))],
      plan.quarter.id,
      made?.run,
    )),
    restated: figures
      .flatMap((figure) => {
        const line = ledger.get(idOf(figure));
        return line && departsFrom(line, figure as Figure) ? [line] : [];
      })
      .sort((a, b) => (idOf(a as unknown as Figure) < idOf(b as unknown as Figure) ? -1 : 1)),
  };
  const text = carriedText(carried);
  return { carried, text, sha256: sha256(text), previousFolder };
}

/**
 * The run before, and those before it as far as they have the same inputs: a review of one of them, written
 * after the next was made, is not lost.
 */
async function draftsBefore(plan: Plan, inputs: Inputs, first: string | null): Promise<string[]> {
  const drafts: string[] = [];
  for (let folder = first; folder !== null; ) {
    const manifest = await readManifest(folder).catch(() => undefined);
    if (!manifest || drafts.includes(folder)) break;
    drafts.push(folder);
    const { previous } = manifest;
    folder = previous && hasInputs(manifest, inputs) ? join(plan.out, previous.period, previous.run) : null;
  }
  return drafts;
}

/**
 * The run of these inputs that stands, if it would carry in today what it did: then nothing has changed, and
 * it is not run again. One whose previous run was taken away is left to stand.
 */
export async function standingRun(plan: Plan, inputs: Inputs): Promise<Identity | undefined> {
  const names = await readdir(plan.periodFolder).catch(() => []);
  const latest = await realpath(join(plan.periodFolder, 'latest')).catch(() => '');
  const folders = names
    .filter((name) => name.startsWith(`${inputs.period}-`) && !name.includes('.'))
    .map((name) => join(plan.periodFolder, name))
    .sort((a, b) => Number(b === latest) - Number(a === latest) || (a < b ? -1 : 1));
  for (const folder of folders) {
    const manifest = await readManifest(folder).catch(() => undefined);
    if (!manifest?.hashes.carried || !hasInputs(manifest, inputs)) continue;
    const { previous } = manifest;
    const before = previous && (await stat(join(plan.out, previous.period, previous.run)).catch(() => null));
    const now = await carriedIn(plan, inputs, await figuresOf(folder), manifest);
    const gone = previous !== null && before === null;
    if (gone || now.sha256 === manifest.hashes.carried)
      return {
        ...identityOf(plan, inputs, { sha256: manifest.hashes.carried, previous }, now.previousFolder),
        folder,
      };
  }
  return undefined;
}

async function figuresOf(folder: string): Promise<Valued[]> {
  const { warehouse } = await openRun(folder);
  try {
    return await warehouse.rows<Valued>(
      'select indicator, entity, period, basis, value from result.figure order by all',
    );
  } finally {
    await warehouse.close();
  }
}
