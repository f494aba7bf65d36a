import { Decimal } from 'decimal.js';
import type { Language } from './wording.ts';

/** U+202F: thousands, and before `; : ! ? %` in French. */
export const narrowSpace = '\u202f';
/** U+00A0: between a number and its unit, a day and its month. */
export const noBreakSpace = '\u00a0';

/** How a value is rounded when it is shown: to a number of decimals, or to so many significant figures. */
export type Rounding = number | { readonly significant: number };

/**
 * The decimals that a value is shown with. Significant figures never shorten the whole part, and count from the
 * rounded value: of three, `0.04567` has 4 decimals (0.0457), `9.995` one (10.0), `999.5` none (1000), zero none.
 */
export function decimalsFor(value: string | number | null, rounding: Rounding): number {
  if (typeof rounding === 'number') return rounding;
  const { significant } = rounding;
  const kept = new Decimal(value ?? 0).toSignificantDigits(significant, Decimal.ROUND_HALF_UP);
  // figures have twelve decimals at most
  return kept.isZero() ? 0 : Math.min(12, Math.max(0, significant - 1 - kept.e));
}

/** Of what departments compare: money and people in whole units. */
export const decimalsOfUnit = (unit: string): number => (['EUR', 'persons', 'count'].includes(unit) ? 0 : 1);

/** A value as it is shown, half away from zero. */
export function rounded(value: string, rounding: Rounding): Decimal {
  return new Decimal(value).toDecimalPlaces(decimalsFor(value, rounding), Decimal.ROUND_HALF_UP);
}

/** The same rounding with more digits. */
export function finer(rounding: Rounding, digits: number): Rounding {
  return typeof rounding === 'number' ? rounding + digits : { significant: rounding.significant + digits };
}

/** The same rounding with no fewer decimals than these; significant figures tell small values already. */
export function atLeast(rounding: Rounding, decimals: number): Rounding {
  return typeof rounding === 'number' ? Math.max(rounding, decimals) : rounding;
}

/** A decimal text as it is printed: `12 345,6` or `12,345.6`, rounded half away from zero. */
export function number(value: string, rounding: Rounding, language: Language): string {
  const fixed = new Decimal(value).toFixed(decimalsFor(value, rounding), Decimal.ROUND_HALF_UP);
  const [whole = '0', fraction] = fixed.replace(/^-(0(\.0*)?)$/, '$1').split('.');
  const grouped = whole.replace(/\B(?=(\d{3})+(?!\d))/g, language === 'fr' ? narrowSpace : ',');
  const text = fraction ? `${grouped}${language === 'fr' ? ',' : '.'}${fraction}` : grouped;
  return text.replace('-', '\u2212');
}

/** What a unit is called: its symbol beside a number, and the same written out where the symbol does not say it. */
interface UnitName {
  readonly symbol?: Readonly<Record<Language, string>>;
  readonly words?: Readonly<Record<Language, string>>;
}

const unitNames: Readonly<Record<string, UnitName>> = {
  '%': { words: { fr: 'pour cent', en: 'per cent' } },
  EUR: { symbol: { fr: '€', en: '€' }, words: { fr: 'euros', en: 'euros' } },
  USD: { symbol: { fr: '$', en: '$' } },
  GBP: { symbol: { fr: '£', en: '£' } },
  'EUR.d': { symbol: { fr: '€·j', en: '€·d' }, words: { fr: 'euros × jours', en: 'euros × days' } },
  'EUR/h': { words: { fr: 'euros par heure', en: 'euros per hour' } },
  'EUR/FTE': { words: { fr: 'euros par équivalent temps plein', en: 'euros per full-time equivalent' } },
  m2: { symbol: { fr: 'm²', en: 'm²' } },
  m3: { symbol: { fr: 'm³', en: 'm³' } },
  'per 1e6 h': {
    symbol: { fr: 'par million d’h', en: 'per million h' },
    words: { fr: 'nombre par million d’heures travaillées', en: 'number per million hours worked' },
  },
  'per 2e5 h': {
    symbol: { fr: 'pour 200 000 h', en: 'per 200,000 h' },
    words: { fr: 'nombre pour 200\u202f000 heures travaillées', en: 'number per 200,000 hours worked' },
  },
  'd per 1e3 h': {
    symbol: { fr: 'j pour mille h', en: 'd per thousand h' },
    words: { fr: 'jours pour mille heures travaillées', en: 'days per thousand hours worked' },
  },
  h: { words: { fr: 'heures', en: 'hours' } },
  d: { symbol: { fr: 'j', en: 'd' }, words: { fr: 'jours', en: 'days' } },
  days: { symbol: { fr: 'jours', en: 'days' } },
  years: { symbol: { fr: 'ans', en: 'years' }, words: { fr: 'années', en: 'years' } },
  persons: { symbol: { fr: 'pers.', en: 'people' }, words: { fr: 'personnes', en: 'people' } },
  FTE: {
    symbol: { fr: 'ETP', en: 'FTE' },
    words: { fr: 'équivalents temps plein', en: 'full-time equivalents' },
  },
  units: {
    symbol: { fr: 'unités', en: 'units' },
    words: { fr: 'unités bénéficiaires', en: 'beneficiary units' },
  },
  point: { symbol: { fr: 'pts', en: 'pts' }, words: { fr: 'points', en: 'points' } },
  points: { symbol: { fr: 'pts', en: 'pts' }, words: { fr: 'points', en: 'points' } },
  answers: { words: { fr: 'réponses', en: 'answers' } },
  count: { symbol: { fr: '', en: '' }, words: { fr: 'nombre', en: 'number' } },
  ratio: { symbol: { fr: '', en: '' }, words: { fr: 'rapport, sans unité', en: 'ratio, without a unit' } },
  t: { words: { fr: 'tonnes', en: 'tonnes' } },
  ha: { words: { fr: 'hectares', en: 'hectares' } },
  kg: { words: { fr: 'kilogrammes', en: 'kilograms' } },
  'MWh PCS': {
    words: { fr: 'MWh de pouvoir calorifique supérieur', en: 'MWh of gross calorific value' },
  },
};

/** A unit as a reader writes it: `tCO₂e`, `€`, `m³`, `ETP`; nothing for bare counts and ratios. */
export function unitName(unit: string, language: Language): string {
  return (
    unitNames[unit]?.symbol?.[language] ??
    unit
      .replaceAll('CO2', 'CO₂')
      .replace(/(?:MEUR|EUR m)\b/, language === 'fr' ? 'M€' : '€m')
      .replace(/EUR\b/, '€')
      .replace(/m3\b/, 'm³')
      .replace(/m2\b/, 'm²')
  );
}

/** A unit written out, for a definition: `jours pour mille heures travaillées`; its symbol where that is plain. */
export function unitInWords(unit: string, language: Language): string {
  return unitNames[unit]?.words?.[language] ?? unitName(unit, language);
}

/**
 * A decimal text with its unit, rounded half away from zero, never through floating point; `n.d.` for null.
 *
 * @example quantity('12345.65', 'MWh', 1, 'fr') // '12 345,7 MWh'
 */
export function quantity(value: string | null, unit: string, rounding: Rounding, language: Language): string {
  if (value === null) return language === 'fr' ? 'n.d.' : 'n/a';
  const digits = number(value, rounding, language);
  const name = unitName(unit, language);
  if (name === '') return digits;
  if (language === 'en' && name === '%') return `${digits}%`;
  if (language === 'en' && /^[€$£]$/.test(name)) {
    return digits.startsWith('\u2212') ? `\u2212${name}${digits.slice(1)}` : `${name}${digits}`;
  }
  return `${digits}${name === '%' ? narrowSpace : noBreakSpace}${name}`;
}

/** A share between 0 and 1 as a percentage. */
export function percentage(share: number | string, decimals: number, language: Language): string {
  return quantity(new Decimal(share).times(100).toFixed(), '%', decimals, language);
}

/** `T3 2026` or `Q3 2026`. */
export function quarterName(period: string, language: Language): string {
  return language === 'fr'
    ? `T${period.slice(6)}${noBreakSpace}${period.slice(0, 4)}`
    : `Q${period.slice(6)}${noBreakSpace}${period.slice(0, 4)}`;
}

/** The same with its sign, for a change: `+13,5 MWh`, `−150 MWh`. */
export function change(value: string | null, unit: string, rounding: Rounding, language: Language): string {
  const shown = quantity(value, unit, rounding, language);
  return value !== null && new Decimal(value).greaterThan(0) ? `+${shown}` : shown;
}

/** The months, January first. */
export const monthNames: Readonly<Record<Language, readonly string[]>> = {
  fr: [
    'janvier',
    'février',
    'mars',
    'avril',
    'mai',
    'juin',
    'juillet',
    'août',
    'septembre',
    'octobre',
    'novembre',
    'décembre',
  ],
  en: [
    'January',
    'February',
    'March',
    'April',
    'May',
    'June',
    'July',
    'August',
    'September',
    'October',
    'November',
    'December',
  ],
};

/** The same, short, for tables. */
export const shortMonthNames: Readonly<Record<Language, readonly string[]>> = {
  fr: ['janv.', 'févr.', 'mars', 'avr.', 'mai', 'juin', 'juil.', 'août', 'sept.', 'oct.', 'nov.', 'déc.'],
  en: ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'],
};

/** A month given as `2026-09`: `septembre 2026` or `September 2026`. */
export function monthName(month: string, language: Language): string {
  const [year, number] = month.split('-') as [string, string];
  return `${monthNames[language][Number(number) - 1]}${noBreakSpace}${year}`;
}

/** Names in a row: `A, B et C` or `A, B and C`. */
export function listed(names: readonly string[], language: Language): string {
  const [last, ...before] = [...names].reverse();
  if (before.length === 0) return last ?? '';
  return `${before.reverse().join(', ')} ${language === 'fr' ? 'et' : 'and'} ${last}`;
}

/** An ISO day as a reader writes it: `28/11/2025`, or `28 Nov 2025`. */
export function dayName(day: string, language: Language): string {
  const [year, month, date] = day.split('-') as [string, string, string];
  if (language === 'fr') return `${date}/${month}/${year}`;
  const name = shortMonthNames.en[Number(month) - 1];
  return `${Number(date)}${noBreakSpace}${name}${noBreakSpace}${year}`;
}
