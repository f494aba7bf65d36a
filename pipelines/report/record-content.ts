import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { literal } from '../../connectors/connector.ts';
import { Fault } from '../fault.ts';
import { readMeasureValues } from '../indicators/measure-values.ts';
import { readFigures } from '../indicators/record.ts';
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

const bytesAtOnce = 64_000_000;

/** What the documents show of tables that hold it already: a thousand companies have millions of them. */
const inTables = ['figures', 'measures'] as const;

/**
 * Writes what the documents show into `result.content`, so that they can be made again with what a review adds: one
 * row a part, `part` (what it is of, or `.` for all that is small) and `position`, `content` as JSON. Figures and
 * measure values stay in `result.figure` and `result.measure_value`.
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
    inTables,
  });
  const apart = (lists as [string, unknown[]][]).filter(([part]) => !isInTables(part));
  for (const [part, items] of apart.sort(([a], [b]) => (a < b ? -1 : 1)))
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

/** What a review may decide and explain, as the run before showed it. */
export type ReviewedContent = Pick<
  ReportContent,
  'run' | 'agenda' | 'arbitration' | (typeof reviewed)[number]
>;
const reviewed = ['objectives', 'looseActions', 'reconciliations', 'followed'] as const;

/** That alone: all lists of a large group take seconds to read. */
export async function readReviewedContent(warehouse: Warehouse): Promise<ReviewedContent> {
  return (await readRecorded(warehouse, undefined, (part) => reviewed.some((one) => one === part))).content;
}

/** One of the lists alone: the others of a large group take seconds to read. */
export async function readContentList<Part extends Exclude<keyof ReportContent, (typeof inTables)[number]>>(
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
export async function readRecorded(
  warehouse: Warehouse,
  attached?: string,
  /** which lists are asked for: the others come empty where the package has them apart */
  wants: (part: string) => boolean = () => true,
): Promise<Recorded> {
  const database = attached === undefined ? '' : `${attached}.`;
  try {
    const {
      presentation,
      inTables: _inTables,
      ...rest
    } = (await isInParts(warehouse, database))
      ? await joined(warehouse, database, attached, wants)
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

const isInTables = (part: string) => (inTables as readonly string[]).includes(part);

async function joined(
  warehouse: Warehouse,
  database: string,
  attached: string | undefined,
  wants: (part: string) => boolean,
) {
  const [main] = await warehouse.rows<{ content: string }>(
    `select content from ${database}result.content where part = '.'`,
  );
  const recorded = JSON.parse(main?.content as string);
  const parts = await warehouse.rows<{ part: string; position: number }>(
    `select part, position from ${database}result.content where part <> '.' order by part, position`,
  );
  for (const { part, position } of parts) {
    if (!wants(part)) continue;
    const [found] = await warehouse.rows<{ content: string }>(
      `select content from ${database}result.content where part = ${literal(part)} and position = ${position}`,
    );
    const list: unknown[] = recorded.content[part];
    for (const item of JSON.parse(found?.content as string)) list.push(item);
  }
  // a package of before has parts of them too
  if (recorded.inTables) {
    const { content } = recorded;
    const indicators = content.catalogue.indicators.map(({ id }: { id: string }) => id);
    if (wants('figures')) content.figures = await readFigures(warehouse, indicators, attached);
    if (wants('measures')) content.measures = await readMeasureValues(warehouse, 'true', attached);
  }
  return recorded;
}
