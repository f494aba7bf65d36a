import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Indicator, Measure } from '../../pipelines/indicators/catalogue.ts';
import { windowsOf } from '../../pipelines/indicators/measure-values.ts';
import { changeSince } from '../../pipelines/objectives/change.ts';
import { type MeasuredObjective, Objective } from '../../pipelines/objectives/objective.ts';
import { causes } from '../../pipelines/objectives/position.ts';
import { Warehouse } from '../../pipelines/warehouse/warehouse.ts';

/**
 * Emissions and people of the second quarters of 2025 and 2026. A is wholly owned, B at half, C enters on 1 May 2026.
 * A at X: 100 MWh at 60 kg, then 80 MWh at 50 kg: 6 t, then 4 t. A at Y: 10 t in both. B at Z: 20 t, then 30 t
 * (200 and 300 MWh at 100 kg). C: 5 t in April 2026, before it came, and 7 t in May.
 */
const text = { fr: 'x', en: 'x' };
const measures = [
  Measure.parse({
    id: 'tonnes',
    label: text,
    unit: 't',
    table: 'emission',
    value: 'tco2e',
    contracts: ['c'],
  }),
  Measure.parse({ id: 'people', label: text, unit: 'persons', table: 'staff', value: 'n', contracts: ['c'] }),
];
const indicator = (id: string, more: object = {}) =>
  Indicator.parse({
    id,
    label: text,
    definition: text,
    pillar: 'environment',
    topic: 'E1',
    unit: 't',
    numerator: 'tonnes',
    bases: ['quarter'],
    direction: 'down',
    decimals: 0,
    standards: [],
    ...more,
  });
const indicators = [indicator('t.all'), indicator('t.each', { denominator: 'people' })];
const goal = (more: object, companies: string[] = [], of = 't.all') =>
  ({
    ...Objective.parse({
      id: 'O',
      label: text,
      why: text,
      indicator: of,
      basis: 'quarter',
      baseline: { period: '2025-Q2', value: 2 },
      target: { period: '2027-Q2', value: 1 },
      ...more,
    }),
    companies,
  }) as MeasuredObjective;

let warehouse: Warehouse;
beforeAll(async () => {
  warehouse = await Warehouse.open(':memory:', { memory: '500MB', threads: 2 });
  for (const sql of [
    'create schema model; create schema reference',
    `create table reference.entity as select * from (values ('A', 1::decimal(9,6), null::date, null::date),
       ('B', 0.5, null, null), ('C', 1, date '2026-05-01', null)) as t(entity, weight, entry_date, exit_date)`,
    `create table model.emission as select entity, site, d::date as date, '1' as scope, 'c' as category, 'b' as basis, 'gas' as activity,
       '' as scope_part, 'MWh' as unit, 'FR' as country, q::decimal(28,9) as quantity, f::decimal(18,8) as factor_kgco2e,
       (q * f / 1000)::decimal(28,10) as tco2e, 'm' as method, 'calculated' as quality, 'e' as extract_id, n as row_number
     from (values ('A', 'X', '2025-05-10', 100, 60, 1), ('A', 'X', '2026-05-10', 80, 50, 2),
       ('A', 'Y', '2025-05-10', 100, 100, 3), ('A', 'Y', '2026-05-10', 100, 100, 4),
       ('B', 'Z', '2025-05-10', 200, 100, 5), ('B', 'Z', '2026-05-10', 300, 100, 6),
       ('C', 'W', '2026-04-10', 50, 100, 7), ('C', 'W', '2026-05-10', 70, 100, 8)) as t(entity, site, d, q, f, n)`,
    `create table model.staff as select entity, site, d::date as date, n, 'calculated' as quality, 's' as extract_id, row_number() over () as row_number
     from (values ('A', 'X', '2025-05-10', 2), ('A', 'X', '2026-05-10', 4)) as t(entity, site, d, n)`,
  ])
    await warehouse.run(sql);
});
afterAll(() => warehouse.close());

const weights = new Map([
  ['A', 1],
  ['B', 0.5],
  ['C', 1],
]);
const change = (objective: MeasuredObjective, hidden?: (quarter: string) => boolean) =>
  changeSince(
    warehouse,
    objective,
    'none',
    { measures, indicators },
    windowsOf('2025-Q2', '2026-Q2', 1),
    '2026-Q2',
    weights,
    hidden,
  );
const total = async (objective: MeasuredObjective) => {
  const found = await change(objective);
  if (!found) return null;
  const parts = Object.fromEntries(causes.map((cause) => [cause, Number(found.total[cause])]));
  // the parts make the whole, whatever the perimeter
  expect(causes.reduce((sum, cause) => sum + Number(found.total[cause]), Number(found.before))).toBeCloseTo(
    Number(found.after),
    9,
  );
  return [Number(found.before), Number(found.after), parts];
};

describe('the change of an objective', () => {
  test('on some sites is that of their rows: 20 MWh less at 60 kg, then 10 kg less on 80 MWh', async () => {
    expect(await total(goal({ sites: ['X'] }, ['A']))).toEqual([
      6,
      4,
      { perimeter: 0, factor: -0.8, method: 0, activity: -1.2 },
    ]);
  });

  test('on sites of several companies counts each as it is consolidated', async () => {
    // 6 + 10, then 4 + 15: half of the 10 t more at Z
    expect(await total(goal({ sites: ['X', 'Z'] }, ['A', 'B']))).toEqual([
      16,
      19,
      { perimeter: 0, factor: -0.8, method: 0, activity: 3.8 },
    ]);
  });

  test('on several entities is the sum of theirs, what came in between as perimeter', async () => {
    // A 16 then 14, B 10 then 15 at half, C nothing then 7
    expect(await total(goal({ entities: ['A', 'B', 'C'] }))).toEqual([
      26,
      36,
      { perimeter: 7, factor: -0.8, method: 0, activity: 3.8 },
    ]);
  });

  test('of a ratio on some sites has parts of both sides', async () => {
    // 3 t each, then 1 t each
    expect(await total(goal({ sites: ['X'] }, ['A'], 't.each'))).toMatchObject([3, 1, {}]);
  });

  test('is not told from a value that is hidden for a small group', async () => {
    expect(await change(goal({ sites: ['X'] }, ['A']), (quarter) => quarter === '2025-Q2')).toBeNull();
  });
});
