import { isAscii } from 'node:buffer';
import { createWriteStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { ExtractError, type ExtractFile, literal, type ReadingSession } from './connector.ts';
import { extractBytes, firstBytes } from './extract-bytes.ts';

/** What a delivered text turned out to be, and where its UTF-8 form is. */
export interface Utf8Text {
  /** the extract itself when it is UTF-8 already, else a copy in the scratch folder */
  readonly path: string;
  readonly encoding: 'utf-8' | 'utf-16le' | 'utf-16be' | 'windows-1252';
}

/** A gzip that grows beyond this is not a meter export. */
const LARGEST_RATIO = 200;

/**
 * Makes a delivered text readable by DuckDB: gzip is opened, UTF-16 and Windows-1252 become UTF-8.
 * The charset is the byte order mark's, else UTF-8 where the whole text is valid UTF-8, else Windows-1252.
 *
 * @param code prefix of the error codes, e.g. `ENE`
 * @param watch sees the bytes of the text, in order, while its charset is found: all of them where it is UTF-8
 * @throws {ExtractError} `<code>-001` empty, truncated or oversized; `<code>-002` no text (zip, workbook, binary)
 */
export async function utf8Text(
  extract: ExtractFile,
  session: Pick<ReadingSession, 'scratch'>,
  code: string,
  watch: (chunk: Buffer) => void = () => {},
): Promise<Utf8Text> {
  const head = await firstBytes(extract.path, 4);
  if (extract.bytes === 0 || head.length === 0) {
    throw new ExtractError(`${code}-001`, { extract: extract.name }, { case: 'empty' });
  }
  if (head.subarray(0, 2).toString('latin1') === 'PK' || head.readUInt8(0) === 0xd0) {
    throw new ExtractError(`${code}-002`, { extract: extract.name }, { case: 'archive' });
  }
  const gzip = head[0] === 0x1f && head[1] === 0x8b;
  const encoding = await charset(extract, gzip, code, watch);
  if (encoding === 'utf-8' && !gzip) return { path: extract.path, encoding };
  const path = session.scratch('text.txt');
  const decoder = new TextDecoder(encoding);
  async function* decoded(): AsyncGenerator<string> {
    for await (const chunk of extractBytes(extract, gzip, {
      code: `${code}-001`,
      largestRatio: LARGEST_RATIO,
    }))
      yield decoder.decode(chunk, { stream: true });
    yield decoder.decode();
  }
  await pipeline(decoded(), createWriteStream(path));
  return { path, encoding };
}

/**
 * Loads a UTF-8 text into a table of one column, `text`; the physical line is `rowid + 1`. Blank lines keep
 * their place, so that a row's number is what an editor shows.
 */
export async function loadLines(
  session: ReadingSession,
  table: string,
  path: string,
  extract: ExtractFile,
  code: string,
): Promise<void> {
  const sql = `create temp table ${table} as
select text
from read_csv(${literal(path)}, auto_detect = false, header = false, columns = {'text': 'VARCHAR'}, delim = chr(31),
  quote = '', escape = '', comment = '', compression = 'none', encoding = 'utf-8',
  max_line_size = 1048576, strict_mode = false)`;
  await session.run(sql).catch((cause: Error) => {
    throw new ExtractError(`${code}-002`, { extract: extract.name }, { case: 'lines', cause });
  });
}

async function charset(
  extract: ExtractFile,
  gzip: boolean,
  code: string,
  watch: (chunk: Buffer) => void,
): Promise<Utf8Text['encoding']> {
  const strict = new TextDecoder('utf-8', { fatal: true });
  let first = true;
  let valid = true;
  let open = false;
  for await (const chunk of extractBytes(extract, gzip, {
    code: `${code}-001`,
    largestRatio: LARGEST_RATIO,
  })) {
    if (first) {
      if (chunk[0] === 0xff && chunk[1] === 0xfe) return 'utf-16le';
      if (chunk[0] === 0xfe && chunk[1] === 0xff) return 'utf-16be';
      first = false;
    }
    if (chunk.includes(0)) {
      throw new ExtractError(`${code}-002`, { extract: extract.name }, { case: 'nul' });
    }
    if (!valid) continue;
    watch(chunk);
    // to decode is dear, and says nothing of plain ASCII that no character runs into
    if (!open && isAscii(chunk)) continue;
    try {
      strict.decode(chunk, { stream: true });
      open = (chunk.at(-1) as number) >= 0x80;
    } catch {
      valid = false;
    }
  }
  try {
    if (valid) strict.decode();
  } catch {
    valid = false;
  }
  return valid ? 'utf-8' : 'windows-1252';
}
