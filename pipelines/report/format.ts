import { Decimal } from 'decimal.js';
import {
  listed,
  monthNames,
  narrowSpace,
  noBreakSpace,
  number,
  percentage,
  quantity,
  quarterName,
  type Rounding,
  rounded,
  shortMonthNames,
  unitName,
} from '../language/quantity.ts';
import type { Language } from './content.ts';

export { listed as list, narrowSpace, noBreakSpace, number, percentage as share, quantity, unitName };

/** A number with its sign, a zero with none: `+4,2`, `−0,3`, `0,0`. */
export function signed(value: string, rounding: Rounding, language: Language): string {
  const digits = number(value, rounding, language);
  const shown = rounded(value, rounding);
  return shown.isZero() || shown.isNegative() ? digits : `+${digits}`;
}

/** A whole or decimal number of units of a scale chosen for a group of values, so that they compare at a glance. */
export interface Scale {
  /** the value is divided by this power of ten */
  readonly power: number;
  readonly unit: string;
  readonly decimals: Rounding;
}

/** Money in thousands or millions where all digits would hide the figure; every other unit as it is. */
export function scaleFor(
  unit: string,
  decimals: Rounding,
  values: readonly (string | null)[],
  language: Language,
): Scale {
  const plain = { power: 0, unit: unitName(unit, language), decimals };
  if (unit !== 'EUR') return plain;
  const largest = Decimal.max(0, ...values.filter((v) => v !== null).map((v) => new Decimal(v).abs()));
  if (largest.greaterThanOrEqualTo(1_000_000))
    return { power: 6, unit: language === 'fr' ? 'M€' : '€m', decimals: 2 };
  if (largest.greaterThanOrEqualTo(100_000))
    return { power: 3, unit: language === 'fr' ? 'k€' : '€k', decimals: 0 };
  return plain;
}

/**
 * One scale for a whole column of a table, so that its lines compare: money in thousands, with a decimal where a
 * line is below ten of them; in millions where no line is below one; in units where a line would vanish.
 */
export function columnScale(
  unit: string,
  decimals: number,
  values: readonly (string | null)[],
  language: Language,
): Scale {
  const sizes = values.flatMap((v) => (v === null ? [] : new Decimal(v).abs())).filter((v) => !v.isZero());
  const smallest = Decimal.min(...(sizes.length > 0 ? sizes : [0]));
  const alike = scaleFor(unit, decimals, values, language);
  if (alike.power === 0 || (alike.power === 6 && smallest.greaterThanOrEqualTo(1_000_000))) return alike;
  if (smallest.lessThan(100)) return { power: 0, unit: unitName(unit, language), decimals };
  const thousands = scaleFor(unit, decimals, ['100000'], language);
  return { ...thousands, decimals: smallest.lessThan(10_000) ? 1 : 0 };
}

/** The digits of a value in a scale, without the unit. */
export function scaled(value: string, scale: Scale, language: Language): string {
  return number(
    new Decimal(value).dividedBy(new Decimal(10).pow(scale.power)).toFixed(),
    scale.decimals,
    language,
  );
}

/** The value in a scale with its unit: `4,21 M€`, `€4.21m`, `12 345 MWh`. */
export function scaledQuantity(value: string, scale: Scale, language: Language): string {
  const digits = scaled(value, scale, language);
  const money = /^€([mk]?)$/.exec(scale.unit);
  if (language === 'en' && money) {
    return digits.startsWith('\u2212') ? `\u2212€${digits.slice(1)}${money[1]}` : `€${digits}${money[1]}`;
  }
  if (scale.unit === '') return digits;
  if (scale.unit === '%') return language === 'fr' ? `${digits}${narrowSpace}%` : `${digits}%`;
  return `${digits}${noBreakSpace}${scale.unit}`;
}

/** An ISO day in words: `1ᵉʳ juillet 2026`, `1 July 2026`; a text that is no ISO day is returned as it is. */
export function date(iso: string, language: Language): string {
  return inWords(iso, language, monthNames[language]);
}

/** The same with a short month, for tables: `30 sept. 2026`, `30 Sep 2026`. */
export function shortDate(iso: string, language: Language): string {
  return inWords(iso, language, shortMonthNames[language]);
}

/** A month `2026-07` or `2026-07-01`: `juil. 2026`. */
export function month(iso: string, language: Language): string {
  const found = /^(\d{4})-(\d{2})/.exec(iso);
  const name = shortMonthNames[language][Number(found?.[2]) - 1];
  return found && name ? `${name}${noBreakSpace}${found[1]}` : iso;
}

function inWords(iso: string, language: Language, names: readonly string[]): string {
  const found = /^(\d{4})-(\d{2})-(\d{2})$/.exec(iso);
  const name = names[Number(found?.[2]) - 1];
  if (!found || !name) return iso;
  const day = Number(found[3]);
  return `${language === 'fr' && day === 1 ? '1ᵉʳ' : day}${noBreakSpace}${name}${noBreakSpace}${found[1]}`;
}

/** `T3 2026` or `Q3 2026`; a period of another form is returned as it is. */
export function quarter(period: string, language: Language): string {
  return /^\d{4}-Q[1-4]$/.test(period) ? quarterName(period, language) : period;
}

/** `3ᵉ trimestre 2026` or `third quarter of 2026`. */
export function quarterInWords(period: string, language: Language): string {
  const found = /^(\d{4})-Q([1-4])$/.exec(period);
  if (!found) return period;
  const index = Number(found[2]);
  if (language === 'fr')
    return `${index === 1 ? '1ᵉʳ' : `${index}ᵉ`}${noBreakSpace}trimestre${noBreakSpace}${found[1]}`;
  return `${['first', 'second', 'third', 'fourth'][index - 1]} quarter of${noBreakSpace}${found[1]}`;
}
