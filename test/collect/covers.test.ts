import { describe, expect, test } from 'vitest';
import { coverageOf, monthsCovered } from '../../pipelines/collect/covers.ts';
import { Source } from '../../pipelines/configuration/schema.ts';

const source = (covers?: string) =>
  Source.parse({ id: 's', connector: 'csv', contract: 'c', path: '*', entities: ['A'], covers });

describe('what the name of an extract says it covers', () => {
  test.each([
    ['(?<year>\\d{4})-(?<month>\\d{2})', 'fuel_2026-02.csv', 1, { from: '2026-02-01', to: '2026-02-28' }],
    ['(?<year>\\d{4})-T(?<quarter>\\d)', 'eau_2026-T3.csv', 1, { from: '2026-07-01', to: '2026-09-30' }],
    ['(?<year>\\d{4})', 'securite_2025.xlsx', 1, { from: '2025-01-01', to: '2025-12-31' }],
    ['FEC(?<to>\\d{8})', '732829320FEC20260930.txt', 1, { from: '2026-01-01', to: '2026-09-30' }],
    ['FEC(?<to>\\d{8})', '732829320FEC20260331.txt', 7, { from: '2025-07-01', to: '2026-03-31' }],
  ])('%s on %s', (covers, name, start, expected) => {
    expect(coverageOf(source(covers), name, start)).toEqual(expected);
  });

  test('no pattern covers everything; a name that does not follow it covers nothing known', () => {
    expect(coverageOf(source(), 'x.csv', 1)).toBeNull();
    expect(coverageOf(source('(?<year>\\d{4})-(?<month>\\d{2})'), 'dernier.csv', 1)).toBeUndefined();
  });

  test('months are those of the history', () => {
    const history = { from: '2026-01-01', to: '2026-09-30' };
    expect(monthsCovered({ from: '2025-12-01', to: '2026-02-28' }, history)).toEqual([
      '2026-01-01',
      '2026-02-01',
    ]);
    expect(monthsCovered({ from: '2025-01-01', to: '2025-12-31' }, history)).toEqual([]);
    expect(monthsCovered(null, history)).toHaveLength(9);
  });
});
