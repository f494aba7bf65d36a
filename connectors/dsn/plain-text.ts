import { isUtf8 } from 'node:buffer';
import { createWriteStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { ExtractError, type ExtractFile } from '../connector.ts';
import { extractBytes, firstBytes } from '../extract-bytes.ts';

/** A sending is ISO 8859-1 by the norm; files that went through other tools are often UTF-8. */
export const ENCODINGS = ['iso-8859-1', 'utf-8'] as const;
export type Encoding = (typeof ENCODINGS)[number];

export interface PlainText {
  /** UTF-8, LF: the extract itself or a copy in the scratch folder */
  readonly path: string;
  readonly copied: boolean;
  readonly encoding: Encoding;
}

/** Decompressed size allowed for each compressed byte; the repetitive lines of a DSN shrink 10 to 60 times. */
const gzipLimits = { code: 'DSN-001', largestRatio: 400 };

/** Makes the extract UTF-8 with one LF a line. Both passes stream; a file that is so already is used in place. */
export async function plainText(
  extract: ExtractFile,
  declared: Encoding | undefined,
  scratch: (name: string) => string,
): Promise<PlainText> {
  const head = await firstBytes(extract.path, 4);
  if (head.length === 0) throw new ExtractError('DSN-001', { extract: extract.name }, { case: 'empty' });
  if (head[0] === 0x50 && head[1] === 0x4b) {
    throw new ExtractError('DSN-001', { extract: extract.name }, { case: 'archive' });
  }
  const gzip = head[0] === 0x1f && head[1] === 0x8b;
  const seen = await examine(extract, gzip);
  if (seen.bytes === 0) throw new ExtractError('DSN-001', { extract: extract.name }, { case: 'empty' });
  const encoding = declared ?? (seen.utf8 ? 'utf-8' : 'iso-8859-1');
  if (!gzip && encoding === 'utf-8' && seen.utf8 && seen.plain)
    return { path: extract.path, copied: false, encoding };
  const path = scratch('dsn.txt');
  await pipeline(lines(extract, gzip, encoding, seen.lineFeeds), createWriteStream(path));
  return { path, copied: true, encoding };
}

interface Seen {
  bytes: number;
  utf8: boolean;
  /** no BOM, no carriage return, no NUL nor unit separator (DuckDB's delimiter here) */
  plain: boolean;
  lineFeeds: boolean;
}

async function examine(extract: ExtractFile, gzip: boolean): Promise<Seen> {
  const seen: Seen = { bytes: 0, utf8: true, plain: true, lineFeeds: false };
  let carried: Buffer = Buffer.alloc(0);
  for await (const chunk of extractBytes(extract, gzip, gzipLimits)) {
    if (seen.bytes === 0 && chunk[0] === 0xef && chunk[1] === 0xbb) seen.plain = false;
    seen.bytes += chunk.length;
    seen.plain &&= !chunk.includes(0x0d) && !chunk.includes(0x00) && !chunk.includes(0x1f);
    seen.lineFeeds ||= chunk.includes(0x0a);
    if (!seen.utf8) continue;
    const bytes = carried.length === 0 ? chunk : Buffer.concat([carried, chunk]);
    const whole = endOfLastSequence(bytes);
    seen.utf8 = isUtf8(bytes.subarray(0, whole));
    carried = Buffer.from(bytes.subarray(whole));
  }
  seen.utf8 &&= isUtf8(carried);
  return seen;
}

/** Where a UTF-8 sequence that the chunk may cut begins. */
function endOfLastSequence(bytes: Buffer): number {
  for (let back = 1; back <= 3 && back <= bytes.length; back += 1) {
    const byte = bytes[bytes.length - back] as number;
    if (byte >= 0xc0) return bytes.length - back;
    if (byte < 0x80) break;
  }
  return bytes.length;
}

async function* lines(
  extract: ExtractFile,
  gzip: boolean,
  encoding: Encoding,
  lineFeeds: boolean,
): AsyncGenerator<string> {
  const decoder = new TextDecoder(encoding);
  let pending = '';
  for await (const chunk of extractBytes(extract, gzip, gzipLimits)) {
    const text = pending + decoder.decode(chunk, { stream: true });
    pending = text.endsWith('\r') ? '\r' : '';
    yield plain(pending === '' ? text : text.slice(0, -1), lineFeeds);
  }
  yield plain(pending + decoder.decode(), lineFeeds);
}

function plain(text: string, lineFeeds: boolean): string {
  // replaceAll would leave a rope of a piece a line, which is dear to read
  const unix = text.replace(/\r\n/g, '\n').replace(/\r/g, lineFeeds ? ' ' : '\n');
  // biome-ignore lint/suspicious/noControlCharactersInRegex: exactly these two are replaced, visibly
  return unix.replace(/[\u0000\u001f]/g, '\ufffd');
}
