import { mkdir, rm, writeFile } from 'node:fs/promises';
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

/** Items of a list that are one part of the record: of a thousand companies all together are more than one text can hold. */
const itemsInOne = 20_000;

const bytesAtOnce = 16_000_000;

/**
 * Writes what the documents show into `result.content`, so that they can be made again with what a review adds: one
 * row a part, `part` (what it is of, or `.` for all that is small) and `position`, `content` as JSON.
 */
export async function recordContent(
  warehouse: Warehouse,
  content: ReportContent,
  presentation: Presentation,
  scratch: string,
): Promise<void> {
  const { helpers, files: _files, partials, ...look } = presentation;
  const folder = join(scratch, 'content');
  await mkdir(folder, { recursive: true });
  await warehouse.run('create table result.content (part varchar, position integer, content varchar)');
  let waiting: { part: string; position: number; bytes: number; file: string }[] = [];
  // some at a time: the database holds what one statement reads, whatever its limit of memory
  const take = async () => {
    const files = waiting.map(({ file }) => literal(join(folder, file))).join(', ');
    const places = waiting.map(
      ({ part, position, file }) => `(${literal(part)}, ${position}, ${literal(file)})`,
    );
    await warehouse.run(`insert into result.content
      select part, position, content from (values ${places.join(', ')}) as t(part, position, file)
      join read_text([${files}]) on parse_filename(filename) = file order by part, position`);
    for (const { file } of waiting) await rm(join(folder, file));
    waiting = [];
  };
  const write = async (part: string, position: number, value: unknown) => {
    const text = JSON.stringify(value);
    const file = `${waiting.length}.json`;
    await writeFile(join(folder, file), text);
    waiting.push({ part, position, bytes: text.length, file });
    if (waiting.reduce((sum, { bytes }) => sum + bytes, 0) > bytesAtOnce) await take();
  };
  const lists = Object.entries(content).filter(([, value]) => Array.isArray(value) && value.length > 0);
  await write('.', 0, {
    content: { ...content, ...Object.fromEntries(lists.map(([part]) => [part, []])) },
    presentation: { ...look, partials: [...partials] },
    helped: Object.keys(helpers).length > 0,
  });
  for (const [part, items] of (lists as [string, unknown[]][]).sort(([a], [b]) => (a < b ? -1 : 1)))
    for (let from = 0; from < items.length; from += itemsInOne)
      await write(part, from / itemsInOne, items.slice(from, from + itemsInOne));
  if (waiting.length > 0) await take();
}

/** @throws {Fault} PUB-001 for a run that was sealed before documents could be made again */
export async function readContent(
  warehouse: Warehouse,
  /** another database that the session has attached */
  attached?: string,
): Promise<ReportContent> {
  return (await readRecorded(warehouse, attached)).content;
}

/** One of the lists alone: the others of a large group take seconds to read. */
export async function readContentList<Part extends keyof ReportContent>(
  warehouse: Warehouse,
  part: Part,
): Promise<ReportContent[Part]> {
  if (!(await isInParts(warehouse, ''))) return (await readContent(warehouse))[part];
  const rows = await warehouse.rows<{ content: string }>(
    `select content from result.content where part = ${literal(part)} order by position`,
  );
  return rows.flatMap(({ content }) => JSON.parse(content) as unknown[]) as unknown as ReportContent[Part];
}

/** The same with the company's own look. */
export async function readRecorded(warehouse: Warehouse, attached?: string): Promise<Recorded> {
  const database = attached === undefined ? '' : `${attached}.`;
  try {
    const { presentation, ...rest } = (await isInParts(warehouse, database))
      ? await joined(warehouse, database)
      : JSON.parse(await warehouse.scalar<string>(`select content from ${database}result.content`));
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

/** A package of before parts has one text. */
async function isInParts(warehouse: Warehouse, database: string): Promise<boolean> {
  const columns = await warehouse.rows<{ name: string }>(
    `select column_name as name from (describe ${database}result.content)`,
  );
  return columns.some(({ name }) => name === 'part');
}

async function joined(warehouse: Warehouse, database: string) {
  const [main] = await warehouse.rows<{ content: string }>(
    `select content from ${database}result.content where part = '.'`,
  );
  const recorded = JSON.parse(main?.content as string);
  const parts = await warehouse.rows<{ part: string; position: number }>(
    `select part, position from ${database}result.content where part <> '.' order by part, position`,
  );
  for (const { part, position } of parts) {
    const [found] = await warehouse.rows<{ content: string }>(
      `select content from ${database}result.content where part = ${literal(part)} and position = ${position}`,
    );
    const list: unknown[] = recorded.content[part];
    for (const item of JSON.parse(found?.content as string)) list.push(item);
  }
  return recorded;
}
