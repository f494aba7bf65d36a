import { Decimal as Twenty } from 'decimal.js';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type Bridge, bridge, bridgeSides } from '../../pipelines/indicators/bridge.ts';
import {
  type BridgeCell,
  type BridgeSide,
  readSide,
  readSides,
} from '../../pipelines/indicators/bridge-side.ts';
import { Measure } from '../../pipelines/indicators/catalogue.ts';
import type { Window } from '../../pipelines/indicators/measure-rows.ts';
import { Warehouse } from '../../pipelines/warehouse/warehouse.ts';

/** sums are exact: sixteen decimals need more than the twenty digits that decimal.js keeps by default */
const Decimal = Twenty.clone({ precision: 60 });

const text = { fr: 'x', en: 'x' };
const measure = (over: Partial<Measure> & { id: string }): Measure =>
  Measure.parse({
    label: text,
    unit: 'tCO2e',
    table: 'emission',
    value: 'tco2e',
    contracts: ['thing'],
    ...over,
  });
const emissions = measure({ id: 'emissions' });
const quarter = (period: string, from: string, to: string): Window => ({
  basis: 'quarter',
  period,
  from,
  to,
  months: 3,
});
const lastYear = quarter('2025-Q2', '2025-04-01', '2025-06-30');
const thisYear = quarter('2026-Q2', '2026-04-01', '2026-06-30');

let warehouse: Warehouse;
beforeEach(async () => {
  warehouse = await Warehouse.open(':memory:', { memory: '1GB' });
  await warehouse.run('create schema reference; create schema model');
  // A and B for long; C enters on 1 May 2026; D leaves at the end of 2025; E counts for half
  await warehouse.run(`create table reference.entity as select * from (values
    ('A', 1::decimal(9,6), null::date, null::date), ('B', 1, null, null), ('C', 1, date '2026-05-01', null),
    ('D', 1, null, date '2025-12-31'), ('E', 0.5, null, null)) as e(entity, weight, entry_date, exit_date)`);
  await warehouse.run(`create table model.emission (entity varchar, site varchar, date date, scope varchar, category varchar, basis varchar,
    activity varchar, scope_part varchar, unit varchar, country varchar, quantity decimal(28,9), factor_kgco2e decimal(18,8),
    tco2e decimal(28,10), method varchar, quality varchar, extract_id varchar, row_number bigint)`);
});
afterEach(() => warehouse.close());

/** `entity date activity quantity factor quality`: a factor `-` is none, and leaves the row without a value. */
const rows = async (lines: string) => {
  let n = 0;
  for (const line of lines.trim().split('\n')) {
    const [entity, date, activity, quantity, factor, quality = 'calculated'] = line.trim().split(/\s+/) as [
      string,
      string,
      string,
      string,
      string,
      string?,
    ];
    n += 1;
    const known = factor === '-' ? 'null' : factor;
    await warehouse.run(`insert into model.emission values ('${entity}', 'S', '${date}', '3', 'c', null, '${activity}', 'all_in',
      '${quality === 'by_spend' ? 'kEUR' : 't'}', 'FR', ${quantity}, ${known}, ${quantity}::decimal(18,6) * ${known}::decimal(12,6) * 0.001, null, '${quality}', 'x', ${n})`);
  }
};
const effects = ({ before, perimeter, factor, method, activity, after }: Bridge) =>
  [before, perimeter, factor, method, activity, after].map(Number);
const group = (one = emissions, from = lastYear, to = thisYear) => bridge(warehouse, one, 'GROUP', from, to);

describe('a bridge', () => {
  test('tells a change of factor from a change of activity', async () => {
    await rows(`A 2025-04-10 gas 1000 200
                A 2026-04-10 gas 900 180`);
    // 200 t, then 162 t. Activity at the old factor: 900 x 0.2 - 200 = -20. Factor: 162 - 180 = -18.
    expect(effects(await group())).toEqual([200, 0, -18, 0, -20, 162]);
  });

  test('takes a company that entered or left as perimeter, month by month', async () => {
    await rows(`A 2025-04-10 gas 1000 200
                A 2026-04-10 gas 1000 200
                C 2026-05-31 gas 50 200
                D 2025-06-30 gas 300 200`);
    // C brings 10 t, D takes 60 t away; nothing else moved
    expect(effects(await group())).toEqual([260, -50, 0, 0, 0, 210]);
  });

  test('compares a company with itself once both windows have it', async () => {
    await warehouse.run("update reference.entity set entry_date = date '2025-05-01' where entity = 'C'");
    await rows(`C 2025-05-10 gas 100 200
                C 2026-04-10 gas 40 200
                C 2026-05-10 gas 70 200`);
    // April 2026 has no April 2025: 8 t of perimeter. May against May: 14 - 20 = -6 t of activity.
    expect(effects(await group())).toEqual([20, 8, 0, 0, -6, 22]);
  });

  test('counts a company held in part by its share', async () => {
    await rows(`E 2025-04-10 gas 1000 200
                E 2026-04-10 gas 1500 200`);
    expect(effects(await group())).toEqual([100, 0, 0, 0, 50, 150]);
    expect(effects(await bridge(warehouse, emissions, 'E', lastYear, thisYear))).toEqual([
      200, 0, 0, 0, 100, 300,
    ]);
  });

  test('shows a calculation by quantity that replaces one by spend as method', async () => {
    await rows(`A 2025-04-10 spend_C24 100 990 by_spend
                A 2026-04-10 steel 30 2500`);
    // 99 t by spend, 75 t by weight: kEUR and tonnes have no common unit
    expect(effects(await group())).toEqual([99, 0, 0, -24, 0, 75]);
  });

  test('calls it activity where a way of calculating comes beside another that stays', async () => {
    await rows(`A 2025-04-10 spend_C24 100 990 by_spend
                A 2026-04-10 spend_C24 100 990 by_spend
                A 2026-04-10 steel 30 2500`);
    expect(effects(await group())).toEqual([99, 0, 0, 0, 75, 174]);
  });

  test('is not misled by credit notes: the average factor is by size', async () => {
    await rows(`A 2025-04-10 gas 100 200
                A 2025-04-11 gas -100 200
                A 2026-04-10 gas 10 100`);
    // nothing net last year at a factor of 200; this year 10 at 100. Activity 10 x 0.2 = 2, factor -1.
    expect(effects(await group())).toEqual([0, 0, -1, 0, 2, 1]);
  });

  test('counts an activity that had no factor yet as factor, not as activity', async () => {
    await rows(`A 2025-04-10 heat 100 -
                A 2026-04-10 heat 100 118`);
    expect(effects(await group())).toEqual([0, 0, 11.8, 0, 0, 11.8]);
  });

  test('starts and ends with the values of the measure', async () => {
    await rows(`A 2025-04-10 gas 333.333333 187
                B 2025-05-10 gas 100.1 187
                E 2026-06-30 gas 77.7 191
                C 2026-06-30 gas 11.1 191`);
    const one = await group();
    const total = async (from: string, to: string) =>
      warehouse.scalar<string>(
        `select sum(tco2e * weight)::decimal(38,16)::varchar from model.emission join reference.entity using (entity) where date between '${from}' and '${to}'`,
      );
    expect(new Decimal(one.before).equals(await total('2025-04-01', '2025-06-30'))).toBe(true);
    expect(new Decimal(one.after).equals(await total('2026-04-01', '2026-06-30'))).toBe(true);
  });

  test('of a table without factors has perimeter and activity', async () => {
    await warehouse.run(`create table model.thing as select * from (values
      ('A', null::varchar, date '2025-04-10', 10::decimal(18,4), 'measured', 'x', 1::bigint),
      ('A', null, date '2026-04-10', 7, 'estimated', 'x', 2),
      ('C', null, date '2026-05-10', 5, 'measured', 'x', 3)) as t(entity, site, date, amount, quality, extract_id, row_number)`);
    const amounts = measure({ id: 'amounts', table: 'thing', value: 'amount' });
    expect(effects(await group(amounts))).toEqual([10, 5, 0, 0, -3, 12]);
  });

  test('of one window read twice, with another factor, is all factor', async () => {
    await rows('A 2026-04-10 gas 900 200');
    const old = await readSide(warehouse, emissions, 'GROUP', thisYear);
    await warehouse.run('update model.emission set factor_kgco2e = 180, tco2e = quantity * 0.18');
    const recent = await readSide(warehouse, emissions, 'GROUP', thisYear);
    expect(effects(bridgeSides(old, recent))).toEqual([180, 0, -18, 0, 0, 162]);
  });

  test('reads a quarter as the last months of its year, and either as by itself', async () => {
    await rows(`A 2025-07-10 gas 100 200
                A 2026-03-31 gas 200 200
                A 2026-04-01 gas 300 190
                A 2026-04-20 gas -40 190
                C 2026-04-20 gas 50 190
                C 2026-06-30 gas 60 -
                E 2026-05-20 oil 70 250 by_spend`);
    const year: Window = { ...thisYear, basis: 'ttm', from: '2025-07-01', months: 12 };
    const places = ['A', 'C', 'D', 'E'].flatMap((entity) =>
      [0, 1, 2, 9, 11].map((n) => [entity, n] as const),
    );
    for (const windows of [[thisYear, year], [year, thisYear], [thisYear], [lastYear, thisYear]]) {
      const sides = await readSides(warehouse, emissions, 'GROUP', windows);
      for (const [i, window] of windows.entries()) {
        const alone = await readSide(warehouse, emissions, 'GROUP', window);
        const one = sides[i] as BridgeSide;
        expect([one.months, one.cells]).toEqual([alone.months, alone.cells]);
        for (const [entity, month] of places)
          expect(one.weight(entity, month).toFixed(), `${entity} ${month}`).toBe(
            alone.weight(entity, month).toFixed(),
          );
      }
    }
    expect((await readSide(warehouse, emissions, 'GROUP', year)).cells).toHaveLength(5);
    expect(await readSides(warehouse, emissions, 'GROUP', [])).toEqual([]);
  });

  test('reads quantities to the sixth decimal, whatever their size', async () => {
    await rows(`A 2026-04-10 gas 99999999 -
                A 2026-04-11 gas 100000000 -
                A 2026-04-12 gas -1234567890.5 -`);
    const [cell] = (await readSide(warehouse, emissions, 'GROUP', thisYear)).cells;
    expect(new Decimal(cell?.quantity as string).toFixed()).toBe('-1034567891.5');
    expect(new Decimal(cell?.sizeOfQuantity as string).toFixed()).toBe('1434567889.5');
  });

  test('refuses a quarter against a year', async () => {
    const year: Window = { ...thisYear, basis: 'ttm', from: '2025-07-01', months: 12 };
    await expect(group(emissions, lastYear, year)).rejects.toThrow(/BRG-001/);
  });
});

describe('whatever the cells', () => {
  const amount = fc.integer({ min: -1_000_000, max: 1_000_000 }).map((n) => n / 1000);
  const cell = fc.record({
    entity: fc.constantFrom('A', 'B', 'C'),
    month: fc.integer({ min: 0, max: 2 }),
    group: fc.constantFrom('1', '3'),
    stream: fc.constantFrom('gas', 'oil'),
    method: fc.constantFrom('by_spend', 'by_quantity'),
    quantity: amount,
    factor: fc.integer({ min: 0, max: 5000 }).map((n) => n / 1000),
  });
  type CellDrawn = typeof cell extends fc.Arbitrary<infer Drawn> ? Drawn : never;
  const side = fc.record({
    cells: fc.array(cell, { maxLength: 12 }),
    weights: fc.array(fc.constantFrom(0, 0.3, 0.5, 1), { minLength: 9, maxLength: 9 }),
  });
  const asSide = ({ cells, weights }: { cells: CellDrawn[]; weights: number[] }): BridgeSide => {
    const weight = (entity: string, month: number) =>
      new Decimal(weights['ABC'.indexOf(entity) * 3 + month] ?? 0);
    return {
      months: 3,
      weight,
      cells: cells
        .filter((one) => !weight(one.entity, one.month).isZero())
        .map((one): BridgeCell => {
          const quantity = new Decimal(one.quantity);
          const value = quantity.times(one.factor);
          return {
            entity: one.entity,
            month: one.month,
            group: one.group,
            stream: one.stream,
            method: one.method,
            value: value.toFixed(),
            quantity: quantity.toFixed(),
            size: value.abs().toFixed(),
            sizeOfQuantity: quantity.abs().toFixed(),
          };
        }),
    };
  };
  const adds = (one: Omit<Bridge, 'lines'>) =>
    new Decimal(one.before).plus(one.perimeter).plus(one.factor).plus(one.method).plus(one.activity);

  test('the effects add up exactly, in the whole and in each line', () => {
    fc.assert(
      fc.property(side, side, (old, recent) => {
        const one = bridgeSides(asSide(old), asSide(recent));
        expect(adds(one).equals(one.after)).toBe(true);
        for (const line of one.lines) expect(adds(line).equals(line.after)).toBe(true);
      }),
      { numRuns: 300 },
    );
  });

  test('a window set against itself has no effect at all', () => {
    fc.assert(
      fc.property(side, (one) => {
        const same = bridgeSides(asSide(one), asSide(one));
        expect([same.perimeter, same.factor, same.method, same.activity].map(Number)).toEqual([0, 0, 0, 0]);
      }),
    );
  });

  test('the order of the cells changes nothing', () => {
    fc.assert(
      fc.property(side, side, (old, recent) => {
        const [a, b] = [asSide(old), asSide(recent)];
        const turned = (one: BridgeSide): BridgeSide => ({ ...one, cells: one.cells.toReversed() });
        expect(bridgeSides(turned(a), turned(b))).toEqual(bridgeSides(a, b));
      }),
    );
  });
});
