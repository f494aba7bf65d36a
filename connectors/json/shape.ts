import { writeFile } from 'node:fs/promises';
import { ExtractError, type ExtractFile, literal, type ReadingSession } from '../connector.ts';
import type { JsonOptions } from './options.ts';
import { jsonText } from './text.ts';

/** How the records stand in the file. */
export type Shape =
  | { readonly kind: 'lines' }
  | { readonly kind: 'array' }
  /** inside one object, at the option `records`; `query` gives n, line, element as the text of each has it */
  | { readonly kind: 'document'; readonly count: number; readonly query: string };

/** Characters looked at to tell the shape, and of the largest document that is read whole. */
const beginning = 1 << 20;
const largestDocument = 256 * 1024 * 1024;

/**
 * Tells lines from a list by the first character, and one object over several lines from both.
 *
 * @throws {ExtractError} JSON-001 empty, JSON-002 not JSON, JSON-005 one object where records were expected
 */
export async function shapeOf(
  extract: ExtractFile,
  options: JsonOptions,
  session: ReadingSession,
): Promise<Shape> {
  const place = { extract: extract.name };
  if (options.records !== undefined) return listInside(extract, options, options.records, session);
  const head = await beginningOf(extract, options);
  if (head.trim() === '') throw new ExtractError('JSON-001', place);
  if (options.format !== 'auto') return { kind: options.format };
  const first = head.trimStart().charAt(0);
  if (first === '[') return { kind: 'array' };
  if (first !== '{') {
    const values = { beginning: JSON.stringify(head.trimStart().slice(0, 20)) };
    throw new ExtractError('JSON-002', place, { values });
  }
  const [line = '', next] = head.split('\n').filter((text) => text.trim() !== '');
  if (parses(line) || next?.trimStart().startsWith('{') || next === undefined) return { kind: 'lines' };
  throw new ExtractError('JSON-005', place, { case: 'object' });
}

async function beginningOf(extract: ExtractFile, options: JsonOptions): Promise<string> {
  let head = '';
  for await (const piece of jsonText(extract, options.max_inflated_mb)) {
    head += piece;
    if (head.length >= beginning) break;
  }
  return head;
}

function parses(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

/**
 * The list at the end of the way `records`. The document is parsed here for its shape and its count only: DuckDB
 * takes the records from the text, since JavaScript would round long numbers and drop repeated names.
 */
async function listInside(
  extract: ExtractFile,
  options: JsonOptions,
  records: string,
  session: ReadingSession,
): Promise<Shape> {
  const place = { extract: extract.name };
  const text = await wholeText(extract, options);
  let found: unknown;
  try {
    found = JSON.parse(text);
  } catch (cause) {
    const said = (cause as Error).message.slice(0, 120);
    throw new ExtractError('JSON-005', place, { case: 'invalid', values: { said }, cause });
  }
  const steps = records.split('.');
  for (const step of steps) {
    const here = found;
    const isObject = here !== null && typeof here === 'object';
    found = isObject && Object.hasOwn(here, step) ? (here as Record<string, unknown>)[step] : undefined;
    if (found === undefined) {
      const names = isObject ? Object.keys(here).slice(0, 20).join(', ') : '';
      throw new ExtractError('JSON-005', place, {
        case: names === '' ? 'step_of_nothing' : 'step',
        values: { step, records, names },
      });
    }
  }
  if (!Array.isArray(found)) {
    throw new ExtractError('JSON-005', place, { case: 'no_list', values: { records } });
  }
  const file = session.scratch('document');
  await writeFile(file, text);
  const pointer = steps.map((step) => `/${step.replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');
  const query = `select generate_subscripts(list, 1) as n, 1 as line, unnest(list)::varchar as element
    from (select json_extract(content, ${literal(pointer)})::json[] as list from read_text(${literal(file)}))`;
  return { kind: 'document', count: found.length, query };
}

async function wholeText(extract: ExtractFile, options: JsonOptions): Promise<string> {
  const pieces: string[] = [];
  let length = 0;
  for await (const piece of jsonText(extract, options.max_inflated_mb)) {
    length += piece.length;
    if (length > largestDocument) {
      throw new ExtractError('JSON-006', { extract: extract.name }, { case: 'document' });
    }
    pieces.push(piece);
  }
  return pieces.join('');
}
