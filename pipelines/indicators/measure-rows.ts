import { countsLastMonth, type Measure } from './catalogue.ts';
import type { Conditions } from './conditions.ts';
import type { Basis } from './figure.ts';
import { GROUP } from './figure.ts';
import { isPopulationStatistic, populationColumns, populationContributions } from './population.ts';

/** Columns of the measure's table that only some tables have. */
export interface TableColumns {
  has(column: string): boolean;
}

/** A window of time, as days and as the quarter that it ends with. */
export interface Window {
  readonly basis: Basis;
  readonly period: string;
  readonly from: string;
  readonly to: string;
  /** months in it: 3 or 12 */
  readonly months: number;
}

/**
 * SELECT of the harmonised rows of a measure that lie in the perimeter, before any window:
 * `entity, site, date, month, value DECIMAL(28,10), weight, key, quality, method, extract_id, row_number, last_row`.
 *
 * `weight` is what the row counts for in the group: the consolidation weight of its entity, 0 for an
 * intra-group row of a measure that eliminates them. A row outside its entity's dates is not in it. Where `last_row`
 * is not null, the row is the sum of the extract's rows from `row_number` to it.
 */
export function measureRows(
  measure: Measure,
  columns: TableColumns,
  /** further expressions over the table's row `t`, by the name that each is carried under */
  carried: Readonly<Record<string, string>> = {},
): string {
  const optional = (name: string, type: string) => (columns.has(name) ? `t.${name}` : `null::${type}`);
  const eliminated = measure.eliminate_intragroup && columns.has('intragroup');
  return `select t.entity, ${optional('site', 'varchar')} as site, t.${measure.date}::date as date,
      date_trunc('month', t.${measure.date})::date as month,
      (${measure.value})::decimal(28,10) as value,
      ${eliminated ? 'case when t.intragroup then 0 else e.weight end' : 'e.weight'}::decimal(9,6) as weight,
      ${measure.aggregation === 'sum' ? 'null::varchar' : `(${measure.key})::varchar`} as key,
      ${measure.opens === 'cells' ? 't.cell, t.women, t.men,' : ''}
      ${isPopulationStatistic(measure) ? `${populationColumns(measure)},` : ''}
      ${optional('quality', 'varchar')} as quality, ${optional('method', 'varchar')} as method, t.extract_id, t.row_number, ${optional('last_row', 'bigint')} as last_row${Object.entries(
        carried,
      )
        .map(([name, expression]) => `, ${expression} as ${name}`)
        .join('')}
    from model.${measure.table} as t
    -- named apart from the table's own columns, which a filter or a value may use bare
    join (select entity as perimeter_entity, weight, entry_date as perimeter_entry, exit_date as perimeter_exit from reference.entity) as e
      on e.perimeter_entity = t.entity
    where (${measure.filter})
      and t.${measure.date} >= coalesce(e.perimeter_entry, date '0001-01-01')
      and t.${measure.date} <= coalesce(e.perimeter_exit, date '9999-12-31')`;
}

/** The same of the rows that some conditions read, whatever the measure's filter; `conditions` tells which each meets. */
export function rowsMeetingAny(
  measure: Measure,
  columns: TableColumns,
  conditions: Conditions,
  carried: Readonly<Record<string, string>> = {},
): string {
  const any = { ...measure, filter: conditions.any };
  return measureRows(any, columns, { conditions: conditions.number, ...carried });
}

/**
 * The rows behind one value, with each one's contribution: their sum, divided by `divisor`, is the value
 * exactly. A key counted once contributes with its first row; its other rows contribute 0.
 */
export function contributionRows(
  measure: Measure,
  columns: TableColumns,
  entity: string,
  window: Window,
  /** relation that holds the measure's rows already, for who opens many windows of it */
  rows = `(${measureRows(measure, columns)})`,
  /** columns of `rows` to keep beside the usual ones; a statistic of a population keeps none */
  carried: readonly string[] = [],
): string {
  const inWindow = countsLastMonth(measure)
    ? `month = date_trunc('month', date '${window.to}')`
    : `date between date '${window.from}' and date '${window.to}'`;
  const isGroup = entity === GROUP;
  const scope = isGroup ? 'weight <> 0' : `entity = '${entity.replaceAll("'", "''")}'`;
  const share = isGroup ? 'weight' : '1::decimal(9,6)';
  const partition = measure.time === 'stock_average' ? 'key, month' : 'key';
  const contribution =
    measure.aggregation === 'distinct'
      ? `case when row_number() over (partition by ${partition} order by ${isGroup ? 'weight desc, ' : ''}date, extract_id, row_number) = 1 then ${share} else 0 end`
      : `value * ${share}`;
  const keyed = measure.aggregation === 'sum' ? '' : ' and key is not null';
  if (isPopulationStatistic(measure)) {
    return populationContributions(measure, `select * from ${rows} where ${inWindow} and ${scope}${keyed}`);
  }
  const cells = measure.opens === 'cells' ? 'cell, women, men, ' : '';
  return `select entity, site, date, value, ${share} as share, ${contribution} as contribution, quality, key, ${cells}extract_id, row_number, last_row${carried.map((name) => `, ${name}`).join('')}
    from ${rows} where ${inWindow} and ${scope}${keyed}`;
}

/** Number that the sum of contributions is divided by. */
export function divisorOf(measure: Measure, window: Window): number {
  return measure.time === 'stock_average' ? window.months : 1;
}

/** SQL predicate: month `m.month` counts in window `w` of the measure. */
export function monthIn(measure: Measure): string {
  return countsLastMonth(measure)
    ? `m.month = date_trunc('month', w.window_end)`
    : 'm.month between w.window_start and w.window_end';
}

/** SQL of how a row is known: its quality and, after a colon, the method where it names one. */
export const methodCode = `coalesce(quality, 'unstated') || coalesce(':' || method, '')`;

/** Stands between several of these in one text, and in none of them. */
export const betweenCodes = '\u001f';
