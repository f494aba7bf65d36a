import { literal } from '../../connectors/connector.ts';
import { valuesByPlace } from '../indicators/by-place.ts';
import type { Catalogue, Indicator, Measure } from '../indicators/catalogue.ts';
import { type Figure, GROUP, type MeasureValue } from '../indicators/figure.ts';
import { computeFigures } from '../indicators/figures.ts';
import { contributionRows, divisorOf, measureRows, type Window } from '../indicators/measure-rows.ts';
import { tableColumns } from '../indicators/measure-values.ts';
import { measuresIn, populationsOf } from '../indicators/measures-in.ts';
import type { Warehouse } from '../warehouse/warehouse.ts';
import { isMeasured, type MeasuredObjective, type Objective } from './objective.ts';

/** Why an indicator cannot be told by site; null where it can. */
export function notBySite(indicator: Indicator, catalogue: Pick<Catalogue, 'measures'>): string | null {
  const own = catalogue.measures.filter((m) => measuresIn(indicator).includes(m.id));
  const statistic = own.find((m) => !['sum', 'distinct'].includes(m.aggregation));
  if (statistic) return `${statistic.id} is a ${statistic.aggregation} of a whole company`;
  const legal = own.find((m) => m.level === 'entity' || m.time === 'trailing');
  if (legal) return `${legal.id} has a meaning by company only`;
  const closed = own.find((m) => m.opens === 'closed');
  return closed ? `${closed.id} is shown nowhere` : null;
}

/**
 * The figures of objectives whose perimeter is sites, in every window, under the objective's `entity`
 * (`site:LOR+ANG`). Sites of one company count whole, as the company's own figures do; those of several at
 * what each company is consolidated at. A row that names no site, such as the fuel of a company car, is in no
 * site's figure; where no row of a measure names one, the figure is missing, as it is where the company's is.
 * Small groups of people are suppressed here as elsewhere, and so is a perimeter whose remainder is small.
 */
export async function siteFigures(
  warehouse: Warehouse,
  objectives: readonly Objective[],
  catalogue: Pick<Catalogue, 'measures' | 'indicators'>,
  values: readonly MeasureValue[],
  windows: readonly Window[],
): Promise<Figure[]> {
  const found = new Map<string, Figure[]>();
  for (const objective of objectives.filter(isMeasured)) {
    const indicator = catalogue.indicators.find((one) => one.id === objective.indicator);
    const key = `${objective.indicator}|${objective.entity}`;
    if (!indicator || objective.sites === null || found.has(key)) continue;
    found.set(key, await figuresOf(warehouse, objective, indicator, catalogue, values, windows));
  }
  return [...found.values()].flat();
}

async function figuresOf(
  warehouse: Warehouse,
  objective: MeasuredObjective,
  indicator: Indicator,
  catalogue: Pick<Catalogue, 'measures' | 'indicators'>,
  values: readonly MeasureValue[],
  windows: readonly Window[],
): Promise<Figure[]> {
  const ids = new Set([...measuresIn(indicator), ...populationsOf(indicator)]);
  const measures = catalogue.measures.filter((one) => ids.has(one.id));
  const own = windows.filter((w) => indicator.bases.includes(w.basis));
  const places = ['sites', 'others'] as const;
  const told: Record<(typeof places)[number], MeasureValue[]> = { sites: [], others: [] };
  for (const measure of measures) {
    for (const place of places)
      told[place].push(...(await siteValues(warehouse, objective, measure, values, own, place)));
  }
  const one = { measures, indicators: [indicator] };
  const [sites, others] = places.map((place) => computeFigures({ ...one, reconciliations: [] }, told[place]));
  return (sites as Figure[]).map((figure) => {
    const rest = others?.find((o) => o.period === figure.period && o.basis === figure.basis);
    // what remains of the companies would give a small group by subtraction
    return rest?.status === 'suppressed'
      ? { ...figure, value: null, numerator: null, denominator: null, status: 'suppressed' as const }
      : figure;
  });
}

/** A measure over the objective's sites, or over the other sites of their companies, window by window. */
async function siteValues(
  warehouse: Warehouse,
  { entity: name, sites, companies }: MeasuredObjective,
  measure: Measure,
  values: readonly MeasureValue[],
  windows: readonly Window[],
  place: 'sites' | 'others',
): Promise<MeasureValue[]> {
  const columns = (await tableColumns(warehouse))(measure.table);
  const named = columns.has('site');
  const within = companies.map(literal).join(', ');
  const rows = `${measureRows(measure, columns)} and t.entity in (${within})`;
  await warehouse.run(`create or replace temp table site_rows as ${rows}`);
  try {
    const known =
      named && (await warehouse.scalar<number>('select count(*) from site_rows where site is not null')) > 0;
    const wanted = `site ${place === 'sites' ? '' : 'not '}in (${(sites ?? []).map(literal).join(', ')})`;
    const scope = companies.length === 1 ? (companies[0] as string) : GROUP;
    const byPlace = valuesByPlace(values);
    const told: MeasureValue[] = [];
    for (const window of windows) {
      const contributions = contributionRows(
        measure,
        columns,
        scope,
        window,
        `(select * from site_rows where ${wanted})`,
      );
      const divisor = divisorOf(measure, window);
      const [total] = await warehouse.rows<{
        total: string;
        rows: number;
        unvalued: number;
        share: number | null;
      }>(
        `select (coalesce(sum(contribution), 0) / ${divisor})::decimal(38,10)::varchar as total, count(*) as rows,
           count(*) filter (where contribution is null) as unvalued,
           (sum(abs(contribution)) filter (where quality = 'estimated') / nullif(sum(abs(contribution)), 0))::double as share
         from (${contributions})`,
      );
      const parts = companies.map((company) => byPlace.get(measure.id, { ...window, entity: company }));
      const coverage = Math.min(...parts.map((part) => part?.coverage ?? 0));
      const missing = !known || parts.every((part) => part?.value == null);
      told.push({
        measure: measure.id,
        entity: name,
        period: window.period,
        basis: window.basis,
        value: missing || !total ? null : total.total,
        divisor,
        rows: total?.rows ?? 0,
        unvalued: total?.unvalued ?? 0,
        coverage: missing ? 0 : coverage,
        estimatedShare: total?.share ?? null,
      });
    }
    return told;
  } finally {
    await warehouse.run('drop table if exists site_rows');
  }
}
