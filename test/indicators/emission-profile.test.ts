import { afterEach, beforeEach, expect, test } from 'vitest';
import { emissionProfiles } from '../../pipelines/indicators/emission-profile.ts';
import type { Window } from '../../pipelines/indicators/measure-rows.ts';
import { Warehouse } from '../../pipelines/warehouse/warehouse.ts';

const window: Window = {
  basis: 'quarter',
  period: '2026-Q1',
  from: '2026-01-01',
  to: '2026-03-31',
  months: 3,
};
let warehouse: Warehouse;
beforeEach(async () => {
  warehouse = await Warehouse.open(':memory:', { memory: '1GB' });
  await warehouse.run(`create schema reference; create schema model;
    create table reference.entity as select * from (values ('A', 1::decimal(9,6), null::date, null::date), ('H', 0.5, null, null), ('E', 0, null, null)) as e(entity, weight, entry_date, exit_date);
    create table reference.constants as select * from (values ('activity_uncertainty_measured_pct', 3::decimal(18,6)), ('activity_uncertainty_estimated_pct', 20),
      ('activity_uncertainty_by_spend_pct', 5), ('activity_uncertainty_survey_pct', 30), ('stated_factor_uncertainty_pct', 10)) as c(name, value);
    create table model.emission (entity varchar, date date, scope varchar, category varchar, basis varchar, factor_id varchar, quality varchar,
      tco2e decimal(28,10), biogenic_tco2e decimal(28,10), uncertainty_pct decimal(5,1))`);
});
afterEach(() => warehouse.close());
const row = (
  entity: string,
  scope: string,
  category: string,
  basis: string | null,
  factor: string,
  quality: string,
  t: number | null,
  pct: number | null,
) =>
  warehouse.run(
    `insert into model.emission values ('${entity}', '2026-02-01', '${scope}', '${category}', ${basis ? `'${basis}'` : 'null'}, '${factor}', '${quality}', ${t}, 0, ${pct})`,
  );
const of = async (category: string) =>
  (await emissionProfiles(warehouse, window)).find((p) => p.category === category);

test('factor and activity combine as the root of the sum of squares', async () => {
  await row('A', '1', 'stationary', null, 'gas', 'calculated', 100, 4);
  // 4 % of the factor, 3 % of the meter: 5 %
  expect(await of('stationary')).toMatchObject({ tco2e: '100', uncertainty: 0.05, plusOrMinus: '5' });
});

test('different factors are independent, rows of one factor err together', async () => {
  await row('A', '1', 'stationary', null, 'gas', 'calculated', 60, 4);
  await row('A', '1', 'stationary', null, 'gas', 'calculated', 40, 4);
  await row('A', '1', 'mobile', null, 'diesel', 'estimated', 60, 0);
  // gas 100 x 5 % = 5 t, not the root of 3² + 2²; diesel 60 x 20 % = 12 t; together the root of 5² + 12² = 13 t of 160
  expect(await of('scope1')).toMatchObject({ tco2e: '160', uncertainty: 0.0813, plusOrMinus: '13' });
});

test('a factor that a contract states has the uncertainty of the parameter', async () => {
  await row('A', '2', 'electricity', 'market', 'contract:1', 'calculated', 100, null);
  // root of 10² + 3² = 10.44 %
  expect((await of('scope2_market'))?.uncertainty).toBe(0.1044);
});

test('the total takes the market basis once, and parts by quality add up to it', async () => {
  await row('A', '1', 'stationary', null, 'gas', 'calculated', 10, 5);
  await row('A', '2', 'electricity', 'location', 'fr', 'calculated', 99, 5);
  await row('A', '2', 'electricity', 'market', 'fr', 'estimated', 7, 5);
  await row('A', '3', 'c1_purchased', null, 'sdes', 'by_spend', 5, 60);
  await row('H', '3', 'c7_commute', null, 'car', 'survey', 4, 60); // half of it
  await row('E', '3', 'c1_purchased', null, 'sdes', 'by_spend', 1000, 60); // not consolidated
  await row('A', '3', 'c5_waste', null, '', 'calculated', null, null);
  expect(await of('total_market')).toMatchObject({
    tco2e: '24',
    byQuality: { measured: '0', calculated: '10', estimated: '7', by_spend: '5', survey: '2' },
    unvalued: 1,
  });
});
