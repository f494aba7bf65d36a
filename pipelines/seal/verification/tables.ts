import { access } from 'node:fs/promises';
import { join } from 'node:path';
import { identifier, literal } from '../../../connectors/connector.ts';
import { inertQuarantineSelect } from '../../indicators/record.ts';
import type { FaultWords } from '../../language/faults.ts';
import { rowTextOf } from '../../warehouse/content-digest.ts';
import type { Warehouse } from '../../warehouse/warehouse.ts';
import { contentOf } from '../content.ts';
import type { Manifest } from '../manifest.ts';
import type { Findings } from './report.ts';

/** The database's tables, by content, against the manifest. */
export async function checkTables(
  warehouse: Warehouse,
  manifest: Manifest,
  findings: Findings,
): Promise<void> {
  const stated = new Map(manifest.warehouse.map(({ table, content }) => [table, rowTextOf(content)]));
  const tables = await contentOf(warehouse, undefined, undefined, undefined, (table) => stated.get(table));
  const found = new Map(tables.map((table) => [table.table, table]));
  for (const { table, rows, content } of manifest.warehouse) {
    const now = found.get(table);
    if (!now) findings.differs('warehouse', table, 'table_gone');
    else if (now.rows !== rows)
      findings.differs('warehouse', table, 'table_rows', { now: now.rows, stated: rows });
    else if (now.content !== content) findings.differs('warehouse', table, 'table_content', { rows });
  }
  for (const name of found.keys()) {
    if (!manifest.warehouse.some((table) => table.table === name))
      findings.differs('warehouse', name, 'table_added');
  }
  for (const name of await strangers(warehouse)) findings.differs('warehouse', name, 'table_added');
  findings.checked.tables = found.size;
}

/** What a run never makes: a table elsewhere, a view, a macro, a sequence; a reader of the database would take it for ours. */
async function strangers(warehouse: Warehouse): Promise<string[]> {
  const own = 'database_name = current_database() and not internal';
  const rows = await warehouse.rows<{ name: string }>(
    `select schema_name || '.' || table_name as name from duckdb_tables()
     where ${own} and schema_name not in ('staged', 'reference', 'model', 'result')
     union all select schema_name || '.' || view_name from duckdb_views() where ${own}
     union all select schema_name || '.' || function_name from duckdb_functions() where ${own}
     union all select schema_name || '.' || sequence_name from duckdb_sequences() where database_name = current_database()
     order by name`,
  );
  return rows.map(({ name }) => name);
}

/** What `trace` names an extract by, `result.extract`, against the manifest. */
export async function checkExtracts(
  warehouse: Warehouse,
  manifest: Manifest,
  findings: Findings,
): Promise<void> {
  const line = (cells: readonly string[]) => JSON.stringify(cells);
  const rows = await warehouse.rows<
    Record<'extract_id' | 'name' | 'sha256' | 'source_id' | 'connector' | 'contract', string>
  >('select extract_id, name, sha256, source_id, connector, contract from result.extract');
  const found = new Map(
    rows.map((one) => [
      line([one.extract_id, one.name, one.sha256, one.source_id, one.connector, one.contract]),
      one.extract_id,
    ]),
  );
  for (const { id, name, sha256, source, connector, contracts } of manifest.extracts)
    for (const contract of contracts)
      if (!found.delete(line([id, name, sha256, source, connector, contract])))
        findings.differs('warehouse', `result.extract, ${id}`, 'extract_line');
  for (const id of found.values()) findings.differs('warehouse', `result.extract, ${id}`, 'extract_line');
}

/** Rows read = rows staged + rows quarantined, for each extract, counted in the database. */
export async function checkConservation(
  warehouse: Warehouse,
  manifest: Manifest,
  findings: Findings,
): Promise<void> {
  const tables = await warehouse.rows<{ name: string }>(
    "select table_name as name from duckdb_tables() where schema_name = 'staged' and table_name <> 'quarantine' order by name",
  );
  const staged = new Map<string, number>();
  for (const { name } of tables) {
    const rows = await warehouse.rows<{ extract_id: string; rows: number }>(
      `select extract_id, count(*) as rows from staged.${identifier(name)} group by extract_id`,
    );
    for (const { extract_id, rows: count } of rows)
      staged.set(extract_id, (staged.get(extract_id) ?? 0) + count);
  }
  const quarantined = new Map(
    (
      await warehouse.rows<{ extract_id: string; rows: number }>(
        'select extract_id, count(distinct row_number) as rows from staged.quarantine group by extract_id',
      )
    ).map((row) => [row.extract_id, row.rows]),
  );
  for (const extract of manifest.extracts) {
    const here = staged.get(extract.id) ?? 0;
    const aside = quarantined.get(extract.id) ?? 0;
    if (
      here !== extract.rows_staged ||
      aside !== extract.rows_quarantined ||
      extract.rows_read !== here + aside
    ) {
      findings.differs('conservation', extract.id, 'conservation', {
        read: extract.rows_read,
        staged: here,
        quarantined: aside,
      });
    }
  }
  // rows of an extract that the manifest does not know: one was dropped from it
  const known = new Set(manifest.extracts.map((one) => one.id));
  for (const [id, rows] of [...staged, ...quarantined])
    if (!known.has(id)) findings.differs('conservation', id, 'extract_unknown', { rows });
  findings.checked.extracts = manifest.extracts.length;
}

/** `quarantine.csv` says what the database's quarantine says. */
export async function checkQuarantine(
  warehouse: Warehouse,
  folder: string,
  words: FaultWords,
  findings: Findings,
): Promise<void> {
  const file = join(folder, 'quarantine.csv');
  if (
    !(await access(file).then(
      () => true,
      () => false,
    ))
  )
    return;
  const [apart] = await warehouse.rows<{ rows: number }>(
    `with sealed as (${inertQuarantineSelect(words)}), written as (
       select extract, "row", "column", coalesce(value, '') as value, rule, coalesce(message, '') as message
       from read_csv(${literal(file)}, header = true, delim = ',', quote = '"', escape = '"', nullstr = '', columns = {'extract': 'varchar', 'row': 'bigint', 'column': 'varchar', 'value': 'varchar', 'rule': 'varchar', 'message': 'varchar'})),
     expected as (select extract, "row", nullif("column", '') as "column", coalesce(value, '') as value, rule, coalesce(message, '') as message from sealed)
     select count(*) as rows from ((from expected except all from written) union all (from written except all from expected))`,
  );
  if (apart && apart.rows > 0)
    findings.differs('conservation', 'quarantine.csv', 'quarantine', { rows: apart.rows });
}
