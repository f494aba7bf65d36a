import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { createGunzip } from 'node:zlib';
import { ExtractError, type ExtractFile, pieceOf } from './connector.ts';

/** How far a gzip may grow, and the code of the message when it cannot be read. */
export interface GzipLimits {
  /** code of the connector's "cannot be read" messages, e.g. `FEC-001` */
  readonly code: string;
  /** decompressed bytes allowed for each compressed one, beyond a floor of 16 MiB */
  readonly largestRatio: number;
}

/** The first bytes of a file, fewer when it is shorter: what its format is recognised by. */
export async function firstBytes(path: string, count: number): Promise<Buffer> {
  const file = await open(path, 'r');
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(count), 0, count, 0);
    return buffer.subarray(0, bytesRead);
  } finally {
    await file.close();
  }
}

/**
 * Streams the content of an extract, decompressed when it is gzip. Memory does not grow with the file.
 *
 * @throws {ExtractError} for a gzip that is truncated, damaged, or grows like a bomb
 */
export async function* extractBytes(
  extract: ExtractFile,
  gzip: boolean,
  { code, largestRatio }: GzipLimits,
): AsyncGenerator<Buffer> {
  if (!gzip) {
    yield* createReadStream(extract.path, { highWaterMark: pieceOf(extract.bytes) });
    return;
  }
  const limit = extract.bytes * largestRatio + (1 << 24);
  const source = createReadStream(extract.path);
  const gunzip = createGunzip({ chunkSize: 1 << 18 });
  source.on('error', (error) => gunzip.destroy(error));
  let bytes = 0;
  try {
    for await (const chunk of source.pipe(gunzip)) {
      bytes += (chunk as Buffer).length;
      if (bytes > limit) {
        const values = { ratio: largestRatio };
        throw new ExtractError(code, { extract: extract.name }, { case: 'gzip_ratio', values });
      }
      yield chunk as Buffer;
    }
  } catch (error) {
    if (error instanceof ExtractError) throw error;
    throw new ExtractError(
      code,
      { extract: extract.name },
      { case: 'gzip_damaged', values: { said: (error as Error).message }, cause: error },
    );
  } finally {
    source.destroy();
  }
}
