import fc from 'fast-check';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { Measure } from '../../pipelines/indicators/catalogue.ts';
import { measureOrigins } from '../../pipelines/indicators/measure-origins.ts';
import { recordParts } from '../../pipelines/indicators/measure-parts.ts';
import { contributionRows, type Window } from '../../pipelines/indicators/measure-rows.ts';
import { tableColumns, windowsOf } from '../../pipelines/indicators/measure-values.ts';
import { Warehouse } from '../../pipelines/warehouse/warehouse.ts';

const windows = windowsOf('2025-Q3', '2026-Q2', 1).filter((w) => w.period === '2026-Q2');
const measure = (over: Partial<Measure>): Measure =>
  Measure.parse({
    id: 'm',
    label: { fr: 'x', en: 'x' },
    unit: 'MWh',
    table: 'thing',
    value: 'amount',
    contracts: ['thing'],
    ...over,
  });

let warehouse: Warehouse;
beforeEach(async () => {
  warehouse = await Warehouse.open(':memory:', { memory: '1GB' });
  await warehouse.run('create schema reference; create schema model');
  await warehouse.run(`create table reference.entity as select * from (values ('A', 1::decimal(9,6)), ('B', 0.5)) as t(entity, weight);
    alter table reference.entity add column entry_date date; alter table reference.entity add column exit_date date`);
  await warehouse.run(`create table model.thing as select * from (values
    ('A', date '2025-08-10', 5::decimal(18,4), 'p1', 'old.csv', 1),
    ('A', date '2026-04-10', 100, 'p1', 'a.csv', 1),
    ('A', date '2026-05-10', -30, 'p2', 'a.csv', 2),
    ('A', date '2026-06-10', 7, 'p1', 'late.csv', 1),
    ('B', date '2026-06-30', 40, 'p1', 'b.csv', 1)) as t(entity, date, amount, person, extract_id, row_number)`);
});
afterEach(() => warehouse.close());

const origins = async (one: Measure) => {
  const columns = await tableColumns(warehouse);
  await recordParts(warehouse, [one]);
  const found = (await measureOrigins(warehouse, [one], columns, windows, 8)).get(one.id) ?? [];
  return (entity: string, basis: string) =>
    found
      .filter((o) => o.entity === entity && o.basis === basis)
      .map(({ extract, rows, contribution }) => [
        extract,
        rows,
        contribution === null ? null : Number(contribution),
      ]);
};

test('a flow is split by extract, the group after consolidation, largest first', async () => {
  const of = await origins(measure({}));
  expect(of('A', 'quarter')).toEqual([
    ['a.csv', 2, 70], // 100 - 30
    ['late.csv', 1, 7],
  ]);
  expect(of('GROUP', 'quarter')).toEqual([
    ['a.csv', 2, 70],
    ['b.csv', 1, 20], // 40 x 50 %
    ['late.csv', 1, 7],
  ]);
  expect(of('A', 'ttm')).toEqual([
    ['a.csv', 2, 70],
    ['late.csv', 1, 7],
    ['old.csv', 1, 5],
  ]);
});

test('of more extracts than asked for the largest are named, and how many there are', async () => {
  await recordParts(warehouse, [measure({})]);
  const columns = await tableColumns(warehouse);
  const found = (await measureOrigins(warehouse, [measure({})], columns, windows, 2)).get('m') ?? [];
  const year = found.filter((one) => one.entity === 'A' && one.basis === 'ttm');
  expect(year.map(({ extract, of }) => [extract, of])).toEqual([
    ['a.csv', 3],
    ['late.csv', 3],
  ]);
});

test('a stock at period end has the extracts of its last month only', async () => {
  const of = await origins(measure({ time: 'stock_end' }));
  expect(of('GROUP', 'quarter')).toEqual([
    ['b.csv', 1, 20],
    ['late.csv', 1, 7],
  ]);
});

test('who counts once is split for the group without counting twice; an entity names its extracts', async () => {
  const of = await origins(measure({ aggregation: 'distinct', key: 'person', value: '1' }));
  // p1 counts with its first row of the heaviest entity (a.csv), p2 with its own
  expect(of('GROUP', 'quarter')).toEqual([
    ['a.csv', 2, 2],
    ['b.csv', 1, 0],
    ['late.csv', 1, 0],
  ]);
  expect(of('A', 'quarter')).toEqual([
    ['a.csv', 2, null],
    ['late.csv', 1, null],
  ]);
});

test("one person's pay is split by no extract, nor the median that one person's rank decides", async () => {
  const highest = await origins(
    measure({ aggregation: 'highest', key: 'person', people: true, opens: 'closed' }),
  );
  expect(highest('GROUP', 'quarter')).toEqual([]);
  const median = await origins(
    measure({ aggregation: 'median', key: 'person', people: true, opens: 'totals' }),
  );
  // each of the three extracts tells of fewer than five people: they are told together
  expect(median('GROUP', 'quarter')).toEqual([['(3 x < 5)', 4, null]]);
});

test('measures asked for together have the origins that each has alone', async () => {
  const statistics = ['mean', 'median', 'highest', 'distinct'] as const;
  const all = [
    measure({ id: 'sum' }),
    ...statistics.flatMap((aggregation) => [
      measure({ id: `${aggregation}_all`, aggregation, key: 'person' }),
      measure({ id: `${aggregation}_a`, aggregation, key: 'person', filter: "entity = 'A'", people: true }),
      measure({ id: `${aggregation}_large`, aggregation, key: 'person', filter: 'amount > 6', people: true }),
    ]),
  ];
  await recordParts(warehouse, all);
  const columns = await tableColumns(warehouse);
  const together = await measureOrigins(warehouse, all, columns, windows, 8);
  expect([...together.keys()]).toEqual(all.map(({ id }) => id));
  for (const one of all) {
    const alone = await measureOrigins(warehouse, [one], columns, windows, 8);
    expect(together.get(one.id), one.id).toEqual(alone.get(one.id));
    expect(together.get(one.id), one.id).not.toEqual([]);
  }
});

test('whatever the rows, an extract gave to the group what its rows contribute to means and counts', async () => {
  await warehouse.run(
    'create or replace table model.thing (entity varchar, date date, amount decimal(18,4), hours decimal(18,2), person varchar, extract_id varchar, row_number bigint)',
  );
  const some = { key: 'person' } as const;
  const all = [
    measure({ ...some, id: 'mean', aggregation: 'mean' }),
    measure({ ...some, id: 'hourly', aggregation: 'mean', per: 'hours' }),
    measure({ ...some, id: 'hourly_large', aggregation: 'mean', per: 'hours', filter: 'amount > 2' }),
    measure({ ...some, id: 'heads', aggregation: 'distinct' }),
    measure({
      ...some,
      id: 'heads_average',
      aggregation: 'distinct',
      time: 'stock_average',
      filter: 'amount > 2',
    }),
    measure({ ...some, id: 'mean_end', aggregation: 'mean', time: 'stock_end' }),
    measure({ ...some, id: 'heads_end', aggregation: 'distinct', time: 'stock_end' }),
  ];
  const row = fc.record({
    entity: fc.constantFrom('A', 'B', 'C'),
    date: fc.constantFrom('2025-08-10', '2026-04-10', '2026-05-31', '2026-06-01', '2026-06-30'),
    amount: fc.option(fc.integer({ min: -3, max: 9 })),
    hours: fc.constantFrom(null, 0, 7, 151.67),
    person: fc.constantFrom(null, 'p1', 'p2', 'p3'),
    extract: fc.constantFrom('a.csv', 'b.csv', 'c.csv'),
  });
  const text = (value: string | number | null) => (value === null ? 'null' : `'${value}'`);
  const columns = await tableColumns(warehouse);
  await warehouse.run("insert into reference.entity values ('C', 0, null, null)");
  const byRows = (one: Measure, window: Window) =>
    warehouse.rows(
      `select extract_id as extract, count(*)::integer as rows, sum(contribution)::decimal(38,10) as contribution
       from (${contributionRows(one, columns(one.table), 'GROUP', window)}) group by extract_id order by extract`,
    );
  await fc.assert(
    fc.asyncProperty(fc.array(row, { maxLength: 12 }), async (rows) => {
      await warehouse.run('delete from model.thing');
      for (const [at, one] of rows.entries())
        await warehouse.run(
          `insert into model.thing values (${[one.entity, one.date, one.amount, one.hours, one.person, one.extract, at].map(text).join(', ')})`,
        );
      const found = await measureOrigins(warehouse, all, columns, windows, 8);
      for (const one of all)
        for (const window of windows) {
          const told = (found.get(one.id) ?? []).filter(
            ({ entity, basis }) => entity === 'GROUP' && basis === window.basis,
          );
          const own = told
            .map(({ extract, rows, contribution }) => ({ extract, rows, contribution }))
            .sort((a, b) => (a.extract < b.extract ? -1 : 1));
          expect(own, `${one.id} ${window.basis}`).toEqual(await byRows(one, window));
        }
    }),
    { numRuns: 60 },
  );
});
