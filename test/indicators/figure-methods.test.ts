import { afterAll, beforeAll, expect, test } from 'vitest';
import { Indicator, Measure } from '../../pipelines/indicators/catalogue.ts';
import type { Figure } from '../../pipelines/indicators/figure.ts';
import { readMethods } from '../../pipelines/indicators/figure-methods.ts';
import { Warehouse } from '../../pipelines/warehouse/warehouse.ts';

/** A is whole in the group, B is not in it (weight 0); A's July is measured, its August estimated. */
let warehouse: Warehouse;
const measure = (id: string, filter: string) =>
  Measure.parse({
    id,
    label: { fr: id, en: id },
    unit: 'MWh',
    table: 'energy',
    filter,
    value: 'mwh',
    contracts: ['meter'],
  });
const indicator = Indicator.parse({
  id: 'energy.intensity',
  label: { fr: 'Intensité', en: 'Intensity' },
  definition: { fr: 'Intensité', en: 'Intensity' },
  pillar: 'environment',
  topic: 'E1',
  unit: 'MWh',
  numerator: 'power',
  denominator: 'heat',
  bases: ['quarter'],
  direction: 'down',
  decimals: 0,
  standards: [],
});
const catalogue = {
  measures: [measure('power', "carrier = 'power'"), measure('heat', "carrier = 'heat'")],
  indicators: [indicator],
  reconciliations: [],
};
const figure = (entity: string, period: string, value: string | null = '1'): Figure => ({
  indicator: 'energy.intensity',
  entity,
  period,
  basis: 'quarter',
  value,
  unit: 'MWh',
  numerator: '1',
  denominator: '1',
  coverage: 1,
  estimatedShare: 0,
  status: value === null ? 'suppressed' : 'complete',
});

beforeAll(async () => {
  warehouse = await Warehouse.open(':memory:');
  await warehouse.run('create schema model; create schema reference');
  await warehouse.run(
    "create table reference.entity as select * from (values ('A', 1.0, null::date, null::date), ('B', 0.0, null, null)) as e(entity, weight, entry_date, exit_date)",
  );
  await warehouse.run(
    "create temp table result_window as select 'quarter' as basis, * from (values ('2026-Q3', date '2026-07-01', date '2026-09-30', 3), ('2026-Q4', date '2026-10-01', date '2026-12-31', 3)) as w(period, window_start, window_end, months)",
  );
  await warehouse.run(
    `create table model.energy as select * from (values
      ('A', date '2026-07-31', 'power', 5, 'measured', null, 'x', 1),
      ('A', date '2026-08-31', 'power', 5, 'estimated', 'same_weekday_year_before', 'x', 2),
      ('A', date '2026-09-30', 'power', 0, 'by_spend', null, 'x', 3),
      ('A', date '2026-07-31', 'heat', 5, 'calculated', null, 'x', 4),
      ('A', date '2026-10-31', 'power', 5, 'measured', null, 'x', 5),
      ('B', date '2026-07-31', 'power', 5, 'survey', null, 'x', 6)
    ) as e(entity, date, carrier, mwh, quality, method, extract_id, row_number)`,
  );
});
afterAll(() => warehouse.close());

test('a figure says how the rows of both its sides are known, each way once; a row of zero says nothing', async () => {
  const asked = [
    figure('A', '2026-Q3'),
    figure('A', '2026-Q4'),
    figure('B', '2026-Q3'),
    figure('GROUP', '2026-Q3'),
    figure('GROUP', '2026-Q4', null),
  ];
  const methods = (await readMethods(warehouse, catalogue))(asked);
  const third = 'calculated + estimated:same_weekday_year_before + measured';
  expect(asked.map((one) => methods.get(one))).toEqual([
    third,
    'measured',
    'survey',
    third, // B is not in the group
    undefined, // what is not shown has no method
  ]);
});
