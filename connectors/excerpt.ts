import { readFile } from 'node:fs/promises';

const LF = 0x0a;
const GZIP = 0x1f8b;

/** A file of lines, of which some are taken. */
export interface Excerpt {
  readonly bytes: Buffer;
  /** the first line and those asked for that there are, by number from 1, without their line feeds */
  readonly lines: ReadonlyMap<number, Buffer>;
  /** the first byte of every line, from the second on, is a digit: none of them is a heading */
  readonly headedOnce: boolean;
}

/**
 * Takes some lines of a file, which is looked through for line feeds alone: a tenth of what it takes to load it.
 *
 * @returns undefined for a gzip, whose lines are not to be seen
 */
export async function excerptOf(path: string, numbers: readonly number[]): Promise<Excerpt | undefined> {
  const bytes = await readFile(path);
  if (bytes.length < 2 || bytes.readUInt16BE(0) === GZIP) return undefined;
  const wanted = new Set([1, ...numbers]);
  const lines = new Map<number, Buffer>();
  let headedOnce = true;
  for (let line = 1, from = 0; from < bytes.length; line += 1) {
    const feed = bytes.indexOf(LF, from);
    const end = feed < 0 ? bytes.length : feed;
    if (wanted.has(line)) lines.set(line, bytes.subarray(from, end));
    if (line > 1 && !isDigit(bytes[from] as number)) headedOnce = false;
    from = end + 1;
  }
  return { bytes, lines, headedOnce };
}

const isDigit = (byte: number) => byte >= 0x30 && byte <= 0x39;
