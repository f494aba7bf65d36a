import { Command } from 'commander';
import { compareRuns } from '../comparison.ts';
import { GROUP } from '../indicators/figure.ts';
import type { SplitChange } from '../review/change-split.ts';

interface Options {
  entity?: string;
  indicator?: string;
  json?: boolean;
  csv?: boolean;
}

export function diffCommand(): Command {
  return new Command('diff')
    .description(
      'figures that two runs tell differently, each change split by cause (data, perimeter, factor, method, override) without remainder',
    )
    .argument('<run>', 'the earlier run, e.g. out/2026-Q2/published')
    .argument('<run>', 'the later run, e.g. out/2026-Q3/latest')
    .option('--entity <id>', 'one entity only')
    .option('--indicator <id>', 'one indicator only')
    .option('--json', 'as JSON')
    .option('--csv', 'as CSV, one line a part')
    .action(async (first: string, second: string, options: Options) => {
      const { before, after, changes: all } = await compareRuns(first, second);
      const changes = all.filter(
        (one) =>
          (options.entity === undefined || one.entity === options.entity) &&
          (options.indicator === undefined || one.indicator === options.indicator),
      );
      if (options.json) {
        process.stdout.write(
          `${JSON.stringify({ before: before.run, after: after.run, order: 'data, perimeter, factor, method', changes }, null, 2)}\n`,
        );
      } else if (options.csv) process.stdout.write(asCsv(changes));
      else process.stdout.write(asText(before.run, after.run, changes));
    });
}

const listed = 100;

function asText(before: string, after: string, changes: readonly SplitChange[]): string {
  const ordered = [
    ...changes.filter((one) => one.entity === GROUP),
    ...changes.filter((one) => one.entity !== GROUP),
  ];
  const lines = ordered.slice(0, listed).map((one) => {
    const parts = one.parts.map(({ causes, amount }) =>
      amount === null ? causes.join(' and ') : `${causes.join(' and ')} ${signed(amount)}`,
    );
    return `${one.indicator}  ${one.entity}  ${one.period} ${one.basis}: ${one.before ?? 'no value'} -> ${one.after ?? 'no value'} ${one.unit}  (${parts.join(', ')})`;
  });
  return [
    `${before} -> ${after}: ${changes.length} figure(s) differ`,
    ...lines,
    ...(changes.length > listed ? [`and ${changes.length - listed} more (--csv lists all)`] : []),
    ...(changes.length > 0
      ? [
          'parts by replacing, in this order, data, perimeter, factors, method of the earlier run by those of the later',
        ]
      : []),
    '',
  ].join('\n');
}

function asCsv(changes: readonly SplitChange[]): string {
  const rows = changes.flatMap((one) =>
    one.parts.map(({ causes, amount }) =>
      [
        one.indicator,
        one.entity,
        one.period,
        one.basis,
        one.unit,
        one.before ?? '',
        one.after ?? '',
        causes.join('+'),
        amount ?? '',
      ].join(','),
    ),
  );
  return ['indicator,entity,period,basis,unit,before,after,cause,amount', ...rows, ''].join('\n');
}

const signed = (amount: string) => (amount.startsWith('-') ? amount : `+${amount}`);
