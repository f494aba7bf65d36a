import { afterAll, beforeAll, expect, test } from 'vitest';
import { Measure } from '../../../pipelines/indicators/catalogue.ts';
import type { Window } from '../../../pipelines/indicators/measure-rows.ts';
import {
  addressesOfLines,
  countLines,
  type MeasureLine,
  measureLines,
} from '../../../pipelines/seal/assurance/measure-lines.ts';
import { Warehouse } from '../../../pipelines/warehouse/warehouse.ts';

/** Six people of A and four of B enter during the quarter; one of A is counted twice. */
let warehouse: Warehouse;
const columns = { has: (name: string) => ['site', 'quality'].includes(name) };
const windows: Window[] = [
  { basis: 'quarter', period: '2026-Q3', from: '2026-07-01', to: '2026-09-30', months: 3 },
  { basis: 'ttm', period: '2026-Q3', from: '2025-10-01', to: '2026-09-30', months: 12 },
];
const entries = (id: string, filter: string) =>
  Measure.parse({
    id,
    label: { fr: 'Entrées', en: 'Entries' },
    unit: 'persons',
    table: 'entry',
    filter,
    aggregation: 'distinct',
    key: 'person',
    contracts: ['entry'],
    people: true,
  });

beforeAll(async () => {
  warehouse = await Warehouse.open(':memory:');
  await warehouse.run('create schema model; create schema reference');
  await warehouse.run(
    `create table reference.entity as select * from (values ('A', 1.0, null::date, null::date), ('B', 0.4, null, null)) as e(entity, weight, entry_date, exit_date)`,
  );
  await warehouse.run(
    `create table model.entry as
     select 'A' as entity, 'S' || i as site, date '2026-07-01' + i::integer as date, 'pseudonym-a' || (i % 6) as person, 'measured' as quality, 'dsn/a' as extract_id, 10 + i as row_number from range(7) as r(i)
     union all
     select 'B', 'T', date '2026-08-01' + i::integer, 'pseudonym-b' || i, 'measured', 'dsn/b', 10 + i from range(4) as r(i)`,
  );
});
afterAll(() => warehouse.close());

test('a person is a number of one measure, without pseudonym, site, day, extract or row', async () => {
  const measure = entries('entries', "entity = 'A'");
  const lines = await warehouse.rows<MeasureLine>(measureLines(measure, columns, windows));
  expect(await countLines(warehouse, measure, columns, windows)).toBe(7);
  expect(new Set(lines.map((one) => one.key)).size).toBe(6);
  for (const { line: _line, key: _key, ...rest } of lines)
    expect(rest).toMatchObject({ entity: 'A', site: null, date: '2026-09-30', extract: null, row: null });
});

test('two measures of the same people stand in two orders, and number them otherwise', async () => {
  const addresses = async (id: string) => {
    const lines = measureLines(entries(id, "entity = 'A'"), columns, windows);
    return (await addressesOfLines(warehouse, lines, [1, 2, 3, 4, 5, 6, 7])).map((one) => one.row);
  };
  const [first, second] = [await addresses('entries'), await addresses('entries_again')];
  expect(first.toSorted()).toEqual([10, 11, 12, 13, 14, 15, 16]);
  expect(second.toSorted()).toEqual(first.toSorted());
  expect(second).not.toEqual(first);
});

test('four people of an entity keep the lines of the measure from being given', async () => {
  expect(await countLines(warehouse, entries('entries', 'true'), columns, windows)).toBeNull();
});
