import { literal } from '../../connectors/connector.ts';
import { contentOfTable, type RowText, type TableContent } from '../warehouse/content-digest.ts';
import type { Warehouse } from '../warehouse/warehouse.ts';
import type { Manifest } from './manifest.ts';

/**
 * What the database holds, table by table: the number of rows and a digest of what they hold.
 */
export async function contentOf(
  warehouse: Warehouse,
  /** another database that the session has attached */
  attached?: string,
  schemas: readonly string[] = ['staged', 'reference', 'model', 'result'],
  /** what is known of tables that did not change since */
  known: ReadonlyMap<string, TableContent> = new Map(),
  /** how the digest is to be made that it is held against */
  rowText: (table: string) => RowText | undefined = () => undefined,
): Promise<Manifest['warehouse']> {
  const database = attached === undefined ? 'current_database()' : literal(attached);
  const tables = await warehouse.rows<{ name: string }>(
    `select schema_name || '.' || table_name as name from duckdb_tables()
     where database_name = ${database} and schema_name in (${schemas.map(literal).join(', ')}) order by name`,
  );
  const prefix = attached === undefined ? '' : `${attached}.`;
  const found: Manifest['warehouse'] = [];
  for (const { name } of tables) {
    const { rows, content } =
      known.get(name) ?? (await contentOfTable(warehouse, `${prefix}${name}`, rowText(name)));
    found.push({ table: name, rows, content });
  }
  return found;
}
