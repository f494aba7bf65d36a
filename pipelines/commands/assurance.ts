import { Command, InvalidArgumentError, Option } from 'commander';
import { csvCell } from '../csv-cell.ts';
import type { Language } from '../language/wording.ts';
import { packAssurance, resolveLines } from '../seal/assurance.ts';

interface Options {
  out?: string;
  language?: Language;
  rows?: number;
  log?: string;
  lines?: { measure: string; numbers: number[] };
}

export function assuranceCommand(): Command {
  return new Command('assurance')
    .description('one zip with which an assurance provider checks a run without Concordance')
    .argument('<run>', 'folder of a run, e.g. out/2026-Q3/latest')
    .option('--out <file>', 'where to write it (default: <run>.assurance.zip here)')
    .addOption(
      new Option('--language <language>', "of the guide; the run's by default").choices(['fr', 'en']),
    )
    .option('--rows <n>', 'lines listed of one measure (default: 1000000)', wholeNumber)
    .option('--log <file>', 'log of the run, to put in')
    .option(
      '--lines <measure:n,n>',
      'write nothing: print the addresses of lines that the provider names',
      named,
    )
    .action(run);
}

async function run(folder: string, { lines, ...request }: Options): Promise<void> {
  if (lines) {
    process.stdout.write('line,extract,row\n');
    for (const one of await resolveLines(folder, lines.measure, lines.numbers))
      process.stdout.write(`${[one.line, one.extract, one.row].map(csvCell).join(',')}\n`);
    return;
  }
  const made = await packAssurance(folder, request);
  process.stdout.write(
    `${made.file}: ${made.entries} files, ${made.lines} lines; the lines of ${made.withheld} measures are withheld or capped, measures.csv says why\n`,
  );
}

function wholeNumber(text: string): number {
  if (!/^[1-9]\d{0,8}$/.test(text)) throw new InvalidArgumentError('a whole number above 0');
  return Number(text);
}

function named(text: string): { measure: string; numbers: number[] } {
  const found = /^([a-z][a-z0-9_]*):(\d{1,9}(?:,\d{1,9})*)$/.exec(text);
  if (!found) throw new InvalidArgumentError('a measure and lines of it, such as hours_trained:12,57');
  return { measure: found[1] as string, numbers: (found[2] as string).split(',').map(Number) };
}
