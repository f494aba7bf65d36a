import { describe, expect, test } from 'vitest';
import { Indicator } from '../../pipelines/indicators/catalogue.ts';
import type { Figure } from '../../pipelines/indicators/figure.ts';
import { forecast } from '../../pipelines/objectives/forecast.ts';
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

describe('the forecast', () => {
  const points = (...values: (number | null)[]) =>
    values.map((value, i) => ({
      period: `${2024 + Math.floor(i / 4)}-Q${(i % 4) + 1}`,
      actual: value === null ? null : String(value),
      expected: null,
    }));

  test('says nothing with fewer than four points', () => {
    expect(forecast(points(1, 2, 3), '2025-Q4')).toBeNull();
    expect(forecast(points(1, null, 2, 3), '2025-Q4')).toBeNull();
  });

  test('goes on along a straight line, with no spread', () => {
    // 10, 12, 14, 16 in 2024: 2 a quarter, 18 + 2 x 3 = 24 in 2025-Q4
    expect(forecast(points(10, 12, 14, 16), '2025-Q4')).toMatchObject({
      value: '24.000000',
      low: '24.000000',
      high: '24.000000',
      points: 4,
    });
  });

  test('has an 80 % interval worked out by hand', () => {
    // x 0..3, y 1, 3, 2, 4: slope 0.8, mean 2.5 at 1.5; residuals -0.3, 0.9, -0.9, 0.3, sum of squares 1.8;
    // s = sqrt(1.8 / 2) = 0.948683; at x = 4: 4.5; spread sqrt(1 + 1/4 + 2.5^2 / 5) = 1.581139; t(2) = 1.886
    // 1.886 x 0.948683 x 1.581139 = 2.829
    const found = forecast(points(1, 3, 2, 4), '2025-Q1');
    expect(Number(found?.value)).toBeCloseTo(4.5, 6);
    expect(Number(found?.high) - 4.5).toBeCloseTo(2.829, 3);
  });
});
