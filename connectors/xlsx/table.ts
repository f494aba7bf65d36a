import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { finished } from 'node:stream/promises';
import { type Headings, headingsOf, rowsLookedAt } from './heading.ts';
import { Merging } from './merging.ts';
import type { XlsxOptions } from './options.ts';
import { type Cell, columnLetters, type SheetFacts, type SheetRow } from './sheet.ts';

/** The table of a sheet, written to two files of JSON lines. */
export interface WrittenTable {
  readonly headings: Headings;
  /** sheet columns with a heading or a value, each with its place in the rows' lists, from 1 */
  readonly columns: readonly { readonly name: string; readonly place: number }[];
  /** rows below the headings that hold something */
  readonly rowsRead: number;
  readonly rejected: number;
  /** rows above the headings that hold something */
  readonly preamble: number;
  readonly hiddenRows: number;
  readonly repeatedNumbers: Merging['repeatedNumbers'];
}

/**
 * Writes good rows to `records` as `{"n": row, "c": [texts]}`, and rows with an error value, or a formula that
 * was never computed, to `rejects`.
 */
export async function writeTable(
  rows: AsyncIterable<SheetRow[]>,
  facts: SheetFacts,
  options: XlsxOptions,
  place: { extract: string; sheet: string },
  records: string,
  rejects: string,
): Promise<WrittenTable> {
  const merging = new Merging(facts.merged);
  const good = createWriteStream(records);
  const bad = createWriteStream(rejects);
  const columns = new Columns();
  const above: SheetRow[] = [];
  let headings: Headings | undefined;
  let preamble = 0;
  let rowsRead = 0;
  let rejected = 0;
  let hiddenRows = 0;

  const take = (row: SheetRow, found: Headings) => {
    if (row.number < found.first) preamble++;
    if (row.number <= found.last) return;
    const cells = options.fill_merged ? merging.filled(row) : row.cells;
    rowsRead++;
    if (row.hidden) hiddenRows++;
    for (const cell of row.cells) columns.own(cell.column);
    const faults = cells.filter((cell) => cell.kind === 'error' || cell.kind === 'uncalculated');
    if (faults.length > 0) {
      rejected++;
      bad.write(`${JSON.stringify(rejection(row, faults, found))}\n`);
      return;
    }
    const texts: (string | null)[] = [];
    for (const cell of cells) {
      const index = columns.place(cell.column);
      while (texts.length < index) texts.push(null);
      const isNull = cell.kind === 'text' && options.null_values.includes(cell.text);
      texts[index - 1] = isNull ? null : wellFormed(cell.text);
    }
    good.write(`${JSON.stringify({ n: row.number, c: texts })}\n`);
  };
  const begin = () => {
    headings = headingsOf(above, new Merging(facts.merged), options, place);
    for (const column of [...headings.headed].sort((a, b) => a - b)) columns.own(column);
    for (const row of above) take(row, headings);
  };

  try {
    for await (const batch of rows) {
      for (const row of batch) {
        if (headings) take(row, headings);
        else if (above.push(row) >= enoughRows(options) || isPastHeadings(row, options)) begin();
      }
      if (good.writableNeedDrain) await once(good, 'drain');
      if (bad.writableNeedDrain) await once(bad, 'drain');
    }
    if (!headings) begin();
    const found = headings as unknown as Headings;
    return {
      headings: found,
      columns: columns.named(found),
      rowsRead,
      rejected,
      preamble,
      hiddenRows,
      repeatedNumbers: merging.repeatedNumbers.filter(({ row }) => row > found.last),
    };
  } finally {
    good.end();
    bad.end();
    await Promise.all([finished(good), finished(bad)]);
  }
}

function enoughRows(options: XlsxOptions): number {
  return options.header_row === 'auto' ? rowsLookedAt : Number.POSITIVE_INFINITY;
}

function isPastHeadings(row: SheetRow, options: XlsxOptions): boolean {
  return options.header_row !== 'auto' && row.number >= options.header_row + options.header_rows - 1;
}

/** Half a surrogate pair is not text that DuckDB can hold. */
function wellFormed(text: string): string {
  return text.replace(/\p{Surrogate}/gu, '\ufffd');
}

function rejection(row: SheetRow, faults: readonly Cell[], headings: Headings) {
  const first = faults[0] as Cell;
  const address = (cell: Cell) => `${columnLetters(cell.column)}${row.number}`;
  const others = faults.slice(1).map((cell) => wellFormed(`${address(cell)} ${cell.text}`.trim()));
  const rules =
    first.kind === 'error'
      ? ['error_value', 'error_values']
      : ['formula_without_result', 'formulas_without_result'];
  return {
    row_number: row.number,
    column_name: headings.names[first.column - 1] ?? `column_${first.column}`,
    value: wellFormed(first.text),
    rule: rules[others.length > 0 ? 1 : 0],
    facts: JSON.stringify({ cell: address(first), others: others.join(', ') }),
  };
}

/** Sheet columns in the order they were first met, so that a far column costs no empty ones before it. */
class Columns {
  private readonly places = new Map<number, number>();
  private readonly owned = new Set<number>();

  place(column: number): number {
    const known = this.places.get(column);
    if (known !== undefined) return known;
    this.places.set(column, this.places.size + 1);
    return this.places.size;
  }

  /** A heading or a value of its own makes it a column of the table; the fill of a merged range does not. */
  own(column: number): void {
    this.owned.add(column);
    this.place(column);
  }

  named(headings: Headings): { name: string; place: number }[] {
    const used = new Set(headings.names.map((name) => name.toLowerCase()));
    return [...this.owned]
      .sort((a, b) => a - b)
      .map((column) => {
        let name = headings.names[column - 1];
        if (name === undefined) {
          name = `column_${column}`;
          while (used.has(name)) name += '_';
        }
        return { name, place: this.place(column) };
      });
  }
}
