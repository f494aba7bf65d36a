import { describe, expect, test } from 'vitest';
import { Indicator, Measure } from '../../pipelines/indicators/catalogue.ts';
import type { Figure } from '../../pipelines/indicators/figure.ts';
import { type MeasuredObjective, Objective } from '../../pipelines/objectives/objective.ts';
import { standings } from '../../pipelines/objectives/standing.ts';
import { expectedAt } from '../../pipelines/objectives/trajectory.ts';

const text = { fr: 'x', en: 'x' };
const indicator = Indicator.parse({
  id: 't.energy',
  label: text,
  definition: text,
  pillar: 'environment',
  topic: 'E1',
  unit: 'MWh',
  numerator: 'm',
  bases: ['ttm'],
  direction: 'down',
  decimals: 0,
  standards: [],
});
/** From 1 000 in 2025-Q4 to 800 in 2027-Q4: eight quarters, 25 a quarter. */
const declared = {
  id: 'O',
  label: text,
  why: text,
  department: 'operations',
  owner: 'x',
  indicator: 't.energy',
  baseline: { period: '2025-Q4', value: 1000 },
  target: { period: '2027-Q4', value: 800 },
};
const objective = Objective.parse(declared) as MeasuredObjective;
const figure = (period: string, value: string | null): Figure => ({
  indicator: 't.energy',
  entity: 'GROUP',
  period,
  basis: 'ttm',
  value,
  unit: 'MWh',
  numerator: value,
  denominator: null,
  coverage: 1,
  estimatedShare: 0,
  status: value === null ? 'missing' : 'complete',
});
const stand = (value: string | null, at: Objective = objective) => {
  const [one] = standings([at], [indicator], [figure('2026-Q3', value)], [], '2026-Q3', () => 'said');
  if (!one) throw new Error('no standing');
  return one;
};

describe('the trajectory', () => {
  test('runs straight from baseline to target, and says nothing before', () => {
    expect(expectedAt(objective, '2025-Q3')).toBeNull();
    expect(expectedAt(objective, '2025-Q4')?.toNumber()).toBe(1000);
    expect(expectedAt(objective, '2026-Q3')?.toNumber()).toBe(925); // 1 000 - 3 x 25
    expect(expectedAt(objective, '2028-Q4')?.toNumber()).toBe(800);
  });

  test('in steps keeps each value until the next', () => {
    const stepped = {
      ...objective,
      trajectory: 'steps' as const,
      steps: [
        { period: '2026-Q2', value: 950 },
        { period: '2027-Q1', value: 870 },
      ],
    };
    expect(
      ['2026-Q1', '2026-Q2', '2026-Q4', '2027-Q1'].map((q) => expectedAt(stepped, q)?.toNumber()),
    ).toEqual([1000, 950, 950, 870]);
  });
});

describe('the status', () => {
  // expected 925; the whole way is 200: amber to 5 % behind (10), red from 15 % (30)
  test.each([
    ['790', 'achieved', '135'],
    ['925', 'on_track', '0'],
    ['935', 'on_track', '-10'],
    ['936', 'drifting', '-11'],
    ['955', 'drifting', '-30'],
    ['956', 'off_track', '-31'],
  ])('%s is %s', (value, status, lead) => {
    expect(stand(value)).toMatchObject({ status, lead, expected: '925' });
  });

  test('a missing figure is unknown, not behind', () => {
    expect(stand(null)).toMatchObject({ status: 'unknown', lead: null, progress: null });
  });

  test('progress is the part of the way done; without a way there is none', () => {
    expect(stand('950').progress).toBe(0.25); // 50 of 200
    expect(stand('1100').progress).toBe(-0.5);
    expect(stand('1000', { ...objective, target: { period: '2027-Q4', value: 1000 } }).progress).toBeNull();
  });

  test('an objective that goes up is ahead when above', () => {
    const up = {
      ...objective,
      baseline: { period: '2025-Q4', value: 10 },
      target: { period: '2027-Q4', value: 18 },
    };
    expect(stand('14', up)).toMatchObject({ status: 'on_track', lead: '1' }); // expected 13
  });
});

describe('the pace', () => {
  test('is what was done and what is left, a year', () => {
    // 1 000 to 940 in three quarters: -80 a year; 940 to 800 in five: -112 a year
    expect(stand('940').pace).toEqual({ achieved: '-80', required: '-112', quartersLeft: 5 });
  });

  test('is not told at the baseline itself, nor without a value', () => {
    const at = { ...objective, baseline: { period: '2026-Q3', value: 1000 } };
    expect(stand('940', at).pace).toBeNull();
    expect(stand(null).pace).toBeNull();
  });
});

describe('an objective without indicator', () => {
  test('is unknown, and has nothing to draw', () => {
    const bare = Objective.parse({ id: 'O', label: text, why: text });
    expect(stand('940', bare)).toMatchObject({ status: 'unknown', value: null, points: [], pace: null });
  });
});

describe('a flow by quarters', () => {
  const flow = Indicator.parse({ ...indicator, id: 't.heat', bases: ['quarter'] });
  const measures = [
    Measure.parse({ id: 'm', label: text, unit: 'MWh', table: 'energy', time: 'flow', contracts: ['c'] }),
  ];
  // winter is heavy, summer is light; from 400 in 2025-Q4 to 360 in 2027-Q4: 10 % less in eight quarters
  const heat = Objective.parse({
    ...declared,
    indicator: 't.heat',
    basis: 'quarter',
    baseline: { period: '2025-Q4', value: 400 },
    target: { period: '2027-Q4', value: 360 },
  });
  const quarterly = (values: Record<string, string>) =>
    Object.entries(values).map(([period, value]) => ({
      ...figure(period, value),
      indicator: 't.heat',
      basis: 'quarter' as const,
    }));
  const setting = { measures, perimeter: [], fiscalYearStartMonth: 1 };
  const standing = (values: Record<string, string>) =>
    standings([heat], [flow], quarterly(values), [], '2026-Q3', () => '', setting)[0];

  test('is set against the same quarter of the baseline year, not against the quarter before', () => {
    // 2025-Q3 was 100; three quarters of eight on a way of -10 %: 100 x (1 - 0.1 x 3 / 8) = 96.25
    const one = standing({ '2025-Q3': '100', '2025-Q4': '400', '2026-Q3': '96' });
    expect(one).toMatchObject({
      seasonality: 'same_quarter',
      expected: '96.25',
      lead: '0.25',
      status: 'on_track',
    });
    // 96 against 100 a year before: -4 a year; 90 (100 less 10 %) in five quarters: -6 x 4 / 5
    expect(one?.pace).toEqual({ achieved: '-4', required: '-4.8', quartersLeft: 5 });
  });

  test('in the season of its baseline needs no history: the declared baseline is that quarter', () => {
    const [one] = standings(
      [heat],
      [flow],
      quarterly({ '2026-Q4': '380' }),
      [],
      '2026-Q4',
      () => '',
      setting,
    );
    // half of the way from 400 to 360
    expect(one).toMatchObject({ expected: '380', status: 'on_track', pace: { achieved: '-20' } });
  });

  test('is not achieved because summer is low', () => {
    expect(standing({ '2025-Q3': '100', '2025-Q4': '400', '2026-Q3': '99' })?.status).not.toBe('achieved');
  });

  test('without the same quarter of the baseline year cannot be placed', () => {
    expect(standing({ '2025-Q4': '400', '2026-Q3': '96' })).toMatchObject({
      status: 'unknown',
      expected: null,
    });
  });
});

describe('several entities in one objective', () => {
  const ratio = Indicator.parse({ ...indicator, id: 't.rate', numerator: 'a', denominator: 'b', scale: 100 });
  const part = (entity: string, numerator: string, denominator: string): Figure => ({
    ...figure('2026-Q3', 'x'),
    indicator: 't.rate',
    entity,
    value: String((Number(numerator) / Number(denominator)) * 100),
    numerator,
    denominator,
  });
  const both = Objective.parse({ ...declared, indicator: 't.rate', entities: ['A', 'B'] });
  const valueAt = (figures: Figure[]) =>
    standings([both], [ratio], figures, [], '2026-Q3', () => '')[0]?.value;

  test('divide the sum of numerators by the sum of denominators', () => {
    // (10 + 90) / (100 + 100) = 50 %; the mean of 10 % and 90 % would be right here by chance only
    expect(valueAt([part('A', '10', '100'), part('B', '90', '100')])).toBe('50');
    // (10 + 90) / (100 + 300) = 25 %, where the mean of the ratios is 20 %
    expect(valueAt([part('A', '10', '100'), part('B', '90', '300')])).toBe('25');
  });

  test('are missing when one of them is', () => {
    expect(valueAt([part('A', '10', '100')])).toBeNull();
  });
});

describe('an objective to hold a value', () => {
  const hold = (value: number, direction: 'up' | 'down' | 'none', actual: string) => {
    const at = Objective.parse({
      ...declared,
      baseline: { period: '2025-Q4', value },
      target: { period: '2027-Q4', value },
    });
    const own = { ...indicator, direction };
    const [one] = standings([at], [own], [figure('2026-Q3', actual)], [], '2026-Q3', () => 'said');
    return [one?.status, one?.lead, one?.progress];
  };

  test('is judged in the direction of its indicator, by its distance to the target', () => {
    // 5 % of 100 is on track, 15 % a drift
    expect(hold(100, 'down', '100')).toEqual(['on_track', '0', null]);
    expect(hold(100, 'down', '90')).toEqual(['on_track', '10', null]);
    expect(hold(100, 'down', '105')).toEqual(['on_track', '-5', null]);
    expect(hold(100, 'down', '115')).toEqual(['drifting', '-15', null]);
    expect(hold(100, 'down', '116')).toEqual(['off_track', '-16', null]);
    expect(hold(100, 'up', '116')).toEqual(['on_track', '16', null]);
    expect(hold(100, 'none', '116')).toEqual(['off_track', '-16', null]);
  });

  test('of nothing is off its track as soon as there is something', () => {
    expect(hold(0, 'down', '0')).toEqual(['on_track', '0', null]);
    expect(hold(0, 'down', '1')).toEqual(['off_track', '-1', null]);
  });
});

test('a fall below zero goes its way: from -50 to -100, at -60 three eighths in', () => {
  const at = Objective.parse({
    ...declared,
    baseline: { period: '2025-Q4', value: -50 },
    target: { period: '2027-Q4', value: -100 },
  });
  // -50 - 3 x 6.25 = -68.75 is expected: 8.75 behind, of a way of 50
  expect(stand('-60', at)).toMatchObject({
    status: 'off_track',
    expected: '-68.75',
    lead: '-8.75',
    progress: 0.2,
  });
  expect(stand('-100', at).status).toBe('achieved');
});
