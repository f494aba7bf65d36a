import { createReadStream, createWriteStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { ExtractError, type ExtractFile, type ReadingSession } from '../connector.ts';

/** What files that are not delimited text begin with, and what to do about each. */
const foreign: readonly { begins: readonly number[]; is: string; remedy: string }[] = [
  {
    begins: [0x50, 0x4b, 0x03, 0x04],
    is: 'a zip archive or a workbook',
    remedy: 'Use the connector xlsx, or unpack it.',
  },
  { begins: [0x50, 0x4b, 0x05, 0x06], is: 'an empty zip archive', remedy: 'Deliver the text file itself.' },
  {
    begins: [0xd0, 0xcf, 0x11, 0xe0],
    is: 'an Excel 97-2003 or protected workbook',
    remedy: 'Save it as CSV or as xlsx without a password.',
  },
  {
    begins: [0x25, 0x50, 0x44, 0x46],
    is: 'a PDF document',
    remedy: 'Ask for the data behind the document, as CSV.',
  },
  { begins: [0x50, 0x41, 0x52, 0x31], is: 'a Parquet file', remedy: 'Use the connector parquet.' },
  {
    begins: [0x28, 0xb5, 0x2f, 0xfd],
    is: 'compressed with zstd',
    remedy: 'Unpack it, or compress it with gzip.',
  },
  { begins: [0x42, 0x5a, 0x68], is: 'compressed with bzip2', remedy: 'Unpack it, or compress it with gzip.' },
  { begins: [0x37, 0x7a, 0xbc, 0xaf], is: 'a 7-Zip archive', remedy: 'Unpack it.' },
  { begins: [0xff, 0xfe, 0x00, 0x00], is: 'UTF-32 text', remedy: 'Save it as UTF-8.' },
];

/**
 * The path of the extract's text, still in its own encoding: the extract itself, or its inflated copy when
 * its first bytes are gzip's, whatever its name.
 *
 * @throws {ExtractError} CSV-001 empty, CSV-002 not text, CSV-003 damaged gzip, CSV-012 inflates too far
 */
export async function plainText(
  extract: ExtractFile,
  session: ReadingSession,
  maxInflatedMb: number,
): Promise<string> {
  let head = await firstBytes(extract.path);
  let path = extract.path;
  if (head[0] === 0x1f && head[1] === 0x8b) {
    path = session.scratch('inflated');
    await inflate(extract, path, maxInflatedMb * 1024 * 1024);
    head = await firstBytes(path);
  }
  if (head.length === 0) {
    throw new ExtractError('CSV-001', 'The file is empty', { extract: extract.name }, 'Export it again.');
  }
  refuseForeign(head, extract.name);
  return path;
}

async function inflate(extract: ExtractFile, path: string, limit: number): Promise<void> {
  let inflated = 0;
  const guard = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      inflated += chunk.length;
      done(inflated > limit ? new Error('limit') : null, chunk);
    },
  });
  try {
    await pipeline(createReadStream(extract.path), createGunzip(), guard, createWriteStream(path));
  } catch (cause) {
    if (inflated > limit) {
      throw new ExtractError(
        'CSV-012',
        `The gzip file of ${extract.bytes} bytes inflates to more than ${limit / 1024 / 1024} MiB`,
        { extract: extract.name },
        'Split the extract, or raise max_inflated_mb if it is legitimate.',
      );
    }
    throw new ExtractError(
      'CSV-003',
      `The gzip file is truncated or damaged after ${inflated} bytes of text`,
      { extract: extract.name },
      'Transfer it again; compare sizes with the sender.',
      { cause },
    );
  }
}

function refuseForeign(head: Buffer, name: string): void {
  const known = foreign.find(({ begins }) => begins.every((byte, index) => head[index] === byte));
  if (known) {
    throw new ExtractError(
      'CSV-002',
      `The file is ${known.is}, not delimited text`,
      { extract: name },
      known.remedy,
    );
  }
  const start = head.subarray(0, 512).toString('latin1').trimStart().toLowerCase();
  if (start.startsWith('<!doctype') || start.startsWith('<html') || start.startsWith('<?xml')) {
    throw new ExtractError(
      'CSV-002',
      'The file is a web page or XML, not delimited text',
      { extract: name },
      'It may be a sign-in page saved in place of the data: export it again.',
    );
  }
  // text in UTF-16 has a NUL in every other byte, which encoding.ts recognises
  const sample = head.subarray(0, 8192);
  const nul = sample.filter((byte) => byte === 0).length;
  const control = sample.filter((byte) => byte !== 0 && (byte < 9 || (byte > 13 && byte < 27))).length;
  if (control > sample.length / 10 || (nul > 0 && !looksUtf16(sample) && nul > sample.length / 100)) {
    throw new ExtractError(
      'CSV-002',
      'The file holds binary data, not delimited text',
      { extract: name },
      'Export it as CSV, or name the connector of its format.',
    );
  }
}

/** The byte order of text in UTF-16 by its mark, or without one by where its NUL bytes stand. */
export function looksUtf16(head: Buffer): 'utf-16le' | 'utf-16be' | undefined {
  if (head[0] === 0xff && head[1] === 0xfe) return 'utf-16le';
  if (head[0] === 0xfe && head[1] === 0xff) return 'utf-16be';
  let even = 0;
  let odd = 0;
  for (const [index, byte] of head.entries()) {
    if (byte === 0) index % 2 === 0 ? even++ : odd++;
  }
  const half = head.length / 2;
  if (half >= 2 && odd > half * 0.4 && even < half * 0.05) return 'utf-16le';
  if (half >= 2 && even > half * 0.4 && odd < half * 0.05) return 'utf-16be';
  return undefined;
}

/** The first 64 KiB at most. */
export async function firstBytes(path: string, length = 65536): Promise<Buffer> {
  const file = await open(path);
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(length), 0, length, 0);
    return buffer.subarray(0, bytesRead);
  } finally {
    await file.close();
  }
}
