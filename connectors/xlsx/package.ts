import { open, readFile } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import { promisify } from 'node:util';
import yauzl from 'yauzl';
import { ExtractError, type ExtractFile } from '../connector.ts';

/** Parts that a workbook may have: more is an attack or a mistake. */
const mostParts = 10_000;
/** A part that inflates by more than this is a bomb; sheets of real workbooks inflate 5 to 60 times. */
const mostInflation = 300;
const inflationMattersFrom = 4 * 1024 * 1024;

/** A zip of XML parts (OPC, ECMA-376 part 2), checked before any of it is parsed. */
export class Package {
  private constructor(
    readonly name: string,
    private readonly zip: yauzl.ZipFile,
    private readonly entries: ReadonlyMap<string, yauzl.Entry>,
  ) {}

  /**
   * Opens the extract and looks at each part: sizes first, then every XML part is inflated once and searched
   * for a document type, so that no parser ever meets an entity declaration.
   *
   * @throws {ExtractError} XLSX-001 not a workbook, XLSX-002 password, XLSX-003 Excel 97-2003,
   *   XLSX-004 damaged, XLSX-005 inflates too far, XLSX-006 entities
   */
  static async open(extract: ExtractFile, maxInflatedMb: number): Promise<Package> {
    await refuseForeign(extract);
    let zip: yauzl.ZipFile;
    try {
      zip = await promisify<string, yauzl.Options, yauzl.ZipFile>(yauzl.open)(extract.path, {
        lazyEntries: true,
        autoClose: false,
        validateEntrySizes: true,
      });
    } catch (cause) {
      throw damaged(extract.name, 'zip', {}, cause);
    }
    try {
      const entries = await listEntries(zip, extract.name, maxInflatedMb * 1024 * 1024);
      const opened = new Package(extract.name, zip, entries);
      await opened.refuseDocumentTypes();
      return opened;
    } catch (error) {
      zip.close();
      throw error;
    }
  }

  close(): void {
    this.zip.close();
  }

  has(part: string): boolean {
    return this.entries.has(partKey(part));
  }

  /** Pieces of a part's text, as they are inflated. */
  async *text(part: string): AsyncGenerator<string> {
    const entry = this.entries.get(partKey(part));
    if (!entry) throw damaged(this.name, 'no_part', { part });
    let decoder: TextDecoder | undefined;
    try {
      for await (const piece of await this.inflate(entry)) {
        decoder ??= new TextDecoder(encodingOf(piece as Buffer), { fatal: true });
        yield decoder.decode(piece as Buffer, { stream: true });
      }
      if (decoder) yield decoder.decode();
    } catch (cause) {
      if (cause instanceof ExtractError) throw cause;
      throw damaged(this.name, 'part', { part }, cause);
    }
  }

  private inflate(entry: yauzl.Entry): Promise<Readable> {
    return promisify<yauzl.Entry, Readable>((one, done) => this.zip.openReadStream(one, done as never))(
      entry,
    );
  }

  private async refuseDocumentTypes(): Promise<void> {
    for (const entry of this.entries.values()) {
      if (!/\.(xml|rels|vml)$/i.test(entry.fileName)) continue;
      let tail = '';
      try {
        for await (const piece of await this.inflate(entry)) {
          // UTF-16 leaves NULs between the letters
          const text = tail + (piece as Buffer).toString('latin1').replaceAll('\0', '');
          if (/<!(DOCTYPE|ENTITY)/i.test(text)) {
            throw new ExtractError('XLSX-006', { extract: this.name }, { values: { part: entry.fileName } });
          }
          tail = text.slice(-16);
        }
      } catch (cause) {
        if (cause instanceof ExtractError) throw cause;
        throw damaged(this.name, 'part', { part: entry.fileName }, cause);
      }
    }
  }
}

/** @param what the case of XLSX-004 */
export function damaged(
  name: string,
  what: string,
  values: Readonly<Record<string, string>> = {},
  cause?: unknown,
): ExtractError {
  return new ExtractError('XLSX-004', { extract: name }, { case: what, values, cause });
}

/** Part names are the same whatever their case (ECMA-376 part 2, 6.2.2). */
function partKey(part: string): string {
  return part.replace(/^\//, '').toLowerCase();
}

function encodingOf(head: Buffer): string {
  if (head[0] === 0xff && head[1] === 0xfe) return 'utf-16le';
  if (head[0] === 0xfe && head[1] === 0xff) return 'utf-16be';
  if (head[0] === 0x3c && head[1] === 0) return 'utf-16le';
  if (head[0] === 0 && head[1] === 0x3c) return 'utf-16be';
  return 'utf-8';
}

async function listEntries(
  zip: yauzl.ZipFile,
  name: string,
  limit: number,
): Promise<Map<string, yauzl.Entry>> {
  const bomb = (what: string, values: Readonly<Record<string, string | number>>) =>
    new ExtractError('XLSX-005', { extract: name }, { case: what, values });
  const entries = new Map<string, yauzl.Entry>();
  let inflated = 0;
  if (zip.entryCount > mostParts) throw bomb('parts', { parts: zip.entryCount, most: mostParts });
  await new Promise<void>((done, fail) => {
    zip.on('error', (cause) => fail(damaged(name, 'directory', {}, cause)));
    zip.on('end', () => done());
    zip.on('entry', (entry: yauzl.Entry) => {
      const key = partKey(entry.fileName);
      inflated += entry.uncompressedSize;
      if (entry.isEncrypted()) {
        return fail(new ExtractError('XLSX-002', { extract: name }, { case: 'encrypted' }));
      }
      if (entries.has(key)) return fail(damaged(name, 'twice', { part: entry.fileName }));
      if (inflated > limit) {
        return fail(bomb('size', { bytes: zip.fileSize, limit: limit / 1024 / 1024 }));
      }
      if (
        entry.uncompressedSize > inflationMattersFrom &&
        entry.uncompressedSize > mostInflation * Math.max(1, entry.compressedSize)
      ) {
        const times = Math.round(entry.uncompressedSize / Math.max(1, entry.compressedSize));
        return fail(bomb('ratio', { part: entry.fileName, times }));
      }
      entries.set(key, entry);
      zip.readEntry();
    });
    zip.readEntry();
  });
  return entries;
}

/** Says what a file that is not a zip is, by its first bytes and, for OLE compound files, by its directory. */
async function refuseForeign(extract: ExtractFile): Promise<void> {
  const place = { extract: extract.name };
  const head = Buffer.alloc(8);
  const file = await open(extract.path);
  const { bytesRead } = await file.read(head, 0, 8, 0);
  await file.close();
  if (bytesRead === 0) throw new ExtractError('XLSX-001', place, { case: 'empty' });
  if (head.subarray(0, 4).equals(Buffer.from('PK\x03\x04'))) return;
  if (head.equals(Buffer.from('d0cf11e0a1b11ae1', 'hex'))) {
    const content = await readFile(extract.path);
    // names of the directory are in UTF-16LE ([MS-CFB] 2.6.1)
    const holds = (stream: string) => content.includes(Buffer.from(stream, 'utf16le'));
    if (holds('EncryptedPackage')) throw new ExtractError('XLSX-002', place, { case: 'password' });
    if (holds('Workbook') || holds('Book')) throw new ExtractError('XLSX-003', place);
    throw new ExtractError('XLSX-001', place, { case: 'before_2007' });
  }
  const isPdf = head.subarray(0, 4).toString('latin1') === '%PDF';
  throw new ExtractError('XLSX-001', place, { case: isPdf ? 'pdf' : 'other' });
}
