import { once } from 'node:events';
import { createWriteStream, type WriteStream } from 'node:fs';
import type { Dialect } from './dialect.ts';
import type { Layout } from './layout.ts';
import { plainSurvey, type Survey } from './plain-survey.ts';
import { longestRecord, mostColumns, RecordScanner } from './records.ts';

export interface Rewritten extends Survey {
  readonly rejected: number;
  /** records with empty values beyond the last heading, which are left out */
  readonly overlong: number;
}

/**
 * Counts the records; stops at the first that DuckDB may read otherwise, since the text is then rewritten.
 *
 * @param promising as {@link plainSurvey} calls it
 */
export async function survey(
  path: string,
  dialect: Dialect,
  layout: Layout,
  promising?: (soFar: Survey) => void,
): Promise<Survey> {
  const { columns, from } = layout;
  const plain = await plainSurvey(path, dialect, columns.length, from, promising);
  return plain ?? scannedSurvey(path, dialect, layout);
}

/** The survey of any text, value by value. */
export async function scannedSurvey(
  path: string,
  dialect: Dialect,
  layout: Pick<Layout, 'columns' | 'from'>,
): Promise<Survey> {
  const wanted = layout.columns.length;
  const scanner = await RecordScanner.open(path, dialect, layout.from);
  let records = 0;
  let blankLines = 0;
  let multiline = false;
  let plain = wanted <= mostColumns && dialect.delimiter >= 0;
  try {
    while (plain && (await scanner.fill())) {
      while (plain && scanner.next()) {
        if (scanner.filledColumns === 0) {
          blankLines++;
          plain = wanted > 1 && scanner.end === scanner.start;
          continue;
        }
        records++;
        plain = scanner.plain && scanner.columns === wanted;
        if (scanner.multiline) multiline = true;
      }
    }
    return { records, blankLines, plain, multiline, lineEnd: scanner.lineEnd ?? 'lf' };
  } catch (error) {
    if (error instanceof RangeError) return { records, blankLines, plain: false, multiline, lineEnd: 'lf' };
    throw error;
  } finally {
    await scanner.close();
  }
}

/** How the rewritten text is cut: as the file is, with a comma or `"` where the file has no delimiter or no quote. */
export function rewrittenDialect(dialect: Dialect): { delimiter: string; quote: string } {
  const character = (code: number) => (code < 0 ? undefined : String.fromCharCode(code));
  const [delimiter, quote] = [character(dialect.delimiter), character(dialect.quote)];
  return {
    delimiter: delimiter ?? (quote === ',' ? ';' : ','),
    quote: quote ?? (delimiter === '"' ? "'" : '"'),
  };
}

const LINE_END = Buffer.from('\n');

/**
 * Writes the good records to `copy` in the {@link rewrittenDialect}, LF after each; the others to `rejects`, one
 * JSON object a line: `row_number`, `column_name`, `value`, `rule`, `facts`.
 *
 * @throws {RangeError} when one line is longer than the scanner's window
 */
export async function rewrite(
  path: string,
  dialect: Dialect,
  layout: Layout,
  copy: string,
  rejects: string,
): Promise<Rewritten> {
  const wanted = layout.columns.length;
  const scanner = await RecordScanner.open(path, dialect, layout.from);
  const good = new Output(copy);
  const bad = new Output(rejects);
  const write = writer(dialect, wanted, good);
  let records = 0;
  let blankLines = 0;
  let rejected = 0;
  let overlong = 0;
  let multiline = false;
  const reject = (rule: string, more: Readonly<Record<string, number>> = {}) => {
    rejected++;
    const value = scanner.text();
    const facts = JSON.stringify({ record: records, line: layout.line - 1 + scanner.line, ...more });
    bad.write(
      Buffer.from(`${JSON.stringify({ row_number: records, column_name: null, value, rule, facts })}\n`),
    );
  };
  try {
    while (await scanner.fill()) {
      while (scanner.next()) {
        if (scanner.filledColumns === 0) {
          blankLines++;
          continue;
        }
        records++;
        const counted = { values: scanner.columns, wanted };
        if (scanner.fault) reject(scanner.fault, { longest: longestRecord });
        else if (scanner.columns < wanted) reject('missing_columns', counted);
        else if (scanner.filledColumns > wanted) reject('too_many_columns', counted);
        else {
          if (scanner.columns > wanted) overlong++;
          // a CR alone is text too, and counts as a line break to DuckDB
          if (scanner.multiline || !scanner.plain) multiline = true;
          write(scanner);
        }
      }
      await good.flush();
      await bad.flush();
    }
    await good.end();
    await bad.end();
    return { records, blankLines, rejected, overlong, plain: true, multiline, lineEnd: 'lf' };
  } finally {
    good.destroy();
    bad.destroy();
    await scanner.close();
  }
}

/** A record that is plain is copied as it stands; of another, every value is put in quotes. */
function writer(dialect: Dialect, columns: number, good: Output): (scanner: RecordScanner) => void {
  const { delimiter, quote } = rewrittenDialect(dialect);
  const opening = Buffer.from(quote);
  const between = Buffer.from(quote + delimiter + quote);
  const closing = Buffer.from(`${quote}\n`);
  const mark = quote.charCodeAt(0);
  const sameDialect = dialect.delimiter >= 0 && dialect.quote >= 0;
  return (scanner) => {
    if (sameDialect && scanner.plain && scanner.columns === columns) {
      good.write(scanner.buffer.subarray(scanner.start, scanner.end));
      good.write(LINE_END);
      return;
    }
    for (let column = 0; column < columns; column++) {
      good.write(column === 0 ? opening : between);
      let from = scanner.valueStart[column] as number;
      let end = scanner.valueEnd[column] as number;
      let opened = from;
      while (opened < end && scanner.buffer[opened] === 0x20) opened++;
      const quoted = dialect.quote >= 0 && opened < end && scanner.buffer[opened] === dialect.quote;
      if (quoted) {
        while (scanner.buffer[end - 1] === 0x20) end--;
        from = opened + 1;
        end--;
      }
      const bytes = scanner.buffer.subarray(from, end);
      // inside the file's own quotes they are doubled already
      const asItStands = quoted || !bytes.includes(mark);
      good.write(asItStands ? bytes : doubled(bytes, quote));
    }
    good.write(closing);
  };
}

function doubled(bytes: Buffer, quote: string): Buffer {
  return Buffer.from(bytes.toString('latin1').replaceAll(quote, quote + quote), 'latin1');
}

/** Gathers bytes and writes them in large pieces. */
class Output {
  private readonly stream: WriteStream;
  private piece = Buffer.allocUnsafe(1 << 20);
  private used = 0;
  private failed: Error | undefined;

  constructor(path: string) {
    this.stream = createWriteStream(path);
    this.stream.on('error', (error) => {
      this.failed = error;
    });
  }

  write(bytes: Buffer): void {
    if (this.used + bytes.length > this.piece.length) {
      if (this.used > 0) this.stream.write(this.piece.subarray(0, this.used));
      this.piece = Buffer.allocUnsafe(Math.max(1 << 20, bytes.length));
      this.used = 0;
    }
    this.piece.set(bytes, this.used);
    this.used += bytes.length;
  }

  /** Waits until what was handed over is on its way, so that memory stays bounded. */
  async flush(): Promise<void> {
    if (this.failed) throw this.failed;
    if (this.stream.writableNeedDrain) await once(this.stream, 'drain');
  }

  async end(): Promise<void> {
    if (this.used > 0) this.stream.write(this.piece.subarray(0, this.used));
    this.used = 0;
    this.stream.end();
    await once(this.stream, 'finish');
    if (this.failed) throw this.failed;
  }

  destroy(): void {
    this.stream.destroy();
  }
}
