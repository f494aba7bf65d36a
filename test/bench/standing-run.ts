import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { commandLine } from './command-line.ts';
import { period } from './load/group.ts';

/** The package of a run of a project, made unless the same inputs and the same program have made it already. */
export async function standingRun(project: string): Promise<string> {
  const args = ['run', '-c', join(project, 'concordance.yaml'), '--period', period, '--json', '--no-gate'];
  await commandLine(args, join(project, 'usage.json'));
  return join(project, 'out', period, 'latest');
}

/** Rows of the run's extracts, all told: what two runs of one project must agree on. */
export async function rowsRead(run: string): Promise<number> {
  const manifest = JSON.parse(await readFile(join(run, 'manifest.json'), 'utf8')) as {
    extracts: { rows_read: number }[];
  };
  return manifest.extracts.reduce((sum, one) => sum + one.rows_read, 0);
}
