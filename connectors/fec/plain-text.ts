import { createWriteStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { ExtractError, type ExtractFile } from '../connector.ts';
import { extractBytes, firstBytes } from '../extract-bytes.ts';

/** What `options.encoding` may declare; without it the bytes decide. */
export const ENCODINGS = [
  'utf-8',
  'iso-8859-15',
  'windows-1252',
  'iso-8859-1',
  'macintosh',
  'utf-16le',
] as const;
export type Encoding = (typeof ENCODINGS)[number];

/** What one pass over the bytes saw. Counts are bytes unless said. */
export interface ByteEvidence {
  bytes: number;
  bom: 'utf-8' | 'utf-16le' | 'utf-16be' | null;
  /** well-formed UTF-8 sequences of two bytes or more */
  sequences: number;
  /** bytes that no UTF-8 sequence explains */
  invalid: number;
  /** bytes 0x80-0x9F outside UTF-8: printable in Windows-1252, control codes in ISO 8859 */
  c1: number;
  /** of these, the ones that are accented letters in the DOS and Macintosh pages, between two letters */
  foreign: number;
  carriageReturns: number;
  lineFeeds: number;
  /** NUL and the unit separator, which DuckDB is given as a delimiter that never occurs */
  controls: number;
}

/** A file of UTF-8 lines ended by LF, whatever the extract's own bytes were. */
export interface PlainText {
  readonly path: string;
  readonly encoding: Encoding;
  readonly gzip: boolean;
  readonly evidence: ByteEvidence;
}

/** Decompressed size allowed for each compressed byte: ledgers shrink 10 to 40 times, bombs a thousand. */
const gzipLimits = { code: 'FEC-001', largestRatio: 250 };
const EBCDIC_JOURNAL = [0xd1, 0x96, 0xa4, 0x99, 0x95, 0x81, 0x93];

/**
 * Makes the extract a plain UTF-8 text with one LF a line, so that lines are physical lines for DuckDB too.
 *
 * The file is used in place when it is that already; otherwise a transcoded copy goes to `scratch`.
 * Both passes stream: memory does not grow with the file.
 */
export async function plainText(
  extract: ExtractFile,
  declared: Encoding | undefined,
  scratch: (name: string) => string,
): Promise<PlainText> {
  const head = await firstBytes(extract.path, 16);
  const gzip = head[0] === 0x1f && head[1] === 0x8b;
  if (head[0] === 0x50 && head[1] === 0x4b) {
    throw new ExtractError('FEC-001', { extract: extract.name }, { case: 'archive' });
  }
  const evidence = await examine(extract, gzip);
  if (evidence.bytes === 0) {
    throw new ExtractError('FEC-001', { extract: extract.name }, { case: 'empty' });
  }
  if (EBCDIC_JOURNAL.every((byte, index) => head[index] === byte)) {
    throw new ExtractError('FEC-001', { extract: extract.name }, { case: 'ebcdic' });
  }
  const encoding = declared ?? encodingOf(evidence);
  const asIs =
    !gzip &&
    encoding === 'utf-8' &&
    evidence.bom === null &&
    evidence.invalid === 0 &&
    evidence.carriageReturns === 0 &&
    evidence.controls === 0;
  if (asIs) return { path: extract.path, encoding, gzip, evidence };
  const path = scratch('text');
  await transcode(extract, gzip, encoding, evidence, path);
  return { path, encoding, gzip, evidence };
}

/**
 * ISO 8859-15 is the charset of the order (LPF A47 A-1) and is assumed for single-byte files; a byte in
 * 0x80-0x9F is a control code there, so it proves Windows-1252 (its euro is 0x80, that of 8859-15 is 0xA4).
 */
export function encodingOf(evidence: ByteEvidence): Encoding {
  if (evidence.bom === 'utf-16le' || evidence.bom === 'utf-16be') return 'utf-16le';
  if (evidence.bom === 'utf-8' || evidence.invalid === 0) return 'utf-8';
  // A text in UTF-8 with a few broken characters: read as 8859-15, every other accent would be spoilt.
  if (evidence.sequences > 20 * evidence.invalid) return 'utf-8';
  return evidence.c1 > 0 ? 'windows-1252' : 'iso-8859-15';
}

const nothingSeen: ByteEvidence = {
  bytes: 0,
  bom: null,
  sequences: 0,
  invalid: 0,
  c1: 0,
  foreign: 0,
  carriageReturns: 0,
  lineFeeds: 0,
  controls: 0,
};

/** What the bytes of a whole text say. */
export function evidenceOf(bytes: Buffer): ByteEvidence {
  const evidence = { ...nothingSeen, bytes: bytes.length, bom: bomOf(bytes) };
  countBytes(bytes, evidence, true);
  return evidence;
}

async function examine(extract: ExtractFile, gzip: boolean): Promise<ByteEvidence> {
  const evidence = { ...nothingSeen };
  let carried: Buffer = Buffer.alloc(0);
  for await (const chunk of extractBytes(extract, gzip, gzipLimits)) {
    const first = evidence.bytes === 0;
    evidence.bytes += chunk.length;
    const bytes = carried.length === 0 ? chunk : Buffer.concat([carried, chunk]);
    if (first) evidence.bom = bomOf(bytes);
    carried = Buffer.from(bytes.subarray(countBytes(bytes, evidence, false)));
  }
  countBytes(carried, evidence, true);
  return evidence;
}

function bomOf(bytes: Buffer): ByteEvidence['bom'] {
  if (bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf) return 'utf-8';
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return 'utf-16le';
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return 'utf-16be';
  return null;
}

/** Adds the bytes to the evidence; returns how many were judged (a sequence cut by the chunk waits for the next). */
function countBytes(bytes: Buffer, evidence: ByteEvidence, last: boolean): number {
  let at = 0;
  while (at < bytes.length) {
    const byte = bytes[at] as number;
    if (byte < 0x80) {
      if (byte === 0x0a) evidence.lineFeeds += 1;
      else if (byte === 0x0d) evidence.carriageReturns += 1;
      else if (byte === 0x00 || byte === 0x1f) evidence.controls += 1;
      at += 1;
      continue;
    }
    const length =
      byte >= 0xc2 && byte <= 0xdf
        ? 2
        : byte >= 0xe0 && byte <= 0xef
          ? 3
          : byte >= 0xf0 && byte <= 0xf4
            ? 4
            : 1;
    if (!last && at + Math.max(length, 2) > bytes.length) return at;
    let follows = length > 1;
    for (let next = 1; follows && next < length; next += 1) {
      follows = ((bytes[at + next] ?? 0) & 0xc0) === 0x80;
    }
    if (follows) {
      evidence.sequences += 1;
      at += length;
      continue;
    }
    evidence.invalid += 1;
    if (byte <= 0x9f) {
      evidence.c1 += 1;
      const accented = byte === 0x82 || byte === 0x8a || byte === 0x8e || byte === 0x8f;
      if (accented && isLetter(bytes[at - 1]) && isLetter(bytes[at + 1])) evidence.foreign += 1;
    }
    at += 1;
  }
  return at;
}

function isLetter(byte: number | undefined): boolean {
  return byte !== undefined && ((byte >= 0x41 && byte <= 0x5a) || (byte >= 0x61 && byte <= 0x7a));
}

async function transcode(
  extract: ExtractFile,
  gzip: boolean,
  encoding: Encoding,
  evidence: ByteEvidence,
  path: string,
): Promise<void> {
  // `iso-8859-1` is Windows-1252 for TextDecoder, a superset in printable characters.
  const decoder = new TextDecoder(evidence.bom === 'utf-16be' ? 'utf-16be' : encoding);
  const onlyCarriageReturns = evidence.lineFeeds === 0;
  async function* lines(): AsyncGenerator<string> {
    let pending = '';
    for await (const chunk of extractBytes(extract, gzip, gzipLimits)) {
      const text = pending + decoder.decode(chunk, { stream: true });
      pending = text.endsWith('\r') ? '\r' : '';
      yield plainLines(pending === '' ? text : text.slice(0, -1), onlyCarriageReturns);
    }
    yield plainLines(pending + decoder.decode(), onlyCarriageReturns);
  }
  await pipeline(lines(), createWriteStream(path));
}

/** LF line ends; a carriage return inside a line of an LF file is a slip in a label, not a line end. */
export function plainLines(text: string, onlyCarriageReturns: boolean): string {
  const lines = text.replaceAll('\r\n', '\n').replaceAll('\r', onlyCarriageReturns ? '\n' : ' ');
  // biome-ignore lint/suspicious/noControlCharactersInRegex: exactly these two are replaced, visibly
  return lines.replace(/[\u0000\u001f]/g, '\ufffd');
}
