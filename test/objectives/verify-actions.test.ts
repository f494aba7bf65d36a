import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { quarterOf, quartersBetween } from '../../pipelines/configuration/period.ts';
import { Indicator, Measure } from '../../pipelines/indicators/catalogue.ts';
import type { Figure } from '../../pipelines/indicators/figure.ts';
import type { Action } from '../../pipelines/objectives/action.ts';
import { Objective } from '../../pipelines/objectives/objective.ts';
import { usualMove, verifyEffects } from '../../pipelines/objectives/verify-actions.ts';
import { Warehouse } from '../../pipelines/warehouse/warehouse.ts';
import { actionOf } from './action-of.ts';

const text = { fr: 'x', en: 'x' };
const measures = [
  Measure.parse({ id: 'power', label: text, unit: 'MWh', table: 'energy', value: 'mwh', contracts: ['c'] }),
];
const indicator = (id: string, more: object = {}) =>
  Indicator.parse({
    id,
    label: text,
    definition: text,
    pillar: 'environment',
    topic: 'E1',
    unit: 'MWh',
    numerator: 'power',
    bases: ['ttm'],
    direction: 'down',
    decimals: 0,
    standards: [],
    ...more,
  });
const indicators = [indicator('t.power'), indicator('t.rate', { unit: '%', denominator: 'power' })];
const objectives = ['t.power', 't.rate'].map((id) =>
  Objective.parse({
    id: id === 't.power' ? 'O' : 'R',
    label: text,
    why: text,
    indicator: id,
    baseline: { period: '2024-Q4', value: 1 },
    target: { period: '2027-Q4', value: 2 },
  }),
);
const quarters = quartersBetween('2024-Q1', '2026-Q3').map((id) => quarterOf(id, 1));
const site = (id: string, exit: string | null = null) => ({
  id,
  entity: 'A',
  name: id,
  city: '',
  country: 'FR',
  water_stress: false,
  entry: null,
  exit,
});

let warehouse: Warehouse;
beforeEach(async () => {
  warehouse = await Warehouse.open(':memory:', { memory: '1GB' });
  await warehouse.run('create schema reference; create schema model');
  await warehouse.run(
    `create table reference.entity as select 'A' as entity, 1::decimal(9,6) as weight, null::date as entry_date, null::date as exit_date`,
  );
  await warehouse.run(`create table reference.month as select m::date as month_start, last_day(m)::date as month_end, year(m) || '-Q' || quarter(m) as quarter
    from generate_series(timestamp '2024-01-01', timestamp '2026-09-01', interval 1 month) as g(m)`);
  await warehouse.run(
    'create table model.energy (entity varchar, site varchar, date date, mwh decimal(18,3), extract_id varchar, row_number bigint)',
  );
});
afterEach(() => warehouse.close());

/** A quarter of a site, as one row dated within it. */
const burn = async (place: string, values: readonly number[]) => {
  for (const [i, value] of values.entries()) {
    const { to } = quarters[i] as (typeof quarters)[number];
    await warehouse.run(
      `insert into model.energy values ('A', '${place}', date '${to}', ${value}, 'x', ${i + 1})`,
    );
  }
};
const done = (more: Partial<Action> = {}) =>
  actionOf({
    objective: 'O',
    entity: 'A',
    status: 'done',
    doneOn: '2025-09-30',
    effectFrom: '2025-10-01',
    expectedEffect: '-80',
    expectedUnit: 'MWh',
    ...more,
  });
const verify = async (action: Action, sites = [site('S')], figures: Figure[] = []) =>
  (
    await verifyEffects(warehouse, [action], {
      catalogue: { measures, indicators, reconciliations: [] },
      objectives,
      figures,
      quarters,
      perimeter: [{ id: 'A', entry: null, exit: null, method: 'full', share: 100 }],
      sites,
      period: '2026-Q3',
    })
  )[0];

describe('an action that is done', () => {
  test('without effect is found: the twelve months did not move, twelve months after', async () => {
    await burn('S', [100, 90, 80, 110, 100, 90, 80, 110, 100, 90, 80]);
    // effect from 2025-10-01: twelve months by 2026-09-30, so all of -80 was due; 380 before, 380 after
    expect(await verify(done())).toMatchObject({
      verdict: 'none',
      before: '2025-Q3',
      months: 12,
      expected: '-80',
      observed: '0',
      usual: '0',
      drowned: false,
    });
  });

  test('is expected to have brought only what its months bring', async () => {
    // from 2026-01-01: nine months of twelve, -80 x 9 / 12 = -60; 20 less in each of three quarters: as expected
    await burn('S', [100, 90, 80, 110, 100, 90, 80, 110, 80, 70, 60]);
    expect(await verify(done({ effectFrom: '2026-01-01' }))).toMatchObject({
      verdict: 'moved',
      before: '2025-Q4',
      expected: '-60',
      observed: '-60',
    });
  });

  test('brought a part: less than three quarters, more than a quarter', async () => {
    await burn('S', [100, 90, 80, 110, 100, 90, 80, 100, 90, 80, 70]);
    expect(await verify(done())).toMatchObject({ verdict: 'part', observed: '-40' });
  });

  test('is not judged before half a year, nor on another unit', async () => {
    await burn('S', [100, 90, 80, 110, 100, 90, 80, 110, 100, 90, 80]);
    expect((await verify(done({ effectFrom: '2026-05-01' })))?.verdict).toBe('too_early');
    expect(await verify(done({ expectedUnit: 'm3' }))).toMatchObject({
      verdict: 'not_checkable',
      reason: 'unit',
    });
  });

  test('gets no credit for a site that closed', async () => {
    await burn('S', [100, 90, 80, 110, 100, 90, 80, 110, 100, 90, 80]);
    await burn('OLD', [50, 50, 50, 50, 50, 50, 50, 50, 0, 0, 0]);
    expect(await verify(done(), [site('S'), site('OLD', '2025-12-31')])).toMatchObject({
      verdict: 'none',
      observed: '0',
      leftOut: ['OLD'],
    });
  });

  test('is read at its own site where it has one', async () => {
    await burn('S', [100, 90, 80, 110, 100, 90, 80, 90, 80, 70, 60]);
    await burn('T', [10, 10, 10, 10, 10, 10, 10, 110, 110, 110, 110]);
    expect((await verify(done(), [site('S'), site('T')]))?.observed).toBe('320'); // -80 at S, +400 at T
    expect(await verify(done({ site: 'S' }), [site('S'), site('T')])).toMatchObject({
      place: 'S',
      verdict: 'moved',
      observed: '-80',
    });
  });

  test('whose effect is smaller than what the indicator does by itself cannot be decided', async () => {
    await burn('S', [100, 90, 80, 110, 160, 40, 130, 60, 100, 90, 80]);
    expect(await verify(done())).toMatchObject({ drowned: true });
  });
});

test('the usual move is worked out by hand', () => {
  // 1, 3, 5, 7: mean 4, variance 20 / 3; t(3) = 1.638; two steps: 1.638 sqrt(40 / 3) = 5.9811
  expect(usualMove([1, 3, 5, 7], 2)).toBeCloseTo(5.9811, 3);
  expect(usualMove([1, 3, 5], 2)).toBeNull();
});
