import { glob } from 'tinyglobby';
import { literal } from '../../../connectors/connector.ts';
import type { Benchmark } from '../benchmark.ts';
import { lineCount } from '../line-count.ts';
import { standingLoad } from '../load/load.ts';
import { plainDuckDb } from '../plain-duckdb.ts';
import { stageSide } from '../stage-side.ts';

export const benchmark: Benchmark = {
  title: 'payroll declarations (DSN) staged: blocks, totals, eleven contracts, pseudonyms, quarantine',
  unit: 's',
  prepare: async ({ project, load }) => {
    await standingLoad(project, load);
  },
  ours: stageSide(['dsn']),
  references: {
    'line-count': lineCount((project) => glob('extracts/dsn/*.dsn', { cwd: project, absolute: true })),
    'plain-read': {
      title: 'DuckDB: create table of rubrics and values',
      open: (ground) =>
        plainDuckDb(ground, [
          `create table t as select * from read_csv(${literal(`${ground.project}/extracts/dsn/*.dsn`)}, header = false, delim = ',', quote = '', encoding = 'latin-1', columns = {'rubric': 'VARCHAR', 'value': 'VARCHAR'}, auto_detect = false, new_line = '\\r\\n')`,
        ]),
    },
  },
  repetitions: { S: 3, L: 1 },
};
