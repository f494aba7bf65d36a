import { join } from 'node:path';
import { literal } from '../../../connectors/connector.ts';
import type { Benchmark } from '../benchmark.ts';
import { plainReads } from '../plain-duckdb.ts';
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
  references: plainReads(
    (ground) =>
      `select * from read_csv(${literal(`${ground.prepared}/readings_2026-Q3.csv`)}, header = true, delim = ';', decimal_separator = ',', types = {'Quantité': 'VARCHAR'})`,
  ),
  targets: { 'plain-read': 1.15, 'plain-read-same-form': 1.15 },
  repetitions: { S: 3, L: 1 },
};
