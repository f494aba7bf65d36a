import { closeSync, openSync, writeSync } from 'node:fs';
import { setImmediate as othersTurn } from 'node:timers/promises';
import { strFromU8, strToU8, unzipSync, Zip, ZipDeflate } from 'fflate';
import { escaped } from './sheet-xml.ts';

/** The rows and links of one sheet, which the library does not write: pieces of XML in their order. */
export interface SheetBody {
  /** from the first cell to the last: `A1:H90` */
  readonly range: string;
  rows(): Iterable<Uint8Array>;
  links(): Iterable<Uint8Array>;
}

export interface Packing {
  /** ISO date written on every part; the zip format knows none before 1980 */
  readonly day: string;
  /** what the images of the first drawing say in words, in their order */
  readonly alternatives: readonly string[];
  /** of each sheet, in the order of the sheets */
  readonly bodies: readonly SheetBody[];
}

/**
 * Writes a workbook file from what the library made of it, with the rows of its sheets put in one piece after the
 * other, and nothing of the moment in it: parts in order of name, one date for all.
 */
export async function packWorkbook(frame: Uint8Array, path: string, packing: Packing): Promise<void> {
  const parts = unzipSync(frame);
  const file = openSync(path, 'w');
  try {
    const zip = new Zip((error, bytes) => {
      if (error) throw error;
      for (let at = 0; at < bytes.length; ) at += writeSync(file, bytes, at);
    });
    // the zip date has no time zone: local getters are what the packer reads
    const [year = 1980, month = 1, date = 1] = packing.day.split('-').map(Number);
    const mtime = new Date(Math.max(year, 1980), month - 1, date, 0, 0, 0);
    for (const name of Object.keys(parts).sort(contentTypesFirst)) {
      if (name.endsWith('/')) continue;
      // half the time of level 6 for a tenth more bytes
      const entry = Object.assign(new ZipDeflate(name, { level: 4 }), { mtime, os: 3, attrs: 0 });
      zip.add(entry);
      for (const piece of piecesOf(name, parts[name] as Uint8Array, packing)) {
        entry.push(piece);
        await othersTurn();
      }
      entry.push(new Uint8Array(), true);
    }
    zip.end();
  } finally {
    closeSync(file);
  }
}

/** `[Content_Types].xml` leads, as readers that stream expect; then by name. */
function contentTypesFirst(a: string, b: string): number {
  const rank = (name: string) => (name === '[Content_Types].xml' ? 0 : name === '_rels/.rels' ? 1 : 2);
  return rank(a) - rank(b) || (a < b ? -1 : 1);
}

function* piecesOf(name: string, part: Uint8Array, packing: Packing): Generator<Uint8Array> {
  const sheet = /^xl\/worksheets\/sheet(\d+)\.xml$/.exec(name);
  if (sheet) yield* sheetPieces(strFromU8(part), packing.bodies[Number(sheet[1]) - 1] as SheetBody);
  else if (name === 'xl/drawings/drawing1.xml')
    yield strToU8(described(strFromU8(part), packing.alternatives));
  else yield part;
}

function* sheetPieces(frame: string, body: SheetBody): Generator<Uint8Array> {
  const [, head, tail] = /^(.*?)<sheetData(?:\/>|>.*?<\/sheetData>)(.*)$/s.exec(frame) as RegExpExecArray;
  yield strToU8(
    `${(head as string).replace(/<dimension ref="[^"]*"/, `<dimension ref="${body.range}"`)}<sheetData>`,
  );
  yield* body.rows();
  // links stand before what is said of printing
  const [, before, after] = /^(.*?)(<printOptions.*)$/s.exec(tail as string) as RegExpExecArray;
  yield strToU8(`</sheetData>${before}`);
  let any = false;
  for (const piece of body.links()) {
    if (!any) yield strToU8('<hyperlinks>');
    any = true;
    yield piece;
  }
  yield strToU8(`${any ? '</hyperlinks>' : ''}${after}`);
}

/** The library writes no alternative text on its images. */
function described(drawing: string, alternatives: readonly string[]): string {
  let next = 0;
  return drawing.replace(/<xdr:cNvPr (?![^>]*\bdescr=)/g, (opening) => {
    const alternative = alternatives[next] ?? '';
    next += 1;
    return `${opening}descr="${escaped(alternative.replace(/[\n\r\t]+/g, ' '))}" `;
  });
}
