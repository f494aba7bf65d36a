import { damaged, type Package } from './package.ts';
import { formattedText } from './value.ts';
import type { Workbook } from './workbook.ts';
import { type Attributes, parsePart, unescaped } from './xml.ts';

/** Bounds of a sheet (Excel 2007 and later). */
const lastRow = 1_048_576;
const lastColumn = 16_384;

export interface Cell {
  /** from 1 */
  readonly column: number;
  /** `uncalculated`: a formula that was never computed, so that its result is not in the file */
  readonly kind: 'text' | 'number' | 'boolean' | 'moment' | 'error' | 'uncalculated';
  readonly text: string;
}

export interface SheetRow {
  /** from 1, as the spreadsheet shows it */
  readonly number: number;
  readonly hidden: boolean;
  /** the cells that hold something, by column */
  readonly cells: readonly Cell[];
}

export interface Range {
  readonly top: number;
  readonly left: number;
  readonly bottom: number;
  readonly right: number;
}

export interface SheetFacts {
  readonly merged: readonly Range[];
  readonly hiddenColumns: number;
}

/** What stands after the cells, or before them, in the sheet's part: merged ranges, hidden columns. */
export async function sheetFacts(from: Package, part: string): Promise<SheetFacts> {
  const merged: Range[] = [];
  let hiddenColumns = 0;
  let tail = '';
  // a whole parse for a few tags would double the time: tags cannot hold a raw "<", so text search is exact enough
  for await (const piece of from.text(part)) {
    const text = tail + piece;
    const whole = text.lastIndexOf('<');
    const seen = text.slice(0, Math.max(whole, 0));
    for (const [, ref] of seen.matchAll(/<(?:\w+:)?mergeCell\s[^>]*?ref\s*=\s*["']([^"']+)["']/g)) {
      const range = parseRange(ref as string);
      if (range) merged.push(range);
    }
    for (const [tag] of seen.matchAll(/<(?:\w+:)?col\s[^>]*>/g)) {
      if (!/\bhidden\s*=\s*["'](1|true)["']/.test(tag)) continue;
      const bound = (name: string) =>
        Number(new RegExp(`\\b${name}\\s*=\\s*["'](\\d+)["']`).exec(tag)?.[1] ?? 0);
      hiddenColumns += bound('max') - bound('min') + 1;
    }
    tail = text.slice(Math.max(whole, 0));
  }
  return { merged, hiddenColumns };
}

/** The rows that hold something, in file order, each cell as text. */
export async function* sheetRows(
  from: Package,
  part: string,
  workbook: Workbook,
): AsyncGenerator<SheetRow[]> {
  let rows: SheetRow[] = [];
  let cells: Cell[] = [];
  let number = 0;
  let hidden = false;
  let column = 0;
  let attributes: Attributes = {};
  let inValue = false;
  let inPhonetic = false;
  let hasFormula = false;
  let hasValue = false;
  let value = '';
  const parsing = parsePart(from, part, {
    open(name, given) {
      switch (name) {
        case 'row':
          number = given.r === undefined ? number + 1 : Number(given.r);
          if (!(number >= 1 && number <= lastRow)) throw damaged(from.name, 'row', { row: String(given.r) });
          hidden = given.hidden === '1' || given.hidden === 'true';
          cells = [];
          column = 0;
          break;
        case 'c':
          column = given.r === undefined ? column + 1 : columnOf(given.r);
          if (!(column >= 1 && column <= lastColumn))
            throw damaged(from.name, 'cell', { cell: String(given.r) });
          attributes = given;
          value = '';
          hasFormula = false;
          hasValue = false;
          break;
        case 'v':
        case 't':
          inValue = true;
          hasValue = true;
          break;
        case 'f':
          hasFormula = true;
          break;
        case 'rPh':
          inPhonetic = true;
          break;
      }
    },
    text(piece) {
      if (inValue && !inPhonetic) value += piece;
    },
    close(name) {
      switch (name) {
        case 'v':
        case 't':
          inValue = false;
          break;
        case 'rPh':
          inPhonetic = false;
          break;
        case 'c': {
          const cell = cellOf(column, attributes, value, hasValue, hasFormula, workbook);
          if (cell) cells.push(cell);
          break;
        }
        case 'row':
          if (cells.length > 0) rows.push({ number, hidden, cells });
          break;
      }
    },
  });
  for await (const _ of parsing) {
    if (rows.length === 0) continue;
    yield rows;
    rows = [];
  }
}

function cellOf(
  column: number,
  attributes: Attributes,
  value: string,
  hasValue: boolean,
  hasFormula: boolean,
  workbook: Workbook,
): Cell | undefined {
  const texts = (text: string): Cell | undefined =>
    text.trim() === '' ? undefined : { column, kind: 'text', text };
  switch (attributes.t) {
    case 's':
      // an index beyond the shared texts is a damaged cell, not an empty one
      return value === '' || workbook.strings[Number(value)] !== undefined
        ? texts(workbook.strings[Number(value)] ?? '')
        : { column, kind: 'error', text: `shared text ${value}` };
    case 'str':
    case 'inlineStr':
      return texts(unescaped(value));
    case 'b':
      return value === ''
        ? undefined
        : { column, kind: 'boolean', text: value === '1' || value === 'true' ? 'true' : 'false' };
    case 'e':
      return { column, kind: 'error', text: value || '#VALUE!' };
    case 'd':
      return value === '' ? undefined : { column, kind: 'moment', text: value };
    default: {
      if (value === '') {
        return hasFormula && !hasValue ? { column, kind: 'uncalculated', text: '' } : undefined;
      }
      const format = workbook.formats[Number(attributes.s ?? 0)] ?? {};
      const text = formattedText(value, format, workbook.epoch1904);
      if (text === undefined) return { column, kind: 'error', text: value };
      return { column, kind: format.moment ? 'moment' : 'number', text };
    }
  }
}

/** `C12` -> 3 */
export function columnOf(reference: string): number {
  let column = 0;
  for (const letter of reference) {
    const code = letter.charCodeAt(0) & ~0x20;
    if (code < 65 || code > 90) break;
    column = column * 26 + code - 64;
  }
  return column;
}

/** 3 -> `C` */
export function columnLetters(column: number): string {
  let letters = '';
  for (let rest = column; rest > 0; rest = Math.floor((rest - 1) / 26)) {
    letters = String.fromCharCode(65 + ((rest - 1) % 26)) + letters;
  }
  return letters;
}

function parseRange(ref: string): Range | undefined {
  const found = /^\$?([A-Z]+)\$?(\d+):\$?([A-Z]+)\$?(\d+)$/i.exec(ref);
  if (!found) return undefined;
  const [, left = '', top, right = '', bottom] = found;
  return { top: Number(top), left: columnOf(left), bottom: Number(bottom), right: columnOf(right) };
}
