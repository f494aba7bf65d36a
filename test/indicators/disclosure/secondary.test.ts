import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Indicator, Measure } from '../../../pipelines/indicators/catalogue.ts';
import { hiddenResults } from '../../../pipelines/indicators/disclosure/disclosure.ts';
import type { MeasureValue } from '../../../pipelines/indicators/figure.ts';
import { computeFigures, openFigures } from '../../../pipelines/indicators/figures.ts';
import { determined, type Sum } from './determined.ts';

/** People of companies A, B, C and of X, which is not in the group, by kind and sex, in each of six quarters. */
const companies = ['A', 'B', 'C', 'X'];
const quarters = ['2024-Q4', '2025-Q1', '2025-Q2', '2025-Q3', '2025-Q4', '2026-Q1'];
const kinds = ['k1', 'k2', 'k3'];
const sexes = ['f', 'm'];
const threshold = 5;
const outside = new Set(['X']);

const measureOf = (id: string, time: Measure['time'], part_of?: Measure['part_of']) =>
  Measure.parse({
    id,
    label: { fr: id, en: id },
    unit: 'persons',
    table: 'movement',
    time,
    people: true,
    contracts: ['c'],
    part_of,
  });

function catalogueOf(time: Measure['time']) {
  const measures = [
    measureOf('all', time),
    ...kinds.map((id) => measureOf(id, time, [{ whole: 'all', by: 'kind' }])),
    ...sexes.map((id) => measureOf(id, time, [{ whole: 'all', by: 'sex' }])),
  ];
  const indicators = measures.map(({ id }) =>
    Indicator.parse({
      id: `t.${id}`,
      label: { fr: id, en: id },
      definition: { fr: id, en: id },
      pillar: 'social',
      topic: 'S1',
      unit: '%',
      numerator: id,
      denominator: 'all',
      scale: 100,
      bases: ['quarter', 'ttm'],
      direction: 'none',
      decimals: 0,
      suppress_below: threshold,
      population: id,
      standards: [],
    }),
  );
  return { measures, indicators, reconciliations: [] };
}

type Count = [measure: string, count: (table: number[][]) => number];

/** People by company, quarter, kind and sex. */
type People = number[][][][];

const people = fc.array(
  fc.array(
    fc.array(
      fc.array(
        fc.oneof(
          { weight: 3, arbitrary: fc.constant(0) },
          fc.integer({ min: 1, max: 4 }),
          fc.integer({ min: 5, max: 40 }),
        ),
        { minLength: sexes.length, maxLength: sexes.length },
      ),
      { minLength: kinds.length, maxLength: kinds.length },
    ),
    { minLength: quarters.length, maxLength: quarters.length },
  ),
  { minLength: companies.length, maxLength: companies.length },
);

/** Every value of every measure, and every sum that an outsider may make of them, worked out from the people alone. */
function published(counted: People, time: Measure['time'], until = quarters.length) {
  const cells = new Map<string, MeasureValue>();
  const at = (measure: string, entity: string, quarter: number, basis: 'quarter' | 'ttm') =>
    cells.get(`${measure}|${entity}|${quarter}|${basis}`) as MeasureValue;
  const put = (measure: string, entity: string, quarter: number, basis: 'quarter' | 'ttm', count: number) =>
    cells.set(`${measure}|${entity}|${quarter}|${basis}`, {
      measure,
      entity,
      period: quarters[quarter] as string,
      basis,
      value: String(count),
      divisor: 1,
      rows: count,
      unvalued: 0,
      coverage: 1,
      estimatedShare: 0,
    });
  const total = (counts: readonly number[]) => counts.reduce((sum, one) => sum + one, 0);
  const measures: Count[] = [
    ['all', (table) => total(table.flat())],
    ...kinds.map((id, k): Count => [id, (table) => total(table[k] as number[])]),
    ...sexes.map((id, s): Count => [id, (table) => total(table.map((row) => row[s] as number))]),
  ];
  const ends = (quarter: number) =>
    time === 'stock_end' ? [quarter] : [3, 2, 1, 0].map((back) => quarter - back);
  const sums: Sum<MeasureValue>[] = [];
  for (const [measure, count] of measures) {
    for (let quarter = 0; quarter < until; quarter += 1) {
      const own = companies.map((_, i) => count((counted[i] as number[][][])[quarter] as number[][]));
      for (const [i, entity] of companies.entries()) put(measure, entity, quarter, 'quarter', own[i] ?? 0);
      put(
        measure,
        'GROUP',
        quarter,
        'quarter',
        total(own.filter((_, i) => !outside.has(companies[i] as string))),
      );
      for (const entity of quarter < 3 ? [] : [...companies, 'GROUP']) {
        const parts = ends(quarter).map((one) => at(measure, entity, one, 'quarter'));
        put(measure, entity, quarter, 'ttm', total(parts.map((one) => Number(one.value))));
        sums.push({ whole: at(measure, entity, quarter, 'ttm'), parts });
      }
      for (const basis of quarter < 3 ? (['quarter'] as const) : (['quarter', 'ttm'] as const))
        sums.push({
          whole: at(measure, 'GROUP', quarter, basis),
          parts: companies.filter((one) => !outside.has(one)).map((one) => at(measure, one, quarter, basis)),
        });
    }
  }
  for (let quarter = 0; quarter < until; quarter += 1)
    for (const entity of [...companies, 'GROUP'])
      for (const basis of quarter < 3 ? (['quarter'] as const) : (['quarter', 'ttm'] as const))
        for (const parts of [kinds, sexes])
          sums.push({
            whole: at('all', entity, quarter, basis),
            parts: parts.map((part) => at(part, entity, quarter, basis)),
          });
  return { values: [...cells.values()], sums };
}

function hiddenIn(counted: People, time: Measure['time'], until?: number) {
  const catalogue = catalogueOf(time);
  const { values, sums } = published(counted, time, until);
  const figures = openFigures(catalogue, values);
  const hidden = hiddenResults({ catalogue, figures, values }, { threshold, outside });
  return { catalogue, values, sums, hidden: hidden.values };
}

const times = fc.constantFrom<Measure['time']>('flow', 'stock_end');
const placeOf = (one: MeasureValue) => [one.measure, one.entity, one.period, one.basis].join('|');

describe('what is hidden to protect people', () => {
  test('is given by no sum of what shows: of companies, quarters and breakdowns together', () => {
    fc.assert(
      fc.property(people, times, (counted, time) => {
        const { sums, hidden } = hiddenIn(counted, time);
        expect([...determined(sums, hidden, hidden)].map(placeOf)).toEqual([]);
      }),
      { numRuns: 25, seed: 4 },
    );
  });

  test('is every count of one to four people, and no remainder of a shown total tells of so few', () => {
    fc.assert(
      fc.property(people, times, (counted, time) => {
        const { values, sums, hidden } = hiddenIn(counted, time);
        const isFew = (count: number) => count > 0 && count < threshold;
        expect(values.filter((one) => isFew(Number(one.value)) && !hidden.has(one))).toEqual([]);
        const remainders = sums
          .filter(
            ({ whole, parts }) =>
              !hidden.has(whole) && !(whole.basis === 'ttm' && parts[0]?.basis === 'quarter'),
          )
          .map(({ parts }) => parts.filter((one) => hidden.has(one)))
          .map((parts) => parts.reduce((sum, one) => sum + Number(one.value), 0));
        expect(remainders.filter(isFew)).toEqual([]);
      }),
      { numRuns: 25, seed: 5 },
    );
  });

  test('stays hidden, and what shows stays shown, when a later quarter comes', () => {
    fc.assert(
      fc.property(people, times, (counted, time) => {
        const then = hiddenIn(counted, time, 5);
        const now = hiddenIn(counted, time);
        const last = quarters[4] as string;
        const upTo = (hidden: ReadonlySet<MeasureValue>) =>
          [...hidden]
            .filter((one) => one.period <= last)
            .map(placeOf)
            .sort();
        expect(upTo(now.hidden)).toEqual(upTo(then.hidden));
      }),
      { numRuns: 25, seed: 6 },
    );
  });

  test('is told by no figure', () => {
    fc.assert(
      fc.property(people, times, (counted, time) => {
        const { catalogue, values, hidden } = hiddenIn(counted, time);
        const places = new Set([...hidden].map(placeOf));
        const shown = computeFigures(catalogue, values, { threshold, outside }).filter(
          (one) => one.numerator !== null,
        );
        const told = shown.filter(({ indicator, entity, period, basis }) =>
          ['all', indicator.slice(2)].some((id) => places.has([id, entity, period, basis].join('|'))),
        );
        expect(told).toEqual([]);
      }),
      { numRuns: 15, seed: 7 },
    );
  });
});

describe('what is determined', () => {
  const cell = (name: string) => name;
  const given = (sums: [string, string[]][], hidden: string[]) =>
    [
      ...determined(
        sums.map(([whole, parts]) => ({ whole: cell(whole), parts })),
        new Set(hidden),
        hidden,
      ),
    ].sort();

  test('the quarter that twelve months lack', () => {
    expect(given([['year', ['q1', 'q2', 'q3', 'q4']]], ['q2'])).toEqual(['q2']);
    expect(given([['year', ['q1', 'q2', 'q3', 'q4']]], ['q2', 'q3'])).toEqual([]);
  });

  test('a value that only several sums together give', () => {
    // a + b = x, b + c = y, a + c = z with x, y, z shown: each is had by half of their difference
    const sums: [string, string[]][] = [
      ['x', ['a', 'b']],
      ['y', ['b', 'c']],
      ['z', ['a', 'c']],
    ];
    expect(given(sums, ['a', 'b', 'c'])).toEqual(['a', 'b', 'c']);
    expect(given(sums.slice(0, 2), ['a', 'b', 'c'])).toEqual([]);
  });
});
