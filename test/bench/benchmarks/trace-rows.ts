import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import type { Benchmark } from '../benchmark.ts';
import { commandLine } from '../command-line.ts';
import { packageOf } from '../many-rows.ts';

const rows = (size: string) => (size === 'L' ? 100_000_000 : 10_000_000);
/** the package is made once, and stands as its size says */
const folderOf = (prepared: string, size: string) => packageOf(join(prepared, 'package'), rows(size));

const electricity = `from model.energy where carrier = 'electricity' and direction = 'consumption' and purpose = 'site'`;

/** A figure of ten (S) or a hundred (L) million rows: its total, what each extract gave, the twenty largest rows opened. */
export const benchmark: Benchmark = {
  title: 'trace of a figure of 10 (S) or 100 (L) million rows',
  unit: 's',
  prepare: async ({ prepared, size }) => {
    await folderOf(prepared, size);
  },
  ours: {
    title: 'ours, from start to end of the process',
    open: async ({ prepared, size, work }) => {
      const run = await folderOf(prepared, size);
      const args = ['trace', run, 'electricity_bought', '--basis', 'quarter', '--json'];
      return { run: () => commandLine(args, join(work, 'usage.json')) };
    },
  },
  references: {
    'plain-sql': {
      title: 'DuckDB: the sum, the sums by extract and the twenty largest rows',
      open: async ({ prepared, size }) => {
        const file = join(await folderOf(prepared, size), 'warehouse.duckdb');
        return {
          run: async () => {
            const instance = await DuckDBInstance.create(file, { access_mode: 'READ_ONLY' });
            const connection = await instance.connect();
            await connection.runAndReadAll(`select sum(energy_mwh) ${electricity}`);
            await connection.runAndReadAll(
              `select extract_id, count(*), sum(energy_mwh) ${electricity} group by extract_id`,
            );
            await connection.runAndReadAll(
              `select * ${electricity} order by energy_mwh desc, extract_id, row_number limit 20`,
            );
            connection.closeSync();
            instance.closeSync();
            return undefined;
          },
        };
      },
    },
  },
  limit: 1,
  repetitions: { S: 5, L: 3 },
};
