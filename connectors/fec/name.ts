import { ExtractError } from '../connector.ts';

/** What the file's name states (LPF A47 A-1, VII: `SirenFECAAAAMMJJ`). */
export interface FecName {
  readonly siren: string;
  /** closing date of the fiscal year, ISO */
  readonly closing: string;
}

/**
 * Reads SIREN and closing date in the name: `732829320FEC20251231.txt`, whatever the case, with a suffix
 * (`_001`, `-part2`, `.txt.gz`) or folders before it. `declared` wins over the name.
 *
 * @throws ExtractError FEC-002 when neither the name nor the options state them.
 */
export function fecName(name: string, declared: { siren?: string; closing_date?: string }): FecName {
  const base = name.slice(name.lastIndexOf('/') + 1);
  const found = /(?<![0-9])([0-9]{9})[ _-]?fec[ _-]?([0-9]{4})([0-9]{2})([0-9]{2})(?![0-9])/i.exec(base);
  const siren = declared.siren ?? found?.[1];
  const closing = declared.closing_date ?? (found ? `${found[2]}-${found[3]}-${found[4]}` : undefined);
  if (siren === undefined || closing === undefined) {
    const missing = siren !== undefined ? 'closing' : closing !== undefined ? 'siren' : 'both';
    throw new ExtractError('FEC-002', { extract: name }, { case: missing });
  }
  if (!isDate(closing)) {
    throw new ExtractError('FEC-002', { extract: name }, { case: 'no_date', values: { closing } });
  }
  return { siren, closing };
}

function isDate(iso: string): boolean {
  const date = new Date(`${iso}T00:00:00Z`);
  return !Number.isNaN(date.getTime()) && date.toISOString().slice(0, 10) === iso;
}

/** Luhn key of a SIREN. All zeros pass the sum but belong to nobody. */
export function isSiren(siren: string): boolean {
  if (!/^[0-9]{9}$/.test(siren) || siren === '000000000') return false;
  let sum = 0;
  for (let index = 0; index < 9; index += 1) {
    const digit = Number(siren[8 - index]) * (index % 2 === 1 ? 2 : 1);
    sum += digit > 9 ? digit - 9 : digit;
  }
  return sum % 10 === 0;
}
