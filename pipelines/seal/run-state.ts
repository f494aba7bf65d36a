import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Manifest } from './manifest.ts';
import type { Published } from './published.ts';

/**
 * Where a run stands: a draft, a draft in review, a proposal to restate a locked period (in review or not),
 * published and in force, or published and restated since.
 */
export type RunState =
  | 'draft'
  | 'in review'
  | 'restatement proposal'
  | 'restatement in review'
  | 'published'
  | 'restated';

export async function runState(
  periodFolder: string,
  manifest: Pick<Manifest, 'run' | 'restates'>,
  publications: readonly Published[],
): Promise<RunState> {
  const at = publications.findIndex((one) => one.manifest.run === manifest.run);
  if (at >= 0) return at === publications.length - 1 ? 'published' : 'restated';
  const journal = join(periodFolder, 'review', `${manifest.run}.ndjson`);
  const reviewed = await stat(journal).then(
    () => true,
    () => false,
  );
  if (manifest.restates || publications.length > 0)
    return reviewed ? 'restatement in review' : 'restatement proposal';
  return reviewed ? 'in review' : 'draft';
}
