import { Decimal } from 'decimal.js';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Bridge } from '../../pipelines/indicators/bridge.ts';
import { changeOf } from '../../pipelines/objectives/change.ts';
import { type ByCause, causes } from '../../pipelines/objectives/position.ts';

type Moves = Partial<Record<(typeof causes)[number], number>>;
const made = (before: number, moves: Moves): Bridge => {
  const parts = Object.fromEntries(causes.map((cause) => [cause, String(moves[cause] ?? 0)])) as ByCause;
  const after = causes.reduce((sum, cause) => sum.plus(parts[cause]), new Decimal(before));
  return { ...parts, before: String(before), after: after.toFixed(), lines: [] };
};
const sum = (parts: ByCause) => causes.reduce((total, cause) => total.plus(parts[cause]), new Decimal(0));

test('a quantity changes for the causes of its measures, scaled', () => {
  const bridges = new Map([
    ['a', made(1000, { activity: -100, perimeter: 40 })],
    ['b', made(500, { factor: -60 })],
  ]);
  expect(changeOf({ numerator: 'a + b', scale: 0.001 }, bridges, '2025-Q4')).toMatchObject({
    since: '2025-Q4',
    before: '1.5',
    after: '1.38',
    total: { activity: '-0.1', perimeter: '0.04', factor: '-0.06', method: '0' },
  });
});

test('a ratio changes by its numerator and by its denominator, worked out by hand', () => {
  // 200 / 100 = 2 becomes 300 / 120 = 2.5. Numerator: 100 (1/100 + 1/120) / 2 = 0.916667.
  // Denominator: (200 + 300) / 2 x (1/120 - 1/100) = 250 x -0.0016667 = -0.416667. Together 0.5.
  const bridges = new Map([
    ['n', made(200, { activity: 60, perimeter: 40 })],
    ['d', made(100, { perimeter: 20 })],
  ]);
  const change = changeOf({ numerator: 'n', denominator: 'd', scale: 1 }, bridges, '2025-Q4');
  expect(sum(change?.numerator as ByCause).toNumber()).toBeCloseTo(0.916667, 6);
  expect(sum(change?.denominator as ByCause).toNumber()).toBeCloseTo(-0.416667, 6);
  // of the numerator's, 60 % is activity and 40 % perimeter: 0.55 and 0.366667 - 0.416667
  expect(Number(change?.total.activity)).toBeCloseTo(0.55, 6);
  expect(Number(change?.total.perimeter)).toBeCloseTo(-0.05, 6);
  expect(sum(change?.total as ByCause).toFixed()).toBe('0.5');
});

test('the parts add up to the change exactly, whatever the figures', () => {
  const amount = fc.integer({ min: -500, max: 500 });
  const moves = fc.record({ activity: amount, perimeter: amount, factor: amount, method: amount });
  fc.assert(
    fc.property(moves, moves, (n, d) => {
      const bridges = new Map([
        ['n', made(7_001, n)],
        ['d', made(3_001, d)],
      ]);
      const change = changeOf({ numerator: 'n', denominator: 'd', scale: 100 }, bridges, '2025-Q4');
      expect(change).not.toBeNull();
      if (!change) return;
      const exact = new Decimal(change.after).minus(change.before);
      expect(sum(change.total).equals(exact)).toBe(true);
      expect(sum(change.numerator).plus(sum(change.denominator)).equals(exact)).toBe(true);
    }),
  );
});

test('what does not add up is not split', () => {
  const bridges = new Map([
    ['a', made(10, { activity: 2 })],
    ['b', made(10, { activity: 3 })],
  ]);
  expect(changeOf({ numerator: 'a * b', scale: 1 }, bridges, '2025-Q4')).toBeNull();
  expect(changeOf({ numerator: 'a', denominator: 'c', scale: 1 }, bridges, '2025-Q4')).toBeNull();
});
