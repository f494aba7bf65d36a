import { createWriteStream } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { literal } from '../../connectors/connector.ts';
import type { FaultWords } from '../language/faults.ts';
import type { Warehouse } from '../warehouse/warehouse.ts';
import type { Figure } from './figure.ts';
import type { FigureMethods } from './figure-methods.ts';

/** Writes the figures into `result.figure`, in bulk. */
export async function recordFigures(
  warehouse: Warehouse,
  figures: readonly Figure[],
  scratch: string,
  methods: FigureMethods = new Map(),
): Promise<void> {
  const file = join(scratch, 'figures.csv');
  // the same few texts come again in each of a million figures: the file has their places in a list, and so no quotes
  const places = new Map<string, number>();
  const placeOf = (text: string): number => {
    const known = places.get(text);
    if (known !== undefined) return known;
    places.set(text, places.size + 1);
    return places.size;
  };
  const line = (one: Figure) => {
    const method = methods.get(one);
    return `${placeOf(one.indicator)},${placeOf(one.entity)},${placeOf(one.period)},${placeOf(one.basis)},${one.value ?? ''},${placeOf(one.unit)},${one.numerator ?? ''},${one.denominator ?? ''},${one.coverage},${one.estimatedShare},${placeOf(one.status)},${method === undefined ? '' : placeOf(method)}\n`;
  };
  const pieces = function* () {
    for (let from = 0; from < figures.length; from += 1000) {
      let piece = '';
      for (const one of figures.slice(from, from + 1000)) piece += line(one);
      yield piece;
    }
  };
  // some at a time: of a thousand companies they are more than one text can hold
  await pipeline(Readable.from(pieces(), { highWaterMark: 1 }), createWriteStream(file));
  const text = (column: string) => `texts[${column}] as ${column}`;
  await warehouse.run(`create table result.figure as
    with list as (select [${[...places.keys()].map(literal).join(', ')}]::varchar[] as texts)
    select ${text('indicator')}, ${text('entity')}, ${text('period')}, ${text('basis')}, ${decimal38('value')}, ${text('unit')},
      ${decimal38('numerator')}, ${decimal38('denominator')}, coverage::decimal(9,6) as coverage,
      estimated_share::decimal(9,6) as estimated_share, ${text('status')}, ${text('method')}
    from read_csv(${literal(file)}, auto_detect = false, header = false, delim = ',', quote = '', escape = '', nullstr = '',
      columns = {indicator: 'integer', entity: 'integer', period: 'integer', basis: 'integer', value: 'varchar', unit: 'integer',
        numerator: 'varchar', denominator: 'varchar', coverage: 'double', estimated_share: 'double', status: 'integer', method: 'integer'}), list
    order by indicator, entity, period, basis`);
}

/** A text as a decimal of 38 digits, in two parts: read as one, DuckDB takes thirty times as long. */
const decimal38 = (column: string) =>
  `(split_part(${column}, '.', 1)::hugeint::decimal(38,12)
      + if(starts_with(${column}, '-'), -1, 1) * ('0.' || split_part(${column}, '.', 2))::decimal(13,12))::decimal(38,12) as ${column}`;

/**
 * Reads `result.figure` as `computeFigures` gave it: indicator by indicator in the order given, then by entity, period
 * and basis.
 */
export async function readFigures(
  warehouse: Pick<Warehouse, 'rows'>,
  indicators: readonly string[],
  /** another database that the session has attached */
  attached?: string,
): Promise<Figure[]> {
  const decimal = (column: string) => `rtrim(rtrim(${column}::varchar, '0'), '.') as ${column}`;
  return warehouse.rows<Figure>(
    `select indicator, entity, period, basis, unit, ${decimal('numerator')}, ${decimal('denominator')},
       coverage::double as coverage, estimated_share::double as "estimatedShare", ${decimal('value')}, status
     from ${attached === undefined ? '' : `${attached}.`}result.figure
     order by list_position([${indicators.map(literal).join(', ')}]::varchar[], indicator), entity || '|' || period || '|' || basis`,
  );
}

/** Writes the measure values that are not shown into `result.withheld`, where `trace` finds them. */
export async function recordWithheld(
  warehouse: Warehouse,
  /** as `placeOf` writes them */
  places: ReadonlySet<string>,
  scratch: string,
): Promise<void> {
  const file = join(scratch, 'withheld.csv');
  await writeFile(file, [...places].sort().join('\n'));
  await warehouse.run(`create table result.withheld as
    select * from read_csv(${literal(file)}, auto_detect = false, header = false, delim = '|', quote = '', escape = '',
      columns = {measure: 'varchar', entity: 'varchar', period: 'varchar', basis: 'varchar'})`);
}

/** `figures.csv` and `figures.parquet`: one row a figure, in the order in which they are recorded. */
export async function exportFigures(warehouse: Warehouse, folder: string): Promise<void> {
  const select = 'from result.figure';
  await warehouse.run(`copy (${select}) to ${literal(join(folder, 'figures.csv'))} (format csv, header)`);
  await warehouse.run(
    `copy (${select}) to ${literal(join(folder, 'figures.parquet'))} (format parquet, compression zstd)`,
  );
}

const inert = (column: string) =>
  `case when regexp_matches(${column}, '^[=+@\\t\\r-]') then '''' || ${column} else ${column} end as ${column}`;

/** The quarantine in words: extract, row, column, value, rule, message. */
export function quarantineSelect({ quarantine }: FaultWords): string {
  return `select extract_id as extract, row_number as row, column_name as "column", ${quarantine.value} as value, rule, ${quarantine.message} as message
    from staged.quarantine`;
}

/** What `quarantine.csv` holds: a cell that a spreadsheet would run as a formula is written as text. */
export function inertQuarantineSelect(words: FaultWords): string {
  return `select extract, row, "column", ${inert('value')}, rule, ${inert('message')} from (${quarantineSelect(words)})`;
}

export async function exportQuarantine(
  warehouse: Warehouse,
  folder: string,
  words: FaultWords,
): Promise<void> {
  await warehouse.run(
    `copy (${inertQuarantineSelect(words)} order by extract, row, "column", rule) to ${literal(join(folder, 'quarantine.csv'))} (format csv, header)`,
  );
}
