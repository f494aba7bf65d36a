import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { figuresOf } from './figures-of.ts';

const invoiceHead =
  'entity  supplier  invoice  invoice_date  due_date  payment_date  amount_excl_vat  amount_incl_vat  currency  disputed  intragroup';

describe('payment practices', () => {
  // 2026-Q1. Paid in it, in terms of the market: F1, F2 and F3 (two lines).
  //   F1  1 200 paid after 30 days, due after 30: on time
  //   F2  2 400 paid after 60 days, due after 30: 30 days late
  //   F3  600 + 600, paid after 45 days, due after 45: one invoice, on time
  // Left out: a credit note, a disputed invoice, one within the group.
  const paid = `${invoiceHead}
    A  S1  F1  2026-01-05  2026-02-04  2026-02-04  1000  1200  EUR  false  false
    A  S1  F2  2026-01-10  2026-02-09  2026-03-11  2000  2400  EUR  false  false
    A  S2  F3  2026-01-15  2026-03-01  2026-03-01  500  600  EUR  false  false
    A  S2  F3  2026-01-15  2026-03-01  2026-03-01  500  600  EUR  false  false
    A  S1  C1  2026-01-20  2026-02-19  2026-02-19  -100  -120  EUR  false  false
    A  S3  L1  2026-01-01  2026-01-31  2026-03-31  5000  6000  EUR  true  false
    A  B   G1  2026-01-01  2026-01-31  2026-03-31  9000  9999  EUR  false  true`;

  test('weigh days by amount and, apart, by invoice', async () => {
    const found = await figuresOf({ supplier_invoices: paid }, ['pay.avg_days', 'pay.avg_days_count']);
    // (1200 x 30 + 2400 x 60 + 1200 x 45) / 4800 = 234000 / 4800
    expect(found.value('pay.avg_days')).toBe('48.75');
    // (30 + 60 + 45) / 3
    expect(found.value('pay.avg_days_count')).toBe('45');
  });

  test('share in terms, by amount and by number', async () => {
    const found = await figuresOf({ supplier_invoices: paid }, [
      'pay.on_time_share',
      'pay.on_time_count_share',
    ]);
    // 2400 of 4800; 2 invoices of 3
    expect(found.value('pay.on_time_share')).toBe('50');
    expect(found.value('pay.on_time_count_share')).toBe('66.666666666667');
  });

  // Open at 31 March 2026, by the day after the due date (C. com. D.441-6):
  //   due 30/03: 1 day; 01/03: 30; 28/02: 31; 30/01: 60; 29/01: 61; 31/12: 90; 30/12: 91; due 31/03: not late
  const open = `${invoiceHead}
    A  S1  O1  2026-02-01  2026-03-30  -  10  1  EUR  false  false
    A  S1  O2  2026-02-01  2026-03-01  -  10  2  EUR  false  false
    A  S1  O3  2026-01-01  2026-02-28  -  10  4  EUR  false  false
    A  S1  O4  2026-01-01  2026-01-30  -  10  8  EUR  false  false
    A  S1  O5  2026-01-01  2026-01-29  -  10  16  EUR  false  false
    A  S1  O6  2025-12-01  2025-12-31  -  10  32  EUR  false  false
    A  S1  O7  2025-12-01  2025-12-30  -  10  64  EUR  false  false
    A  S1  O8  2026-02-01  2026-03-31  -  10  128  EUR  false  false
    A  S1  O9  2026-01-01  2026-01-31  2026-04-10  10  256  EUR  false  false
    A  S1  P1  2026-01-01  2026-01-31  2026-03-31  10  512  EUR  false  false
    A  S1  D1  2026-01-01  2026-01-31  -  10  1024  EUR  true  false
    A  B   G1  2026-01-01  2026-01-31  -  10  2048  EUR  false  true
    A  S1  C1  2026-01-01  2026-01-31  -  -10  -1000  EUR  false  false`;
  const buckets = ['pay.late_1_30', 'pay.late_31_60', 'pay.late_61_90', 'pay.late_over_90'];

  test('put open invoices in the statutory buckets at their limits, disputes apart', async () => {
    const found = await figuresOf({ supplier_invoices: open }, [
      ...buckets,
      'pay.late_amount',
      'pay.late_count',
      'pay.disputed_amount',
      'pay.late_share',
    ]);
    // O9 is paid after the closing: open on the day, 59 days late
    expect(found.values(buckets)).toEqual({
      'pay.late_1_30': '3',
      'pay.late_31_60': '268',
      'pay.late_61_90': '48',
      'pay.late_over_90': '64',
    });
    expect(found.value('pay.late_amount')).toBe('383');
    expect(found.value('pay.late_count')).toBe('8');
    expect(found.value('pay.disputed_amount')).toBe('1024');
    // purchases of the twelve months, credit note taken off: 1+2+...+1024 = 2047, less 1000, intra-group out
    expect(found.value('pay.late_share@GROUP@ttm')).toBe('36.58070678128');
  });

  test('are missing when the ledger of purchases has not come, and not calculable when nothing was paid', async () => {
    const ids = ['pay.avg_days', 'pay.on_time_count_share', 'pay.late_amount'];
    const missing = await figuresOf({}, ids, { missing: ['supplier_invoices'] });
    expect(ids.map((id) => missing.value(id))).toEqual(['<missing>', '<missing>', '<missing>']);
    const empty = await figuresOf({}, ids);
    // nothing late is a true zero
    expect(ids.map((id) => empty.value(id))).toEqual(['<not_calculable>', '<not_calculable>', '0']);
  });

  test('buckets add up to what is late, shares stay in 0 to 100, and the order of rows changes nothing', async () => {
    const day = (n: number) => new Date(Date.UTC(2026, 0, 1 + n)).toISOString().slice(0, 10);
    const one = fc.record({
      from: fc.integer({ min: 0, max: 60 }),
      term: fc.integer({ min: 0, max: 60 }),
      paid: fc.option(fc.integer({ min: 0, max: 89 })),
      amount: fc.integer({ min: -500, max: 5000 }),
      disputed: fc.boolean(),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(one, { minLength: 1, maxLength: 12 }), async (invoices) => {
        const lines = invoices.map(
          (i, n) =>
            `A  S${n % 3}  N${n}  ${day(i.from)}  ${day(i.from + i.term)}  ${i.paid === null ? '-' : day(Math.max(i.paid, i.from))}  ${i.amount}  ${i.amount}  EUR  ${i.disputed}  false`,
        );
        const ids = [...buckets, 'pay.late_amount', 'pay.on_time_share', 'pay.on_time_count_share'];
        const found = await figuresOf({ supplier_invoices: `${invoiceHead}\n${lines.join('\n')}` }, ids);
        const sum = buckets.reduce((total, id) => total + Number(found.value(id)), 0);
        expect(sum).toBe(Number(found.value('pay.late_amount')));
        for (const id of ['pay.on_time_share', 'pay.on_time_count_share']) {
          const value = found.value(id);
          if (value.startsWith('<')) continue;
          expect(Number(value)).toBeGreaterThanOrEqual(0);
          expect(Number(value)).toBeLessThanOrEqual(100);
        }
        const turned = await figuresOf(
          { supplier_invoices: `${invoiceHead}\n${lines.toReversed().join('\n')}` },
          ids,
        );
        expect(ids.map((id) => turned.value(id))).toEqual(ids.map((id) => found.value(id)));
      }),
      { numRuns: 4, seed: 20260331 },
    );
  }, 120_000);
});

describe('legal and ethics registers', () => {
  const cases = `entity  case  kind  opened  decided  outcome  fine_amount  currency
    A  J1  corruption  2025-06-01  2026-02-10  convicted  5000  EUR
    A  J2  corruption  2025-07-01  2026-02-11  settled  7000  EUR
    A  J3  corruption  2025-08-01  -  pending  9000  EUR
    A  J4  late_payment  2025-09-01  -  pending  -  -
    A  J5  late_payment  2025-09-02  2026-01-15  dismissed  -  -
    D  J6  environment  2025-09-02  2026-03-31  convicted  1000  EUR`;

  test('count final convictions only, and proceedings that are pending at the closing', async () => {
    const ids = ['gov.convictions', 'gov.convictions_all', 'gov.corruption_fines', 'pay.legal_cases'];
    const found = await figuresOf({ legal_cases: cases }, ids);
    expect(found.values(ids)).toEqual({
      'gov.convictions': '1',
      'gov.convictions_all': '2',
      'gov.corruption_fines': '5000',
      'pay.legal_cases': '1',
    });
    const missing = await figuresOf({}, ids, { missing: ['legal_cases'] });
    expect(ids.map((id) => missing.value(id))).toEqual(['<missing>', '<missing>', '<missing>', '<missing>']);
  });

  test('confirmed corruption and fraud count at the date of the report; an open case is not concluded', async () => {
    const log = `entity  case  report_date  kind  status  fine_amount  currency
      A  E1  2026-01-10  corruption  confirmed  -  -
      A  E2  2026-01-11  corruption  open  -  -
      A  E3  2026-02-11  fraud  confirmed  -  -
      A  E4  2026-03-11  other  dismissed  -  -
      A  E5  2025-11-11  corruption  confirmed  -  -`;
    const ids = ['gov.corruption_cases', 'gov.fraud_cases', 'gov.alerts_closed_share'];
    const found = await figuresOf({ ethics_log: log }, ids);
    // 3 of 4 reports of the quarter are concluded
    expect(found.values(ids)).toEqual({
      'gov.corruption_cases': '1',
      'gov.fraud_cases': '1',
      'gov.alerts_closed_share': '75',
    });
    expect(found.value('gov.corruption_cases@GROUP@ttm')).toBe('2');
  });

  test('the board: ratio of women to men, independence among directors with a vote', async () => {
    const seats = `entity  body  member  sex  independent  employee_director  as_of
      A  board  P1  F  true  false  2026-03-31
      A  board  P2  F  false  false  2026-03-31
      A  board  P3  M  true  false  2026-03-31
      A  board  P4  M  -  false  2026-03-31
      A  board  P5  M  true  false  2026-03-31
      A  board  P6  M  true  true  2026-03-31`;
    const ids = ['gov.board_members', 'gov.board_ratio_fm', 'gov.board_independent'];
    const found = await figuresOf({ governance_bodies: seats }, ids);
    // 5 directors with a vote, 2 women for 3 men, 3 of 5 independent
    expect(found.values(ids)).toEqual({
      'gov.board_members': '5',
      'gov.board_ratio_fm': '0.666666666667',
      'gov.board_independent': '60',
    });
    const women = seats.split('\n').slice(0, 3).join('\n');
    expect((await figuresOf({ governance_bodies: women }, ids)).value('gov.board_ratio_fm')).toBe(
      '<not_calculable>',
    );
  });
});
