import { literal } from '../../../connectors/connector.ts';
import type { Benchmark } from '../benchmark.ts';
import { standingLoad } from '../load/load.ts';
import { plainReads } from '../plain-duckdb.ts';
import { stageSide } from '../stage-side.ts';

/** Load curves through the Enedis connector: besides the contract, local time, overlaps, gaps and steps are judged. */
export const benchmark: Benchmark = {
  title: 'load curves staged: row addresses, local time, types, contract, overlaps, quarantine',
  unit: 's',
  prepare: async ({ project, load }) => {
    await standingLoad(project, load);
  },
  ours: stageSide(['curves']),
  references: plainReads(
    (ground) =>
      `select * from read_csv(${literal(`${ground.project}/extracts/curves/*.csv`)}, header = true, delim = ';', types = {'Valeur': 'VARCHAR'})`,
  ),
  targets: { 'plain-read': 1.15, 'plain-read-same-form': 1.15 },
  repetitions: { S: 3, L: 1 },
};
