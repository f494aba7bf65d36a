import { describe, expect, test } from 'vitest';
import { annuity, arbitrate } from '../../../pipelines/alignment/arbitration/arbitrate.ts';
import { type ProblemFacts, problemOf } from '../../../pipelines/alignment/arbitration/option.ts';
import { Indicator } from '../../../pipelines/indicators/catalogue.ts';
import type { Figure } from '../../../pipelines/indicators/figure.ts';
import type { Action } from '../../../pipelines/objectives/action.ts';
import { Objective, type Standing } from '../../../pipelines/objectives/objective.ts';
import { actionOf } from '../../objectives/action-of.ts';
import { unspent } from '../invented.ts';

const label = { fr: 'x', en: 'x' };
const indicator = (id: string, unit: string, rest: object = {}) =>
  Indicator.parse({
    id,
    label,
    definition: label,
    pillar: 'environment',
    topic: 'E1',
    unit,
    numerator: 'electricity',
    bases: ['ttm'],
    direction: 'down',
    decimals: 0,
    standards: [],
    ...rest,
  });
const indicators = [
  indicator('energy.electricity', 'MWh'),
  indicator('energy.renewable', '%', { numerator: 'green', denominator: 'energy', scale: 100 }),
  indicator('energy.green', 'MWh', { numerator: 'green' }),
  indicator('ghg.total', 'tCO2e', { numerator: 'tonnes' }),
  indicator('hs.rate', 'per 1e6 h', { numerator: 'accidents', denominator: 'hours', scale: 1_000_000 }),
];
const standing = (id: string, of: string, value: string, target: number, rest: object = {}): Standing => ({
  objective: Objective.parse({
    id,
    label,
    why: label,
    department: 'operations',
    owner: 'x',
    indicator: of,
    baseline: { period: '2025-Q4', value: 1 },
    target: { period: '2027-Q4', value: target },
    ...rest,
  }),
  status: 'drifting',
  value,
  expected: null,
  targetInSeason: null,
  lead: null,
  progress: null,
  points: [],
  forecast: null,
  seasonality: 'none',
  pace: null,
  change: null,
  cascade: null,
  actions: [],
  sentence: '',
});
const action = (id: string, objective: string | null, rest: Partial<Action>): Action =>
  actionOf({ ...unspent, id, name: id, objective, due: '2027-01-01', ...rest });
const figure = (of: string, entity: string, denominator: string): Figure => ({
  indicator: of,
  entity,
  period: '2026-Q3',
  basis: 'ttm',
  value: '1',
  unit: '',
  numerator: '1',
  denominator,
  coverage: 1,
  estimatedShare: 0,
  status: 'complete',
});

function facts(
  standings: Standing[],
  actions: Action[],
  settings: Partial<ProblemFacts['settings']> = {},
): ProblemFacts {
  return {
    standings,
    actions,
    indicators,
    figures: [
      figure('energy.renewable', 'GROUP', '50000'),
      figure('hs.rate', 'GROUP', '3000000'),
      figure('hs.rate', 'A', '1000000'),
    ],
    weights: new Map([
      ['A', 1],
      ['B', 0.5],
    ]),
    period: '2026-Q3',
    currency: 'EUR',
    language: 'en',
    settings: { discount_rate: 0, lifetime_years: 10, exclusive: [], ...settings },
  };
}
const effects = (standings: Standing[], one: Action) =>
  problemOf(facts(standings, [one])).options[0]?.effects.map((e) => [e.goal, e.change, e.share]);

describe('what is left to close', () => {
  const saving = { expectedEffect: '-10', expectedUnit: 'MWh' };

  test('is counted to the target of the season, not to that of another quarter', () => {
    // 800 in the baseline's winter quarter is 160 in this summer one: 200 less 160 are left, and -10 closes a quarter of 40
    const winter = standing('O-E', 'energy.electricity', '200', 800, { basis: 'ttm' });
    expect(effects([{ ...winter, targetInSeason: '160' }], action('X', 'O-E', saving))).toEqual([
      ['O-E', '-10', 0.25],
    ]);
  });

  test('is nothing where a value that is to be held is held', () => {
    const held = standing('O-E', 'energy.electricity', '0.5', 1);
    expect(problemOf(facts([{ ...held, lead: '0.5' }], [])).goals).toEqual([]);
    expect(problemOf(facts([{ ...held, value: '2', lead: '-1' }], [])).goals).toHaveLength(1);
  });

  test('is not proposed to an action whose rival is done', () => {
    const energy = standing('O-E', 'energy.electricity', '30000', 29_000);
    const rivals = [action('X', 'O-E', { ...saving, status: 'done' }), action('Y', 'O-E', saving)];
    const { options } = problemOf(facts([energy], rivals, { exclusive: [['X', 'Y']] }));
    expect(options.map((one) => [one.id, one.excluded])).toEqual([['Y', 'rival_done']]);
  });
});

describe('what an action closes of a gap', () => {
  test('is its stated effect over the gap that is left', () => {
    // 30 000 to 29 000: -200 closes 20 %
    const energy = standing('O-E', 'energy.electricity', '30000', 29_000);
    expect(effects([energy], action('X', 'O-E', { expectedEffect: '-200', expectedUnit: 'MWh' }))).toEqual([
      ['O-E', '-200', 0.2],
    ]);
  });

  test('widens the gap of an objective that wants the opposite of the same indicator', () => {
    const less = standing('O-E', 'energy.electricity', '30000', 29_000);
    const more = standing('O-M', 'energy.electricity', '20000', 22_000, { entity: 'A' });
    const back = action('X', 'O-M', { entity: 'A', expectedEffect: '500', expectedUnit: 'MWh' });
    expect(effects([less, more], back)).toEqual([
      ['O-E', '500', -0.5],
      ['O-M', '500', 0.25],
    ]);
  });

  test('of an entity held at half counts for half in the group', () => {
    const energy = standing('O-E', 'energy.electricity', '30000', 29_000);
    const own = action('X', 'O-E', { entity: 'B', expectedEffect: '-200', expectedUnit: 'MWh' });
    expect(effects([energy], own)).toEqual([['O-E', '-100', 0.1]]);
  });

  test('of an entity held at half counts for half among several, and whole in its own perimeter', () => {
    const several = standing('O-E', 'energy.electricity', '30000', 29_000, { entities: ['A', 'B'] });
    const alone = standing('O-B', 'energy.electricity', '3000', 2_000, { entity: 'B' });
    const own = action('X', 'O-E', { entity: 'B', expectedEffect: '-200', expectedUnit: 'MWh' });
    expect(effects([several, alone], own)).toEqual([
      ['O-E', '-100', 0.1],
      ['O-B', '-200', 0.2],
    ]);
  });

  test('of a company is not taken for that of one of its sites, unless it is done for it', () => {
    const onSite = (id: string) => {
      const one = standing(id, 'energy.electricity', '3000', 2_000, { sites: ['S'] });
      return { ...one, objective: { ...one.objective, companies: ['A'] } };
    };
    const company = { entity: 'A', expectedEffect: '-200', expectedUnit: 'MWh' };
    const whole = standing('O-E', 'energy.electricity', '30000', 29_000);
    const reached = (one: Action) => effects([whole, onSite('O-S')], one)?.map(([goal]) => goal);
    expect(reached(action('X', 'O-E', company))).toEqual(['O-E']);
    expect(reached(action('X', 'O-S', company))).toEqual(['O-E', 'O-S']);
    expect(reached(action('X', 'O-E', { ...company, site: 'S' }))).toEqual(['O-E', 'O-S']);
    expect(reached(action('X', 'O-E', { ...company, site: 'T' }))).toEqual(['O-E']);
  });

  test('in the unit of a numerator is taken over the denominator of today', () => {
    // 5 000 MWh of 50 000 are 10 points of the 15 that are missing
    const share = standing('O-R', 'energy.renewable', '10', 25);
    expect(effects([share], action('X', 'O-R', { expectedEffect: '5000', expectedUnit: 'MWh' }))).toEqual([
      ['O-R', '10', 0.666667],
    ]);
  });

  test("on an entity's rate weighs by its part of the denominator", () => {
    // -3 on a third of the hours is -1 of the group, of -4
    const rate = standing('O-S', 'hs.rate', '12', 8);
    const own = action('X', 'O-S', { entity: 'A', expectedEffect: '-3', expectedUnit: 'per 1e6 h' });
    expect(effects([rate], own)).toEqual([['O-S', '-1', 0.25]]);
  });

  test('counts tonnes avoided in the climate objective, whatever objective it serves', () => {
    const energy = standing('O-E', 'energy.electricity', '30000', 29_000);
    const climate = standing('O-C', 'ghg.total', '6000', 5000);
    const one = action('X', 'O-E', { expectedEffect: '-200', expectedUnit: 'MWh', abatement: '40' });
    expect(effects([energy, climate], one)).toEqual([
      ['O-E', '-200', 0.2],
      ['O-C', '-40', 0.04],
    ]);
  });

  test('says why it cannot be ranked', () => {
    const energy = standing('O-E', 'energy.electricity', '30000', 29_000);
    const reason = (one: Action, others: Action[] = []) =>
      problemOf(facts([energy], [one, ...others])).options[0]?.excluded;
    const stated = { expectedEffect: '-200', expectedUnit: 'MWh' };
    expect(reason(action('X', 'O-E', { ...stated, budget: null }))).toBe('no_budget');
    expect(reason(action('X', 'O-E', {}))).toBe('no_effect');
    expect(reason(action('X', 'O-E', { ...stated, expectedUnit: 'EUR' }))).toBe('unit');
    expect(reason(action('X', null, stated))).toBe('no_objective');
    expect(
      reason(action('X', 'O-E', { ...stated, dependsOn: ['Y'] }), [action('Y', null, { status: 'stopped' })]),
    ).toBe('blocked');
    expect(reason(action('X', 'O-E', stated))).toBeNull();
  });
});

describe('the arbitration', () => {
  const energy = standing('O-E', 'energy.electricity', '30000', 29_000);
  const stated = (effect: string, budget: string, rest: Partial<Action> = {}) => ({
    expectedEffect: effect,
    expectedUnit: 'MWh',
    budget,
    ...rest,
  });
  const actions = [
    action('A', 'O-E', stated('-500', '60000', { abatement: '10', annualCost: '-1000', lifetime: '6' })),
    action('B', 'O-E', stated('-300', '50000', { spent: '10000' })),
    action('C', 'O-E', stated('-300', '70000', { dependsOn: ['A'] })),
  ];

  test('ranks by what is closed for each euro that is left to spend, and says what is given up', async () => {
    const found = await arbitrate(problemOf(facts([energy], actions, { budget: 100_000 })));
    // A 0.5 / 60 k = 0.8333 for 100 k; B 0.3 / 40 k = 0.75; C 0.3 / 70 k = 0.428571
    expect(found.ranking.map((one) => [one.option.id, one.closes, one.closesPer100k, one.chosen])).toEqual([
      ['A', 0.5, 0.833333, true],
      ['B', 0.3, 0.75, true],
      ['C', 0.3, 0.428571, false],
    ]);
    expect(found).toMatchObject({ closed: 0.8, givenUp: ['C'], goals: [{ goal: 'O-E', closed: 0.8 }] });
    expect(found.set.cost).toBe('100000');
  });

  test('gives a tonne the annuity and the running costs over the tonnes of a year', async () => {
    const found = await arbitrate(problemOf(facts([energy], actions)));
    // 60 000 over 6 years at no interest, 10 000 a year, less 1 000: 9 000 / 10 t
    expect(found.ranking.find((one) => one.option.id === 'A')?.abatementCost).toEqual({
      annuity: '10000',
      annualCost: '-1000',
      tonnes: '10',
      each: '900',
    });
    // 1 000 over 10 years at 5 %: PMT(5 %, 10, -1000) = 129.50
    expect(annuity('1000', 10, 0.05).toFixed(2)).toBe('129.50');
  });

  test('tries costs and effects at ±20 %: what fits by a hair does not hold', async () => {
    const found = await arbitrate(problemOf(facts([energy], actions, { budget: 100_000 })));
    const stays = new Map(found.ranking.map((one) => [one.option.id, [one.stays, one.scenarios]]));
    // A is in every best set; B falls out when all costs rise by 20 % (120 000) and when its own does (108 000)
    expect(stays.get('A')).toEqual([8, 8]);
    expect(stays.get('B')).toEqual([6, 8]);
  });

  test('without an action leaves out what depends on it', async () => {
    const found = await arbitrate(problemOf(facts([energy], actions)), { without: ['A'] });
    expect(found.set.chosen).toEqual(['B']);
    expect(found.givenUp).toEqual(['C']);
  });

  test('without a budget takes all that is left to spend', async () => {
    const found = await arbitrate(problemOf(facts([energy], actions)));
    expect(found).toMatchObject({ budget: '170000', budgetDeclared: false, closed: 1 });
  });
});
