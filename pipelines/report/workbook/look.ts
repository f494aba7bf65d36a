import { Decimal } from 'decimal.js';
import { decimalsFor, type Rounding } from '../../language/quantity.ts';
import type { Condition, Look } from './excel.ts';
import type { ColumnLayout } from './layout.ts';

export const ink = {
  navy: '1F3A4D',
  body: '1F2933',
  muted: '61707D',
  link: '14568C',
  white: 'FFFFFF',
  band: '4A6A80',
  panel: 'EEF3F6',
  input: 'FFF6D6',
} as const;

export const titleLook: Look = { bold: true, size: 15, ink: ink.navy, down: 'middle' };
export const introLook: Look = { ink: ink.muted, italic: true, down: 'middle' };
export const sectionLook: Look = { bold: true, size: 11, ink: ink.navy, down: 'bottom', rule: 'thin' };
export const headLook: Look = {
  bold: true,
  ink: ink.white,
  fill: ink.navy,
  wrap: true,
  down: 'middle',
  across: 'center',
};
export const bandLook: Look = {
  bold: true,
  ink: ink.white,
  fill: ink.band,
  across: 'center',
  down: 'middle',
};
export const linkLook: Look = { ink: ink.link, underline: true };
/** A row of the group among those of its companies. */
export const groupLook: Look = { bold: true, fill: ink.panel };
export const totalLook: Look = { bold: true, ink: ink.navy, fill: ink.panel, across: 'right' };

/** Formats are codes that every locale reads in its own way: `,` and `.` become narrow space and comma in French. */
export function numberFormat(decimals: number): string {
  const digits = digitsFormat(decimals);
  return `${digits};${minus}${digits}`;
}

/** The minus sign of the report, where the format itself would write a hyphen. */
const minus = '"\u2212"';

const digitsFormat = (decimals: number) => (decimals === 0 ? '#,##0' : `#,##0.${'0'.repeat(decimals)}`);

/** The format of a value by its declared rounding: significant figures depend on the value, which no code counts. */
export function valueFormat(
  rounding: Rounding,
  ...values: readonly (string | number | null | undefined)[]
): string {
  return numberFormat(Math.max(...values.map((value) => decimalsFor(value ?? null, rounding))));
}

const laid = new WeakMap<Look, WeakMap<Look, Look>>();

/** A look with another laid over it: one object for the same two. */
export function laidOver(look: Look, over: Look): Look {
  const known = laid.get(look) ?? new WeakMap<Look, Look>();
  laid.set(look, known);
  const both = known.get(over) ?? { ...look, ...over };
  known.set(over, both);
  return both;
}

const formatted = new Map<string, Look>();

/** The look of a number in a format, at the right: one object for all cells that have it, so that its style is found once. */
export function numberLook(format: string): Look & { readonly format: string } {
  const known = formatted.get(format) ?? { format, across: 'right' };
  formatted.set(format, known);
  return known as Look & { readonly format: string };
}

export function percentFormat(decimals: number, language: 'fr' | 'en'): string {
  const percent = percentDigits(decimals, language);
  return `${percent};${minus}${percent}`;
}

const percentDigits = (decimals: number, language: 'fr' | 'en') =>
  `0${decimals === 0 ? '' : `.${'0'.repeat(decimals)}`}${language === 'fr' ? '"\u202f"' : ''}%`;

/** A difference with its sign, that of a number which reads as zero left out. */
export function signedFormat(decimals: number, value: string | number): string {
  const format = digitsFormat(decimals);
  return new Decimal(value).toDecimalPlaces(decimals).isZero()
    ? `${format};${format};${format}`
    : `+${format};${minus}${format};${format}`;
}

/** A relative change with its sign, or a difference in points. */
export function changeFormat(unit: string, rounding: Rounding, language: 'fr' | 'en'): string {
  if (unit === '%') {
    const points = `0.${'0'.repeat(Math.max(1, typeof rounding === 'number' ? rounding : rounding.significant - 1))}\\ "pt"`;
    return `+${points};${minus}${points};${points}`;
  }
  const percent = percentDigits(1, language);
  return `+${percent};${minus}${percent};${percent}`;
}

export const dayFormat = { fr: 'dd/mm/yyyy', en: 'dd\\ mmm\\ yyyy' } as const;

const kinds: Readonly<Record<ColumnLayout['kind'], Look>> = {
  text: { across: 'left', indent: 1 },
  wrap: { across: 'left', wrap: true, indent: 1 },
  code: { across: 'left', indent: 1, font: 'Consolas', size: 8, ink: ink.muted },
  number: { across: 'right', format: numberFormat(2) },
  integer: { across: 'right', format: numberFormat(0) },
  percent: { across: 'right' },
  change: { across: 'right' },
  day: { across: 'center' },
  status: { across: 'left', indent: 1 },
  link: { ...linkLook, across: 'center' },
};

export function columnLook(column: ColumnLayout, language: 'fr' | 'en'): Look {
  const look: Look = {
    ...kinds[column.kind],
    rule: 'hair',
    ...(column.kind === 'percent' ? { format: percentFormat(0, language) } : {}),
    ...(column.kind === 'change' ? { format: changeFormat('', 1, language) } : {}),
    ...(column.kind === 'day' ? { format: dayFormat[language] } : {}),
  };
  return column.input ? { ...look, fill: ink.input, rule: 'box', unlocked: true } : look;
}

/** Colours that repeat what the symbol at the head of the cell says already. */
export function symbolConditions(cell: string): Condition[] {
  const begins = (symbols: string[]) => `OR(${symbols.map((s) => `LEFT(${cell},1)="${s}"`).join(',')})`;
  return [
    { formula: begins(['▼', '✖']), ink: '9B1C1C', fill: 'FBE3E1', bold: true },
    { formula: begins(['▲']), ink: '7A4B00', fill: 'FDF0D5', bold: true },
    { formula: begins(['●', '★', '✔']), ink: '17603A' },
    { formula: begins(['◆']), ink: '1C4E80', fill: 'E3EEF8' },
    { formula: begins(['○', '■']), ink: '4B5563', fill: 'ECEEF0' },
  ];
}
