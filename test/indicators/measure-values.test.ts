import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { monthEnd, monthsBetween } from '../../pipelines/configuration/period.ts';
import { type Catalogue, Indicator, Measure } from '../../pipelines/indicators/catalogue.ts';
import type { MeasureValue } from '../../pipelines/indicators/figure.ts';
import { readMethods } from '../../pipelines/indicators/figure-methods.ts';
import { computeFigures } from '../../pipelines/indicators/figures.ts';
import { recordParts } from '../../pipelines/indicators/measure-parts.ts';
import { contributionRows } from '../../pipelines/indicators/measure-rows.ts';
import { computeMeasures, tableColumns, windowsOf } from '../../pipelines/indicators/measure-values.ts';
import { Warehouse } from '../../pipelines/warehouse/warehouse.ts';

const text = { fr: 'x', en: 'x' };
const measure = (over: Partial<Measure> & { id: string }): Measure =>
  Measure.parse({ label: text, unit: 'MWh', table: 'thing', value: 'amount', contracts: ['thing'], ...over });

/** A: full 100 %. B: proportional 50 %. C: enters 2026-05-01. E: equity, counts nothing. */
const entities = `insert into reference.entity values
  ('A', 1, null, null), ('B', 0.5, null, null), ('C', 1, '2026-05-01', null), ('E', 0, null, null)`;
const windows = windowsOf('2025-Q3', '2026-Q2', 1);

let warehouse: Warehouse;
beforeEach(async () => {
  warehouse = await Warehouse.open(':memory:', { memory: '1GB' });
  await warehouse.run('create schema reference; create schema model; create schema result');
  await warehouse.run(
    'create table reference.entity (entity varchar, weight decimal(9,6), entry_date date, exit_date date)',
  );
  await warehouse.run(entities);
  await warehouse.run('create table reference.month (month_start date, month_end date)');
  for (const month of monthsBetween('2025-07-01', '2026-06-30')) {
    await warehouse.run(`insert into reference.month values ('${month}', '${monthEnd(month)}')`);
  }
  await warehouse.run(`create table model.thing (entity varchar, site varchar, date date, amount decimal(18,4), person varchar,
    quality varchar, intragroup boolean, extract_id varchar, row_number bigint)`);
});
afterEach(() => warehouse.close());

let row = 0;
const rows = (lines: string) =>
  warehouse.run(
    `insert into model.thing values ${lines
      .trim()
      .split('\n')
      .map((line) => {
        const [entity, date, amount, person, quality, intragroup] = line.trim().split(/\s+/);
        row += 1;
        const or = (value: string | undefined) =>
          value === undefined || value === '-' ? 'null' : `'${value}'`;
        return `('${entity}', null, '${date}', ${amount === '-' ? 'null' : amount}, ${or(person)}, ${or(quality)}, ${intragroup === 'yes'}, 'x', ${row})`;
      })
      .join(', ')}`,
  );
const everything = (['A', 'B', 'C', 'E'] as const).flatMap((entity) =>
  monthsBetween('2025-07-01', '2026-06-30').map((month) => ({ contract: 'thing', entity, month })),
);
const expected = ['A', 'B', 'C', 'E'].map((entity) => ({ contract: 'thing', entity }));
const compute = async (one: Measure, deliveries = everything) => {
  const values = await computeMeasures(warehouse, [one], windows, deliveries, expected);
  return (entity: string, period: string, basis: 'quarter' | 'ttm' = 'quarter') =>
    values.find((v) => v.entity === entity && v.period === period && v.basis === basis);
};

describe('measures computed together', () => {
  const clean = () =>
    warehouse.run(
      'drop table result.measure_value; drop table result.delivery; drop table result.expectation',
    );

  test('are each what they are alone, whatever their time, aggregation, contracts and filter', async () => {
    await rows(`A 2025-08-10 100 P1
                A 2026-04-10 30 P1 estimated
                B 2026-05-30 40 P2 measured yes
                C 2026-06-01 - P3
                E 2026-05-01 1000 P1`);
    const deliveries = everything.filter(({ entity, month }) => entity !== 'B' || month > '2026-01-01');
    const all = [
      measure({ id: 'flow' }),
      measure({ id: 'stock', time: 'stock_end' }),
      measure({ id: 'average', time: 'stock_average' }),
      measure({ id: 'outside', eliminate_intragroup: true, filter: 'amount > 35' }),
      measure({ id: 'unfed', contracts: ['other'] }),
      measure({ id: 'people', aggregation: 'distinct', key: 'person' }),
      measure({ id: 'people_average', aggregation: 'distinct', key: 'person', time: 'stock_average' }),
    ];
    const apart: MeasureValue[] = [];
    for (const one of all) {
      apart.push(...(await computeMeasures(warehouse, [one], windows, deliveries, expected)));
      await clean();
    }
    const together = await computeMeasures(warehouse, all, windows, deliveries, expected);
    const ordered = (values: readonly MeasureValue[]) => values.map((value) => JSON.stringify(value)).sort();
    expect(ordered(together)).toEqual(ordered(apart));
    // 4 entities and the group, 4 quarters and one year; C enters in May 2026: one quarter and the year
    expect(together).toHaveLength(all.length * (4 * 5 + 2));
  });

  test('are from what extracts gave what they are from the rows, and so is how their data are known', async () => {
    await warehouse.run('alter table model.thing add column method varchar');
    const all = [
      measure({ id: 'flow' }),
      measure({ id: 'stock', time: 'stock_end' }),
      measure({ id: 'average', time: 'stock_average' }),
      measure({ id: 'outside', eliminate_intragroup: true, filter: 'amount <> 2' }),
      measure({ id: 'totals_only', opens: 'closed' }),
      measure({ id: 'people', aggregation: 'distinct', key: 'person' }),
    ];
    const catalogue: Catalogue = {
      measures: all,
      reconciliations: [],
      indicators: all.map(({ id, unit }) =>
        Indicator.parse({
          ...{
            id: `test.${id}`,
            label: text,
            definition: text,
            pillar: 'environment',
            topic: 'E1',
            unit,
            numerator: id,
          },
          ...{ bases: ['quarter', 'ttm'], direction: 'down', decimals: 0, standards: [] },
        }),
      ),
    };
    const line = fc.record({
      entity: fc.constantFrom('A', 'B', 'C', 'E'),
      month: fc.constantFrom('2025-08', '2026-03', '2026-04', '2026-06'),
      amount: fc.constantFrom('null', '0', '2', '-2', '3.5'),
      quality: fc.constantFrom('null', "'measured'", "'estimated'"),
      method: fc.constantFrom('null', "'by_day'"),
      extract: fc.constantFrom('x', 'y'),
      intragroup: fc.boolean(),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(line, { minLength: 1, maxLength: 25 }), async (lines) => {
        await warehouse.run(
          `delete from model.thing; insert into model.thing values ${lines
            .map(
              (one, i) =>
                `('${one.entity}', null, '${one.month}-15', ${one.amount}, 'P${i % 3}', ${one.quality}, ${one.intragroup}, '${one.extract}', ${i}, ${one.method})`,
            )
            .join(', ')}`,
        );
        await recordParts(warehouse, all);
        const told = async (fromParts: boolean) => {
          const values = await computeMeasures(warehouse, all, windows, everything, expected, { fromParts });
          const figures = computeFigures(catalogue, values);
          const parts = fromParts ? warehouse : undefined;
          const methods = (await readMethods(warehouse, catalogue, parts))(figures);
          await clean();
          return { values, methods: figures.map((one) => methods.get(one)) };
        };
        expect(await told(true)).toEqual(await told(false));
      }),
      { numRuns: 25 },
    );
  });

  test('name the one that cannot be computed', async () => {
    const some = [measure({ id: 'sound' }), measure({ id: 'unsound', value: 'no_such_column' })];
    await expect(recordParts(warehouse, some)).rejects.toThrow(
      /CAT-005 Measure unsound cannot be computed: .*no_such_column/,
    );
    await expect(computeMeasures(warehouse, some, windows, everything, expected)).rejects.toThrow(
      /CAT-005 Measure unsound cannot be computed: .*no_such_column/,
    );
  });
});

describe('a flow', () => {
  test('adds full entities whole, proportional ones by share, equity ones not at all', async () => {
    await rows(`A 2026-04-10 100
                B 2026-04-30 40
                E 2026-05-01 1000`);
    const at = await compute(measure({ id: 'm' }));
    expect(at('A', '2026-Q2')?.value).toBe('100.0000000000');
    expect(at('B', '2026-Q2')?.value).toBe('40.0000000000');
    expect(at('GROUP', '2026-Q2')?.value).toBe('120.0000000000'); // 100 + 40 x 50 %
  });

  test('counts an entity that enters during the quarter from its entry on', async () => {
    await rows(`C 2026-04-30 7
                C 2026-05-01 8
                C 2026-06-30 9`);
    const at = await compute(measure({ id: 'm' }));
    expect(at('C', '2026-Q2')?.value).toBe('17.0000000000');
    expect(at('C', '2026-Q1')).toBeUndefined(); // not in the perimeter: no value at all, not a zero
  });

  test('twelve months are the sum of their four quarters', async () => {
    await rows(`A 2025-07-01 1
                A 2025-12-31 2
                A 2026-03-31 3
                A 2026-06-30 4`);
    const at = await compute(measure({ id: 'm' }));
    expect(at('A', '2026-Q2', 'ttm')?.value).toBe('10.0000000000');
    expect(at('A', '2026-Q1', 'ttm')).toBeUndefined(); // only three quarters of history lie behind
  });

  test('intra-group rows count for the entity and not for the group', async () => {
    await rows(`A 2026-04-10 100 - - no
                A 2026-04-11 30 - - yes`);
    const at = await compute(measure({ id: 'm', eliminate_intragroup: true }));
    expect(at('A', '2026-Q2')?.value).toBe('130.0000000000');
    expect(at('GROUP', '2026-Q2')?.value).toBe('100.0000000000');
  });

  test('the estimated share is by size, whatever the sign', async () => {
    await rows(`A 2026-04-10 90 - measured
                A 2026-04-11 -10 - estimated`);
    const at = await compute(measure({ id: 'm' }));
    expect(at('A', '2026-Q2')).toMatchObject({ value: '80.0000000000', estimatedShare: 0.1 });
  });

  test('a row without a value is counted as such', async () => {
    await rows(`A 2026-04-10 90
                A 2026-04-11 -`);
    expect((await compute(measure({ id: 'm' })))('A', '2026-Q2')).toMatchObject({
      value: '90.0000000000',
      rows: 2,
      unvalued: 1,
    });
  });
});

describe('a stock', () => {
  const snapshots = `A 2026-04-30 1 p1
                     A 2026-04-30 1 p2
                     A 2026-05-31 1 p1
                     A 2026-06-30 1 p1
                     A 2026-06-30 1 p3
                     A 2026-06-30 1 p4`;

  test('at the end is that of the last month', async () => {
    await rows(snapshots);
    const at = await compute(measure({ id: 'm', aggregation: 'distinct', key: 'person', time: 'stock_end' }));
    expect(at('A', '2026-Q2')?.value).toBe('3.0000000000');
    expect(at('A', '2026-Q2', 'ttm')?.value).toBe('3.0000000000');
  });

  test('on average is the mean of the month-ends of the window', async () => {
    await rows(snapshots);
    const at = await compute(
      measure({ id: 'm', aggregation: 'distinct', key: 'person', time: 'stock_average' }),
    );
    expect(at('A', '2026-Q2')).toMatchObject({ value: '2.0000000000', divisor: 3 }); // (2 + 1 + 3) / 3
    expect(at('A', '2026-Q2', 'ttm')).toMatchObject({ value: '0.5000000000', divisor: 12 }); // 6 / 12
  });

  test('a person in two entities counts once in the group', async () => {
    await rows(`A 2026-06-30 1 p1
                C 2026-06-30 1 p1
                C 2026-06-30 1 p2`);
    const at = await compute(measure({ id: 'm', aggregation: 'distinct', key: 'person', time: 'stock_end' }));
    expect(at('A', '2026-Q2')?.value).toBe('1.0000000000');
    expect(at('C', '2026-Q2')?.value).toBe('2.0000000000');
    expect(at('GROUP', '2026-Q2')?.value).toBe('2.0000000000');
  });
});

describe('absence', () => {
  test('delivered without a row is zero; not delivered is missing', async () => {
    const onlyA = everything.filter((d) => d.entity === 'A');
    const at = await compute(measure({ id: 'm' }), onlyA);
    expect(at('A', '2026-Q2')).toMatchObject({ value: '0.0000000000', coverage: 1 });
    expect(at('B', '2026-Q2')).toMatchObject({ value: null, coverage: 0 });
  });

  test('coverage is the part of the entity-months in the perimeter that has come', async () => {
    await rows('A 2026-04-10 5');
    const without = everything.filter((d) => !(d.entity === 'B' && d.month >= '2026-05-01'));
    const at = await compute(measure({ id: 'm' }), without);
    expect(at('B', '2026-Q2')?.coverage).toBeCloseTo(1 / 3, 6);
    expect(at('GROUP', '2026-Q2')?.coverage).toBeCloseTo(6 / 8, 6); // A 3 of 3, B 1 of 3, C 2 of 2; E does not count
  });

  test('a missing measure and an empty denominator are two states, and neither is zero', async () => {
    const catalogue: Catalogue = {
      measures: [],
      indicators: [
        Indicator.parse({
          id: 't.ratio',
          label: text,
          definition: text,
          pillar: 'social',
          topic: 'S1',
          unit: '%',
          numerator: 'top',
          denominator: 'bottom',
          scale: 100,
          bases: ['quarter'],
          direction: 'up',
          decimals: 1,
          standards: [],
        }),
      ],
      reconciliations: [],
    };
    const value = (name: string, amount: string | null): MeasureValue => ({
      measure: name,
      entity: 'A',
      period: '2026-Q2',
      basis: 'quarter',
      value: amount,
      divisor: 1,
      rows: 1,
      unvalued: 0,
      coverage: amount === null ? 0 : 1,
      estimatedShare: 0,
    });
    const figure = (top: string | null, bottom: string | null) =>
      computeFigures(catalogue, [value('top', top), value('bottom', bottom)])[0];
    expect(figure('1', '0')).toMatchObject({ status: 'not_calculable', value: null });
    expect(figure('0', '0')).toMatchObject({ status: 'not_calculable', value: null });
    expect(figure(null, '4')).toMatchObject({ status: 'missing', value: null });
    expect(figure('0', '4')).toMatchObject({ status: 'complete', value: '0' });
    expect(figure('1', '3')).toMatchObject({ status: 'complete', value: '33.333333333333' });
  });
});

describe('small groups', () => {
  const indicator = Indicator.parse({
    id: 't.women',
    label: text,
    definition: text,
    pillar: 'social',
    topic: 'S1',
    unit: '%',
    numerator: 'women',
    denominator: 'people',
    scale: 100,
    bases: ['quarter'],
    direction: 'up',
    decimals: 1,
    suppress_below: 5,
    standards: [],
  });
  const values = (people: Record<string, number>): MeasureValue[] =>
    Object.entries(people).flatMap(([entity, n]) =>
      (['women', 'people'] as const).map((name) => ({
        measure: name,
        entity,
        period: '2026-Q2',
        basis: 'quarter' as const,
        value: String(name === 'people' ? n : 1),
        divisor: 1,
        rows: n,
        unvalued: 0,
        coverage: 1,
        estimatedShare: 0,
      })),
    );
  const statuses = (people: Record<string, number>) =>
    Object.fromEntries(
      computeFigures({ measures: [], indicators: [indicator], reconciliations: [] }, values(people)).map(
        (f) => [f.entity, f.status],
      ),
    );

  test('a lone suppressed entity takes the next smallest with it, or it could be had by subtraction', () => {
    expect(statuses({ A: 100, B: 4, C: 20, GROUP: 124 })).toEqual({
      A: 'complete',
      B: 'suppressed',
      C: 'suppressed',
      GROUP: 'complete',
    });
  });

  test('two suppressed entities protect each other', () => {
    expect(statuses({ A: 100, B: 4, C: 3, GROUP: 107 })).toEqual({
      A: 'complete',
      B: 'suppressed',
      C: 'suppressed',
      GROUP: 'complete',
    });
  });
});

test('every value is the sum of the contributions that it opens to, divided by its divisor', async () => {
  const kinds = fc.constantFrom('flow', 'stock_end', 'stock_average') as fc.Arbitrary<Measure['time']>;
  const line = fc.record({
    entity: fc.constantFrom('A', 'B', 'C', 'E'),
    month: fc.constantFrom('2025-08', '2026-03', '2026-04', '2026-05', '2026-06'),
    day: fc.integer({ min: 1, max: 28 }),
    cents: fc.integer({ min: -100_000, max: 100_000 }),
    person: fc.constantFrom('p1', 'p2', 'p3'),
    intragroup: fc.constantFrom('yes', 'no'),
  });
  await fc.assert(
    fc.asyncProperty(
      fc.array(line, { minLength: 1, maxLength: 25 }),
      kinds,
      fc.constantFrom('sum', 'distinct') as fc.Arbitrary<'sum' | 'distinct'>,
      async (lines, time, aggregation) => {
        await warehouse.run(
          'delete from model.thing; drop table if exists result.measure_value; drop table if exists result.delivery; drop table if exists result.expectation',
        );
        await rows(
          lines
            .map(
              (l) =>
                `${l.entity} ${l.month}-${String(l.day).padStart(2, '0')} ${(l.cents / 100).toFixed(2)} ${l.person} measured ${l.intragroup}`,
            )
            .join('\n'),
        );
        const one = measure({ id: 'm', time, aggregation, key: 'person', eliminate_intragroup: true });
        const values = await computeMeasures(warehouse, [one], windows, everything, expected);
        const columns = (await tableColumns(warehouse))('thing');
        for (const value of values.filter((v) => v.period === '2026-Q2')) {
          const window = windows.find((w) => w.period === value.period && w.basis === value.basis);
          if (!window) throw new Error('no window');
          const same = await warehouse.scalar<boolean>(
            `select (coalesce(sum(contribution), 0)::decimal(38,10) / ${value.divisor})::decimal(38,10) = ${value.value}::decimal(38,10) from (${contributionRows(one, columns, value.entity, window)})`,
          );
          expect(same, `${value.entity} ${value.basis} ${time} ${aggregation}`).toBe(true);
        }
      },
    ),
    { numRuns: 25 },
  );
});
