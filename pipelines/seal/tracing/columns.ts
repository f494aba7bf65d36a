import type { Warehouse } from '../../warehouse/warehouse.ts';

/** What a session says of the columns of its tables; `model.energy`, `staged.water`. None of a table that it has not. */
export type ColumnsOf = (table: string) => ReadonlySet<string>;

/** Asked once a figure: each question to the catalogue of the database goes through all of its tables. */
export async function readColumns(warehouse: Warehouse): Promise<ColumnsOf> {
  const tables = await warehouse.rows<{ name: string; columns: string[] }>(
    `select schema_name || '.' || table_name as name, list(column_name) as columns from duckdb_columns()
     where database_name = current_database() and schema_name in ('model', 'staged', 'result') group by all`,
  );
  const columns = new Map(tables.map((one) => [one.name, new Set(one.columns)]));
  return (table) => columns.get(table) ?? new Set();
}
