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
  const file = join(scratch, 'figures.ndjson');
  const line = (figure: Figure) => `${JSON.stringify({ ...figure, method: methods.get(figure) ?? null })}\n`;
  const pieces = function* () {
    for (let from = 0; from < figures.length; from += 1000)
      yield figures
        .slice(from, from + 1000)
        .map(line)
        .join('');
  };
  // some at a time: of a thousand companies they are more than one text can hold
  await pipeline(Readable.from(pieces(), { highWaterMark: 1 }), createWriteStream(file));
  await warehouse.run(`create table result.figure as
    select indicator, entity, period, basis, value, unit, numerator, denominator, coverage, "estimatedShare" as estimated_share, status, method
    from read_json(${literal(file)}, format = 'newline_delimited', columns = {indicator: 'varchar', entity: 'varchar', period: 'varchar',
      basis: 'varchar', value: 'decimal(38,12)', unit: 'varchar', numerator: 'decimal(38,12)', denominator: 'decimal(38,12)',
      coverage: 'decimal(9,6)', "estimatedShare": 'decimal(9,6)', status: 'varchar', method: 'varchar'})
    order by indicator, entity, period, basis`);
}

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
    select * from read_csv(${literal(file)}, header = false, delim = '|', quote = '',
      columns = {measure: 'varchar', entity: 'varchar', period: 'varchar', basis: 'varchar'})`);
}

/** `figures.csv` and `figures.parquet`: one row a figure, in one order. */
export async function exportFigures(warehouse: Warehouse, folder: string): Promise<void> {
  const select = 'select * from result.figure order by indicator, entity, period, basis';
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
