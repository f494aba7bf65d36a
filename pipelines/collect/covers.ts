import { monthsBetween, quarterOf } from '../configuration/period.ts';
import type { Source } from '../configuration/schema.ts';

/** Days that an extract covers, both included, read from its name; null when it covers everything. */
export interface Coverage {
  readonly from: string;
  readonly to: string;
}

/**
 * What the name of an extract says it covers, by the pattern of its source.
 *
 * @example coverageOf(source with covers '(?<year>\\d{4})-(?<month>\\d{2})', 'fuel_2026-07.csv', 1)
 *          // { from: '2026-07-01', to: '2026-07-31' }
 * @returns `undefined` when the source has a pattern and the name does not follow it
 */
export function coverageOf(
  source: Source,
  name: string,
  fiscalYearStartMonth: number,
): Coverage | null | undefined {
  if (source.covers === undefined) return null;
  const groups = new RegExp(source.covers).exec(name)?.groups;
  if (!groups) return undefined;
  const start = String(fiscalYearStartMonth).padStart(2, '0');
  if (groups.to) {
    const to = `${groups.to.slice(0, 4)}-${groups.to.slice(4, 6)}-${groups.to.slice(6, 8)}`;
    const sameYear = `${to.slice(0, 4)}-${start}-01`;
    const from = sameYear <= to ? sameYear : `${Number(to.slice(0, 4)) - 1}-${start}-01`;
    return { from, to };
  }
  if (groups.month) return wholeMonth(`${groups.year}-${groups.month.padStart(2, '0')}`);
  if (groups.quarter) {
    const { from, to } = quarterOf(`${groups.year}-Q${groups.quarter}`, fiscalYearStartMonth);
    return { from, to };
  }
  const first = quarterOf(`${groups.year}-Q1`, fiscalYearStartMonth).from;
  const last = quarterOf(`${groups.year}-Q4`, fiscalYearStartMonth).to;
  return { from: first, to: last };
}

/** Months (`yyyy-mm-01`) of the history that an extract covers. */
export function monthsCovered(coverage: Coverage | null, history: { from: string; to: string }): string[] {
  if (coverage === null) return monthsBetween(history.from, history.to);
  const from = coverage.from > history.from ? coverage.from : history.from;
  const to = coverage.to < history.to ? coverage.to : history.to;
  return from <= to ? monthsBetween(from, to) : [];
}

function wholeMonth(month: string): Coverage {
  const [year, number] = month.split('-').map(Number) as [number, number];
  const days = new Date(Date.UTC(year, number, 0)).getUTCDate();
  return { from: `${month}-01`, to: `${month}-${String(days).padStart(2, '0')}` };
}
