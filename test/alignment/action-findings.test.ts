import { beforeAll, describe, expect, test } from 'vitest';
import { type ActionFacts, actionFindings } from '../../pipelines/alignment/action-findings.ts';
import { type Say, wording } from '../../pipelines/language/wording.ts';
import type { Action, Milestone } from '../../pipelines/objectives/action.ts';
import { actionOf } from '../objectives/action-of.ts';

let say: Say;
beforeAll(async () => {
  say = await wording('en', 'findings');
});
const found = (actions: Action[], more: Partial<ActionFacts> = {}) =>
  actionFindings({
    actions,
    effects: [],
    spend: [],
    indicators: [],
    day: '2026-09-30',
    currency: 'EUR',
    language: 'en',
    say,
    ...more,
  });
const milestone = (id: string, more: Partial<Milestone> = {}): Milestone => ({
  action: 'A-1',
  id,
  name: id,
  due: '2026-06-30',
  doneOn: '2026-06-20',
  status: 'done',
  dependsOn: [],
  extractId: 'm',
  rowNumber: 1,
  ...more,
});

test('a group whose actions keep their word raises nothing', () => {
  const sealed = { evidence: 'Acceptance', evidenceFile: 'pv.pdf', evidenceSha256: 'a'.repeat(64) };
  expect(
    found(
      [
        actionOf(),
        actionOf({ id: 'A-2', status: 'done', doneOn: '2026-01-31', claimedSaving: '12000', ...sealed }),
        actionOf({
          id: 'A-3',
          dependsOn: ['A-2'],
          milestones: [
            milestone('M1'),
            milestone('M2', { status: 'planned', doneOn: null, due: '2026-12-31', dependsOn: ['A-1:M1'] }),
          ],
        }),
        // 5 % over its budget, and 5 % between register and ledger, are accepted
        actionOf({ id: 'A-4', spent: '1000', ledgerSpent: '1050' }),
      ],
      { evidence: [{ file: 'pv.pdf', sha256: 'a'.repeat(64), bytes: 1 }] },
    ),
  ).toEqual([]);
});

describe('an action', () => {
  test('that is late says by how many days', () => {
    const [one] = found([actionOf({ status: 'late', due: '2026-06-30' })]);
    expect(one).toMatchObject({ id: 'action:late:A-1', figures: [{ value: '92', unit: 'd' }] });
    expect(one?.sentence).toContain('92 days late');
  });

  test('that is not said to be late, but has a milestone that is, is found', () => {
    const late = milestone('Guards', { status: 'late', doneOn: null });
    expect(found([actionOf({ milestones: [late] })])[0]?.id).toBe('action:milestone_late:A-1');
    expect(found([actionOf({ status: 'done', milestones: [late] })])[0]?.sentence).toContain('declared done');
  });

  test('is over its budget by what the ledger says, whatever the register says', () => {
    const [over, differs] = found([actionOf({ spent: '900', ledgerSpent: '1060' })]);
    expect(over).toMatchObject({ id: 'action:over_budget:A-1' });
    expect(over?.sentence).toContain('€1,060 for a budget of €1,000, according to the ledger');
    expect(differs).toMatchObject({ id: 'action:ledger:A-1' });
    expect(differs?.sentence).toContain('a gap of €160');
    // no ledger row bears its code: the register is what there is
    expect(found([actionOf({ spent: '1060', ledgerSpent: null })])[0]?.sentence).toContain('the register');
  });

  test('whose saving has no evidence is a claim that names what is missing', () => {
    const [one] = found([actionOf({ claimedSaving: '21000' })]);
    expect(one).toMatchObject({ id: 'claim:action:A-1', kind: 'claim', severity: 'major' });
    expect(one?.sentence).toMatch(/Missing: a document .*, its SHA-256, a measurement before and after/);
    const sealed = { claimedSaving: '21000', evidenceFile: 'pv.pdf', evidenceSha256: 'A'.repeat(64) };
    const [absent] = found([actionOf(sealed)]);
    expect(absent?.sentence).toContain('Missing: the document itself: pv.pdf was not delivered');
    const [other] = found([actionOf(sealed)], {
      evidence: [{ file: 'pv.pdf', sha256: 'b'.repeat(64), bytes: 1 }],
    });
    expect(other).toMatchObject({ id: 'claim:action:A-1', severity: 'minor' });
    expect(other?.sentence).toContain('pv.pdf was delivered with another one');
    const [named] = found([actionOf({ claimedSaving: '21000', evidence: 'Acceptance' })]);
    expect(named).toMatchObject({ severity: 'minor' });
    expect(named?.sentence).toContain('the file of the document, its SHA-256');
  });

  test('that waits for itself through others is found', () => {
    const [one] = found([actionOf({ dependsOn: ['A-2'] }), actionOf({ id: 'A-2', dependsOn: ['A-1'] })]);
    expect(one?.sentence).toContain('A-1 → A-2 → A-1');
  });
});

test('money under a code that nobody has, and under no action, is named with its amount', () => {
  const loose = { name: null, entities: ['A'], rows: 3 };
  const [unknown, untied] = found([], {
    spend: [
      { ...loose, code: 'A-77', kind: 'unknown', amount: '280930.59' },
      { ...loose, code: 'P-1', kind: 'project', name: 'Pump', amount: '100' },
      { ...loose, code: 'P-2', kind: 'project', name: 'Seal', amount: '50' },
    ],
  });
  expect(unknown).toMatchObject({ id: 'action:unknown_code:A-77', severity: 'major', entity: 'A' });
  expect(unknown?.sentence).toContain('€280,931 was booked in twelve months under code A-77 (3 lines, A)');
  expect(untied?.sentence).toContain('2 projects flagged as sustainable spent €150');
});
