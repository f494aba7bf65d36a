import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { Decimal } from 'decimal.js';
import { identifier, literal } from '../connectors/connector.ts';
import { attachedRun } from './comparison.ts';
import { Fault } from './fault.ts';
import { harmonise, loadModels, type Model } from './harmonise/harmonise.ts';
import { bridge, bridgeSides, type Effects } from './indicators/bridge.ts';
import { readSide } from './indicators/bridge-side.ts';
import type { Catalogue, Measure } from './indicators/catalogue.ts';
import { type Figure, GROUP } from './indicators/figure.ts';
import { computeFigures } from './indicators/figures.ts';
import { computeMeasures, readMeasureValues } from './indicators/measure-values.ts';
import { measuresIn, populationsOf } from './indicators/measures-in.ts';
import { refuseFactorOverlaps } from './stage/factor-overlaps.ts';
import { Warehouse } from './warehouse/warehouse.ts';

/** A figure of the run's last period that the other factors change; its activity is the same on both sides. */
export interface FactorChange {
  readonly indicator: string;
  readonly entity: string;
  readonly basis: Figure['basis'];
  readonly unit: string;
  readonly before: string | null;
  readonly after: string | null;
}

/** What one factor in the place of another does to the group's emissions of twelve months. */
export interface FactorEffect {
  readonly activity: string;
  readonly part: string;
  readonly before: string | null;
  readonly after: string | null;
  /** kgCO2e per unit */
  readonly valueBefore: string | null;
  readonly valueAfter: string | null;
  readonly unit: string;
  readonly rows: number;
  /** tCO2e, after consolidation */
  readonly effect: string;
}

/** A measure of emissions since a year before, as the run tells it, then what the other factors add. */
export interface FactorBridge extends Effects {
  readonly measure: string;
  readonly basis: Figure['basis'];
  readonly yearBefore: string | null;
  readonly reported: string;
  /** effect of the other factors on the same activity: `reported + newFactors = preview`, exactly */
  readonly newFactors: string;
  readonly preview: string;
}

export interface FactorPreview {
  readonly run: string;
  readonly period: string;
  readonly language: 'fr' | 'en';
  readonly catalogue: Catalogue;
  readonly changes: readonly FactorChange[];
  readonly effects: readonly FactorEffect[];
  readonly bridges: readonly FactorBridge[];
  /** rows of emissions that had a factor and have none any more */
  readonly orphans: number;
}

const files = ['factors', 'group_factors'] as const;
const bridged = ['scope1_total', 'scope2_location', 'scope2_market', 'scope3_total'];

/**
 * A sealed run computed again with another set of factors, on the same activity: nothing is written.
 *
 * @param run folder of the run
 * @param folder holds `factors.csv`, `group_factors.csv` or both, with the columns of `data/factors`; what is
 *   not there is taken from the run
 * @throws {Fault} FAC-003 for no file of factors, FAC-004 for one that cannot be read, FAC-001 and FAC-002 as a run does
 */
export async function previewFactors(run: string, folder: string): Promise<FactorPreview> {
  const given = await filesIn(folder);
  const warehouse = await Warehouse.open(':memory:');
  try {
    const { manifest, side } = await attachedRun(warehouse, 'run_before', run);
    const models = side.models ?? (await loadModels());
    const affected = affectedBy(models);
    await warehouse.run('create schema reference; create schema model; create schema result');
    for (const [schema, table] of await tablesOf(warehouse)) {
      if (schema === 'reference' && given.has(table))
        await loadFactors(warehouse, table, given.get(table) as string);
      else if (schema !== 'model' || !affected.some((model) => model.name === table))
        await warehouse.run(
          `create view ${schema}.${identifier(table)} as select * from run_before.${schema}.${identifier(table)}`,
        );
    }
    await refuseFactorOverlaps(warehouse);
    // the SQL that a package records is not trusted with files
    await warehouse.shut();
    await harmonise(warehouse, affected);
    const { period, language, catalogue } = await record(warehouse);
    const windows = side.windows.filter((one) => one.period === period);
    const tables = new Set(affected.map((model) => model.name));
    const { measures, figures } = await computedAgain(warehouse, side.catalogue, tables, windows);
    return {
      run: manifest.run,
      period,
      language,
      catalogue,
      changes: await changed(warehouse, figures),
      effects: await effectsOf(warehouse, windows.find((one) => one.basis === 'ttm') ?? windows[0]),
      bridges: await bridges(
        warehouse,
        measures.filter((one) => bridged.includes(one.id)),
        side.windows,
        period,
      ),
      orphans: await warehouse.scalar<number>(
        `${pairs} select count(*)::integer from paired where before_tco2e is not null and after_tco2e is null`,
      ),
    };
  } finally {
    await warehouse.close();
  }
}

/** Emission rows of the run beside the same rows with the other factors: one activity may make several alike. */
const place =
  'extract_id, row_number, entity, site, date, scope, category, basis, activity, scope_part, unit, quantity';
const numbered = (catalog: string) =>
  `select *, row_number() over (partition by ${place} order by factor_id nulls last, method nulls last) as nth from ${catalog}model.emission`;
const pairs = `with paired as (
  select n.entity, n.date, n.activity, n.scope_part, n.unit, o.factor_id as before_id, n.factor_id as after_id,
    o.factor_kgco2e as before_kgco2e, n.factor_kgco2e as after_kgco2e, o.tco2e as before_tco2e, n.tco2e as after_tco2e
  from (${numbered('run_before.')}) as o
  join (${numbered('')}) as n
    on ${[...place.split(', '), 'nth'].map((column) => `o.${column} is not distinct from n.${column}`).join(' and ')})`;

async function filesIn(folder: string): Promise<Map<string, string>> {
  const found = new Map<string, string>();
  for (const name of files) {
    const path = join(folder, `${name}.csv`);
    if (await stat(path).catch(() => undefined)) found.set(name, path);
  }
  if (found.size === 0)
    throw new Fault(
      'FAC-003',
      `${folder} holds neither factors.csv nor group_factors.csv.`,
      'Copy those of data/factors (or of the package, definition/factors) there and change them.',
      { exitStatus: 2 },
    );
  return found;
}

/** The models that read factors, and those that read these, in their order. */
function affectedBy(models: readonly Model[]): Model[] {
  const touched = new Set(files.map((name) => `reference.${name}`));
  return models.filter((model) => {
    const hit = model.inputs.some((input) => touched.has(input));
    if (hit) touched.add(`model.${model.name}`);
    return hit;
  });
}

async function tablesOf(warehouse: Warehouse): Promise<[string, string][]> {
  const rows = await warehouse.rows<{ schema: string; name: string }>(
    `select table_schema as schema, table_name as name from information_schema.tables
     where table_catalog = 'run_before' and table_schema in ('reference', 'model') order by 1, 2`,
  );
  return rows.map(({ schema, name }) => [schema, name]);
}

/** A CSV of factors with the columns, and their types, of the run's own. */
async function loadFactors(warehouse: Warehouse, table: string, path: string): Promise<void> {
  const types = new Map(
    (
      await warehouse.rows<{ name: string; type: string }>(
        `select column_name as name, data_type as type from information_schema.columns
         where table_catalog = 'run_before' and table_schema = 'reference' and table_name = ${literal(table)}`,
      )
    ).map(({ name, type }) => [name, type]),
  );
  const [head = ''] = (await readFile(path, 'utf8')).replace(/^\uFEFF/, '').split(/\r?\n/, 1);
  const header = head.split(',');
  const wanted = [...types.keys()].filter((name) => !['extract_id', 'row_number'].includes(name));
  // the French text of a source may be left out
  const missing = wanted.filter((name) => name !== 'source_fr' && !header.includes(name));
  if (missing.length > 0)
    throw new Fault(
      'FAC-004',
      `${path} lacks the columns ${missing.join(', ')}.`,
      `Keep the columns of data/factors/${table}.csv.`,
      {
        exitStatus: 2,
      },
    );
  const columns = header.map((name) => `${literal(name)}: ${literal(types.get(name) ?? 'varchar')}`);
  try {
    await warehouse.run(`create table reference.${identifier(table)} as
      select ${wanted.map((name) => (header.includes(name) ? identifier(name) : `null::varchar as ${identifier(name)}`)).join(', ')}, ${literal(`factors/${table}.csv`)} as extract_id, row_number() over () as row_number
      from read_csv(${literal(path)}, header = true, delim = ',', quote = '"', escape = '"', columns = {${columns.join(', ')}}, nullstr = '', parallel = false)`);
  } catch (cause) {
    throw new Fault(
      'FAC-004',
      `${path} cannot be read: ${(cause as Error).message.split('\n')[0]}.`,
      'Write numbers with a point, days as yyyy-mm-dd, one factor a line.',
      { exitStatus: 2, cause },
    );
  }
}

async function record(warehouse: Warehouse) {
  return JSON.parse(await warehouse.scalar<string>('select record from run_before.result.run')) as {
    period: string;
    language: 'fr' | 'en';
    catalogue: Catalogue;
  };
}

/** The figures that rest on a table computed again; their other measures keep the values of the run. */
async function computedAgain(
  warehouse: Warehouse,
  catalogue: Catalogue,
  tables: ReadonlySet<string>,
  windows: Parameters<typeof computeMeasures>[2],
): Promise<{ measures: Measure[]; figures: Figure[] }> {
  const measures = catalogue.measures.filter((one) => tables.has(one.table));
  const again = new Set(measures.map((one) => one.id));
  const indicators = catalogue.indicators.filter((one) => measuresIn(one).some((id) => again.has(id)));
  const deliveries = await warehouse.rows<{ contract: string; entity: string; month: string }>(
    'select contract, entity, month::varchar as month from run_before.result.delivery',
  );
  const expectations = await warehouse.rows<{ contract: string; entity: string }>(
    'select contract, entity from run_before.result.expectation',
  );
  const values = await computeMeasures(warehouse, measures, windows, deliveries, expectations);
  const others = [
    ...new Set(
      indicators.flatMap((one) => [
        ...measuresIn(one),
        ...(one.applies ? [one.applies.measure] : []),
        ...populationsOf(one),
      ]),
    ),
  ].filter((id) => !again.has(id));
  const kept =
    others.length === 0
      ? []
      : await readMeasureValues(
          warehouse,
          `measure in (${others.map(literal).join(', ')}) and period in (${windows.map((one) => literal(one.period)).join(', ')})`,
          'run_before',
        );
  const figures = computeFigures({ ...catalogue, indicators }, [...values, ...kept]);
  return { measures, figures };
}

async function changed(warehouse: Warehouse, figures: readonly Figure[]): Promise<FactorChange[]> {
  const reported = new Map(
    (
      await warehouse.rows<{ key: string; value: string | null }>(
        "select concat_ws('|', indicator, entity, period, basis) as key, value from run_before.result.figure",
      )
    ).map(({ key, value }) => [key, value === null ? null : new Decimal(value).toFixed()]),
  );
  return figures.flatMap(({ indicator, entity, period, basis, unit, value }) => {
    const key = [indicator, entity, period, basis].join('|');
    if (!reported.has(key)) return [];
    const before = reported.get(key) ?? null;
    return before === (value === null ? null : new Decimal(value).toFixed())
      ? []
      : [{ indicator, entity, basis, unit, before, after: value }];
  });
}

/** Pairs of factors, by what they change in the group's window, the largest first. */
async function effectsOf(
  warehouse: Warehouse,
  window: { from: string; to: string } | undefined,
): Promise<FactorEffect[]> {
  if (!window) return [];
  return warehouse.rows<FactorEffect>(
    `${pairs}
     select p.activity, p.scope_part as part, p.before_id as before, p.after_id as after,
       p.before_kgco2e::varchar as "valueBefore", p.after_kgco2e::varchar as "valueAfter", p.unit, count(*)::integer as rows,
       sum((coalesce(p.after_tco2e, 0) - coalesce(p.before_tco2e, 0)) * e.weight)::decimal(28,10)::varchar as effect
     from paired as p
     join reference.entity as e on e.entity = p.entity
     where p.date between date ${literal(window.from)} and date ${literal(window.to)}
       and p.date >= coalesce(e.entry_date, date '0001-01-01') and p.date <= coalesce(e.exit_date, date '9999-12-31')
       and (p.before_id is distinct from p.after_id or p.before_kgco2e is distinct from p.after_kgco2e)
     group by all
     order by abs(sum((coalesce(p.after_tco2e, 0) - coalesce(p.before_tco2e, 0)) * e.weight)) desc, p.activity, part, before, after`,
  );
}

async function bridges(
  warehouse: Warehouse,
  measures: readonly Measure[],
  windows: Parameters<typeof computeMeasures>[2],
  period: string,
): Promise<FactorBridge[]> {
  const found: FactorBridge[] = [];
  const earlier = `${Number(period.slice(0, 4)) - 1}${period.slice(4)}`;
  const inRun = async <T>(work: () => Promise<T>): Promise<T> => {
    await warehouse.run('use run_before');
    try {
      return await work();
    } finally {
      await warehouse.run('use memory');
    }
  };
  for (const measure of measures) {
    for (const now of windows.filter((one) => one.period === period)) {
      const then = windows.find((one) => one.period === earlier && one.basis === now.basis);
      const reported = await inRun(() => readSide(warehouse, measure, GROUP, now));
      const since = then ? await inRun(() => bridge(warehouse, measure, GROUP, then, now)) : undefined;
      const other = bridgeSides(reported, await readSide(warehouse, measure, GROUP, now));
      found.push({
        measure: measure.id,
        basis: now.basis,
        yearBefore: since?.before ?? null,
        perimeter: since?.perimeter ?? '0',
        factor: since?.factor ?? '0',
        method: since?.method ?? '0',
        activity: since?.activity ?? '0',
        reported: other.before,
        newFactors: other.factor,
        preview: other.after,
      });
    }
  }
  return found;
}
