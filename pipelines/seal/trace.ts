import { join } from 'node:path';
import { literal } from '../../connectors/connector.ts';
import { Fault } from '../fault.ts';
import { loadModels } from '../harmonise/harmonise.ts';
import type { Catalogue, Indicator, Measure } from '../indicators/catalogue.ts';
import { type Basis, type Figure, GROUP, type MeasureValue } from '../indicators/figure.ts';
import {
  contributionRows,
  divisorOf,
  measureRows,
  type TableColumns,
  type Window,
} from '../indicators/measure-rows.ts';
import { readMeasureValues, tableColumns } from '../indicators/measure-values.ts';
import { measuresIn } from '../indicators/measures-in.ts';
import { tellsOfOnePerson } from '../indicators/population.ts';
import { Warehouse } from '../warehouse/warehouse.ts';
import { type RunRecord, readRecord } from './record-run.ts';
import { type HarmonisedRow, lineageOf, type StagedRow } from './tracing/lineage.ts';
import { type PassageRow, passageRows } from './tracing/passage.ts';

/** The tree under one figure: its measures, the extracts that made each, and the largest rows. */
export interface Trace {
  readonly run: string;
  readonly indicator: Indicator | null;
  readonly figure: Figure | null;
  readonly entity: string;
  readonly period: string;
  readonly basis: Basis;
  readonly measures: readonly MeasureTrace[];
}

export interface MeasureTrace {
  readonly measure: Measure;
  readonly value: MeasureValue | null;
  /** sum of the contributions of all rows; divided by `divisor` it is the value */
  readonly contributed: string | null;
  readonly divisor: number;
  /** contributions of all rows over the divisor make the value exactly */
  readonly exact: boolean;
  readonly rows: number;
  /** how the estimated part of it was estimated, with what each method contributes */
  readonly methods: readonly {
    readonly method: string;
    readonly rows: number;
    readonly contribution: string;
  }[];
  readonly extracts: readonly {
    readonly extract: string;
    readonly rows: number;
    readonly contribution: string;
  }[];
  readonly largest: readonly TracedRow[];
}

export interface TracedRow {
  readonly entity: string;
  readonly site: string | null;
  readonly date: string;
  readonly value: string | null;
  readonly share: string;
  readonly contribution: string;
  readonly quality: string | null;
  readonly extract: string;
  readonly row: number;
  /** the row of the common model, opened down to the staged rows; null where it cannot be told */
  readonly harmonised: HarmonisedRow | null;
  /** the first row as staged; null for rows that no extract holds */
  readonly staged: Readonly<Record<string, unknown>> | null;
}

export interface TraceRequest {
  readonly id: string;
  readonly entity?: string | undefined;
  readonly period?: string | undefined;
  readonly basis?: Basis | undefined;
  /** only the rows of these sites: the perimeter of an objective on sites */
  readonly sites?: readonly string[] | undefined;
  /** largest rows to list */
  readonly top?: number | undefined;
}

/** People of one sex below whom a cell is merged with others. */
const smallestGroup = 5;

/** Opens a sealed run's database. */
export async function openRun(folder: string): Promise<{ warehouse: Warehouse; record: RunRecord }> {
  let warehouse: Warehouse;
  try {
    warehouse = await Warehouse.read(join(folder, 'warehouse.duckdb'), [join(folder, 'quarantine.csv')]);
  } catch (cause) {
    throw new Fault(
      'SEA-003',
      `The database of ${folder} cannot be opened: ${(cause as Error).message.split('\n')[0]}.`,
      'Give the folder of a run, e.g. out/2026-Q3/latest, and check it with `concordance verify`.',
      { cause },
    );
  }
  return { warehouse, record: await readRecord(warehouse) };
}

/**
 * Opens a figure (or a measure) to the rows that made it.
 *
 * @throws {Fault} TRC-001 for an unknown id, TRC-002 for a window that the run has not, TRC-003 for a figure
 * that is suppressed: its rows would show what it hides; TRC-008 for a site that the run has not
 */
export async function trace(warehouse: Warehouse, record: RunRecord, request: TraceRequest): Promise<Trace> {
  const { indicator, measures, figure, entity, sites, period, basis, window, columns } = await openable(
    warehouse,
    record,
    request,
  );
  const traced: MeasureTrace[] = [];
  for (const measure of measures) {
    const contributions = openedRows(measure, columns(measure.table), entity, window, sites);
    // the extract of a median's middle rows would tell where that one person works
    const extract = tellsOfOnePerson(measure) ? "'(all)'" : 'extract_id';
    const extracts = await warehouse.rows<MeasureTrace['extracts'][number]>(
      `select ${extract} as extract, count(*) as rows, coalesce(sum(contribution), 0)::decimal(38,10) as contribution
       from (${contributions}) group by all order by abs(sum(contribution)) desc nulls last, extract`,
    );
    const divisor = divisorOf(measure, window);
    const sum = 'coalesce(sum(contribution), 0)::decimal(38,10)';
    const [total] = await warehouse.rows<{ rows: number; contributed: string | null; again: string }>(
      `select count(*) as rows, sum(contribution)::decimal(38,10) as contributed,
         ${divisor === 1 ? sum : `(${sum} / ${divisor})::decimal(38,10)`} as again from (${contributions})`,
    );
    // the run keeps values of companies and the group; those of sites are what their rows make
    const [value] = sites
      ? []
      : await readMeasureValues(
          warehouse,
          `measure = ${literal(measure.id)} and entity = ${literal(entity)} and period = ${literal(period)} and basis = ${literal(basis)}`,
        );
    if (total && !sites && Number(total.again) !== Number(value?.value ?? 0)) {
      throw new Fault(
        'TRC-006',
        `The rows of ${measure.id} make ${total.again}, the run says ${value?.value ?? 'missing'}.`,
        'The database has been changed: see `concordance verify`.',
      );
    }
    traced.push({
      measure,
      value:
        sites && total && total.rows > 0
          ? valueOfRows(measure, { entity: `site:${sites.join('+')}`, period, basis }, total)
          : (value ?? null),
      contributed: total?.contributed ?? null,
      divisor,
      exact: total?.again === (value?.value ?? total?.again),
      methods: await estimateMethods(warehouse, measure, columns, contributions),
      rows: total?.rows ?? 0,
      extracts,
      largest: closedRows(measure)
        ? []
        : await largestRows(warehouse, measure, contributions, request.top ?? 20),
    });
  }
  return { run: record.run, indicator, figure, entity, period, basis, measures: traced };
}

/** What the rows of some sites make; the part of them that is estimated is told by {@link estimateMethods}. */
function valueOfRows(
  measure: Measure,
  place: Pick<MeasureValue, 'entity' | 'period' | 'basis'>,
  { again, rows }: { readonly again: string; readonly rows: number },
): MeasureValue {
  return {
    measure: measure.id,
    ...place,
    value: again,
    divisor: 1,
    rows,
    unvalued: 0,
    coverage: 1,
    estimatedShare: null,
  };
}

/**
 * Every contributing row of a figure, as a stream of chunks: of pay, health and statistics the totals by
 * extract, of people lines that no other measure's can be joined with.
 */
export async function* traceRows(
  warehouse: Warehouse,
  record: RunRecord,
  request: TraceRequest,
): AsyncGenerator<PassageRow[]> {
  const { measures, entity, sites, window, columns } = await openable(warehouse, record, request);
  const models = await loadModels();
  for (const measure of measures) {
    if (!closedRows(measure)) {
      yield* passageRows(warehouse, models, measure, { entity, sites, window });
      continue;
    }
    const contributions = openedRows(measure, columns(measure.table), entity, window, sites);
    const hidden = tellsOfOnePerson(measure) ? "'(all)'" : undefined;
    const totals = warehouse.chunks<Partial<PassageRow>>(
      `select ${hidden ?? 'entity'} as entity, max(date)::varchar as date, sum(value)::decimal(38,10) as value, share,
         sum(contribution)::decimal(38,10) as contribution, ${hidden ?? 'extract_id'} as extract
       from (${contributions}) group by all order by extract, entity`,
    );
    const own = { measure: measure.id, unit: measure.unit, divisor: divisorOf(measure, window) };
    for await (const chunk of totals) yield chunk.map((one) => ({ ...one, ...own }) as PassageRow);
  }
}

/** The contributing rows of each measure of a figure, as SELECTs, once it is known that they may be opened. */
export async function contributionsOf(
  warehouse: Warehouse,
  record: RunRecord,
  request: TraceRequest,
): Promise<{ measure: Measure; contributions: string }[]> {
  const { measures, entity, window, columns } = await openable(warehouse, record, request);
  return measures.map((measure) => ({
    measure,
    contributions: contributionRows(measure, columns(measure.table), entity, window),
  }));
}

/** What a request names, once it is known that it may be opened. */
async function openable(warehouse: Warehouse, record: RunRecord, request: TraceRequest) {
  const { indicator, measures } = resolve(record.catalogue, request.id);
  const sites = request.sites ?? null;
  const entity = sites ? await companyOfSites(warehouse, sites, request.entity) : (request.entity ?? GROUP);
  const period = request.period ?? record.period;
  const basis = request.basis ?? indicator?.bases[0] ?? 'quarter';
  const window = windowOf(record, period, basis);
  const figure = indicator ? await figureOf(warehouse, indicator.id, entity, period, basis) : null;
  const byCompany = measures.find((measure) => measure.level === 'entity');
  if (byCompany && entity === GROUP) {
    throw new Fault(
      'TRC-007',
      `${byCompany.id} is worked out by company: it has no value for the group.`,
      'Name a company with --entity.',
      { exitStatus: 2 },
    );
  }
  const shut = measures.find((measure) => measure.opens === 'closed');
  if (shut) {
    throw new Fault(
      'TRC-005',
      `${shut.id} is one person's pay, or would give it: neither it nor its rows are shown.`,
      'The ratio that it is part of is shown, and `concordance verify` recomputes it from the rows.',
    );
  }
  await refuseSuppressed(warehouse, record, measures, indicator, figure, { entity, period, basis });
  return {
    indicator,
    measures,
    figure: sites ? null : figure,
    entity,
    sites,
    period,
    basis,
    window,
    columns: await tableColumns(warehouse),
  };
}

/** The company that sites belong to, whose rows count whole; the group where they belong to several. */
async function companyOfSites(
  warehouse: Warehouse,
  sites: readonly string[],
  asked: string | undefined,
): Promise<string> {
  const known = await warehouse.rows<{ site: string; entity: string }>(
    'select site, entity from reference.site order by site',
  );
  const strange = sites.find((site) => !known.some((one) => one.site === site));
  const companies = [...new Set(known.filter((one) => sites.includes(one.site)).map((one) => one.entity))];
  const company = companies.length === 1 ? (companies[0] as string) : GROUP;
  if (strange !== undefined || (asked !== undefined && asked !== company)) {
    throw new Fault(
      'TRC-008',
      strange === undefined
        ? `The sites ${sites.join(', ')} are not ${asked}'s.`
        : `This run has no site "${strange}".`,
      `It has ${known.map((one) => `${one.site} (${one.entity})`).join(', ')}.`,
      { exitStatus: 2 },
    );
  }
  return company;
}

function resolve(catalogue: Catalogue, id: string): { indicator: Indicator | null; measures: Measure[] } {
  const indicator = catalogue.indicators.find((one) => one.id === id) ?? null;
  if (indicator) {
    return {
      indicator,
      measures: measuresIn(indicator).map((m) => catalogue.measures.find((one) => one.id === m) as Measure),
    };
  }
  const measure = catalogue.measures.find((one) => one.id === id);
  if (!measure) {
    const near = [...catalogue.indicators, ...catalogue.measures]
      .map((one) => one.id)
      .filter((one) => one.includes(id.split('.').at(-1) as string));
    throw new Fault(
      'TRC-001',
      `This run has no indicator or measure "${id}".`,
      near.length > 0 ? `Near it: ${near.slice(0, 5).join(', ')}.` : 'See `concordance indicators`.',
      { exitStatus: 2 },
    );
  }
  return { indicator: null, measures: [measure] };
}

function windowOf(record: RunRecord, period: string, basis: Basis): Window {
  const window = record.windows.find((one) => one.period === period && one.basis === basis);
  if (!window) {
    const periods = [
      ...new Set(record.windows.filter((one) => one.basis === basis).map((one) => one.period)),
    ];
    throw new Fault(
      'TRC-002',
      `This run has no window ${period} (${basis}).`,
      `It has ${periods.join(', ')}.`,
      { exitStatus: 2 },
    );
  }
  return window;
}

async function figureOf(
  warehouse: Warehouse,
  id: string,
  entity: string,
  period: string,
  basis: Basis,
): Promise<Figure | null> {
  const [figure] = await warehouse.rows<Figure>(
    `select indicator, entity, period, basis, value, unit, numerator, denominator, coverage::double as coverage, estimated_share::double as "estimatedShare", status
     from result.figure where indicator = ${literal(id)} and entity = ${literal(entity)} and period = ${literal(period)} and basis = ${literal(basis)}`,
  );
  if (!figure) {
    throw new Fault(
      'TRC-004',
      `${id} has no figure for ${entity}, ${period} (${basis}).`,
      'See figures.csv for those that exist.',
      { exitStatus: 2 },
    );
  }
  return figure;
}

/** A measure is as closed as the most closed figure that it is part of. */
async function refuseSuppressed(
  warehouse: Warehouse,
  record: RunRecord,
  measures: readonly Measure[],
  indicator: Indicator | null,
  figure: Figure | null,
  place: { entity: string; period: string; basis: Basis },
): Promise<void> {
  const concerned = indicator
    ? [indicator.id]
    : record.catalogue.indicators
        .filter((one) => measuresIn(one).some((m) => measures.some((x) => x.id === m)))
        .map((one) => one.id);
  const suppressed =
    figure?.status === 'suppressed' ||
    (concerned.length > 0 &&
      (await warehouse.scalar<number>(
        `select count(*) from result.figure where status = 'suppressed' and indicator in (${concerned.map(literal).join(', ')})
         and entity = ${literal(place.entity)} and period = ${literal(place.period)} and basis = ${literal(place.basis)}`,
      )) > 0);
  if (suppressed) {
    throw new Fault(
      'TRC-003',
      `${indicator?.id ?? measures[0]?.id} of ${place.entity}, ${place.period} is not shown: too few people.`,
      'Its rows would say what it hides.',
    );
  }
}

/** Rows that are never listed one by one: pay, health, and those of a statistic that one person's rank decides. */
const closedRows = (measure: Measure): boolean => measure.opens !== 'rows' || tellsOfOnePerson(measure);

/**
 * The contributions as a reader may see them: a cell stands where a row's extract does. Cells with fewer than the threshold of either sex are merged
 * into one row, with the next smallest where there is one alone, so that the others still add up and the
 * small one is not had by subtraction.
 */
function openedRows(
  measure: Measure,
  columns: TableColumns,
  entity: string,
  window: Window,
  sites: readonly string[] | null,
): string {
  const own = `(select * from (${measureRows(measure, columns)}) where site in (${(sites ?? []).map(literal).join(', ')}))`;
  const rows = contributionRows(measure, columns, entity, window, sites ? own : undefined);
  if (measure.opens !== 'cells') return rows;
  return `with cells as (
      select *, least(women, men) < ${smallestGroup} as small from (${rows})),
    ranked as (
      select *, count(*) filter (where small) over () = 1 as alone,
        row_number() over (order by case when small then 0 else 1 end, least(women, men), cell) as place
      from cells),
    merged as (select *, small or (alone and place = 2) as hidden from ranked)
    select entity, site, date, value, share, contribution, quality, key, cell || ' (' || women || ' F, ' || men || ' M)' as extract_id, 0 as row_number
    from merged where not hidden
    union all
    select max(entity), null, max(date), sum(value), max(share), sum(contribution), null, null, count(*) || ' x (< ' || ${smallestGroup} || ')', 0
    from merged where hidden having count(*) > 0`;
}

/**
 * How the estimated rows were estimated, largest first. An emission is estimated as the energy that made it
 * was; `unstated` where the row does not say.
 */
async function estimateMethods(
  warehouse: Warehouse,
  measure: Measure,
  columns: (table: string) => TableColumns,
  contributions: string,
): Promise<MeasureTrace['methods']> {
  const own = ['emission', 'energy_origin'].includes(measure.table) ? 'energy' : measure.table;
  const tables = columns(own).has('method') && columns(own).has('quality') ? [own] : [];
  const told = tables.map(
    (table) =>
      `select extract_id, row_number, date, entity, method from model.${table} where quality = 'estimated' and method is not null`,
  );
  const methods =
    told.length === 0
      ? 'select null::varchar as extract_id, null::bigint as row_number, null::date as date, null::varchar as entity, null::varchar as method where false'
      : told.join(' union all ');
  return warehouse.rows(
    `with estimated as (select * from (${contributions}) where quality = 'estimated'),
       methods as (select extract_id, row_number, date, entity, min(method) as method from (${methods}) group by all)
     select coalesce(m.method, 'unstated') as method, count(*) as rows, coalesce(sum(e.contribution), 0)::decimal(38,10) as contribution
     from estimated as e left join methods as m using (extract_id, row_number, date, entity)
     group by all order by abs(sum(e.contribution)) desc nulls last, method`,
  );
}

/** The largest rows, each opened down to its staged rows; one query a table and a level. */
async function largestRows(
  warehouse: Warehouse,
  measure: Measure,
  contributions: string,
  top: number,
): Promise<TracedRow[]> {
  const rows = await warehouse.rows<Omit<TracedRow, 'staged' | 'harmonised'>>(
    `select entity, site, date::varchar as date, value, share, contribution, quality, extract_id as extract, row_number as row
     from (${contributions}) order by abs(contribution) desc nulls last, extract_id, row_number, date limit ${top}`,
  );
  const opened = await lineageOf(warehouse, await loadModels(), measure, rows);
  return rows.map((row, i) => {
    const harmonised = opened[i] ?? null;
    return { ...row, harmonised, staged: firstStaged(harmonised)?.values ?? null };
  });
}

function firstStaged(row: HarmonisedRow | null): StagedRow | undefined {
  if (row === null) return undefined;
  return row.staged[0] ?? row.from.map(firstStaged).find((one) => one !== undefined);
}
