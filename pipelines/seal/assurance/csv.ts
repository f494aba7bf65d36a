import { csvCell } from '../../csv-cell.ts';

/** One line for each row, with the named columns. */
export function csvLines<Row extends object>(
  columns: readonly (keyof Row & string)[],
  rows: readonly Row[],
): string {
  return rows.map((row) => `${columns.map((name) => cell(row[name])).join(',')}\n`).join('');
}

export function csvTable<Row extends object>(
  columns: readonly (keyof Row & string)[],
  rows: readonly Row[],
): string {
  return `${columns.join(',')}\n${csvLines(columns, rows)}`;
}

/** The same for rows that come in chunks. */
export async function* csvStream<Row extends object>(
  columns: readonly (keyof Row & string)[],
  chunks: AsyncIterable<readonly Row[]>,
): AsyncGenerator<string> {
  yield `${columns.join(',')}\n`;
  for await (const rows of chunks) if (rows.length > 0) yield csvLines(columns, rows);
}

/** A list in one cell, its parts set apart by spaces. */
const cell = (value: unknown) => csvCell(Array.isArray(value) ? value.join(' ') : value);
