import { beforeAll, describe, expect, test } from 'vitest';
import { monthEnd, monthsBetween } from '../../pipelines/configuration/period.ts';
import type { Catalogue } from '../../pipelines/indicators/catalogue.ts';
import { measuresOf, parseExpression } from '../../pipelines/indicators/expression.ts';
import type { Figure } from '../../pipelines/indicators/figure.ts';
import { computeFigures } from '../../pipelines/indicators/figures.ts';
import { loadCatalogue } from '../../pipelines/indicators/load.ts';
import { computeMeasures, windowsOf } from '../../pipelines/indicators/measure-values.ts';
import { type Harmonised, harmonised } from '../harmonise/harmonised.ts';

/** Declared indicators over a personnel register of 2025, from staged rows to figures. */
interface Employee {
  readonly id: string;
  readonly sex: 'F' | 'M' | 'NR';
  readonly born?: number;
  /** EUR an hour, and of it the variable part */
  readonly rate?: number;
  readonly variable?: number;
  readonly hours?: number;
  readonly class?: string;
  readonly contract?: string;
  readonly from?: string;
  readonly to?: string;
  readonly reason?: string;
}
const year = monthsBetween('2025-01-01', '2025-12-31');

function register(staff: readonly Employee[]): string {
  const lines = [
    'entity  site  person  month  sex  birth_year  contract_class  fte_rate  job_class  entry_date  exit_date  exit_reason  gross_pay  variable_pay  paid_hours  currency  theoretical_hours',
  ];
  for (const one of staff) {
    for (const month of year) {
      const from = one.from ?? '2015-01-01';
      if (from > monthEnd(month) || (one.to && one.to < month)) continue;
      const hours = one.hours ?? 150;
      const left = one.to !== undefined && one.to <= monthEnd(month);
      lines.push(
        [
          'D',
          'SD',
          one.id,
          month,
          one.sex,
          one.born ?? 1985,
          one.contract ?? 'permanent',
          hours / 150,
          one.class ?? 'worker',
          from,
          left ? one.to : '-',
          left ? (one.reason ?? 'other') : '-',
          ((one.rate ?? 20) * hours).toFixed(2),
          ((one.variable ?? 0) * hours).toFixed(2),
          hours,
          'EUR',
          hours,
        ].join('  '),
      );
    }
  }
  return lines.join('\n');
}

let catalogue: Catalogue;
beforeAll(async () => {
  catalogue = await loadCatalogue();
});

async function figuresOf(staff: readonly Employee[], ids: readonly string[]): Promise<Map<string, Figure>> {
  const built: Harmonised = await harmonised(
    { hr_register: register(staff) },
    ['pay', 'employment', 'movement'],
    '2025-Q4',
  );
  try {
    const indicators = catalogue.indicators.filter((i) => ids.includes(i.id));
    const used = new Set(
      indicators.flatMap((i) => [
        ...[i.population ?? []].flat(),
        ...[i.numerator, i.denominator ?? '0'].flatMap((t) => measuresOf(parseExpression(t))),
      ]),
    );
    const part = { ...catalogue, indicators, measures: catalogue.measures.filter((m) => used.has(m.id)) };
    const values = await computeMeasures(
      built.warehouse,
      part.measures,
      windowsOf('2025-Q1', '2025-Q4', 1),
      year.map((month) => ({ contract: 'hr_register', entity: 'D', month })),
      [{ contract: 'hr_register', entity: 'D' }],
    );
    return new Map(
      computeFigures(part, values)
        .filter((f) => f.entity === 'D' && f.period === '2025-Q4')
        .map((f) => [`${f.indicator}${f.basis === 'ttm' ? '' : ' quarter'}`, f]),
    );
  } finally {
    await built.close();
  }
}

describe('directive (EU) 2023/970, A to G, worked out by hand', () => {
  // hourly pay (variable part):
  //   men   20 (2)  20 (2)  22 (2)  24 (2)  26 (0)  30 (4)    mean 142 / 6, median 23
  //   women 16 (1)  18 (1)  18 (0)  20 (0)  22 (2)  24 (2)    mean 118 / 6, median 19
  // m1 works half time and f1 came in July: a rate is a rate
  const staff: Employee[] = [
    { id: 'm1', sex: 'M', rate: 20, variable: 2, hours: 75 },
    { id: 'm2', sex: 'M', rate: 20, variable: 2 },
    { id: 'm3', sex: 'M', rate: 22, variable: 2 },
    { id: 'm4', sex: 'M', rate: 24, variable: 2 },
    { id: 'm5', sex: 'M', rate: 26, variable: 0 },
    { id: 'm6', sex: 'M', rate: 30, variable: 4 },
    { id: 'f1', sex: 'F', rate: 16, variable: 1, from: '2025-07-01' },
    { id: 'f2', sex: 'F', rate: 18, variable: 1 },
    { id: 'f3', sex: 'F', rate: 18, variable: 0 },
    { id: 'f4', sex: 'F', rate: 20, variable: 0 },
    { id: 'f5', sex: 'F', rate: 22, variable: 2 },
    { id: 'f6', sex: 'F', rate: 24, variable: 2 },
  ];
  let figures: Map<string, Figure>;
  const value = (id: string) => Number(figures.get(id)?.value);
  beforeAll(async () => {
    figures = await figuresOf(
      staff,
      catalogue.indicators
        .map((i) => i.id)
        .filter((id) => /^hr\.(paygap_|variable_share|quartile_|remun_ratio)/.test(id)),
    );
  });

  test('A mean gap: (142 - 118) / 142 = 16,90 %', () => {
    expect(value('hr.paygap_mean')).toBeCloseTo((100 * 24) / 142, 6);
  });
  test('B mean gap of variable pay: men 12 / 6, women 6 / 6: 50 %', () => {
    expect(value('hr.paygap_variable_mean')).toBeCloseTo(50, 9);
  });
  test('C median gap: (23 - 19) / 23 = 17,39 %', () => {
    expect(value('hr.paygap_median')).toBeCloseTo((100 * 4) / 23, 9);
  });
  test('D median gap of variable pay: men 0 2 2 2 2 4, women 0 0 1 1 2 2: (2 - 1) / 2 = 50 %', () => {
    expect(value('hr.paygap_variable_median')).toBeCloseTo(50, 9);
  });
  test('E who receives variable pay: 4 of 6 women, 5 of 6 men; fewer than five of six are counted whole, not suppressed', () => {
    expect(value('hr.variable_share_women')).toBeCloseTo((100 * 4) / 6, 9);
    expect(value('hr.variable_share_men')).toBeCloseTo((100 * 5) / 6, 9);
  });
  test('F quartiles of three people are too small to show; they are counted nonetheless', () => {
    // 16F 18F 18F | 20F 20M 20M | 22F 22M 24F | 24M 26M 30M
    for (const k of [1, 2, 3, 4]) expect(figures.get(`hr.quartile_${k}_women`)?.status).toBe('suppressed');
  });
  test('G gap of ordinary pay among workers: men 18 18 20 22 26 26, women 15 17 18 20 20 22: (130 - 112) / 130 = 13,85 %', () => {
    expect(value('hr.paygap_base_worker')).toBeCloseTo((100 * 18) / 130, 6);
    expect(value('hr.paygap_variable_worker')).toBeCloseTo(50, 9);
  });
  test('G of a category without anybody is not calculable, neither missing nor 0', () => {
    expect(figures.get('hr.paygap_base_manager')).toMatchObject({ status: 'not_calculable', value: null });
  });
  test('the ratio of the highest pay to the median of the others shows neither', () => {
    // 30 x 150 h x 12 = 54 000; others 16 18 18 20 20 [20] 22 22 24 24 26 -> 20 x 1 820,04 h = 36 400,80
    expect(value('hr.remun_ratio')).toBeCloseTo(54_000 / 36_400.8, 9);
    expect(figures.get('hr.remun_ratio')).toMatchObject({ numerator: null, denominator: null });
  });
});

describe('quartiles of enough people', () => {
  test('twenty people in fours of five: 5, 4, 1 and 0 women', async () => {
    // 1-5 F, 6-9 F and 10 M, 11 F and 12-15 M, 16-20 M by rising pay
    const staff: Employee[] = Array.from({ length: 20 }, (_, i) => ({
      id: `p${String(i).padStart(2, '0')}`,
      sex: i < 9 || i === 10 ? 'F' : 'M',
      rate: 15 + i,
    }));
    const figures = await figuresOf(
      staff,
      [1, 2, 3, 4].map((k) => `hr.quartile_${k}_women`),
    );
    expect(Object.fromEntries([...figures].map(([id, figure]) => [id, Number(figure.value)]))).toEqual({
      'hr.quartile_1_women': 100,
      'hr.quartile_2_women': 80,
      'hr.quartile_3_women': 20,
      'hr.quartile_4_women': 0,
    });
  });
});

describe('who comes, stays and leaves', () => {
  // 40 people all year, of 60, 50, 30 and 29 years; 6 hired on 1 October, of whom 2 end a temporary contract on 31 December;
  // 5 resign on 15 November
  const staff: Employee[] = [
    ...Array.from({ length: 40 }, (_, i) => ({
      id: `a${i}`,
      sex: i < 15 ? ('F' as const) : ('M' as const),
      born: [1965, 1975, 1995, 1996][i % 4] as number,
    })),
    ...Array.from({ length: 6 }, (_, i) => ({
      id: `b${i}`,
      sex: 'F' as const,
      born: 1996,
      from: '2025-10-01',
      contract: 'temporary',
      ...(i < 2 ? { to: '2025-12-31', reason: 'end_of_temporary' } : {}),
    })),
    ...Array.from({ length: 5 }, (_, i) => ({
      id: `c${i}`,
      sex: 'M' as const,
      born: 1975,
      to: '2025-11-15',
      reason: 'resignation',
    })),
  ];
  let figures: Map<string, Figure>;
  const reasons = [
    'resignation',
    'dismissal',
    'mutual',
    'retirement',
    'end_of_temporary',
    'trial_period',
    'death',
    'transfer_other',
  ];
  beforeAll(async () => {
    figures = await figuresOf(
      staff,
      catalogue.indicators
        .map((i) => i.id)
        .filter((id) =>
          /^hr\.(headcount|avg_headcount|age_|leavers|hires|turnover_fr|temp$|perm$|fte)/.test(id),
        ),
    );
  });
  const raw = (id: string) => figures.get(id);
  const value = (id: string) => Number(figures.get(id)?.value);

  test('a leaver of the last day is present that day: 46, of whom 21 women', () => {
    expect(value('hr.headcount quarter')).toBe(46);
    expect(value('hr.headcount_women quarter')).toBe(21);
    expect(value('hr.headcount_men quarter')).toBe(25);
    expect(value('hr.headcount_abroad quarter')).toBe(46);
    expect(value('hr.headcount_france quarter')).toBe(0);
  });
  test('the average is that of the month-ends: October 51, November and December 46', () => {
    expect(value('hr.avg_headcount quarter')).toBeCloseTo((51 + 46 + 46) / 3, 9);
    expect(value('hr.avg_headcount')).toBeCloseTo((9 * 45 + 51 + 46 + 46) / 12, 9);
  });
  test('50 and 30 belong to the middle band: 16 under, 20 within, 10 over of 46', () => {
    expect(value('hr.age_under_30 quarter')).toBeCloseTo((100 * 16) / 46, 9);
    expect(value('hr.age_30_50 quarter')).toBeCloseTo((100 * 20) / 46, 9);
    expect(value('hr.age_over_50 quarter')).toBeCloseTo((100 * 10) / 46, 9);
  });
  test('reasons add up to the leavers, small ones suppressed', () => {
    expect(value('hr.leavers quarter')).toBe(7);
    // 2 people, whom 7 leavers less 5 resignations would tell
    expect(raw('hr.leavers_end_of_temporary quarter')?.status).toBe('suppressed');
    expect(raw('hr.leavers_resignation quarter')?.status).toBe('suppressed');
    expect(reasons.filter((r) => raw(`hr.leavers_${r} quarter`)?.value === '0').length).toBe(6);
  });
  test('French turnover halves entries and exits: (6 + 7) / 2 over the average', () => {
    expect(value('hr.turnover_fr')).toBeCloseTo((100 * 6.5) / ((9 * 45 + 51 + 46 + 46) / 12), 6);
  });
});
