import type { Rounding } from '../language/quantity.ts';
import type { JournalEntry } from './decision.ts';
import { reviewOf } from './decision.ts';

/** A decision of an earlier review, and what became of it. Values are decimal text. */
export interface PastDecision {
  /** id of a figure, `indicator:entity:period:basis`, or of a reconciliation */
  readonly subject: string;
  readonly kind: 'approved' | 'rejected' | 'overridden' | 'questioned' | 'explained';
  readonly by: string;
  readonly on: string;
  readonly reason: string | null;
  /** what was decided upon: the value then, an override's where there was one */
  readonly before: string | null;
  /** the same figure in the run of now; null where it has none */
  readonly now: string | null;
  /**
   * `kept`: the value is what was approved or overridden to; `changed`: it is not; `open`: nobody has answered;
   * `settled`: a rejected or questioned figure has another value, or the gap is within its tolerance
   */
  readonly outcome: 'kept' | 'changed' | 'open' | 'settled';
}

/** A past decision as a reader is told of it. */
export interface ToldDecision extends PastDecision {
  /** the figure or the gap in words, with its perimeter and quarter */
  readonly label: string;
  readonly unit: string;
  readonly decimals: Rounding;
  /** sentence of the objective on the same indicator and perimeter, where it drifts in the run of now */
  readonly drift: string | null;
}

/** What is still to be talked about comes first: not done, changed, drifting; then what is done, then what holds. */
export function byUrgency(decisions: readonly ToldDecision[]): ToldDecision[] {
  const rank = { open: 0, changed: 1, settled: 3, kept: 4 };
  const urgency = (one: ToldDecision) => (one.outcome !== 'open' && one.drift ? 2 : rank[one.outcome]);
  return decisions.toSorted((a, b) => urgency(a) - urgency(b) || (a.subject < b.subject ? -1 : 1));
}

/**
 * What the decisions of a journal have become in a later run.
 *
 * @param valueNow value of a figure in the later run, by its id; undefined where it has no such figure
 * @param gapNow gap of a reconciliation that is still beyond its tolerance in the later run; undefined where it is not
 */
export function lastDecisions(
  entries: readonly JournalEntry[],
  valueNow: (figure: string) => string | null | undefined,
  gapNow: (reconciliation: string) => string | undefined,
): PastDecision[] {
  const review = reviewOf(entries, null);
  const decided = new Map(
    entries.filter((one) => one.kind === 'decision').map((one) => [one.subject, one] as const),
  );
  const figures = review.figures.flatMap((one): PastDecision[] => {
    const last = decided.get(one.figure);
    if (!last || one.state === 'open' || !one.decided) return [];
    const before = last.to.value;
    const now = valueNow(one.figure) ?? null;
    const same = before !== null && now !== null ? Number(before) === Number(now) : before === now;
    const stands = one.state === 'approved' || one.state === 'overridden';
    return [
      {
        subject: one.figure,
        kind: one.state,
        ...one.decided,
        before,
        now,
        outcome: stands ? (same ? 'kept' : 'changed') : same ? 'open' : 'settled',
      },
    ];
  });
  const gaps = review.explanations.map(
    (one): PastDecision => ({
      subject: one.reconciliation,
      kind: 'explained',
      by: one.by,
      on: one.on,
      reason: one.text,
      before: null,
      now: gapNow(one.reconciliation) ?? null,
      outcome: gapNow(one.reconciliation) === undefined ? 'settled' : 'open',
    }),
  );
  return [...figures, ...gaps];
}
