import { dsnOf, type GoldenCase, registerOf } from './golden-case.ts';

const months2028 = ['2028-01-01', '2028-02-01', '2028-03-01'];

/** What happens at the edges of a period, of a contract, of the perimeter and of a quantity. */
export const edges: GoldenCase[] = [
  {
    name: 'a leap year: 29 February 2028 is a day like another',
    period: '2028-Q1',
    staged: {
      // 91 MWh over 91 days (31 + 31 + 29) from 1 December to 29 February: 60 of them in the quarter, not 59
      meter_readings: `entity  site  meter  carrier  period_start  period_end  quantity  unit  quality
        A  SA  M1  electricity  2027-12-01  2028-02-29  91  MWh  billed
        A  SA  M1  electricity  2028-03-01  2028-03-31  31  MWh  measured`,
      // 100 days lost from 2 January: 30 + 29 + 31 by the end of March, ten more in April
      safety_register: `entity  site  event  event_date  worker_type  kind  fatal  lost_days  status
        A  SA  E1  2028-01-01  employee  accident_with_stop  false  100  recognised`,
      water: `entity  site  meter  source  flow  period_start  period_end  quantity  unit  quality
        A  SA  W1  network  withdrawal  2028-02-29  2028-02-29  7  m3  measured`,
      // hired on 29 February 2028, enough for their average over twelve months to be shown; seniority 31 days on 31 March
      hr_register: registerOf([{ name: 'leap', count: 40, sex: 'F', entry: '2028-02-29' }], months2028),
    },
    figures: {
      'energy.electricity': 60 + 31,
      'hs.lost_days': 90,
      'water.withdrawal': 7,
      'hr.hires': 40,
      'hr.seniority_avg': 31 / 365.25,
      'hr.avg_headcount': (0 + 40 + 40) / 3,
    },
  },
  {
    name: 'trailing twelve months over a leap year count 366 days',
    period: '2028-Q4',
    staged: {
      // one MWh a day from 1 January to 31 December 2028
      meter_readings: `entity  site  meter  carrier  period_start  period_end  quantity  unit  quality
        A  SA  M1  electricity  2028-01-01  2028-12-31  366  MWh  billed`,
    },
    // October, November, December: 31 + 30 + 31 days
    figures: { 'energy.electricity': 92, 'energy.electricity@GROUP@ttm': 366 },
  },
  {
    name: 'people who change entity within the group neither come nor go for it',
    period: '2025-Q4',
    staged: {
      // six women leave D on 30 November and start in B on 1 December; ten people stay in each
      hr_register: registerOf([
        { name: 'mover', count: 6, sex: 'F', exit: '2025-11-30', reason: 'transfer' },
        { name: 'mover', count: 6, sex: 'F', entity: 'B', entry: '2025-12-01' },
        { name: 'stay-d', count: 10, sex: 'M' },
        { name: 'stay-b', count: 10, sex: 'M', entity: 'B' },
      ]),
    },
    figures: {
      'hr.headcount': 26,
      'hr.headcount@D': 10,
      'hr.headcount@B': 16,
      // month-ends of D: 16 in October, 16 in November (the last day of work is a day present), 10 in December;
      // on 30 November they are in D alone
      'hr.avg_headcount@D': (16 + 16 + 10) / 3,
      'hr.avg_headcount@B': (10 + 10 + 16) / 3,
      'hr.avg_headcount': 26,
      'hr.hires': 0,
      'hr.hires@B': 6,
      'hr.leavers': 0,
      'hr.leavers@D': 6,
      'hr.turnover@GROUP@ttm': 0,
    },
  },
  {
    name: 'a transfer that says so may take a month, another departure may not; one that nobody enters leaves the group',
    period: '2025-Q4',
    staged: {
      hr_register: registerOf([
        // 31 days between the two companies
        { name: 'slow', count: 5, sex: 'F', exit: '2025-11-05', reason: 'transfer' },
        { name: 'slow', count: 5, sex: 'F', entity: 'B', entry: '2025-12-06' },
        { name: 'back', count: 6, sex: 'M', exit: '2025-11-05', reason: 'resignation' },
        { name: 'back', count: 6, sex: 'M', entity: 'B', entry: '2025-12-06' },
        { name: 'sold', count: 7, sex: 'F', exit: '2025-11-15', reason: 'transfer' },
        { name: 'stay-d', count: 10, sex: 'M' },
        { name: 'stay-b', count: 10, sex: 'M', entity: 'B' },
      ]),
    },
    figures: {
      'hr.leavers@D': 5 + 6 + 7,
      'hr.leavers': 6 + 7,
      'hr.leavers_transfer_other': 7,
      'hr.hires@B': 5 + 6,
      'hr.hires': 6,
    },
  },
  {
    name: 'a fixed term that becomes permanent is one employment; working time may change within the year',
    period: '2025-Q4',
    staged: {
      // t: fixed term to 31 October, permanent from 1 November. h: full time to June, half time from July
      hr_register: [
        registerOf([
          {
            name: 't',
            count: 5,
            sex: 'F',
            contract: 'temporary',
            entry: '2025-01-01',
            exit: '2025-10-31',
            reason: 'end_of_temporary',
          },
          { name: 't', count: 5, sex: 'F', entry: '2025-11-01' },
        ]),
        ...registerOf(
          [{ name: 'h', count: 10, sex: 'M' }],
          [1, 2, 3, 4, 5, 6].map((m) => `2025-0${m}-01`),
        )
          .split('\n')
          .slice(1),
        ...registerOf(
          [{ name: 'h', count: 10, sex: 'M', fte: 0.5 }],
          ['2025-07-01', '2025-08-01', '2025-09-01', '2025-10-01', '2025-11-01', '2025-12-01'],
        )
          .split('\n')
          .slice(1),
      ].join('\n'),
    },
    figures: {
      'hr.headcount': 15,
      'hr.perm': 15,
      'hr.temp': 0,
      'hr.leavers': 0,
      'hr.hires': 0,
      'hr.fte': 5 + 10 * 0.5,
      'hr.fte_average@GROUP@ttm': 5 + (10 * (6 * 1 + 6 * 0.5)) / 12,
      'hr.parttime_share': (100 * 10) / 15,
    },
  },
  {
    name: 'six people with two contracts at once: one of them ends, nobody leaves',
    period: '2025-Q4',
    // C1 of 75,835 h of 151,67 (0,5), C2 of 45,501 h (0,3) until 30 November; ten people full time
    staged: dsnOf([
      ...Array.from({ length: 6 }, (_, i) => ({
        person: `two-${i}`,
        sex: 'F' as const,
        quota: 75.835,
        second: { quota: 45.501, end: '2025-11-30' },
      })),
      ...Array.from({ length: 10 }, (_, i) => ({ person: `full-${i}`, sex: 'M' as const })),
    ]),
    figures: {
      'hr.headcount': 16,
      'hr.avg_headcount': 16,
      'hr.leavers': 0,
      'hr.hires': 0,
      'hr.fte': 6 * 0.5 + 10,
      // October 0,8 each, November 0,8 (the last day is a day present), December 0,5
      'hr.fte_average': (6 * (0.8 + 0.8 + 0.5)) / 3 + 10,
      'hr.parttime_share': (100 * 6) / 16,
      'hr.perm': 16,
    },
  },
  {
    name: 'six people employed by two companies at once: one headcount, two lengths of service',
    period: '2025-Q4',
    staged: {
      // ten years in D (3 653 days), one year in B (365 days)
      hr_register: registerOf([
        { name: 'both', count: 6, sex: 'F', entry: '2015-12-31' },
        { name: 'both', count: 6, sex: 'F', entity: 'B', entry: '2024-12-31' },
      ]),
    },
    figures: {
      'hr.headcount': 6,
      'hr.headcount@B': 6,
      'hr.seniority_avg@D': 3653 / 365.25,
      // not the sum of both over six people
      'hr.seniority_avg': (3653 + 365) / 365.25 / 2,
      'hr.age_avg_women': 40,
    },
  },
  {
    name: 'a company enters the perimeter on 15 November: what it did before is not the group’s',
    period: '2025-Q4',
    before: (warehouse) =>
      warehouse.run("update reference.entity set entry_date = date '2025-11-15' where entity = 'B'"),
    staged: {
      waste_register: `unique_id  entity  site  waste_code  hazardous  dispatch_date  weight_t  planned_treatment  final_treatment
        W1  A  SA  120101  false  2025-10-10  10  R4  R4
        W2  B  SB  120101  false  2025-11-14  100  R4  R4
        W3  B  SB  120101  false  2025-11-15  7  R4  R4
        W4  B  SB  120101  false  2025-12-31  3  D5  D5`,
      hr_register: registerOf([
        { name: 'a', count: 10, sex: 'F', entity: 'A' },
        { name: 'b', count: 12, sex: 'M', entity: 'B' },
      ]),
    },
    figures: {
      'waste.total': 10 + 7 + 3,
      'waste.total@B': 10,
      'waste.recycling_rate@B': 70,
      'waste.recycling_rate': (100 * 17) / 20,
      'waste.recycled': 17,
      // month-ends: October 10, November and December 22
      'hr.avg_headcount': (10 + 22 + 22) / 3,
      // who was there when the company came is no hire
      'hr.hires': 0,
    },
  },
  {
    name: 'a credit note is no consumption to estimate a gap from',
    period: '2026-Q1',
    staged: {
      // M1: March is missing, February is a credit note: no estimate, 10 - 4. M2: March is estimated by February, 1 a day; nothing is known before its first reading
      meter_readings: `entity  site  meter  carrier  period_start  period_end  quantity  unit  quality
        A  SA  M1  electricity  2026-01-01  2026-01-31  10  MWh  billed
        A  SA  M1  electricity  2026-02-01  2026-02-28  -4  MWh  billed
        B  SB  M2  electricity  2026-02-01  2026-02-28  28  MWh  billed`,
    },
    figures: { 'energy.electricity@A': 10 - 4, 'energy.electricity@B': 28 + 31 },
  },
  {
    name: 'zero, negative and corrected quantities',
    period: '2026-Q1',
    staged: {
      // a closed meter reads 0; a credit of 4 MWh corrects the invoice of January
      meter_readings: `entity  site  meter  carrier  period_start  period_end  quantity  unit  quality
        A  SA  M1  electricity  2026-01-01  2026-01-31  10  MWh  billed
        A  SA  M1  electricity  2026-02-01  2026-02-28  -4  MWh  billed
        A  SA  M1  electricity  2026-03-01  2026-03-31  2  MWh  billed
        B  SB  M2  electricity  2026-01-01  2026-03-31  0  MWh  measured`,
      water: `entity  site  meter  source  flow  period_start  period_end  quantity  unit  quality
        A  SA  W1  network  withdrawal  2026-01-01  2026-01-31  50  m3  billed
        A  SA  W1  network  withdrawal  2026-02-01  2026-02-28  -50  m3  billed`,
    },
    figures: {
      'energy.electricity': 10 - 4 + 2,
      'energy.electricity@B': 0, // read, and zero
      'energy.renewable_share@B': '<not_calculable>', // of nothing
      'water.withdrawal': 0, // a bill and its credit note: zero is a value
      'waste.total': 0, // a register that has come without a row
      'waste.recycling_rate': '<not_calculable>',
    },
  },
];
