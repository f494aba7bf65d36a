import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Measure } from '../../pipelines/indicators/catalogue.ts';
import type { Window } from '../../pipelines/indicators/measure-rows.ts';
import { rowsFor, sampleRows, selectionsFor } from '../../pipelines/seal/sampling.ts';
import type { Shown } from '../../pipelines/seal/trace.ts';
import { Warehouse } from '../../pipelines/warehouse/warehouse.ts';

let warehouse: Warehouse;
beforeAll(async () => {
  warehouse = await Warehouse.open(':memory:');
});
afterAll(() => warehouse.close());

const measure = { id: 'waste_weight', opens: 'rows' } as Measure;
const window: Window = {
  basis: 'quarter',
  period: '2026-Q3',
  from: '2026-07-01',
  to: '2026-09-30',
  months: 3,
};
/** Contributions in the order of their row numbers. */
const rows = (values: readonly (number | string)[], shown: Shown = 'rows') => ({
  shown,
  window,
  contributions: `select 'SA' as entity, null::varchar as site, date '2026-07-01' as date, v::decimal(38,10) as contribution, 'e' as extract_id, n as row_number, null::bigint as last_row
   from (values ${values.map((v, i) => `(${v}, ${i + 1})`).join(', ')}) as t(v, n)`,
});

describe('the size of a monetary-unit sample', () => {
  test.each([
    // 1000 x 2.9957 / 100 = 29.96; 1000 x 2.3026 / 100 = 23.03; 80000 x 2.9957 / 4000 = 59.91
    ['1000', 0.95, '100', 30],
    ['1000', 0.9, '100', 24],
    ['80000', 0.95, '4000', 60],
  ])('over %s at %s with a tolerable misstatement of %s is %s', (total, confidence, materiality, size) => {
    expect(selectionsFor(total, confidence, materiality)).toBe(size);
  });

  // AICPA, Audit Guide "Audit Sampling": confidence factors for no misstatement, by risk of incorrect acceptance
  test.each([
    [0.95, 3.0],
    [0.9, 2.31],
    [0.85, 1.9],
    [0.8, 1.61],
    [0.75, 1.39],
    [0.7, 1.21],
    [0.65, 1.05],
    [0.63, 1.0],
    [0.5, 0.7],
  ])('rests on the factor that tables round up: at %s, %s', (confidence, factor) => {
    // over a total of 100 tolerable misstatements of a hundredth each, the size is the factor in hundredths
    expect(selectionsFor('100', confidence, '1') / 100).toBeCloseTo(factor, 9);
  });

  // the same guide, tables A-1 (5 % risk) and A-2 (10 %), no deviation expected
  test.each([
    [0.95, [149, 99, 74, 59, 49, 42, 36, 32, 29, 19, 14]],
    [0.9, [114, 76, 57, 45, 38, 32, 28, 25, 22, 15, 11]],
  ])('of a random sample is that of the tables: at %s', (confidence, sizes) => {
    const rates = [2, 3, 4, 5, 6, 7, 8, 9, 10, 15, 20];
    expect(rates.map((rate) => rowsFor(confidence, rate / 100))).toEqual(sizes);
  });

  test('is asked for where nothing gives it', async () => {
    await expect(sampleRows(warehouse, measure, rows([1]), { method: 'mus', seed: 'a' })).rejects.toThrow(
      /SMP-001/,
    );
  });
});

describe('monetary-unit sampling', () => {
  test('takes one unit in every interval, and always a row larger than the interval', async () => {
    // total of absolute contributions 100, 4 selections: interval 25; the row of -60 holds two or three of them
    const sample = await sampleRows(warehouse, measure, rows([10, -60, 20, 10]), {
      method: 'mus',
      seed: '2026',
      size: 4,
    });
    expect(sample).toMatchObject({
      rows: 4,
      total: '100.0000000000',
      interval: '25.0000000000',
      selections: 4,
    });
    expect(sample.sampled.reduce((n, row) => n + row.hits, 0)).toBe(4);
    expect(sample.sampled.find((row) => row.row === 2)?.hits).toBeGreaterThanOrEqual(2);
  });

  test('makes as many hits as selections, whatever the rows, and the same ones with the same seed', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.integer({ min: -5000, max: 5000 }), { minLength: 1, maxLength: 30 }),
        fc.integer({ min: 1, max: 20 }),
        fc.string({ minLength: 1, maxLength: 8 }),
        async (values, size, seed) => {
          fc.pre(values.some((v) => v !== 0));
          const plan = { method: 'mus' as const, seed, size };
          const one = await sampleRows(warehouse, measure, rows(values), plan);
          const hits = one.sampled.reduce((n, row) => n + row.hits, 0);
          // the total is not always a whole number of intervals: what is left is less than one
          expect(hits).toBeGreaterThanOrEqual(size);
          expect(hits).toBeLessThanOrEqual(size + 1);
          expect(one.sampled.every((row) => Number(row.contribution) !== 0)).toBe(true);
          expect(await sampleRows(warehouse, measure, rows(values), plan)).toEqual(one);
        },
      ),
      { numRuns: 25 },
    );
  });
});

describe('random sampling', () => {
  test('takes each row at most once, the same with the same seed, others with another', async () => {
    const many = rows(Array.from({ length: 200 }, (_, i) => i + 1));
    const pick = async (seed: string) =>
      (await sampleRows(warehouse, measure, many, { method: 'random', seed, size: 20 })).sampled.map(
        (row) => row.row,
      );
    const first = await pick('a');
    expect(new Set(first).size).toBe(20);
    expect(await pick('a')).toEqual(first);
    expect(await pick('b')).not.toEqual(first);
  });

  test('rows of pay or health are never listed', async () => {
    await expect(
      sampleRows(warehouse, measure, rows([1], 'extracts'), { method: 'random', seed: 'a', size: 1 }),
    ).rejects.toThrow(/SMP-002/);
  });
});
