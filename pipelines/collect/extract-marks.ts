import { createHmac } from 'node:crypto';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { z } from 'zod';
import type { PulledExtract } from '../../connectors/connector.ts';

const Known = z.record(z.string(), z.tuple([z.string(), z.string()]));
const Written = z.strictObject({ known: z.string(), mac: z.string() });

/** A file written to within so many milliseconds before it was read may be written to again without its times telling. */
const settledAfter = 2000;

/**
 * The hash of each extract that earlier runs read, with the mark of its file, so that a file that was not written to
 * since is not read again. A file beside the other caches, that may be deleted at any time; nothing of it is sealed. It
 * is told by the group's key to be this program's: no check of a package would find that another extract was taken
 * for the one that came.
 */
export class ExtractMarks {
  private readonly now = new Map<string, [mark: string, sha256: string]>();

  private constructor(
    private readonly file: string,
    private readonly key: string,
    private readonly before: ReadonlyMap<string, readonly [mark: string, sha256: string]>,
  ) {}

  /**
   * One that cannot be read, or was written with another key, knows of none.
   *
   * @param key the group's pseudonym key, in hexadecimal
   */
  static async read(file: string, key: string): Promise<ExtractMarks> {
    const text = await readFile(file, 'utf8').catch(() => '');
    try {
      const { known, mac } = Written.parse(JSON.parse(text));
      const before = mac === macOf(known, key) ? Object.entries(Known.parse(JSON.parse(known))) : [];
      return new ExtractMarks(file, key, new Map(before));
    } catch {
      return new ExtractMarks(file, key, new Map());
    }
  }

  /** The hash of what the file held when it was read with this mark. */
  sha256Of(source: string, { name, mark }: PulledExtract): string | undefined {
    const known = this.before.get(keyOf(source, name));
    return mark !== undefined && known?.[0] === mark.text ? known[1] : undefined;
  }

  /** @param began when its reading began, in milliseconds since 1970 */
  learn(source: string, { name, mark }: PulledExtract, sha256: string, began: number): void {
    if (mark && mark.changed + settledAfter < began) this.now.set(keyOf(source, name), [mark.text, sha256]);
  }

  /** Writes down what this run learned; a disk that is full costs the next run its time, not this one its result. */
  async write(): Promise<void> {
    const arriving = `${this.file}.${process.pid}`;
    try {
      await mkdir(dirname(this.file), { recursive: true, mode: 0o700 });
      const known = JSON.stringify(Object.fromEntries(this.now));
      await writeFile(arriving, JSON.stringify({ known, mac: macOf(known, this.key) }), { mode: 0o600 });
      await rename(arriving, this.file);
    } catch {
      // read again, then
    }
  }
}

const macOf = (text: string, key: string) =>
  createHmac('sha256', Buffer.from(key, 'hex')).update(`concordance extract marks\n${text}`).digest('hex');

const keyOf = (source: string, name: string) => `${source}/${name}`;
