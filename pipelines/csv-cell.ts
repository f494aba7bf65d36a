/** A cell of CSV that no spreadsheet runs. */
export function csvCell(value: unknown): string {
  const text = value === null || value === undefined ? '' : String(value);
  // text that a spreadsheet would run is kept as text; a number keeps its sign
  const inert = /^[=+@\t\r]|^-(?![\d.])/.test(text) ? `'${text}` : text;
  return /[",\n\r]/.test(inert) ? `"${inert.replaceAll('"', '""')}"` : inert;
}
