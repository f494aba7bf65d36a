import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  lastClosedQuarter,
  monthEnd,
  monthsBetween,
  quarterIndex,
  quarterOf,
  quartersBetween,
  shiftQuarter,
} from '../../pipelines/configuration/period.ts';

describe('quarters of the fiscal calendar', () => {
  test('a calendar year gives calendar quarters', () => {
    expect(quarterOf('2026-Q3')).toEqual({ id: '2026-Q3', from: '2026-07-01', to: '2026-09-30' });
    expect(quarterOf('2024-Q1').to).toBe('2024-03-31');
  });

  test('a year that starts in July is named by the year in which it ends', () => {
    expect(quarterOf('2026-Q1', 7)).toEqual({ id: '2026-Q1', from: '2025-07-01', to: '2025-09-30' });
    expect(quarterOf('2026-Q4', 7)).toEqual({ id: '2026-Q4', from: '2026-04-01', to: '2026-06-30' });
  });

  test('the last closed quarter has ended before the day asked', () => {
    expect(lastClosedQuarter('2026-10-01')).toBe('2026-Q3');
    expect(lastClosedQuarter('2026-09-30')).toBe('2026-Q2');
    expect(lastClosedQuarter('2026-01-12')).toBe('2025-Q4');
    expect(lastClosedQuarter('2026-10-12', 7)).toBe('2027-Q1');
  });

  test('anything else is refused with the way to write it', () => {
    expect(() => quarterOf('Q3 2026')).toThrow(/PER-001 "Q3 2026" is not a quarter. Write it as 2026-Q3/);
  });

  test('shifting forth and back is where one started', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 2000, max: 2060 }),
        fc.integer({ min: 1, max: 4 }),
        fc.integer({ min: -60, max: 60 }),
        (year, q, n) => {
          const id = `${year}-Q${q}`;
          expect(shiftQuarter(shiftQuarter(id, n), -n)).toBe(id);
          expect(quarterIndex(shiftQuarter(id, n)) - quarterIndex(id)).toBe(n);
        },
      ),
    );
  });

  test('a leap February has 29 days', () => {
    expect(monthEnd('2024-02-01')).toBe('2024-02-29');
    expect(monthEnd('2026-02-01')).toBe('2026-02-28');
    expect(monthsBetween('2025-11-15', '2026-02-01')).toEqual([
      '2025-11-01',
      '2025-12-01',
      '2026-01-01',
      '2026-02-01',
    ]);
    expect(quartersBetween('2025-Q4', '2026-Q2')).toEqual(['2025-Q4', '2026-Q1', '2026-Q2']);
  });
});
