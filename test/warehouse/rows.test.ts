import { afterAll, beforeAll, expect, test } from 'vitest';
import { Warehouse } from '../../pipelines/warehouse/warehouse.ts';

let warehouse: Warehouse;
beforeAll(async () => {
  warehouse = await Warehouse.open(':memory:');
});
afterAll(() => warehouse.close());

test('rows have the columns of the statement in its order, null where there is nothing', async () => {
  const rows = await warehouse.rows(
    `select * from (values (2, 'b', 1.50, 9007199254740993, [1, null], {'x': date '2026-01-02'}), (1, null, null, 7, null, null))
       as t(z, a, amount, large, list, struct) order by z desc`,
  );
  expect(JSON.stringify(rows)).toBe(
    JSON.stringify([
      {
        z: 2,
        a: 'b',
        amount: '1.50',
        large: '9007199254740993',
        list: [1, null],
        struct: { x: '2026-01-02' },
      },
      { z: 1, a: null, amount: null, large: 7, list: null, struct: null },
    ]),
  );
});

test('a column of places in a list has the texts of the list', async () => {
  const rows = await warehouse.rows(
    'select place, row_number() over () as place_of_none from (values (1), (0), (null), (1)) as t(place)',
    { place: ['first', 'second'] },
  );
  expect(rows.map(({ place }) => place)).toEqual(['second', 'first', null, 'second']);
  expect(rows.map(({ place_of_none }) => place_of_none)).toEqual([1, 2, 3, 4]);
});

test('more rows than DuckDB hands over at a time are all there', async () => {
  const rows = await warehouse.rows<{ n: number; text: string }>(
    "select n::integer as n, 'text ' || n % 3 as text from range(5000) as t(n)",
  );
  expect(rows.map(({ n }) => n)).toEqual(Array.from({ length: 5000 }, (_, n) => n));
  expect(rows.every(({ n, text }) => text === `text ${n % 3}`)).toBe(true);
});
