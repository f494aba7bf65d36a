import { join } from 'node:path';
import { harmonise, loadModels } from '../../../pipelines/harmonise/harmonise.ts';
import { computeFigures } from '../../../pipelines/indicators/figures.ts';
import { loadCatalogue } from '../../../pipelines/indicators/load.ts';
import { computeMeasures } from '../../../pipelines/indicators/measure-values.ts';
import { deliveriesOf, expectationsOf } from '../../../pipelines/stage/delivery.ts';
import type { Benchmark, Side } from '../benchmark.ts';
import { standingLoad } from '../load/load.ts';
import { openLoad, stageLoad } from '../load-session.ts';

/** The catalogue so many times over, each copy with ids of its own. */
function copies(times: number, title: string, scale?: number): Side {
  return {
    title,
    ...(scale === undefined ? {} : { scale }),
    open: async ({ project, work }) => {
      const session = await openLoad(join(project, 'concordance.yaml'), join(work, 'session'), ['fec']);
      const staged = await stageLoad(session);
      await harmonise(session.warehouse, await loadModels());
      const one = await loadCatalogue(undefined);
      const numbers = Array.from({ length: times }, (_, n) => n);
      const catalogue = {
        ...one,
        measures: numbers.flatMap((n) => one.measures.map((m) => ({ ...m, id: `${m.id}_${n}` }))),
        indicators: numbers.flatMap((n) =>
          one.indicators.map((i) => {
            const renamed = (text: string) =>
              text.replace(/\b[a-z][a-z0-9_]*\b/g, (word) =>
                one.measures.some((m) => m.id === word) ? `${word}_${n}` : word,
              );
            return JSON.parse(
              JSON.stringify({ ...i, id: `${i.id}_${n}` }, (key, value) =>
                ['numerator', 'denominator', 'value'].includes(key) && typeof value === 'string'
                  ? renamed(value)
                  : value,
              ),
            ) as typeof i;
          }),
        ),
      };
      const { warehouse, plan, contracts } = session;
      return {
        run: async () => {
          const values = await computeMeasures(
            warehouse,
            catalogue.measures,
            plan.windows,
            deliveriesOf(staged, plan.history, 1),
            expectationsOf(session.project.configuration.sources, contracts),
          );
          computeFigures(catalogue, values);
          return undefined;
        },
        close: () => session.close(),
      };
    },
  };
}

/** A cost with the square of indicators would show a ratio of five. */
export const benchmark: Benchmark = {
  title: 'measures and figures of five catalogues, against five times what one takes',
  unit: 's',
  prepare: async ({ project, load }) => {
    await standingLoad(project, load);
  },
  ours: copies(5, 'ours'),
  references: { 'one-catalogue': copies(1, 'five times one catalogue', 5) },
  targets: { 'one-catalogue': 1.1 },
  repetitions: { S: 1, L: 1 },
};
