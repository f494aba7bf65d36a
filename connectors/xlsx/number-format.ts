/** What a number format makes of a number, as far as its value is concerned. */
export interface NumberFormat {
  /** the number is a day, a time of day, both, or a length of time; undefined: a plain number */
  readonly moment?: 'date' | 'time' | 'datetime' | 'elapsed';
  /** decimals of the seconds shown */
  readonly secondDecimals?: number;
  /** a format of zeros only, as for SIRET numbers: the number is shown with that many digits */
  readonly digits?: number;
}

const plain: NumberFormat = {};

/** Built-in formats that are dates or times (ECMA-376 part 1, 18.8.30, with those of East Asian locales). */
export function builtInFormat(id: number): NumberFormat {
  if ((id >= 14 && id <= 17) || (id >= 27 && id <= 31) || (id >= 34 && id <= 36) || (id >= 50 && id <= 58)) {
    return { moment: 'date' };
  }
  if (id === 22) return { moment: 'datetime' };
  if ((id >= 18 && id <= 21) || id === 32 || id === 33 || id === 45) return { moment: 'time' };
  if (id === 46) return { moment: 'elapsed' };
  if (id === 47) return { moment: 'time', secondDecimals: 1 };
  return plain;
}

/**
 * Reads a format code: is it a date, a time, both?
 *
 * @example numberFormat('dd/mm/yyyy').moment // 'date'
 * @example numberFormat('[h]:mm').moment // 'elapsed'
 */
export function numberFormat(code: string): NumberFormat {
  const bare = code
    .replace(/"[^"]*"?/g, '')
    .replace(/\\./g, '')
    .replace(/[_*]./g, '')
    .toLowerCase();
  const first = bare.split(';')[0] as string;
  if (/\[(h+|m+|s+)\]/.test(first)) return { moment: 'elapsed' };
  const letters = first.replace(/\[[^\]]*\]/g, '').replace(/am\/pm|a\/p/g, 'h');
  if (/^general$/.test(letters.trim())) return plain;
  if (/^0{2,}$/.test(letters.trim())) return { digits: letters.trim().length };
  const hasTime = /[hs]/.test(letters);
  const hasDate = /[yd]/.test(letters) || (/m/.test(letters) && !hasTime);
  if (!hasDate && !hasTime) return plain;
  const secondDecimals = /s[.,](0+)/.exec(letters)?.[1]?.length ?? 0;
  return { moment: hasDate ? (hasTime ? 'datetime' : 'date') : 'time', secondDecimals };
}
