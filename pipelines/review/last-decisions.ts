import { Decimal } from 'decimal.js';
import type { ReconciliationResult } from '../alignment/finding.ts';
import type { Indicator } from '../indicators/catalogue.ts';
import { type Figure, GROUP } from '../indicators/figure.ts';
import type { NameOf } from '../indicators/place-name.ts';
import {
  dayName,
  decimalsOfUnit,
  finer,
  quantity,
  quarterName,
  type Rounding,
} from '../language/quantity.ts';
import type { Language, Say } from '../language/wording.ts';
import type { Standing } from '../objectives/objective.ts';
import { idOf } from './applied.ts';
import { type JournalEntry, reviewOf } from './decision.ts';

/** A decision of an earlier review on a figure, or an explanation of a gap. Values are decimal text. */
export interface CarriedDecision {
  /** id of a figure, `indicator:entity:period:basis`, or of a reconciliation */
  readonly subject: string;
  readonly kind: 'approved' | 'rejected' | 'overridden' | 'questioned' | 'explained';
  readonly by: string;
  readonly on: string;
  readonly reason: string | null;
  /** what was decided upon: the value then, an override's where there was one */
  readonly before: string | null;
}

/** The same, and what became of it. */
export interface PastDecision extends CarriedDecision {
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
  /** who decided what, and when, as a sentence */
  readonly decided: string;
  /** one sentence with the values then and now */
  readonly became: string;
  /** sentence of the objective on the same indicator and perimeter, where it drifts in the run of now */
  readonly drift: string | null;
}

/** The outcome as a reader sees it: what holds, and whose objective drifts, is told for the drift. */
export const shownOutcome = ({ outcome, drift }: ToldDecision) =>
  outcome === 'kept' && drift !== null ? 'drifting' : outcome;

/** What is still to be talked about comes first: not done, changed, drifting; then what is done, then what holds. */
export function byUrgency(decisions: readonly ToldDecision[]): ToldDecision[] {
  const rank = { open: 0, changed: 1, settled: 3, kept: 4 };
  const urgency = (one: ToldDecision) => (one.outcome !== 'open' && one.drift ? 2 : rank[one.outcome]);
  return decisions.toSorted((a, b) => urgency(a) - urgency(b) || (a.subject < b.subject ? -1 : 1));
}

/** What a journal decided of figures, the last decision on each, and explained of gaps. */
export function decisionsOf(entries: readonly JournalEntry[]): CarriedDecision[] {
  const review = reviewOf(entries, null);
  const decided = new Map(
    entries.filter((one) => one.kind === 'decision').map((one) => [one.subject, one] as const),
  );
  const figures = review.figures.flatMap((one): CarriedDecision[] => {
    const last = decided.get(one.figure);
    if (!last || one.state === 'open' || !one.decided) return [];
    return [{ subject: one.figure, kind: one.state, ...one.decided, before: last.to.value }];
  });
  const gaps = review.explanations.map(
    (one): CarriedDecision => ({
      subject: one.reconciliation,
      kind: 'explained',
      by: one.by,
      on: one.on,
      reason: one.text,
      before: null,
    }),
  );
  return [...figures, ...gaps];
}

/** Quarter of the figure or of the gap that a decision is on. */
export const quarterOfSubject = (subject: string): string => partsOf(subject).period;

/**
 * What decisions have become in a later run.
 *
 * @param valueNow value of a figure in the later run, by its id; undefined where it has no such figure
 * @param gapNow gap of a reconciliation that is still beyond its tolerance in the later run, whatever its quarter
 *   (`payroll:OFR`); undefined where it is not
 */
export function lastDecisions(
  decisions: readonly CarriedDecision[],
  valueNow: (figure: string) => string | null | undefined,
  gapNow: (gap: string) => string | undefined,
): PastDecision[] {
  return decisions.map((one): PastDecision => {
    if (one.kind === 'explained') {
      const { id, entity } = partsOf(one.subject);
      const gap = gapNow(`${id}:${entity}`);
      return { ...one, now: gap ?? null, outcome: gap === undefined ? 'settled' : 'open' };
    }
    const { before } = one;
    const now = valueNow(one.subject) ?? null;
    const same = before !== null && now !== null ? Number(before) === Number(now) : before === now;
    const stands = one.kind === 'approved' || one.kind === 'overridden';
    return { ...one, now, outcome: stands ? (same ? 'kept' : 'changed') : same ? 'open' : 'settled' };
  });
}

export interface PastDecisions {
  /** what is to be talked about, or was done, the most urgent first */
  readonly told: readonly ToldDecision[];
  /** decisions that hold, and whose objective does not drift */
  readonly held: number;
}

export interface DecisionFacts {
  readonly figures: readonly Figure[];
  readonly gaps: readonly ReconciliationResult[];
  readonly standings: readonly Standing[];
  readonly indicators: readonly Indicator[];
  readonly language: Language;
  /** words of `findings.yaml`, and of `common.yaml` */
  readonly say: Say;
  readonly names: Say;
  readonly nameOf: NameOf;
}

/** The decisions on figures and gaps in the words of a run. */
export function tellDecisions(decisions: readonly CarriedDecision[], facts: DecisionFacts): PastDecisions {
  // an id for each of a million figures would be made for the few that were decided on
  const decided = new Set(decisions.map(({ subject }) => partsOf(subject).id));
  const values = new Map(
    facts.figures.filter((one) => decided.has(one.indicator)).map((one) => [idOf(one), one.value]),
  );
  const gaps = new Map(
    facts.gaps
      .filter((one) => one.status === 'differs')
      .map((one) => [`${one.reconciliation}:${one.entity}`, one.gap ?? undefined]),
  );
  const past = lastDecisions(
    decisions,
    (figure) => values.get(figure),
    (gap) => gaps.get(gap),
  );
  const told = byUrgency(past.map((one) => inWords(one, facts)));
  const holds = (one: ToldDecision) => one.outcome === 'kept' && one.drift === null;
  return { told: told.filter((one) => !holds(one)), held: told.filter(holds).length };
}

function inWords(one: PastDecision, facts: DecisionFacts): ToldDecision {
  const { say, language } = facts;
  const { id, entity, period, basis } = partsOf(one.subject);
  const gap =
    one.kind === 'explained' ? facts.gaps.find(({ reconciliation }) => reconciliation === id) : undefined;
  const indicator = facts.indicators.find((each) => each.id === id);
  const drifting = facts.standings.find(
    ({ objective, status }) =>
      objective.indicator === id &&
      objective.entity === entity &&
      (status === 'drifting' || status === 'off_track'),
  );
  return {
    ...one,
    label: say('decision_on', {
      what: gap?.label ?? indicator?.label[language] ?? id,
      place: facts.nameOf(entity),
      basis: say(`review.basis.${basis}`),
      period: quarterName(period, language),
    }),
    decided: say(`past_decision.decided.${one.kind}`, { by: one.by, on: dayName(one.on, language) }),
    became: becameOf(
      one,
      gap?.unit ?? indicator?.unit ?? '',
      gap ? decimalsOfUnit(gap.unit) : (indicator?.decimals ?? 0),
      facts,
    ),
    drift: drifting?.sentence ?? null,
  };
}

function becameOf(one: PastDecision, unit: string, decimals: Rounding, facts: DecisionFacts): string {
  const rounded = (more: Rounding) => (value: string | null) =>
    value === null ? facts.names('marks.missing') : quantity(value, unit, more, facts.language);
  // a change that rounding hides is shown with the decimals that tell it
  const telling = [0, 1, 2, 3]
    .map((digits) => finer(decimals, digits))
    .find((each) => rounded(each)(one.before) !== rounded(each)(one.now));
  const shown = rounded(one.outcome === 'kept' ? decimals : (telling ?? decimals));
  const gap = one.kind === 'explained';
  return facts.say(`past_decision.${gap ? 'gap_' : ''}${one.outcome}`, {
    before: shown(one.before),
    now: shown(gap && one.now !== null ? new Decimal(one.now).abs().toFixed() : one.now),
  });
}

/** `energy.total:SA:2026-Q2:ttm`, or `reconciliation:payroll:OFR:2026-Q2:quarter`. */
export function partsOf(subject: string) {
  const [id = '', entity = GROUP, period = '', basis = 'quarter'] = subject
    .replace(/^reconciliation:/, '')
    .split(':');
  return { id, entity, period, basis };
}
