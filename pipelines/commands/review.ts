import { relative } from 'node:path';
import { Command } from 'commander';
import { forMachines, forPeople } from '../progress.ts';
import type { FigureState } from '../review/decision.ts';
import { reviewRun } from '../review-round.ts';

export function reviewCommand(): Command {
  return new Command('review')
    .description(
      "take a reviewer's workbook in: approvals, rejections, overrides, questions, explanations of gaps, decisions on objectives, arbitration and actions",
    )
    .argument('<run>', 'folder of a run, e.g. out/2026-Q3/latest')
    .argument('<workbook>', 'its review workbook, filled in and saved as .xlsx')
    .option('--evidence <folder>', 'documents delivered since the run, which overrides may name')
    .option('--json', 'one JSON line an event')
    .action(async (run: string, workbook: string, options: { json?: boolean; evidence?: string }) => {
      const { json, evidence } = options;
      // the clock says when the workbook was taken in: a fact of the journal, and part of no sealed document
      const machine = json || !process.stdout.isTTY;
      const progress = machine ? forMachines(process.stdout) : forPeople(process.stdout);
      const outcome = await reviewRun(run, workbook, new Date().toISOString(), progress, evidence);
      const { review } = outcome;
      const count = (state: FigureState) => review.figures.filter((one) => one.state === state).length;
      const states = {
        approved: count('approved'),
        rejected: count('rejected'),
        overridden: count('overridden'),
        questioned: count('questioned'),
        explained: review.explanations.length,
        resolved: review.resolutions.length,
      };
      const shown = relative(process.cwd(), outcome.workbook) || outcome.workbook;
      if (machine) {
        progress.event('done', { added: outcome.added, entries: review.entries, ...states, workbook: shown });
        return;
      }
      process.stdout.write(
        [
          outcome.added === 0
            ? 'nothing new in this workbook'
            : `${outcome.added} new, ${review.entries} in the journal`,
          `  ${states.approved} figures approved, ${states.rejected} rejected, ${states.overridden} overridden and to be approved by another person, ${states.questioned} questioned; ${states.explained} gaps explained; ${states.resolved} decisions on objectives, arbitration and actions`,
          ...(review.entries > 0 ? [`  the form with all that is on record: ${shown}`] : []),
          '',
        ].join('\n'),
      );
    });
}
