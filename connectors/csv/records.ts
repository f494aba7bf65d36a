import { type FileHandle, open } from 'node:fs/promises';
import { pieceOf } from '../connector.ts';
import type { Dialect } from './dialect.ts';

const LF = 0x0a;
const CR = 0x0d;
const SPACE = 0x20;
const WINDOW = 4 << 20;
/** Bytes of the longest record. Doubling its quotes it stays under the two million that DuckDB reads by default. */
export const longestRecord = 960_000;
/** Boundaries are kept for this many columns; records with more are counted, not cut. */
export const mostColumns = 16_384;

export type RecordFault = 'unterminated_quote' | 'text_after_quote' | 'record_too_long';

/**
 * Cuts delimited text in UTF-8 into records, over a window on the file, without making strings.
 *
 * A quote opens a value only at its start (spaces before it are passed over) and is doubled inside. Text
 * after a closing quote, or a quote that never closes, is a fault of the record, which then ends with its
 * first line: the lines after it are read for themselves, so that one stray quote does not swallow a file.
 *
 * After `next()` is true, `start`, `end`, `columns`... describe the record until the next call.
 *
 * @example
 * const scanner = await RecordScanner.open(path, dialect);
 * while (await scanner.fill()) while (scanner.next()) count++;
 */
export class RecordScanner {
  /** the record's bytes in `buffer`, without its line end */
  start = 0;
  end = 0;
  /** values in the record */
  columns = 0;
  /** values up to the last one that is not empty: 0 for a blank line */
  filledColumns = 0;
  fault: RecordFault | undefined;
  /** DuckDB surely reads it as this scanner does: quotes stand where RFC 4180 has them, line ends are alike */
  plain = true;
  /** a quoted value holds a line break */
  multiline = false;
  /** first line of the record in the file, from 1 */
  line = 1;
  /** bounds of each value in `buffer`, quotes included */
  readonly valueStart = new Int32Array(mostColumns);
  readonly valueEnd = new Int32Array(mostColumns);
  /** a line end of the file: CR LF or LF, by the first record seen */
  lineEnd: 'crlf' | 'lf' | undefined;

  private position: number;
  private after = 0;
  private limit = 0;
  private nextLine = 1;
  private ended = false;
  private quote: number;

  private constructor(
    readonly buffer: Buffer,
    private readonly file: FileHandle,
    private readonly dialect: Dialect,
    from: number,
  ) {
    this.position = from;
    this.quote = dialect.quote;
  }

  /** Starts at a byte of the file, which must be the beginning of a record. */
  static async open(path: string, dialect: Dialect, from = 0): Promise<RecordScanner> {
    const file = await open(path);
    const { size } = await file.stat();
    return new RecordScanner(Buffer.allocUnsafe(pieceOf(size, WINDOW)), file, dialect, from);
  }

  async close(): Promise<void> {
    await this.file.close();
  }

  /** Byte of the file at which the next record begins. */
  get offset(): number {
    return this.position - (this.limit - this.after);
  }

  /** Reads on; false when all records have been given. */
  async fill(): Promise<boolean> {
    if (this.ended) return this.after < this.limit;
    if (this.after > 0) {
      this.buffer.copyWithin(0, this.after, this.limit);
      this.limit -= this.after;
      this.after = 0;
    }
    while (this.limit < this.buffer.length) {
      const { bytesRead } = await this.file.read(
        this.buffer,
        this.limit,
        this.buffer.length - this.limit,
        this.position,
      );
      if (bytesRead === 0) {
        this.ended = true;
        break;
      }
      this.position += bytesRead;
      this.limit += bytesRead;
    }
    return this.limit > 0;
  }

  /** Passes over whole lines, whatever quotes they hold: the preamble. Gives the number of lines passed. */
  async skipLines(count: number): Promise<number> {
    this.quote = -1;
    let passed = 0;
    while (passed < count && (await this.fill())) {
      while (passed < count && this.next()) passed++;
    }
    this.quote = this.dialect.quote;
    return passed;
  }

  /** Cuts the next record; false when the window holds no more whole one. */
  next(): boolean {
    if (this.after >= this.limit) return false;
    const { buffer, limit, quote } = this;
    const { delimiter } = this.dialect;
    const cr = this.dialect.lineEnd === 'cr';
    const start = this.after;
    let at = start;
    let columns = 0;
    let filledColumns = 0;
    let plain = !cr;
    let multiline = false;
    let breaks = 0;
    for (;;) {
      const valueStart = at;
      let from = at;
      if (quote >= 0 && delimiter !== SPACE) while (from < limit && buffer[from] === SPACE) from++;
      if (quote >= 0 && from < limit && buffer[from] === quote) {
        if (from !== at) plain = false;
        at = from + 1;
        let closed = false;
        while (at < limit) {
          const byte = buffer[at++] as number;
          if (byte === quote) {
            if (at < limit && buffer[at] === quote) at++;
            else {
              closed = at < limit || this.ended;
              break;
            }
          } else if (byte === LF || byte === CR) {
            multiline = true;
            if (byte === LF) breaks++;
            // the window ends between CR and LF only where it is refilled
            if (byte === LF ? (buffer[at - 2] === CR) !== (this.lineEnd === 'crlf') : buffer[at] !== LF)
              plain = false;
          }
          if (at - start > longestRecord) break;
        }
        if (!closed) {
          if (!this.ended && at - start <= longestRecord) return false;
          return this.faulty('unterminated_quote');
        }
        while (at < limit && buffer[at] === SPACE && delimiter !== SPACE) {
          at++;
          plain = false;
        }
        if (at >= limit && !this.ended) return false;
        if (at < limit && buffer[at] !== delimiter && buffer[at] !== LF && buffer[at] !== CR) {
          return this.faulty('text_after_quote');
        }
        if (at < limit && buffer[at] === CR && !cr && buffer[at + 1] !== LF && at + 1 < limit) {
          return this.faulty('text_after_quote');
        }
        if (buffer[at] === CR && !cr) {
          if (at + 1 >= limit && !this.ended) return false;
          at++;
        }
        filledColumns = columns + 1;
      } else {
        for (; at < limit; at++) {
          const byte = buffer[at] as number;
          if (byte === delimiter || byte === LF) break;
          if (byte === CR) {
            if (cr) break;
            if (at + 1 < limit ? buffer[at + 1] !== LF : this.ended) plain = false;
          } else if (byte === quote) plain = false;
          if (byte !== SPACE && byte !== CR) filledColumns = columns + 1;
        }
      }
      if (columns < mostColumns) {
        this.valueStart[columns] = valueStart;
        this.valueEnd[columns] = at;
      }
      columns++;
      if (at - start > longestRecord) return this.faulty('record_too_long');
      if (at >= limit) {
        if (!this.ended) return false;
        break;
      }
      if (buffer[at] !== delimiter || buffer[at] === LF) break;
      at++;
    }
    let end = at;
    let ends: 'crlf' | 'lf' = 'lf';
    if (!cr && end > start && buffer[end - 1] === CR) {
      end--;
      ends = 'crlf';
    }
    if (at < limit) {
      this.lineEnd ??= ends;
      if (ends !== this.lineEnd) plain = false;
      at++;
    } else if (ends === 'crlf') plain = false;
    if (columns <= mostColumns && (this.valueEnd[columns - 1] as number) > end)
      this.valueEnd[columns - 1] = end;
    this.end = end;
    this.columns = columns;
    this.filledColumns = filledColumns;
    this.fault = undefined;
    this.plain = plain;
    this.multiline = multiline;
    return this.passed(start, at, breaks + 1);
  }

  /** Line of the file at which the next record begins. */
  get lineAfter(): number {
    return this.nextLine;
  }

  /** The record's text as it stands in the file, up to the longest that a record may be. */
  text(): string {
    return this.buffer.toString('utf8', this.start, Math.min(this.end, this.start + longestRecord));
  }

  /** One value, without its quotes. */
  value(column: number): string {
    const text = this.buffer.toString('utf8', this.valueStart[column], this.valueEnd[column]);
    if (this.quote < 0) return text;
    const mark = String.fromCharCode(this.quote);
    const bare = text.replace(/^ +| +$/g, '');
    if (!bare.startsWith(mark)) return text;
    return bare.slice(1, -1).replaceAll(mark + mark, mark);
  }

  private passed(start: number, after: number, lines: number): true {
    this.start = start;
    this.after = after;
    this.line = this.nextLine;
    this.nextLine += lines;
    return true;
  }

  /** A record that cannot be cut ends with its first line. */
  private faulty(fault: RecordFault): boolean {
    const start = this.after;
    const lineEnd = this.dialect.lineEnd === 'cr' ? CR : LF;
    const found = this.buffer.subarray(start, this.limit).indexOf(lineEnd);
    if (found < 0 && !this.ended) {
      if (this.limit - start < this.buffer.length) return false;
      throw new RangeError('line longer than the window');
    }
    const end = found < 0 ? this.limit : start + found;
    this.end = end > start && this.buffer[end - 1] === CR ? end - 1 : end;
    this.columns = 0;
    this.filledColumns = 1;
    this.fault = fault;
    this.plain = false;
    this.multiline = false;
    return this.passed(start, found < 0 ? end : end + 1, 1);
  }
}
