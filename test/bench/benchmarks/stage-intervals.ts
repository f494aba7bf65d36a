import { literal } from '../../../connectors/connector.ts';
import { fileForm } from '../../../pipelines/warehouse/warehouse.ts';
import type { Benchmark, Ground, Work } from '../benchmark.ts';
import { standingLoad } from '../load/load.ts';
import { plainDuckDb } from '../plain-duckdb.ts';
import { stageSide } from '../stage-side.ts';

/** Load curves through the Enedis connector: besides the contract, local time, overlaps, gaps and steps are judged. */
export const benchmark: Benchmark = {
  title: 'load curves staged: row addresses, local time, types, contract, overlaps, quarantine',
  unit: 's',
  prepare: async ({ project, load }) => {
    await standingLoad(project, load);
  },
  ours: stageSide(['curves']),
  references: {
    'plain-read': {
      title: 'DuckDB: create table as select * from read_csv',
      open: (ground) => plainRead(ground),
    },
    'plain-read-same-form': {
      title: 'the same into a file of the form that ours has',
      open: (ground) => plainRead(ground, fileForm),
    },
  },
  targets: { 'plain-read': 1.15, 'plain-read-same-form': 1.15 },
  repetitions: { S: 3, L: 1 },
};

function plainRead(ground: Ground, form?: string): Promise<Work> {
  const files = literal(`${ground.project}/extracts/curves/*.csv`);
  return plainDuckDb(
    ground,
    [
      `create table t as select * from read_csv(${files}, header = true, delim = ';', types = {'Valeur': 'VARCHAR'})`,
    ],
    'select count(*) from t',
    form,
  );
}
