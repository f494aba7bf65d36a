import { ExtractError, nameColumns, type Remark } from '../connector.ts';
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
    if (passed < preamble) throw noHeadings(name, options.header_row, `the file has ${passed} lines`);
    if (preamble > 0) {
      remarks.push({
        code: 'CSV-007',
        severity: 'information',
        message: `${name}: the ${preamble} lines above line ${options.header_row} are a preamble and are not read as records.`,
      });
    }
    if (options.columns) {
      const { columns } = nameColumns(options.columns);
      return { columns, from: scanner.offset, line: passed + 1, headingIsFirstLine: false, remarks };
    }
    if (!(await nextFilled(scanner)))
      throw noHeadings(name, options.header_row, 'there is nothing from there on');
    const row = scanner.line;
    if (scanner.fault) throw noHeadings(name, row, 'a quote in it is not closed');
    const headings = Array.from({ length: scanner.columns }, (_, column) => scanner.value(column));
    if (headings.every(readsAsData) && !(headings.some(isYear) && headings.every(isYearOrNothing))) {
      throw noHeadings(name, row, `it holds values (${headings.slice(0, 5).join(', ')}), not names`);
    }
    const { columns, duplicates } = nameColumns(headings);
    if (duplicates.length > 0) {
      remarks.push({
        code: 'CSV-008',
        severity: 'warning',
        message: `${name} has the heading ${duplicates.join(', ')} more than once: the later ones are named with _2, _3... Rename them in the export.`,
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

function noHeadings(name: string, row: number, found: string): ExtractError {
  return new ExtractError(
    'CSV-005',
    `No headings are found on line ${row}: ${found}`,
    { extract: name, row },
    'Set header_row to the line of the headings, or name the columns of a file without headings in columns.',
  );
}
