import { describe, expect, test } from 'vitest';
import { holm, rankCorrelation, ranks } from '../../pipelines/alignment/rank-correlation.ts';

describe('the rank correlation', () => {
  test('gives equal values the mean of their ranks', () => {
    expect(ranks([10, 30, 30, 20])).toEqual([1, 3.5, 3.5, 2]);
  });

  test('of opposite orders is -1, which one permutation of 24 gives by chance', () => {
    const found = rankCorrelation([1, 2, 3, 4], [9, 7, 5, 1]);
    expect(found?.rho).toBeCloseTo(-1, 12);
    expect(found?.p).toBeCloseTo(1 / 24, 12);
  });

  test('is 1 - 6 Σd² / n(n² - 1)', () => {
    // ranks 1..5 against 2 1 4 3 5: d² = 1 + 1 + 1 + 1 + 0 = 4; 1 - 24 / 120 = 0.8
    expect(rankCorrelation([1, 2, 3, 4, 5], [20, 10, 40, 30, 50])?.rho).toBeCloseTo(0.8, 12);
  });

  test('at the published critical value of eight pairs has the published probability', () => {
    // n = 8: one-sided 5 % at |rho| = 0.643 (Zar, 1972): Σd² = 84 (1 + 0.643) = 138 of opposed ranks
    const found = rankCorrelation([1, 2, 3, 4, 5, 6, 7, 8], [6, 8, 5, 7, 2, 4, 3, 1]);
    expect(found?.rho).toBeLessThan(-0.643);
    expect(found?.p).toBeLessThan(0.05);
  });

  test('takes out what is usual in the season: a rhythm of the year is no relation', () => {
    // three years; the seasons swing against each other, what departs from them goes the same way
    const seasons = [1, 2, 3, 4, 1, 2, 3, 4, 1, 2, 3, 4];
    const swing = seasons.map((season) => [300, -100, 200, -400][season - 1] as number);
    const apart = [1, 2, 3, 4, 8, 7, 6, 5, -9, -9, -9, -9].map((one) => one / 10);
    const first = swing.map((one, i) => one + (apart[i] as number));
    const second = swing.map((one, i) => -one + (apart[i] as number));
    expect(rankCorrelation(first, second)?.rho).toBeLessThan(-0.7);
    expect(rankCorrelation(first, second, seasons)?.rho).toBeCloseTo(1, 12);
    // against itself reversed: of (3!)⁴ = 1,296 orders within the seasons, one is as low
    const found = rankCorrelation(
      first,
      swing.map((one, i) => one - (apart[i] as number)),
      seasons,
    );
    expect(found?.rho).toBeCloseTo(-1, 12);
    expect(found?.p).toBeCloseTo(1 / 1_296, 12);
    expect(found?.n).toBe(12);
  });

  test('leaves out a season seen once, and takes what differs by rounding for equal', () => {
    expect(rankCorrelation([5, 1, 2, 3, 4], [0, 4, 3, 2, 1], [2, 1, 1, 1, 1])?.n).toBe(4);
    expect(rankCorrelation([0.1 + 0.2, 0.3, 0.3, 0.3], [1, 2, 3, 4])).toBeNull();
  });

  test('says nothing of a series that does not move, or of three pairs', () => {
    expect(rankCorrelation([1, 1, 1, 1], [1, 2, 3, 4])).toBeNull();
    expect(rankCorrelation([1, 2, 3], [3, 2, 1])).toBeNull();
  });

  test('beyond nine pairs stays close to the exact probability', () => {
    // twelve pairs of opposite orders: 1 / 12! exactly, far below any threshold
    const many = Array.from({ length: 12 }, (_, i) => i);
    expect(rankCorrelation(many, many.toReversed())?.p).toBeLessThan(1e-6);
    const none = rankCorrelation(many, [5, 0, 9, 3, 11, 6, 1, 8, 2, 10, 4, 7]);
    expect(none?.p).toBeGreaterThan(0.4);
  });
});

test("Holm's correction multiplies the smallest p by all, and never lets a larger one fall below it", () => {
  // 0.01 x 3, 0.03 x 2, 0.04 x 1 raised to 0.06
  expect(holm([0.04, 0.01, 0.03])).toEqual([0.06, 0.03, 0.06]);
});
