import { realpath } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Explanation } from './alignment/reconcile.ts';
import { Fault } from './fault.ts';
import { readContent } from './report/record-content.ts';
import { reconciliationId } from './report/workbook/sheets/reconciliation-id.ts';
import { reviewOf } from './review/decision.ts';
import { type Journal, readJournal } from './review/journal.ts';
import { readManifest, sha256File } from './seal/manifest.ts';
import { publicationsOf } from './seal/published.ts';
import { openRun } from './seal/trace.ts';

/**
 * What reviewers wrote of gaps before this run: of those of the previous run, in its journal or carried over
 * by it from a run before; and of those that were published of this period and of the quarter before, for a
 * publication may be of another run than the previous one. Of one gap, the first of them is kept.
 *
 * None from a version that recorded no content, or from a journal that was tampered with: the gaps then count
 * as not explained.
 *
 * @param previous folder of the previous run; null when there is none
 * @param periodFolders `<out>/<period>` of this period and of the one before
 */
export async function carriedExplanations(
  previous: string | null,
  periodFolders: readonly string[],
): Promise<Explanation[]> {
  const found = previous === null ? [] : await readable(() => ofDraft(previous));
  for (const folder of periodFolders) found.push(...(await readable(() => ofPublication(folder))));
  const kept = new Map<string, Explanation>();
  for (const one of found) {
    const key = `${one.reconciliation}:${one.entity}:${one.gap}`;
    if (!kept.has(key)) kept.set(key, one);
  }
  return [...kept.values()];
}

async function readable(read: () => Promise<Explanation[]>): Promise<Explanation[]> {
  try {
    return await read();
  } catch (error) {
    if (error instanceof Fault) return [];
    throw error;
  }
}

async function ofDraft(previous: string): Promise<Explanation[]> {
  const folder = await realpath(previous);
  const { run } = await readManifest(folder);
  const file = join(dirname(folder), 'review', `${run}.ndjson`);
  return explanationsIn(folder, await readJournal(file, await sha256File(join(folder, 'manifest.json'))));
}

/** Of the publication in force: its journal is sealed with it, and begins with the draft's manifest. */
async function ofPublication(periodFolder: string): Promise<Explanation[]> {
  const last = (await publicationsOf(periodFolder)).at(-1);
  if (!last?.manifest.publication) return [];
  const { draft_manifest_sha256 } = last.manifest.publication;
  const file = join(last.folder, 'decisions.ndjson');
  return explanationsIn(last.folder, await readJournal(file, draft_manifest_sha256));
}

async function explanationsIn(folder: string, journal: Journal): Promise<Explanation[]> {
  const { warehouse } = await openRun(folder);
  const content = await readContent(warehouse).finally(() => warehouse.close());
  const written = new Map(
    reviewOf(journal.entries, null).explanations.map((one) => [one.reconciliation, one]),
  );
  return content.reconciliations.flatMap((one): Explanation[] => {
    const { reconciliation, entity, gap } = one;
    const own = written.get(reconciliationId(one));
    if (own) return [{ reconciliation, entity, gap, period: one.period, text: own.text, reviewer: own.by }];
    const { explanation } = one;
    if (!explanation) return [];
    // the gap as it was explained: small moves of many quarters do not add up unseen
    const { text, reviewer, since } = explanation;
    return [{ reconciliation, entity, gap: explanation.gap, period: since, text, reviewer }];
  });
}
