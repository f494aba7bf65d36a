import { realpath } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Explanation } from './alignment/reconcile.ts';
import { Fault } from './fault.ts';
import { type ReviewedContent, readReviewedContent } from './report/record-content.ts';
import { reconciliationId } from './report/workbook/sheets/reconciliation-id.ts';
import { type Review, reviewOf } from './review/decision.ts';
import { stillOpen } from './review/follow-up.ts';
import { type Journal, readJournal } from './review/journal.ts';
import { type CarriedDecision, decisionsOf } from './review/last-decisions.ts';
import { type CarriedResolution, stateOf } from './review/resolution.ts';
import { readCarried } from './seal/carried.ts';
import { readManifest, sha256File } from './seal/manifest.ts';
import { publicationsOf } from './seal/published.ts';
import { openRun } from './seal/trace.ts';

/** What a run takes over from the reviews before it. */
export interface CarriedReview {
  readonly explanations: readonly Explanation[];
  readonly resolutions: readonly CarriedResolution[];
  /** of the last review, on figures and gaps: a run of the same quarter hands them on */
  readonly decisions: readonly CarriedDecision[];
}

/**
 * What reviewers wrote of gaps, and decided of objectives, actions and the arbitration, before this run: in the
 * journal of the previous run or carried over by it from a run before; and in those that were published of this
 * period and of the quarter before, for a publication may be of another run than the previous one. Of one gap and
 * of one subject, the first of them is kept. A resolution that has come to an end is carried no further than the
 * quarter that told it; decisions on figures are those of the last review.
 *
 * None from a version that recorded no content, or from a journal that was tampered with: the gaps then count
 * as not explained.
 *
 * @param drafts folders of the runs before, the newest first
 * @param periodFolders `<out>/<period>` of this period and of the one before
 * @param except a run whose own publication does not count
 */
export async function carriedReview(
  drafts: readonly string[],
  periodFolders: readonly string[],
  period: string,
  except?: string,
): Promise<CarriedReview> {
  const found: Found[] = [];
  for (const folder of drafts) found.push(await readable(() => ofDraft(folder, period)));
  for (const folder of periodFolders) found.push(await readable(() => ofPublication(folder, period, except)));
  // what a review wrote itself comes before what its run had carried over: it may correct it
  const own = found.map((one) => one.own);
  const carried = found.map((one) => one.carried);
  return {
    explanations: firstOf(
      [...own, ...carried].flatMap(({ explanations }) => explanations),
      (one) => `${one.reconciliation}:${one.entity}:${one.gap}`,
    ),
    resolutions: firstOf(
      [...own, ...carried].flatMap(({ resolutions }) => resolutions),
      (one) => one.subject,
    ),
    decisions: firstOf(
      [...own, ...carried].flatMap(({ decisions }) => decisions),
      (one) => one.subject,
    ),
  };
}

function firstOf<Item>(items: readonly Item[], key: (item: Item) => string): Item[] {
  const kept = new Map<string, Item>();
  for (const one of items) if (!kept.has(key(one))) kept.set(key(one), one);
  return [...kept.values()];
}

interface Found {
  readonly own: CarriedReview;
  readonly carried: CarriedReview;
}

const none: CarriedReview = { explanations: [], resolutions: [], decisions: [] };
const nothing: Found = { own: none, carried: none };

async function readable(read: () => Promise<Found>): Promise<Found> {
  try {
    return await read();
  } catch (error) {
    if (error instanceof Fault) return nothing;
    throw error;
  }
}

async function ofDraft(previous: string, period: string): Promise<Found> {
  const folder = await realpath(previous);
  const { run } = await readManifest(folder);
  const file = join(dirname(folder), 'review', `${run}.ndjson`);
  const journal = await readJournal(file, await sha256File(join(folder, 'manifest.json')));
  return reviewIn(folder, journal, period);
}

/** Of the publication in force: its journal is sealed with it, and begins with the draft's manifest. */
async function ofPublication(
  periodFolder: string,
  period: string,
  except: string | undefined,
): Promise<Found> {
  const last = (await publicationsOf(periodFolder)).filter((one) => one.manifest.run !== except).at(-1);
  if (!last?.manifest.publication) return nothing;
  const { draft_manifest_sha256 } = last.manifest.publication;
  const file = join(last.folder, 'decisions.ndjson');
  return reviewIn(last.folder, await readJournal(file, draft_manifest_sha256), period);
}

async function reviewIn(folder: string, journal: Journal, period: string): Promise<Found> {
  const { warehouse } = await openRun(folder);
  const content = await readReviewedContent(warehouse).finally(() => warehouse.close());
  const review = reviewOf(journal.entries, null);
  const explained = explanationsIn(content, review);
  const resolved = resolutionsIn(content, review, period);
  const handedOn = content.run.period === period ? (await readCarried(folder))?.decisions : undefined;
  return {
    own: {
      explanations: explained.own,
      resolutions: resolved.own,
      decisions: decisionsOf(journal.entries),
    },
    carried: {
      explanations: explained.carried,
      resolutions: resolved.carried,
      decisions: handedOn ?? [],
    },
  };
}

function explanationsIn({ reconciliations }: ReviewedContent, { explanations }: Review) {
  const written = new Map(explanations.map((one) => [one.reconciliation, one]));
  const own: Explanation[] = [];
  const carried: Explanation[] = [];
  for (const one of reconciliations) {
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

function resolutionsIn(content: ReviewedContent, { resolutions }: Review, period: string) {
  const { run } = content;
  const { followed } = content;
  return {
    own: resolutions.flatMap((one): CarriedResolution[] => {
      const before =
        stateOf(one.subject, content, run.language) ??
        followed.find(({ subject }) => subject === one.subject)?.before;
      return before ? [{ ...one, period: run.period, before }] : [];
    }),
    carried: followed
      .filter((one) => run.period === period || stillOpen(one))
      .map(({ outcome: _outcome, sentence: _sentence, ...one }): CarriedResolution => one),
  };
}
