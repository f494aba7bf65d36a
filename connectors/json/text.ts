import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { createGunzip } from 'node:zlib';
import { ExtractError, type ExtractFile, pieceOf } from '../connector.ts';

/** Pieces of the extract's text, inflated where its first bytes are gzip's; a byte-order mark is left out. */
export async function* jsonText(extract: ExtractFile, maxInflatedMb: number): AsyncGenerator<string> {
  const place = { extract: extract.name };
  const head = await firstBytes(extract.path);
  const zipped = head[0] === 0x1f && head[1] === 0x8b;
  const limit = maxInflatedMb * 1024 * 1024;
  const file = createReadStream(extract.path, { highWaterMark: pieceOf(extract.bytes) });
  const bytes = zipped ? file.on('error', (error) => inflated.destroy(error)).pipe(createGunzip()) : file;
  const inflated = bytes;
  let decoder: TextDecoder | undefined;
  let read = 0;
  const decode = (piece?: Buffer) => {
    try {
      decoder ??= new TextDecoder(encodingOf(piece ?? Buffer.alloc(0)), { fatal: true });
      return piece ? decoder.decode(piece, { stream: true }) : decoder.decode();
    } catch (cause) {
      const values = { encoding: decoder?.encoding ?? 'UTF-8', from: read - (piece?.length ?? 0), to: read };
      throw new ExtractError('JSON-004', place, { values, cause });
    }
  };
  try {
    for await (const piece of bytes) {
      read += (piece as Buffer).length;
      if (zipped && read > limit) {
        const values = { bytes: extract.bytes, limit: maxInflatedMb };
        throw new ExtractError('JSON-006', place, { case: 'gzip', values });
      }
      yield decode(piece as Buffer);
    }
  } catch (cause) {
    if (cause instanceof ExtractError || !zipped) throw cause;
    throw new ExtractError('JSON-003', place, { values: { read }, cause });
  } finally {
    file.destroy();
  }
  if (decoder) yield decode();
}

function encodingOf(head: Buffer): string {
  if (head[0] === 0xff && head[1] === 0xfe) return 'utf-16le';
  if (head[0] === 0xfe && head[1] === 0xff) return 'utf-16be';
  return 'utf-8';
}

async function firstBytes(path: string): Promise<Buffer> {
  const file = await open(path);
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(4), 0, 4, 0);
    return buffer.subarray(0, bytesRead);
  } finally {
    await file.close();
  }
}
