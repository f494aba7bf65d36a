import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Indicator, Measure } from '../../pipelines/indicators/catalogue.ts';
import { computeMeasures, windowsOf } from '../../pipelines/indicators/measure-values.ts';
import { Objective } from '../../pipelines/objectives/objective.ts';
import { notBySite, siteFigures } from '../../pipelines/objectives/site-figures.ts';
import { Warehouse } from '../../pipelines/warehouse/warehouse.ts';

/**
 * Water of 2026-Q3 by site. A, wholly owned: X 100 and 20, Y 40, and 7 that no site holds.
 * B at half: Z 60. People at the end of September: X 6, Y 3, Z 5.
 */
const text = { fr: 'x', en: 'x' };
const measure = (id: string, table: string, more: object = {}) =>
  Measure.parse({ id, label: text, unit: 'm3', table, contracts: ['c'], ...more });
const measures = [
  measure('water', 'water', { value: 'volume' }),
  measure('people', 'staff', { aggregation: 'distinct', key: 'person', time: 'stock_end', people: true }),
  measure('accounts', 'account', { value: 'n' }),
  measure('median', 'staff', { aggregation: 'median', key: 'person' }),
];
const indicator = (id: string, numerator: string, more: object = {}) =>
  Indicator.parse({
    id,
    label: text,
    definition: text,
    pillar: 'environment',
    topic: 'E3',
    unit: 'm3',
    numerator,
    bases: ['quarter'],
    direction: 'down',
    decimals: 0,
    standards: [],
    ...more,
  });
const indicators = [
  indicator('t.water', 'water'),
  indicator('t.each', 'water', { denominator: 'people', suppress_below: 5 }),
  indicator('t.accounts', 'accounts'),
  indicator('t.median', 'median'),
];
const goal = (id: string, sites: string[], companies: string[], of = 't.water'): Objective => ({
  ...Objective.parse({
    id,
    label: text,
    why: text,
    indicator: of,
    basis: 'quarter',
    sites,
    baseline: { period: '2025-Q4', value: 2 },
    target: { period: '2027-Q4', value: 1 },
  }),
  companies,
});

let warehouse: Warehouse;
let figureOf: (objective: Objective) => Promise<{ value: string | null; status: string } | undefined>;

beforeAll(async () => {
  warehouse = await Warehouse.open(':memory:', { memory: '500MB', threads: 2 });
  for (const sql of [
    'create schema model; create schema reference; create schema result',
    `create table reference.entity as select * from (values ('A', 1::decimal(9,6), null::date, null::date), ('B', 0.5, null, null)) as t(entity, weight, entry_date, exit_date)`,
    `create table reference.month as select m::date as month_start, (m + interval 1 month - interval 1 day)::date as month_end from generate_series(timestamp '2026-07-01', timestamp '2026-09-01', interval 1 month) as t(m)`,
    `create table model.water as select entity, site, date '2026-08-10' as date, volume::decimal(18,2) as volume, 'w' as extract_id, n as row_number
       from (values ('A', 'X', 100, 1), ('A', 'X', 20, 2), ('A', 'Y', 40, 3), ('A', null, 7, 4), ('B', 'Z', 60, 5)) as t(entity, site, volume, n)`,
    `create table model.staff as select entity, site, date '2026-09-30' as date, site || n as person, 's' as extract_id, n as row_number
       from (values ('A', 'X', 6), ('A', 'Y', 3), ('B', 'Z', 5)) as t(entity, site, size), generate_series(1, size) as g(n)`,
    `create table model.account as select 'A' as entity, null::varchar as site, date '2026-09-30' as date, 9 as n, 'i' as extract_id, 1 as row_number`,
  ])
    await warehouse.run(sql);
  const windows = windowsOf('2026-Q3', '2026-Q3', 1);
  const expectations = ['A', 'B'].map((entity) => ({ contract: 'c', entity }));
  const deliveries = expectations.flatMap((one) =>
    ['07', '08', '09'].map((m) => ({ ...one, month: `2026-${m}-01` })),
  );
  const values = await computeMeasures(warehouse, measures.slice(0, 3), windows, deliveries, expectations);
  figureOf = async (objective) =>
    (await siteFigures(warehouse, [objective], { measures, indicators }, values, windows))[0];
});
afterAll(() => warehouse.close());

describe('the figure of some sites', () => {
  test('is what their rows make, without those that no site holds', async () => {
    expect(await figureOf(goal('O', ['X'], ['A']))).toMatchObject({
      entity: 'site:X',
      value: '120',
      status: 'complete',
    });
    expect((await figureOf(goal('O', ['X', 'Y'], ['A'])))?.value).toBe('160');
  });

  test('of one company counts whole, of several as each is consolidated', async () => {
    expect((await figureOf(goal('O', ['Z'], ['B'])))?.value).toBe('60');
    // 120 + 0.5 x 60
    expect((await figureOf(goal('O', ['X', 'Z'], ['A', 'B'])))?.value).toBe('150');
  });

  test('is missing where no row of the measure names a site, not zero', async () => {
    expect(await figureOf(goal('O', ['X'], ['A'], 't.accounts'))).toMatchObject({
      value: null,
      status: 'missing',
    });
  });

  test('is not shown of fewer than five people, nor where the other sites have as few', async () => {
    expect((await figureOf(goal('O', ['Y'], ['A'], 't.each')))?.status).toBe('suppressed');
    // six people at X, but three are left at Y: A less X would tell of them
    expect((await figureOf(goal('O', ['X'], ['A'], 't.each')))?.status).toBe('suppressed');
    // 60 m3 for five people, and B has no other site
    expect((await figureOf(goal('O', ['Z'], ['B'], 't.each')))?.value).toBe('12');
  });
});

test('a statistic of a company cannot be told by site', () => {
  expect(notBySite(indicators[3] as Indicator, { measures })).toBe('median is a median of a whole company');
  expect(notBySite(indicators[1] as Indicator, { measures })).toBeNull();
});
