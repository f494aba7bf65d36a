import { literal } from '../../connectors/connector.ts';
import { type Answering, partsOf } from '../warehouse/kept-results.ts';
import { countsLastMonth, type Measure } from './catalogue.ts';
import { type Basis, GROUP } from './figure.ts';
import { contributionRows, measureRows, type TableColumns, type Window } from './measure-rows.ts';
import { tellsOfOnePerson } from './population.ts';

/** What one extract gave to a measure of an entity (or {@link GROUP}) in a window. */
export interface MeasureOrigin {
  readonly measure: string;
  readonly entity: string;
  readonly period: string;
  readonly basis: Basis;
  readonly extract: string;
  readonly rows: number;
  /** decimal text, before the divisor of an average stock; null where a key counts once over several extracts */
  readonly contribution: string | null;
  /** how many extracts are behind the value in all */
  readonly of: number;
}

/**
 * The extracts behind a measure, for the group and each entity: what each gave, the largest first, so many of a value
 * at most: a group of a thousand companies has twelve thousand declarations behind its headcount.
 * Sums are those of `result.measure_part`, which the run records before; what counts each person once is split for the group only, and an entity's
 * extracts are named with their rows.
 */
export async function measureOrigins(
  warehouse: Answering,
  measure: Measure,
  columns: TableColumns,
  windows: readonly Window[],
  most: number,
): Promise<MeasureOrigin[]> {
  // one person's pay is shown nowhere; a group's row stands for people of several extracts
  if (measure.opens === 'closed' || measure.opens === 'cells') return [];
  const select = measure.aggregation === 'sum' ? sums(measure, windows) : others(measure, columns, windows);
  const told = measure.people ? together(select) : select;
  const place = 'entity, period, basis';
  const largest = 'abs(contribution) desc nulls last, rows desc, extract';
  return warehouse.rows<MeasureOrigin>(
    `select ${literal(measure.id)} as measure, ${place}, extract, rows::integer as rows, contribution::decimal(38,10) as contribution,
       (count(*) over (partition by ${place}))::integer as of
     from (${told}) qualify row_number() over (partition by ${place} order by ${largest}) <= ${most}
     order by ${place}, ${largest}`,
  );
}

/** Extracts of fewer rows of people than this are told together, with the next smallest where there is one alone. */
const smallestGroup = 5;

export function together(origins: string): string {
  const place = 'entity, period, basis';
  return `with ranked as (
      select *, row_number() over (partition by ${place} order by rows, extract) as place,
        count(*) filter (where rows < ${smallestGroup}) over (partition by ${place}) as small from (${origins})),
    told as (select *, rows < ${smallestGroup} or (small = 1 and place = 2) as together from ranked)
    select ${place}, case when together then '(' || count(*) || ' x < ${smallestGroup})' else any_value(extract) end as extract, sum(rows) as rows,
      case when count(*) = count(contribution) then sum(contribution) end as contribution
    from told group by ${place}, together, case when together then null else extract end`;
}

function sums(measure: Measure, windows: readonly Window[]): string {
  return `with windowed as (
      select w.period, w.basis, m.* from ${partsOf(measure.id)} as m
      join (${windowValues(measure, windows)}) as w on m.month between w.first_month and w.last_month)
    select entity, period, basis, extract, sum(rows) as rows, sum(own) as contribution from windowed group by all
    union all
    select '${GROUP}', period, basis, extract, sum(group_rows), sum(consolidated) from windowed where group_rows > 0 group by all`;
}

/** The rows are found once, and opened for each window. */
function others(measure: Measure, columns: TableColumns, windows: readonly Window[]): string {
  const counted = (
    entity: string,
    which: string,
  ) => `select ${entity} as entity, w.period, w.basis, m.extract_id as extract, count(*) as rows, null as contribution
    from found as m join (${windowValues(measure, windows)}) as w on m.month between w.first_month and w.last_month
    where ${which} group by all`;
  // the extract of a median's middle rows would tell where that one person works: its rows are counted, not ranked
  const group = tellsOfOnePerson(measure)
    ? [counted(`'${GROUP}'`, 'm.weight <> 0 and m.key is not null')]
    : windows.map(
        (
          window,
        ) => `select '${GROUP}' as entity, ${literal(window.period)} as period, ${literal(window.basis)} as basis, extract_id as extract,
      count(*) as rows, sum(contribution) as contribution from (${contributionRows(measure, columns, GROUP, window, 'found')}) group by extract_id`,
      );
  const selects = [counted('m.entity', 'true'), ...group].join(' union all ');
  return `with found as materialized (${measureRows(measure, columns)}) ${selects}`;
}

function windowValues(measure: Measure, windows: readonly Window[]): string {
  const rows = windows.map(({ period, basis, from, to }) => {
    const first = countsLastMonth(measure) ? to : from;
    return `(${literal(period)}, ${literal(basis)}, date_trunc('month', date '${first}'), date_trunc('month', date '${to}'))`;
  });
  return `select * from (values ${rows.join(', ')}) as t(period, basis, first_month, last_month)`;
}
