import { createReadStream, createWriteStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { ExtractError, type ExtractFile, pieceOf, type ReadingSession } from '../connector.ts';

/** What files that are not delimited text begin with; each is a case of CSV-002. */
const foreign: readonly { begins: readonly number[]; is: string }[] = [
  { begins: [0x50, 0x4b, 0x03, 0x04], is: 'zip' },
  { begins: [0x50, 0x4b, 0x05, 0x06], is: 'empty_zip' },
  { begins: [0xd0, 0xcf, 0x11, 0xe0], is: 'ole' },
  { begins: [0x25, 0x50, 0x44, 0x46], is: 'pdf' },
  { begins: [0x50, 0x41, 0x52, 0x31], is: 'parquet' },
  { begins: [0x28, 0xb5, 0x2f, 0xfd], is: 'zstd' },
  { begins: [0x42, 0x5a, 0x68], is: 'bzip2' },
  { begins: [0x37, 0x7a, 0xbc, 0xaf], is: 'seven_zip' },
  { begins: [0xff, 0xfe, 0x00, 0x00], is: 'utf32' },
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
    throw new ExtractError('CSV-001', { extract: extract.name });
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
      const values = { bytes: extract.bytes, limit: limit / 1024 / 1024 };
      throw new ExtractError('CSV-012', { extract: extract.name }, { values });
    }
    throw new ExtractError('CSV-003', { extract: extract.name }, { values: { read: inflated }, cause });
  }
}

function refuseForeign(head: Buffer, name: string): void {
  const known = foreign.find(({ begins }) => begins.every((byte, index) => head[index] === byte));
  if (known) throw new ExtractError('CSV-002', { extract: name }, { case: known.is });
  const start = head.subarray(0, 512).toString('latin1').trimStart().toLowerCase();
  if (start.startsWith('<!doctype') || start.startsWith('<html') || start.startsWith('<?xml')) {
    throw new ExtractError('CSV-002', { extract: name }, { case: 'markup' });
  }
  // text in UTF-16 has a NUL in every other byte, which encoding.ts recognises
  const sample = head.subarray(0, 8192);
  const nul = sample.filter((byte) => byte === 0).length;
  const control = sample.filter((byte) => byte !== 0 && (byte < 9 || (byte > 13 && byte < 27))).length;
  if (control > sample.length / 10 || (nul > 0 && !looksUtf16(sample) && nul > sample.length / 100)) {
    throw new ExtractError('CSV-002', { extract: name }, { case: 'binary' });
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
    const most = pieceOf((await file.stat()).size, length);
    const { buffer, bytesRead } = await file.read(Buffer.alloc(most), 0, most, 0);
    return buffer.subarray(0, bytesRead);
  } finally {
    await file.close();
  }
}
