import { expect, test } from 'vitest';
import type { JournalEntry } from '../../pipelines/review/decision.ts';
import {
  byUrgency,
  decisionsOf,
  lastDecisions,
  type ToldDecision,
} from '../../pipelines/review/last-decisions.ts';

const hash = '0'.repeat(64);
const entry = (
  subject: string,
  decision: JournalEntry['decision'],
  state: JournalEntry['to']['state'],
  value: string | null,
  kind: JournalEntry['kind'] = 'decision',
): JournalEntry => ({
  sequence: 1,
  previous: hash,
  kind,
  subject,
  decision,
  by: 'Anne Le Goff',
  on: '2026-07-20',
  from: { state: 'open', value: '10' },
  to: { state, value },
  reason: kind === 'explanation' ? 'A bonus' : null,
  evidence: null,
  comment: null,
  workbook: hash,
  recorded_at: '2026-07-21T08:00:00Z',
});
const values: Record<string, string | null> = { kept: '10.0', moved: '11', asked: '10', answered: '12' };
const outcomes = (entries: JournalEntry[]) =>
  lastDecisions(
    decisionsOf(entries),
    (figure) => values[figure],
    (gap) => (gap === 'open:SA' ? '5' : undefined),
  ).map((one) => [one.subject, one.kind, one.outcome]);

test('what was approved is kept or has changed; what was asked is settled or still open', () => {
  expect(
    outcomes([
      entry('kept', 'approve', 'approved', '10'),
      entry('moved', 'approve', 'approved', '10'),
      entry('asked', 'question', 'questioned', '10'),
      entry('answered', 'question', 'questioned', '10'),
    ]),
  ).toEqual([
    ['answered', 'questioned', 'settled'],
    ['asked', 'questioned', 'open'],
    ['kept', 'approved', 'kept'],
    ['moved', 'approved', 'changed'],
  ]);
});

test('an override is set against its own value, and the last decision counts', () => {
  const [one] = lastDecisions(
    decisionsOf([
      entry('answered', 'question', 'questioned', '10'),
      entry('answered', 'override', 'overridden', '12'),
    ]),
    (figure) => values[figure],
    () => undefined,
  );
  expect(one).toMatchObject({ kind: 'overridden', before: '12', now: '12', outcome: 'kept' });
});

test('an explained gap is settled when it no longer exceeds its tolerance', () => {
  expect(
    outcomes([
      entry('reconciliation:open:SA:2026-Q2:quarter', null, 'explained', null, 'explanation'),
      entry('reconciliation:closed:SA:2026-Q2:quarter', null, 'explained', null, 'explanation'),
    ]),
  ).toEqual([
    ['reconciliation:closed:SA:2026-Q2:quarter', 'explained', 'settled'],
    ['reconciliation:open:SA:2026-Q2:quarter', 'explained', 'open'],
  ]);
});

test('what is left to talk about comes first', () => {
  const told = (
    subject: string,
    outcome: ToldDecision['outcome'],
    drift: string | null = null,
  ): ToldDecision => ({
    subject,
    kind: 'approved',
    by: 'A',
    on: '2026-07-20',
    reason: null,
    before: '1',
    now: '1',
    outcome,
    label: subject,
    decided: '',
    became: '',
    drift,
  });
  expect(
    byUrgency([
      told('a', 'kept'),
      told('b', 'kept', 'It drifts.'),
      told('c', 'settled'),
      told('d', 'changed'),
      told('e', 'open'),
    ]).map((one) => one.subject),
  ).toEqual(['e', 'd', 'b', 'c', 'a']);
});
