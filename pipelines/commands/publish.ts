import { relative } from 'node:path';
import { Command, Option } from 'commander';
import { forMachines, forPeople } from '../progress.ts';
import { type PublishRequest, publishRun, restatementCauses } from '../publication.ts';

export function publishCommand(): Command {
  return new Command('publish')
    .description('publish a reviewed run: final documents, period locked; refused while something waits')
    .argument('<run>', 'folder of a run, e.g. out/2026-Q3/latest')
    .addOption(
      new Option('--cause <cause>', 'why a locked period is restated').choices([...restatementCauses]),
    )
    .option('--reason <sentence>', 'the same in a sentence, for the ledger and the report')
    .option(
      '-c, --config <file>',
      'configuration, where it names a signing key, or the board report has helpers of its own',
    )
    .option('--evidence <folder>', 'documents that overrides name, to check that they are those taken in')
    .option('--json', 'one JSON line an event')
    .action(async (run: string, { json, ...request }: PublishRequest & { json?: boolean }) => {
      const machine = json || !process.stdout.isTTY;
      const progress = machine ? forMachines(process.stdout) : forPeople(process.stdout);
      const { folder, manifest, already } = await publishRun(run, request, progress);
      const { publication } = manifest;
      const shown = relative(process.cwd(), folder) || folder;
      if (machine) {
        progress.event('done', { run: manifest.run, folder: shown, already, publication });
        return;
      }
      process.stdout.write(
        [
          '',
          `${shown}${already ? ' (published before: nothing to do)' : ''}`,
          `  publication ${publication?.version} of ${manifest.period}, which is locked`,
          ...(publication?.approvals ?? []).map(
            ({ by, from, to, figures }) =>
              `  ${by}: ${figures} figures approved, ${from === to ? from : `${from} to ${to}`}`,
          ),
          '',
        ].join('\n'),
      );
    });
}
