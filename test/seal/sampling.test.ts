import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Measure } from '../../pipelines/indicators/catalogue.ts';
import { sampleRows, selectionsFor } from '../../pipelines/seal/sampling.ts';
import { Warehouse } from '../../pipelines/warehouse/warehouse.ts';

let warehouse: Warehouse;
beforeAll(async () => {
  warehouse = await Warehouse.open(':memory:');
});
afterAll(() => warehouse.close());

const measure = { id: 'waste_weight', opens: 'rows' } as Measure;
/** Contributions in the order of their row numbers. */
const rows = (values: readonly (number | string)[]) =>
  `select 'SA' as entity, null::varchar as site, date '2026-07-01' as date, v::decimal(38,10) as contribution, 'e' as extract_id, n as row_number
   from (values ${values.map((v, i) => `(${v}, ${i + 1})`).join(', ')}) as t(v, n)`;

describe('the size of a monetary-unit sample', () => {
  test.each([
    // 1000 x 2.9957 / 100 = 29.96; 1000 x 2.3026 / 100 = 23.03; 80000 x 2.9957 / 4000 = 59.91
    ['1000', 0.95, '100', 30],
    ['1000', 0.9, '100', 24],
    ['80000', 0.95, '4000', 60],
  ])('over %s at %s with a tolerable misstatement of %s is %s', (total, confidence, materiality, size) => {
    expect(selectionsFor(total, confidence, materiality)).toBe(size);
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
    const closed = { ...measure, opens: 'totals' } as Measure;
    await expect(
      sampleRows(warehouse, closed, rows([1]), { method: 'random', seed: 'a', size: 1 }),
    ).rejects.toThrow(/SMP-002/);
  });
});
