import { realpath } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Figure } from '../../indicators/figure.ts';
import type { ChangedFigure } from '../../report/content.ts';
import { readContentList } from '../../report/record-content.ts';
import { idOf } from '../../review/applied.ts';
import { type FigureReview, type JournalEntry, reviewOf } from '../../review/decision.ts';
import { type LedgerLine, readLedger } from '../../review/ledger.ts';
import type { Warehouse } from '../../warehouse/warehouse.ts';
import { keptJournal } from '../kept-journal.ts';
import { readManifest } from '../manifest.ts';

/** What people decided of one figure, and what became of it once it was published. */
export interface Decided {
  /** how it stands in this run's review; null when nobody has said anything of it */
  readonly review: FigureReview | null;
  /** the value is what the package shows: an approved override, or none for a rejected figure */
  readonly published: boolean;
  /** every decision and comment, in the order in which they were taken in */
  readonly entries: readonly JournalEntry[];
  /** lines of the ledger of published figures, the oldest first: publication, then restatements */
  readonly ledger: readonly LedgerLine[];
  /** what this run tells differently from what was published or from the run before, split by cause */
  readonly change: ChangedFigure | null;
}

/**
 * Reads the journal of the run, the ledger that stands two folders up, and the change that the run recorded.
 * Of a package that stands alone, without journal and ledger, only the change is known.
 *
 * @throws {Fault} REV-005, PUB-003 for a journal or a ledger that was changed
 */
export async function decidedOf(
  run: string,
  warehouse: Warehouse,
  figure: Figure,
  sealed = () => readManifest(run),
): Promise<Decided> {
  const folder = await realpath(run);
  const manifest = await sealed();
  const id = idOf(figure);
  const journal = await keptJournal(folder, manifest);
  const review = reviewOf(journal.entries, journal.hashes.at(-1) ?? null);
  const ledger = await readLedger(join(dirname(dirname(folder)), 'published.csv'));
  const changes = await readContentList(warehouse, 'changes')
    // a package of before the content was kept
    .catch((): readonly ChangedFigure[] => []);
  return {
    review: review.figures.find((one) => one.figure === id) ?? null,
    published: manifest.state === 'published',
    entries: journal.entries.filter((one) => one.kind !== 'explanation' && one.subject === id),
    ledger: ledger.filter((one) => `${one.indicator}:${one.entity}:${one.period}:${one.basis}` === id),
    change: changes.find((one) => idOf(one as unknown as Figure) === id) ?? null,
  };
}
