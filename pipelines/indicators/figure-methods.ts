import type { Answering } from '../warehouse/kept-results.ts';
import { ByPlace, type Place } from './by-place.ts';
import type { Catalogue } from './catalogue.ts';
import { type Figure, GROUP } from './figure.ts';
import { measureRows, monthIn } from './measure-rows.ts';
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
 */
export async function figureMethods(
  warehouse: Answering,
  catalogue: Catalogue,
  figures: readonly Figure[],
): Promise<FigureMethods> {
  const columns = await tableColumns(warehouse);
  const codes = new Map<string, ByPlace<Place & { readonly codes: string }>>();
  for (const measure of catalogue.measures) {
    const rows = await warehouse.rows<Place & { readonly codes: string }>(
      `with m as (
         select distinct entity, month, weight <> 0 as consolidated,
           coalesce(quality, 'unstated') || coalesce(':' || method, '') as code
         from (${measureRows(measure, columns(measure.table))}) where coalesce(value, 0) <> 0),
       placed as (
         select w.period, w.basis, m.entity, m.code from m join result_window as w on ${monthIn(measure)}
         union
         select w.period, w.basis, '${GROUP}', m.code from m join result_window as w on ${monthIn(measure)} where m.consolidated)
       select entity, period, basis, string_agg(code, '${between}' order by code) as codes from placed group by entity, period, basis`,
    );
    codes.set(measure.id, new ByPlace(rows, () => measure.id));
  }
  const measures = new Map(catalogue.indicators.map((one) => [one.id, measuresIn(one)]));
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
    const said = found.join(between);
    const text = texts.get(said) ?? [...new Set(said.split(between))].sort().join(' + ');
    texts.set(said, text);
    methods.set(figure, text);
  }
  return methods;
}

/** Stands in no code. */
const between = '\u001f';
