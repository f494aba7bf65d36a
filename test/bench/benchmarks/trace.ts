import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import type { Benchmark } from '../benchmark.ts';
import { commandLine } from '../command-line.ts';
import { period } from '../load/group.ts';
import { standingLoad } from '../load/load.ts';
import { standingRun } from '../standing-run.ts';

const latest = (project: string) => join(project, 'out', period, 'latest');

/** Electricity of the group over twelve months rests on every row of every load curve: no figure has more. */
export const benchmark: Benchmark = {
  title: 'trace of the figure with the most rows: electricity of the group, twelve months',
  unit: 's',
  prepare: async ({ project, load }) => {
    await standingLoad(project, load);
    await standingRun(project);
  },
  ours: {
    title: 'ours',
    open: async ({ project, work }) => ({
      run: () =>
        commandLine(
          ['trace', latest(project), 'energy.electricity', '--basis', 'ttm', '--json'],
          join(work, 'usage.json'),
        ),
    }),
  },
  references: {
    'plain-sql': {
      title: 'DuckDB: sums by extract and the twenty largest rows',
      open: async ({ project }) => ({
        run: async () => {
          const instance = await DuckDBInstance.create(join(latest(project), 'warehouse.duckdb'), {
            access_mode: 'READ_ONLY',
          });
          const connection = await instance.connect();
          const rows = `from model.energy where carrier = 'electricity' and direction = 'consumption' and purpose = 'site'`;
          await connection.runAndReadAll(
            `select extract_id, count(*), sum(energy_mwh) ${rows} group by extract_id`,
          );
          await connection.runAndReadAll(
            `select * ${rows} order by energy_mwh desc, extract_id, row_number limit 20`,
          );
          connection.closeSync();
          instance.closeSync();
          return undefined;
        },
      }),
    },
  },
  limit: 1,
  repetitions: { S: 5, L: 3 },
};
