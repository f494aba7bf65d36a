import { realpath } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Explanation } from './alignment/reconcile.ts';
import { Fault } from './fault.ts';
import { readContent } from './report/record-content.ts';
import { reconciliationId } from './report/workbook/sheets/reconciliation-id.ts';
import { reviewOf } from './review/decision.ts';
import { readJournal } from './review/journal.ts';
import { readManifest, sha256File } from './seal/manifest.ts';
import { openRun } from './seal/trace.ts';

/**
 * What reviewers wrote of the gaps of the previous run: in its journal, or carried over by it from a run
 * before. None without a previous run, from a version that recorded no content, or from a journal that was
 * tampered with: the gaps then count as not explained.
 *
 * @param previous folder of the previous run; null when there is none
 */
export async function carriedExplanations(previous: string | null): Promise<Explanation[]> {
  if (previous === null) return [];
  const folder = await realpath(previous);
  try {
    const manifest = await readManifest(folder);
    const { warehouse } = await openRun(folder);
    const content = await readContent(warehouse).finally(() => warehouse.close());
    const journal = await readJournal(
      join(dirname(folder), 'review', `${manifest.run}.ndjson`),
      await sha256File(join(folder, 'manifest.json')),
    );
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
  } catch (error) {
    if (error instanceof Fault) return [];
    throw error;
  }
}
