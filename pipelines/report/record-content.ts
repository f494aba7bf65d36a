import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { literal } from '../../connectors/connector.ts';
import { Fault } from '../fault.ts';
import type { Warehouse } from '../warehouse/warehouse.ts';
import type { ReportContent } from './content.ts';

/** Writes what the documents show into `result.content`, so that they can be made again with what a review adds. */
export async function recordContent(
  warehouse: Warehouse,
  content: ReportContent,
  scratch: string,
): Promise<void> {
  const file = join(scratch, 'content.json');
  await writeFile(file, JSON.stringify(content));
  await warehouse.run(`create table result.content as select content from read_text(${literal(file)})`);
}

/** @throws {Fault} PUB-001 for a run that was sealed before documents could be made again */
export async function readContent(
  warehouse: Warehouse,
  /** another database that the session has attached */
  attached?: string,
): Promise<ReportContent> {
  try {
    return JSON.parse(
      await warehouse.scalar<string>(
        `select content from ${attached === undefined ? '' : `${attached}.`}result.content`,
      ),
    ) as ReportContent;
  } catch (cause) {
    throw new Fault(
      'PUB-001',
      'This run does not hold the content of its documents.',
      'An earlier version of Concordance made it: run the period again.',
      { cause },
    );
  }
}
