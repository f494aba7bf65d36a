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
