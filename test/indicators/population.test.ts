import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { monthEnd, monthsBetween } from '../../pipelines/configuration/period.ts';
import { type Catalogue, Indicator, Measure } from '../../pipelines/indicators/catalogue.ts';
import { computeFigures } from '../../pipelines/indicators/figures.ts';
import { contributionRows } from '../../pipelines/indicators/measure-rows.ts';
import { computeMeasures, tableColumns, windowsOf } from '../../pipelines/indicators/measure-values.ts';
import { Warehouse } from '../../pipelines/warehouse/warehouse.ts';

const text = { fr: 'x', en: 'x' };
const measure = (over: Partial<Measure> & { id: string }): Measure =>
  Measure.parse({
    label: text,
    unit: 'EUR',
    table: 'pay',
    value: 'gross',
    per: 'hours',
    key: 'person',
    contracts: ['pay'],
    people: true,
    opens: 'totals',
    ...over,
  });
const windows = windowsOf('2025-Q3', '2026-Q2', 1);
let warehouse: Warehouse;

beforeEach(async () => {
  warehouse = await Warehouse.open(':memory:', { memory: '1GB' });
  await warehouse.run('create schema reference; create schema model; create schema result');
  await warehouse.run(
    'create table reference.entity (entity varchar, weight decimal(9,6), entry_date date, exit_date date)',
  );
  // A whole, B in proportion of 50 %, E by equity: it has no vote in the group
  await warehouse.run(
    "insert into reference.entity values ('A', 1, null, null), ('B', 0.5, null, null), ('E', 0, null, null)",
  );
  await warehouse.run('create table reference.month (month_start date, month_end date)');
  for (const month of monthsBetween('2025-07-01', '2026-06-30'))
    await warehouse.run(`insert into reference.month values ('${month}', '${monthEnd(month)}')`);
  await warehouse.run(
    'create table model.pay (entity varchar, date date, person varchar, sex varchar, gross decimal(18,2), hours decimal(18,2), extract_id varchar, row_number bigint)',
  );
});
afterEach(() => warehouse.close());

interface Pay {
  readonly entity: string;
  readonly date: string;
  readonly person: string;
  readonly gross: number | null;
  readonly hours: number | null;
  readonly sex?: string;
}
const insert = (rows: readonly Pay[]) =>
  rows.length === 0
    ? Promise.resolve()
    : warehouse.run(
        `insert into model.pay values ${rows.map((r, i) => `('${r.entity}', '${r.date}', '${r.person}', '${r.sex ?? 'F'}', ${r.gross}, ${r.hours}, 'x', ${i + 1})`).join(', ')}`,
      );
/** `entity date person gross hours [sex]`, a line each. */
const rows = (lines: string) =>
  insert(
    lines
      .trim()
      .split('\n')
      .map((line) => {
        const [entity, date, person, gross, hours, sex] = line.trim().split(/\s+/) as [
          string,
          string,
          string,
          string,
          string,
          string?,
        ];
        const number = (text: string) => (text === '-' ? null : Number(text));
        return { entity, date, person, gross: number(gross), hours: number(hours), ...(sex ? { sex } : {}) };
      }),
  );
const places = ['A', 'B', 'E'];
const everything = places.flatMap((entity) =>
  monthsBetween('2025-07-01', '2026-06-30').map((month) => ({ contract: 'pay', entity, month })),
);
const compute = async (...measures: Measure[]) => {
  const values = await computeMeasures(
    warehouse,
    measures,
    windows,
    everything,
    places.map((entity) => ({ contract: 'pay', entity })),
  );
  return (id: string, entity = 'A', basis: 'quarter' | 'ttm' = 'quarter') =>
    values.find(
      (v) => v.measure === id && v.entity === entity && v.period === '2026-Q2' && v.basis === basis,
    );
};
const median = measure({ id: 'median', aggregation: 'median' });
const mean = measure({ id: 'mean', aggregation: 'mean' });

describe('a person has one value', () => {
  test('the sum of pay over the sum of hours of the window, whatever the months and contracts', async () => {
    // p1: (1000 + 2000 + 600) / (100 + 100 + 40) = 15, not the mean of 10, 20 and 15
    await rows(`A 2026-04-30 p1 1000 100
                A 2026-05-31 p1 2000 100
                A 2026-05-31 p1 600 40`);
    expect((await compute(median, mean))('median')?.value).toBe('15.0000000000');
  });

  test('in the group, over the entities that employ the person', async () => {
    // p1: (1000 + 3000) / (100 + 100) = 20; p2: 30; the group has two people, not three
    await rows(`A 2026-04-30 p1 1000 100
                B 2026-05-31 p1 3000 100
                B 2026-05-31 p2 3000 100
                E 2026-05-31 p3 9000 100`);
    const at = await compute(mean);
    expect(at('mean', 'A')?.value).toBe('10.0000000000');
    expect(at('mean', 'B')?.value).toBe('30.0000000000');
    expect(at('mean', 'GROUP')?.value).toBe('25.0000000000');
  });

  test('none without hours: an amount that cannot be divided counts as unvalued', async () => {
    await rows(`A 2026-04-30 p1 1000 100
                A 2026-04-30 p2 500 0
                A 2026-04-30 p3 0 -`);
    expect((await compute(mean))('mean')).toMatchObject({ value: '10.0000000000', unvalued: 1 });
  });
});

describe('the median', () => {
  test('of an odd number is the middle value', async () => {
    await rows(`A 2026-04-30 p1 1000 100
                A 2026-04-30 p2 1200 100
                A 2026-04-30 p3 9900 100`);
    expect((await compute(median))('median')?.value).toBe('12.0000000000');
  });

  test('of an even number is half the sum of the two middle values', async () => {
    await rows(`A 2026-04-30 p1 1000 100
                A 2026-04-30 p2 1200 100
                A 2026-04-30 p3 1500 100
                A 2026-04-30 p4 9900 100`);
    expect((await compute(median))('median')?.value).toBe('13.5000000000'); // (12 + 15) / 2
  });

  test('of all but the highest leaves that person out', async () => {
    await rows(`A 2026-04-30 p1 1000 100
                A 2026-04-30 p2 1200 100
                A 2026-04-30 p3 1500 100
                A 2026-04-30 p4 9900 100`);
    const others = measure({ id: 'others', aggregation: 'median', except_highest: true });
    const highest = measure({ id: 'highest', aggregation: 'highest' });
    const at = await compute(others, highest);
    expect(at('others')?.value).toBe('12.0000000000');
    expect(at('highest')?.value).toBe('99.0000000000');
  });
});

describe('quantiles', () => {
  test('are equal groups from the lowest pay up, whose sizes differ by one where they do not divide', async () => {
    // 6 people in 4 groups: (rank - 1) x 4 / 6 puts ranks 1-2, 3, 4-5, 6
    await rows(`A 2026-04-30 p1 1000 100 F
                A 2026-04-30 p2 1100 100 M
                A 2026-04-30 p3 1200 100 F
                A 2026-04-30 p4 1300 100 M
                A 2026-04-30 p5 1400 100 M
                A 2026-04-30 p6 1500 100 M`);
    const group = (rank: number, counting?: string) =>
      measure({
        id: `q${rank}${counting ? 'f' : ''}`,
        aggregation: 'quantile_members',
        quantile: { of: 4, rank, counting },
      });
    const at = await compute(...[1, 2, 3, 4].flatMap((k) => [group(k), group(k, "sex = 'F'")]));
    expect([1, 2, 3, 4].map((k) => Number(at(`q${k}`)?.value))).toEqual([2, 1, 2, 1]);
    expect([1, 2, 3, 4].map((k) => Number(at(`q${k}f`)?.value))).toEqual([1, 1, 0, 0]);
  });
});

describe('nobody', () => {
  const gap = Indicator.parse({
    id: 't.gap',
    label: text,
    definition: text,
    pillar: 'social',
    topic: 'S1',
    unit: '%',
    numerator: 'men - women',
    denominator: 'men',
    scale: 100,
    bases: ['quarter'],
    direction: 'down',
    decimals: 1,
    suppress_below: 5,
    population: ['men_count', 'women_count'],
    standards: [],
  });
  const of = (id: string, sex: string, over: Partial<Measure> = {}) =>
    measure({ id, filter: `sex = '${sex}'`, aggregation: 'median', ...over });
  const measures = [
    of('men', 'M'),
    of('women', 'F'),
    of('men_count', 'M', { aggregation: 'distinct', unit: 'persons' }),
    of('women_count', 'F', { aggregation: 'distinct', unit: 'persons' }),
  ];
  const catalogue: Catalogue = { measures, indicators: [gap], reconciliations: [] };
  const figures = async () => {
    const values = await computeMeasures(
      warehouse,
      measures,
      windows,
      everything,
      places.map((entity) => ({ contract: 'pay', entity })),
    );
    return (entity: string) =>
      computeFigures(catalogue, values).find((f) => f.entity === entity && f.period === '2026-Q2');
  };
  const staff = (sex: string, count: number, gross: number, entity = 'A') =>
    Array.from(
      { length: count },
      (_, i) => `${entity} 2026-04-30 ${entity}${sex}${i} ${gross + i} 100 ${sex}`,
    );

  test('has no median: the gap is not calculable, neither 100 % nor missing', async () => {
    await rows(staff('M', 6, 2000).join('\n'));
    expect((await figures())('A')).toMatchObject({ status: 'not_calculable', value: null });
  });

  test('of either sex under the threshold: the gap is suppressed, and so is the next by subtraction', async () => {
    await rows(
      [
        ...staff('M', 9, 2000),
        ...staff('F', 4, 1800),
        ...staff('M', 9, 2000, 'B'),
        ...staff('F', 7, 1800, 'B'),
      ].join('\n'),
    );
    const at = await figures();
    expect(at('A')).toMatchObject({ status: 'suppressed', value: null });
    expect(at('B')).toMatchObject({ status: 'suppressed', value: null });
    expect(at('GROUP')?.status).toBe('complete');
  });

  test('the gap of enough of both is that of the medians', async () => {
    await rows([...staff('M', 5, 2000), ...staff('F', 5, 1800)].join('\n'));
    // medians 20.02 and 18.02: 2 / 20.02
    expect(Number((await figures())('A')?.value)).toBeCloseTo((100 * 2) / 20.02, 9);
  });
});

describe('opening', () => {
  const aggregations = ['mean', 'median', 'highest', 'quantile_members'] as const;
  const line = fc.record({
    entity: fc.constantFrom('A', 'B', 'E'),
    date: fc.constantFrom('2026-01-31', '2026-04-30', '2026-06-30'),
    person: fc.constantFrom('p1', 'p2', 'p3', 'p4', 'p5'),
    sex: fc.constantFrom('F', 'M'),
    gross: fc.integer({ min: -50_000, max: 900_000 }).map((cents) => cents / 100),
    hours: fc.integer({ min: 0, max: 20_000 }).map((n) => n / 100),
  });

  test('a statistic is what its rows contribute, to the last decimal', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(line, { maxLength: 14 }),
        fc.constantFrom(...aggregations),
        fc.boolean(),
        async (lines, aggregation, perHour) => {
          await warehouse.run('delete from model.pay; drop schema if exists result cascade');
          await insert(lines);
          const one = measure({
            id: 'm',
            aggregation,
            per: perHour ? 'hours' : undefined,
            ...(aggregation === 'quantile_members'
              ? { quantile: { of: 4, rank: 2, counting: "sex = 'F'" } }
              : {}),
          });
          const at = await compute(one);
          const columns = (await tableColumns(warehouse))('pay');
          for (const basis of ['quarter', 'ttm'] as const) {
            for (const entity of ['A', 'B', 'E', 'GROUP']) {
              const window = windows.find(
                (w) => w.period === '2026-Q2' && w.basis === basis,
              ) as (typeof windows)[number];
              const [sum] = await warehouse.rows<{ again: string }>(
                `select coalesce(sum(contribution), 0)::decimal(38,10) as again from (${contributionRows(one, columns, entity, window)})`,
              );
              expect(sum?.again, `${aggregation} ${entity} ${basis}`).toBe(
                at('m', entity, basis)?.value ?? '0.0000000000',
              );
            }
          }
        },
      ),
      { numRuns: 15 },
    );
  });

  test('the order of rows and the file that holds them change nothing', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(line, { minLength: 1, maxLength: 12 }), fc.integer(), async (lines, seed) => {
        const shuffled = [...lines].sort((a, b) => Math.sin(seed + a.gross) - Math.sin(seed + b.gross));
        const found: (string | null | undefined)[] = [];
        for (const version of [lines, shuffled]) {
          await warehouse.run('delete from model.pay; drop schema if exists result cascade');
          await insert(version);
          if (version === shuffled)
            await warehouse.run("update model.pay set extract_id = 'part' || row_number % 3");
          const at = await compute(mean, median);
          found.push(at('mean', 'GROUP', 'ttm')?.value, at('median', 'GROUP', 'ttm')?.value);
        }
        expect(found.slice(2)).toEqual(found.slice(0, 2));
      }),
      { numRuns: 10 },
    );
  });

  test('statistics worked out together come to what each comes to alone', async () => {
    const many = ["sex = 'F'", "sex = 'M'", 'gross > 1000'].flatMap((filter, at) =>
      aggregations.flatMap((aggregation) => [
        measure({
          id: `${aggregation}_${at}`,
          aggregation,
          filter,
          ...(aggregation === 'quantile_members' && {
            quantile: { of: 3, rank: 1 + at, counting: "sex = 'F'" },
          }),
        }),
        ...(aggregation === 'mean'
          ? [measure({ id: `hours_${at}`, aggregation, filter, value: 'hours', per: undefined })]
          : []),
      ]),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(line, { minLength: 1, maxLength: 14 }), async (lines) => {
        const told = async (...some: Measure[]) => {
          await warehouse.run('drop schema if exists result cascade');
          const at = await compute(...some);
          return some.flatMap(({ id }) => ['A', 'B', 'E', 'GROUP'].map((entity) => at(id, entity, 'ttm')));
        };
        await warehouse.run('delete from model.pay');
        await insert(lines);
        const together = await told(...many);
        const alone = [];
        for (const one of many) alone.push(...(await told(one)));
        expect(together).toEqual(alone);
      }),
      { numRuns: 4 },
    );
  });
});
