import { literal } from '../../../connectors/connector.ts';
import { countsLastMonth, type Measure } from '../../indicators/catalogue.ts';
import { measureRows, type TableColumns, type Window } from '../../indicators/measure-rows.ts';
import { numberedPeople } from '../../indicators/people-lines.ts';
import type { Warehouse } from '../../warehouse/warehouse.ts';

/** A row behind a measure, of any entity, on any day from the first of the run's windows to the last. */
export interface MeasureLine {
  readonly line: number;
  readonly entity: string;
  readonly site: string | null;
  readonly date: string;
  readonly value: string | null;
  /** what it counts for in the group: consolidated share, 0 for what the group eliminates */
  readonly weight: string;
  /** number of the key within this measure alone; null where rows are summed */
  readonly key: number | null;
  readonly quality: string | null;
  /** null for people, as the site and the row: with them, what two measures say of one person could be put together */
  readonly extract: string | null;
  readonly row: number | null;
  /** of a line that adds up several rows of the extract: the last of them; null elsewhere */
  readonly last_row: number | null;
  /** how an estimated row was estimated, or how an emission was worked out; null for people */
  readonly method: string | null;
  /** of an emission: its value, in tCO2e, is activity times factor (kgCO2e for one unit of it) over a thousand */
  readonly activity?: string | null;
  readonly activity_unit?: string | null;
  readonly factor_id?: string | null;
  readonly factor_version?: string | null;
  readonly factor_value?: string | null;
}

const lineColumns = [
  'line',
  'entity',
  'site',
  'date',
  'value',
  'weight',
  'key',
  'quality',
  'extract',
  'row',
  'last_row',
  'method',
] as const satisfies readonly (keyof MeasureLine)[];

/** What an emission was made from, by the expression over its row. */
const emissionColumns = {
  activity: 't.quantity',
  activity_unit: 't.unit',
  factor_id: 't.factor_id',
  factor_version: 't.factor_version',
  factor_value: 't.factor_kgco2e',
} as const;

/** Whether the lines say from what activity and factor the value was made; biogenic CO2 has a factor of its own. */
const tellsFactor = (measure: Measure): boolean =>
  measure.table === 'emission' && measure.value.trim() === 'tco2e' && !measure.people;

/** Columns of the file of a measure's lines. */
export const lineColumnsOf = (measure: Measure): readonly (keyof MeasureLine)[] => [
  ...lineColumns,
  ...(tellsFactor(measure) ? (Object.keys(emissionColumns) as (keyof typeof emissionColumns)[]) : []),
];

/** People of one entity and one date of the file under whom a measure's lines are not given. */
const smallestGroup = 5;

/**
 * SELECT of the lines of a measure, in their order, with `address` and `source`, where each comes from.
 *
 * A key, such as a person's pseudonym, becomes a number that no other measure has. Lines of people are those of
 * `numberedPeople`, numbered over the whole history, so that a number is the same here and in `trace`; a flow is
 * dated by its part of the window.
 */
export function measureLines(measure: Measure, columns: TableColumns, windows: readonly Window[]): string {
  const key = `md5(${literal(`${measure.id}\n`)} || key)`;
  const unless = (column: string, type: string) => (measure.people ? `null::${type}` : column);
  return `with lined as (
      select *, ${measure.people ? 'line' : 'row_number() over (order by extract_id, row_number, date, entity, site, value)'} as own_line,
        ${measure.aggregation === 'sum' ? 'null::bigint' : `dense_rank() over (order by ${key})`} as key_number
      from (${dated(measure, columns, windows)}))
    select own_line as line, entity, ${unless('site', 'varchar')} as site, date::varchar as date, value, weight, key_number as key, quality,
      ${unless('extract_id', 'varchar')} as extract, ${unless('row_number', 'bigint')} as row, ${unless('last_row', 'bigint')} as last_row,
      ${unless('method', 'varchar')} as method, ${tellsFactor(measure) ? `${Object.keys(emissionColumns).join(', ')}, ` : ''}extract_id as source, row_number as address
    from lined order by own_line`;
}

/** The measure's rows that some window of it needs. */
function dated(measure: Measure, columns: TableColumns, windows: readonly Window[]): string {
  const ends = [...new Set(windows.map(({ to }) => to))].sort();
  const [from] = windows.map((one) => one.from).sort();
  const within = countsLastMonth(measure)
    ? `month in (${ends.map((to) => `date_trunc('month', date '${to}')`).join(', ')})`
    : `date between date '${from}' and date '${ends.at(-1)}'`;
  const shown = !measure.people ? 'date' : measure.time === 'flow' ? flowDay(windows) : 'last_day(date)';
  const rows = `(${measureRows(measure, columns, tellsFactor(measure) ? emissionColumns : {})})`;
  return `select * replace (${shown} as date) from ${measure.people ? `(${numberedPeople(measure, rows)})` : rows}
      where ${within}${measure.aggregation === 'sum' ? '' : ' and key is not null'}`;
}

/** A day of entry or exit would tell who it is: the last day of its quarter, or the day before the first, is enough. */
function flowDay(windows: readonly Window[]): string {
  const quarters = windows
    .filter(({ basis }) => basis === 'quarter')
    .toSorted((a, b) => (a.from < b.from ? -1 : 1));
  const last = quarters.map(({ to }) => `when date <= date '${to}' then date '${to}'`);
  const before = `date '${quarters[0]?.from}'`;
  return `case when date < ${before} then ${before} - 1 ${last.join(' ')} end::date`;
}

/** Number of lines in all; null where they would show fewer than five people of an entity at a date. */
export async function countLines(
  warehouse: Warehouse,
  measure: Measure,
  columns: TableColumns,
  windows: readonly Window[],
): Promise<number | null> {
  const people = measure.aggregation === 'sum' ? 'count(*)' : 'count(distinct key)';
  const [found] = await warehouse.rows<{ rows: number; fewest: number | null }>(
    `select coalesce(sum(rows), 0)::bigint as rows, min(people) as fewest
     from (select count(*) as rows, ${people} as people from (${dated(measure, columns, windows)}) group by entity, date)`,
  );
  const small = measure.people && found?.fewest != null && found.fewest < smallestGroup;
  return small ? null : (found?.rows ?? 0);
}

/** The first lines, as a stream. */
export function streamLines(
  warehouse: Warehouse,
  lines: string,
  most: number,
): AsyncGenerator<MeasureLine[]> {
  return warehouse.chunks<MeasureLine>(`select * from (${lines}) order by line limit ${most}`);
}

/** Addresses of some lines: what the group looks up for an assurance provider who names them. */
export async function addressesOfLines(
  warehouse: Warehouse,
  lines: string,
  numbers: readonly number[],
): Promise<{ line: number; extract: string; row: number }[]> {
  return warehouse.rows(
    `select line, source as extract, address as row from (${lines}) where line in (${numbers.join(', ')}) order by line`,
  );
}
