import { loadModels } from '../../../pipelines/harmonise/harmonise.ts';
import type { Warehouse } from '../../../pipelines/warehouse/warehouse.ts';
import { type Declared, dsnOf, type GoldenCase, registerOf } from './golden-case.ts';

const staffOfA: Declared[] = Array.from({ length: 40 }, (_, i) => ({
  person: `s${i}`,
  sex: i % 2 ? 'M' : 'F',
  disabled: i === 39,
}));

/** Fills `model.equality_person` of A with groups, and builds groups and points over it as a run does. */
const indexOver =
  (size: number, groups: string, returns: string[] = []) =>
  async (warehouse: Warehouse) => {
    await warehouse.run(
      `insert into model.employment (entity, date, person, is_employee, contract_class)
       select 'A', m.month_end, 'e' || i, true, 'permanent' from reference.month as m, range(${size}) as r(i)`,
    );
    for (const line of groups.trim().split('\n')) {
      const [name, sex, count, pay, job, age, raised, promoted] = line.trim().split(/\s+/) as string[];
      await warehouse.run(
        `insert into model.equality_person (entity, date, first_day, person, sex, class, age_band, counted, pay_eur, raised, promoted, quality, extract_id, row_number)
         select 'A', '2025-12-31', '2025-01-01', '${name}' || n, '${sex}', '${job}', '${age}', true, ${pay}, n <= ${raised}, n <= ${promoted}, 'calculated', '${name}', n
         from range(1, ${count} + 1) as r(n)`,
      );
    }
    for (const person of returns) {
      await warehouse.run(
        `insert into model.contract_month (entity, person, entry_date) values ('A', '${person}', '2020-01-01')`,
      );
      await warehouse.run(
        `insert into model.stoppage (entity, date, last_day, person, kind) values ('A', '2025-02-01', '2025-05-31', '${person}', 'maternity')`,
      );
    }
    if (returns.length > 0) {
      await warehouse.run(
        "insert into model.pay_review (entity, date, person, kind) values ('A', '2025-03-01', 'wm1', 'individual_raise')",
      );
      await warehouse.run(
        `insert into model.pay_review (entity, date, person, kind) values ${returns
          .slice(0, -1)
          .map((person) => `('A', '2025-06-01', '${person}', 'individual_raise')`)
          .join(', ')}`,
      );
    }
    await rebuild(warehouse, ['equality_cell', 'equality_score', 'obligation']);
  };

async function rebuild(warehouse: Warehouse, names: readonly string[]): Promise<void> {
  const models = await loadModels();
  for (const name of names) {
    await warehouse.run(`drop table model.${name}`);
    await warehouse.run(`create table model.${name} as ${models.find((m) => m.name === name)?.sql}`);
  }
}

/** A employs 15 executives, 6 of them women, `workers` full time, four half time and ten apprentices all year. */
const directedBy = (workers: number) => async (warehouse: Warehouse) => {
  const groups: readonly (readonly [string, number, string, string, number, string])[] = [
    ['xf', 6, 'F', 'executive', 1, 'permanent'],
    ['xm', 9, 'M', 'executive', 1, 'permanent'],
    ['w', workers, 'M', 'worker', 1, 'permanent'],
    ['h', 4, 'F', 'worker', 0.5, 'permanent'],
    ['a', 10, 'F', 'worker', 1, 'apprentice'],
  ];
  for (const [name, count, sex, job, fte, contract] of groups) {
    await warehouse.run(
      `insert into model.employment (entity, date, person, sex, job_class, fte, working_time, contract_class, is_employee, is_main)
       select 'A', m.month_end, '${name}' || i, '${sex}', '${job}', ${fte}, '${fte < 1 ? 'part_time' : 'full_time'}', '${contract}', true, true
       from reference.month as m, range(${count}) as r(i)`,
    );
  }
  await rebuild(warehouse, ['obligation']);
};

// 25 people in France by DSN (A), 60 in Germany by a register (D), nobody known in B
const small = dsnOf(staffOfA.slice(0, 25));
const abroad = registerOf([{ name: 'd', count: 60, sex: 'F' }]);

export const obligations: GoldenCase[] = [
  {
    name: 'whom a French obligation concerns: 25 people in France, 60 abroad, a company whose staff is not known',
    period: '2025-Q4',
    staged: { ...small, hr_register: abroad },
    missing: ['dsn_contracts@B', 'hr_register@B', 'dsn_pays@B', 'pay_reviews@B', 'dsn_contracts@D'],
    figures: {
      'hr.index_egalite@A@ttm': '<not_applicable>', // French, under 50
      'hr.disability_rate_oeth@A@ttm': 0, // French, 20 or more: no beneficiary of 25 is a true 0
      'hr.oeth_units_due@A@ttm': 1, // 6 % of 25 = 1,5
      'hr.index_egalite@D@ttm': '<not_applicable>', // not French, however large
      'hr.oeth_missing@D@ttm': '<not_applicable>',
      'hr.index_egalite@B@ttm': '<missing>',
      'hr.oeth_missing@B@ttm': '<missing>',
      'hr.avg_headcount@A@ttm': 25,
      'hr.index_egalite@GROUP@ttm': '<not_applicable>', // each company's, never the group's
      'hr.oeth_contribution@GROUP@ttm': '<not_applicable>',
    },
  },
  {
    name: 'a company abroad whose staff nobody told is not concerned; a French one may be',
    period: '2025-Q4',
    staged: small,
    missing: [
      'dsn_contracts@B',
      'hr_register@B',
      'dsn_contracts@D',
      'hr_register@D',
      'dsn_pays@B',
      'pay_reviews@B',
      'dsn_pays@D',
    ],
    figures: {
      'hr.index_egalite@D@ttm': '<not_applicable>',
      'hr.oeth_missing@D@ttm': '<not_applicable>',
      'hr.rixain_executives@D@quarter': '<not_applicable>',
      'hr.index_egalite@B@ttm': '<missing>',
    },
  },
  {
    name: 'executives are told by each company of 1,000 people, part-time at its share, apprentices left out',
    period: '2025-Q4',
    staged: {},
    // 15 + 983 + 4 x 0,5 = 1 000
    after: directedBy(983),
    figures: {
      'hr.rixain_executives@A@quarter': (100 * 6) / 15,
    },
  },
  {
    name: 'and not by one of 999',
    period: '2025-Q4',
    staged: {},
    after: directedBy(982),
    figures: { 'hr.rixain_executives@A@quarter': '<not_applicable>' },
  },
  {
    name: 'under 20 people the obligation to employ does not bind either',
    period: '2025-Q4',
    staged: dsnOf(staffOfA.slice(0, 19)),
    figures: {
      'hr.oeth_units_due@A@ttm': '<not_applicable>',
      'hr.disability_rate_oeth@A@ttm': '<not_applicable>',
    },
  },
  {
    name: 'OETH: forty people full time, one beneficiary of 40 years',
    period: '2025-Q4',
    staged: dsnOf(staffOfA),
    figures: {
      // 6 % of 40 = 2,4, rounded down: 2 units due, 1 there, 1 missing
      'hr.disability_rate_oeth@A@ttm': (100 * 1) / 40,
      'hr.oeth_units_due@A@ttm': 2,
      'hr.oeth_missing@A@ttm': 1,
      'hr.effectif_css@A@ttm': 40,
      // 1 unit x 400 (20 to 249 people) x 11,88 EUR, before deductions and capping
      'hr.oeth_contribution@A@ttm': 4752,
    },
  },
  {
    name: 'Index above 250 employees, with five returns from maternity leave',
    period: '2025-Q4',
    staged: {},
    // name sex count pay class age raised promoted
    // pay, in groups with 3 of each: workers (25 000 - 24 000) / 25 000 = 4 %, within 5 points: 0, 40 people;
    //   employees 8,333 % - 5 = 3,333 %, 25 people; managers -(20 - 5) = -15 %, 20 people; the young have 2 women
    //   (3,333 x 25 - 15 x 20) / 85 = -2,549 -> -2,5 -> 37 of 40; 85 of 95 are in valid groups
    // raises of workers (12 women, 38 men): 3 / 12 = 25 %, 19 / 38 = 50 %: 25 points for men, pay favours women: 20 of 20
    // promotions: 2 / 12 - 4 / 38 = 6,140 points for women -> 5 of 15
    // returns: 4 of 5 women raised: 80 % -> 0 of 15
    // ten highest: 5 women at 60 000, 5 men at 50 000 -> 10 of 10
    // 37 + 20 + 5 + 0 + 10 = 72 of 100
    after: indexOver(
      300,
      `wf F 10 24000 worker 30_39 3 2
       wm M 30 25000 worker 30_39 15 4
       ef F 20 22000 employee 40_49 0 0
       em M 5 24000 employee 40_49 0 0
       mf F 5 60000 manager 50_over 0 0
       mm M 15 50000 manager 50_over 0 0
       yf F 2 20000 worker under_30 0 0
       ym M 8 29000 worker under_30 4 0`,
      ['wf1', 'wf2', 'wf3', 'wf4', 'wf5'],
    ),
    figures: {
      'hr.index_pay_gap@A@ttm': -2.549,
      'hr.index_pay_gap_points@A@ttm': 37,
      'hr.index_raises@A@ttm': 25,
      'hr.index_raises_points@A@ttm': 20,
      'hr.index_promotions@A@ttm': -6.1404,
      'hr.index_promotions_points@A@ttm': 5,
      'hr.index_maternity@A@ttm': 80,
      'hr.index_maternity_points@A@ttm': 0,
      'hr.index_top_earners@A@ttm': 5,
      'hr.index_top_earners_points@A@ttm': 10,
      'hr.index_egalite@A@ttm': 72,
    },
  },
  {
    name: 'Index from 50 to 250 employees: raises and promotions are one part',
    period: '2025-Q4',
    staged: {},
    // 2 of 6 women and 60 of 100 men: 60 - 33,333 = 26,667 points; of six women that is 1,6 persons, at most 2: 35 of 35
    after: indexOver(
      200,
      `f F 6 20000 worker 30_39 2 0
       m M 100 20000 worker 30_39 60 0`,
    ),
    figures: {
      'hr.index_raises_promotions@A@ttm': 26.6667,
      'hr.index_raises_promotions_points@A@ttm': 35,
    },
  },
  {
    name: 'promotions of those whom the Index counts: five of thirty women, seven of a hundred men',
    period: '2025-Q4',
    staged: {},
    after: indexOver(
      200,
      `f F 30 20000 worker 30_39 0 5
       m M 100 20000 worker 30_39 0 7`,
    ),
    figures: {
      'hr.promoted_women@A@ttm': 5,
      'hr.promoted_men@A@ttm': 7,
      // a promotion is a raise in companies of 50 to 250: 5 of 30 less 7 of 100, 9,667 points; of 30 women 2,9 persons
      'hr.index_raises_promotions_points@A@ttm': 25,
    },
  },
];
