import { groupedBy, inParts } from '../grouped-by.ts';
import type { Answering } from '../warehouse/kept-results.ts';
import { ByPlace, type Place } from './by-place.ts';
import { type Catalogue, countsLastMonth, type Measure } from './catalogue.ts';
import { Conditions } from './conditions.ts';
import { type Figure, GROUP } from './figure.ts';
import { betweenCodes, methodCode, monthIn, rowsMeetingAny, type TableColumns } from './measure-rows.ts';
import { hasParts } from './measure-totals.ts';
import { tableColumns } from './measure-values.ts';
import { measuresIn } from './measures-in.ts';

/** How the data behind each figure are known: `estimated:same_weekday_year_before + measured`. */
export type FigureMethods = ReadonlyMap<Figure, string>;

/** The key of a figure's method where it is written down. */
export const methodKey = (one: Pick<Figure, 'indicator' | 'entity' | 'period' | 'basis'>): string =>
  `${one.indicator}|${one.entity}|${one.period}|${one.basis}`;

/**
 * What the rows of each figure say of themselves: quality (measured, calculated, estimated, by_spend,
 * survey, declared...) and, after a colon, the method where the row names one; each once, in order of name.
 * Rows without a value, or of value zero, say nothing. Needs the windows of `computeMeasures`.
 *
 * The figures themselves are not needed until the rows are read, which may go on while they are worked out.
 */
export async function readMethods(
  warehouse: Answering,
  catalogue: Catalogue,
  /** session whose `result.measure_part` says it of the measures that add up, see `recordParts`; without it their rows are read */
  parts?: Answering,
): Promise<(figures: readonly Figure[]) => FigureMethods> {
  const codes = new Map<string, ByPlace<Place & { readonly codes: string }>>();
  const learn = (measure: string, rows: readonly (Place & { readonly codes: string })[]) =>
    codes.set(measure, new ByPlace(rows, () => measure));
  if (parts) {
    const recorded = await parts.rows<Place & { readonly codes: string; readonly measure: string }>(
      recordedCodes,
    );
    for (const [measure, rows] of groupedBy(recorded, (one) => one.measure)) learn(measure, rows);
  }
  const columns = await tableColumns(warehouse);
  const read = catalogue.measures.filter((measure) => !(parts && hasParts(measure)));
  for (const group of readTogether(read)) {
    const [{ table }] = group as [Measure, ...Measure[]];
    const conditions = conditionsOf(group);
    const told = await warehouse.rows<Place & { readonly codes: string; readonly of: number }>(
      codesOf(group, conditions, columns(table)),
    );
    const byRows = groupedBy(told, (one) => one.of);
    for (const measure of group) learn(measure.id, byRows.get(conditions.placeOf(rowsOf(measure))) ?? []);
  }
  const measures = new Map(catalogue.indicators.map((one) => [one.id, measuresIn(one)]));
  return (figures) => methodsBy(figures, measures, codes);
}

/** What tells the rows of a measure that say how they are known. */
const rowsOf = ({ filter, value }: Measure): string => `(${filter}) and (${value})::decimal(28,10) <> 0`;

const conditionsOf = (measures: readonly Measure[]): Conditions => new Conditions(measures.map(rowsOf));

/** Measures whose rows are read in one statement. */
function readTogether(measures: readonly Measure[]): Measure[][] {
  const together = (measure: Measure) => {
    const { table, date, eliminate_intragroup } = measure;
    return JSON.stringify([table, date, eliminate_intragroup, countsLastMonth(measure)]);
  };
  return inParts(measures, together, (some) => conditionsOf(some).fit);
}

/** The same as {@link recordedCodes} from rows: `of` is the place of the condition that a measure's rows meet, as those of others may. */
function codesOf(measures: readonly Measure[], conditions: Conditions, columns: TableColumns): string {
  const [first] = measures as [Measure, ...Measure[]];
  const each = [...new Set(measures.map(rowsOf))].map(
    (rows) =>
      `select ${conditions.placeOf(rows)} as of, entity, month, consolidated, code from said where ${conditions.met(rows)}`,
  );
  return `with said as materialized (
      select entity, month, consolidated, ${methodCode} as code, conditions from (
        select distinct entity, month, weight <> 0 as consolidated, quality, method, conditions from (${rowsMeetingAny(first, columns, conditions)}))),
    m as materialized (${each.join(' union all ')}),
    placed as (
      select m.of, w.period, w.basis, m.entity, m.code from m join result_window as w on ${monthIn(first)}
      union
      select m.of, w.period, w.basis, '${GROUP}', m.code from m join result_window as w on ${monthIn(first)} where m.consolidated)
    select of, entity, period, basis, string_agg(code, '${betweenCodes}' order by code) as codes from placed group by of, entity, period, basis`;
}

function methodsBy(
  figures: readonly Figure[],
  measures: ReadonlyMap<string, readonly string[]>,
  codes: ReadonlyMap<string, ByPlace<Place & { readonly codes: string }>>,
): FigureMethods {
  const texts = new Map<string, string>();
  const methods = new Map<Figure, string>();
  for (const figure of figures) {
    // what is not shown has no method either
    if (figure.value === null) continue;
    const found = (measures.get(figure.indicator) ?? []).flatMap((measure) => {
      const own = codes.get(measure)?.get(measure, figure)?.codes;
      return own === undefined ? [] : [own];
    });
    if (found.length === 0) continue;
    const said = found.join(betweenCodes);
    const text = texts.get(said) ?? [...new Set(said.split(betweenCodes))].sort().join(' + ');
    texts.set(said, text);
    methods.set(figure, text);
  }
  return methods;
}

/** The same of measures that add up, from what their extracts gave; needs `computed_measure`. */
const recordedCodes = `with said as (
    select distinct p.measure, p.entity, p.month, p.methods, p.group_methods
    from result.measure_part as p where p.methods is not null),
  m as (select s.*, c.at_end from said as s join computed_measure as c on c.measure = s.measure),
  windowed as (
    select distinct m.measure, m.entity, m.methods, m.group_methods, w.period, w.basis
    from m join window_month as w on w.month = m.month and w.at_end = m.at_end),
  placed as (
    select distinct measure, entity, period, basis, unnest(string_split(methods, '${betweenCodes}')) as code from windowed
    union all
    select distinct measure, '${GROUP}', period, basis, unnest(string_split(group_methods, '${betweenCodes}'))
    from (select distinct measure, period, basis, group_methods from windowed where group_methods is not null))
  select measure, entity, period, basis, string_agg(code, '${betweenCodes}' order by code) as codes
  from placed group by measure, entity, period, basis order by measure`;
