import { copyFile, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { harmonise, loadModels } from '../../../pipelines/harmonise/harmonise.ts';
import { modelsFolder } from '../../../pipelines/places.ts';
import { Warehouse } from '../../../pipelines/warehouse/warehouse.ts';
import type { Benchmark } from '../benchmark.ts';
import { standingLoad } from '../load/load.ts';
import { openLoad, stageLoad } from '../load-session.ts';
import { pythonSide } from '../python-side.ts';

const rows = "select sum(estimated_size)::varchar from duckdb_tables() where schema_name = 'model'";

/** Every model over the staged load; both sides must come to as many rows. */
export const benchmark: Benchmark = {
  title: 'every model built from the staged load',
  unit: 's',
  prepare: async ({ project, prepared, load }) => {
    await standingLoad(project, load);
    const work = join(prepared, 'staging');
    const session = await openLoad(join(project, 'concordance.yaml'), work);
    try {
      await stageLoad(session);
      await session.warehouse.close();
      await rename(join(work, 'warehouse.duckdb'), join(prepared, 'prepared.duckdb'));
    } finally {
      await session.close();
    }
  },
  ours: {
    title: 'ours',
    open: async ({ prepared, work }) => {
      const file = join(work, 'copy.duckdb');
      await copyFile(join(prepared, 'prepared.duckdb'), file);
      const warehouse = await Warehouse.open(file);
      const models = await loadModels();
      return {
        run: async () => {
          await harmonise(warehouse, models);
          await warehouse.run('checkpoint');
          return { result: await warehouse.scalar<string>(rows) };
        },
        close: () => warehouse.close(),
      };
    },
  },
  references: {
    'dbt-duckdb': pythonSide(
      'dbt-duckdb, the same models, with its start',
      'dbt_models',
      ['dbt.adapters.duckdb', 'duckdb'],
      ({ prepared, work }) => [modelsFolder, join(prepared, 'prepared.duckdb'), work],
    ),
  },
  repetitions: { S: 3, L: 1 },
};
