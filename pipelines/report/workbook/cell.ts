import { typography } from '../../language/typography.ts';
import type { Language } from '../../language/wording.ts';
import type { Look } from './excel.ts';
import type { Content } from './sheet-xml.ts';

/** A cell of a sheet: what it holds, and what in its look departs from the column's. */
export type Cell = Content & { readonly look?: Look };
export type Cells = Readonly<Record<string, Cell | undefined>>;

export const text = (words: string | null | undefined, look?: Look): Cell => ({
  kind: 'text',
  text: words ?? '',
  ...(look ? { look } : {}),
});
export const number = (value: string | number, look?: Look): Cell => ({
  kind: 'number',
  value,
  ...(look ? { look } : {}),
});
export const day = (iso: string | null): Cell =>
  iso === null ? { kind: 'empty' } : { kind: 'day', day: iso };
export const link = (words: string, to: string | undefined, look?: Look): Cell =>
  to === undefined ? text(words, look) : { kind: 'link', text: words, to, ...(look ? { look } : {}) };

/** A live formula with the value that a reader sees before any recalculation: decimal text, or words. */
export function formula(expression: string, result: Shown, look?: Look): Cell {
  return {
    kind: 'formula',
    formula: expression,
    result: result.text,
    numeric: result.numeric,
    ...(look ? { look } : {}),
  };
}

/** A cell whose words are set in the typography of the language; what is written in the face of codes stands as it is. */
export function inType(cell: Cell, language: Language): Cell {
  if ((cell.kind !== 'text' && cell.kind !== 'link') || cell.look?.font !== undefined) return cell;
  const set = typography(cell.text, language);
  return set === cell.text ? cell : { ...cell, text: set };
}

/** A value as a cell shows it: a number as decimal text, or a word in its place. */
export interface Shown {
  readonly text: string;
  readonly numeric: boolean;
}
export const numeric = (value: string | number): Shown => ({ text: String(value), numeric: true });
export const words = (value: string): Shown => ({ text: value, numeric: false });

const atRight: Look = { across: 'right' };

/** A shown value without a formula. */
export const still = (shown: Shown, look: Look = atRight): Cell => {
  if (shown.numeric) return number(shown.text, look === atRight ? undefined : look);
  return text(shown.text, look.across === undefined ? { ...atRight, ...look } : look);
};
