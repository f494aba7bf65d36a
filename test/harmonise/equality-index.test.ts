import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { loadModels, type Model } from '../../pipelines/harmonise/harmonise.ts';
import { type Harmonised, harmonised } from './harmonised.ts';

/**
 * The index of pay equality on people made by hand: `model.equality_person` is filled, the groups and the
 * points are built over it as in a run. Period: the year 2025.
 */
let built: Harmonised;
let models: Map<string, Model>;
beforeEach(async () => {
  built = await harmonised({}, ['equality_score'], '2025-Q4');
  models = new Map((await loadModels()).map((model) => [model.name, model]));
});
afterEach(() => built.close());

interface Group {
  readonly sex: 'F' | 'M';
  readonly count: number;
  readonly pay: number | null;
  readonly class?: string;
  readonly age?: string;
  /** the first ones of the group */
  readonly raised?: number;
  readonly promoted?: number;
}
let serial = 0;
const people = async (...groups: readonly Group[]) => {
  for (const group of groups) {
    await built.warehouse.run(
      `insert into model.equality_person (entity, date, first_day, person, sex, class, age_band, counted, pay_eur, raised, promoted, quality, extract_id, row_number)
       select 'A', '2025-12-31', '2025-01-01', printf('p%05d', ${serial} + n), '${group.sex}', '${group.class ?? 'worker'}', '${group.age ?? '30_39'}', true,
         ${group.pay}, n <= ${group.raised ?? 0}, n <= ${group.promoted ?? 0}, 'calculated', 'x', ${serial} + n
       from range(1, ${group.count + 1}) as r(n)`,
    );
    serial += group.count;
  }
};
/** Month-end presences of `count` employees all year: what the size of the company is counted from. */
const headcount = (count: number) =>
  built.warehouse.run(
    `insert into model.employment (entity, date, person, is_employee, contract_class)
     select 'A', m.month_end, 'e' || i, true, 'permanent' from reference.month as m, range(${count}) as r(i)`,
  );
const stoppage = (person: string, first: string, last: string) =>
  built.warehouse.run(
    `insert into model.stoppage (entity, date, last_day, person, kind) values ('A', '${first}', '${last}', '${person}', 'maternity')`,
  );
const review = (person: string, day: string, kind: string) =>
  built.warehouse.run(
    `insert into model.pay_review (entity, date, person, kind) values ('A', '${day}', '${person}', '${kind}')`,
  );
const employed = (person: string) =>
  built.warehouse.run(
    `insert into model.contract_month (entity, person, entry_date) values ('A', '${person}', '2020-01-01')`,
  );

interface Score {
  readonly part: string;
  readonly result: string | null;
  readonly calculable: boolean;
  readonly points: number;
  readonly max_points: number;
  readonly catch_up: boolean;
  readonly index_calculable: boolean;
}
const scores = async () => {
  for (const name of ['equality_cell', 'equality_score']) {
    await built.warehouse.run(`drop table model.${name}`);
    await built.warehouse.run(`create table model.${name} as ${models.get(name)?.sql}`);
  }
  const rows = await built.rows<Score>('select * from model.equality_score order by part');
  const of = new Map(rows.map((row) => [row.part, row]));
  const counted = rows.filter((row) => row.calculable);
  return {
    of: (part: string) => of.get(part),
    parts: rows.map((row) => row.part),
    points: counted.reduce((sum, row) => sum + row.points, 0),
    max: counted.reduce((sum, row) => sum + row.max_points, 0),
    calculable: rows.some((row) => row.index_calculable),
  };
};

/** Four groups of 300 people's company; see the worked example below. */
const example = async () => {
  await headcount(300);
  await people(
    { sex: 'F', count: 10, pay: 24_000, raised: 3, promoted: 2 },
    { sex: 'M', count: 30, pay: 25_000, raised: 15, promoted: 4 },
    { sex: 'F', count: 20, pay: 22_000, class: 'employee', age: '40_49' },
    { sex: 'M', count: 5, pay: 24_000, class: 'employee', age: '40_49' },
    { sex: 'F', count: 5, pay: 60_000, class: 'manager', age: '50_over' },
    { sex: 'M', count: 15, pay: 50_000, class: 'manager', age: '50_over' },
    { sex: 'F', count: 2, pay: 20_000, age: 'under_30' },
    { sex: 'M', count: 8, pay: 29_000, age: 'under_30', raised: 4 },
  );
};

describe('a whole index, worked out by hand (above 250 employees)', () => {
  // 1. Pay, groups with 3 women and 3 men at least:
  //    workers 30-39     (25 000 - 24 000) / 25 000 =   4 %     -> within 5 points: 0       40 people
  //    employees 40-49   (24 000 - 22 000) / 24 000 =   8,333 % -> 8,333 - 5 =   3,333 %    25 people
  //    managers 50+      (50 000 - 60 000) / 50 000 = -20 %     -> -(20 - 5) = -15 %        20 people
  //    workers under 30: 2 women, left out. Valid: 85 of 95 = 89 % >= 40 %
  //    (0 x 40 + 3,333 x 25 - 15 x 20) / 85 = -216,667 / 85 = -2,549 -> -2,5 -> 37 points; women are favoured
  // 2. Raises, classes with 10 and 10: workers only, 12 women and 38 men: 3/12 = 25 %, 19/38 = 50 %: 25 points of
  //    gap would give 0, but it favours men, whom pay puts at a disadvantage: full 20 points
  // 3. Promotions: 2/12 = 16,667 %, 4/38 = 10,526 % -> -6,140 -> -6,1, same side as pay: at most 10 -> 5 points
  // 4. Maternity: nobody came back. 5. Ten highest: the 5 women at 60 000 and 5 of the men at 50 000 -> 10 points
  //    37 + 20 + 5 + 10 = 72 of 40 + 20 + 15 + 10 = 85 -> 84,7 -> 85
  test('each part has its result and its points', async () => {
    await example();
    const { of, points, max, calculable } = await scores();
    expect(of('pay_gap')).toMatchObject({ result: '-2.5', calculable: true, points: 37 });
    expect(of('raises')).toMatchObject({ result: '25.0', calculable: true, points: 20, catch_up: true });
    expect(of('promotions')).toMatchObject({ result: '-6.1', calculable: true, points: 5, catch_up: false });
    expect(of('maternity')).toMatchObject({ result: null, calculable: false, points: 0 });
    expect(of('top_earners')).toMatchObject({ result: '5.0', calculable: true, points: 10 });
    expect([points, max, calculable]).toEqual([72, 85, true]);
  });

  test('the groups add up to the gap, and those that are not valid to nothing', async () => {
    await example();
    await scores();
    expect(
      await built.rows(
        "select cell, women, men, valid, gap::varchar as gap, weighted::varchar as weighted from model.equality_cell where part = 'pay_gap' order by cell",
      ),
    ).toEqual([
      {
        cell: 'employee 40_49',
        women: 20,
        men: 5,
        valid: true,
        gap: '8.3333333333',
        weighted: '0.9803921569',
      },
      {
        cell: 'manager 50_over',
        women: 5,
        men: 15,
        valid: true,
        gap: '-20.0000000000',
        weighted: '-3.5294117647',
      },
      {
        cell: 'worker 30_39',
        women: 10,
        men: 30,
        valid: true,
        gap: '4.0000000000',
        weighted: '0.0000000000',
      },
      {
        cell: 'worker under_30',
        women: 2,
        men: 8,
        valid: false,
        gap: '31.0344827586',
        weighted: '0.0000000000',
      },
    ]);
  });

  test('a return from maternity leave counts when the class was raised during it', async () => {
    await example();
    await people({ sex: 'F', count: 2, pay: 24_000 });
    const [back, alsoBack] = [
      `p${String(serial - 1).padStart(5, '0')}`,
      `p${String(serial).padStart(5, '0')}`,
    ];
    for (const person of [back, alsoBack]) {
      await employed(person);
      await stoppage(person, '2025-02-01', '2025-05-31');
    }
    await review('p00001', '2025-03-01', 'individual_raise');
    const [first] = await built.rows<{ person: string }>(
      `select person from model.equality_person where class = 'worker' and sex = 'M' order by person limit 1`,
    );
    await review(first?.person as string, '2025-03-01', 'individual_raise');
    await review(back, '2025-06-01', 'individual_raise');
    expect((await scores()).of('maternity')).toMatchObject({ result: '50.0', calculable: true, points: 0 });
    await review(alsoBack, '2025-06-01', 'general_raise');
    expect((await scores()).of('maternity')).toMatchObject({ result: '100.0', calculable: true, points: 15 });
  });
});

describe('the scale of the pay gap', () => {
  /** One group of 40 and 40, in which women earn `gap` % less than men. */
  const withGap = async (gap: number) => {
    await headcount(300);
    await people(
      { sex: 'M', count: 40, pay: 100_000 },
      { sex: 'F', count: 40, pay: Math.round(100_000 * (100 - gap)) / 100 },
    );
    return (await scores()).of('pay_gap');
  };

  test.each([
    // gap, beyond 5 points and rounded to a decimal, points
    [4.99, '0.0', 40],
    [5.04, '0.0', 40],
    [5.05, '0.1', 39],
    [10.04, '5.0', 35],
    [10.06, '5.1', 34],
    [12.05, '7.1', 31],
    [25, '20.0', 2],
    [25.06, '20.1', 0],
    [-12.05, '-7.1', 31],
  ])('a gap of %f %% reads %s and gives %i points', async (gap, result, points) => {
    expect(await withGap(gap)).toMatchObject({ result, points });
  });
});

describe('catching up is judged after rounding', () => {
  test('pay equal to the decimal favours nobody, so that raises have no full points', async () => {
    await headcount(300);
    // 5.04 % is 0.04 beyond the threshold: 0.0, parity; raises 30 % of women, 10 % of men: 20 points for women
    await people(
      { sex: 'M', count: 40, pay: 100_000, raised: 4 },
      { sex: 'F', count: 40, pay: 94_960, raised: 12 },
    );
    const { of } = await scores();
    expect(of('pay_gap')).toMatchObject({ result: '0.0', points: 40 });
    expect(of('raises')).toMatchObject({ result: '-20.0', catch_up: false, points: 0 });
  });
});

describe('what is not calculable', () => {
  test('no valid group: the pay gap, and then the index, whose maximum is under 75', async () => {
    await headcount(300);
    await people(
      { sex: 'F', count: 2, pay: 20_000, raised: 1 },
      { sex: 'M', count: 60, pay: 21_000, raised: 9 },
    );
    const { of, calculable } = await scores();
    expect(of('pay_gap')).toMatchObject({ calculable: false, result: null, points: 0 });
    expect(calculable).toBe(false);
  });

  test('valid groups of exactly 40 % of the people are enough, of less are not', async () => {
    await headcount(300);
    // 20 and 20 in a valid group, 60 men alone: 40 of 100
    await people(
      { sex: 'F', count: 20, pay: 20_000 },
      { sex: 'M', count: 20, pay: 20_000 },
      { sex: 'M', count: 60, pay: 30_000, class: 'manager', age: '50_over' },
    );
    expect((await scores()).of('pay_gap')).toMatchObject({ calculable: true, points: 40 });
    await people({ sex: 'M', count: 1, pay: 30_000, class: 'manager', age: '50_over' });
    expect((await scores()).of('pay_gap')).toMatchObject({ calculable: false });
  });

  test('no raise at all in the year', async () => {
    await headcount(300);
    await people(
      { sex: 'F', count: 40, pay: 20_000 },
      { sex: 'M', count: 40, pay: 20_000 },
      { sex: 'F', count: 5, pay: 30_000, age: '50_over' },
      { sex: 'M', count: 5, pay: 30_000, age: '50_over' },
    );
    const { of, points, max, calculable } = await scores();
    expect(of('raises')?.calculable).toBe(false);
    expect(of('promotions')?.calculable).toBe(false);
    expect([points, max, calculable]).toEqual([50, 50, false]); // 40 + 10 of 50: under 75, no index
  });

  test('a company under 50 has no index', async () => {
    await headcount(49);
    await people({ sex: 'F', count: 20, pay: 20_000 }, { sex: 'M', count: 29, pay: 20_000 });
    expect((await scores()).parts).toEqual([]);
  });
});

describe('from 50 to 250 employees', () => {
  test('raises and promotions are one part, read by the better of points and persons', async () => {
    await headcount(250);
    // 2 of 6 women and 60 of 100 men raised: 60 - 33,333 = 26,7 points, but 26,667 % of 6 women is 1,6 persons: 35 points
    await people(
      { sex: 'F', count: 6, pay: 20_000, raised: 2 },
      { sex: 'M', count: 100, pay: 20_000, raised: 60 },
    );
    const { of, parts } = await scores();
    expect(parts).toEqual(['maternity', 'pay_gap', 'raises_promotions', 'top_earners']);
    expect(of('raises_promotions')).toMatchObject({
      result: '26.7',
      calculable: true,
      points: 35,
      max_points: 35,
    });
  });

  test('fewer than five of a sex: not calculable', async () => {
    await headcount(100);
    await people(
      { sex: 'F', count: 4, pay: 20_000, raised: 2 },
      { sex: 'M', count: 60, pay: 20_000, raised: 6 },
    );
    expect((await scores()).of('raises_promotions')).toMatchObject({ calculable: false });
  });
});

describe('the ten highest pays', () => {
  test.each([
    [0, 0],
    [1, 0],
    [2, 5],
    [3, 5],
    [4, 10],
    [5, 10],
  ])('%i of the less numerous sex give %i points', async (women, points) => {
    await headcount(300);
    await people(
      { sex: 'F', count: women, pay: 90_000 },
      { sex: 'M', count: 10 - women, pay: 80_000 },
      { sex: 'F', count: 20, pay: 20_000 },
      { sex: 'M', count: 20, pay: 20_000 },
    );
    expect((await scores()).of('top_earners')).toMatchObject({ points, result: `${women}.0` });
  });
});
