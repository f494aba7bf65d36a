import { join } from 'node:path';
import { harmonise, loadModels } from '../../pipelines/harmonise/harmonise.ts';
import { computeFigures } from '../../pipelines/indicators/figures.ts';
import { loadCatalogue } from '../../pipelines/indicators/load.ts';
import { computeMeasures } from '../../pipelines/indicators/measure-values.ts';
import { deliveriesOf, expectationsOf } from '../../pipelines/stage/delivery.ts';
import type { Side } from './benchmark.ts';
import { standingLoad } from './load/load.ts';
import { type Load, loadOf } from './load/size.ts';
import { openLoad, stageLoad } from './load-session.ts';

/** A load from its extracts to its figures, by the run's own steps; what the report and the seal do is left out. */
export function figuresSide(title: string, loadOfSide: (size: Load) => Load, scale?: number): Side {
  return {
    title,
    ...(scale === undefined ? {} : { scale }),
    open: async ({ prepared, work, size }) => {
      const load = loadOfSide(loadOf(size));
      const project = join(prepared, Object.values(load).join('-'));
      await standingLoad(project, load);
      const session = await openLoad(join(project, 'concordance.yaml'), join(work, 'session'));
      const models = await loadModels();
      const catalogue = await loadCatalogue(undefined);
      const { warehouse, plan, contracts } = session;
      return {
        run: async () => {
          const profile: Record<string, number> = {};
          let before = performance.now();
          const lap = (step: string) => {
            profile[step] = (performance.now() - before) / 1000;
            before = performance.now();
          };
          const staged = await stageLoad(session);
          lap('stage');
          await harmonise(warehouse, models);
          lap('harmonise');
          const values = await computeMeasures(
            warehouse,
            catalogue.measures,
            plan.windows,
            deliveriesOf(staged, plan.history, 1),
            expectationsOf(session.project.configuration.sources, contracts),
          );
          lap('measures');
          computeFigures(catalogue, values);
          lap('figures');
          return { profile };
        },
        close: () => session.close(),
      };
    },
  };
}

/** The load with one of its parts divided, the others as they are. */
export function divided(part: keyof Load, by: number): (load: Load) => Load {
  return (load) => ({ ...load, [part]: Math.max(1, Math.round(load[part] / by)) });
}
