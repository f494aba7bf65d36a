import { once } from 'node:events';
import { createWriteStream, mkdirSync, type WriteStream } from 'node:fs';
import { dirname } from 'node:path';
import { finished } from 'node:stream/promises';

const buffered = 1 << 20;

/** A file written as it is made, so that a load of any size takes little memory. */
export class TextFile {
  private pending: string[] = [];
  private length = 0;
  private readonly out: WriteStream;

  constructor(
    path: string,
    /** `latin1` writes ISO 8859-1; none of our texts has a character outside it */
    private readonly encoding: 'utf8' | 'latin1' = 'utf8',
  ) {
    mkdirSync(dirname(path), { recursive: true });
    this.out = createWriteStream(path, { highWaterMark: 4 * buffered });
  }

  /** True when the text waits in memory: {@link flush} is then due. */
  put(text: string): boolean {
    this.pending.push(text);
    this.length += text.length;
    return this.length >= buffered;
  }

  async flush(): Promise<void> {
    const text = Buffer.from(this.pending.join(''), this.encoding);
    this.pending = [];
    this.length = 0;
    if (!this.out.write(text)) await once(this.out, 'drain');
  }

  async close(): Promise<void> {
    await this.flush();
    this.out.end();
    await finished(this.out);
  }
}
