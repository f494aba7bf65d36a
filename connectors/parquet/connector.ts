import { open } from 'node:fs/promises';
import { z } from 'zod';
import {
  type Connector,
  ExtractError,
  type ExtractFile,
  identifier,
  literal,
  nameColumns,
  pullFiles,
  type Reading,
  type ReadingSession,
  type Remark,
} from '../connector.ts';
import { textOf } from './text.ts';

export const parquetOptions = z.strictObject({
  dates: z
    .enum(['auto', 'iso', 'dmy', 'mdy'])
    .default('iso')
    .describe('order of dates that the file holds as text; true dates are ISO'),
  decimal: z
    .enum(['auto', 'comma', 'point'])
    .default('point')
    .describe('decimal separator of numbers that the file holds as text; true numbers have a point'),
});

export type ParquetOptions = z.infer<typeof parquetOptions>;

/** Parquet files. One record set, `rows`; `row_number` is the n-th row of the file, from 1. */
export const parquet: Connector<ParquetOptions> = {
  id: 'parquet',
  title: 'Parquet files',
  options: parquetOptions,
  pull: pullFiles,
  read,
};

async function read(
  extract: ExtractFile,
  options: ParquetOptions,
  session: ReadingSession,
): Promise<Reading> {
  await refuseForeign(extract);
  const path = literal(extract.path);
  const table = session.temporary('rows');
  let described: { column_name: string; column_type: string }[];
  let declared: number;
  try {
    described = await session.rows(`describe select * from read_parquet(${path})`);
    const [metadata] = await session.rows<{ n: number | bigint }>(
      `select num_rows as n from parquet_file_metadata(${path})`,
    );
    declared = Number(metadata?.n);
  } catch (cause) {
    throw damaged(extract, cause);
  }
  const { columns, duplicates } = nameColumns(described.map((column) => column.column_name));
  // the position is read apart from the columns: one of them may have its name
  const cells = described.map(
    ({ column_name, column_type }, index) =>
      `${textOf(`source.${identifier(column_name)}`, column_type)} as ${identifier(columns[index] as string)}`,
  );
  try {
    await session.run(
      `create or replace temp table ${table} as select ${cells.join(', ')} from read_parquet(${path}) as source`,
    );
  } catch (cause) {
    throw damaged(extract, cause);
  }
  return {
    addressing: 'record',
    records: {
      rows: {
        query: `select rowid + 1 as row_number, ${columns.map(identifier).join(', ')} from ${table}`,
        columns,
      },
    },
    rowsRead: declared,
    numbers: options.decimal,
    dates: options.dates,
    remarks: remarksOn(extract.name, declared, duplicates),
  };
}

function remarksOn(name: string, rows: number, duplicates: readonly string[]): Remark[] {
  const remarks: Remark[] = [];
  if (rows === 0) {
    remarks.push({
      code: 'PARQUET-004',
      severity: 'warning',
      values: { name },
    });
  }
  if (duplicates.length > 0) {
    remarks.push({
      code: 'PARQUET-005',
      severity: 'warning',
      values: { name, headings: duplicates.join(', ') },
    });
  }
  return remarks;
}

/** Parquet begins and ends with `PAR1`, or `PARE` where it is encrypted; a file cut short has no end. */
async function refuseForeign(extract: ExtractFile): Promise<void> {
  const place = { extract: extract.name };
  if (extract.bytes === 0) throw new ExtractError('PARQUET-001', place, { case: 'empty' });
  const file = await open(extract.path);
  try {
    const mark = async (at: number) =>
      (await file.read(Buffer.alloc(4), 0, 4, Math.max(0, at))).buffer.toString('latin1');
    const [first, last] = [await mark(0), await mark(extract.bytes - 4)];
    if (first === 'PARE' || last === 'PARE') throw new ExtractError('PARQUET-002', place);
    if (first !== 'PAR1') throw new ExtractError('PARQUET-001', place, { case: 'foreign' });
    if (last !== 'PAR1' || extract.bytes < 12)
      throw new ExtractError('PARQUET-003', place, { case: 'truncated' });
  } finally {
    await file.close();
  }
}

function damaged(extract: ExtractFile, cause: unknown): ExtractError {
  const [first = ''] = (cause as Error).message.split('\n');
  const said = first.replaceAll(extract.path, extract.name).slice(0, 200);
  return new ExtractError(
    'PARQUET-003',
    { extract: extract.name },
    { case: 'damaged', values: { said }, cause },
  );
}
