import { appendFile, mkdir } from 'node:fs/promises';
import { dirname, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Command } from 'commander';
import { benchmarkNames, type Compared, compare, type Line, type Spread } from './compare.ts';

/**
 * `npm run bench -- --size S|L [--only NAME] [--json]`: ours, the references and the ratios, measured in one
 * run of interleaved repetitions; one JSON line a comparison in `out/bench.ndjson`, or on the standard output.
 */
interface Options {
  readonly size: string;
  readonly only?: readonly string[];
  readonly json?: boolean;
  readonly repetitions?: string;
  readonly list?: boolean;
  readonly out: string;
}

const ledger = fileURLToPath(new URL('../../out/bench.ndjson', import.meta.url));

async function bench(options: Options): Promise<void> {
  const names = await benchmarkNames();
  if (options.list) {
    process.stdout.write(`${names.join('\n')}\n`);
    return;
  }
  const unknown = options.only?.filter((name) => !names.includes(name)) ?? [];
  if (unknown.length > 0) {
    process.stderr.write(`No benchmark ${unknown.join(', ')}. There are ${names.join(', ')}.\n`);
    process.exitCode = 2;
    return;
  }
  await mkdir(dirname(resolve(options.out)), { recursive: true });
  for (const name of options.only ?? names) {
    try {
      const repetitions = options.repetitions === undefined ? undefined : Number(options.repetitions);
      const compared = await compare(name, options.size, repetitions);
      const lines = compared.lines.map((line) => JSON.stringify(plainLine(line)));
      for (const line of lines) await appendFile(options.out, `${line}\n`);
      process.stdout.write(options.json ? lines.map((line) => `${line}\n`).join('') : shown(compared));
    } catch (error) {
      process.stderr.write(`${name}: ${(error as Error).message}\n`);
      process.exitCode = 1;
    }
  }
  if (!options.json) process.stdout.write(`\nAdded to ${relative(process.cwd(), options.out)}\n`);
}

function plainLine({ title: _, spread: __, ...line }: Compared['lines'][number]): Line {
  return line;
}

function shown({ name, title, unit, ours, limit, lines, skipped, profile }: Compared): string {
  const told = [
    '',
    `${name}: ${title}`,
    `  ${'ours'.padEnd(46)} ${value(ours, unit)}${limit === undefined ? '' : `   limit ${limit} ${unit}: ${ours.median <= limit ? 'kept' : 'missed'}`}`,
    ...lines.map(
      (line) =>
        `  ${line.title.padEnd(46)} ${value(line.spread, unit)}   ratio ${line.ratio}${line.target === undefined ? '' : ` (target ${line.target}: ${reached(line) ? 'kept' : 'missed'})`}`,
    ),
    ...skipped.map(({ reference, reason }) => `  ${reference}: skipped, ${reason}`),
  ];
  if (profile) {
    told.push('  where the time goes:');
    const whole = Object.values(profile).reduce((sum, one) => sum + one, 0);
    for (const [step, seconds] of Object.entries(profile)) {
      told.push(
        `    ${step.padEnd(44)} ${seconds.toFixed(2).padStart(9)} s  ${((100 * seconds) / whole).toFixed(0).padStart(3)} %`,
      );
    }
  }
  return `${told.join('\n')}\n`;
}

const reached = ({ unit, ratio, target = 0 }: Line) =>
  unit.endsWith('/s') ? ratio >= target : ratio <= target;

function value({ median, least, most, peakRssMb, processor, runs }: Spread, unit: string): string {
  const range = runs > 1 ? ` (${short(least)} to ${short(most)}, ${runs} runs)` : '';
  return `${short(median).padStart(9)} ${unit}${range}, peak ${Math.round(peakRssMb)} MB${processor === undefined ? '' : `, processor ${short(processor)} s`}`;
}

const short = (number: number) =>
  number >= 100 ? String(Math.round(number)) : String(Number(number.toPrecision(3)));

await new Command('bench')
  .description('ours against references, from one run')
  .option('--size <size>', 'S, L, or a share of L such as 0.001', 'S')
  .option('--only <names...>', 'these benchmarks')
  .option('--json', 'JSON lines on the standard output')
  .option('--repetitions <n>', 'how often each side runs; by default the benchmark says')
  .option('--list', 'names of the benchmarks')
  .option('--out <file>', 'file that JSON lines are added to', ledger)
  .action(bench)
  .parseAsync();
