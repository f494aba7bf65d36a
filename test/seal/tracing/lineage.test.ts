import { afterAll, beforeAll, expect, test } from 'vitest';
import { Measure } from '../../../pipelines/indicators/catalogue.ts';
import { type Contribution, lineageIn } from '../../../pipelines/seal/tracing/lineage.ts';
import { Warehouse } from '../../../pipelines/warehouse/warehouse.ts';

const measure = Measure.parse({
  id: 'm',
  label: { fr: 'x', en: 'x' },
  unit: 't',
  table: 'thing',
  value: 'amount',
  filter: "kind <> 'other'",
  contracts: ['thing'],
  time: 'flow',
});

/** Row 2 of a was told twice, alike but for its note; b has a row of the same number. */
const things = `(values
  (0, 'a', 1, 5, 'first'), (1, 'a', 2, 7, 'told'), (2, 'a', 2, 7, 'told again'), (3, 'b', 2, 7, 'of b'), (4, 'b', 1, 9, 'last')
) as t(place, extract_id, row_number, amount, note)`;

let warehouse: Warehouse;
beforeAll(async () => {
  warehouse = await Warehouse.open(':memory:');
  await warehouse.run(`create schema model; create schema staged; create schema reference; create schema result;
    create table model.thing as select 'A' as entity, date '2026-09-30' as date, amount::decimal(18,2) as amount, note,
      'kept' as kind, extract_id, row_number::bigint as row_number from ${things} order by place;
    create table staged.thing as select note as text, extract_id, row_number::bigint as row_number, 'source' as source_id
      from ${things} where place <> 2 order by place;
    create table result.extract as select distinct extract_id, 'thing' as contract from ${things};
    create table reference.factors (factor_id varchar, value_kgco2e decimal(18,6), unit varchar, version varchar, source varchar, certainty varchar, valid_from date);
    create table reference.group_factors as from reference.factors;
    create table reference.fx (currency varchar, valid_from date, valid_to date, eur_per_unit decimal(18,6), source varchar);
    create table reference.units (unit varchar, to_unit varchar, dimension varchar, factor decimal(18,6), source varchar);
    create table reference.fuels (fuel varchar, unit varchar, kwh_per_unit decimal(18,6), source varchar);
    create table reference.constants (name varchar, value decimal(18,6), source varchar)`);
});
afterAll(() => warehouse.close());

const contribution = (
  extract: string,
  row: number,
  value: string,
  modelRow: number | null,
): Contribution => ({
  extract,
  row,
  entity: 'A',
  date: '2026-09-30',
  value,
  modelRow,
});

const told = async (rows: readonly Contribution[]) => {
  const opened = await lineageIn(warehouse)(measure, rows);
  return opened.map((row) => row && [row.values.note, ...row.staged.map(({ values }) => values.text)]);
};

test('a row is opened by its place or by its address alike, and no row of the same number elsewhere', async () => {
  const placed = [contribution('b', 2, '7', 3), contribution('a', 1, '5', 0)];
  const expected = [
    ['of b', 'of b'],
    ['first', 'first'],
  ];
  expect(await told(placed)).toEqual(expected);
  expect(await told(placed.map((row) => ({ ...row, modelRow: null })))).toEqual(expected);
});

test('rows alike in everything are told apart by their order', async () => {
  const alike = [contribution('a', 2, '7', 1), contribution('a', 2, '7', 2)];
  const expected = [
    ['told', 'told'],
    ['told again', 'told'],
  ];
  expect(await told(alike)).toEqual(expected);
  expect(await told(alike.map((row) => ({ ...row, modelRow: null })))).toEqual(expected);
});

test('a place that holds another row than the contribution says opens nothing', async () => {
  expect(await told([contribution('a', 1, '5', 4)])).toEqual([null]);
});

test('a day opens to its rows wherever they stand: together, with one missing, out of order, apart', async () => {
  const day = { ...measure, table: 'day' } as Measure;
  const rows = [1, 2, 3, 4, 5, 6].map((row) => `('c', ${row}, 'row ${row}')`);
  const others = [1, 2, 3, 4, 5, 6].map((row) => `('d', ${row}, 'other ${row}')`);
  await warehouse.run(`create or replace table model.day as select 'A' as entity, date '2026-09-30' as date, 21::decimal(18,2) as amount, 'kept' as kind,
      'c' as extract_id, 2::bigint as row_number, 5::bigint as last_row;
    insert into result.extract values ('c', 'line')`);
  const opened = async (lines: readonly string[]) => {
    await warehouse.run(`create or replace table staged.line as select extract_id, row_number::bigint as row_number, text, 'source' as source_id
      from (values ${lines.join(', ')}) as v(extract_id, row_number, text)`);
    const [row] = await lineageIn(warehouse)(day, [{ ...contribution('c', 2, '21', null), value: '21' }]);
    return row?.staged.map(({ values }) => values.text).sort();
  };
  const all = ['row 2', 'row 3', 'row 4', 'row 5'];
  expect(await opened([...others, ...rows])).toEqual(all);
  expect(await opened([...rows].reverse())).toEqual(all);
  expect(await opened(rows.flatMap((row, at) => [row, others[at] as string]))).toEqual(all);
  expect(await opened([...rows.slice(0, 3), ...others, ...rows.slice(3)])).toEqual(all);
  const lacking = rows.filter((_, at) => at !== 3);
  expect(await opened([...others, ...lacking])).toEqual(['row 2', 'row 3', 'row 5']);
  // as many places as rows, of which one is another's
  expect(await opened([...lacking.slice(0, 3), others[0] as string, ...lacking.slice(3)])).toEqual([
    'row 2',
    'row 3',
    'row 5',
  ]);
  expect(await opened([...others, ...rows.filter((_, at) => at !== 1)])).toEqual(['row 3', 'row 4', 'row 5']);
  expect(await opened(others)).toEqual([]);
});
