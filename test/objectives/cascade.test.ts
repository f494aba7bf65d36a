import { describe, expect, test } from 'vitest';
import { Indicator, Measure } from '../../pipelines/indicators/catalogue.ts';
import type { Figure } from '../../pipelines/indicators/figure.ts';
import { cascades } from '../../pipelines/objectives/cascade.ts';
import { Objective } from '../../pipelines/objectives/objective.ts';

const text = { fr: 'x', en: 'x' };
const measure = (id: string, more: object = {}) =>
  Measure.parse({ id, label: text, unit: 'm3', table: 'water', contracts: ['c'], ...more });
const catalogue = {
  measures: [
    measure('water'),
    measure('people', { aggregation: 'distinct', key: 'person' }),
    measure('hours'),
  ],
  indicators: [
    ['t.water', 'water', undefined],
    ['t.people', 'people', undefined],
    ['t.rate', 'hours', 'people'],
  ].map(([id, numerator, denominator]) =>
    Indicator.parse({
      id,
      label: text,
      definition: text,
      pillar: 'environment',
      topic: 'E3',
      unit: 'm3',
      numerator,
      denominator,
      bases: ['ttm'],
      direction: 'down',
      decimals: 0,
      standards: [],
    }),
  ),
};
const perimeter = {
  weights: new Map([
    ['A', 1],
    ['B', 0.5],
  ]),
  sites: new Map<string, string>(),
  period: '2026-Q3',
};
const goal = (id: string, entity: string, target: number, more: object = {}) =>
  Objective.parse({
    id,
    label: text,
    why: text,
    indicator: 't.water',
    entity,
    parent: entity === 'GROUP' ? null : 'G',
    baseline: { period: '2025-Q4', value: 2000 },
    target: { period: '2027-Q4', value: target },
    ...more,
  });
const check = (objectives: Objective[], figures: Figure[] = []) =>
  cascades(objectives, catalogue, figures, perimeter)[0];

describe('a sum', () => {
  test('adds the parts up, each for what it is consolidated at', () => {
    // 1 000 + 0.5 x 800 = 1 400
    expect(check([goal('G', 'GROUP', 1400), goal('P', 'A', 1000), goal('Q', 'B', 800)])).toMatchObject({
      method: 'sum',
      together: '1400',
      gap: '0',
      status: 'agrees',
      uncovered: [],
    });
  });

  test('that is beyond its tolerance differs, and says by how much', () => {
    // 1 450 for 1 400: 50, or 3.5714 %
    const parts = [goal('P', 'A', 1050), goal('Q', 'B', 800)];
    expect(check([goal('G', 'GROUP', 1400), ...parts])).toMatchObject({
      gap: '50',
      gapShare: 0.035714,
      status: 'differs',
    });
    expect(check([goal('G', 'GROUP', 1400, { parts_tolerance: 0.04 }), ...parts])?.status).toBe('agrees');
  });

  test('names who has no target', () => {
    expect(check([goal('G', 'GROUP', 1000), goal('P', 'A', 1000)])).toMatchObject({
      status: 'incomplete',
      uncovered: ['B'],
    });
  });
});

describe('a ratio', () => {
  const rate = { indicator: 't.rate' };
  const goals = [goal('G', 'GROUP', 14, rate), goal('P', 'A', 10, rate), goal('Q', 'B', 20, rate)];
  const figure = (entity: string, denominator: string | null): Figure => ({
    indicator: 't.rate',
    entity,
    period: '2026-Q3',
    basis: 'ttm',
    value: '1',
    unit: 'h',
    numerator: '1',
    denominator,
    coverage: 1,
    estimatedShare: 0,
    status: 'complete',
  });

  test('weighs each part by its denominator, as consolidated', () => {
    // A 300 of 500 (B 400 at half: 200): 10 x 0.6 + 20 x 0.4 = 14
    expect(check(goals, [figure('A', '300'), figure('B', '400')])).toMatchObject({
      method: 'weighted',
      together: '14',
      status: 'agrees',
      parts: [{ weight: '0.6' }, { weight: '0.4' }],
    });
  });

  test('without denominators is said to be not checkable, never added up', () => {
    expect(check(goals)).toMatchObject({ status: 'not_checkable', reason: 'no_denominator', together: null });
  });
});

test('what cannot be put together says why', () => {
  const whole = goal('G', 'GROUP', 1400);
  const reason = (...parts: Objective[]) => check([whole, ...parts])?.reason;
  expect(reason(goal('P', 'A', 1, { indicator: 't.rate' }))).toBe('another_indicator');
  expect(reason(goal('P', 'A', 1, { target: { period: '2028-Q4', value: 1 } }))).toBe('another_quarter');
  expect(reason(goal('P', 'A', 1), goal('Q', 'A', 1))).toBe('overlap');
  const people = { indicator: 't.people' };
  expect(check([goal('G', 'GROUP', 9, people), goal('P', 'A', 9, people)])?.reason).toBe('not_additive');
});

describe('parts by sites', () => {
  const goals = (entity: string, ...parts: [string, string[], string[], number][]) => [
    goal('G', entity, 1000, { parent: null }),
    ...parts.map(([id, sites, companies, target]) => ({
      ...goal(id, 'GROUP', target, { parent: 'G', sites }),
      companies,
    })),
  ];
  const sites = new Map([
    ['X', 'A'],
    ['Y', 'A'],
    ['Z', 'B'],
  ]);
  const along = (objectives: Objective[]) => cascades(objectives, catalogue, [], { ...perimeter, sites })[0];

  test('of a company leave its other sites without a target', () => {
    expect(along(goals('A', ['P', ['X'], ['A'], 1000]))).toMatchObject({
      together: '1000',
      status: 'incomplete',
      uncovered: ['site:Y'],
    });
    expect(along(goals('A', ['P', ['X'], ['A'], 600], ['Q', ['Y'], ['A'], 400]))?.status).toBe('agrees');
  });

  test('count in the group for what their company is consolidated at', () => {
    // 600 + 300 + 0.5 x 200 = 1 000
    const parts = goals(
      'GROUP',
      ['P', ['X'], ['A'], 600],
      ['Q', ['Y'], ['A'], 300],
      ['R', ['Z'], ['B'], 200],
    );
    expect(along(parts)).toMatchObject({ together: '1000', status: 'agrees', uncovered: [] });
  });

  test('overlap with the whole company that they are in', () => {
    const both = [...goals('GROUP', ['P', ['X'], ['A'], 600]), goal('Q', 'A', 400)];
    expect(along(both)?.reason).toBe('overlap');
  });
});

test('a part of one company counts among several for what it is consolidated at', () => {
  // A and B at half: 900 + 0.5 x 200 = 1 000
  const parts = [goal('P', 'A', 900), goal('Q', 'B', 200)];
  const whole = goal('G', 'GROUP', 1000, { entities: ['A', 'B'] });
  expect(check([whole, ...parts])).toMatchObject({ together: '1000', status: 'agrees' });
});
