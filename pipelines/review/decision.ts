import { z } from 'zod';
import { type Choice, choices, type Resolution } from './resolution.ts';

const hash = z.string().regex(/^[0-9a-f]{64}$/);
const day = z.string().regex(/^\d{4}-\d{2}-\d{2}$/);

export const FigureState = z.enum(['open', 'approved', 'rejected', 'overridden', 'questioned']);
/** `overridden`: an override waits for somebody else's approval */
export type FigureState = z.infer<typeof FigureState>;

const Standing = z.strictObject({
  state: z.enum([...FigureState.options, 'explained', 'accepted', 'postponed', 'refused']),
  /** decimal text; the override in force, else the computed value; null where there is none */
  value: z.string().nullable(),
});

/** A document that was delivered when the decision was taken in, told apart by its hash. */
const Document = z.strictObject({ file: z.string(), sha256: hash, bytes: z.int() });
export type Document = z.infer<typeof Document>;

/** One line of the journal: who changed what, from what to what, when they say and when it was taken in. */
export const JournalEntry = z.strictObject({
  sequence: z.int().min(1),
  /** hash of the line before; of the sealed manifest for the first */
  previous: hash,
  kind: z.enum(['decision', 'comment', 'explanation', 'resolution']),
  /** id of a figure, `indicator:entity:period:basis`, of a reconciliation, or of what a resolution is on */
  subject: z.string(),
  decision: z.enum(['approve', 'reject', 'override', 'question', ...choices]).nullable(),
  by: z.string().min(2),
  on: day.describe('day that the reviewer states'),
  from: Standing,
  to: Standing,
  reason: z.string().nullable(),
  evidence: z.string().nullable(),
  comment: z.string().nullable(),
  /** the delivered file that `evidence` names; absent where it names none */
  document: Document.optional(),
  /** of a resolution: who sees to it, and by when */
  owner: z.string().optional(),
  due: day.optional(),
  workbook: hash.describe('SHA-256 of the workbook that said it'),
  recorded_at: z.string().describe('clock of the machine that took it in'),
});
export type JournalEntry = z.infer<typeof JournalEntry>;

/** Where one figure stands in the review. */
export interface FigureReview {
  readonly figure: string;
  readonly state: FigureState;
  /** value that the run computed; null where it had none */
  readonly computed: string | null;
  /** the override in force, waiting for approval or approved; null when there is none */
  readonly override: {
    readonly value: string;
    readonly by: string;
    readonly on: string;
    readonly reason: string;
    readonly evidence: string;
    /** the file that the evidence names, where it was delivered */
    readonly document?: Document | undefined;
  } | null;
  /** the last decision; null when there are comments only */
  readonly decided: { readonly by: string; readonly on: string; readonly reason: string | null } | null;
  readonly comments: readonly { readonly by: string; readonly on: string; readonly text: string }[];
}

export interface Explanation {
  readonly reconciliation: string;
  readonly text: string;
  readonly by: string;
  readonly on: string;
}

/** What the journal of a run says, all entries taken together. */
export interface Review {
  /** number of entries, and the hash of the last one */
  readonly entries: number;
  readonly head: string | null;
  readonly figures: readonly FigureReview[];
  readonly explanations: readonly Explanation[];
  /** the last one on each subject */
  readonly resolutions: readonly Resolution[];
}

export const noReview: Review = { entries: 0, head: null, figures: [], explanations: [], resolutions: [] };

/** State of a resolution's subject in the journal. */
export const stateAfterChoice = {
  accept: 'accepted',
  postpone: 'postponed',
  refuse: 'refused',
} as const satisfies Record<Choice, JournalEntry['to']['state']>;

/** Takes the entries together, in their order. */
export function reviewOf(entries: readonly JournalEntry[], head: string | null): Review {
  const figures = new Map<string, FigureReview>();
  const explanations = new Map<string, Explanation>();
  const resolutions = new Map<string, Resolution>();
  for (const entry of entries) {
    const { subject, by, on } = entry;
    if (entry.kind === 'explanation') {
      explanations.set(subject, { reconciliation: subject, text: entry.reason ?? '', by, on });
      continue;
    }
    if (entry.kind === 'resolution') {
      resolutions.set(subject, resolutionOf(entry));
      continue;
    }
    // the first entry is written before any override
    const before = figures.get(subject) ?? openReview(subject, entry.from.value);
    figures.set(subject, after(before, entry));
  }
  const byId = <Item>(items: Map<string, Item>) =>
    [...items].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, item]) => item);
  return {
    entries: entries.length,
    head,
    figures: byId(figures),
    explanations: byId(explanations),
    resolutions: byId(resolutions),
  };
}

/** What an entry of a resolution says. */
export function resolutionOf({ subject, decision, owner, due, reason, by, on }: JournalEntry): Resolution {
  return { subject, decision: decision as Choice, owner: owner ?? null, due: due ?? null, reason, by, on };
}

export function openReview(figure: string, computed: string | null): FigureReview {
  return { figure, state: 'open', computed, override: null, decided: null, comments: [] };
}

/** Where a decision of its kind leaves a figure that stands as `before`; `value` is that of an override. */
export function outcomeOf(
  decision: JournalEntry['decision'],
  before: FigureReview,
  computed: string | null,
  value: string | null,
): JournalEntry['to'] {
  const standing = { state: before.state, value: before.override?.value ?? computed };
  switch (decision) {
    case null:
      return standing;
    case 'override':
      return { state: 'overridden', value };
    case 'reject':
      return { state: 'rejected', value: computed };
    case 'approve':
      return { state: 'approved', value: standing.value };
    case 'question':
      return { state: 'questioned', value: standing.value };
    // the choices of a resolution are on no figure
    default:
      return standing;
  }
}

/** How one figure stands once a further entry on it is taken in. */
export function after(before: FigureReview, entry: JournalEntry): FigureReview {
  const { by, on, reason } = entry;
  const comments =
    entry.comment === null ? before.comments : [...before.comments, { by, on, text: entry.comment }];
  if (entry.decision === null) return { ...before, comments };
  const decided = { by, on, reason };
  switch (entry.decision) {
    case 'override':
      return {
        ...before,
        comments,
        decided,
        state: 'overridden',
        override: {
          value: entry.to.value as string,
          by,
          on,
          reason: reason ?? '',
          evidence: entry.evidence ?? '',
          ...(entry.document ? { document: entry.document } : {}),
        },
      };
    case 'approve':
      return { ...before, comments, decided, state: 'approved' };
    // a rejection lifts the override: approved afterwards, the figure is the computed one
    case 'reject':
      return { ...before, comments, decided, state: 'rejected', override: null };
    case 'question':
      return { ...before, comments, decided, state: 'questioned' };
    // the choices of a resolution are on no figure
    default:
      return before;
  }
}
