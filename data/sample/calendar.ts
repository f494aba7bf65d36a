/** Days as `yyyy-mm-dd`, months as `yyyy-mm`, quarters as `yyyy-Qn`; all local days, no time zone. */
export type Day = string;
export type Month = string;
export type Quarter = string;

const dayMilliseconds = 86_400_000;

export function addDays(day: Day, days: number): Day {
  return new Date(Date.parse(`${day}T00:00:00Z`) + days * dayMilliseconds).toISOString().slice(0, 10);
}

/** Days from `from` to `to`; 0 for the same day. */
export function daysBetween(from: Day, to: Day): number {
  return Math.round((Date.parse(`${to}T00:00:00Z`) - Date.parse(`${from}T00:00:00Z`)) / dayMilliseconds);
}

export function later(a: Day, b: Day): Day {
  return a > b ? a : b;
}

export function earlier(a: Day, b: Day): Day {
  return a < b ? a : b;
}

export function monthOf(day: Day): Month {
  return day.slice(0, 7);
}

export function firstDay(month: Month): Day {
  return `${month}-01`;
}

export function daysIn(month: Month): number {
  return new Date(Date.UTC(Number(month.slice(0, 4)), Number(month.slice(5, 7)), 0)).getUTCDate();
}

export function lastDay(month: Month): Day {
  return `${month}-${String(daysIn(month)).padStart(2, '0')}`;
}

export function addMonths(month: Month, count: number): Month {
  const index = Number(month.slice(0, 4)) * 12 + Number(month.slice(5, 7)) - 1 + count;
  return `${Math.floor(index / 12)}-${String((index % 12) + 1).padStart(2, '0')}`;
}

export function months(from: Month, to: Month): Month[] {
  const list: Month[] = [];
  for (let month = from; month <= to; month = addMonths(month, 1)) list.push(month);
  return list;
}

export function quarterOf(month: Month): Quarter {
  return `${month.slice(0, 4)}-Q${Math.ceil(Number(month.slice(5, 7)) / 3)}`;
}

export function monthsOf(quarter: Quarter): [Month, Month, Month] {
  const first = `${quarter.slice(0, 4)}-${String(Number(quarter.slice(6)) * 3 - 2).padStart(2, '0')}`;
  return [first, addMonths(first, 1), addMonths(first, 2)];
}

/** Quarters that hold at least one of the months, in order. */
export function quartersOf(list: readonly Month[]): Quarter[] {
  return [...new Set(list.map(quarterOf))];
}

/** 0 Sunday to 6 Saturday. */
export function weekday(day: Day): number {
  return new Date(`${day}T00:00:00Z`).getUTCDay();
}

const closed = new Map<Day, boolean>();

/** Monday to Friday, French public holidays left out. */
export function isWorkingDay(day: Day): boolean {
  let working = closed.get(day);
  if (working === undefined) {
    working = ![0, 6].includes(weekday(day)) && !holidays(day.slice(0, 4)).includes(day);
    closed.set(day, working);
  }
  return working;
}

export function workingDays(from: Day, to: Day): number {
  let count = 0;
  for (let day = from; day <= to; day = addDays(day, 1)) if (isWorkingDay(day)) count++;
  return count;
}

export function lastWorkingDay(month: Month): Day {
  let day = lastDay(month);
  while (!isWorkingDay(day)) day = addDays(day, -1);
  return day;
}

/** `31122026`, as DSN writes days. */
export function dsnDay(day: Day): string {
  return `${day.slice(8, 10)}${day.slice(5, 7)}${day.slice(0, 4)}`;
}

/** `31/12/2026` */
export function frenchDay(day: Day): string {
  return `${day.slice(8, 10)}/${day.slice(5, 7)}/${day.slice(0, 4)}`;
}

const holidayLists = new Map<string, Day[]>();

function holidays(year: string): Day[] {
  let list = holidayLists.get(year);
  if (!list) {
    const fixed = ['01-01', '05-01', '05-08', '07-14', '08-15', '11-01', '11-11', '12-25'];
    const sunday = easter(Number(year));
    list = [...fixed.map((end) => `${year}-${end}`), ...[1, 39, 50].map((after) => addDays(sunday, after))];
    holidayLists.set(year, list);
  }
  return list;
}

/** Easter Sunday, by the anonymous Gregorian rule. */
function easter(year: number): Day {
  const a = year % 19;
  const b = Math.floor(year / 100);
  const c = year % 100;
  const h = (19 * a + b - Math.floor(b / 4) - Math.floor((b - Math.floor((b + 8) / 25) + 1) / 3) + 15) % 30;
  const l = (32 + 2 * (b % 4) + 2 * Math.floor(c / 4) - h - (c % 4)) % 7;
  const m = Math.floor((a + 11 * h + 22 * l) / 451);
  const n = h + l - 7 * m + 114;
  return `${year}-${String(Math.floor(n / 31)).padStart(2, '0')}-${String((n % 31) + 1).padStart(2, '0')}`;
}

/** Offset of French time to UTC in hours at the start of a local day: 2 in summer, 1 in winter. */
export function offsetAtMidnight(day: Day): 1 | 2 {
  const year = day.slice(0, 4);
  return day > lastSunday(year, '03') && day <= lastSunday(year, '10') ? 2 : 1;
}

/** The days when French clocks change: last Sundays of March and October. */
export function lastSunday(year: string, month: '03' | '10'): Day {
  let day = lastDay(`${year}-${month}`);
  while (weekday(day) !== 0) day = addDays(day, -1);
  return day;
}
