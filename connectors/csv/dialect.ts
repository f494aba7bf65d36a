import { firstBytes } from './container.ts';
import type { CsvOptions } from './options.ts';

/** How the text is cut: bytes, as the scanner compares them; -1 where there is none. */
export interface Dialect {
  readonly delimiter: number;
  readonly quote: number;
  /** old Macintosh text ends its lines with CR alone */
  readonly lineEnd: 'lf' | 'cr';
}

const LF = 0x0a;
const CR = 0x0d;
const candidates = [';', '\t', ',', '|'] as const;
/** a file of one column is not cut */
const oneColumn = -1;

/** Finds the delimiter on the first line that holds something, from `header_row` on. */
export async function dialectOf(path: string, options: CsvOptions): Promise<Dialect> {
  const head = await firstBytes(path, 1 << 20);
  const firstBreak = head.findIndex((byte) => byte === LF || byte === CR);
  const lineEnd = firstBreak >= 0 && head[firstBreak] === CR && head[firstBreak + 1] !== LF ? 'cr' : 'lf';
  const quote = options.quote === '' ? -1 : options.quote.charCodeAt(0);
  if (options.delimiter !== 'auto') {
    return {
      delimiter: options.delimiter === 'tab' ? 0x09 : options.delimiter.charCodeAt(0),
      quote,
      lineEnd,
    };
  }
  const line = headingLine(head, options.header_row, quote, lineEnd);
  const counts = candidates.map((candidate) => outsideQuotes(line, candidate.charCodeAt(0), quote));
  // where the columns are declared, the delimiter is the one that gives as many
  const declared = options.columns ? counts.indexOf(options.columns.length - 1) : -1;
  const most = Math.max(...counts);
  const chosen = declared >= 0 ? declared : counts.indexOf(most);
  const none = options.columns ? options.columns.length === 1 : most === 0;
  const delimiter = none ? oneColumn : (candidates[chosen] as string).charCodeAt(0);
  return { delimiter, quote, lineEnd };
}

function headingLine(head: Buffer, row: number, quote: number, lineEnd: 'lf' | 'cr'): Buffer {
  const end = lineEnd === 'cr' ? CR : LF;
  let from = 0;
  for (let line = 1; line < row; line++) {
    const at = head.indexOf(end, from);
    if (at < 0) return Buffer.alloc(0);
    from = at + 1;
  }
  while (from < head.length && (head[from] === LF || head[from] === CR || head[from] === 0x20)) from++;
  let quoted = false;
  let at = from;
  for (; at < head.length; at++) {
    const byte = head[at];
    if (byte === quote) quoted = !quoted;
    else if (!quoted && (byte === LF || byte === CR)) break;
  }
  return head.subarray(from, at);
}

function outsideQuotes(line: Buffer, delimiter: number, quote: number): number {
  let quoted = false;
  let count = 0;
  for (const byte of line) {
    if (byte === quote) quoted = !quoted;
    else if (byte === delimiter && !quoted) count++;
  }
  return count;
}
