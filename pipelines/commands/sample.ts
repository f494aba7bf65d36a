import { Command, InvalidArgumentError, Option } from 'commander';
import { csvCell } from '../csv-cell.ts';
import type { Basis } from '../indicators/figure.ts';
import { sampleRows } from '../seal/sampling.ts';
import { contributionsOf, openRun } from '../seal/trace.ts';

interface Options {
  entity?: string;
  period?: string;
  basis?: Basis;
  method: 'mus' | 'random';
  seed: string;
  size?: number;
  confidence?: number;
  materiality?: string;
  rate?: number;
  json?: boolean;
}

export function sampleCommand(): Command {
  return new Command('sample')
    .description(
      'choose rows of a figure to vouch, each with its address: monetary-unit or random, with a seed',
    )
    .argument('<run>', 'folder of a run, e.g. out/2026-Q3/latest')
    .argument('<indicator>', 'indicator or measure, e.g. energy.electricity')
    .option('--entity <id>', 'entity of the perimeter (default: the group)')
    .option('--period <quarter>', "quarter of the run's history (default: the run's)")
    .addOption(new Option('--basis <basis>', 'quarter or trailing twelve months').choices(['quarter', 'ttm']))
    .addOption(
      new Option('--method <method>', 'mus: in proportion to contributions')
        .choices(['mus', 'random'])
        .default('mus'),
    )
    .requiredOption('--seed <text>', 'the same seed chooses the same rows')
    .option('--size <n>', 'number of selections', wholeNumber)
    .option('--confidence <percent>', 'with --materiality (mus) or --rate (random), gives the size', percent)
    .option('--materiality <quantity>', 'tolerable misstatement, in the unit of the measure', quantity)
    .option('--rate <percent>', 'tolerable share of wrong rows, for a random sample', percent)
    .option('--json', 'as JSON, with population, interval and selections')
    .action(run);
}

async function run(folder: string, id: string, options: Options): Promise<void> {
  const { warehouse, record } = await openRun(folder);
  try {
    const { entity, period, basis, json, ...plan } = options;
    const opened = await contributionsOf(warehouse, record, { id, entity, period, basis });
    const samples = [];
    for (const { measure, ...rest } of opened) samples.push(await sampleRows(warehouse, measure, rest, plan));
    if (json) {
      process.stdout.write(`${JSON.stringify({ run: record.run, ...plan, samples }, null, 2)}\n`);
      return;
    }
    const columns = [
      'measure',
      'line',
      'entity',
      'site',
      'date',
      'contribution',
      'hits',
      'extract',
      'row',
      'last_row',
    ] as const;
    process.stdout.write(`${columns.join(',')}\n`);
    for (const { sampled } of samples)
      for (const row of sampled)
        process.stdout.write(`${columns.map((name) => csvCell(row[name])).join(',')}\n`);
    for (const one of samples)
      process.stderr.write(
        `${one.measure}: ${one.sampled.length} of ${one.rows} rows, ${one.selections} selections over ${one.total}${one.interval ? `, interval ${one.interval}` : ''}\n`,
      );
  } finally {
    await warehouse.close();
  }
}

function wholeNumber(text: string): number {
  if (!/^[1-9]\d{0,8}$/.test(text)) throw new InvalidArgumentError('a whole number above 0');
  return Number(text);
}

function percent(text: string): number {
  const share = Number(text) / 100;
  if (!(share > 0 && share < 1)) throw new InvalidArgumentError('a percentage between 0 and 100, such as 95');
  return share;
}

function quantity(text: string): string {
  if (!/^\d+(\.\d+)?$/.test(text) || Number(text) === 0)
    throw new InvalidArgumentError('a number above 0, with a point');
  return text;
}
