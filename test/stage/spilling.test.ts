import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { exhaustionOf } from '../../pipelines/warehouse/exhausted.ts';
import { openLoad, stageLoad } from '../bench/load-session.ts';
import { writeReadingsProject } from '../bench/readings-project.ts';

/** 1,000,000 rows, 76 MB of text: what is kept of them while they are judged is more than the 64 MB of the small session. */
const load = { intervalRows: 1_000_000, ledgerRows: 1, people: 1, entities: 2 };

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'concordance-spilling-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function staged(limits: string) {
  const config = await writeReadingsProject(join(folder, 'project'), load, `limits: ${limits}\n`);
  const session = await openLoad(config, join(folder, 'work'), ['readings']);
  try {
    const [one] = await stageLoad(session);
    const [rows] = await session.warehouse.rows(
      `select (select count(*) from staged.meter_readings) as staged, (select count(*) from staged.quarantine) as quarantined,
         (select sum(quantity)::varchar from staged.meter_readings) as quantity,
         (select sum(hash(row_number, period_end, quantity))::varchar from staged.meter_readings) as addresses`,
    );
    return { read: one?.rowsRead, ...rows };
  } finally {
    await session.close();
  }
}

test('a stage with far less memory than its data goes through temporary files to the same rows', async () => {
  const ample = await staged('{ memory: 4GB, threads: 2 }');
  expect(ample).toMatchObject({ read: 1_000_000 });
  expect(await staged('{ memory: 64MB, threads: 1 }')).toEqual(ample);
  // the files are what let it through: where they may not grow it ends, as an exhausted machine and not as a bad extract
  const failure = await staged('{ memory: 64MB, threads: 1, temporary_files: 1MB }').catch((error) => error);
  expect(exhaustionOf(failure)?.code).toMatch(/^(DSK-002|MEM-001)$/);
});
