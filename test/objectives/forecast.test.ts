import { describe, expect, test } from 'vitest';
import { forecast } from '../../pipelines/objectives/forecast.ts';

const points = (...values: (number | null)[]) =>
  values.map((value, i) => ({
    period: `${2024 + Math.floor(i / 4)}-Q${(i % 4) + 1}`,
    actual: value === null ? null : String(value),
    expected: null,
  }));

describe('a forecast', () => {
  test('says nothing with fewer than four changes, nor of a quarter that is known', () => {
    expect(forecast(points(1, 2, 3, 4), '2025-Q4')).toBeNull();
    // five values, but the missing one breaks two changes
    expect(forecast(points(1, 2, null, 3, 4, 5), '2025-Q4')).toBeNull();
    expect(forecast(points(1, 2, 3, 4, 5), '2025-Q1')).toBeNull();
  });

  test('goes on along a straight line, with no spread', () => {
    // 10, 12 ... 18: 2 a quarter, and 18 + 2 x 3 = 24 in 2025-Q4
    expect(forecast(points(10, 12, 14, 16, 18), '2025-Q4')).toMatchObject({
      value: '24.000000',
      low: '24.000000',
      high: '24.000000',
      drift: '8.000000',
      changes: 4,
      points: 5,
      method: 'drift_80',
    });
  });

  test('has the value and the interval of the drift method, worked out by hand', () => {
    // 0, 3, 4, 9, 8, 10: changes 3, 1, 5, -1, 2; mean 2 = (10 - 0) / 5, as Hyndman and Athanasopoulos have it
    // apart 1, -1, 3, -3, 0: squares 1 + 1 + 9 + 9 + 0 = 20; s^2 = 20 / 4 = 5
    // Newey-West, lags floor(4 (5 / 100)^(2/9)) = floor(2.055) = 2:
    //   lag 1: (-1)(1) + (3)(-1) + (-3)(3) + 0 = -13, over 4: -3.25, weight 2/3
    //   lag 2: (3)(1) + (-3)(-1) + 0 = 6, over 4: 1.5, weight 1/3
    //   5 + 2 (2/3)(-3.25) + 2 (1/3)(1.5) = 1.6667, smaller than 5: 5 is kept
    // three steps on: 10 + 3 x 2 = 16; s sqrt(3 (1 + 3/5)) = sqrt(5 x 4.8) = 4.898979; t(4) = 1.533: 7.510
    const found = forecast(points(0, 3, 4, 9, 8, 10), '2026-Q1');
    expect(found).toMatchObject({ value: '16.000000', lags: 2, changes: 5 });
    expect(Number(found?.high) - 16).toBeCloseTo(7.51, 2);
    expect(16 - Number(found?.low)).toBeCloseTo(7.51, 2);
  });

  test('is wider where changes follow each other', () => {
    // changes 4, 3, 1, 0, 2: mean 2; apart 2, 1, -1, -2, 0; s^2 = 10 / 4 = 2.5
    // lag 1: 2 - 1 + 2 + 0 = 3, over 4: 0.75, weight 2/3; lag 2: -2 - 2 + 0 = -4, over 4: -1, weight 1/3
    // 2.5 + 1 - 0.6667 = 2.8333, larger than 2.5: one step on, 1.533 sqrt(2.8333 x 1.2) = 2.827
    const found = forecast(points(0, 4, 7, 8, 8, 10), '2025-Q3');
    expect(Number(found?.high) - Number(found?.value)).toBeCloseTo(2.827, 2);
  });

  test('of a seasonal series compares years, whatever the seasons', () => {
    // each quarter falls by 5 from year to year; the next winter is the last one less 5
    const found = forecast(points(100, 40, 30, 90, 95, 35, 25, 85), '2026-Q1', 4);
    expect(found).toMatchObject({ value: '90.000000', low: '90.000000', drift: '-5.000000', changes: 4 });
    expect(found?.method).toBe('seasonal_drift_80');
  });

  test('takes its changes from the constant perimeter: an acquisition is no trend', () => {
    // the company as it was stays at 100; one that brings 50 came in the last quarter
    const like = new Map(points(100, 100, 100, 100, 100, 100).map((p) => [p.period, p.actual]));
    const found = forecast(points(100, 100, 100, 100, 100, 150), '2026-Q2', 1, like);
    expect(found).toMatchObject({ value: '150.000000', drift: '0.000000' });
    // of which the last twelve months hold a part only: 50 more in a whole year
    expect(forecast(points(100, 100, 100, 100, 100, 150), '2026-Q2', 1, like, 50)?.value).toBe('200.000000');
  });

  test('goes no further than a share can', () => {
    // 98 + 3 x 9.5 = 126.5
    const rising = points(60, 70, 80, 90, 98);
    expect(forecast(rising, '2025-Q4')?.value).toBe('126.500000');
    const share = forecast(rising, '2025-Q4', 1, undefined, 0, 100);
    expect(share).toMatchObject({ value: '100.000000', high: '100.000000', drift: '38.000000' });
    expect(Number(share?.low)).toBeLessThanOrEqual(100);
  });

  test('says when it reaches further ahead than the history reaches back', () => {
    expect(forecast(points(1, 2, 3, 4, 5), '2026-Q1')?.far).toBe(false);
    expect(forecast(points(1, 2, 3, 4, 5), '2026-Q2')?.far).toBe(true);
  });
});

describe('agrees with statsmodels 0.15.0 and SciPy (Python)', () => {
  // sm.OLS(changes, ones).fit(cov_type='HAC', cov_kwds={maxlags: 2, use_correction: True}): its variance of the
  // mean times n is the long-run variance; scipy.stats.t.ppf(0.9, n - 1) the quantile; the interval as in
  // Hyndman and Athanasopoulos' table 5.2. Our table of t is rounded to 0.0005 of 1.34 or more: within 0.04 %.
  const agrees = (found: ReturnType<typeof forecast>, value: number, reach: number) => {
    expect(Number(found?.value)).toBeCloseTo(value, 5);
    expect(Math.abs((Number(found?.high) - Number(found?.value)) / reach - 1)).toBeLessThan(0.0004);
    expect(Math.abs((Number(found?.value) - Number(found?.low)) / reach - 1)).toBeLessThan(0.0004);
  };

  test("on the yearly totals of Box and Jenkins' airline passengers, 1949 to 1960, in thousands", () => {
    const series = points(1520, 1676, 2042, 2364, 2700, 2867, 3408, 3939, 4421, 4572, 5140, 5714);
    // variance 28557.018, long-run 23627.883: the larger counts
    agrees(forecast(series, '2027-Q1'), 6095.272727272727, 242.19375852114544);
    agrees(forecast(series, '2027-Q3'), 6857.818181818182, 453.10303280059406);
    agrees(forecast(series, '2028-Q4'), 8764.181818181818, 861.9739039612817);
  });

  test('where changes follow each other, and the long-run variance counts', () => {
    // variance 3.2955, long-run 5.7652
    const series = points(0, 1, 3, 7, 12, 17, 21, 23, 24, 24, 25, 28, 33);
    agrees(forecast(series, '2027-Q2'), 35.75, 3.407370529913005);
    agrees(forecast(series, '2027-Q4'), 41.25, 6.339484489872753);
    agrees(forecast(series, '2029-Q1'), 55, 11.95384659204257);
  });
});
