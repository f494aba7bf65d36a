import { literal } from '../../connectors/connector.ts';
import { contentDigest, hashedRows } from '../warehouse/content-digest.ts';
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
): Promise<Manifest['warehouse']> {
  const database = attached === undefined ? 'current_database()' : literal(attached);
  const tables = await warehouse.rows<{ name: string }>(
    `select schema_name || '.' || table_name as name from duckdb_tables()
     where database_name = ${database} and schema_name in (${schemas.map(literal).join(', ')}) order by name`,
  );
  const prefix = attached === undefined ? '' : `${attached}.`;
  const found: Manifest['warehouse'] = [];
  for (const { name } of tables) {
    const [row] = await warehouse.rows<{ rows: number; content: string }>(
      `select count(*) as rows, coalesce(${contentDigest}, '0-0') as content from ${hashedRows(`${prefix}${name}`)}`,
    );
    found.push({ table: name, rows: row?.rows ?? 0, content: row?.content ?? '0-0' });
  }
  return found;
}
