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
 * @param drafts folders of the runs before, the newest first
 * @param periodFolders `<out>/<period>` of this period and of the one before
 * @param except a run whose own publication does not count
 */
export async function carriedExplanations(
  drafts: readonly string[],
  periodFolders: readonly string[],
  except?: string,
): Promise<Explanation[]> {
  const found: Found[] = [];
  for (const folder of drafts) found.push(await readable(() => ofDraft(folder)));
  for (const folder of periodFolders) found.push(await readable(() => ofPublication(folder, except)));
  const kept = new Map<string, Explanation>();
  // what a review wrote itself comes before what its run had carried over: it may correct it
  for (const one of [...found.flatMap(({ own }) => own), ...found.flatMap(({ carried }) => carried)]) {
    const key = `${one.reconciliation}:${one.entity}:${one.gap}`;
    if (!kept.has(key)) kept.set(key, one);
  }
  return [...kept.values()];
}

interface Found {
  readonly own: readonly Explanation[];
  readonly carried: readonly Explanation[];
}

const nothing: Found = { own: [], carried: [] };

async function readable(read: () => Promise<Found>): Promise<Found> {
  try {
    return await read();
  } catch (error) {
    if (error instanceof Fault) return nothing;
    throw error;
  }
}

async function ofDraft(previous: string): Promise<Found> {
  const folder = await realpath(previous);
  const { run } = await readManifest(folder);
  const file = join(dirname(folder), 'review', `${run}.ndjson`);
  return explanationsIn(folder, await readJournal(file, await sha256File(join(folder, 'manifest.json'))));
}

/** Of the publication in force: its journal is sealed with it, and begins with the draft's manifest. */
async function ofPublication(periodFolder: string, except: string | undefined): Promise<Found> {
  const last = (await publicationsOf(periodFolder)).filter((one) => one.manifest.run !== except).at(-1);
  if (!last?.manifest.publication) return nothing;
  const { draft_manifest_sha256 } = last.manifest.publication;
  const file = join(last.folder, 'decisions.ndjson');
  return explanationsIn(last.folder, await readJournal(file, draft_manifest_sha256));
}

async function explanationsIn(folder: string, journal: Journal): Promise<Found> {
  const { warehouse } = await openRun(folder);
  const content = await readContent(warehouse).finally(() => warehouse.close());
  const written = new Map(
    reviewOf(journal.entries, null).explanations.map((one) => [one.reconciliation, one]),
  );
  const own: Explanation[] = [];
  const carried: Explanation[] = [];
  for (const one of content.reconciliations) {
    const { reconciliation, entity, gap } = one;
    const said = written.get(reconciliationId(one));
    if (said) {
      own.push({ reconciliation, entity, gap, period: one.period, text: said.text, reviewer: said.by });
    } else if (one.explanation) {
      // the gap as it was explained: small moves of many quarters do not add up unseen
      const { explanation } = one;
      const { text, reviewer, since } = explanation;
      carried.push({ reconciliation, entity, gap: explanation.gap, period: since, text, reviewer });
    }
  }
  return { own, carried };
}
