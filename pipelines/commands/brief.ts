import { writeFile } from 'node:fs/promises';
import { extname } from 'node:path';
import { Command } from 'commander';
import { Fault } from '../fault.ts';
import { templatesFolder } from '../places.ts';
import { withBrowser } from '../report/board/browser.ts';
import { printBrief, renderBrief } from '../report/brief/brief.ts';
import { readDossier } from '../report/brief/read-dossier.ts';

export function briefCommand(): Command {
  return new Command('brief')
    .description(
      "one page for the quarterly review, or for an owner: objectives, actions, questions, due dates; HTML, or PDF where the file's name ends so",
    )
    .argument('<run>', 'folder of a run, e.g. out/2026-Q3/latest')
    .argument(
      '[owner]',
      'a department (hr, finance, operations, innovation, governance) or the role of an owner; the whole review without it',
    )
    .option('--out <file>', 'where to write it, .html or .pdf (default: HTML on standard output)')
    .action(async (run: string, owner: string | undefined, { out }: { out?: string }) => {
      const dossier = await readDossier(run);
      const render = (room?: number) => renderBrief(dossier, owner ?? null, templatesFolder, room);
      if (out === undefined) {
        process.stdout.write(await render());
        return;
      }
      switch (extname(out).toLowerCase()) {
        case '.html':
          return writeFile(out, await render());
        case '.pdf':
          return writeFile(out, await withBrowser((browser) => printBrief(render, browser)));
        default:
          throw new Fault('BRF-002', `${out} is neither .html nor .pdf.`, 'Give it one of these endings.', {
            exitStatus: 2,
          });
      }
    });
}
