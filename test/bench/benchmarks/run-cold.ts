import { join } from 'node:path';
import { literal } from '../../../connectors/connector.ts';
import type { Benchmark } from '../benchmark.ts';
import { commandLine } from '../command-line.ts';
import { period } from '../load/group.ts';
import { standingLoad } from '../load/load.ts';
import { plainDuckDb } from '../plain-duckdb.ts';

/** Peak memory of the process is the figure to hold against 4 GiB; Chromium is another process. */
export const benchmark: Benchmark = {
  title: 'a whole run, cold: collect to seal, workbook and board report, nothing kept from before',
  unit: 's',
  prepare: async ({ project, load }) => {
    await standingLoad(project, load);
  },
  ours: {
    title: 'ours',
    open: async ({ project, work }) => ({
      run: () =>
        commandLine(
          [
            ...['run', '-c', join(project, 'concordance.yaml'), '--period', period],
            ...['--out', join(work, 'out'), '--json', '--no-gate'],
          ],
          join(work, 'usage.json'),
        ),
    }),
  },
  references: {
    'plain-load': {
      title: 'DuckDB: every line of every extract in a table',
      open: (ground) =>
        plainDuckDb(
          ground,
          ['curves/*.csv', 'fec/*.txt', 'dsn/*.dsn'].map(
            (files, place) =>
              `create table t${place} as select * from read_csv(${literal(`${ground.project}/extracts/${files}`)}, auto_detect = false, header = false, delim = '\x01', quote = '', escape = '', encoding = 'latin-1', columns = {'line': 'VARCHAR'})`,
          ),
        ),
    },
  },
  repetitions: { S: 1, L: 1 },
};
