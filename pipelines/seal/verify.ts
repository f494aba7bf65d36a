import { access, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { literal } from '../../connectors/connector.ts';
import { computeFigures } from '../indicators/figures.ts';
import { contributionRows, type Window } from '../indicators/measure-rows.ts';
import { readMeasureValues, tableColumns } from '../indicators/measure-values.ts';
import type { Warehouse } from '../warehouse/warehouse.ts';
import { contentOf } from './content.ts';
import { filesBelow, type Manifest, readManifest, runId, sha256File } from './manifest.ts';
import type { RunRecord } from './record-run.ts';
import { openRun } from './trace.ts';

/** One difference between a package and what it ought to be. */
export interface Difference {
  readonly check: 'seal' | 'manifest' | 'warehouse' | 'conservation' | 'opening' | 'figures';
  readonly what: string;
}

export interface Verification {
  readonly run: string;
  readonly differences: readonly Difference[];
  /** how much was checked, by check */
  readonly checked: Readonly<Record<string, number>>;
}

/**
 * Recomputes a sealed run from its own package: hashes of every file, content of the database,
 * conservation of rows, every measure of the run's period from the rows that it opens to, every figure from
 * its measures. Needs none of the run's sources.
 */
export async function verify(folder: string, step: (name: string) => void = () => {}): Promise<Verification> {
  const differences: Difference[] = [];
  const checked: Record<string, number> = {};
  const report = (check: Difference['check'], what: string) => differences.push({ check, what });

  step('seal');
  checked.files = await checkSums(folder, report);
  const manifest = await readManifest(folder);
  await checkManifest(folder, manifest, report);

  step('warehouse');
  let opened: { warehouse: Warehouse; record: RunRecord };
  try {
    opened = await openRun(folder);
  } catch (error) {
    report('warehouse', (error as Error).message);
    return { run: manifest.run, differences, checked };
  }
  const { warehouse, record } = opened;
  try {
    checked.tables = await checkTables(warehouse, manifest, report);
    step('conservation');
    checked.extracts = await checkConservation(warehouse, manifest, report);
    step('opening');
    checked.measures = await checkOpening(warehouse, record, report);
    step('figures');
    checked.figures = await checkFigures(warehouse, record, folder, report);
  } catch (error) {
    report('warehouse', `The database cannot be read to its end: ${(error as Error).message.split('\n')[0]}`);
  } finally {
    await warehouse.close();
  }
  return { run: manifest.run, differences, checked };
}

type Report = (check: Difference['check'], what: string) => void;

async function checkSums(folder: string, report: Report): Promise<number> {
  const text = await readFile(join(folder, 'SHA256SUMS'), 'utf8').catch(() => '');
  if (text === '') report('seal', 'SHA256SUMS is missing or empty');
  const expected = new Map(
    text
      .split('\n')
      .filter(Boolean)
      .map((line) => [line.slice(66), line.slice(0, 64)]),
  );
  const found = (await filesBelow(folder)).filter((name) => name !== 'SHA256SUMS');
  for (const name of found) {
    const sum = expected.get(name);
    if (sum === undefined) report('seal', `${name} is not in SHA256SUMS: it was added`);
    else if (sum !== (await sha256File(join(folder, name)))) report('seal', `${name} has been changed`);
  }
  for (const name of expected.keys()) if (!found.includes(name)) report('seal', `${name} is gone`);
  return found.length;
}

async function checkManifest(folder: string, manifest: Manifest, report: Report): Promise<void> {
  const id = runId(manifest.period, manifest.language, manifest.code_version, manifest.hashes);
  if (id !== manifest.run)
    report('manifest', `the run's name ${manifest.run} does not follow from its hashes (${id})`);
  for (const output of manifest.outputs) {
    const path = join(folder, output.name);
    const present = await stat(path).catch(() => undefined);
    if (!present) report('manifest', `${output.name} is gone`);
    else if ((await sha256File(path)) !== output.sha256)
      report('manifest', `${output.name} is not the one that the manifest names`);
  }
  for (const extract of manifest.extracts) {
    if (extract.kept === 'omitted') continue;
    const path = join(
      folder,
      'extracts',
      extract.kept === 'encrypted' ? `${extract.sha256}.enc` : extract.sha256,
    );
    const present = await access(path).then(
      () => true,
      () => false,
    );
    if (!present) report('manifest', `extract ${extract.id} is gone (${extract.sha256})`);
    else if (extract.kept === 'clear' && (await sha256File(path)) !== extract.sha256)
      report('manifest', `extract ${extract.id} has been changed`);
  }
}

async function checkTables(warehouse: Warehouse, manifest: Manifest, report: Report): Promise<number> {
  const found = new Map((await contentOf(warehouse)).map((table) => [table.table, table]));
  for (const table of manifest.warehouse) {
    const now = found.get(table.table);
    if (!now) report('warehouse', `table ${table.table} is gone`);
    else if (now.rows !== table.rows)
      report('warehouse', `table ${table.table} has ${now.rows} rows; the manifest says ${table.rows}`);
    else if (now.content !== table.content)
      report('warehouse', `table ${table.table} holds other values than the manifest says`);
  }
  for (const name of found.keys()) {
    if (!manifest.warehouse.some((table) => table.table === name))
      report('warehouse', `table ${name} was added`);
  }
  return found.size;
}

async function checkConservation(warehouse: Warehouse, manifest: Manifest, report: Report): Promise<number> {
  const contracts = [...new Set(manifest.extracts.flatMap((extract) => extract.contracts))];
  const staged = new Map<string, number>();
  for (const contract of contracts) {
    const rows = await warehouse.rows<{ extract_id: string; rows: number }>(
      `select extract_id, count(*) as rows from staged.${contract} group by extract_id`,
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
      report(
        'conservation',
        `${extract.id}: ${extract.rows_read} rows read, ${here} staged, ${aside} quarantined`,
      );
    }
  }
  return manifest.extracts.length;
}

/** Each measure of the run's period, for every entity and basis, from the rows that `trace` lists for it. */
async function checkOpening(warehouse: Warehouse, record: RunRecord, report: Report): Promise<number> {
  const columns = await tableColumns(warehouse);
  let checked = 0;
  for (const measure of record.catalogue.measures) {
    const values = await warehouse.rows<{
      entity: string;
      basis: Window['basis'];
      value: string | null;
      divisor: number;
    }>(
      `select entity, basis, value, divisor from result.measure_value where measure = ${literal(measure.id)} and period = ${literal(record.period)}`,
    );
    for (const { entity, basis, value, divisor } of values) {
      const window = record.windows.find(
        (one) => one.period === record.period && one.basis === basis,
      ) as Window;
      const [sum] = await warehouse.rows<{ again: string | null; same: boolean }>(
        `with opened as (select ${divisor === 1 ? 'coalesce(sum(contribution), 0)::decimal(38,10)' : `(coalesce(sum(contribution), 0)::decimal(38,10) / ${divisor})::decimal(38,10)`} as again
           from (${contributionRows(measure, columns(measure.table), entity, window)}))
         select again, again = ${value ?? 0}::decimal(38,10) as same from opened`,
      );
      checked += 1;
      if (!sum?.same)
        report(
          'opening',
          `${measure.id}, ${entity}, ${basis}: the rows make ${sum?.again}, the run says ${value ?? 'missing'}`,
        );
    }
  }
  return checked;
}

async function checkFigures(
  warehouse: Warehouse,
  record: RunRecord,
  folder: string,
  report: Report,
): Promise<number> {
  const values = await readMeasureValues(warehouse);
  const again = computeFigures(record.catalogue, values);
  const stored = await warehouse.rows<{ key: string; value: string | null; status: string }>(
    `select indicator || '|' || entity || '|' || period || '|' || basis as key, value, status from result.figure`,
  );
  const sealed = await warehouse.rows<{ key: string; value: string | null; status: string }>(
    `select indicator || '|' || entity || '|' || period || '|' || basis as key, value, status
     from read_csv(${literal(join(folder, 'figures.csv'))}, header = true, columns = {indicator: 'varchar', entity: 'varchar', period: 'varchar', basis: 'varchar',
       value: 'decimal(38,12)', unit: 'varchar', numerator: 'varchar', denominator: 'varchar', coverage: 'varchar', estimated_share: 'varchar', status: 'varchar'})`,
  );
  for (const [name, rows] of [
    ['the database', stored],
    ['figures.csv', sealed],
  ] as const) {
    const index = new Map(rows.map((row) => [row.key, row]));
    for (const figure of again) {
      const key = `${figure.indicator}|${figure.entity}|${figure.period}|${figure.basis}`;
      const found = index.get(key);
      const same = found && found.status === figure.status && equal(found.value, figure.value);
      if (!same)
        report(
          'figures',
          `${key}: ${name} says ${found?.value ?? found?.status ?? 'nothing'}, its measures make ${figure.value ?? figure.status}`,
        );
    }
    if (rows.length !== again.length)
      report('figures', `${name} has ${rows.length} figures, the measures make ${again.length}`);
  }
  return again.length;
}

function equal(a: string | null, b: string | null): boolean {
  if (a === null || b === null) return a === b;
  const bare = (text: string) =>
    (text.includes('.') ? text.replace(/\.?0+$/, '') : text).replace(/^-0$/, '0');
  return bare(a) === bare(b);
}
