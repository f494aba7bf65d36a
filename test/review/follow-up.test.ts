import { beforeAll, expect, test } from 'vitest';
import { wording } from '../../pipelines/language/wording.ts';
import type { Action } from '../../pipelines/objectives/action.ts';
import type { Standing } from '../../pipelines/objectives/objective.ts';
import { type FollowUpFacts, followUp, followUpFindings } from '../../pipelines/review/follow-up.ts';
import type { CarriedResolution, Choice } from '../../pipelines/review/resolution.ts';
import { actionOf } from '../objectives/action-of.ts';

/** A review of July 2026 seen from the end of September: an action on which 500 were spent, an objective at 92. */
let facts: FollowUpFacts;
beforeAll(async () => {
  facts = {
    standings: [],
    actions: [],
    indicators: [],
    day: '2026-09-30',
    currency: 'EUR',
    language: 'en',
    say: await wording('en', 'findings'),
    names: await wording('en', 'common'),
  };
});
const decided = (subject: string, decision: Choice, due: string | null): CarriedResolution => ({
  subject,
  decision,
  owner: null,
  due,
  reason: null,
  by: 'The board',
  on: '2026-07-12',
  period: '2026-Q2',
  before: { label: 'Then', status: 'running', value: '500', chosen: ['A-1', 'A-2'] },
});
const ofAction = (decision: Choice, due: string | null, now: Partial<Action>) =>
  followUp([decided('action:A-1', decision, due)], { ...facts, actions: [actionOf(now)] })[0]?.outcome;
const [passed, ahead] = ['2026-09-30', '2026-10-01'];

test.each([
  ['accept', ahead, {}, 'under_way'],
  ['accept', passed, {}, 'late'],
  ['accept', passed, { status: 'done' }, 'done'],
  ['accept', ahead, { status: 'stopped' }, 'against'],
  // refused, and neither stopped nor spent on since: the register does not know it yet
  ['refuse', null, {}, 'under_way'],
  ['refuse', null, { ledgerSpent: '501' }, 'against'],
  ['refuse', null, { status: 'stopped', ledgerSpent: '501' }, 'done'],
  ['postpone', ahead, {}, 'under_way'],
  ['postpone', ahead, { ledgerSpent: '501' }, 'against'],
  ['postpone', passed, { ledgerSpent: '501' }, 'again'],
] as const)('an action: %s until %s, now %o, is %s', (decision, due, now, outcome) => {
  expect(ofAction(decision, due, now)).toBe(outcome);
});

test('an action that the register holds no more is gone; refused, it is done', () => {
  const outcome = (decision: Choice) => followUp([decided('action:X', decision, ahead)], facts)[0]?.outcome;
  expect([outcome('accept'), outcome('refuse')]).toEqual(['gone', 'done']);
});

test('an objective is done when it is back on its trajectory, late when its day has passed', () => {
  const at = (status: Standing['status'], decision: Choice, due: string | null) =>
    followUp([decided('objective:O', decision, due)], {
      ...facts,
      standings: [
        {
          objective: { id: 'O', indicator: null },
          status,
          value: '92',
          expected: '80',
        } as unknown as Standing,
      ],
    })[0]?.outcome;
  expect(at('on_track', 'accept', passed)).toBe('done');
  expect(at('off_track', 'accept', passed)).toBe('late');
  expect(at('off_track', 'accept', ahead)).toBe('under_way');
  expect(at('off_track', 'postpone', passed)).toBe('again');
  expect(at('off_track', 'refuse', null)).toBe('closed');
});

test('an arbitration is told by its actions and by what was spent on them since', () => {
  const [one] = followUp([decided('arbitration', 'accept', ahead)], {
    ...facts,
    actions: [
      actionOf({ status: 'done', ledgerSpent: '900' }),
      actionOf({ id: 'A-2', ledgerSpent: null, spent: '200' }),
      actionOf({ id: 'A-3', ledgerSpent: '70000' }),
    ],
  });
  // 900 + 200 - 500; A-3 was not chosen
  expect(one?.sentence).toBe(
    'Of 2 actions chosen: 1 done, 1 running, 0 late, 0 not begun, 0 stopped; €600 spent on them since the decision.',
  );
  expect(one?.outcome).toBe('under_way');
});

test('only what goes otherwise than decided is a finding, with what was spent then and now', () => {
  const told = { ...facts, actions: [actionOf({ ledgerSpent: '501' }), actionOf({ id: 'A-2' })] };
  const followed = followUp(
    [decided('action:A-1', 'refuse', null), decided('action:A-2', 'accept', ahead)],
    told,
  );
  expect(followUpFindings(followed, told)).toMatchObject([
    {
      id: 'decision:against:action:A-1',
      severity: 'major',
      sentence: expect.stringContaining('refused on 12\u00a0Jul\u00a02026 (The board)'),
      figures: [{ value: '500' }, { value: '501' }],
    },
  ]);
});

test('an accepted objective and an accepted arbitration that are late are findings, with the figures then and now', () => {
  const told = {
    ...facts,
    standings: [
      {
        objective: { id: 'O', indicator: null, entity: 'group', label: { fr: 'Moins', en: 'Less' } },
        status: 'off_track',
        value: '92',
        expected: '80',
      } as unknown as Standing,
    ],
    actions: [actionOf({ ledgerSpent: '900' })],
  };
  const late = [
    decided('objective:O', 'accept', passed),
    { ...decided('arbitration', 'accept', passed), owner: 'Secretary general' },
  ];
  expect(followUpFindings(followUp(late, told), told)).toMatchObject([
    {
      id: 'decision:late:arbitration',
      owner: 'Secretary general',
      sentence: expect.stringMatching(
        /^The arbitration accepted on .* is not carried out: of 2 actions chosen: 0 done/,
      ),
      figures: [{ value: '500' }, { value: '900' }],
    },
    {
      id: 'decision:late:objective:O',
      objective: 'O',
      sentence: expect.stringMatching(/^Objective “Less” was to be back on its trajectory by 30.Sep.2026/),
      figures: [{ value: '500' }, { value: '92' }, { value: '80' }],
    },
  ]);
  // not yet due, postponed or refused: nothing to ask about
  for (const [decision, due] of [
    ['accept', ahead],
    ['postpone', passed],
    ['refuse', null],
  ] as const)
    expect(followUpFindings(followUp([decided('objective:O', decision, due)], told), told)).toEqual([]);
});
