/** Civil days, both included, `2020-11-01`. */
export interface Days {
  readonly first: string;
  readonly last: string;
  readonly unit: 'day' | 'week' | 'month';
}

const MONTHS = [
  'janvier',
  'fevrier',
  'mars',
  'avril',
  'mai',
  'juin',
  'juillet',
  'aout',
  'septembre',
  'octobre',
  'novembre',
  'decembre',
];

/**
 * The days that a label of GRDF's customer space stands for: a month (`Novembre 2020 `), a day
 * (`24/11/2021`), or a week (`Du 15/11/2021 au 21/11/2021`).
 *
 * @example daysOf('Février 2024') // { first: '2024-02-01', last: '2024-02-29', unit: 'month' }
 */
export function daysOf(label: string): Days | undefined {
  const text = label
    .normalize('NFD')
    .replace(/\p{M}/gu, '')
    .replace(/[\s\u00a0]+/g, ' ')
    .trim()
    .toLowerCase();
  const month = /^([a-z]+) ([0-9]{4})$/.exec(text);
  if (month) {
    const index = MONTHS.indexOf(month[1] ?? '');
    if (index < 0) return undefined;
    const year = Number(month[2]);
    return { first: iso(year, index + 1, 1), last: lastDay(year, index + 1), unit: 'month' };
  }
  const days = [...text.matchAll(/([0-9]{2})\/([0-9]{2})\/([0-9]{4})|([0-9]{4})-([0-9]{2})-([0-9]{2})/g)].map(
    ([, day, month, year, isoYear, isoMonth, isoDay]) =>
      realDay(Number(year ?? isoYear), Number(month ?? isoMonth), Number(day ?? isoDay)),
  );
  const [first, last] = days;
  if (first === undefined || days.length > 2 || days.includes(undefined)) return undefined;
  if (days.length === 1)
    return /^[0-9/-]+(t00:00:00z?)?$/.test(text) ? { first, last: first, unit: 'day' } : undefined;
  return last !== undefined && last >= first ? { first, last, unit: 'week' } : undefined;
}

/** The day before an ISO day. */
export function dayBefore(day: string): string {
  return new Date(Date.parse(`${day}T00:00:00Z`) - 86_400_000).toISOString().slice(0, 10);
}

function realDay(year: number, month: number, day: number): string | undefined {
  const text = iso(year, month, day);
  const date = new Date(`${text}T00:00:00Z`);
  return Number.isNaN(date.getTime()) || date.toISOString().slice(0, 10) !== text ? undefined : text;
}

function lastDay(year: number, month: number): string {
  return new Date(Date.UTC(year, month, 0)).toISOString().slice(0, 10);
}

function iso(year: number, month: number, day: number): string {
  return [String(year).padStart(4, '0'), String(month).padStart(2, '0'), String(day).padStart(2, '0')].join(
    '-',
  );
}
