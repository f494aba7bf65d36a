import { type Crowd, type Declared, dsnOf, type GoldenCase, registerOf } from './golden-case.ts';

// Present all of 2025, 65 people: 26 women, 34 men, 5 of another sex
//   a   6 F executives, full time, since 31/12/2015      b   9 M executives, since 31/12/2005
//   c  10 F permanent, half time                           d  20 M temporary, since 31/12/2024
//   e   5 X permanent                                      f   5 F temporary, four fifths
//   g   5 M permanent, three fifths                        h   5 F apprentices; c, e, f, g, h since 31/12/2020
const since = '2020-12-31';
const present: Crowd[] = [
  { name: 'a', count: 6, sex: 'F', class: 'executive', entry: '2015-12-31', covered: true },
  { name: 'b', count: 9, sex: 'M', class: 'executive', entry: '2005-12-31', covered: true },
  { name: 'c', count: 10, sex: 'F', fte: 0.5, entry: since, covered: true, theoreticalHours: 75 },
  { name: 'd', count: 20, sex: 'M', contract: 'temporary', entry: '2024-12-31', covered: true },
  { name: 'e', count: 5, sex: 'X', entry: since, sickHours: 15 },
  { name: 'f', count: 5, sex: 'F', contract: 'temporary', fte: 0.8, entry: since, theoreticalHours: 120 },
  { name: 'g', count: 5, sex: 'M', fte: 0.6, entry: since, theoreticalHours: 90, disabled: true },
  { name: 'h', count: 5, sex: 'F', contract: 'apprentice', class: 'employee', entry: since },
];

// 40 women and 65 men at first; leave on 15 November 2025: 5 M dismissed, 6 F by mutual agreement, 7 M retired,
// 5 F in their trial period, 5 M deceased, 6 F for another reason, 8 F resigned, and 5 M told as transferred whom no
// other company of the group takes on: 47
// 7 F and 9 M were hired on 1 October and stay
const moving: Crowd[] = [
  ...(
    [
      ['dismissal', 5, 'M'],
      ['mutual', 6, 'F'],
      ['retirement', 7, 'M'],
      ['trial_period', 5, 'F'],
      ['death', 5, 'M'],
      ['other', 6, 'F'],
      ['transfer', 5, 'M'],
      ['resignation', 8, 'F'],
    ] as const
  ).map(([reason, count, sex]) => ({ name: reason, count, sex, exit: '2025-11-15', reason })),
  { name: 'stay-f', count: 15, sex: 'F' },
  { name: 'stay-m', count: 43, sex: 'M' },
  { name: 'new-f', count: 7, sex: 'F', entry: '2025-10-01' },
  { name: 'new-m', count: 9, sex: 'M', entry: '2025-10-01' },
];
// month-ends: January to September 105, October 121, November and December 121 - 47 = 74; all permanent
const averageMoving = (9 * 105 + 121 + 2 * 74) / 12;

// hourly pay, of it the variable part, by class; ordinary pay is the difference
//   executive     men 50 (10)  women 40 (8)    ordinary 40, 32       intermediate  men 25 (2)  women 24 (1)   23, 23
//   manager       men 40 (5)   women 35 (4)    ordinary 35, 31       employee      men 20 (1)  women 19 (2)   19, 17
//   worker        men 16 (1)   women 16 (1)    ordinary 15, 15
const scale = (
  [
    ['executive', [50, 10], [40, 8]],
    ['manager', [40, 5], [35, 4]],
    ['intermediate', [25, 2], [24, 1]],
    ['employee', [20, 1], [19, 2]],
    ['worker', [16, 1], [16, 1]],
  ] as const
).flatMap(([job, men, women]) =>
  ([['M', men] as const, ['F', women] as const] as const).map(([sex, [rate, variable]]) => ({
    name: `${job}${sex}`,
    count: 5,
    sex,
    class: job,
    gross: rate * 100,
    variable: variable * 100,
    hours: 100,
  })),
);

const staffOfA = (count: number, over: Partial<Declared> = {}, from = 0): Declared[] =>
  Array.from({ length: count }, (_, i) => ({
    person: `s${from + i}`,
    sex: (from + i) % 2 ? 'M' : 'F',
    ...over,
  }));

export const workforce: GoldenCase[] = [
  {
    name: 'who is employed at the end of 2025',
    period: '2025-Q4',
    staged: { hr_register: registerOf(present) },
    figures: {
      'hr.headcount': 65,
      'hr.headcount_women_share': (100 * 26) / 65,
      'hr.headcount_sex_other': 5,
      'hr.perm': 35, // a 6, b 9, c 10, e 5, g 5
      'hr.perm_share': (100 * 35) / 65,
      'hr.perm_women': 16, // a, c
      'hr.perm_men': 14, // b, g
      'hr.temp': 25, // d, f
      'hr.temp_women': 5,
      'hr.temp_men': 20,
      'hr.apprentices_share': (100 * 5) / 65,
      'hr.fte': 6 + 9 + 5 + 20 + 5 + 4 + 3 + 5,
      'hr.fte_average': 57, // the same at each month's end
      'hr.parttime_share': (100 * 20) / 65, // c, f, g
      'hr.parttime_share_women': (100 * 15) / 26, // c, f
      'hr.parttime_share_men': (100 * 5) / 34,
      'hr.top_mgmt_women': (100 * 6) / 15,
      'hr.mgmt_ratio_fm': 6 / 9, // a ratio, women to men, no share
      'hr.family_leave_entitled': 100,
      'hr.cba_cover': (100 * 45) / 65, // a, b, c, d
      'hr.disability_share': (100 * 5) / 65, // g
      // days to 31/12/2025: 3 653 (2016 to 2025, 29 February in 2016, 2020, 2024), 7 305 (20 years), 1 826, 365
      'hr.seniority_avg': (6 * 3653 + 9 * 7305 + 30 * 1826 + 20 * 365) / 365.25 / 65,
      // e: 5 people x 15 h a month, of 45 people x 150 h, 10 x 75, 5 x 120, 5 x 90; the quarter has three such months
      'hr.absenteeism': (100 * 75) / (45 * 150 + 750 + 600 + 450),
      'hr.absenteeism_sickness': (100 * 75) / (45 * 150 + 750 + 600 + 450),
    },
  },
  {
    name: 'training of the same people, fourth quarter',
    period: '2025-Q4',
    staged: {
      hr_register: registerOf(present),
      // 13 people in cyber security (10 F, 3 M), 7 F in climate, 13 in anti-corruption of whom 3 again; an absentee, 0 h
      training_log: [
        'entity  person  sex  session_date  topic  hours  completed  cost_excl_vat  currency',
        ...Array.from({ length: 10 }, (_, i) => `D  c-${i}  F  2025-10-10  cyber  4  true  100  EUR`),
        ...Array.from({ length: 3 }, (_, i) => `D  d-${i}  M  2025-10-10  cyber  8  true  200  EUR`),
        ...Array.from({ length: 7 }, (_, i) => `D  c-${i}  F  2025-11-10  climate  2  true  -  -`),
        ...Array.from({ length: 13 }, (_, i) => `D  d-${i}  M  2025-12-10  anticorruption  1  true  -  -`),
        ...Array.from({ length: 3 }, (_, i) => `D  d-${i}  M  2025-12-11  anticorruption  1  true  -  -`),
        ...Array.from({ length: 6 }, (_, i) => `D  a-${i}  F  2025-12-12  ai  3  true  -  -`),
        'D  e-0  X  2025-12-12  ai  0  false  -  -',
      ].join('\n'),
    },
    figures: {
      // women: 10 x 4 + 7 x 2 + 6 x 3 = 72 h of 26; men: 3 x 8 + 13 + 3 = 40 h of 34; together 112 h of 65
      'hr.training_hours_avg_women': 72 / 26,
      'hr.training_hours_avg_men': 40 / 34,
      'hr.training_hours_avg': 112 / 65,
      'hr.training_hours_avg@GROUP@ttm': 112 / 65,
      // c 10, d 13, a 6; the absentee is not trained
      'hr.training_access': (100 * 29) / 65,
      'cyber.trained_share': (100 * 13) / 65,
      'climate.trained_share': (100 * 7) / 65,
      'gov.anticorruption_trained_share': (100 * 13) / 65,
      'ai.trained_share': (100 * 6) / 65,
      // 10 x 100 + 3 x 200 = 1 600 EUR of 65 people x 3 000 EUR x 3 months
      'hr.training_spend_share': (100 * 1600) / (65 * 3000 * 3),
    },
  },
  {
    name: 'family leave in a country whose right nobody has written down is neither zero nor supposed',
    period: '2025-Q4',
    staged: {
      hr_register: registerOf([
        { name: 'a', entity: 'A', count: 6, sex: 'F' },
        { name: 'd', count: 6, sex: 'F' },
      ]),
    },
    before: (warehouse) => warehouse.run("delete from reference.family_leave_rights where country = 'DE'"),
    figures: {
      'hr.family_leave_entitled@A': 100,
      'hr.family_leave_entitled@D': '<not_calculable>',
      'hr.family_leave_entitled': 100,
    },
  },
  {
    name: 'who comes and who leaves in the fourth quarter',
    period: '2025-Q4',
    staged: { hr_register: registerOf(moving) },
    figures: {
      'hr.leavers_resignation': 8,
      'hr.leavers_dismissal': 5,
      'hr.leavers_mutual': 6,
      'hr.leavers_retirement': 7,
      'hr.leavers_trial_period': 5,
      'hr.leavers_death': 5,
      'hr.leavers_transfer_other': 11,
      'hr.leavers_transfer_other@D': 11,
      'hr.leavers_women': 6 + 5 + 6 + 8,
      'hr.leavers_men': 5 + 7 + 5 + 5,
      'hr.hires': 16,
      'hr.hires_women': 7,
      'hr.hires_men': 9,
      'hr.turnover@GROUP@ttm': (100 * 47) / averageMoving,
      // without the six of another reason and the five transferred: resigned, dismissed, agreed, in trial, retired, dead
      'hr.turnover_esrs@GROUP@ttm': (100 * 36) / averageMoving,
      'hr.turnover_voluntary@GROUP@ttm': (100 * 8) / averageMoving,
    },
  },
  {
    name: 'six fixed terms end on 31 December: their people are present that day and leave on it',
    period: '2025-Q4',
    staged: {
      hr_register: registerOf([
        {
          name: 'term',
          count: 6,
          sex: 'F',
          contract: 'temporary',
          exit: '2025-12-31',
          reason: 'end_of_temporary',
        },
        { name: 'stay', count: 10, sex: 'M' },
      ]),
    },
    figures: {
      'hr.headcount': 16,
      'hr.leavers': 6,
      'hr.leavers_end_of_temporary': 6,
      'hr.leavers_resignation': 0,
      'hr.turnover@GROUP@ttm': (100 * 6) / 16, // 16 at each month's end
      'hr.turnover_esrs@GROUP@ttm': 0, // no end of a fixed term is in it
    },
  },
  {
    name: 'age, service and kinds of hire at 31 December 2025',
    period: '2025-Q4',
    staged: {
      // since 1 October: 91 days to the end of the year; since 1 November: 60; ten and twenty years: 3 653 and 7 305
      hr_register: registerOf([
        { name: 'a', count: 6, sex: 'F', born: 2002, entry: '2025-10-01' },
        { name: 'b', count: 10, sex: 'F', born: 1970, entry: '2015-12-31' },
        { name: 'c', count: 5, sex: 'M', born: 2003, contract: 'temporary', entry: '2025-11-01' },
        { name: 'd', count: 5, sex: 'M', born: 2005, contract: 'apprentice', entry: '2025-10-01' },
        { name: 'e', count: 10, sex: 'M', born: 1975, entry: '2005-12-31' },
      ]),
      // 5 in October, two of them again in November; an absentee, and six who did not complete
      training_log: [
        'entity  person  sex  session_date  topic  hours  completed  cost_excl_vat  currency',
        ...[0, 1, 2, 3, 4].map((i) => `D  b-${i}  F  2025-10-10  safety  7  true  100  EUR`),
        ...[0, 1].map((i) => `D  b-${i}  F  2025-11-10  safety  3  true  -  -`),
        'D  e-0  M  2025-10-10  safety  0  true  100  EUR',
        ...[1, 2, 3, 4, 5, 6].map((i) => `D  e-${i}  M  2025-12-10  safety  2  false  40  EUR`),
        'D  e-9  M  2025-12-10  quality  7  true  500  EUR',
      ].join('\n'),
    },
    figures: {
      'hr.age_under_25': (100 * 16) / 36, // a 23, c 22, d 20
      'hr.age_avg_women': (6 * 23 + 10 * 55) / 16,
      'hr.age_avg_men': (5 * 22 + 5 * 20 + 10 * 50) / 20,
      'hr.seniority_avg_women': (6 * 91 + 10 * 3653) / 365.25 / 16,
      'hr.seniority_avg_men': (5 * 60 + 5 * 91 + 10 * 7305) / 365.25 / 20,
      'hr.hires': 16,
      'hr.hires_permanent': 6,
      'hr.hires_temporary': 5,
      'hr.hires_apprentices': 5,
      'hr.safety_trained': 5,
      'hr.safety_training_spend': 5 * 100 + 100 + 6 * 40,
    },
  },
  {
    name: 'pay by class of 25 men and 25 women',
    period: '2025-Q4',
    staged: { hr_register: registerOf(scale) },
    figures: {
      'hr.paygap_base_executive@GROUP@ttm': (100 * (40 - 32)) / 40,
      'hr.paygap_variable_executive@GROUP@ttm': (100 * (10 - 8)) / 10,
      'hr.paygap_base_manager@GROUP@ttm': (100 * (35 - 31)) / 35,
      'hr.paygap_variable_manager@GROUP@ttm': (100 * (5 - 4)) / 5,
      'hr.paygap_base_intermediate@GROUP@ttm': 0, // 23 and 23: equal, which is a value
      'hr.paygap_variable_intermediate@GROUP@ttm': (100 * (2 - 1)) / 2,
      'hr.paygap_base_employee@GROUP@ttm': (100 * (19 - 17)) / 19,
      'hr.paygap_variable_employee@GROUP@ttm': -100, // women have more: (1 - 2) / 1
      // the same hours for all: men (50 + 40 + 25 + 20 + 16) / 5 = 30,2; women (40 + 35 + 24 + 19 + 16) / 5 = 26,8
      'hr.paygap_unadj@GROUP@ttm': (100 * (30.2 - 26.8)) / 30.2,
    },
  },
  {
    name: 'accidents and diseases of 2025',
    period: '2025-Q4',
    staged: {
      // E1 10 days from 21 December: the 22nd to the 31st; E2 30 days from 11 December: 20 of them by the 31st
      // E3 without a stop; E4 an agency worker, 5 days; E5 a contractor, not counted; E6 on the way; E7 refused
      // diseases: one recognised, one declared, one refused; E11 fatal; E12 earlier in the year, without a stop
      safety_register: `entity  site  event  event_date  worker_type  kind  fatal  lost_days  status
        D  SD  E1  2025-12-21  employee  accident_with_stop  false  10  recognised
        D  SD  E2  2025-12-11  employee  accident_with_stop  false  30  declared
        D  SD  E3  2025-11-11  employee  accident_without_stop  false  0  declared
        D  SD  E4  2025-10-01  temporary  accident_with_stop  false  5  recognised
        D  SD  E5  2025-10-02  contractor  accident_with_stop  false  9  recognised
        D  SD  E6  2025-10-03  employee  commuting  false  7  recognised
        D  SD  E7  2025-10-04  employee  accident_with_stop  false  8  refused
        D  SD  E8  2025-10-05  employee  occupational_disease  false  0  recognised
        D  SD  E9  2025-10-06  employee  occupational_disease  false  0  declared
        D  SD  E10  2025-10-07  employee  occupational_disease  false  0  refused
        D  SD  E11  2025-10-08  temporary  accident_with_stop  true  0  recognised
        D  SD  E12  2025-02-08  employee  accident_without_stop  false  0  declared
        D  SD  E13  2025-02-09  employee  near_miss  false  0  declared`,
      hours_worked: [
        'entity  site  month  worker_type  hours',
        ...Array.from({ length: 12 }, (_, i) => {
          const month = `2025-${String(i + 1).padStart(2, '0')}-01`;
          return `D  SD  ${month}  employee  36000\nD  SD  ${month}  temporary  4000\nD  SD  ${month}  contractor  9000`;
        }),
      ].join('\n'),
    },
    figures: {
      'hs.accidents': 5, // E1 E2 E3 E4 E11
      'hs.accidents@GROUP@ttm': 6, // and E12
      'hs.accidents_with_stop': 4,
      'hs.accidents_temporary': 2, // E4 E11
      'hs.accidents_contractors': 1, // E5
      'hs.commuting': 1,
      'hs.diseases': 1,
      'hs.diseases_declared': 2,
      'hs.fatalities': 1,
      'hs.lost_days': 10 + 20 + 5,
      // hours of the year: 12 x 40 000 = 480 000
      'hs.ltifr@GROUP@ttm': (4 / 480_000) * 1e6,
      'hs.trir_esrs@GROUP@ttm': (6 / 480_000) * 1e6,
      'hs.rate_vsme@GROUP@ttm': (6 / 480_000) * 200_000,
      'hs.severity@GROUP@ttm': (35 / 480_000) * 1000,
      // 12 x 4 000 h over the 1 607 h of a legal year
      'hr.nonemployees_fte@GROUP@ttm': 48_000 / 1607,
    },
  },
  {
    name: 'absence by kind, of forty full-time people over the year 2025',
    period: '2025-Q4',
    // theoretical hours: 40 x 151,67 a month. Away in the fourth quarter, whole months of 151,67 h:
    //   s0 sick in October; s1 work accident in November and December; s3 on the way in November
    //   five women of maternity leave in October and November, one man of paternity leave in December
    staged: dsnOf(staffOfA(40), [
      ['s0', '01', '2025-09-30', '2025-10-31'],
      ['s1', '06', '2025-10-31', '2025-12-31'],
      ['s3', '04', '2025-10-31', '2025-11-30'],
      ...[2, 4, 6, 8, 10].map((i) => [`s${i}`, '02', '2025-09-30', '2025-11-30'] as const),
      ['s5', '03', '2025-11-30', '2025-12-31'],
    ]),
    figures: {
      // a suspended contract stays in the headcount and in the contractual full-time equivalents
      'hr.headcount': 40,
      'hr.fte': 40,
      'hr.absenteeism_sickness': (100 * 1) / 120,
      'hr.absence_days_sickness': 31,
      'hr.absence_days_accident': 30 + 31 + 30,
      'hr.absence_days_maternity': 5 * (31 + 30),
      'hr.absence_days_paternity': 31,
      'hr.absenteeism_accident': (100 * 3) / 120,
      'hr.absenteeism_family': (100 * 11) / 120,
      // sickness, work accidents and occupational diseases: neither the way nor family leave
      'hr.absenteeism': (100 * 3) / 120,
      'hr.family_leave_taken_women@A@ttm': (100 * 5) / 20,
      'hr.family_leave_taken_men@A@ttm': (100 * 1) / 20,
    },
  },
];
