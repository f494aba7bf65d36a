import { afterEach, describe, expect, test } from 'vitest';
import { type Harmonised, harmonised } from './harmonised.ts';

let built: Harmonised | undefined;
afterEach(() => built?.close());

const siret = '11111111100011';
const place = `${siret}  `;
const months2025 = Array.from({ length: 12 }, (_, i) => `2025-${String(i + 1).padStart(2, '0')}`);
const lastDayOf = (month: string) =>
  new Date(Date.UTC(Number(month.slice(0, 4)), Number(month.slice(5)), 0)).toISOString().slice(0, 10);

/** Gross pay and hours of a month, overtime pay and hours (and the month they were worked in, if another), bonuses by code. */
interface Paid {
  readonly gross: number;
  readonly hours: number;
  readonly overtime?: readonly [number, number, string?];
  readonly bonus?: readonly [string, number];
}

interface Contract {
  readonly number: string;
  readonly quota?: number;
  readonly start?: string;
  readonly status?: string;
  readonly scheme?: string;
  readonly nature?: string;
  readonly disability?: boolean;
  readonly pay?: (month: string) => Paid | null;
}
interface Person {
  readonly id: string;
  readonly sex?: '01' | '02';
  readonly born?: string;
  readonly contracts: readonly Contract[];
}

/** Monthly DSN of one establishment over the year 2025, as staged rows. */
function declared(people: readonly Person[], months = months2025): Record<string, string> {
  const head = 'declaration  siret  month  nature  declaration_type  individual';
  const tables: Record<string, string[]> = {
    dsn_declarations: [
      'declaration  siret  month  nature  declaration_type  declaration_order  fraction  siren  idcc',
    ],
    dsn_individuals: [`${head}  person  registration_number  sex  birth_date`],
    dsn_contracts: [
      `${head}  contract_number  start_date  conventional_status  nature_code  scheme  quota_unit  quota_reference  quota_contract  working_time  idcc  workplace_siret  disability_status`,
    ],
    dsn_pays: [`${head}  contract_number  period_start  period_end  pay_type  hours  amount`],
    dsn_activities: [`${head}  contract_number  activity_type  measure  measure_unit`],
    dsn_bonuses: [`${head}  contract_number  bonus_type  amount`],
  };
  const add = (table: string, line: string) => (tables[table] as string[]).push(line);
  months.forEach((month, m) => {
    const at = `${m + 1}  ${place}${month}-01  01  01`;
    add('dsn_declarations', `${at}  1  11  111111111  3248`);
    people.forEach((person, i) => {
      const one = `${at}  ${i + 1}`;
      add(
        'dsn_individuals',
        `${one}  ${person.id}  M${i}  ${person.sex ?? '02'}  ${person.born ?? '1980-05-01'}`,
      );
      for (const c of person.contracts) {
        const start = c.start ?? '2020-01-01';
        if (start > lastDayOf(month)) continue;
        const quota = c.quota ?? 151.67;
        add(
          'dsn_contracts',
          `${one}  ${c.number}  ${start}  ${c.status ?? '07'}  ${c.nature ?? '01'}  ${c.scheme ?? '99'}  10  151.67  ${quota}  ${quota < 151.67 ? '20' : '10'}  3248  ${siret}  ${c.disability ? '01' : '-'}`,
        );
        const paid = c.pay?.(month);
        if (!paid) continue;
        const pay = (type: string, hours: string, amount: number, worked = month) =>
          add(
            'dsn_pays',
            `${one}  ${c.number}  ${worked}-01  ${lastDayOf(worked)}  ${type}  ${hours}  ${amount}`,
          );
        pay('001', '-', paid.gross);
        if (paid.overtime) pay('017', String(paid.overtime[1]), paid.overtime[0], paid.overtime[2]);
        if (paid.bonus) add('dsn_bonuses', `${one}  ${c.number}  ${paid.bonus[0]}  ${paid.bonus[1]}`);
        add('dsn_activities', `${one}  ${c.number}  01  ${paid.hours}  10`);
      }
    });
  });
  return Object.fromEntries(
    Object.entries(tables)
      .filter(([, lines]) => lines.length > 1)
      .map(([name, lines]) => [`${name}@dsn`, lines.join('\n')]),
  );
}
const ordinary =
  (gross: number, hours = 151.67) =>
  () => ({ gross, hours });
const build = async (
  people: readonly Person[],
  models: readonly string[],
  more: Record<string, string> = {},
) => {
  built = await harmonised({ ...declared(people), ...more }, models, '2025-Q4');
  return built;
};

/** One person's pay, by month. */
const paidOne = (pay: Readonly<Record<string, Paid>>) =>
  build([{ id: 'p1', contracts: [{ number: 'C1', pay: (month) => pay[month] ?? null }] }], ['pay']);

describe('parts of gross pay', () => {
  test('bonuses and overtime are complementary, unused leave and precarity are outside, severance was never in', async () => {
    const { rows } = await paidOne({
      '2025-01': { gross: 2000, hours: 151.67 },
      '2025-02': { gross: 2300, hours: 151.67, overtime: [100, 6], bonus: ['026', 200] },
      '2025-03': { gross: 2400, hours: 151.67, bonus: ['020', 400] },
      '2025-04': { gross: 2000, hours: 151.67, bonus: ['007', 9000] },
    });
    expect(
      await rows(
        `select month(date)::integer as m, gross_eur::varchar as gross, base_eur::varchar as base, complementary_eur::varchar as extra, outside_eur::varchar as outside,
           overtime_eur::varchar as overtime, paid_hours::varchar as hours from model.pay order by date`,
      ),
    ).toEqual([
      {
        m: 1,
        gross: '2000.00',
        base: '2000.00',
        extra: '0.00',
        outside: '0.00',
        overtime: '0.00',
        hours: '151.67',
      },
      {
        m: 2,
        gross: '2300.00',
        base: '2000.00',
        extra: '300.00',
        outside: '0.00',
        overtime: '100.00',
        hours: '157.67',
      },
      {
        m: 3,
        gross: '2400.00',
        base: '2000.00',
        extra: '0.00',
        outside: '400.00',
        overtime: '0.00',
        hours: '151.67',
      },
      {
        m: 4,
        gross: '2000.00',
        base: '2000.00',
        extra: '0.00',
        outside: '0.00',
        overtime: '0.00',
        hours: '151.67',
      },
    ]);
  });
});

test('overtime paid in a later month has its hours in the month they were worked, its pay in the one it was paid', async () => {
  const { rows } = await paidOne({
    '2025-01': { gross: 2000, hours: 150 },
    '2025-02': { gross: 2100, hours: 150, overtime: [100, 6, '2025-01'] },
    '2025-03': { gross: 2050, hours: 150, overtime: [50, 3] },
  });
  const told = await rows(
    `select month(date)::integer as m, paid_hours::varchar as hours, overtime_hours::varchar as overtime, base_eur::varchar as base,
       (1 + coalesce(len(also_from), 0))::integer as addresses, len(list_distinct(also_from))::integer as others from model.pay order by date`,
  );
  // gross, activity and overtime are a row each: that of January stands in February for its pay as well
  expect(told).toEqual([
    { m: 1, hours: '156.00', overtime: '0.00', base: '2000.00', addresses: 3, others: 2 },
    { m: 2, hours: '150.00', overtime: '6.00', base: '2000.00', addresses: 3, others: 2 },
    { m: 3, hours: '153.00', overtime: '3.00', base: '2000.00', addresses: 3, others: 2 },
  ]);
});

describe('who counts in the index of pay equality', () => {
  const absences = (individual: number, lastDayWorked: string, back: string) =>
    `declaration  siret  month  nature  declaration_type  individual  contract_number  reason  last_day_worked  return_date\n12  ${place}2025-12-01  01  01  ${individual}  C1  01  ${lastDayWorked}  ${back}`;

  test('somebody present more than half of the days: 183 of 365 are, 182 are not', async () => {
    const { rows } = await build(
      [
        { id: 'p1', contracts: [{ number: 'C1', start: '2025-07-02', pay: ordinary(2000) }] }, // 183 days
        { id: 'p2', contracts: [{ number: 'C1', start: '2025-07-03', pay: ordinary(2000) }] }, // 182 days
        { id: 'p3', contracts: [{ number: 'C1', pay: ordinary(2000) }] }, // all year, away for 183 days
      ],
      ['equality_person'],
      { 'dsn_absences@dsn': absences(3, '2025-01-31', '2025-08-03') }, // 1 February to 2 August: 183 days
    );
    expect(await rows('select person, counted from model.equality_person order by person')).toEqual([
      { person: 'p1', counted: true },
      { person: 'p2', counted: false },
      { person: 'p3', counted: false },
    ]);
  });

  test('a leap year has 366 days: 184 of them are more than half, 183 are not', async () => {
    const months = Array.from({ length: 12 }, (_, i) => `2028-${String(i + 1).padStart(2, '0')}`);
    const people = [
      { id: 'p1', contracts: [{ number: 'C1', start: '2028-07-01', pay: ordinary(2000) }] }, // 184 days
      { id: 'p2', contracts: [{ number: 'C1', start: '2028-07-02', pay: ordinary(2000) }] }, // 183 days
    ];
    built = await harmonised(declared(people, months), ['equality_person'], '2028-Q4');
    expect(
      await built.rows(
        "select person, counted from model.equality_person where date = date '2028-12-31' order by person",
      ),
    ).toEqual([
      { person: 'p1', counted: true },
      { person: 'p2', counted: false },
    ]);
  });

  test('apprentices are left out; part-time and two contracts come to one full-time pay', async () => {
    const { rows } = await build(
      [
        { id: 'p1', contracts: [{ number: 'C1', scheme: '65', nature: '02', pay: ordinary(900) }] },
        // 1 000 for half time: 2 000 x 12
        { id: 'p2', contracts: [{ number: 'C1', quota: 75.84, pay: ordinary(1000, 75.835) }] },
        // 1 200 for 80 h and 800 for 40 h a month: 2 000 / 120 x 1 820,04
        {
          id: 'p3',
          contracts: [
            { number: 'C1', quota: 80, pay: ordinary(1200, 80) },
            { number: 'C2', quota: 40, pay: ordinary(800, 40) },
          ],
        },
      ],
      ['equality_person'],
    );
    expect(
      await rows(
        'select person, counted, pay_eur::varchar as pay from model.equality_person order by person',
      ),
    ).toEqual([
      { person: 'p2', counted: true, pay: expect.stringMatching(/^(23998|23999|24000)\./) },
      { person: 'p3', counted: true, pay: '30334.00' },
    ]);
  });

  test('overtime, unused leave and precarity are no part of the pay compared, bonuses are', async () => {
    const { rows } = await build(
      [
        {
          id: 'p1',
          contracts: [
            {
              number: 'C1',
              pay: (month) => ({
                gross: month === '2025-12' ? 3800 : 2000,
                hours: 151.67,
                ...(month === '2025-12'
                  ? { overtime: [300, 10] as const, bonus: ['027', 1500] as const }
                  : {}),
              }),
            },
          ],
        },
      ],
      ['equality_person'],
    );
    // 11 x 2 000 + 3 800 - 300 = 25 500 over 12 x 151,67 h, for 1 820,04 h
    expect(await rows('select pay_eur::varchar as pay from model.equality_person')).toEqual([
      { pay: '25500.00' },
    ]);
  });

  test('class is that of the last contract, age that of the year', async () => {
    const { rows } = await build(
      [
        { id: 'p1', born: '1996-12-31', contracts: [{ number: 'C1', status: '03', pay: ordinary(9000) }] },
        { id: 'p2', born: '1995-01-01', contracts: [{ number: 'C1', status: '06', pay: ordinary(2000) }] },
        { id: 'p3', born: '1975-12-31', contracts: [{ number: 'C1', status: '05', pay: ordinary(2000) }] },
      ],
      ['equality_person'],
    );
    expect(await rows('select class, age_band from model.equality_person order by person')).toEqual([
      { class: 'manager', age_band: 'under_30' }, // 29
      { class: 'employee', age_band: '30_39' }, // 30
      { class: 'intermediate', age_band: '50_over' }, // 50
    ]);
  });
});

describe('the obligation to employ disabled workers', () => {
  const staff = (
    count: number,
    over: Partial<Person> & { contract?: Partial<Contract> } = {},
    from = 0,
  ): Person[] =>
    Array.from({ length: count }, (_, i) => ({
      id: `s${from + i}`,
      born: over.born ?? '1985-01-01',
      contracts: [{ number: 'C1', ...over.contract }],
    }));

  test('the units due are rounded down, seniors weigh 1.5, part-time by its share, apprentices are not in the base', async () => {
    // base 40 full time + 2 at half time = 41; 6 % = 2,46 -> 2 units due
    // units: one of 40 years at full time 1; one of 55 at half time 0,5 x 1,5 = 0,75; together 1,75; missing 0,25
    const { rows } = await build(
      [
        ...staff(39),
        ...staff(1, { born: '1985-01-01', contract: { disability: true } }, 39),
        ...staff(1, { born: '1970-01-01', contract: { disability: true, quota: 75.835 } }, 40),
        ...staff(1, { contract: { quota: 75.835 } }, 41),
        ...staff(5, { contract: { scheme: '65', nature: '02' } }, 42),
      ],
      ['disability_obligation'],
    );
    // contribution: 0,25 unit x 400 (20 to 249) x 11,88 = 1 188
    expect(
      await rows(
        'select subject, base::varchar as base, units_due::varchar as due, units::varchar as units, units_missing::varchar as missing, contribution_eur::varchar as contribution from model.disability_obligation',
      ),
    ).toEqual([
      { subject: true, base: '41.00', due: '2.00', units: '1.75', missing: '0.25', contribution: '1188.00' },
    ]);
  });

  test('who arrives during the year counts for its months; under 20 there is no obligation', async () => {
    // 18 all year, 3 from 1 October: 3 months of 12 = 0,75 -> 18,75
    const { rows } = await build(
      [...staff(18), ...staff(3, { contract: { start: '2025-10-01' } }, 18)],
      ['disability_obligation'],
    );
    expect(await rows('select subject, base::varchar as base from model.disability_obligation')).toEqual([
      { subject: false, base: '18.75' },
    ]);
  });
});
