import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { Zip, ZipDeflate } from 'fflate';
import { Fault } from '../../fault.ts';

/** The date of every entry: the zip format knows none before it, and reads it by local getters. */
const day = new Date(1980, 0, 1);
/** Sizes and places of an entry are written in 32 bits. */
const largest = 0xffff_ffff;

/**
 * A zip written entry by entry as its content comes, so that memory does not grow with it. The same entries
 * in the same order give the same bytes.
 */
export class Archive {
  /** SHA-256 and name of each entry, in their order */
  readonly sums: { readonly name: string; readonly sha256: string }[] = [];
  private readonly waiting: Uint8Array[] = [];
  private readonly zip: Zip;
  private written = 0;

  private constructor(private readonly file: FileHandle) {
    this.zip = new Zip((error, chunk) => {
      if (error) throw error;
      this.waiting.push(chunk);
    });
  }

  static async create(path: string): Promise<Archive> {
    return new Archive(await open(path, 'w'));
  }

  /** @throws {Fault} ASR-002 beyond the 4 GB that the format holds */
  async add(name: string, content: string | AsyncIterable<string | Uint8Array>): Promise<void> {
    const entry = new ZipDeflate(name, { level: 6 });
    Object.assign(entry, { mtime: day, os: 3, attrs: 0o100644 << 16 });
    this.zip.add(entry);
    const digest = createHash('sha256');
    let size = 0;
    for await (const part of typeof content === 'string' ? [content] : content) {
      const bytes = typeof part === 'string' ? Buffer.from(part) : part;
      digest.update(bytes);
      size += bytes.length;
      entry.push(bytes);
      await this.flush();
      if (size > largest || this.written > largest) {
        throw new Fault(
          'ASR-002',
          `${name} makes the archive larger than the 4 GB that a zip holds.`,
          'List fewer rows: --rows 100000.',
          { exitStatus: 2 },
        );
      }
    }
    entry.push(new Uint8Array(0), true);
    await this.flush();
    this.sums.push({ name, sha256: digest.digest('hex') });
  }

  async addFile(name: string, path: string): Promise<void> {
    await this.add(name, createReadStream(path));
  }

  /** Writes what is left and lets go of the file, on disk. */
  async end(): Promise<void> {
    this.zip.end();
    await this.flush();
    await this.file.sync();
    await this.file.close();
  }

  /** Lets go of the file without an end. */
  async abandon(): Promise<void> {
    this.zip.terminate();
    await this.file.close().catch(() => {});
  }

  private async flush(): Promise<void> {
    for (const chunk of this.waiting.splice(0)) {
      await this.file.write(chunk);
      this.written += chunk.length;
    }
  }
}
