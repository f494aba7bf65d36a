/** A cell of CSV that no spreadsheet runs: text that begins like a formula is marked as text, a number keeps its sign. */
function cell(value: unknown): string {
  const text =
    value === null || value === undefined ? '' : Array.isArray(value) ? value.join(' ') : String(value);
  const inert = /^[=+@\t\r]|^-(?![\d.])/.test(text) ? `'${text}` : text;
  return /[",\n\r]/.test(inert) ? `"${inert.replaceAll('"', '""')}"` : inert;
}

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
