import { describe, expect, test } from 'vitest';
import type { Finding } from '../../pipelines/alignment/finding.ts';
import { Objective, type Standing } from '../../pipelines/objectives/objective.ts';
import { agendaOf } from '../../pipelines/review/agenda.ts';
import { actionOf } from '../objectives/action-of.ts';

const text = { fr: 'x', en: 'x' };
/** From 100 to 80: a way of 20. */
const standing = (
  id: string,
  lead: string | null,
  more: object = {},
  rest: Partial<Standing> = {},
): Standing => ({
  objective: Objective.parse({
    id,
    label: { fr: id, en: id },
    why: text,
    department: 'hr',
    owner: `Owner of ${id}`,
    indicator: 't.x',
    baseline: { period: '2025-Q4', value: 100 },
    target: { period: '2027-Q4', value: 80 },
    ...more,
  }),
  status: lead === null ? 'unknown' : Number(lead) < 0 ? 'off_track' : 'on_track',
  value: '1',
  expected: '1',
  targetInSeason: null,
  lead,
  progress: 0,
  points: [],
  seasonality: 'ttm',
  pace: null,
  forecast: null,
  change: null,
  cascade: null,
  actions: [],
  sentence: `${id} says`,
  ...rest,
});
const plan = (standings: Standing[], findings: Finding[] = [], period = '2026-Q3') =>
  agendaOf(
    standings,
    standings.flatMap((s) => s.actions),
    findings,
    [{ reconciliation: 'payroll', owner: 'finance' }],
    period,
    (one) => one.label.en,
  );

describe('the agenda', () => {
  test('ranks by weight, distance and money, and shows the parts', () => {
    const money = (objective: string, budget: string) => [
      actionOf({ id: `A-${objective}`, objective, budget }),
    ];
    const { items } = plan([
      // 1 x 5/20 x (1 + 0) = 0.25
      standing('small', '-5'),
      // 2 x 4/20 x (1 + 300/400) = 0.7
      standing('rich', '-4', { weight: 2 }, { actions: money('rich', '300') }),
      // 1 x 10/20 x (1 + 100/400) = 0.625
      standing('far', '-10', {}, { actions: money('far', '100') }),
      standing('ahead', '3'),
    ]);
    expect(
      items.map((one) => [
        one.objective,
        one.weight,
        one.distance,
        one.money,
        one.moneyShare,
        one.materiality,
      ]),
    ).toEqual([
      ['rich', 2, 0.2, '300', 0.75, 0.7],
      ['far', 1, 0.5, '100', 0.25, 0.625],
      ['small', 1, 0.25, '0', 0, 0.25],
    ]);
  });

  test('counts only the money of actions that are still open', () => {
    const done = [actionOf({ status: 'done' }), actionOf({ id: 'A-2', status: 'stopped' })];
    expect(plan([standing('a', '-5', {}, { actions: done })]).items[0]?.money).toBe('0');
  });

  test('holds what nobody can place as far as can be, and leaves out what carries no weight', () => {
    const { items } = plan([standing('dark', null), standing('part', '-10', { weight: 0 })]);
    expect(items.map((one) => [one.objective, one.distance])).toEqual([['dark', 1]]);
  });

  test('leaves out what is within its tolerance, and measures what is to be held by its target', () => {
    const near = standing('near', '-0.1', {}, { status: 'on_track' });
    // 100 is to be held, and 20 are missing: a fifth
    const held = standing('held', '-20', { target: { period: '2027-Q4', value: 100 } });
    expect(plan([near, held]).items.map((one) => [one.objective, one.distance])).toEqual([['held', 0.2]]);
  });

  test('takes a yearly objective in the fourth quarter, and before only when it is off its trajectory', () => {
    const calm = standing('calm', '-2', { review: 'yearly' }, { status: 'drifting' });
    const off = standing('off', '-8', { review: 'yearly' });
    expect(plan([calm, off]).items.map((one) => [one.objective, one.due])).toEqual([['off', false]]);
    expect(plan([calm, off], [], '2026-Q4').items).toHaveLength(2);
  });
});

test('a question goes to the owner of the action, else of the objective, else to the department of the gap', () => {
  const finding = (id: string, kind: Finding['kind'], objective?: string): Finding => ({
    id,
    kind,
    severity: 'major',
    sentence: id,
    figures: [],
    ...(objective ? { objective } : {}),
  });
  const one = standing('O', '-5', {}, { actions: [actionOf({ owner: 'Plant manager' })] });
  const { questions } = plan(
    [one],
    [
      finding('action:late:A-1', 'action', 'O'),
      finding('drift:O', 'drift', 'O'),
      finding('reconciliation:payroll:A', 'reconciliation'),
      finding('quality:estimated:x', 'quality'),
    ],
  );
  expect(questions.map((q) => [q.finding, q.owner, q.department])).toEqual([
    ['action:late:A-1', 'Plant manager', 'operations'],
    ['drift:O', 'Owner of O', 'hr'],
    ['reconciliation:payroll:A', null, 'finance'],
  ]);
});
