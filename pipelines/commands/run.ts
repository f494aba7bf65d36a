import { relative } from 'node:path';
import { Command, Option } from 'commander';
import { loadProject } from '../configuration/load.ts';
import { lastClosedQuarter, quarterOf } from '../configuration/period.ts';
import { Fault } from '../fault.ts';
import { planOf } from '../plan.ts';
import { forMachines, forPeople } from '../progress.ts';
import { runQuarter } from '../quarterly.ts';

interface Options {
  config: string;
  period?: string;
  out?: string;
  language?: 'fr' | 'en';
  json?: boolean;
  gate: boolean;
  cache: boolean;
}

export function runCommand(): Command {
  return new Command('run')
    .description('run one quarter: extracts in, sealed package with workbook and board report out')
    .requiredOption('-c, --config <file>', 'configuration')
    .option(
      '--period <quarter>',
      'quarter such as 2026-Q3; by default the last closed quarter of the fiscal calendar',
    )
    .option('--out <folder>', 'where packages go (default: out beside the configuration)')
    .addOption(new Option('--language <language>', 'language of the documents').choices(['fr', 'en']))
    .option('--json', 'one JSON line an event, for a scheduled job')
    .option('--no-gate', 'end with status 0 where a gate would give 3')
    .option('--no-cache', 'do everything again, also what an earlier run staged or computed alike')
    .addHelpText(
      'after',
      '\nExit status: 0 done; 1 failed; 2 usage or configuration; 3 done, but the CSR lead must look.',
    )
    .action(run);
}

async function run(options: Options): Promise<void> {
  const project = await loadProject(options.config);
  // the only use of today's date: which quarter was meant, and whether it has begun
  const today = new Date().toISOString().slice(0, 10);
  const period = options.period ?? lastClosedQuarter(today, project.configuration.fiscal_year_start_month);
  if (quarterOf(period, project.configuration.fiscal_year_start_month).from > today) {
    throw new Fault('PER-003', `${period} has not begun.`, 'Ask for a quarter that has.', { exitStatus: 2 });
  }
  const plan = planOf(project, {
    period,
    out: options.out,
    language: options.language,
    cache: options.cache,
  });
  const machine = options.json || !process.stdout.isTTY;
  const progress = machine ? forMachines(process.stdout) : forPeople(process.stdout);
  const { folder, id, already, manifest, findings } = await runQuarter(plan, progress);
  const rows = manifest.extracts.reduce(
    (sum, one) => ({
      read: sum.read + one.rows_read,
      staged: sum.staged + one.rows_staged,
      quarantined: sum.quarantined + one.rows_quarantined,
    }),
    { read: 0, staged: 0, quarantined: 0 },
  );
  const gated = manifest.gates.length > 0;
  if (gated && options.gate) process.exitCode = 3;
  const shown = relative(process.cwd(), folder) || folder;
  if (machine) {
    progress.event('done', {
      run: id,
      folder: shown,
      already,
      extracts: manifest.extracts.length,
      rows,
      findings: findings.length,
      gates: manifest.gates,
    });
    return;
  }
  const critical = findings.filter((f) => f.severity === 'critical').length;
  process.stdout.write(
    [
      '',
      `${shown}${already ? ' (the same inputs had been run before: nothing to do)' : ''}`,
      `  ${manifest.extracts.length} extracts, ${rows.read} rows read = ${rows.staged} staged + ${rows.quarantined} quarantined`,
      `  ${findings.length} findings, ${critical} critical`,
      ...(gated
        ? [
            '  The CSR lead must look:',
            ...manifest.gates.slice(0, 12).map((gate) => `    - ${gate}`),
            ...(manifest.gates.length > 12
              ? [`    and ${manifest.gates.length - 12} more in findings.json`]
              : []),
          ]
        : []),
      '  review.xlsx, board.pdf, figures.csv, figures.parquet, framework-index.csv, findings.json, quarantine.csv, manifest.json',
      '',
    ].join('\n'),
  );
}
