import { identifier, literal } from '../../connectors/connector.ts';
import { groupedBy } from '../grouped-by.ts';
import { columnsOf, contentDigest, hashedRows, mark, shapeOf, type TableContent } from './content-digest.ts';
import type { Warehouse } from './warehouse.ts';

/** What a table holds, divided by the values of some of its text columns. */
export interface Divided {
  readonly columns: readonly string[];
  /** name and type of each column of the table */
  readonly shape: string;
  /** values of the dividing columns, as JSON -> what the rows with them hold */
  readonly parts: ReadonlyMap<string, Part>;
}

interface Part {
  readonly rows: number;
  /** sums of the halves of the rows' hashes, as in {@link contentDigest} */
  readonly high: bigint;
  readonly low: bigint;
}

/** Rows with one of some values in a column. */
export interface Selection {
  readonly column: string;
  readonly values: readonly (string | null)[];
}

/** SQL that tells the rows of a selection. */
export function selects({ column, values }: Selection): string {
  const texts = values.flatMap((value) => (value === null ? [] : [literal(value)]));
  const name = identifier(column);
  const among = texts.length > 0 ? [`${name} in (${texts.join(', ')})`] : [];
  return `(${[...among, ...(values.includes(null) ? [`${name} is null`] : [])].join(' or ') || 'false'})`;
}

/**
 * What a statement gives of a selection, where the rows of it rest on no other rows of some tables that it reads, and, of
 * those told `byExtract`, on the extracts that the first of these names.
 */
export function onlyOf(
  sql: string,
  { of, byExtract = [] }: { readonly of: readonly string[]; readonly byExtract?: readonly string[] },
  selection: Selection,
): string {
  const own = selects(selection);
  const names = [...of, ...byExtract].map((table) => table.replace('.', '\\.')).join('|');
  const reads = new RegExp(`(?<![.\\w"])(?:${names})(?![.\\w"])`, 'g');
  const narrowed = sql.replaceAll(reads, (table) =>
    of.includes(table)
      ? `(select * from ${table} where ${own})`
      : `(select * from ${table} where extract_id in (select extract_id from ${of[0]} where ${own}))`,
  );
  return `select * from (${narrowed}\n) where ${own}`;
}

/** Reads what a table holds, all of it or a selection, by the values of text columns. */
export async function dividedContent(
  warehouse: Pick<Warehouse, 'rows'>,
  table: string,
  columns: readonly string[],
  only?: Selection,
): Promise<Divided> {
  const all = await columnsOf(warehouse, table);
  const names = columns.map(identifier).join(', ');
  const rows = await warehouse.rows<{ key: string; rows: number; content: string }>(
    `select to_json([${names}]) as key, count(*) as rows, ${contentDigest} as content
     from ${hashedRows(table, all)} ${only ? `where ${selects(only)}` : ''} group by ${names} order by key`,
  );
  return {
    columns,
    shape: shapeOf(all),
    parts: new Map(rows.map(({ key, ...part }) => [key, readPart(part)])),
  };
}

/** One row a part, as texts, to be kept. */
export const writtenParts = ({ parts }: Divided): { key: string; rows: string; content: string }[] =>
  [...parts].map(([key, { rows, high, low }]) => ({ key, rows: String(rows), content: `${high}-${low}` }));

export function readPart({ rows, content }: { rows: number | string; content: string }): Part {
  const [high, low] = content.split('-') as [string, string];
  return { rows: Number(rows), high: BigInt(high), low: BigInt(low) };
}

/** The same as {@link contentOfTable} reads of all rows. */
export function wholeOf({ shape, parts }: Divided): TableContent {
  return { columns: shape, ...written(added([...parts.values()])) };
}

/** What a table holds once some of its rows have gone and others have come. */
export function exchanged(before: TableContent, gone: TableContent, come: TableContent): TableContent {
  const [was, less, more] = [before, gone, come].map(partOf) as [Part, Part, Part];
  const rows = was.rows - less.rows + more.rows;
  const [high, low] = [was.high - less.high + more.high, was.low - less.low + more.low];
  return { columns: before.columns, ...written({ rows, high, low }) };
}

/** What a table holds that is made of these, which have its columns. */
export function together(columns: string, contents: readonly Told[]): TableContent {
  return { columns, ...written(added(contents.map(partOf))) };
}

type Told = Pick<TableContent, 'rows' | 'content'>;

const partOf = ({ rows, content }: Told): Part => readPart({ rows, content: content.slice(mark.length) });

const written = ({ rows, high, low }: Part): Told => ({ rows, content: `${mark}${high}-${low}` });

/** What a table holds once the rows of a selection are those that `fresh` tells of. */
export function replaced(divided: Divided, { column, values }: Selection, fresh: Divided): Divided {
  const gone = new Set(values);
  const value = valueIn(divided, column);
  const parts = new Map([...divided.parts].filter(([key]) => !gone.has(value(key))));
  for (const [key, part] of fresh.parts) parts.set(key, part);
  return { ...divided, parts };
}

/** Values of a dividing column whose rows are not the same in both. */
export function differing(before: Divided, now: Divided, column: string): (string | null)[] {
  const [old, fresh] = [by(before, column), by(now, column)];
  return [...new Set([...old.keys(), ...fresh.keys()])].filter((value) => {
    const [a, b] = [old.get(value), fresh.get(value)];
    return a?.rows !== b?.rows || a?.high !== b?.high || a?.low !== b?.low;
  });
}

/** Values that a dividing column has. */
export function valuesOf(divided: Divided, column: string): Set<string | null> {
  const value = valueIn(divided, column);
  return new Set([...divided.parts.keys()].map(value));
}

function by(divided: Divided, column: string): Map<string | null, Part> {
  const value = valueIn(divided, column);
  const found = groupedBy(divided.parts, ([key]) => value(key));
  return new Map([...found].map(([one, parts]) => [one, added(parts.map(([, part]) => part))]));
}

function valueIn({ columns }: Divided, column: string): (key: string) => string | null {
  const place = columns.indexOf(column);
  if (place < 0) throw new Error(`${column} is none of ${columns.join(', ')}`);
  return (key) => (JSON.parse(key) as (string | null)[])[place] as string | null;
}

function added(parts: readonly Part[]): Part {
  return parts.reduce(
    (sum, { rows, high, low }) => ({ rows: sum.rows + rows, high: sum.high + high, low: sum.low + low }),
    { rows: 0, high: 0n, low: 0n },
  );
}
