import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { join } from 'node:path';
import { glob } from 'tinyglobby';
import type { Benchmark } from '../benchmark.ts';
import { commandLine } from '../command-line.ts';
import { period } from '../load/group.ts';
import { standingLoad } from '../load/load.ts';
import { standingRun } from '../standing-run.ts';

const latest = (project: string) => join(project, 'out', period, 'latest');

export const benchmark: Benchmark = {
  title: 'verify of a package: hashes, conservation, models, measures, figures, workbook and report again',
  unit: 's',
  prepare: async ({ project, load }) => {
    await standingLoad(project, load);
    await standingRun(project);
  },
  ours: {
    title: 'ours',
    open: async ({ project, work }) => ({
      run: () => commandLine(['verify', latest(project), '--json'], join(work, 'usage.json')),
    }),
  },
  references: {
    'cold-run': {
      title: 'the run that made it, cold',
      open: async ({ project, work }) => ({
        run: () =>
          commandLine(
            [
              ...['run', '-c', join(project, 'concordance.yaml'), '--period', period],
              ...['--out', join(work, 'out'), '--json', '--no-gate'],
            ],
            join(work, 'usage.json'),
          ),
      }),
    },
    'hash-only': {
      title: 'SHA-256 of every file of the package',
      open: async ({ project }) => ({
        run: async () => {
          const files = await glob('**/*', { cwd: `${latest(project)}/`, absolute: true });
          for (const path of files) {
            const hash = createHash('sha256');
            for await (const chunk of createReadStream(path, { highWaterMark: 1 << 20 })) hash.update(chunk);
            hash.digest();
          }
          return undefined;
        },
      }),
    },
  },
  repetitions: { S: 1, L: 1 },
};
