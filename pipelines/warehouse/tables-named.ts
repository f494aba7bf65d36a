/** Tables that a statement reads: those of the run's schemas, and those that tell it the windows. */
export const sessionTables = ['result_window', 'window_month'];
const tableName = new RegExp(
  String.raw`\b(?:"?(staged|reference|model|result)"?\s*\.\s*"?(\w+)|(${sessionTables.join('|')})\b)`,
  'gi',
);

/** What is no table: the database's own catalogue, and files. */
export const readsElsewhere = /\b(?:information_schema\b|duckdb_\w+\s*\(|read_\w+\s*\(|glob\s*\()/i;

/** Tables that a statement names, in the order of their names. */
export function tablesNamed(sql: string): string[] {
  const found = [...sql.matchAll(tableName)].map(([, schema, table, session]) =>
    (session ?? `${schema}.${table}`).toLowerCase(),
  );
  return [...new Set(found)].sort();
}
