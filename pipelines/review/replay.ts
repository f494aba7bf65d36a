import { after, type FigureReview, type JournalEntry, openReview, outcomeOf } from './decision.ts';
import { shortestReason } from './form.ts';
import { mayBeOnePerson } from './person.ts';

/** An entry that no review of ours would have taken in, though its chain is whole. */
export interface Breach {
  /** number of the entry */
  readonly sequence: number;
  /** sentence of `differences` in `templates/language/<language>/verify.yaml` */
  readonly rule:
    | 'decision_from'
    | 'decision_to'
    | 'decision_day'
    | 'decision_clock'
    | 'decision_reason'
    | 'decision_unknown'
    | 'decision_computed'
    | 'four_eyes'
    | 'resolution_bare';
  readonly values: Readonly<Record<string, string>>;
}

/**
 * Takes a journal again, entry by entry: each begins where the one before left its figure and ends where its
 * decision leads, nobody approves an override of his own nor before it was made, what needs a reason or a
 * proof has it, the clock does not run back.
 *
 * @param computed value of each figure as the run computed it, where it is known: decisions on other figures
 *   or other values are breaches too
 */
export function breachesOf(
  entries: readonly JournalEntry[],
  computed?: ReadonlyMap<string, string | null>,
): Breach[] {
  const breaches: Breach[] = [];
  const figures = new Map<string, FigureReview>();
  let clock = '';
  for (const entry of entries) {
    const { sequence, recorded_at } = entry;
    const breach = (rule: Breach['rule'], values: Breach['values']) =>
      breaches.push({ sequence, rule, values });
    if (recorded_at < clock) breach('decision_clock', { stated: recorded_at, before: clock });
    clock = recorded_at > clock ? recorded_at : clock;
    if (entry.kind === 'resolution' && isBare(entry)) breach('resolution_bare', { subject: entry.subject });
    if (entry.kind === 'explanation' || entry.kind === 'resolution') continue;
    const known = figures.get(entry.subject);
    const before = known ?? openReview(entry.subject, entry.from.value);
    if (!known && computed) checkComputed(entry, computed, breach);
    checkEntry(entry, before, breach);
    figures.set(entry.subject, after(before, entry));
  }
  return breaches;
}

/** The rules by which the form takes a resolution in: who sees to it, its day, its reason. */
const isBare = ({ decision, owner, due, reason }: JournalEntry): boolean =>
  (decision === 'accept' && owner === undefined) ||
  (decision !== 'refuse' && due === undefined) ||
  (decision !== 'accept' && reason === null);

type Tell = (rule: Breach['rule'], values: Breach['values']) => void;

function checkComputed(
  entry: JournalEntry,
  computed: ReadonlyMap<string, string | null>,
  breach: Tell,
): void {
  const figure = entry.subject;
  const value = computed.get(figure);
  if (value === undefined) breach('decision_unknown', { figure });
  else if (!sameValue(entry.from.value, value))
    breach('decision_computed', { figure, stated: shown(entry.from.value), again: shown(value) });
}

function checkEntry(entry: JournalEntry, before: FigureReview, breach: Tell): void {
  const { subject: figure, decision, by, on, from, to } = entry;
  const { override, computed } = before;
  const begins = outcomeOf(null, before, computed, null);
  if (!sameStanding(from, begins))
    breach('decision_from', { figure, stated: told(from), again: told(begins) });
  const ends = outcomeOf(decision, before, computed, to.value);
  if (!sameStanding(to, ends) || (decision === 'override' && to.value === null))
    breach('decision_to', { figure, stated: told(to), again: told(ends) });
  if (decision === 'approve' && override && mayBeOnePerson(by, override.by))
    breach('four_eyes', { figure, by });
  const late = nextDay(entry.recorded_at.slice(0, 10));
  if (on > late || (decision === 'approve' && override && on < override.on))
    breach('decision_day', { figure, on, between: `${override?.on ?? '…'} – ${late}` });
  const reasoned =
    decision === null || decision === 'approve' || (entry.reason ?? '').length >= shortestReason;
  if (!reasoned || (decision === 'override' && !entry.evidence)) breach('decision_reason', { figure, by });
}

const told = ({ state, value }: JournalEntry['to']) => `${state} ${shown(value)}`;
const shown = (value: string | null) => value ?? '–';

const sameStanding = (a: JournalEntry['to'], b: JournalEntry['to']) =>
  a.state === b.state && sameValue(a.value, b.value);

export function sameValue(a: string | null, b: string | null): boolean {
  return a === null || b === null ? a === b : Number(a) === Number(b);
}

/** The form takes the reviewer's day up to the next one: his clock may be ahead of ours. */
export function nextDay(day: string): string {
  return new Date(Date.parse(`${day}T00:00:00Z`) + 86_400_000).toISOString().slice(0, 10);
}
