import { open } from 'node:fs/promises';
import { pieceOf } from '../connector.ts';
import type { Dialect } from './dialect.ts';
import { longestRecord, mostColumns } from './records.ts';

/** What a count of the text says before DuckDB reads it. */
export interface Survey {
  /** records after the headings, blank lines apart */
  readonly records: number;
  readonly blankLines: number;
  /** every record has its columns and stands as RFC 4180 has it: DuckDB may read the file in place */
  readonly plain: boolean;
  readonly multiline: boolean;
  readonly lineEnd: 'crlf' | 'lf';
  /** no value begins or ends with a blank, as far as that is known */
  readonly trimmed?: boolean;
}

const LF = 0x0a;
const CR = 0x0d;
const SPACE = 0x20;
const WINDOW = 4 << 20;

/** What a byte is to the survey; every other byte is text. */
const TEXT = 0;
const DELIMITER = 1;
const LINE_FEED = 2;
const RETURN = 3;
const QUOTE = 4;

/**
 * The survey of a text in which everything is as most exports have it: one line a record, quotes where RFC 4180
 * has them, as many values as headings, line ends alike. It looks at each byte once.
 *
 * @param promising called once, with what is known by then, when the text up to there is so and more of it may follow
 * @returns undefined for any other text, of which the record scanner says what it is
 */
export async function plainSurvey(
  path: string,
  dialect: Dialect,
  wanted: number,
  from: number,
  promising: (soFar: Survey) => void = () => {},
): Promise<Survey | undefined> {
  const { delimiter, quote, lineEnd } = dialect;
  if (lineEnd === 'cr' || delimiter < 0 || delimiter === SPACE || wanted < 2 || wanted > mostColumns)
    return undefined;
  const lines = new PlainLines(delimiter, quote, wanted);
  const file = await open(path);
  try {
    const buffer = Buffer.allocUnsafe(pieceOf((await file.stat()).size, WINDOW));
    let held = 0;
    let position = from;
    for (let windows = 1; ; windows++) {
      const { bytesRead } = await file.read(buffer, held, buffer.length - held, position);
      position += bytesRead;
      const limit = held + bytesRead;
      // the last line may lack its end
      const whole = bytesRead === 0 ? limit : buffer.lastIndexOf(LF, limit - 1) + 1;
      if (!lines.count(buffer, whole)) return undefined;
      const survey = lines.survey();
      if (bytesRead === 0) return survey;
      if (limit - whole > longestRecord) return undefined;
      if (windows === 1) promising(survey);
      buffer.copyWithin(0, whole, limit);
      held = limit - whole;
    }
  } finally {
    await file.close();
  }
}

class PlainLines {
  private readonly kinds = new Uint8Array(256);
  /** bytes at which a value begins or ends that may need trimming: a blank, or past ASCII */
  private readonly edges = new Uint8Array(256).fill(1, 0x80);
  private readonly lowest: number;
  private records = 0;
  private blankLines = 0;
  private lineEnd: 'crlf' | 'lf' | undefined;
  private trimmed = true;

  constructor(
    private readonly delimiter: number,
    quote: number,
    private readonly wanted: number,
  ) {
    this.kinds[LF] = LINE_FEED;
    this.kinds[CR] = RETURN;
    if (quote >= 0) this.kinds[quote] = QUOTE;
    this.kinds[delimiter] = DELIMITER;
    this.edges[SPACE] = 1;
    this.lowest = Math.max(CR, quote) + 1;
  }

  survey(): Survey {
    const { records, blankLines, lineEnd, trimmed } = this;
    return { records, blankLines, plain: true, multiline: false, lineEnd: lineEnd ?? 'lf', trimmed };
  }

  /** Counts the whole lines up to `limit`; false at the first that is not plain. */
  count(buffer: Buffer, limit: number): boolean {
    const { kinds, delimiter, lowest } = this;
    let start = 0;
    let delimiters = 0;
    let valueStart = 0;
    for (let at = 0; at < limit; at++) {
      const byte = buffer[at] as number;
      // nearly every byte is text, and two comparisons are quicker than a look into the table
      if (byte >= lowest && byte !== delimiter) continue;
      const kind = kinds[byte];
      if (kind === TEXT) continue;
      if (kind === DELIMITER) {
        delimiters++;
        this.value(buffer, valueStart, at);
        valueStart = at + 1;
      } else if (kind === LINE_FEED) {
        const returns = buffer[at - 1] === CR && at > start;
        if (!this.take(buffer, start, returns ? at - 1 : at, delimiters, returns ? 'crlf' : 'lf'))
          return false;
        this.value(buffer, valueStart, returns ? at - 1 : at);
        start = at + 1;
        valueStart = start;
        delimiters = 0;
      } else if (kind === RETURN) {
        if (at + 1 >= limit || buffer[at + 1] !== LF) return false;
      } else {
        if (at !== valueStart) return false;
        at = this.closing(buffer, at, limit);
        if (at < 0) return false;
        this.value(buffer, valueStart + 1, at);
      }
    }
    this.value(buffer, valueStart, limit);
    return start === limit || this.take(buffer, start, limit, delimiters);
  }

  private value(buffer: Buffer, start: number, end: number): void {
    if (!this.trimmed || start >= end) return;
    const { edges } = this;
    if (edges[buffer[start] as number] === 0 && edges[buffer[end - 1] as number] === 0) return;
    this.trimmed = !isPadded(buffer, start, end);
  }

  /** @param ends how the line ends; the last one may not */
  private take(
    buffer: Buffer,
    start: number,
    end: number,
    delimiters: number,
    ends?: Survey['lineEnd'],
  ): boolean {
    const length = end - start;
    if (length === 0) {
      this.blankLines++;
    } else {
      if (delimiters + 1 !== this.wanted || length > longestRecord || this.isHollow(buffer, start, end))
        return false;
      this.records++;
    }
    this.lineEnd ??= ends;
    return ends === undefined || ends === this.lineEnd;
  }

  /** Nothing but delimiters and blanks. */
  private isHollow(buffer: Buffer, start: number, end: number): boolean {
    for (let at = start; at < end; at++)
      if (buffer[at] !== this.delimiter && buffer[at] !== SPACE) return false;
    return true;
  }

  /** Where a quoted value closes, before a delimiter or a line end; -1 when it does otherwise, or breaks a line. */
  private closing(buffer: Buffer, opening: number, limit: number): number {
    const { kinds } = this;
    for (let at = opening + 1; at < limit; at++) {
      const kind = kinds[buffer[at] as number];
      if (kind === LINE_FEED || kind === RETURN) return -1;
      if (kind !== QUOTE) continue;
      if (at + 1 < limit && kinds[buffer[at + 1] as number] === QUOTE) {
        at++;
        continue;
      }
      const next = at + 1 < limit ? kinds[buffer[at + 1] as number] : LINE_FEED;
      return next === DELIMITER || next === LINE_FEED || next === RETURN ? at : -1;
    }
    return -1;
  }
}

/** Whether a value of UTF-8 begins or ends with a blank, or with a character that may be one of those past ASCII. */
function isPadded(buffer: Buffer, start: number, end: number): boolean {
  const first = buffer[start] as number;
  const last = buffer[end - 1] as number;
  if (first === SPACE || last === SPACE) return true;
  if (first < 0x80 && last < 0x80) return false;
  return mayBeBlank(first) || mayBeBlank(buffer[end - 2] as number) || mayBeBlank(buffer[end - 3] as number);
}

/** The first byte of the no-break space, and those of all other blanks of Unicode. */
const mayBeBlank = (lead: number) => lead === 0xc2 || (lead >= 0xe1 && lead <= 0xe3);
