import { Decimal } from 'decimal.js';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Cause, partsOf } from '../../pipelines/review/change-split.ts';

const step = (cause: Cause, value: string | null | undefined) => ({ cause, value });

describe('the parts of a change', () => {
  test('are the differences from step to step, without those that change nothing', () => {
    expect(
      partsOf('100', [
        step('override', '100'),
        step('data', '90'),
        step('perimeter', '90'),
        step('factor', '95.5'),
        step('method', '95.5'),
      ]),
    ).toEqual([
      { causes: ['data'], amount: '-10' },
      { causes: ['factor'], amount: '5.5' },
    ]);
  });

  test('are one where the figure had no value, or could not be computed, between them', () => {
    expect(partsOf('100', [step('data', null), step('perimeter', '120'), step('method', '121')])).toEqual([
      { causes: ['data', 'perimeter'], amount: '20' },
      { causes: ['method'], amount: '1' },
    ]);
    expect(partsOf('100', [step('data', undefined), step('method', '120')])).toEqual([
      { causes: ['data', 'method'], amount: '20' },
    ]);
  });

  test('have no amount where the figure appears or disappears', () => {
    expect(partsOf(null, [step('data', '5'), step('factor', '6')])).toEqual([
      { causes: ['data'], amount: null },
      { causes: ['factor'], amount: '1' },
    ]);
    expect(partsOf('5', [step('data', '7'), step('perimeter', null)])).toEqual([
      { causes: ['data'], amount: '2' },
      { causes: ['perimeter'], amount: null },
    ]);
  });

  test('add up to the whole change, whatever the steps', () => {
    const value = fc.option(
      fc.integer({ min: -1_000_000, max: 1_000_000 }).map((n) => new Decimal(n).dividedBy(1000).toFixed()),
    );
    const cause = fc.constantFrom<Cause>('data', 'perimeter', 'factor', 'method', 'override');
    fc.assert(
      fc.property(
        fc.integer({ min: -1000, max: 1000 }),
        fc.integer({ min: -1000, max: 1000 }),
        fc.array(fc.record({ cause, value: fc.oneof(value, fc.constant(undefined)) }), { maxLength: 6 }),
        (first, last, between) => {
          const parts = partsOf(String(first), [...between, step('method', String(last))]);
          const sum = parts.reduce((total, part) => total.plus(part.amount as string), new Decimal(0));
          expect(sum.toFixed()).toBe(String(last - first));
        },
      ),
    );
  });
});
