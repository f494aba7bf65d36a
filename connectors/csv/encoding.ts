import { isUtf8 } from 'node:buffer';
import { createReadStream, createWriteStream, type ReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import { ExtractError, pieceOf, type Remark } from '../connector.ts';
import { firstBytes, looksUtf16 } from './container.ts';
import type { CsvOptions } from './options.ts';

type Encoding = Exclude<CsvOptions['encoding'], 'auto'>;

/** Bytes 0x80 to 0x9F of windows-1252 (Unicode's CP1252.TXT; the five unassigned ones stay as they are). */
const windows1252 = '€\x81‚ƒ„…†‡ˆ‰Š‹Œ\x8dŽ\x8f\x90‘’“”•–—˜™š›œ\x9džŸ';

/** Where ISO 8859-15 differs from ISO 8859-1. */
const latin9: Readonly<Record<string, string>> = {
  '\xa4': '€',
  '\xa6': 'Š',
  '\xa8': 'š',
  '\xb4': 'Ž',
  '\xb8': 'ž',
  '\xbc': 'Œ',
  '\xbd': 'œ',
  '\xbe': 'Ÿ',
};

export interface Utf8Text {
  /** the text in UTF-8, without byte-order mark unless the file itself is read in place */
  readonly path: string;
  readonly encoding: Encoding;
  /** bytes of a byte-order mark at the start of `path` */
  readonly markBytes: number;
  readonly remarks: readonly Remark[];
}

/**
 * Gives the text in UTF-8: the file itself when it is UTF-8, else a transcoded copy at `copy`.
 *
 * @throws {ExtractError} CSV-004 when the declared encoding is not the file's
 */
export async function utf8Text(
  path: string,
  name: string,
  declared: CsvOptions['encoding'],
  copy: string,
): Promise<Utf8Text> {
  const head = await firstBytes(path);
  const marked = byteOrderMark(head);
  const validUtf8 = marked?.startsWith('utf-16') ? false : await utf8Fault(path);
  const encoding =
    declared === 'auto'
      ? (marked ?? looksUtf16(head) ?? (validUtf8 === undefined ? 'utf-8' : 'windows-1252'))
      : declared;
  if (marked && marked !== encoding) throw contradiction(name, 'mark', { encoding, better: marked });
  if (encoding === 'utf-8') {
    if (typeof validUtf8 === 'number') {
      const guess = looksUtf16(head) ?? 'windows-1252';
      throw contradiction(name, 'utf8', { encoding, line: validUtf8, better: guess });
    }
    return { path, encoding, markBytes: marked ? 3 : 0, remarks: [] };
  }
  if (!encoding.startsWith('utf-16') && looksUtf16(head)) {
    throw contradiction(name, 'utf16', { encoding, better: looksUtf16(head) as Encoding });
  }
  await transcode(path, name, encoding, copy);
  const remarks: Remark[] = [];
  if (!encoding.startsWith('utf-16') && validUtf8 === undefined && (await beyondAscii(path))) {
    remarks.push({
      code: 'CSV-011',
      severity: 'warning',
      values: { name, encoding },
    });
  }
  return { path: copy, encoding, markBytes: 0, remarks };
}

function byteOrderMark(head: Buffer): Encoding | undefined {
  if (head[0] === 0xef && head[1] === 0xbb && head[2] === 0xbf) return 'utf-8';
  if (head[0] === 0xff && head[1] === 0xfe) return 'utf-16le';
  if (head[0] === 0xfe && head[1] === 0xff) return 'utf-16be';
  return undefined;
}

function contradiction(
  name: string,
  found: string,
  values: { encoding: Encoding; better: Encoding; line?: number },
): ExtractError {
  return new ExtractError('CSV-004', { extract: name }, { case: found, values });
}

async function pieces(path: string): Promise<ReadStream> {
  const { size } = await stat(path);
  return createReadStream(path, { highWaterMark: pieceOf(size) });
}

/** The number of the first line that is not UTF-8; undefined when all are. */
async function utf8Fault(path: string): Promise<number | undefined> {
  let rest: Buffer = Buffer.alloc(0);
  let read = 0;
  for await (const chunk of await pieces(path)) {
    const bytes = rest.length > 0 ? Buffer.concat([rest, chunk as Buffer]) : (chunk as Buffer);
    const whole = wholeCharacters(bytes);
    if (!isUtf8(bytes.subarray(0, whole)))
      return (await newlines(path, read)) + faultyLine(bytes.subarray(0, whole));
    read += whole;
    rest = bytes.subarray(whole);
  }
  return rest.length > 0 ? (await newlines(path, read)) + 1 : undefined;
}

/** Length without a last character that the chunk may cut: at most three bytes. */
function wholeCharacters(bytes: Buffer): number {
  for (let back = 1; back <= Math.min(3, bytes.length); back++) {
    const byte = bytes[bytes.length - back] as number;
    if (byte < 0x80) return bytes.length;
    if (byte >= 0xc0) {
      const needs = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : 2;
      return needs > back ? bytes.length - back : bytes.length;
    }
  }
  return bytes.length;
}

function faultyLine(bytes: Buffer): number {
  let line = 1;
  for (let from = 0; from < bytes.length; line++) {
    const found = bytes.indexOf(0x0a, from);
    const end = found < 0 ? bytes.length : found + 1;
    if (!isUtf8(bytes.subarray(from, end))) return line;
    from = end;
  }
  return line;
}

/** Line ends in so many first bytes of a file. */
async function newlines(path: string, bytes: number): Promise<number> {
  let count = 0;
  if (bytes === 0) return count;
  for await (const piece of createReadStream(path, { end: bytes - 1 }))
    for (let at = piece.indexOf(0x0a); at >= 0; at = piece.indexOf(0x0a, at + 1)) count++;
  return count;
}

async function beyondAscii(path: string): Promise<boolean> {
  for await (const chunk of await pieces(path)) {
    if ((chunk as Buffer).some((byte) => byte > 0x7f)) return true;
  }
  return false;
}

async function transcode(path: string, name: string, encoding: Encoding, copy: string): Promise<void> {
  try {
    await pipeline(await pieces(path), decoded(encoding), createWriteStream(copy));
  } catch (cause) {
    throw new ExtractError('CSV-004', { extract: name }, { case: 'invalid', values: { encoding }, cause });
  }
}

function decoded(encoding: Encoding) {
  return async function* (chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
    if (encoding === 'utf-16le' || encoding === 'utf-16be') {
      const decoder = new TextDecoder(encoding, { fatal: true });
      for await (const chunk of chunks) yield Buffer.from(decoder.decode(chunk, { stream: true }));
      yield Buffer.from(decoder.decode());
      return;
    }
    for await (const chunk of chunks) yield Buffer.from(singleByteText(chunk, encoding));
  };
}

/**
 * Text of one-byte encodings. Not through TextDecoder: outside a stream, Node 20.20 decodes windows-1252 as
 * ISO 8859-1, so that `€`, `’` and `œ` become invisible control characters; and it knows no true ISO 8859-1.
 */
export function singleByteText(bytes: Buffer, encoding: Encoding): string {
  const text = bytes.toString('latin1');
  if (encoding === 'windows-1252') {
    return text.replace(/[\x80-\x9f]/g, (character) => windows1252.charAt(character.charCodeAt(0) - 0x80));
  }
  if (encoding === 'iso-8859-15')
    return text.replace(/[\xa4\xa6\xa8\xb4\xb8\xbc\xbd\xbe]/g, (one) => latin9[one] ?? one);
  return text;
}
