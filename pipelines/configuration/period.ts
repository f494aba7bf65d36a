import { Fault } from '../fault.ts';

/** A quarter of the fiscal calendar, named by the year in which the fiscal year ends: `2026-Q3`. */
export interface Quarter {
  readonly id: string;
  /** first and last day, ISO */
  readonly from: string;
  readonly to: string;
}

/** @throws {Fault} PER-001 for anything but `yyyy-Qn` */
export function quarterOf(id: string, fiscalYearStartMonth = 1): Quarter {
  const match = /^(\d{4})-Q([1-4])$/.exec(id);
  if (!match) {
    throw new Fault('PER-001', `"${id}" is not a quarter.`, 'Write it as 2026-Q3.', { exitStatus: 2 });
  }
  const startYear = Number(match[1]) - (fiscalYearStartMonth === 1 ? 0 : 1);
  const firstMonth = startYear * 12 + (fiscalYearStartMonth - 1) + (Number(match[2]) - 1) * 3;
  return { id, from: firstDay(firstMonth), to: dayBefore(firstDay(firstMonth + 3)) };
}

/** The quarter `steps` later (earlier when negative). */
export function shiftQuarter(id: string, steps: number): string {
  const index = quarterIndex(id) + steps;
  return `${Math.floor(index / 4)}-Q${(index % 4) + 1}`;
}

/** Quarters from one to another, both included. */
export function quartersBetween(first: string, last: string): string[] {
  const found: string[] = [];
  for (let id = first; quarterIndex(id) <= quarterIndex(last); id = shiftQuarter(id, 1)) found.push(id);
  return found;
}

/** The last quarter that ended before `day` (ISO). */
export function lastClosedQuarter(day: string, fiscalYearStartMonth = 1): string {
  const year = Number(day.slice(0, 4)) + 1;
  let id = `${year}-Q4`;
  while (quarterOf(id, fiscalYearStartMonth).to >= day) id = shiftQuarter(id, -1);
  return id;
}

export function quarterIndex(id: string): number {
  return Number(id.slice(0, 4)) * 4 + Number(id.slice(6)) - 1;
}

/** Months (`yyyy-mm-01`) of a span of days. */
export function monthsBetween(from: string, to: string): string[] {
  const months: string[] = [];
  for (let index = monthIndex(from); index <= monthIndex(to); index += 1) months.push(firstDay(index));
  return months;
}

export function monthEnd(monthStart: string): string {
  return dayBefore(firstDay(monthIndex(monthStart) + 1));
}

function monthIndex(day: string): number {
  return Number(day.slice(0, 4)) * 12 + Number(day.slice(5, 7)) - 1;
}

function firstDay(index: number): string {
  return `${Math.floor(index / 12)}-${String((index % 12) + 1).padStart(2, '0')}-01`;
}

function dayBefore(day: string): string {
  return new Date(Date.parse(`${day}T00:00:00Z`) - 86_400_000).toISOString().slice(0, 10);
}
