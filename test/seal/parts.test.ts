import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Measure } from '../../pipelines/indicators/catalogue.ts';
import { partsIn, recordParts } from '../../pipelines/indicators/measure-parts.ts';
import { contributionRows, type Window } from '../../pipelines/indicators/measure-rows.ts';
import { among, holdingLargest } from '../../pipelines/seal/tracing/parts.ts';
import { Warehouse } from '../../pipelines/warehouse/warehouse.ts';

/** Two companies, B at 40 %; rows of few values, so that many are equal, in a few extracts over three months. */
const columns = { has: (name: string) => ['site', 'quality', 'intragroup'].includes(name) };
const quarter: Window = {
  basis: 'quarter',
  period: '2026-Q3',
  from: '2026-07-01',
  to: '2026-09-30',
  months: 3,
};
const measure = (time: 'flow' | 'stock_end') =>
  Measure.parse({
    id: 'm',
    label: { fr: 'x', en: 'x' },
    unit: 'MWh',
    table: 'thing',
    value: 'amount',
    contracts: ['thing'],
    time,
    eliminate_intragroup: true,
  });

let warehouse: Warehouse;
beforeAll(async () => {
  warehouse = await Warehouse.open(':memory:');
  await warehouse.run(`create schema model; create schema reference;
    create table reference.entity as select * from (values ('A', 1.0, null::date, null::date), ('B', 0.4, null, null)) as e(entity, weight, entry_date, exit_date)`);
});
afterAll(() => warehouse.close());

const row = fc.record({
  entity: fc.constantFrom('A', 'B'),
  // June lies before the quarter
  month: fc.integer({ min: 6, max: 9 }),
  day: fc.integer({ min: 1, max: 30 }),
  amount: fc.option(fc.constantFrom('-3', '0', '1', '2', '3', '2.5')),
  extract: fc.constantFrom('a', 'b', 'c'),
  intragroup: fc.boolean(),
  estimated: fc.boolean(),
});

test('the largest rows are those of all rows, and the extracts give what the rows give', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(row, { minLength: 1, maxLength: 40 }),
      fc.integer({ min: 1, max: 6 }),
      fc.constantFrom('A', 'B', 'GROUP'),
      fc.constantFrom('flow', 'stock_end'),
      async (rows, top, entity, time) => {
        const values = rows.map(
          (one, i) =>
            `('${one.entity}', 'S', date '2026-0${one.month}-${String(one.day).padStart(2, '0')}', ${one.amount ?? 'null'}::decimal(18,4), '${one.extract}', ${i + 1}, ${one.intragroup}, '${one.estimated ? 'estimated' : 'measured'}')`,
        );
        await warehouse.run(
          `create or replace table model.thing as select * from (values ${values.join(', ')}) as t(entity, site, date, amount, extract_id, row_number, intragroup, quality)`,
        );
        const own = measure(time as 'flow' | 'stock_end');
        await recordParts(warehouse, [own]);
        const all = contributionRows(own, columns, entity, quarter);
        const parts = partsIn(own, entity, quarter);
        const largest = (from: string) =>
          warehouse.rows(
            `select extract_id, row_number, contribution from (${from}) order by abs(contribution) desc nulls last, extract_id, row_number, date limit ${top}`,
          );
        const few = await among(warehouse, all, parts, await holdingLargest(warehouse, parts, top));
        expect(await largest(few)).toEqual(await largest(all));
        const given = (extract: string, estimated: string, sum: string, count: string, from: string) =>
          warehouse.rows(
            `select ${extract} as extract, ${count}::bigint as rows, ${estimated}::bigint as estimated, ${sum}::decimal(38,10) as contribution from (${from}) group by ${extract} order by 1`,
          );
        expect(await given('extract', 'sum(estimated)', 'sum(contribution)', 'sum(rows)', parts)).toEqual(
          await given(
            'extract_id',
            "count(*) filter (where quality = 'estimated')",
            'sum(contribution)',
            'count(*)',
            all,
          ),
        );
      },
    ),
    { numRuns: 150 },
  );
});
