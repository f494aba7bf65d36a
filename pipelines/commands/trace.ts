import { once } from 'node:events';
import { Command, Option } from 'commander';
import { aggregationText } from '../indicators/aggregation-text.ts';
import type { Basis } from '../indicators/figure.ts';
import { quantity } from '../language/quantity.ts';
import { openRun, type Trace, type TracedRow, trace, traceRows } from '../seal/trace.ts';

interface Options {
  entity?: string;
  period?: string;
  basis?: Basis;
  top: string;
  json?: boolean;
  csv?: boolean;
}

export function traceCommand(): Command {
  return new Command('trace')
    .description('open a figure: its measures, the extracts that made it, the rows and what each contributes')
    .argument('<run>', 'folder of a run, e.g. out/2026-Q3/latest')
    .argument('<indicator>', 'indicator or measure, e.g. energy.electricity')
    .option('--entity <id>', 'entity of the perimeter (default: the group)')
    .option('--period <quarter>', "quarter of the run's history (default: the run's)")
    .addOption(new Option('--basis <basis>', 'quarter or trailing twelve months').choices(['quarter', 'ttm']))
    .option('--top <n>', 'largest rows to list', '20')
    .option('--json', 'the tree as JSON')
    .option('--csv', 'every contributing row as CSV, streamed')
    .action(run);
}

async function run(folder: string, id: string, options: Options): Promise<void> {
  const { warehouse, record } = await openRun(folder);
  try {
    const request = {
      id,
      entity: options.entity,
      period: options.period,
      basis: options.basis,
      top: Number(options.top),
    };
    if (options.csv) {
      await printCsv(traceRows(warehouse, record, request));
      return;
    }
    const opened = await trace(warehouse, record, request);
    process.stdout.write(
      options.json ? `${JSON.stringify(opened, null, 2)}\n` : asText(opened, record.language),
    );
  } finally {
    await warehouse.close();
  }
}

type Row = TracedRow & { measure: string };

const columns = [
  'measure',
  'entity',
  'site',
  'date',
  'value',
  'share',
  'contribution',
  'quality',
  'extract',
  'row',
] as const;

async function printCsv(chunks: AsyncGenerator<Row[]>): Promise<void> {
  process.stdout.write(`${columns.join(',')}\n`);
  for await (const rows of chunks) {
    const text = rows.map((row) => columns.map((name) => csvCell(row[name])).join(',')).join('\n');
    if (text && !process.stdout.write(`${text}\n`)) await once(process.stdout, 'drain');
  }
}

function csvCell(value: unknown): string {
  const text = value === null || value === undefined ? '' : String(value);
  // text that a spreadsheet would run is kept as text; a number keeps its sign
  const inert = /^[=+@\t\r]|^-(?![\d.])/.test(text) ? `'${text}` : text;
  return /[",\n\r]/.test(inert) ? `"${inert.replaceAll('"', '""')}"` : inert;
}

function asText(opened: Trace, language: 'fr' | 'en'): string {
  const { indicator, figure } = opened;
  const lines: string[] = [];
  if (indicator && figure) {
    lines.push(
      `${indicator.id}  ${indicator.label[language]}`,
      `  ${opened.entity}, ${opened.period}, ${opened.basis}: ${figure.value === null ? figure.status : quantity(figure.value, indicator.unit, indicator.decimals, language)} (${figure.status}; coverage ${figure.coverage}, estimated ${figure.estimatedShare})`,
      `  = ${indicator.numerator}${indicator.denominator ? ` / (${indicator.denominator})` : ''}${indicator.scale === 1 ? '' : ` x ${indicator.scale}`}`,
      `  = ${figure.numerator ?? 'missing'}${indicator.denominator ? ` / ${figure.denominator ?? 'missing'}` : ''}${indicator.scale === 1 ? '' : ` x ${indicator.scale}`}`,
      '',
    );
  }
  for (const one of opened.measures) {
    const divided = one.divisor === 1 ? '' : ` / ${one.divisor} month-ends`;
    lines.push(
      `${one.measure.id}  ${one.measure.label[language]}`,
      `  ${one.value?.value ?? 'missing'} ${one.measure.unit} = ${aggregationText(one.measure)}, ${one.rows} rows of model.${one.measure.table} (${one.measure.filter}): ${one.contributed ?? '0'}${divided}`,
      ...one.extracts.map(
        (e) => `    ${e.contribution.padStart(24)}  ${String(e.rows).padStart(8)} rows  ${e.extract}`,
      ),
    );
    if (one.measure.opens === 'totals') lines.push('  rows are pay or health data: they open to totals only');
    if (one.measure.opens === 'cells')
      lines.push('  rows are groups of people; those of fewer than the threshold are merged');
    if (one.largest.length > 0)
      lines.push(`  largest ${one.largest.length} of ${one.rows} rows (--csv lists all):`);
    for (const row of one.largest) {
      const staged = row.staged
        ? Object.entries(row.staged)
            .map(([name, value]) => `${name}=${value}`)
            .join(' ')
        : 'no staged row';
      lines.push(
        `    ${row.contribution.padStart(24)}  ${row.entity}${row.site ? `/${row.site}` : ''} ${row.date}${row.quality ? ` ${row.quality}` : ''}${Number(row.share) === 1 ? '' : ` share ${row.share}`}  ${row.extract} row ${row.row}`,
        `        ${staged}`,
      );
    }
    lines.push('');
  }
  return `${lines.join('\n')}`;
}
