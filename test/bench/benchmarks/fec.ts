import { glob } from 'tinyglobby';
import { literal } from '../../../connectors/connector.ts';
import type { Benchmark } from '../benchmark.ts';
import { lineCount } from '../line-count.ts';
import { standingLoad } from '../load/load.ts';
import { plainDuckDb } from '../plain-duckdb.ts';
import { stageSide } from '../stage-side.ts';

export const benchmark: Benchmark = {
  title: 'ledgers (FEC) staged: charset, addresses, types, balance by entry, numbering, contract, quarantine',
  unit: 's',
  prepare: async ({ project, load }) => {
    await standingLoad(project, load);
  },
  ours: stageSide(['fec']),
  references: {
    'line-count': lineCount((project) => glob('extracts/fec/*.txt', { cwd: project, absolute: true })),
    'plain-read': {
      title: 'DuckDB: create table as select * from read_csv',
      open: (ground) =>
        plainDuckDb(
          ground,
          [
            `create table t as select * from read_csv(${literal(`${ground.project}/extracts/fec/*.txt`)}, header = true, delim = '\t', quote = '', encoding = 'latin-1', decimal_separator = ',')`,
          ],
          'select count(*) from t',
        ),
    },
  },
  repetitions: { S: 3, L: 1 },
};
