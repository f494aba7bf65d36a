import { join } from 'node:path';
import { literal } from '../../connectors/connector.ts';
import { Fault } from '../fault.ts';
import { loadModels } from '../harmonise/harmonise.ts';
import type { Catalogue, Indicator, Measure } from '../indicators/catalogue.ts';
import { type Basis, type Figure, GROUP, type MeasureValue } from '../indicators/figure.ts';
import { together } from '../indicators/measure-origins.ts';
import {
  contributionRows,
  divisorOf,
  measureRows,
  type TableColumns,
  type Window,
} from '../indicators/measure-rows.ts';
import { readMeasureValues } from '../indicators/measure-values.ts';
import { measuresIn } from '../indicators/measures-in.ts';
import { fewestPeople, ofSites, peopleContributions, shownColumns } from '../indicators/people-lines.ts';
import { isPopulationStatistic, tellsOfOnePerson } from '../indicators/population.ts';
import { hidesPart, placeOf, readWithheld } from '../indicators/withheld.ts';
import { Warehouse } from '../warehouse/warehouse.ts';
import { type RunRecord, readRecord } from './record-run.ts';
import { type ColumnsOf, readColumns } from './tracing/columns.ts';
import { type HarmonisedRow, type Lineage, lineageIn, type StagedRow } from './tracing/lineage.ts';
import { among, holdingLargest, recordedParts } from './tracing/parts.ts';
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
  readonly extracts: readonly ExtractTotal[];
  readonly largest: readonly TracedRow[];
  readonly shown: Shown;
}

/**
 * What of a measure is shown at a place: its rows; the totals of its extracts; its `value` alone, where rows or
 * extracts would tell of a small group; or `nothing`, where the value itself would.
 */
export type Shown = 'rows' | 'extracts' | 'value' | 'nothing';

export interface ExtractTotal {
  readonly extract: string;
  readonly rows: number;
  readonly contribution: string;
}

export interface TracedRow {
  /** number of a line of people within the measure; null elsewhere */
  readonly line: number | null;
  readonly entity: string;
  readonly site: string | null;
  readonly date: string;
  readonly value: string | null;
  readonly share: string;
  readonly contribution: string;
  readonly quality: string | null;
  /** null for people, as the row, the site and the rows below */
  readonly extract: string | null;
  readonly row: number | null;
  /** of a row that adds up several of the extract: the last of them; null elsewhere */
  readonly last_row: number | null;
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
  const opened = await openable(warehouse, record, request);
  const { indicator, measures, figure, entity, period, basis, columns } = opened;
  const lineage = lineageIn(warehouse);
  const traced: MeasureTrace[] = [];
  for (const measure of measures)
    traced.push(await openMeasure(warehouse, measure, opened, columns, request, lineage));
  return {
    run: record.run,
    indicator,
    figure,
    entity,
    period,
    basis,
    measures: traced,
  };
}

type Opened = Awaited<ReturnType<typeof openable>>;

async function openMeasure(
  warehouse: Warehouse,
  measure: Measure,
  { entity, sites, period, basis, window, shownOf }: Opened,
  columns: ColumnsOf,
  { top = 20 }: TraceRequest,
  lineage: Lineage,
): Promise<MeasureTrace> {
  const divisor = divisorOf(measure, window);
  const shown = await shownOf(measure);
  const none = { measure, divisor, methods: [], extracts: [], largest: [], shown };
  if (shown === 'nothing') return { ...none, value: null, contributed: null, exact: true, rows: 0 };
  const contributions = openedRows(measure, columns(`model.${measure.table}`), entity, window, sites);
  const parts = sites ? null : await recordedParts(warehouse, columns, measure, entity, window);
  await totalByExtract(warehouse, measure, contributions, parts);
  const sum = 'coalesce(sum(contribution), 0)::decimal(38,10)';
  const [total] = await warehouse.rows<{
    rows: number;
    contributed: string | null;
    again: string;
    estimated: number;
  }>(
    `select coalesce(sum(rows), 0)::bigint as rows, sum(contribution)::decimal(38,10) as contributed,
       ${divisor === 1 ? sum : `(${sum} / ${divisor})::decimal(38,10)`} as again, coalesce(sum(estimated), 0)::bigint as estimated from extract_total`,
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
  const made = {
    ...none,
    value:
      sites && total && total.rows > 0
        ? valueOfRows(measure, { entity: `site:${sites.join('+')}`, period, basis }, total)
        : (value ?? null),
    contributed: total?.contributed ?? null,
    exact: total?.again === (value?.value ?? total?.again),
    rows: total?.rows ?? 0,
  };
  if (shown === 'value') return made;
  return {
    ...made,
    methods:
      total && total.estimated > 0
        ? await estimateMethods(
            warehouse,
            measure,
            columns,
            await among(warehouse, contributions, parts, 'estimated > 0'),
          )
        : [],
    extracts: await extractTotals(warehouse, measure),
    largest:
      shown === 'extracts'
        ? []
        : measure.people
          ? await largestLines(
              warehouse,
              measure,
              window,
              peopleContributions(measure, columns(`model.${measure.table}`), entity, window, sites),
              top,
            )
          : await largestRows(
              warehouse,
              measure,
              await among(warehouse, contributions, parts, await holdingLargest(warehouse, parts, top)),
              top,
              lineage,
            ),
  };
}

/** What each extract gave, in the temporary table `extract_total`: as the run recorded it, or in one pass over the rows. */
async function totalByExtract(
  warehouse: Warehouse,
  measure: Measure,
  contributions: string,
  parts: string | null,
): Promise<void> {
  // the extract of a median's middle rows would tell where that one person works
  const extract = tellsOfOnePerson(measure) ? "'(all)'" : 'extract_id';
  const totals = parts
    ? `select extract, sum(rows) as rows, sum(contribution) as contribution, sum(estimated) as estimated from (${parts}) group by extract`
    : `select ${extract} as extract, count(*) as rows, sum(contribution) as contribution, count(*) filter (where quality = 'estimated') as estimated
       from (${contributions}) group by all`;
  await warehouse.run(
    `create or replace temp table extract_total as select * replace (contribution::decimal(38,10) as contribution) from (${totals})`,
  );
}

/** What each extract gave, largest first; of people, the small ones {@link together}. */
async function extractTotals(warehouse: Warehouse, measure: Measure): Promise<ExtractTotal[]> {
  const totals = `select '' as name, '' as entity, '' as period, '' as basis, extract, rows, contribution from extract_total`;
  return warehouse.rows<ExtractTotal>(
    `select extract, rows::bigint as rows, coalesce(contribution, 0)::decimal(38,10) as contribution
     from (${measure.people && measure.opens !== 'cells' ? together(totals) : totals}) order by abs(contribution) desc nulls last, extract`,
  );
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
 * extract, of people lines that no other measure's can be joined with, of what would tell of a small group its
 * total alone.
 */
export async function* traceRows(
  warehouse: Warehouse,
  record: RunRecord,
  request: TraceRequest,
): AsyncGenerator<PassageRow[]> {
  const { measures, entity, sites, window, columns, shownOf } = await openable(warehouse, record, request);
  const models = await loadModels();
  for (const measure of measures) {
    const shown = await shownOf(measure);
    if (shown === 'nothing') continue;
    if (shown === 'rows') {
      yield* passageRows(warehouse, models, measure, { entity, sites, window });
      continue;
    }
    const contributions = openedRows(measure, columns(`model.${measure.table}`), entity, window, sites);
    const own = {
      measure: measure.id,
      unit: measure.unit,
      divisor: divisorOf(measure, window),
      entity,
      date: window.to,
    };
    if (shown === 'extracts') {
      const parts = sites ? null : await recordedParts(warehouse, columns, measure, entity, window);
      await totalByExtract(warehouse, measure, contributions, parts);
      const totals = await extractTotals(warehouse, measure);
      yield totals.map(({ extract, contribution }) => ({ ...own, contribution, extract }) as PassageRow);
    } else {
      const contribution = await warehouse.scalar<string>(
        `select coalesce(sum(contribution), 0)::decimal(38,10)::varchar from (${contributions})`,
      );
      yield [{ ...own, contribution } as PassageRow];
    }
  }
}

/**
 * The contributing rows of each measure of a figure, as SELECTs, once it is known that the figure may be opened;
 * those of people with the number of their line. `shown` says what a reader may see of them.
 */
export async function contributionsOf(
  warehouse: Warehouse,
  record: RunRecord,
  request: TraceRequest,
): Promise<{ measure: Measure; contributions: string; window: Window; shown: Shown }[]> {
  const { measures, entity, window, columns, shownOf } = await openable(warehouse, record, request);
  const opened = [];
  for (const measure of measures) {
    const rows = measure.people ? peopleContributions : contributionRows;
    opened.push({
      measure,
      contributions: rows(measure, columns(`model.${measure.table}`), entity, window),
      window,
      shown: await shownOf(measure),
    });
  }
  return opened;
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
  if (indicator && figure?.status === 'suppressed') throw tooFew(indicator.id, { entity, period });
  const columns = await readColumns(warehouse);
  const shownOf = await shownAt(warehouse, record, measures, columns, { entity, sites, window });
  if (!indicator && (await shownOf(measures[0] as Measure)) === 'nothing')
    throw tooFew(measures[0]?.id ?? '', { entity, period });
  return {
    indicator,
    measures,
    figure: sites ? null : figure,
    entity,
    sites,
    period,
    basis,
    window,
    columns,
    shownOf,
  };
}

/**
 * What may be seen of each measure at a place. Where a cell of the measure is withheld, of whatever company,
 * the rows and extracts of the group would tell it; so would lines of fewer people than the threshold in one
 * company, and a part of a company of which so few are left, inside or outside.
 */
async function shownAt(
  warehouse: Warehouse,
  record: RunRecord,
  measures: readonly Measure[],
  columns: ColumnsOf,
  { entity, sites, window }: { entity: string; sites: readonly string[] | null; window: Window },
): Promise<(measure: Measure) => Promise<Shown>> {
  const { period, basis } = window;
  const threshold = record.suppressBelow ?? smallestGroup;
  const ids = measures.map(({ id }) => id);
  const withheld = await readWithheld(
    warehouse,
    record.catalogue,
    record.suppressBelow,
    columns('result.withheld').size > 0,
    ids,
  );
  const entities = [GROUP, ...(await entitiesOf(warehouse))];
  const found = new Map<string, Promise<Shown>>();
  const told = async (measure: Measure): Promise<Shown> => {
    if (withheld.has(placeOf(measure.id, entity, period, basis))) return 'nothing';
    if (hidesPart(withheld, entity === GROUP ? entities : [entity], measure, window)) return 'value';
    if (closedRows(measure)) return 'extracts';
    if (!measure.people) return 'rows';
    const rows = contributionRows(measure, columns(`model.${measure.table}`), entity, window);
    const part = sites ? `site in (${sites.map(literal).join(', ')})` : 'true';
    const fewest = await fewestPeople(warehouse, measure, rows, part);
    const few = fewest !== null && fewest < threshold;
    return few ? (sites ? 'nothing' : 'value') : 'rows';
  };
  return (measure) => {
    const known = found.get(measure.id) ?? told(measure);
    found.set(measure.id, known);
    return known;
  };
}

async function entitiesOf(warehouse: Warehouse): Promise<string[]> {
  const rows = await warehouse.rows<{ entity: string }>(
    'select entity from reference.entity order by entity',
  );
  return rows.map(({ entity }) => entity);
}

const tooFew = (id: string, { entity, period }: { entity: string; period: string }) =>
  new Fault(
    'TRC-003',
    `${id} of ${entity}, ${period} is not shown: too few people.`,
    'Its rows would say what it hides.',
  );

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

const readFigures = (warehouse: Warehouse, where: string) =>
  warehouse.rows<Figure>(
    `select indicator, entity, period, basis, value, unit, numerator, denominator, coverage::double as coverage, estimated_share::double as "estimatedShare", status
     from result.figure where ${where}`,
  );

async function figureOf(
  warehouse: Warehouse,
  id: string,
  entity: string,
  period: string,
  basis: Basis,
): Promise<Figure | null> {
  const [figure] = await readFigures(
    warehouse,
    `indicator = ${literal(id)} and entity = ${literal(entity)} and period = ${literal(period)} and basis = ${literal(basis)}`,
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
  const rows = contributionRows(
    measure,
    columns,
    entity,
    window,
    ofSites(`(${measureRows(measure, columns, { model_row: 't.rowid' })})`, sites),
    ['model_row'],
  );
  if (measure.opens !== 'cells') return rows;
  return `with cells as (
      select *, least(women, men) < ${smallestGroup} as small from (${rows})),
    ranked as (
      select *, count(*) filter (where small) over () = 1 as alone,
        row_number() over (order by case when small then 0 else 1 end, least(women, men), cell) as place
      from cells),
    merged as (select *, small or (alone and place = 2) as hidden from ranked)
    select entity, site, date, value, share, contribution, quality, key, cell || ' (' || women || ' F, ' || men || ' M)' as extract_id, 0 as row_number, null::bigint as last_row
    from merged where not hidden
    union all
    select max(entity), null, max(date), sum(value), max(share), sum(contribution), null, null, count(*) || ' x (< ' || ${smallestGroup} || ')', 0, null
    from merged where hidden having count(*) > 0`;
}

/**
 * How the estimated rows were estimated, largest first. An emission is estimated as the energy that made it
 * was; `unstated` where the row does not say.
 */
async function estimateMethods(
  warehouse: Warehouse,
  measure: Measure,
  columns: ColumnsOf,
  contributions: string,
): Promise<MeasureTrace['methods']> {
  const own = ['emission', 'energy_origin'].includes(measure.table) ? 'energy' : measure.table;
  const told = columns(`model.${own}`);
  const methods =
    told.has('method') && told.has('quality')
      ? `select extract_id, row_number, date, entity, method from model.${own} where quality = 'estimated' and method is not null`
      : 'select null::varchar as extract_id, null::bigint as row_number, null::date as date, null::varchar as entity, null::varchar as method where false';
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
  lineage: Lineage,
): Promise<TracedRow[]> {
  // rows that make a statistic of a population do not say where they are
  const modelRow = isPopulationStatistic(measure) ? 'null::bigint' : 'model_row';
  const rows = await warehouse.rows<
    Omit<TracedRow, 'staged' | 'harmonised'> & { extract: string; row: number; modelRow: number | null }
  >(
    `select null::bigint as line, entity, site, date::varchar as date, value, share, contribution, quality, extract_id as extract, row_number as row, last_row, ${modelRow} as "modelRow"
     from (${contributions}) order by abs(contribution) desc nulls last, extract_id, row_number, date, "modelRow" limit ${top}`,
  );
  const opened = await lineage(measure, rows);
  return rows.map(({ modelRow: _, ...row }, i) => {
    const harmonised = opened[i] ?? null;
    return { ...row, harmonised, staged: firstStaged(harmonised)?.values ?? null };
  });
}

/** The largest lines of people, without their addresses and what lies below. */
function largestLines(
  warehouse: Warehouse,
  measure: Measure,
  window: Window,
  contributions: string,
  top: number,
): Promise<TracedRow[]> {
  return warehouse.rows<TracedRow>(
    `select ${shownColumns(measure, window)}, value, share, contribution, quality, null as harmonised, null as staged
     from (${contributions}) order by abs(contribution) desc nulls last, line limit ${top}`,
  );
}

function firstStaged(row: HarmonisedRow | null): StagedRow | undefined {
  if (row === null) return undefined;
  return row.staged[0] ?? row.from.map(firstStaged).find((one) => one !== undefined);
}
