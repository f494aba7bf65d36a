import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { shiftQuarter } from '../../pipelines/configuration/period.ts';
import { Objective } from '../../pipelines/objectives/objective.ts';
import { derivedTarget, expectedAt } from '../../pipelines/objectives/trajectory.ts';

const baseline = { period: '2025-Q4', value: 1000 };
const target = { period: '2027-Q4', value: 800 };
const text = { fr: 'x', en: 'x' };
const declared = { id: 'O', label: text, why: text, indicator: 't.energy', baseline };

describe('a trajectory', () => {
  test('through points runs straight from one to the next', () => {
    const way = {
      baseline,
      target,
      trajectory: 'points' as const,
      points: [{ period: '2026-Q4', value: 960 }],
    };
    // 1 000 → 960 in four quarters (10 each), 960 → 800 in four (40 each)
    expect(['2026-Q1', '2026-Q4', '2027-Q1', '2027-Q4'].map((q) => expectedAt(way, q)?.toNumber())).toEqual([
      990, 960, 920, 800,
    ]);
  });

  test('at a yearly rate is compound: 10 % less a year, twice, is 19 % less', () => {
    const way = {
      baseline,
      target: { period: '2027-Q4' },
      trajectory: 'yearly_rate' as const,
      yearly_rate: -10,
    };
    expect(derivedTarget(way)).toBe(810);
    expect(expectedAt(way, '2026-Q4')?.toNumber()).toBe(900);
    // half a year: 1 000 x 0.9^0.5 = 948.683298
    expect(expectedAt(way, '2026-Q2')?.toNumber()).toBe(948.683298);
  });

  test('by absolute contraction takes 4.2 % of the base year off each year, not of the year before', () => {
    // SBTi: base year 2020, ten years at 4.2 %: 42 % less, the reduction that its criteria print for 1.5 °C by 2030
    const way = {
      baseline: { period: '2020-Q4', value: 1000 },
      target: { period: '2030-Q4' },
      trajectory: 'contraction' as const,
    };
    expect(derivedTarget(way)).toBe(580);
    expect(expectedAt(way, '2025-Q4')?.toNumber()).toBe(790);
    // it ends at nothing, never below
    expect(derivedTarget({ ...way, target: { period: '2060-Q4' } })).toBe(0);
  });

  test('of any kind starts at the baseline and ends at the target', () => {
    fc.assert(
      fc.property(
        fc.constantFrom('linear' as const, 'points' as const, 'yearly_rate' as const, 'contraction' as const),
        fc.integer({ min: 1, max: 80 }),
        fc.integer({ min: -40, max: 40 }),
        (trajectory, quarters, rate) => {
          const end = { period: shiftQuarter(baseline.period, quarters), value: 700 };
          const way = { baseline, target: end, trajectory, yearly_rate: rate, points: [] };
          expect(expectedAt(way, baseline.period)?.toNumber()).toBe(baseline.value);
          expect(expectedAt(way, end.period)?.toNumber()).toBe(derivedTarget(way) ?? 700);
        },
      ),
    );
  });
});

describe('an objective as declared', () => {
  const faults = (more: object) =>
    Objective.safeParse({ ...declared, ...more }).error?.issues.map((issue) => issue.path.join('.')) ?? [];

  test('has the target that its trajectory makes', () => {
    const made = Objective.parse({ ...declared, target: { period: '2027-Q4' }, trajectory: 'contraction' });
    // 1 000 x (1 - 2 x 4.2 %) = 916
    expect(made.target).toEqual({ period: '2027-Q4', value: 916 });
    expect(made.contraction).toMatchObject({ percent_a_year: 4.2, certainty: 'to_confirm' });
    expect(made.contraction?.source).toContain('SBTi');
  });

  test('may have neither owner nor department nor indicator, so that the run can say it', () => {
    const bare = Objective.parse({ id: 'O', label: text, why: text });
    expect(bare).toMatchObject({
      owner: null,
      department: null,
      indicator: null,
      baseline: null,
      target: null,
    });
  });

  test('with an indicator needs a baseline and a target, and what its trajectory is made of', () => {
    expect(faults({ baseline: null })).toEqual(['baseline', 'target']);
    expect(faults({ target: { period: '2027-Q4' } })).toEqual(['target']);
    expect(faults({ target: { period: '2025-Q4', value: 1 } })).toEqual(['target']);
    expect(faults({ target, trajectory: 'steps' })).toEqual(['steps']);
    expect(faults({ target, trajectory: 'contraction' })).toEqual(['target']); // 800 is not 916
    expect(faults({ target })).toEqual([]);
  });

  test('leads somewhere: no percentage of nothing or of less than nothing', () => {
    const rate = { target: { period: '2027-Q4' }, trajectory: 'yearly_rate', yearly_rate: -5 };
    expect(faults({ ...rate, baseline: { period: '2025-Q4', value: 0 } })).toContain('baseline');
    expect(faults({ ...rate, baseline: { period: '2025-Q4', value: -40 } })).toContain('baseline');
    expect(faults(rate)).toEqual([]);
  });

  test('has its points between baseline and target, each quarter once', () => {
    const along = (points: object[], trajectory = 'points') =>
      faults({ target, trajectory, [trajectory]: points });
    expect(along([{ period: '2026-Q3', value: 950 }])).toEqual([]);
    expect(along([{ period: '2024-Q4', value: 950 }])).toEqual(['points']);
    expect(along([{ period: '2027-Q4', value: 950 }])).toEqual(['points']);
    const twice = [950, 940].map((value) => ({ period: '2026-Q3', value }));
    expect(along(twice)).toEqual(['points']);
    // the last step is the target
    expect(along([{ period: '2027-Q4', value: 800 }], 'steps')).toEqual([]);
    expect(along([{ period: '2027-Q4', value: 810 }], 'steps')).toEqual(['steps']);
  });

  test('of some sites is named by them, and by nothing else', () => {
    const part = Objective.parse({ ...declared, target, sites: ['X', 'Y'] });
    expect([part.entity, part.sites]).toEqual(['site:X+Y', ['X', 'Y']]);
    expect(faults({ target, entity: 'A', sites: ['X'] })).toEqual(['sites']);
  });

  test('of several entities is named by them', () => {
    const part = Objective.parse({ ...declared, target, entities: ['A', 'B'] });
    expect([part.entity, part.entities]).toEqual(['A+B', ['A', 'B']]);
    expect(faults({ target, entity: 'A', entities: ['A', 'B'] })).toEqual(['entities']);
  });
});
