import { identifier, literal } from '../../../connectors/connector.ts';
import { harmonise, loadModels, type Model } from '../../harmonise/harmonise.ts';
import type { MeasureValue } from '../../indicators/figure.ts';
import { recordParts } from '../../indicators/measure-parts.ts';
import { contributionRows, divisorOf, measureRows } from '../../indicators/measure-rows.ts';
import { computeMeasures, readMeasureValues, tableColumns } from '../../indicators/measure-values.ts';
import { columnsOf } from '../../warehouse/content-digest.ts';
import { Warehouse } from '../../warehouse/warehouse.ts';
import { contentOf } from '../content.ts';
import type { RunRecord } from '../record-run.ts';
import type { Findings } from './report.ts';

/** The name under which the sealed database is seen from the one that recomputes it. */
const sealed = 'sealed';

/**
 * A database in memory that sees the sealed one: what is computed in it owes nothing to what the run stored.
 */
export async function openRecomputation(file: string): Promise<Warehouse> {
  const again = await Warehouse.open(':memory:');
  try {
    await again.run(`attach ${literal(file)} as ${sealed} (read_only)`);
    return again;
  } catch (error) {
    await again.close();
    throw error;
  }
}

/** Shows a schema of the sealed database as one of the recomputation's own. */
export async function viewSealed(again: Warehouse, schema: 'staged' | 'reference'): Promise<void> {
  await again.run(`create schema ${schema}`);
  const tables = await again.rows<{ name: string }>(
    `select table_name as name from duckdb_tables() where database_name = '${sealed}' and schema_name = '${schema}' order by name`,
  );
  for (const { name } of tables) {
    const table = `${schema}.${identifier(name)}`;
    await again.run(`create view ${table} as select * from ${sealed}.${table}`);
  }
}

/** Harmonises the staged rows again and compares each model with the sealed one: conversions, factors, estimates. */
export async function checkHarmonised(
  again: Warehouse,
  models: readonly Model[],
  findings: Findings,
): Promise<void> {
  await harmonise(again, models);
  const before = await contentOf(again, sealed, ['model']);
  const after = await contentOf(again, undefined, ['model']);
  for (const { table, rows, content } of after) {
    const stored = before.find((one) => one.table === table);
    if (!stored) findings.differs('harmonise', table, 'table_gone');
    else if (stored.rows !== rows)
      findings.differs('harmonise', table, 'model_rows', { stored: stored.rows, again: rows });
    else if (stored.content !== content) findings.differs('harmonise', table, 'model_content', { rows });
  }
  findings.checked.models = after.length;
}

/**
 * What the package's rows are harmonised by: this program's SQL where it wrote the package, whose database must
 * then hold the same; else that of the version that sealed it, as the database records it, and which models
 * differ from this program's is said. Whoever can change the database can change them: only the signature and
 * that version of the program vouch for them.
 */
export async function sealedModels(
  again: Warehouse,
  sameProgram: boolean,
  findings: Findings,
): Promise<Model[]> {
  const rows = await again.rows<{ model: string }>(
    `select model from ${sealed}.result.model order by position`,
  );
  const models = await loadModels();
  if (sameProgram) {
    if (
      JSON.stringify(rows.map(({ model }) => model)) !==
      JSON.stringify(models.map((one) => JSON.stringify(one)))
    )
      findings.differs('harmonise', 'result.model', 'models');
    return models;
  }
  const recorded = rows.map(({ model }) => JSON.parse(model) as Model);
  const own = new Map(models.map((one) => [one.name, JSON.stringify(one)]));
  const names = recorded
    .filter((one) => own.get(one.name) !== JSON.stringify(one))
    .map((one) => one.name)
    .sort();
  findings.note(names.length === 0 ? 'models_alike' : 'models_differ', { names: names.join(', ') });
  return recorded;
}

/** Computes every measure again, for every entity and window, from the rows harmonised again. */
export async function checkMeasures(
  again: Warehouse,
  record: RunRecord,
  findings: Findings,
): Promise<MeasureValue[]> {
  const deliveries = await again.rows<{ contract: string; entity: string; month: string }>(
    `select contract, entity, month::varchar as month from ${sealed}.result.delivery`,
  );
  const expectations = await again.rows<{ contract: string; entity: string }>(
    `select contract, entity from ${sealed}.result.expectation`,
  );
  const values = await computeMeasures(
    again,
    record.catalogue.measures,
    record.windows,
    deliveries,
    expectations,
  );
  const stored = new Map(
    (await readMeasureValues(again, 'true', sealed)).map((one) => [placeOf(one), JSON.stringify(one)]),
  );
  for (const value of values) {
    const place = placeOf(value);
    const was = stored.get(place);
    stored.delete(place);
    if (was === undefined) findings.differs('measures', place, 'measure_gone', { value: shown(value.value) });
    else if (was !== JSON.stringify(value)) {
      const old = JSON.parse(was) as MeasureValue;
      const [key, values_] = (['value', 'rows', 'coverage', 'estimatedShare'] as const)
        .filter((name) => old[name] !== value[name])
        .map((name) => [name, { stored: shown(old[name]), again: shown(value[name]) }] as const)[0] ?? [
        'value',
        { stored: shown(old.value), again: shown(value.value) },
      ];
      findings.differs('measures', place, `measure_${key}`, values_);
    }
  }
  for (const place of stored.keys()) findings.differs('measures', place, 'measure_added');
  findings.checked.measures = values.length;
  await recordParts(again, record.catalogue.measures);
  return values;
}

/** What the database says that each extract gave to each measure, which `trace` reads, against the rows. */
export async function checkParts(again: Warehouse, sameProgram: boolean, findings: Findings): Promise<void> {
  // a run of before it was recorded: trace reads the rows. One of before some columns were is compared without these
  const columns = await columnsOf(again, `${sealed}.result.measure_part`).catch((error) => {
    if (sameProgram) throw error;
    return [];
  });
  const names = columns.map(({ name }) => identifier(name)).join(', ');
  const all = (database: string) => `select ${names} from ${database}result.measure_part`;
  const differing =
    columns.length === 0
      ? []
      : await again.rows<{ place: string }>(
          `select distinct measure || ':' || entity || ':' || extract as place
           from ((${all('')} except all ${all(`${sealed}.`)}) union all (${all(`${sealed}.`)} except all ${all('')})) order by place`,
        );
  for (const { place } of differing)
    findings.differs('measures', `warehouse.duckdb, result.measure_part, ${place}`, 'measure_part');
  findings.checked.parts = await again.scalar<number>('select count(*)::integer from result.measure_part');
}

/**
 * Each value of each measure, for every entity, period and basis, from the rows that `trace` lists for it:
 * the sum of their contributions, divided by the divisor, is the value exactly.
 */
export async function checkOpening(
  again: Warehouse,
  record: RunRecord,
  values: readonly MeasureValue[],
  findings: Findings,
): Promise<void> {
  const columns = await tableColumns(again);
  let checked = 0;
  for (const measure of record.catalogue.measures) {
    const table = columns(measure.table);
    const places = values.filter((one) => one.measure === measure.id);
    if (places.length === 0) continue;
    await again.run(`create or replace temp table contributing as ${measureRows(measure, table)}`);
    const sums = places.map((value, i) => {
      const window = record.windows.find((one) => one.period === value.period && one.basis === value.basis);
      if (!window) return `select ${i} as place, null::decimal(38,10) as again, 0::bigint as rows`;
      const divisor = divisorOf(measure, window);
      const sum = 'coalesce(sum(contribution), 0)::decimal(38,10)';
      return `select ${i} as place, ${divisor === 1 ? sum : `(${sum} / ${divisor})::decimal(38,10)`} as again, count(*) as rows
        from (${contributionRows(measure, table, value.entity, window, 'contributing')})`;
    });
    const opened = await again.rows<{ place: number; again: string; rows: number }>(
      `with opened as (${sums.join(' union all ')}) select place, again, rows from opened order by place`,
    );
    for (const { place, again: sum, rows } of opened) {
      const value = places[place] as MeasureValue;
      checked += 1;
      if (!sameNumber(sum, value.value ?? '0'))
        findings.differs('opening', placeOf(value), 'opening', {
          rows,
          again: sum,
          stored: shown(value.value),
        });
    }
  }
  await again.run('drop table if exists contributing');
  findings.checked.openings = checked;
}

const placeOf = ({ measure, entity, period, basis }: MeasureValue) =>
  `${measure}:${entity}:${period}:${basis}`;

const shown = (value: string | number | null) => (value === null ? '–' : value);

/** Whether two decimal texts are the same number: `12.50` and `12.5`, `-0` and `0`. */
export function sameNumber(a: string | null, b: string | null): boolean {
  if (a === null || b === null) return a === b;
  const bare = (text: string) =>
    (text.includes('.') ? text.replace(/\.?0+$/, '') : text).replace(/^-0$/, '0');
  return bare(a) === bare(b);
}
