import { ExtractError, nameColumns } from '../connector.ts';
import type { Merging } from './merging.ts';
import type { XlsxOptions } from './options.ts';
import { type Cell, columnLetters, type SheetRow } from './sheet.ts';

/** Rows looked at to find the headings, and to know how wide the table is. */
export const rowsLookedAt = 60;

export interface Headings {
  /** first and last row of the headings */
  readonly first: number;
  readonly last: number;
  /** name by sheet column, index 0 is column A; columns without heading are `column_N` */
  readonly names: readonly string[];
  /** sheet columns that have a heading of their own */
  readonly headed: ReadonlySet<number>;
  readonly duplicates: readonly string[];
}

/**
 * Finds and names the headings among the first rows of a sheet that hold something.
 *
 * @throws {ExtractError} XLSX-008 when there are none
 */
export function headingsOf(
  rows: readonly SheetRow[],
  merging: Merging,
  options: XlsxOptions,
  place: { extract: string; sheet: string },
): Headings {
  if (options.columns) return declaredHeadings(options.columns, options.header_row);
  const first = options.header_row === 'auto' ? likelyRow(rows, options.null_values) : options.header_row;
  if (first === undefined) throw new ExtractError('XLSX-008', place, { case: 'none' });
  const last = first + options.header_rows - 1;
  const parts = new Map<number, string[]>();
  for (const row of rows.filter(({ number }) => number >= first && number <= last)) {
    for (const cell of row.cells) {
      if (cell.kind === 'error' || cell.kind === 'uncalculated') {
        throw new ExtractError('XLSX-008', place, {
          case: cell.text ? 'error' : 'uncalculated',
          values: { cell: `${columnLetters(cell.column)}${row.number}`, text: cell.text },
        });
      }
    }
  }
  for (let number = first; number <= last; number++) {
    const row = rows.find((one) => one.number === number) ?? { number, hidden: false, cells: [] };
    for (const cell of merging.filled(row)) {
      const text = cell.text.replace(/\s+/g, ' ').trim();
      const above = parts.get(cell.column) ?? [];
      if (above.at(-1) !== text) above.push(text);
      parts.set(cell.column, above);
    }
  }
  if (parts.size === 0) throw new ExtractError('XLSX-008', place, { case: 'empty', values: { row: first } });
  const width = Math.max(...parts.keys());
  const texts = Array.from({ length: width }, (_, index) => (parts.get(index + 1) ?? []).join(' / '));
  const { columns, duplicates } = nameColumns(texts);
  return { first, last, names: columns, headed: new Set(parts.keys()), duplicates };
}

function declaredHeadings(names: readonly string[], firstRecord: XlsxOptions['header_row']): Headings {
  const first = firstRecord === 'auto' ? 1 : firstRecord;
  const { columns, duplicates } = nameColumns(names);
  return {
    first,
    last: first - 1,
    names: columns,
    headed: new Set(names.map((_, index) => index + 1)),
    duplicates,
  };
}

/**
 * The first row of texts that is about as wide as the table: titles and notes above it are narrower. A row of
 * one text is enough only where no row has two cells.
 */
function likelyRow(rows: readonly SheetRow[], nulls: readonly string[]): number | undefined {
  const widest = Math.max(0, ...rows.map((row) => row.cells.length));
  const count = (row: SheetRow, test: (cell: Cell) => boolean) => row.cells.filter(test).length;
  const isText = (cell: Cell) => cell.kind === 'text' && !nulls.includes(cell.text.trim());
  // a table over years has them as headings
  const isName = (cell: Cell) => isText(cell) || (cell.kind === 'number' && /^(19|20)\d\d$/.test(cell.text));
  const enough = Math.min(2, Math.max(1, widest));
  // a title may have two cells, with a note or an address below; headings have the table right below
  const below = (row: SheetRow) => {
    const next = rows.filter(({ number }) => number > row.number && number <= row.number + 3);
    return next.length === 0 ? Number.POSITIVE_INFINITY : Math.max(...next.map(({ cells }) => cells.length));
  };
  const wide = rows.find(
    (row) =>
      count(row, isText) >= enough &&
      row.cells.length * 5 >= widest * 3 &&
      count(row, isName) * 2 > row.cells.length &&
      below(row) * 2 > row.cells.length,
  );
  return (wide ?? rows.find((row) => count(row, isText) >= enough))?.number;
}
