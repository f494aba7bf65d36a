import { once } from 'node:events';
import { Command, Option } from 'commander';
import { csvCell } from '../csv-cell.ts';
import type { Basis } from '../indicators/figure.ts';
import { type Language, wording } from '../language/wording.ts';
import { readManifest } from '../seal/manifest.ts';
import { openRun, trace, traceRows } from '../seal/trace.ts';
import { decidedOf } from '../seal/tracing/decided.ts';
import { addressesBelow } from '../seal/tracing/lineage.ts';
import { type PassageRow, passageColumns } from '../seal/tracing/passage.ts';
import { receivedRows } from '../seal/tracing/received.ts';
import { Warehouse } from '../warehouse/warehouse.ts';
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
  // what reads rows as received opens while the database looks for them
  const reading = options.csv ? undefined : Warehouse.open(':memory:');
  reading?.catch(() => {});
  try {
    const request = {
      id,
      entity: options.entity,
      sites: options.site?.split(',').map((id) => id.trim()),
      period: options.period,
      basis: options.basis,
      top: Number(options.top),
    };
    if (reading === undefined) {
      await printCsv(traceRows(warehouse, record, request));
      return;
    }
    // read while the database looks for the rows; of many extracts it is long: those that are opened are all of it then
    let open: (extracts: ReadonlySet<string>) => void = () => {};
    const manifest = readManifest(
      folder,
      new Promise((resolve) => {
        open = resolve;
      }),
    );
    manifest.catch(() => {});
    const opened = await trace(warehouse, record, request);
    const addresses = opened.measures.flatMap((one) =>
      one.largest.flatMap((row) => addressesBelow(row.harmonised)),
    );
    open(new Set(addresses.map(({ extract }) => extract)));
    const sealed = () => manifest;
    const language = options.language ?? record.language;
    // the database has nothing else to do while another session reads the extracts
    const deciding = opened.figure ? decidedOf(folder, warehouse, opened.figure, sealed) : null;
    const settled = deciding?.catch(() => {});
    const received = await receivedRows(folder, addresses, reading, record.sources, sealed).finally(
      () => settled,
    );
    const decided = await deciding;
    process.stdout.write(
      options.json
        ? `${JSON.stringify({ ...opened, decided, received }, null, 2)}\n`
        : traceText(
            opened,
            received,
            language,
            await wording(language, 'trace'),
            await wording(language, 'common'),
            decided,
          ),
    );
  } finally {
    await warehouse.close();
    await (await reading?.catch(() => undefined))?.close();
  }
}

async function printCsv(chunks: AsyncGenerator<PassageRow[]>): Promise<void> {
  process.stdout.write(`${passageColumns.join(',')}\n`);
  for await (const rows of chunks) {
    const text = rows.map((row) => passageColumns.map((name) => csvCell(row[name])).join(',')).join('\n');
    if (text && !process.stdout.write(`${text}\n`)) await once(process.stdout, 'drain');
  }
}
