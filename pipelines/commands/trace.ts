import { once } from 'node:events';
import { Command, Option } from 'commander';
import { csvCell } from '../csv-cell.ts';
import type { Basis } from '../indicators/figure.ts';
import { type Language, wording } from '../language/wording.ts';
import { openRun, type TracedRow, trace, traceRows } from '../seal/trace.ts';
import { addressesBelow } from '../seal/tracing/lineage.ts';
import { receivedRows } from '../seal/tracing/received.ts';
import { traceText } from './trace-text.ts';

interface Options {
  entity?: string;
  site?: string;
  period?: string;
  basis?: Basis;
  top: string;
  json?: boolean;
  csv?: boolean;
  language?: Language;
}

export function traceCommand(): Command {
  return new Command('trace')
    .description('open a figure: its measures, the extracts that made it, the rows and what each contributes')
    .argument('<run>', 'folder of a run, e.g. out/2026-Q3/latest')
    .argument('<indicator>', 'indicator or measure, e.g. energy.electricity')
    .option('--entity <id>', 'entity of the perimeter (default: the group)')
    .option('--site <ids>', 'only the rows of these sites, e.g. LOR,ANG: what an objective on sites rests on')
    .option('--period <quarter>', "quarter of the run's history (default: the run's)")
    .addOption(new Option('--basis <basis>', 'quarter or trailing twelve months').choices(['quarter', 'ttm']))
    .option('--top <n>', 'largest rows to list', '20')
    .addOption(new Option('--language <language>', "the run's by default").choices(['fr', 'en']))
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
      sites: options.site?.split(',').map((id) => id.trim()),
      period: options.period,
      basis: options.basis,
      top: Number(options.top),
    };
    if (options.csv) {
      await printCsv(traceRows(warehouse, record, request));
      return;
    }
    const opened = await trace(warehouse, record, request);
    const addresses = opened.measures.flatMap((one) =>
      one.largest.flatMap((row) => addressesBelow(row.harmonised)),
    );
    const received = await receivedRows(folder, addresses);
    const language = options.language ?? record.language;
    process.stdout.write(
      options.json
        ? `${JSON.stringify({ ...opened, received }, null, 2)}\n`
        : traceText(
            opened,
            received,
            language,
            await wording(language, 'trace'),
            await wording(language, 'common'),
          ),
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
