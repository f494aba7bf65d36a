import { type GoldenCase, registerOf } from './golden-case.ts';

const quarter = ['2025-10-01', '2025-11-01', '2025-12-01'];

/** Registers of governance, finance and human resources, a few rows each. */
export const registers: GoldenCase[] = [
  {
    name: 'invoices to customers of A at 31 December 2025: the second table of C. com. D.441-6',
    period: '2025-Q4',
    staged: {
      customer_invoices: `entity  customer  invoice  invoice_date  due_date  payment_date  amount_excl_vat  amount_incl_vat  currency  disputed  intragroup
        A  C1  F1  2025-11-01  2025-12-01  -  1000  1200  EUR  false  false
        A  C1  F2  2025-10-01  2025-10-31  -  2000  2400  EUR  false  false
        A  C2  F3  2025-10-02  2025-11-01  2026-01-15  500  600  EUR  false  false
        A  C2  F4  2025-08-01  2025-10-02  -  100  120  EUR  false  false
        A  C3  F5  2025-07-01  2025-09-01  -  300  360  EUR  false  false
        A  C3  F6  2025-11-15  2025-12-31  -  9000  10800  EUR  false  false
        A  C3  F7  2025-10-15  2025-11-15  2025-12-31  700  840  EUR  false  false
        A  C4  F8  2025-10-15  2025-11-15  -  50  60  EUR  true  false
        A  C4  V1  2025-10-15  2025-11-15  -  -400  -480  EUR  false  false
        A  B  G1  2025-09-15  2025-10-15  -  8000  9600  EUR  false  true
        A  C1  F2  2025-10-01  2025-10-31  -  250  300  EUR  false  false`,
    },
    figures: {
      // F1 30 days late on the 31st
      'pay.receipts_late_1_30': 1200,
      // F3 was paid after the period: 60 days late at its end
      'pay.receipts_late_31_60': 600,
      // F2 in two lines, 61 days; F4 90 days
      'pay.receipts_late_61_90': 2400 + 300 + 120,
      // F5 121 days; F6 is due on the day, F7 was paid on it
      'pay.receipts_late_over_90': 360,
      'pay.receipts_late_amount': 1200 + 600 + 2820 + 360,
      // F1, F2 once, F3, F4, F5
      'pay.receipts_late_count': 5,
      'pay.receipts_disputed': 60,
      // of all invoiced outside the group in the twelve months, the credit note taken off
      'pay.receipts_late_share@GROUP@ttm':
        (100 * 4980) / (1200 + 2400 + 600 + 120 + 360 + 10800 + 840 + 60 - 480 + 300),
    },
  },
  {
    name: 'influence, tax by country, incidents and patents of 2025',
    period: '2025-Q4',
    staged: {
      // a donation in kind counts at its value; lobbying apart
      influence_register: `entity  entry_date  kind  beneficiary  country  in_kind  amount  currency
        D  2025-10-05  political_contribution  Partei  DE  false  1500  EUR
        D  2025-11-05  political_contribution  Kandidat  DE  true  250  EUR
        A  2025-10-05  lobbying  Association  FR  false  12000  EUR
        A  2025-02-05  lobbying  Association  FR  false  3000  EUR`,
      tax_by_country: `entity  fiscal_year_end  country  revenue_third_party  profit_before_tax  tax_paid  tax_accrued  currency
        A  2025-12-31  FR  900000  100000  20000  25000  EUR
        A  2025-12-31  BE  50000  10000  2000  2500  EUR
        D  2025-12-31  DE  400000  -10000  1000  0  EUR`,
      security_incidents: `entity  incident  kind  discovered  severity  notified_anssi  notified_dpa  people_affected
        A  I1  cyber  2025-10-10  major  false  false  -
        A  I2  cyber  2025-10-11  minor  true  false  -
        A  I3  cyber  2025-10-12  minor  false  false  -
        A  I4  both  2025-11-12  major  true  true  40
        B  I5  data_breach  2025-12-12  minor  false  false  1
        B  I6  data_breach  2025-03-12  minor  false  true  9`,
      // P2 is one family of two companies; P3 has an earlier priority
      patents: `entity  family  title  priority_date  granted_date
        A  P1  Un  2025-10-01  -
        A  P2  Deux  2025-12-31  -
        B  P2  Deux  2025-12-31  -
        B  P3  Trois  2025-09-30  -`,
    },
    figures: {
      'gov.political': 1750,
      'gov.political@A': 0,
      'gov.lobbying': 12000,
      'gov.lobbying@GROUP@ttm': 15000,
      'gov.tax_paid@GROUP@ttm': 23000,
      'gov.tax_paid_france@GROUP@ttm': 20000,
      'gov.tax_paid_abroad@GROUP@ttm': 3000,
      // 27 500 due on 100 000 + 10 000 - 10 000; Germany alone has a loss
      'gov.tax_rate@GROUP@ttm': 27.5,
      'gov.tax_rate@D@ttm': 0,
      // I1 and I4 major, I2 notified
      'cyber.incidents': 3,
      'data.gdpr_breaches': 2,
      'data.gdpr_breaches@GROUP@ttm': 3,
      'data.gdpr_breaches_notified': 1,
      'inno.patents': 2,
      'inno.patents@B': 1,
      'inno.patents@GROUP@ttm': 3,
    },
  },
  {
    name: 'amounts above 100 million are converted like any other',
    period: '2025-Q4',
    staged: {
      tax_by_country: `entity  fiscal_year_end  country  revenue_third_party  profit_before_tax  tax_paid  tax_accrued  currency
        A  2025-12-31  FR  9000000000  1000000000  250000000.25  250000000  EUR`,
      supplier_invoices: `entity  supplier  invoice  invoice_date  due_date  payment_date  amount_excl_vat  amount_incl_vat  currency  disputed  intragroup
        A  S1  F1  2025-10-05  2025-11-04  -  250000000  300000000  EUR  false  false`,
    },
    figures: { 'gov.tax_paid@GROUP@ttm': 250_000_000.25, 'pay.late_amount': 300_000_000 },
  },
  {
    name: 'reviews, executives, telework and self-employed people at 31 December 2025',
    period: '2025-Q4',
    staged: {
      // 6 women of whom 3 had their review, 8 men of whom 6 had; w0 in two campaigns, held in one
      performance_reviews: [
        'entity  person  sex  campaign_end  held',
        ...Array.from({ length: 6 }, (_, i) => `D  w-${i}  F  2025-03-31  ${i < 3}`),
        ...Array.from({ length: 8 }, (_, i) => `D  m-${i}  M  2025-03-31  ${i < 6}`),
        'D  w-0  F  2025-02-28  false',
      ].join('\n'),
      // 5 executives, 20 000 each, of which 5 000; the fifth 3 000 of 20 000
      executive_variable_pay: [
        'entity  person  year_end  variable_amount  sustainability_amount  currency',
        ...Array.from({ length: 4 }, (_, i) => `A  e${i}  2025-12-31  20000  5000  EUR`),
        'A  e4  2025-12-31  20000  3000  EUR',
      ].join('\n'),
      // 10 employees on the last day; t-0 to t-3 telework, t-4's agreement ended, "gone" is not employed
      hr_register: registerOf([{ name: 't', count: 10, sex: 'M' }], quarter),
      telework_agreements: `entity  person  valid_from  valid_to
        D  t-0  2025-01-01  -
        D  t-1  2025-12-31  -
        D  t-2  2025-01-01  2025-12-31
        D  t-3  2025-01-01  -
        D  t-3  2025-06-01  -
        D  t-4  2025-01-01  2025-12-30
        D  gone  2025-01-01  -`,
      // six at the end: one has two sites, one came on the last day, one left on the 30th
      contractors: `entity  site  contractor  valid_from  valid_to
        A  SA  k1  2025-01-01  -
        A  SA  k2  2025-01-01  -
        B  SB  k2  2025-01-01  -
        A  SA  k3  2025-12-31  -
        A  SA  k4  2025-01-01  2025-12-30
        A  SA  k5  2025-01-01  -
        B  SB  k6  2025-01-01  -
        B  SB  k7  2025-01-01  -`,
    },
    figures: {
      'hr.reviews_share_women@GROUP@ttm': 50,
      'hr.reviews_share_men@GROUP@ttm': 75,
      'hr.reviews_share@GROUP@ttm': (100 * 9) / 14,
      'gov.esg_pay_share@GROUP@ttm': 23,
      'hr.telework_share': 40,
      'hr.self_employed': 6,
    },
  },
  {
    name: 'executives: four are too few to be shown',
    period: '2025-Q4',
    staged: {
      executive_variable_pay: [
        'entity  person  year_end  variable_amount  sustainability_amount  currency',
        ...Array.from({ length: 4 }, (_, i) => `A  e${i}  2025-12-31  20000  5000  EUR`),
      ].join('\n'),
    },
    figures: { 'gov.esg_pay_share@GROUP@ttm': '<suppressed>' },
  },
  {
    name: 'classes, hours without guarantee, coverage of sites and adequate wage at 31 December 2025',
    period: '2025-Q4',
    staged: {
      hr_register: registerOf(
        [
          { name: 'x', count: 5, sex: 'F', class: 'executive', gross: 9000, hours: 150 },
          { name: 'm', count: 6, sex: 'F', class: 'manager', gross: 6000, hours: 150 },
          { name: 'i', count: 7, sex: 'M', class: 'intermediate', gross: 4000, hours: 150 },
          { name: 'e', count: 8, sex: 'M', class: 'employee', gross: 3000, hours: 150 },
          // 12.80 an hour, under the German 12.82 of 2025
          { name: 'w', count: 9, sex: 'M', class: 'worker', gross: 1920, hours: 150 },
          // 12.82: not under it
          {
            name: 'z',
            count: 5,
            sex: 'M',
            class: 'worker',
            contract: 'non_guaranteed',
            gross: 1923,
            hours: 150,
          },
          // an apprentice at 6 an hour is left out of the wage, not of the headcount
          {
            name: 'a',
            count: 5,
            sex: 'F',
            class: 'employee',
            contract: 'apprentice',
            gross: 900,
            hours: 150,
          },
          // 12.80 with a variable part of 1.30: 11.50 of base pay, under the French 11.88
          {
            name: 'b',
            count: 10,
            sex: 'F',
            entity: 'B',
            class: 'worker',
            gross: 1920,
            variable: 195,
            hours: 150,
          },
        ],
        quarter,
      ),
      // D has a safety system since December and no representatives; B has representatives, and no word on the rest
      site_register: `entity  site  valid_from  floor_area_m2  land_area_ha  sealed_area_ha  nature_area_ha  sensitive  safety_system  worker_representatives
        D  SD  2025-01-01  100  1  1  0  none  false  false
        D  SD  2025-12-01  100  1  1  0  none  true  false
        B  SB  2025-01-01  100  1  1  0  none  -  true`,
    },
    figures: {
      'hr.class_executive': 5,
      'hr.class_manager': 6,
      'hr.class_intermediate': 7,
      'hr.class_employee': 13,
      'hr.class_worker': 24,
      'hr.nonguar': 5,
      'hr.below_adequate_wage_share@D': (100 * 9) / 40,
      'hr.below_adequate_wage_share@B': 100,
      'hr.below_adequate_wage_share': (100 * 19) / 50,
      'hs.hsms_cover@D': 100,
      // 45 of 55; B, unknown, makes it partial and is no 0 of its own
      'hs.hsms_cover': (100 * 45) / 55,
      'hs.hsms_cover@B': '<missing>',
      'hr.rep_cover': (100 * 10) / 55,
      'hr.rep_cover@D': 0,
    },
  },
];
