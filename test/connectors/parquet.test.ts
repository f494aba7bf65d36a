import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { parquet } from '../../connectors/parquet/connector.ts';
import { openSession, readAll } from './reading-session.ts';

const folder = mkdtempSync(join(tmpdir(), 'concordance-parquet-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

let files = 0;
const fresh = () => join(folder, `extract-${++files}.parquet`);

async function written(select: string): Promise<string> {
  const path = fresh();
  const session = await openSession();
  await session.run(`copy (${select}) to '${path}' (format parquet)`);
  await session.close();
  return path;
}

function file(content: string | Buffer): string {
  const path = fresh();
  writeFileSync(path, content);
  return path;
}

async function refusal(path: string): Promise<string> {
  return readAll(parquet, path).then(
    () => 'was read',
    (error: Error) => error.message,
  );
}

describe('values come as text that reads the same everywhere', () => {
  test.each([
    ["date '2026-07-01'", '2026-07-01'],
    ["timestamp '2026-07-01 10:30:00'", '2026-07-01T10:30:00'],
    ["timestamptz '2026-07-01 10:30:00+02'", '2026-07-01T08:30:00Z'],
    ['12.50::decimal(10,2)', '12.50'],
    ['0.1::double', '0.1'],
    ['30001234567890::double', '30001234567890'],
    ['9007199254740991::bigint', '9007199254740991'],
    ["'007'", '007'],
    ['true', 'true'],
    ['[1, 2]', '[1,2]'],
    ["{'a': 'é', 'b': [1]}", '{"a":"é","b":[1]}'],
    ["map {'k': 2}", '{"k":2}'],
    ["'abc'::blob", 'abc'],
    ["time '10:30:00'", '10:30:00'],
    ['null::integer', null],
  ])('%s is %s', async (value, text) => {
    const { records } = await readAll(parquet, await written(`select ${value} as v`));
    expect(records.rows).toEqual([{ row_number: 1n, v: text }]);
  });
});

test('rows keep their order and number over row groups', async () => {
  const path = fresh();
  const session = await openSession();
  await session.run(
    `copy (select i as v from range(5000) t(i)) to '${path}' (format parquet, row_group_size 2048)`,
  );
  await session.close();
  const { reading, records } = await readAll(parquet, path);
  expect(reading.rowsRead).toBe(5000);
  expect(records.rows?.every((row) => Number(row.row_number) === Number(row.v) + 1)).toBe(true);
});

test('columns called like the address are kept under another name', async () => {
  const { reading, records } = await readAll(
    parquet,
    await written('select 7 as row_number, 8 as file_row_number, 9 as " a "'),
  );
  expect(reading.records.rows?.columns).toEqual(['row_number_2', 'file_row_number', 'a']);
  expect(records.rows).toEqual([{ row_number: 1n, row_number_2: '7', file_row_number: '8', a: '9' }]);
});

test('no row: read, with a warning', async () => {
  const { reading } = await readAll(parquet, await written('select 1 as v where false'));
  expect(reading.remarks).toMatchObject([{ code: 'PARQUET-004', severity: 'warning' }]);
});

describe('files that cannot be read are refused in three parts', () => {
  test('empty, another format, encrypted', async () => {
    expect(await refusal(file(''))).toMatch(/^PARQUET-001 The file is empty/);
    expect(await refusal(file('a;b\n1;2\n'))).toMatch(/^PARQUET-001 The file is not Parquet/);
    expect(await refusal(file('PARE 0123456789 PARE'))).toMatch(/^PARQUET-002 .*encrypted/);
  });

  test('truncated', async () => {
    const bytes = readFileSync(await written('select i as v from range(1000) t(i)'));
    expect(await refusal(file(bytes.subarray(0, bytes.length - 100)))).toMatch(/^PARQUET-003 .*truncated/);
  });

  test('damaged inside', async () => {
    const bytes = readFileSync(await written("select i as v, 'text ' || i as t from range(1000) t(i)"));
    const metadata = Buffer.from(bytes);
    metadata.fill(0xff, metadata.length - 200, metadata.length - 20);
    expect(await refusal(file(metadata))).toMatch(/^PARQUET-003 The Parquet file is damaged/);
    const pages = Buffer.from(bytes);
    pages.fill(0xff, 4, 400);
    expect(await refusal(file(pages))).toMatch(/^PARQUET-003 The Parquet file is damaged/);
  });
});
