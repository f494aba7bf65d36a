import type { Warehouse } from '../warehouse/warehouse.ts';
import type { Manifest } from './manifest.ts';

/**
 * What the database holds, table by table: the number of rows and a digest that does not depend on their
 * order (sums of both halves of each row's MD5).
 */
export async function contentOf(warehouse: Warehouse): Promise<Manifest['warehouse']> {
  const tables = await warehouse.rows<{ name: string }>(
    `select table_schema || '.' || table_name as name from information_schema.tables
     where table_schema in ('staged', 'reference', 'model', 'result') and table_type = 'BASE TABLE' order by name`,
  );
  const found: Manifest['warehouse'] = [];
  for (const { name } of tables) {
    const [row] = await warehouse.rows<{ rows: number; lower: string; upper: string }>(
      `select count(*) as rows, coalesce(sum(md5_number_lower(t::varchar)), 0)::varchar as lower,
        coalesce(sum(md5_number_upper(t::varchar)), 0)::varchar as upper from ${name} as t`,
    );
    found.push({ table: name, rows: row?.rows ?? 0, content: `${row?.lower}-${row?.upper}` });
  }
  return found;
}
