import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ReconciliationResult } from '../../pipelines/alignment/finding.ts';
import { gapTeller } from '../../pipelines/alignment/findings.ts';
import { gapRows } from '../../pipelines/alignment/gap-rows.ts';
import { reconcile } from '../../pipelines/alignment/reconcile.ts';
import { loadCatalogue } from '../../pipelines/indicators/load.ts';
import { computeMeasures, tableColumns, windowsOf } from '../../pipelines/indicators/measure-values.ts';
import { wording } from '../../pipelines/language/wording.ts';
import { Warehouse } from '../../pipelines/warehouse/warehouse.ts';

/**
 * The built-in pairs that count people and events, in September 2026, two companies wholly owned.
 * Headcount against badges: A has 7 people at N and 6 at L, whose badges are kept elsewhere: 8 badges at N.
 * B has 6 people at P and 2 at Q, and 9 badges at P, none at Q.
 * Accidents: three stops of A in payroll, on 2, 9 and 9 July; three in the register, on 2 and 9 July and 20 August.
 */
let warehouse: Warehouse;
let results: ReconciliationResult[];
const of = (pair: string, entity: string) =>
  results.find((one) => one.reconciliation === pair && one.entity === entity) as ReconciliationResult;

beforeAll(async () => {
  warehouse = await Warehouse.open(':memory:', { memory: '500MB', threads: 2 });
  const staff = (entity: string, site: string, from: number, to: number) =>
    `select '${entity}' as entity, '${site}' as site, '${entity}' || n as person, n from generate_series(${from}, ${to}) as t(n)`;
  for (const sql of [
    'create schema model; create schema reference; create schema result',
    `create table reference.entity as select * from (values ('A', 1::decimal(9,6), null::date, null::date), ('B', 1, null, null)) as t(entity, weight, entry_date, exit_date)`,
    `create table reference.site (site varchar, entry_date date, exit_date date)`,
    `create table reference.month as select m::date as month_start, (m + interval 1 month - interval 1 day)::date as month_end from generate_series(timestamp '2026-04-01', timestamp '2026-09-01', interval 1 month) as t(m)`,
    `create table model.employment as select entity, site, date '2026-09-30' as date, person, true as is_employee, 'd' as extract_id, n as row_number
       from (${[staff('A', 'N', 1, 7), staff('A', 'L', 8, 13), staff('B', 'P', 1, 6), staff('B', 'Q', 7, 8)].join(' union all ')})`,
    `create table model.badge as select entity, site, date '2026-09-30' as date, n as active_badges, 'b' as extract_id, n as row_number
       from (values ('A', 'N', 8), ('B', 'P', 9)) as t(entity, site, n)`,
    `create table model.work_stoppage as select 'A' as entity, 'N' as site, date::date as date, 'd' as extract_id, n as row_number
       from (values ('2026-07-02', 1), ('2026-07-09', 2), ('2026-07-09', 3)) as t(date, n)`,
    `create table model.accident as select 'A' as entity, 'N' as site, date::date as date, 'employee' as worker_type, true as with_stop, true as in_france, 's' as extract_id, n as row_number
       from (values ('2026-07-02', 1), ('2026-07-09', 2), ('2026-08-20', 3)) as t(date, n)`,
  ])
    await warehouse.run(sql);
  const whole = await loadCatalogue();
  const pairs = whole.reconciliations.filter((one) => ['headcount_badges', 'accidents'].includes(one.id));
  const named = pairs.flatMap((one) => [one.left.measure, one.right.measure]);
  const catalogue = {
    indicators: [],
    reconciliations: pairs,
    measures: whole.measures.filter((one) => named.includes(one.id)),
  };
  const windows = windowsOf('2026-Q2', '2026-Q3', 1);
  const contracts = catalogue.measures.flatMap((one) => one.contracts);
  const months = ['04', '05', '06', '07', '08', '09'].map((m) => `2026-${m}-01`);
  const expectations = ['A', 'B'].flatMap((entity) => contracts.map((contract) => ({ contract, entity })));
  const deliveries = expectations.flatMap((one) => months.map((month) => ({ ...one, month })));
  const values = await computeMeasures(warehouse, catalogue.measures, windows, deliveries, expectations);
  results = await reconcile(
    warehouse,
    { catalogue, values, windows, period: '2026-Q3', language: 'en', runFolder: 'r', explanations: [] },
    gapTeller('en', await wording('en', 'findings')),
  );
});
afterAll(() => warehouse.close());

describe('headcount against badges', () => {
  test('tells both sides, and the site that one of them does not know', () => {
    // 13 people less 8 badges: 6 at L, which has no badge at all, and 1 badge too many at N
    expect(of('headcount_badges', 'A')).toMatchObject({
      status: 'differs',
      gap: '5',
      left: { department: 'hr', value: '13.0000000000' },
      right: { department: 'operations', value: '8.0000000000' },
      parts: [
        { cause: 'perimeter', month: '2026-09', amount: '6', evidence: 'L' },
        { cause: 'unexplained', month: '2026-09', amount: '-1', evidence: '' },
      ],
      commands: {
        left: 'concordance trace r headcount --entity A',
        right: 'concordance trace r badges_active --entity A',
      },
    });
  });

  test('does not tell how many work at a site of fewer than five people', () => {
    // 8 people less 9 badges, compared whole: Q has 2 people
    expect(of('headcount_badges', 'B').parts).toEqual([
      { cause: 'unexplained', entity: 'B', month: '2026-09', amount: '-1', evidence: '' },
    ]);
  });

  test('lists no person', () => {
    expect(of('headcount_badges', 'A').rows).toEqual([]);
  });
});

test('accidents are paired day by day: as many on both sides agree, and are not the same', () => {
  // 3 of 3: the gap is nil, and so nothing is listed
  expect(of('accidents', 'A')).toMatchObject({ gap: '0', status: 'agrees', rows: [] });
});

test('an accident that one side lacks is listed with its day, and not another one', async () => {
  await warehouse.run(`delete from model.accident where row_number = 2`);
  const whole = await loadCatalogue();
  const declared = whole.reconciliations.find((one) => one.id === 'accidents');
  const measure = (id?: string) => whole.measures.find((one) => one.id === id);
  const [left, right] = [measure(declared?.left.measure), measure(declared?.right.measure)];
  if (!declared || !left || !right) throw new Error('the catalogue has no such pair');
  const window = windowsOf('2026-Q3', '2026-Q3', 1)[0];
  const rows = await gapRows(
    warehouse,
    { declared, measures: { left, right }, window: window as NonNullable<typeof window>, entities: ['A'] },
    await tableColumns(warehouse),
  );
  // 2 July is on both sides; 9 July twice in payroll; 20 August in the register
  expect(rows.map((row) => [row.side, row.date, row.row])).toEqual([
    ['left', '2026-07-09', 2],
    ['left', '2026-07-09', 3],
    ['right', '2026-08-20', 3],
  ]);
});
