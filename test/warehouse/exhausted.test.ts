import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { Fault } from '../../pipelines/fault.ts';
import { exhaustionOf } from '../../pipelines/warehouse/exhausted.ts';
import { Warehouse } from '../../pipelines/warehouse/warehouse.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'concordance-exhausted-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

/** 2 million rows of 32 digits that no memory of 40 MB holds: 64 MB of text alone. */
const groups = `select count(*) as groups, sum(n)::bigint as rows from (
  select h, count(*) as n from (select md5((i % 1900000)::varchar) as h from range(2000000) r(i)) group by h)`;

describe('a session with little memory', () => {
  test('puts what it does not hold in temporary files of its folder, comes to the same result, and removes them', async () => {
    const spill = join(folder, 'spill');
    const warehouse = await Warehouse.open(join(folder, 'w.duckdb'), {
      memory: '60MB',
      threads: 1,
      temporary_folder: spill,
    });
    expect(await warehouse.rows("select current_setting('threads') as threads")).toEqual([{ threads: 1 }]);
    expect(await readdir(spill)).toHaveLength(1);
    expect(await warehouse.rows(groups)).toEqual([{ groups: 1_900_000, rows: 2_000_000 }]);
    await warehouse.close();
    expect(await readdir(spill)).toEqual([]);
  });

  test('ends with DSK-002 where the temporary files may not grow, so that they are what let it through', async () => {
    const warehouse = await Warehouse.open(join(folder, 'w.duckdb'), {
      memory: '60MB',
      threads: 1,
      temporary_folder: join(folder, 'spill'),
      temporary_files: '1MB',
    });
    await expect(warehouse.rows(groups)).rejects.toMatchObject({
      code: 'DSK-002',
      remedy: expect.stringContaining('limits.temporary_files'),
      exitStatus: 1,
    });
    await warehouse.close();
  });

  test('ends with MEM-001, names the limit, and runs nothing after it', async () => {
    const warehouse = await Warehouse.open(':memory:', { memory: '2MB' });
    const table = 'create table t as select md5(i::varchar) as h from range(1000000) r(i) order by h';
    await expect(warehouse.run(table)).rejects.toMatchObject({
      code: 'MEM-001',
      what: expect.stringContaining('(2MB)'),
      remedy: expect.stringContaining('limits.memory'),
    });
    // whoever passed over the failure cannot go on as if the rows were not there
    await expect(warehouse.scalar('select 1')).rejects.toMatchObject({ code: 'MEM-001' });
    await warehouse.close();
  });
});

describe('an exhausted machine', () => {
  test('is told from the text of DuckDB and from the codes of Node, whatever was made of it since', () => {
    const full = new Error('IO Error: Could not write file "/x/w.duckdb": No space left on device');
    const wrapped = new Fault('MOD-003', 'Model energy failed.', 'See it.', { cause: full });
    expect(exhaustionOf(wrapped)).toMatchObject({
      code: 'DSK-001',
      what: 'A disk is full, or a file may not grow: Could not write file "/x/w.duckdb": No space left on device.',
    });
    expect(exhaustionOf(Object.assign(new Error('ENOSPC: write'), { code: 'ENOSPC' }))?.code).toBe('DSK-001');
    expect(exhaustionOf(Object.assign(new Error('write'), { code: 'EDQUOT' }))?.code).toBe('DSK-001');
    expect(exhaustionOf(new Error('Conversion Error: Could not convert "File too large"'))).toBeUndefined();
    expect(exhaustionOf(new Fault('CFG-001', 'No.', 'Do.'))).toBeUndefined();
  });
});
