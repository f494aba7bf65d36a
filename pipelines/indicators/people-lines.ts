import { literal } from '../../connectors/connector.ts';
import type { Answering } from '../warehouse/kept-results.ts';
import type { Measure } from './catalogue.ts';
import { contributionRows, measureRows, type TableColumns, type Window } from './measure-rows.ts';
import { isPopulationStatistic } from './population.ts';

/**
 * People are shown, in every output that lists rows, as lines of one measure: a number, the entity, the end of
 * the month of a stock or the window of a flow, what the line contributes. Site, day, extract and row are left
 * out, and lines stand in an order of the measure's own: what two measures say of one person cannot be put
 * together. The group finds a line's address again by `assurance RUN --lines MEASURE:12`.
 */
const secret = (measure: Measure, extra = '') =>
  `md5(${literal(`${measure.id}\n${extra}`)} || extract_id || chr(10) || row_number || chr(10) || date || chr(10) || entity || chr(10) || coalesce(key, '') || chr(10) || coalesce(value::varchar, ''))`;

/** The measure's rows with `line`, the number of each among all of the run's history. */
export function numberedPeople(measure: Measure, rows: string): string {
  return `select *, row_number() over (order by ${secret(measure)}) as line from ${rows}`;
}

/** Contributions of people with `line`; a statistic of a population is numbered in its window alone. */
export function peopleContributions(
  measure: Measure,
  columns: TableColumns,
  entity: string,
  window: Window,
  sites: readonly string[] | null = null,
): string {
  const all = measureRows(measure, columns);
  if (isPopulationStatistic(measure)) {
    const rows = contributionRows(measure, columns, entity, window, ofSites(`(${all})`, sites));
    return `select *, row_number() over (order by ${secret(measure, `${window.period}\n${window.basis}\n`)}) as line from (${rows})`;
  }
  const numbered = `(${numberedPeople(measure, `(${all})`)})`;
  return contributionRows(measure, columns, entity, window, ofSites(numbered, sites), ['line']);
}

/** The rows of some sites only. */
export const ofSites = (rows: string, sites: readonly string[] | null): string =>
  sites ? `(select * from ${rows} where site in (${sites.map(literal).join(', ')}))` : rows;

/** Columns of a contribution as a reader may see them: address and place of a row, or of a person the line alone. */
export function shownColumns(measure: Measure, window: Window): string {
  if (!measure.people)
    return 'null::bigint as line, entity, site, date::varchar as date, extract_id as extract, row_number as row, last_row';
  const day = measure.time === 'flow' ? `date '${window.to}'` : 'last_day(date)';
  return `line, entity, null::varchar as site, ${day}::varchar as date, null::varchar as extract, null::bigint as row, null::bigint as last_row`;
}

/**
 * Fewest people that the contributing rows tell of in one company, or in one part of it; null where there are none.
 *
 * @param contributions SELECT of them, see `contributionRows`
 */
export function fewestPeople(
  warehouse: Answering,
  measure: Measure,
  contributions: string,
  part = 'true',
): Promise<number | null> {
  const people = measure.aggregation === 'sum' ? 'count(*)' : 'count(distinct key)';
  return warehouse.scalar<number | null>(
    `select min(people)::integer from (select ${people} as people from (${contributions}) group by entity, ${part})`,
  );
}
