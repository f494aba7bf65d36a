import { join } from 'node:path';
import type { Side } from './benchmark.ts';
import { openLoad, stageLoad } from './load-session.ts';

/** Stages sources of a project as a run does: addresses, types, contracts, quarantine, into a database file. */
export function stageSide(sources: readonly string[], config?: (prepared: string) => string): Side {
  return {
    title: 'ours',
    open: async ({ project, prepared, work }) => {
      const file = config?.(prepared) ?? join(project, 'concordance.yaml');
      const session = await openLoad(file, join(work, 'session'), sources);
      // the reference tables are not what is measured
      await session.warehouse.run('checkpoint');
      return {
        run: async () => {
          const staged = await stageLoad(session);
          await session.warehouse.run('checkpoint');
          return { result: String(staged.reduce((sum, one) => sum + one.rowsRead, 0)) };
        },
        close: () => session.close(),
      };
    },
  };
}
