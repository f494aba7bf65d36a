import { closeSync, openSync, readSync, rmSync, writeSync } from 'node:fs';

const pieceBytes = 1 << 20;
/** One unit of a text takes as many bytes of UTF-8 at most. */
const bytesOfUnit = 3;

/**
 * Text put aside on disk in the order in which it comes, and read again piece by piece: of however much, memory
 * holds a megabyte.
 */
export class Spool {
  readonly #piece = Buffer.allocUnsafe(pieceBytes);
  #used = 0;
  #stored = 0;
  #file: number | undefined;

  /** @param path of a file that is made when it is needed, and removed when the spool is closed */
  constructor(private readonly path: string) {}

  /** Bytes put aside so far. */
  get length(): number {
    return this.#stored + this.#used;
  }

  write(text: string): void {
    const most = text.length * bytesOfUnit;
    if (this.#used + most > pieceBytes) this.#store();
    if (most > pieceBytes) this.#append(Buffer.from(text));
    else this.#used += this.#piece.write(text, this.#used);
  }

  /** The bytes from one length to another; a piece is good until the next is asked for. */
  *read(from: number, to: number): Generator<Uint8Array> {
    this.#store();
    const piece = Buffer.allocUnsafe(pieceBytes);
    for (let at = from; at < to; ) {
      const read = readSync(this.#file as number, piece, 0, Math.min(pieceBytes, to - at), at);
      yield piece.subarray(0, read);
      at += read;
    }
  }

  close(): void {
    if (this.#file === undefined) return;
    closeSync(this.#file);
    this.#file = undefined;
    rmSync(this.path, { force: true });
  }

  #store(): void {
    if (this.#used > 0) this.#append(this.#piece.subarray(0, this.#used));
    this.#used = 0;
  }

  #append(bytes: Uint8Array): void {
    this.#file ??= openSync(this.path, 'w+');
    for (let at = 0; at < bytes.length; )
      at += writeSync(this.#file, bytes, at, bytes.length - at, this.#stored + at);
    this.#stored += bytes.length;
  }
}
