import { cp, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Benchmark } from '../benchmark.ts';
import { commandLine } from '../command-line.ts';
import { companiesOf, period } from '../load/group.ts';
import { standingLoad } from '../load/load.ts';

/** A copy of the project in `work`. */
async function copyOf(project: string, work: string): Promise<string> {
  const copy = join(work, 'project');
  for (const part of ['extracts', 'concordance.yaml', 'pseudonym.key']) {
    await cp(join(project, part), join(copy, part), { recursive: true });
  }
  return copy;
}

const run = (project: string) => [
  ...['run', '-c', join(project, 'concordance.yaml'), '--period', period, '--json', '--no-gate'],
];

/** Both sides change one ledger; ours has run before, the reference has not. */
export const benchmark: Benchmark = {
  title: 'a run again after one of its extracts has changed',
  unit: 's',
  prepare: async ({ project, load }) => {
    await standingLoad(project, load);
  },
  ours: {
    title: 'ours',
    open: async ({ project, work, load }) => {
      const copy = await copyOf(project, work);
      await commandLine(run(copy), join(work, 'usage.json'));
      await changeOneLedger(copy, (companiesOf(load)[0] as { siren: string }).siren);
      return { run: () => commandLine(run(copy), join(work, 'usage.json')) };
    },
  },
  references: {
    'cold-run': {
      title: 'ours, cold: nothing kept from before',
      open: async ({ project, work, load }) => {
        const copy = await copyOf(project, work);
        await changeOneLedger(copy, (companiesOf(load)[0] as { siren: string }).siren);
        await rm(join(copy, 'out'), { recursive: true, force: true });
        return { run: () => commandLine(run(copy), join(work, 'usage.json')) };
      },
    },
  },
  targets: { 'cold-run': 0.1 },
  repetitions: { S: 1, L: 1 },
};

/** The last line of the ledger gets another label: the amounts stay balanced. */
async function changeOneLedger(project: string, siren: string): Promise<void> {
  const file = join(project, 'extracts', 'fec', `${siren}FEC20260930.txt`);
  const lines = (await readFile(file, 'latin1')).trimEnd().split('\r\n');
  const fields = (lines.at(-1) as string).split('\t');
  fields[10] = `${fields[10]} corrige`;
  await writeFile(file, `${[...lines.slice(0, -1), fields.join('\t')].join('\r\n')}\r\n`, 'latin1');
}
