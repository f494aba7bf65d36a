import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { identifier, literal } from '../../connectors/connector.ts';
import { hashOfFiles, type LibraryFile, shelf } from '../configuration/library.ts';
import type { Project } from '../configuration/load.ts';
import { monthEnd, monthsBetween, type Quarter, quarterOf, shiftQuarter } from '../configuration/period.ts';
import { readYaml } from '../configuration/yaml.ts';
import type { Warehouse } from '../warehouse/warehouse.ts';
import { refuseFactorOverlaps } from './factor-overlaps.ts';

const Tables = z.record(z.string(), z.record(z.string(), z.string()));

/**
 * Loads perimeter, calendar and the data files of the catalogue as `reference.*`.
 *
 * @throws {Fault} FAC-001, FAC-002 for factors that leave the choice of a day to chance
 */
export async function loadReference(
  warehouse: Warehouse,
  project: Project,
  quarters: readonly Quarter[],
): Promise<void> {
  await warehouse.run('create schema if not exists reference');
  await loadPerimeter(warehouse, project);
  await loadCalendar(warehouse, quarters);
  await loadDataFiles(warehouse, project.overlay);
  await loadChoices(warehouse, project);
  await refuseFactorOverlaps(warehouse);
}

/** What the configuration chooses among the factors, in one row; its base year, and what acquired entities emitted in it. */
async function loadChoices(warehouse: Warehouse, project: Project): Promise<void> {
  const { carbon, fiscal_year_start_month: start } = project.configuration;
  await warehouse.run(
    `create table reference.choice as select ${literal(carbon?.gwp_set ?? 'AR6')} as gwp_set`,
  );
  await warehouse.run(
    'create table reference.base_year (period varchar, base_start date, base_end date, threshold decimal(9,6))',
  );
  await warehouse.run(`create table reference.base_restatement (entity varchar, scope varchar, basis varchar, tco2e decimal(18,6), source varchar,
    extract_id varchar, row_number bigint)`);
  const base = carbon?.base_year;
  if (!base) return;
  await insert(warehouse, 'reference.base_year', [
    [
      base.period,
      quarterOf(shiftQuarter(base.period, -3), start).from,
      quarterOf(base.period, start).to,
      base.threshold,
    ],
  ]);
  const rows = base.restatements.flatMap((one, index) =>
    (
      [
        ['1', null, one.scope1],
        ['2', 'location', one.scope2_location],
        ['2', 'market', one.scope2_market],
        ['3', null, one.scope3],
      ] as const
    )
      .filter(([, , value]) => value !== undefined)
      .map(([scope, basis, value]) => [
        one.entity,
        scope,
        basis,
        value as number,
        one.source,
        'configuration/carbon.base_year.restatements',
        index + 1,
      ]),
  );
  await insert(warehouse, 'reference.base_restatement', rows);
}

/** Hash of the factors and, apart, of the reference tables: both are part of the method. */
export async function referenceFiles(
  overlay: string | undefined,
  builtIn?: string,
): Promise<{ factors: LibraryFile[]; reference: LibraryFile[] }> {
  return {
    factors: await shelf('factors', overlay, ['.csv'], builtIn),
    reference: await shelf('reference', overlay, ['.csv', '.yaml'], builtIn),
  };
}

export async function hashFactors(overlay: string | undefined, builtIn?: string): Promise<string> {
  return hashOfFiles((await referenceFiles(overlay, builtIn)).factors);
}

/** Consolidation weight: 1 for full, the share for proportional, 0 for equity and excluded (GHG Protocol, control approach). */
export function weightOf(method: string, share: number): number {
  if (method === 'full') return 1;
  return method === 'proportional' ? share / 100 : 0;
}

async function loadPerimeter(warehouse: Warehouse, project: Project): Promise<void> {
  const { entities, sites, meters } = project.configuration.perimeter;
  await warehouse.run(`create table reference.entity (entity varchar, name varchar, siren varchar, country varchar, parent varchar,
    method varchar, share decimal(9,6), weight decimal(9,6), entry_date date, exit_date date)`);
  await insert(
    warehouse,
    'reference.entity',
    entities.map((e) => [
      e.id,
      e.name,
      e.siren ?? null,
      e.country,
      e.parent,
      e.method,
      e.share,
      weightOf(e.method, e.share),
      e.entry,
      e.exit,
    ]),
  );
  await warehouse.run(`create table reference.site (site varchar, entity varchar, siret varchar, name varchar, city varchar, country varchar,
    area_m2 decimal(18,2), water_stress boolean, entry_date date, exit_date date)`);
  await insert(
    warehouse,
    'reference.site',
    sites.map((s) => [
      s.id,
      s.entity,
      s.siret ?? null,
      s.name,
      s.city,
      s.country,
      s.area_m2 ?? null,
      s.water_stress,
      s.entry,
      s.exit,
    ]),
  );
  const entityOf = new Map(sites.map((s) => [s.id, s.entity]));
  await warehouse.run(
    'create table reference.meter (meter varchar, site varchar, entity varchar, carrier varchar, valid_from date, valid_to date)',
  );
  await insert(
    warehouse,
    'reference.meter',
    meters.map((m) => [m.id, m.site, entityOf.get(m.site) ?? null, m.carrier, m.from, m.to]),
  );
  await warehouse.run('create table reference.intragroup (entity varchar, auxiliary varchar)');
  await insert(
    warehouse,
    'reference.intragroup',
    entities.flatMap((e) => e.intragroup_auxiliaries.map((a) => [e.id, a])),
  );
}

async function loadCalendar(warehouse: Warehouse, quarters: readonly Quarter[]): Promise<void> {
  await warehouse.run(
    'create table reference.month (month_start date, month_end date, days integer, quarter varchar)',
  );
  const rows = quarters.flatMap((quarter) =>
    monthsBetween(quarter.from, quarter.to).map((month) => [
      month,
      monthEnd(month),
      Number(monthEnd(month).slice(8)),
      quarter.id,
    ]),
  );
  await insert(warehouse, 'reference.month', rows);
  // the twelve months that end with each quarter of the history, where all twelve are in it
  await warehouse.run(`create table reference.trailing_year as
    select q.date, min(m.month_start) as first_day, sum(m.days)::integer as days
    from (select quarter, max(month_end) as date from reference.month group by quarter) as q
    join reference.month as m on m.month_end <= q.date and m.month_start >= date_trunc('month', q.date) - interval 11 month
    group by q.date
    having count(*) = 12
    order by q.date`);
}

/** Every CSV of reference/ and factors/, typed as tables.yaml declares, each row with its own address. */
export async function loadDataFiles(warehouse: Warehouse, overlay: string | undefined): Promise<void> {
  const { factors, reference } = await referenceFiles(overlay);
  const declared: Record<string, Record<string, string>> = {};
  for (const file of reference.filter((f) => f.path.endsWith('.yaml'))) {
    Object.assign(declared, (await readYaml(file.path, Tables, 'CAT-004')).value);
  }
  for (const file of [...factors, ...reference].filter((f) => f.path.endsWith('.csv'))) {
    const table = (file.path.split('/').at(-1) as string).replace(/\.csv$/, '');
    const header =
      (await readFile(file.path, 'utf8'))
        .split(/\r?\n/, 1)[0]
        ?.replace(/^\uFEFF/, '')
        .split(',') ?? [];
    const types = declared[table] ?? {};
    const columns = header.map((name) => `${literal(name)}: ${literal(types[name] ?? 'varchar')}`);
    await warehouse.run(`create table reference.${identifier(table)} as
      select *, ${literal(file.name)} as extract_id, row_number() over () as row_number
      from read_csv(${literal(file.path)}, header = true, delim = ',', quote = '"', escape = '"', columns = {${columns.join(', ')}}, nullstr = '', parallel = false)`);
  }
}

type Value = string | number | boolean | null;

async function insert(
  warehouse: Warehouse,
  table: string,
  rows: readonly (readonly Value[])[],
): Promise<void> {
  if (rows.length === 0) return;
  const sql = (value: Value) =>
    value === null ? 'null' : typeof value === 'string' ? literal(value) : String(value);
  await warehouse.run(
    `insert into ${table} values ${rows.map((row) => `(${row.map(sql).join(', ')})`).join(', ')}`,
  );
}
