import { Decimal } from 'decimal.js';
import {
  type FigureReview,
  type JournalEntry,
  openReview,
  outcomeOf,
  type Review,
  stateAfterChoice,
} from './decision.ts';
import type { Form, FormDecision } from './form.ts';
import type { NewEntry } from './journal.ts';
import { mayBeOnePerson } from './person.ts';
import type { Resolution } from './resolution.ts';

export interface TakeIn {
  readonly entries: readonly NewEntry[];
  /** what the four eyes rule refuses, each with its cell */
  readonly refused: readonly string[];
}

/**
 * What a form adds to a review. What was said before adds nothing, so that a stale copy of a workbook turns
 * nothing back; neither does an empty cell, which withdraws nothing.
 *
 * @param computed value of each figure of the form as the run computed it; null where there is none
 * @param shown the review that the workbook showed to its reviewer: an override that he could not see is
 *   not approved by him
 */
export function takeIn(
  form: Form,
  journal: readonly JournalEntry[],
  review: Review,
  shown: Review,
  computed: ReadonlyMap<string, string | null>,
  origin: Pick<JournalEntry, 'workbook' | 'recorded_at'>,
): TakeIn {
  const refused: string[] = [];
  const entries: NewEntry[] = [];
  const said = new Set(journal.map((entry) => statement({ ...entry, value: entry.to.value })));
  const standing = new Map(review.figures.map((one) => [one.figure, one]));
  const seen = new Map(shown.figures.map((one) => [one.figure, one]));
  for (const one of form.decisions) {
    const before = standing.get(one.figure) ?? openReview(one.figure, computed.get(one.figure) ?? null);
    if (said.has(statement({ ...one, subject: one.figure }))) continue;
    const value = computed.get(one.figure) ?? null;
    if (one.decision === 'approve' && before.override) {
      const refusal = refuseApproval(one, before, seen.get(one.figure));
      if (refusal) {
        refused.push(refusal);
        continue;
      }
    }
    const from = outcomeOf(null, before, value, null);
    entries.push({
      kind: one.decision === null ? 'comment' : 'decision',
      subject: one.figure,
      decision: one.decision,
      by: one.by,
      on: one.on,
      from,
      to: outcomeOf(one.decision, before, value, one.value),
      reason: one.reason,
      evidence: one.evidence,
      comment: one.comment,
      ...(one.document ? { document: one.document } : {}),
      ...origin,
    });
  }
  const explained = new Map(review.explanations.map((one) => [one.reconciliation, one]));
  for (const { reconciliation, text, by, on } of form.explanations) {
    const before = explained.get(reconciliation);
    const same = {
      subject: reconciliation,
      decision: null,
      value: null,
      by,
      on,
      reason: text,
      evidence: null,
      comment: null,
    };
    if (said.has(statement(same))) continue;
    entries.push({
      kind: 'explanation',
      subject: reconciliation,
      decision: null,
      by,
      on,
      from: { state: before ? 'explained' : 'open', value: null },
      to: { state: 'explained', value: null },
      reason: text,
      evidence: null,
      comment: null,
      ...origin,
    });
  }
  entries.push(
    ...form.resolutions
      .filter((one) => !said.has(statement({ ...one, value: null, evidence: null, comment: null })))
      .map((one) => resolved(one, review, origin)),
  );
  return { entries, refused };
}

function resolved(
  { subject, decision, owner, due, reason, by, on }: Resolution,
  { resolutions }: Review,
  origin: Pick<JournalEntry, 'workbook' | 'recorded_at'>,
): NewEntry {
  const before = resolutions.find((one) => one.subject === subject);
  return {
    kind: 'resolution',
    subject,
    decision,
    by,
    on,
    from: { state: before ? stateAfterChoice[before.decision] : 'open', value: null },
    to: { state: stateAfterChoice[decision], value: null },
    reason,
    evidence: null,
    comment: null,
    ...(owner === null ? {} : { owner }),
    ...(due === null ? {} : { due }),
    ...origin,
  };
}

function refuseApproval(
  one: FormDecision,
  before: FigureReview,
  seen: FigureReview | undefined,
): string | undefined {
  const { override } = before;
  if (!override) return undefined;
  if (mayBeOnePerson(one.by, override.by))
    return `${one.at}: "${one.by}" cannot approve ${one.figure}, which "${override.by}" overrode on ${override.on}: another person must (full names where initials agree)`;
  if (one.on < override.on)
    return `${one.at}: ${one.figure} is approved on ${one.on}, before "${override.by}" overrode it on ${override.on}`;
  if (seen?.override?.value !== override.value)
    return `${one.at}: this workbook does not show that "${override.by}" overrode ${one.figure} by ${override.value} on ${override.on}: approve it in the workbook that the last review wrote`;
  return undefined;
}

/** One statement of one person on one day: said again, from any copy of the workbook, it adds nothing. */
const statement = (one: {
  subject: string;
  decision: string | null;
  value: string | null;
  by: string;
  on: string;
  reason: string | null;
  evidence: string | null;
  comment: string | null;
  owner?: string | null | undefined;
  due?: string | null | undefined;
}): string =>
  JSON.stringify([
    one.subject,
    one.decision,
    one.decision === 'override' ? new Decimal(one.value ?? 0).toFixed() : null,
    one.by,
    one.on,
    one.reason,
    one.evidence,
    one.comment,
    one.owner ?? null,
    one.due ?? null,
  ]);
