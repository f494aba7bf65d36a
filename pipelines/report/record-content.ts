import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { literal } from '../../connectors/connector.ts';
import { Fault } from '../fault.ts';
import type { Warehouse } from '../warehouse/warehouse.ts';
import type { ReportContent } from './content.ts';
import type { Presentation } from './presentation.ts';

/** What the documents show, and the company's own look of them. */
export interface Recorded {
  readonly content: ReportContent;
  /** its helpers are a program and are not kept: `helped` says that there were some */
  readonly presentation: Omit<Presentation, 'helpers' | 'files'>;
  readonly helped: boolean;
}

/** Writes what the documents show into `result.content`, so that they can be made again with what a review adds. */
export async function recordContent(
  warehouse: Warehouse,
  content: ReportContent,
  presentation: Presentation,
  scratch: string,
): Promise<void> {
  const { helpers, files: _files, partials, ...look } = presentation;
  const file = join(scratch, 'content.json');
  await writeFile(
    file,
    JSON.stringify({
      content,
      presentation: { ...look, partials: [...partials] },
      helped: Object.keys(helpers).length > 0,
    }),
  );
  await warehouse.run(`create table result.content as select content from read_text(${literal(file)})`);
}

/** @throws {Fault} PUB-001 for a run that was sealed before documents could be made again */
export async function readContent(
  warehouse: Warehouse,
  /** another database that the session has attached */
  attached?: string,
): Promise<ReportContent> {
  return (await readRecorded(warehouse, attached)).content;
}

/** The same with the company's own look. */
export async function readRecorded(warehouse: Warehouse, attached?: string): Promise<Recorded> {
  try {
    const { presentation, ...rest } = JSON.parse(
      await warehouse.scalar<string>(
        `select content from ${attached === undefined ? '' : `${attached}.`}result.content`,
      ),
    );
    // a run of before decisions were followed has none
    rest.content.followed ??= [];
    rest.content.pastDecisions ??= { told: [], held: 0 };
    rest.content.review.resolutions ??= [];
    return { ...rest, presentation: { ...presentation, partials: new Map(presentation.partials) } };
  } catch (cause) {
    throw new Fault(
      'PUB-001',
      'This run does not hold the content of its documents.',
      'An earlier version of Concordance made it: run the period again.',
      { cause },
    );
  }
}
