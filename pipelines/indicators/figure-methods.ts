import type { Answering } from '../warehouse/kept-results.ts';
import type { Catalogue } from './catalogue.ts';
import { type Figure, GROUP } from './figure.ts';
import { measureRows, monthIn } from './measure-rows.ts';
import { tableColumns } from './measure-values.ts';
import { measuresIn } from './measures-in.ts';

/** How the data behind each figure are known, by {@link methodKey}: `estimated:same_weekday_year_before + measured`. */
export type FigureMethods = ReadonlyMap<string, string>;

export const methodKey = (one: Pick<Figure, 'indicator' | 'entity' | 'period' | 'basis'>): string =>
  `${one.indicator}|${one.entity}|${one.period}|${one.basis}`;

/**
 * What the rows of each figure say of themselves: quality (measured, calculated, estimated, by_spend,
 * survey, declared...) and, after a colon, the method where the row names one; each once, in order of name.
 * Rows without a value, or of value zero, say nothing. Needs the windows of `computeMeasures`.
 */
export async function figureMethods(
  warehouse: Answering,
  catalogue: Catalogue,
  figures: readonly Figure[],
): Promise<FigureMethods> {
  const columns = await tableColumns(warehouse);
  const codes = new Map<string, readonly string[]>();
  for (const measure of catalogue.measures) {
    const rows = await warehouse.rows<{ entity: string; period: string; basis: string; codes: string[] }>(
      `with m as (
         select distinct entity, month, weight <> 0 as consolidated,
           coalesce(quality, 'unstated') || coalesce(':' || method, '') as code
         from (${measureRows(measure, columns(measure.table))}) where coalesce(value, 0) <> 0),
       placed as (
         select w.period, w.basis, m.entity, m.code from m join result_window as w on ${monthIn(measure)}
         union
         select w.period, w.basis, '${GROUP}', m.code from m join result_window as w on ${monthIn(measure)} where m.consolidated)
       select entity, period, basis, list(code order by code) as codes from placed group by entity, period, basis`,
    );
    for (const { entity, period, basis, codes: own } of rows)
      codes.set(`${measure.id}|${entity}|${period}|${basis}`, own);
  }
  const measures = new Map(catalogue.indicators.map((one) => [one.id, measuresIn(one)]));
  const methods = new Map<string, string>();
  for (const figure of figures) {
    // what is not shown has no method either
    if (figure.value === null) continue;
    const { entity, period, basis } = figure;
    const found = (measures.get(figure.indicator) ?? []).flatMap(
      (measure) => codes.get(`${measure}|${entity}|${period}|${basis}`) ?? [],
    );
    if (found.length > 0) methods.set(methodKey(figure), [...new Set(found)].sort().join(' + '));
  }
  return methods;
}
