import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ReconciliationResult } from '../../pipelines/alignment/finding.ts';
import { gapTeller } from '../../pipelines/alignment/findings.ts';
import { explanationOf, reconcile } from '../../pipelines/alignment/reconcile.ts';
import { type Catalogue, Measure, Reconciliation } from '../../pipelines/indicators/catalogue.ts';
import { computeMeasures, windowsOf } from '../../pipelines/indicators/measure-values.ts';
import { wording } from '../../pipelines/language/wording.ts';
import { Warehouse } from '../../pipelines/warehouse/warehouse.ts';

/**
 * Two companies, B at 50 %. Deliveries against revenue, quarter 2026-Q3:
 *   A  July 100 against 100, August 200 against 150 (50 of customer C1 sit on account 706), September 80 against 80
 *   B  July 40 against 40, August nothing against 30: its deliveries of August have not come
 */
const catalogue: Catalogue = {
  measures: [
    Measure.parse({
      id: 'delivered',
      label: { fr: 'L', en: 'L' },
      unit: 'EUR',
      table: 'delivery',
      value: 'amount',
      contracts: ['deliveries'],
    }),
    Measure.parse({
      id: 'booked',
      label: { fr: 'R', en: 'R' },
      unit: 'EUR',
      table: 'ledger',
      filter: "account = '707'",
      value: 'amount',
      contracts: ['fec_entries'],
    }),
  ],
  indicators: [],
  reconciliations: [
    Reconciliation.parse({
      id: 'revenue',
      label: { fr: 'Ventes', en: 'Sales' },
      owner: 'finance',
      left: { department: 'operations', measure: 'delivered' },
      right: { department: 'finance', measure: 'booked' },
      tolerance: 0.02,
      neighbours: [
        {
          side: 'right',
          label: { fr: 'compte 706', en: 'account 706' },
          filter: "account = '706'",
          same: 'customer',
        },
      ],
      meaning: { fr: 'Sens.', en: 'Meaning.' },
    }),
  ],
};

let warehouse: Warehouse;
let results: ReconciliationResult[];
const of = (entity: string) => results.find((one) => one.entity === entity) as ReconciliationResult;

beforeAll(async () => {
  warehouse = await Warehouse.open(':memory:', { memory: '500MB', threads: 2 });
  for (const sql of [
    'create schema model; create schema reference; create schema result',
    `create table reference.entity as select * from (values ('A', 1::decimal(9,6), null::date, null::date), ('B', 0.5, null, null)) as t(entity, weight, entry_date, exit_date)`,
    `create table reference.site (site varchar, entry_date date, exit_date date)`,
    `create table reference.month as select m::date as month_start, (m + interval 1 month - interval 1 day)::date as month_end from generate_series(timestamp '2026-04-01', timestamp '2026-09-01', interval 1 month) as t(m)`,
    `create table model.delivery as select entity, date::date as date, amount::decimal(18,2) as amount, 'd' as extract_id, n as row_number from (values
      ('A', '2026-07-10', 100, 1), ('A', '2026-08-10', 150, 2), ('A', '2026-08-11', 50, 3), ('A', '2026-09-10', 80, 4), ('B', '2026-07-12', 40, 5)) as t(entity, date, amount, n)`,
    `create table model.ledger as select entity, date::date as date, account, customer, amount::decimal(18,2) as amount, 'f' as extract_id, n as row_number from (values
      ('A', '2026-07-10', '707', 'C1', 100, 1), ('A', '2026-08-10', '707', 'C2', 150, 2), ('A', '2026-08-11', '706', 'C1', 50, 3),
      ('A', '2026-08-12', '706', 'C9', 900, 4), ('A', '2026-09-10', '707', 'C1', 80, 5), ('B', '2026-07-12', '707', 'C3', 40, 6), ('B', '2026-08-12', '707', 'C3', 30, 7)) as t(entity, date, account, customer, amount, n)`,
  ])
    await warehouse.run(sql);
  const windows = windowsOf('2026-Q2', '2026-Q3', 1);
  const months = ['04', '05', '06', '07', '08', '09'].map((m) => `2026-${m}-01`);
  const deliveries = ['A', 'B'].flatMap((entity) =>
    months.flatMap((month) => [
      ...(entity === 'B' && month === '2026-08-01' ? [] : [{ contract: 'deliveries', entity, month }]),
      { contract: 'fec_entries', entity, month },
    ]),
  );
  const expectations = ['A', 'B'].flatMap((entity) =>
    ['deliveries', 'fec_entries'].map((contract) => ({ contract, entity })),
  );
  const values = await computeMeasures(warehouse, catalogue.measures, windows, deliveries, expectations);
  results = await reconcile(
    warehouse,
    {
      catalogue,
      values,
      windows,
      period: '2026-Q3',
      language: 'en',
      runFolder: 'out/2026-Q3/r',
      explanations: [],
    },
    gapTeller('en', await wording('en', 'findings')),
  );
});
afterAll(() => warehouse.close());

describe('reconciliations read set-wise', () => {
  test('give each entity its gap, its months and its likely causes', () => {
    // A delivers 380 and books 330: 50, which are on 706 under a customer of 707
    expect(of('A')).toMatchObject({
      gap: '50',
      status: 'differs',
      causes: [{ cause: 'classification', amount: '50' }],
    });
    expect(of('A').parts).toEqual([
      { cause: 'classification', entity: 'A', month: '2026-08', amount: '50', evidence: 'account 706' },
    ]);
    expect(of('B').parts).toEqual([
      { cause: 'missing_extract', entity: 'B', month: '2026-08', amount: '-30', evidence: 'deliveries' },
    ]);
    expect(of('B').months).toEqual([
      { month: '2026-07', left: '40.0000', right: '40.0000' },
      { month: '2026-08', left: null, right: '30.0000' },
    ]);
  });

  test("give the group its entities' parts at their weight", () => {
    // 50 of A, and half of -30 of B: 35
    expect(of('GROUP').gap).toBe('35');
    expect(of('GROUP').parts.map((p) => [p.entity, p.cause, p.amount])).toEqual([
      ['A', 'classification', '50'],
      ['B', 'missing_extract', '-15'],
    ]);
  });

  test('list the rows that have no counterpart of the same amount, and the commands that open both sides', () => {
    // the 50 of row 3 has none: 100, 150 and 80 have
    expect(of('A').rows).toEqual([
      {
        side: 'left',
        entity: 'A',
        site: null,
        date: '2026-08-11',
        amount: '50.0000000000',
        extract: 'd',
        row: 3,
      },
    ]);
    expect(of('A').commands).toEqual({
      left: 'concordance trace out/2026-Q3/r delivered --entity A',
      right: 'concordance trace out/2026-Q3/r booked --entity A',
    });
  });

  test('say the likely causes in one sentence', () => {
    expect(of('A').likely).toBe(
      'Likely causes: booked on another account, €50 (account 706, August\u00a02026).',
    );
  });
});

describe('an explanation of a gap', () => {
  const written = {
    reconciliation: 'revenue',
    entity: 'A',
    period: '2026-Q2',
    gap: '100',
    text: 'Accrual',
    reviewer: 'CM',
  };
  const carried = (gap: string, period = '2026-Q3', list = [written]) =>
    explanationOf('revenue', 'A', gap, period, list);

  test('is carried over while the gap is the same, to half a percent', () => {
    expect(carried('100.5')).toEqual({ text: 'Accrual', reviewer: 'CM', since: '2026-Q2', gap: '100' });
    expect(carried('100.51')).toBeNull();
    expect(carried('-100')).toBeNull();
  });

  test('is not carried to another entity, an earlier quarter, or from nothing written', () => {
    expect(explanationOf('revenue', 'B', '100', '2026-Q3', [written])).toBeNull();
    expect(carried('100', '2026-Q1')).toBeNull();
    expect(carried('100', '2026-Q3', [{ ...written, text: ' ' }])).toBeNull();
  });

  test('gives way to a later one', () => {
    const later = { ...written, period: '2026-Q3', text: 'Reversed in October' };
    expect(carried('100', '2026-Q3', [later, written])?.text).toBe('Reversed in October');
  });
});
