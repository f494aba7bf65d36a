import { join } from 'node:path';
import { literal } from '../../../connectors/connector.ts';
import { fileForm } from '../../../pipelines/warehouse/warehouse.ts';
import type { Benchmark, Ground, Work } from '../benchmark.ts';
import { plainDuckDb } from '../plain-duckdb.ts';
import { writeReadingsProject } from '../readings-project.ts';
import { stageSide } from '../stage-side.ts';

/** As many rows as the load has intervals, in a CSV of ten columns under the contract `meter_readings`. */
export const benchmark: Benchmark = {
  title: 'a CSV staged: row addresses, types, contract with four lists, dates in order, quarantine',
  unit: 's',
  prepare: async ({ prepared, load }) => {
    await writeReadingsProject(prepared, load);
  },
  ours: stageSide(['readings'], (prepared) => join(prepared, 'concordance.yaml')),
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
  const file = literal(`${ground.prepared}/readings_2026-Q3.csv`);
  return plainDuckDb(
    ground,
    [
      `create table t as select * from read_csv(${file}, header = true, delim = ';', decimal_separator = ',', types = {'Quantité': 'VARCHAR'})`,
    ],
    'select count(*) from t',
    form,
  );
}
