import { Decimal } from 'decimal.js';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  byCause,
  type EntityGap,
  explainGap,
  type GapCell,
  type GapPart,
} from '../../pipelines/alignment/gap-causes.ts';

const [june, july, august, september] = ['2026-06-01', '2026-07-01', '2026-08-01', '2026-09-01'] as const;

/** `month site left right`, `-` for no row and no site. */
function cells(table: string): GapCell[] {
  return table
    .trim()
    .split('\n')
    .map((line) => {
      const [month, site, left, right] = line.trim().split(/\s+/) as [string, string, string, string];
      const amount = (text: string) => (text === '-' ? null : new Decimal(text));
      return {
        month: `2026-${month}-01`,
        site: site === '-' ? null : site,
        left: amount(left),
        right: amount(right),
      };
    });
}

function gap(table: string, changes: Partial<EntityGap> = {}): EntityGap {
  return {
    entity: 'A',
    cells: cells(table),
    months: [july, august, september],
    before: [june],
    events: false,
    accruals: [],
    absent: () => [],
    sourced: { left: true, right: true },
    outside: () => false,
    neighbours: [],
    factors: [],
    tolerance: 0.02,
    ...changes,
  };
}

const shown = (parts: readonly GapPart[]) =>
  parts.map(
    (p) => `${p.month?.slice(5, 7)} ${p.cause} ${p.amount.toFixed()}${p.evidence ? ` ${p.evidence}` : ''}`,
  );

describe('a gap between two departments', () => {
  test('of a month whose extract has not come is that extract, whatever the other side says', () => {
    // the ledger of August has not come: 120 - nothing = 120
    const parts = explainGap(
      gap('07 - 100 100\n08 - 120 -\n09 - 90 88', {
        absent: (side, month) => (side === 'right' && month === august ? ['fec_entries'] : []),
      }),
    );
    expect(shown(parts)).toEqual(['08 missing_extract 120 fec_entries', '09 unexplained 2']);
  });

  test('is not laid on an extract that is missing on the side that shows more', () => {
    // the right side lacks an extract, yet the left is the lower one
    const parts = explainGap(gap('07 - 80 100', { absent: (side) => (side === 'right' ? ['x'] : []) }));
    expect(shown(parts)).toEqual(['07 unexplained -20']);
  });

  test('of an entity that one side only knows is one of perimeter', () => {
    const parts = explainGap(gap('07 - 50 -\n08 - 60 -', { sourced: { left: true, right: false } }));
    expect(shown(parts)).toEqual(['07 perimeter 50 A', '08 perimeter 60 A']);
  });

  test('of a site that one side only knows is one of perimeter, and the rest of the month stays', () => {
    // 07: N 100 - 99, V 30 on the left only: 31 = 30 + 1
    const parts = explainGap(gap('07 N 100 99\n07 V 30 -\n08 N 100 100'));
    expect(shown(parts)).toEqual(['07 perimeter 30 V', '07 unexplained 1']);
  });

  test('of a site after it closed is one of perimeter in those months only', () => {
    const parts = explainGap(
      gap('07 V 30 30\n08 V - 30\n09 N 10 10', { outside: (site, month) => site === 'V' && month >= august }),
    );
    expect(shown(parts)).toEqual(['08 perimeter -30 V']);
  });

  test('in the ratio of a declared factor is one of unit', () => {
    // kWh read as MWh: 5 000 against 5
    const parts = explainGap(gap('07 - 5000 5\n08 - 6 6', { factors: [10, 1000] }));
    expect(shown(parts)).toEqual(['07 unit 4995 × 1000']);
  });

  test('in the ratio of gross to net calorific value is one of unit from two months on, chance in one', () => {
    const two = explainGap(gap('07 - 111.1 100\n08 - 222.2 200', { factors: [1.111] }));
    expect(shown(two)).toEqual(['07 unit 11.1 × 1.111', '08 unit 22.2 × 1.111']);
    const one = explainGap(gap('07 - 111.1 100\n08 - 200 200', { factors: [1.111] }));
    expect(shown(one)).toEqual(['07 unexplained 11.1']);
  });

  test('that sits on a neighbouring account is one of classification, up to the gap and in its direction', () => {
    const neighbour = (amount: string, tied: boolean) => [
      { side: 'right' as const, label: '6333', tied, months: new Map([[july, new Decimal(amount)]]) },
    ];
    // 100 - 60 = 40, of which 30 of the same supplier are on 6333
    expect(shown(explainGap(gap('07 - 100 60', { neighbours: neighbour('30', true) })))).toEqual([
      '07 classification 30 6333',
      '07 unexplained 10',
    ]);
    // without a supplier that ties them, amounts must match: 30 is not 40, 40 is
    expect(shown(explainGap(gap('07 - 100 60', { neighbours: neighbour('30', false) })))).toEqual([
      '07 unexplained 40',
    ]);
    expect(shown(explainGap(gap('07 - 100 60', { neighbours: neighbour('40', false) })))).toEqual([
      '07 classification 40 6333',
    ]);
    // the ledger is above already: adding to it explains nothing
    expect(shown(explainGap(gap('07 - 60 100', { neighbours: neighbour('40', true) })))).toEqual([
      '07 unexplained -40',
    ]);
  });

  test('that the next month reverses is one of timing, and weighs nothing in the quarter', () => {
    // an invoice of 40 for July is booked in August
    const parts = explainGap(gap('07 - 100 60\n08 - 100 140\n09 - 100 97'));
    expect(shown(parts)).toEqual(['07 timing 40 2026-08', '08 timing -40 2026-07', '09 unexplained 3']);
    expect(byCause(parts)).toEqual([{ cause: 'unexplained', amount: new Decimal(3) }]);
  });

  test('that one side books ahead is an accrual, as far as it makes the gap and in its direction', () => {
    const accrual = (amount: number) => ({
      side: 'right' as const,
      label: '428',
      months: new Map([[september, new Decimal(amount)]]),
    });
    // the ledger holds 30 more in September, of which 24 are accrued
    const table = '07 - 100 100\n08 - 100 100\n09 - 100 130';
    expect(shown(explainGap(gap(table, { accruals: [accrual(24)] })))).toEqual([
      '09 accrual -24 428',
      '09 unexplained -6',
    ]);
    // one that is larger than the gap, or goes the other way, does not make it
    for (const amount of [31, -24])
      expect(shown(explainGap(gap(table, { accruals: [accrual(amount)] })))).toEqual(['09 unexplained -30']);
  });

  test('that a month of the quarter before reverses whole is one of timing; not of counted events', () => {
    // a back payment of June is booked in August
    const table = '06 - 125.9 100\n07 - 100 100\n08 - 100 125.9\n09 - 100 100';
    expect(shown(explainGap(gap(table)))).toEqual(['08 timing -25.9 2026-06']);
    expect(shown(explainGap(gap(table, { events: true })))).toEqual(['08 unexplained -25.9']);
    // another amount is another matter
    expect(shown(explainGap(gap(table.replace('06 - 125.9', '06 - 120'))))).toEqual(['08 unexplained -25.9']);
  });

  test('that comes from the month before the quarter is one of timing, and weighs in the quarter', () => {
    // 25 of June are booked in July
    const parts = explainGap(gap('06 - 100 75\n07 - 100 125\n08 - 80 80'));
    expect(shown(parts)).toEqual(['07 timing -25 2026-06']);
  });

  test('that is reversed by less than half is not one of timing', () => {
    const parts = explainGap(gap('07 - 100 0\n08 - 100 110'));
    expect(shown(parts)).toEqual(['07 unexplained 100', '08 unexplained -10']);
  });

  test('adds up from its parts, exactly, whatever the amounts', () => {
    const amount = fc.option(fc.integer({ min: -500_000, max: 500_000 }), { nil: null });
    const cell = fc.record({
      month: fc.constantFrom<string>(june, july, august, september),
      site: fc.constantFrom(null, 'N', 'V'),
      left: amount,
      right: amount,
    });
    fc.assert(
      fc.property(
        fc.uniqueArray(cell, { selector: (c) => `${c.month}|${c.site}`, maxLength: 12 }),
        fc.integer({ min: -500_000, max: 500_000 }),
        fc.boolean(),
        (drawn, beside, tied) => {
          const all = drawn.map((c) => ({
            ...c,
            left: c.left === null ? null : new Decimal(c.left).dividedBy(100),
            right: c.right === null ? null : new Decimal(c.right).dividedBy(100),
          }));
          const parts = explainGap({
            ...gap('07 - 1 1'),
            cells: all,
            factors: [1.111, 10],
            absent: (side, month) => (side === 'left' && month === september ? ['x'] : []),
            neighbours: [
              {
                side: 'left',
                label: '6333',
                tied,
                months: new Map([[august, new Decimal(beside).dividedBy(100)]]),
              },
            ],
          });
          const expected = all
            .filter((c) => c.month !== june)
            .reduce((sum, c) => sum.plus(c.left ?? 0).minus(c.right ?? 0), new Decimal(0));
          const total = parts.reduce((sum, part) => sum.plus(part.amount), new Decimal(0));
          expect(total.toFixed()).toBe(expected.toFixed());
        },
      ),
    );
  });
});
