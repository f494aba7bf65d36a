import { literal } from '../../connectors/connector.ts';
import { groupedBy, inParts } from '../grouped-by.ts';
import { partsOf } from '../warehouse/kept-parts.ts';
import type { Answering } from '../warehouse/kept-results.ts';
import { countsLastMonth, type Measure } from './catalogue.ts';
import { type Conditions, filtersOf } from './conditions.ts';
import { type Basis, GROUP } from './figure.ts';
import { givenAlike, groupContributions, isToldTogether } from './group-contributions.ts';
import { contributionRows, rowsMeetingAny, type TableColumns, type Window } from './measure-rows.ts';
import { keysOf, tellsOfOnePerson } from './population.ts';

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
 * The extracts behind measures, for the group and each entity: what each gave, the largest first, so many of a value
 * at most: a group of a thousand companies has twelve thousand declarations behind its headcount.
 * Sums are those of `result.measure_part`, which the run records before; what counts each person once is split for the group only, and an entity's
 * extracts are named with their rows.
 *
 * @returns measure -> its origins, the entities in their order and the group among them
 */
export async function measureOrigins(
  warehouse: Answering,
  measures: readonly Measure[],
  columns: (table: string) => TableColumns,
  windows: readonly Window[],
  most: number,
): Promise<Map<string, MeasureOrigin[]>> {
  // one person's pay is shown nowhere; a group's row stands for people of several extracts
  const told = measures.filter(({ opens }) => opens !== 'closed' && opens !== 'cells');
  const found = new Map<string, MeasureOrigin[]>(told.map(({ id }) => [id, []]));
  const ask = (select: string, people: boolean) =>
    warehouse.rows<Origin>(largest(people ? together(select) : select, most));
  const add = ({ id }: Measure, { name: _, ...origin }: Origin) =>
    found.get(id)?.push({ measure: id, ...origin });
  const [sums, others] = [told.filter(isSum), told.filter((one) => !isSum(one))];
  for (const measure of sums)
    for (const origin of await ask(sumsOf(measure, windows), measure.people)) add(measure, origin);
  for (const group of countedTogether(others)) {
    const [{ table, people }] = group as [Measure, ...Measure[]];
    const own = columns(table);
    const conditions = filtersOf(group);
    const counted = await ask(countsOf(group, conditions, own, windows), people);
    const byFilter = groupedBy(counted, ({ name }) => name);
    for (const measure of group)
      for (const origin of byFilter.get(String(conditions.placeOf(measure.filter))) ?? [])
        if (origin.entity !== GROUP || tellsOfOnePerson(measure)) add(measure, origin);
    const kinds = givenAlike(group.filter(isToldTogether));
    if (kinds.length === 0) continue;
    const given = await ask(
      groupContributions(kinds, own, windowValues(group[0] as Measure, windows)),
      people,
    );
    const byKind = groupedBy(given, ({ name }) => Number(name));
    for (const [at, kind] of kinds.entries())
      for (const measure of kind) for (const origin of byKind.get(at) ?? []) add(measure, origin);
  }
  for (const measure of others) {
    // the extract of a median's middle rows would tell where that one person works: its rows are counted, not ranked
    if (!tellsOfOnePerson(measure) && !isToldTogether(measure))
      for (const origin of await ask(
        rankedContributions(measure, columns(measure.table), windows),
        measure.people,
      ))
        add(measure, origin);
    found.get(measure.id)?.sort(byPlace);
  }
  return found;
}

/** A row of a statement, with the name of what it is about. */
type Origin = Omit<MeasureOrigin, 'measure'> & { readonly name: string };

const isSum = ({ aggregation }: Measure): boolean => aggregation === 'sum';

const byPlace = (a: MeasureOrigin, b: MeasureOrigin): number =>
  compare(a.entity, b.entity) || compare(a.period, b.period) || compare(a.basis, b.basis);

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

const place = 'name, entity, period, basis';

/** Of `name, entity, period, basis, extract, rows, contribution` those that gave most to each value. */
function largest(select: string, most: number): string {
  const order = 'abs(contribution) desc nulls last, rows desc, extract';
  return `select ${place}, extract, rows::integer as rows, contribution::decimal(38,10) as contribution,
       (count(*) over (partition by ${place}))::integer as of
     from (${select}) qualify row_number() over (partition by ${place} order by ${order}) <= ${most}
     order by ${place}, ${order}`;
}

/** Extracts of fewer rows of people than this are told together, with the next smallest where there is one alone. */
const smallestGroup = 5;

export function together(origins: string): string {
  return `with ranked as (
      select *, row_number() over (partition by ${place} order by rows, extract) as place,
        sum(case when rows < ${smallestGroup} then 1 else 0 end) over (partition by ${place}) as small from (${origins})),
    told as (select *, rows < ${smallestGroup} or (small = 1 and place = 2) as together from ranked)
    select ${place}, case when together then '(' || count(*) || ' x < ${smallestGroup})' else any_value(extract) end as extract, sum(rows) as rows,
      case when count(*) = count(contribution) then sum(contribution) end as contribution
    from told group by ${place}, together, case when together then null else extract end`;
}

function sumsOf(measure: Measure, windows: readonly Window[]): string {
  return `with windowed as (
      select w.period, w.basis, m.* from ${partsOf(measure.id)} as m
      join (${windowValues(measure, windows)}) as w on m.month between w.first_month and w.last_month)
    select '' as name, entity, period, basis, extract, sum(rows) as rows, sum(own) as contribution from windowed group by all
    union all
    select '', '${GROUP}', period, basis, extract, sum(group_rows), sum(consolidated) from windowed where group_rows > 0 group by all`;
}

/** Measures whose rows are counted in one statement. */
function countedTogether(measures: readonly Measure[]): Measure[][] {
  const together = (measure: Measure) =>
    JSON.stringify([keysOf(measure), measure.people, countsLastMonth(measure)]);
  return inParts(measures, together, (some) => filtersOf(some).fit);
}

/**
 * How many rows each extract gave to each entity, and to the group where nothing else is told of it. They are named by the
 * place of the filter, which many measures share.
 */
function countsOf(
  measures: readonly Measure[],
  conditions: Conditions,
  columns: TableColumns,
  windows: readonly Window[],
): string {
  const [first] = measures as [Measure, ...Measure[]];
  const filters = (some: readonly Measure[]) => [...new Set(some.map(({ filter }) => filter))];
  const counted = (filter: string, entity: string, which: string) =>
    `select '${conditions.placeOf(filter)}' as name, ${entity} as entity, period, basis, extract, sum(rows) as rows, null as contribution
    from windowed where ${conditions.met(filter)} and ${which} group by all`;
  const selects = [
    ...filters(measures).map((filter) => counted(filter, 'entity', 'true')),
    ...filters(measures.filter(tellsOfOnePerson)).map((filter) => counted(filter, `'${GROUP}'`, 'counts')),
  ];
  return `with counted as (
      select entity, month, extract_id as extract, weight <> 0 and key is not null as counts, conditions, count(*) as rows
      from (${rowsMeetingAny(first, columns, conditions)}) group by all),
    windowed as materialized (
      select w.period, w.basis, m.* from counted as m
      join (${windowValues(first, windows)}) as w on m.month between w.first_month and w.last_month)
    ${selects.join(' union all ')}`;
}

/** What each extract gave to a statistic of the group that looks at ranks. */
function rankedContributions(measure: Measure, columns: TableColumns, windows: readonly Window[]): string {
  return windows
    .map(
      (
        window,
      ) => `select '' as name, '${GROUP}' as entity, ${literal(window.period)} as period, ${literal(window.basis)} as basis, extract_id as extract,
      count(*) as rows, sum(contribution) as contribution from (${contributionRows(measure, columns, GROUP, window)}) group by extract_id`,
    )
    .join(' union all ');
}

function windowValues(measure: Measure, windows: readonly Window[]): string {
  const rows = windows.map(({ period, basis, from, to }) => {
    const first = countsLastMonth(measure) ? to : from;
    return `(${literal(period)}, ${literal(basis)}, date_trunc('month', date '${first}'), date_trunc('month', date '${to}'))`;
  });
  return `select * from (values ${rows.join(', ')}) as t(period, basis, first_month, last_month)`;
}
