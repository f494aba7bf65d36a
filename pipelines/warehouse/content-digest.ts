import type { Warehouse } from './warehouse.ts';

/**
 * SQL of a digest of a relation's rows that does not depend on their order: the sums of both halves of each
 * row's MD5, as one text. Null without rows. One hash a row is split: asking `md5_number_lower` and
 * `md5_number_upper` for the same would work it out twice, and a seal is mostly this.
 */
export const contentDigest = `sum((row_md5 >> 64::uhugeint)::ubigint)::varchar || '-' || sum((row_md5 & 18446744073709551615::uhugeint)::ubigint)::varchar`;

/** SQL of a relation's rows with the hash that {@link contentDigest} sums; no column of it may be called `whole_row`. */
export function hashedRows(relation: string): string {
  return `(select *, md5_number(whole_row::varchar) as row_md5 from ${relation} as whole_row)`;
}

/** What a table holds: its columns with their types, its rows, and the digest of them. */
export interface TableContent {
  readonly columns: string;
  readonly rows: number;
  readonly content: string;
}

export async function contentOfTable(
  warehouse: Pick<Warehouse, 'rows' | 'scalar'>,
  table: string,
): Promise<TableContent> {
  const columns = await warehouse.scalar<string>(
    `select string_agg(column_name || ' ' || column_type, ', ') from (describe ${table})`,
  );
  const [row] = await warehouse.rows<Omit<TableContent, 'columns'>>(
    `select count(*) as rows, coalesce(${contentDigest}, '0-0') as content from ${hashedRows(table)}`,
  );
  return { columns, rows: row?.rows ?? 0, content: row?.content ?? '0-0' };
}
