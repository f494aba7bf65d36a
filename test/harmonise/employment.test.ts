import { afterEach, describe, expect, test } from 'vitest';
import { type Harmonised, harmonised } from './harmonised.ts';

let built: Harmonised | undefined;
afterEach(() => built?.close());

const siretA = '11111111100011';
const siretB = '22222222200022';
const declarations =
  'declaration  siret  month  nature  declaration_type  declaration_order  fraction  siren  idcc';
const individuals =
  'declaration  siret  month  nature  declaration_type  individual  person  registration_number  sex  birth_date';
const contracts =
  'declaration  siret  month  nature  declaration_type  individual  contract_number  start_date  conventional_status  nature_code  scheme  quota_unit  quota_reference  quota_contract  working_time  idcc  workplace_siret  disability_status';
const ends =
  'declaration  siret  month  nature  declaration_type  individual  contract_number  contract_start  end_date  reason';
/** One month of one establishment with one person under one contract. */
const month = (
  siret: string,
  first: string,
  person: string,
  contract: Partial<
    Record<'number' | 'start' | 'nature' | 'scheme' | 'quota' | 'working' | 'unit' | 'reference', string>
  > = {},
  order = '1',
  type = '01',
) => {
  const c = {
    number: 'C1',
    start: '2020-01-01',
    nature: '01',
    scheme: '99',
    unit: '10',
    reference: '151.67',
    quota: '151.67',
    working: '10',
    ...contract,
  };
  return {
    dsn_declarations: `${declarations}\n1  ${siret}  ${first}  01  ${type}  ${order}  11  ${siret.slice(0, 9)}  3248`,
    dsn_individuals: `${individuals}\n1  ${siret}  ${first}  01  ${type}  1  ${person}  MAT-${person[0]}  02  1980-05-01`,
    dsn_contracts: `${contracts}\n1  ${siret}  ${first}  01  ${type}  1  ${c.number}  ${c.start}  07  ${c.nature}  ${c.scheme}  ${c.unit}  ${c.reference}  ${c.quota}  ${c.working}  3248  ${siret}  -`,
  };
};
const end = (
  siret: string,
  first: string,
  date: string,
  reason: string,
  number = 'C1',
  start = '2020-01-01',
) => ({
  dsn_contract_ends: `${ends}\n1  ${siret}  ${first}  01  01  1  ${number}  ${start}  ${date}  ${reason}`,
});
const under = (extract: string, tables: Record<string, string>) =>
  Object.fromEntries(Object.entries(tables).map(([name, rows]) => [`${name}@${extract}`, rows]));

describe('declarations', () => {
  test('a replacing DSN takes the place of the first, a cancelled one leaves nothing', async () => {
    built = await harmonised(
      {
        ...under('jan', month(siretA, '2025-01-01', 'p1')),
        ...under(
          'jan-replaced',
          month(siretA, '2025-01-01', 'p1', { quota: '75.84', working: '20' }, '2', '03'),
        ),
        ...under('feb', month(siretA, '2025-02-01', 'p1')),
        ...under('feb-cancelled', {
          dsn_declarations: `${declarations}\n1  ${siretA}  2025-02-01  01  04  2  11  111111111  -`,
        }),
      },
      ['employment'],
    );
    expect(
      await built.rows(
        'select date::varchar as date, working_time, fte::varchar as fte, extract_id from model.employment',
      ),
    ).toEqual([{ date: '2025-01-31', working_time: 'part_time', fte: '0.5000', extract_id: 'jan-replaced' }]);
  });

  test('an event declaration adds nobody', async () => {
    const event = month(siretA, '2025-01-01', 'p1');
    built = await harmonised(
      { ...event, dsn_declarations: event.dsn_declarations.replace('  01  01  1  11', '  07  01  1  11') },
      ['employment'],
    );
    expect(await built.rows('select * from model.employment')).toEqual([]);
  });
});

describe('who is present', () => {
  test('a leaver on the last day is present that day, one who left the day before is not', async () => {
    built = await harmonised(
      {
        ...under('a', {
          ...month(siretA, '2025-01-01', 'p1'),
          ...end(siretA, '2025-01-01', '2025-01-31', '059'),
        }),
        ...under('b', {
          ...month(siretB, '2025-01-01', 'q1'),
          ...end(siretB, '2025-01-01', '2025-01-30', '059'),
        }),
      },
      ['employment', 'movement'],
    );
    expect(await built.rows('select entity, exit_date::varchar as exit from model.employment')).toEqual([
      { entity: 'A', exit: '2025-01-31' },
    ]);
    expect(
      await built.rows(
        "select entity, date::varchar as date, reason, intragroup from model.movement where kind = 'leaver' order by entity",
      ),
    ).toEqual([
      { entity: 'A', date: '2025-01-31', reason: 'resignation', intragroup: false },
      { entity: 'B', date: '2025-01-30', reason: 'resignation', intragroup: false },
    ]);
  });

  test('a departure that is cancelled leaves the person employed', async () => {
    built = await harmonised(
      {
        ...under('jan', {
          ...month(siretA, '2025-01-01', 'p1'),
          ...end(siretA, '2025-01-01', '2025-01-31', '059'),
        }),
        ...under('feb', {
          ...month(siretA, '2025-02-01', 'p1'),
          ...end(siretA, '2025-02-01', '2025-01-31', '099'),
        }),
      },
      ['employment', 'movement'],
    );
    expect(await built.rows('select count(*) as months from model.employment')).toEqual([{ months: 2 }]);
    expect(await built.rows("select * from model.movement where kind = 'leaver'")).toEqual([]);
  });

  test('interns and officers are no employees, apprentices are told by their scheme, part-time by the quota', async () => {
    built = await harmonised(
      {
        ...under('intern', month(siretA, '2025-01-01', 'a1', { nature: '29' })),
        ...under('apprentice', month(siretB, '2025-01-01', 'b1', { nature: '02', scheme: '65' })),
        ...under(
          'package',
          month(siretA, '2025-02-01', 'c1', { unit: '20', reference: '-', quota: '174.4', working: '20' }),
        ),
      },
      ['employment'],
    );
    expect(
      await built.rows(
        'select extract_id, contract_class, is_employee, headcount, fte::varchar as fte, working_time from model.employment order by extract_id',
      ),
    ).toEqual([
      {
        extract_id: 'apprentice',
        contract_class: 'apprentice',
        is_employee: true,
        headcount: 1,
        fte: '1.0000',
        working_time: 'full_time',
      },
      {
        extract_id: 'intern',
        contract_class: 'not_employee',
        is_employee: false,
        headcount: 0,
        fte: '1.0000',
        working_time: 'full_time',
      },
      // 174.4 of 218 days
      {
        extract_id: 'package',
        contract_class: 'permanent',
        is_employee: true,
        headcount: 1,
        fte: '0.8000',
        working_time: 'part_time',
      },
    ]);
  });

  test('a person is one person before and after the social security number is known', async () => {
    built = await harmonised(
      {
        ...under('jan', month(siretA, '2025-01-01', 'p-temporary')),
        ...under('feb', month(siretA, '2025-02-01', 'p-final')),
      },
      ['employment', 'movement'],
    );
    // the matricule is the same: MAT-p
    expect(await built.rows('select distinct person from model.employment')).toEqual([{ person: 'p-final' }]);
    expect(await built.rows('select kind from model.movement')).toEqual([{ kind: 'hire' }]);
  });
});

describe('movements', () => {
  test('a fixed term that becomes permanent the next day is one employment', async () => {
    built = await harmonised(
      {
        ...under('jan', {
          ...month(siretA, '2025-01-01', 'p1', { number: 'CDD', start: '2024-08-01', nature: '02' }),
          ...end(siretA, '2025-01-01', '2025-01-31', '031', 'CDD', '2024-08-01'),
        }),
        ...under('feb', month(siretA, '2025-02-01', 'p1', { number: 'CDI', start: '2025-02-01' })),
      },
      ['movement', 'employment'],
    );
    expect(
      await built.rows('select kind, date::varchar as date, contract_class from model.movement'),
    ).toEqual([{ kind: 'hire', date: '2024-08-01', contract_class: 'temporary' }]);
    expect(
      await built.rows('select date::varchar as date, contract_class from model.employment order by date'),
    ).toEqual([
      { date: '2025-01-31', contract_class: 'temporary' },
      { date: '2025-02-28', contract_class: 'permanent' },
    ]);
  });

  test('a return after a day without contract is a departure and a hire', async () => {
    built = await harmonised(
      {
        ...under('jan', {
          ...month(siretA, '2025-01-01', 'p1', { number: 'C1', nature: '02' }),
          ...end(siretA, '2025-01-01', '2025-01-30', '031'),
        }),
        ...under('feb', month(siretA, '2025-02-01', 'p1', { number: 'C2', start: '2025-02-01' })),
      },
      ['movement'],
    );
    expect(await built.rows('select kind, date::varchar as date from model.movement order by date')).toEqual([
      { kind: 'hire', date: '2020-01-01' },
      { kind: 'leaver', date: '2025-01-30' },
      { kind: 'hire', date: '2025-02-01' },
    ]);
  });

  test('a move between companies of the group is flagged on both sides', async () => {
    built = await harmonised(
      {
        ...under('a', {
          ...month(siretA, '2025-01-01', 'p1'),
          ...end(siretA, '2025-01-01', '2025-01-31', '100'),
        }),
        ...under('b', month(siretB, '2025-02-01', 'p1', { number: 'B1', start: '2025-02-01' })),
      },
      ['movement'],
    );
    expect(
      await built.rows(
        "select entity, kind, intragroup from model.movement where date >= '2025-01-01' order by date",
      ),
    ).toEqual([
      { entity: 'A', kind: 'leaver', intragroup: true },
      { entity: 'B', kind: 'hire', intragroup: true },
    ]);
  });
});

describe('pay, absence and hours', () => {
  const pays =
    'declaration  siret  month  nature  declaration_type  individual  contract_number  period_start  period_end  pay_type  hours  amount';
  const activities =
    'declaration  siret  month  nature  declaration_type  individual  contract_number  period_start  period_end  activity_type  measure  measure_unit';

  test('amounts stand in the month paid, hours in the month worked', async () => {
    built = await harmonised(
      under('feb', {
        ...month(siretA, '2025-02-01', 'p1'),
        dsn_pays: `${pays}
          1  ${siretA}  2025-02-01  01  01  1  C1  2025-02-01  2025-02-28  001  -  2000.00
          1  ${siretA}  2025-02-01  01  01  1  C1  2025-01-01  2025-01-31  001  -  -50.00
          1  ${siretA}  2025-02-01  01  01  1  C1  2025-02-01  2025-02-28  017  4.00  80.00`,
        dsn_activities: `${activities}
          1  ${siretA}  2025-02-01  01  01  1  C1  2025-02-01  2025-02-28  01  151.67  10
          1  ${siretA}  2025-02-01  01  01  1  C1  2025-01-01  2025-01-31  01  -7.00  10
          1  ${siretA}  2025-02-01  01  01  1  C1  2025-02-01  2025-02-28  02  14.00  10`,
      }),
      ['pay'],
    );
    // February: 2,000 - 50 paid; 151.67 h + 4 h overtime. January: 7 h taken back
    expect(
      await built.rows(
        'select date::varchar as date, gross_eur::varchar as gross, paid_hours::varchar as hours, extract_id, row_number from model.pay order by date',
      ),
    ).toEqual([
      { date: '2025-01-31', gross: null, hours: '-7.00', extract_id: 'feb', row_number: 2 },
      { date: '2025-02-28', gross: '1950.00', hours: '155.67', extract_id: 'feb', row_number: 1 },
    ]);
  });

  test('a stoppage told in two months is one, cut at the months, ending the day before the return', async () => {
    const absences =
      'declaration  siret  month  nature  declaration_type  individual  contract_number  reason  last_day_worked  planned_end  return_date  accident_date';
    built = await harmonised(
      {
        ...under('jan', {
          ...month(siretA, '2025-01-01', 'p1'),
          dsn_absences: `${absences}\n1  ${siretA}  2025-01-01  01  01  1  C1  06  2025-01-26  2025-02-20  -  2025-01-26`,
        }),
        ...under('feb', {
          ...month(siretA, '2025-02-01', 'p1'),
          dsn_absences: `${absences}\n1  ${siretA}  2025-02-01  01  01  1  C1  06  2025-01-26  2025-02-20  2025-02-08  2025-01-26`,
        }),
      },
      ['absence', 'work_stoppage', 'working_time'],
    );
    // 27 to 31 January: 5 days of 31; 1 to 7 February: 7 of 28; 151.67 h a month
    expect(
      await built.rows(
        'select date::varchar as date, calendar_days, absence_hours::varchar as hours, health from model.absence order by date',
      ),
    ).toEqual([
      { date: '2025-01-31', calendar_days: 5, hours: '24.46', health: true },
      { date: '2025-02-07', calendar_days: 7, hours: '37.92', health: true },
    ]);
    expect(await built.rows('select date::varchar as date, stop_days from model.work_stoppage')).toEqual([
      { date: '2025-01-26', stop_days: 12 },
    ]);
    expect(
      await built.rows('select distinct theoretical_hours::varchar as hours from model.working_time'),
    ).toEqual([{ hours: '151.67' }]);
  });

  test('days lost to an accident fall in the months in which they are lost, the day itself not counted', async () => {
    built = await harmonised(
      {
        safety_register: `entity  site  event  event_date  worker_type  kind  fatal  lost_days  status
          A  SA  E1  2025-01-29  employee  accident_with_stop  false  5  declared
          A  SA  E2  2025-01-10  employee  accident_with_stop  false  3  refused
          A  SA  E3  2025-01-11  employee  commuting  false  9  declared`,
      },
      ['lost_time'],
    );
    expect(
      await built.rows(
        "select event, date::varchar as date, with_stop, lost_days from model.lost_time where event = 'E1' order by date",
      ),
    ).toEqual([
      { event: 'E1', date: '2025-01-31', with_stop: true, lost_days: 2 },
      { event: 'E1', date: '2025-02-03', with_stop: true, lost_days: 3 },
    ]);
    expect(await built.rows('select event from model.accident where recordable')).toEqual([{ event: 'E1' }]);
  });

  test('a month of the register delivered again counts once, as last told', async () => {
    const register = (
      gross: number,
      sick: number,
    ) => `entity  site  person  month  sex  contract_class  fte_rate  job_class  entry_date  gross_pay  paid_hours  currency  absence_hours_sick
          D  SD  r1  2025-01-01  F  permanent  1  worker  2020-01-01  ${gross}  151  EUR  ${sick}
          D  SD  r2  2025-01-01  M  permanent  0.5  worker  2020-01-01  1000  75  EUR  0`;
    built = await harmonised(
      { 'hr_register@2025-01': register(2000, 7), 'hr_register@2025-01_corrected': register(2100, 14) },
      ['pay', 'employment', 'absence'],
    );
    // 2 100 + 1 000 EUR and 14 h, of two people; not the 6 100 EUR and 21 h of both deliveries
    expect(await built.rows('select sum(gross_eur)::varchar as gross from model.pay')).toEqual([
      { gross: '3100.00' },
    ]);
    expect(
      await built.rows(
        "select sum(headcount)::integer as heads, sum(fte)::varchar as fte from model.employment where date = date '2025-01-31'",
      ),
    ).toEqual([{ heads: 2, fte: '1.5000' }]);
    expect(await built.rows('select sum(absence_hours)::varchar as sick from model.absence')).toEqual([
      { sick: '14.00' },
    ]);
  });

  test('the training log is joined to payroll by the matricule', async () => {
    built = await harmonised(
      {
        ...under('jan', month(siretA, '2025-01-01', 'p1')),
        training_log: `entity  person  session_date  topic  hours  completed
          A  MAT-p  2025-01-15  safety  7  true
          A  MAT-p  2025-01-16  ai  3.5  false`,
      },
      ['training'],
    );
    expect(
      await built.rows('select person, topic, hours::varchar as hours from model.training order by topic'),
    ).toEqual([
      { person: 'p1', topic: 'ai', hours: '0.00' },
      { person: 'p1', topic: 'safety', hours: '7.00' },
    ]);
  });
});
