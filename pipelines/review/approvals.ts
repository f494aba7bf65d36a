import type { JournalEntry, Review } from './decision.ts';
import { mayBeOnePerson } from './person.ts';

/** The approvals of one person that stand. */
export interface Approval {
  readonly by: string;
  /** first and last day */
  readonly from: string;
  readonly to: string;
  readonly figures: number;
}

/** Who approved, when, and how many figures: the approvals that stand, one line a person. */
export function approvalsOf(entries: readonly JournalEntry[], review: Review): Approval[] {
  const standing = review.figures.filter((one) => one.state === 'approved');
  const people: { by: string; days: string[] }[] = [];
  for (const one of standing) {
    const by = one.decided?.by ?? '';
    const on = one.decided?.on ?? '';
    const known = people.find((person) => mayBeOnePerson(person.by, by) && person.by.length >= by.length);
    if (known) known.days.push(on);
    else people.push({ by, days: [on] });
  }
  const first = (by: string) => entries.findIndex((entry) => entry.by === by);
  return people
    .sort((a, b) => first(a.by) - first(b.by))
    .map(({ by, days }) => ({
      by,
      from: days.toSorted()[0] as string,
      to: days.toSorted().at(-1) as string,
      figures: days.length,
    }));
}
