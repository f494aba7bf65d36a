import { type Diagnostic, ExtractError, nameColumns, type Remark } from '../connector.ts';
import type { Dialect } from './dialect.ts';
import type { CsvOptions } from './options.ts';
import { RecordScanner } from './records.ts';

/** Where the records begin and what their columns are called. */
export interface Layout {
  readonly columns: readonly string[];
  /** byte of the first record after the headings */
  readonly from: number;
  /** line of the file at which it stands, from 1 */
  readonly line: number;
  /** the headings are exactly the first line, so that a reader may skip one line */
  readonly headingIsFirstLine: boolean;
  readonly remarks: readonly Remark[];
}

/**
 * Passes the preamble and reads the headings.
 *
 * @throws {ExtractError} CSV-005 when there are no headings where they are said to be
 */
export async function layoutOf(
  path: string,
  name: string,
  markBytes: number,
  dialect: Dialect,
  options: CsvOptions,
): Promise<Layout> {
  const scanner = await RecordScanner.open(path, dialect, markBytes);
  try {
    const preamble = options.header_row - 1;
    const passed = await scanner.skipLines(preamble);
    const remarks: Remark[] = [];
    if (passed < preamble) throw noHeadings(name, options.header_row, 'short', { lines: passed });
    if (preamble > 0) {
      remarks.push({
        code: 'CSV-007',
        severity: 'information',
        values: { name, lines: preamble, heading: options.header_row },
      });
    }
    if (options.columns) {
      const { columns } = nameColumns(options.columns);
      return { columns, from: scanner.offset, line: passed + 1, headingIsFirstLine: false, remarks };
    }
    if (!(await nextFilled(scanner))) throw noHeadings(name, options.header_row, 'nothing');
    const row = scanner.line;
    if (scanner.fault) throw noHeadings(name, row, 'quote');
    const headings = Array.from({ length: scanner.columns }, (_, column) => scanner.value(column));
    if (headings.every(readsAsData) && !(headings.some(isYear) && headings.every(isYearOrNothing))) {
      throw noHeadings(name, row, 'values', { values: headings.slice(0, 5).join(', ') });
    }
    const { columns, duplicates } = nameColumns(headings);
    if (duplicates.length > 0) {
      remarks.push({
        code: 'CSV-008',
        severity: 'warning',
        values: { name, headings: duplicates.join(', ') },
        row,
      });
    }
    const headingIsFirstLine = row === 1 && !scanner.multiline;
    return {
      columns,
      from: scanner.offset,
      line: scanner.lineAfter,
      headingIsFirstLine,
      remarks,
    };
  } finally {
    await scanner.close();
  }
}

/** Moves to the next record that is not a blank line. */
async function nextFilled(scanner: RecordScanner): Promise<boolean> {
  while (await scanner.fill()) {
    while (scanner.next()) if (scanner.filledColumns > 0) return true;
  }
  return false;
}

/** A number, a date, or nothing: no column is called so when its neighbours are too. */
function readsAsData(text: string): boolean {
  return /^\s*([-+]?[\d\s.,\u00a0\u202f]*|\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}([ T][\d:.]+Z?)?)\s*$/.test(text);
}

/** A table over years may have them as its only headings. */
const isYear = (text: string) => /^\s*(19|20)\d\d\s*$/.test(text);
const isYearOrNothing = (text: string) => text.trim() === '' || isYear(text);

/** @param found the case of CSV-005 */
function noHeadings(
  name: string,
  row: number,
  found: string,
  values: Diagnostic['values'] = {},
): ExtractError {
  return new ExtractError(
    'CSV-005',
    { extract: name, row },
    { case: found, values: { line: row, ...values } },
  );
}
