import {
  PDFArray,
  PDFContext,
  PDFDict,
  PDFDocument,
  PDFName,
  type PDFObject,
  PDFObjectParser,
  PDFPageLeaf,
  PDFRef,
} from '@cantoo/pdf-lib';

/** Where the linked parts of a printed report came to stand. */
export interface Destinations {
  /** page number, from 1, of each linked anchor */
  readonly pages: ReadonlyMap<string, number>;
  readonly pageCount: number;
}

/** What leads from the catalogue of a file to the pages of its destinations. */
interface Outline {
  readonly context: PDFContext;
  readonly catalog: PDFDict;
  /** in their order */
  readonly pages: readonly PDFRef[];
}

/** Reads the page of each named destination of a printed report. */
export async function readDestinations(pdf: Uint8Array): Promise<Destinations> {
  const outline = reachedOutline(pdf) ?? outlineOf(await PDFDocument.load(pdf, { updateMetadata: false }));
  const named = outline.catalog.lookupMaybe(PDFName.of('Dests'), PDFDict);
  const pageOf = pageNumbers(outline);
  const pages = new Map<string, number>();
  for (const [name, destination] of named?.entries() ?? []) {
    const page = pageOf(destination);
    if (page !== undefined) pages.set(name.decodeText(), page);
  }
  return { pages, pageCount: outline.pages.length };
}

/** Tells the page number, from 1, of a destination: a name of the catalogue's, or an array that begins with the page. */
export function destinationPages(
  document: PDFDocument,
): (destination: PDFObject | undefined) => number | undefined {
  return pageNumbers(outlineOf(document));
}

function outlineOf(document: PDFDocument): Outline {
  const { context, catalog } = document;
  return { context, catalog, pages: document.getPages().map((page) => page.ref) };
}

function pageNumbers({ context, catalog, pages }: Outline) {
  const numbers = new Map(pages.map((page, index) => [page, index + 1]));
  const named = catalog.lookupMaybe(PDFName.of('Dests'), PDFDict);
  const pageOf = (destination: PDFObject | undefined): number | undefined => {
    const found = context.lookup(destination);
    if (found instanceof PDFName) return pageOf(named?.get(found));
    const page = found instanceof PDFArray ? found.get(0) : undefined;
    return page instanceof PDFRef ? numbers.get(page) : undefined;
  };
  return pageOf;
}

/**
 * The same from a few objects of a file as Chromium prints it, found by its table: to read all that a long report
 * holds takes seconds, and it is printed several times. Undefined for a file with another kind of table.
 *
 * Source of the layout: ISO 32000-1, 7.5.4 (table) and 7.5.5 (trailer).
 */
function reachedOutline(pdf: Uint8Array): Outline | undefined {
  const file = Buffer.from(pdf.buffer, pdf.byteOffset, pdf.byteLength);
  const start = /startxref\s+(\d+)\s+%%EOF\s*$/.exec(file.toString('latin1', file.length - 64));
  const table = start ? file.toString('latin1', Number(start[1])) : '';
  const head = /^xref\s+0 (\d+)\s+(?=\d{10} \d{5} [nf])/.exec(table);
  const root = /\btrailer\b[\s\S]*\/Root (\d+) 0 R/.exec(table);
  if (!head || !root || /\/Prev\b/.test(table)) return undefined;
  const context = PDFContext.create();
  const reach = (reference: PDFObject | undefined): PDFObject | undefined => {
    if (!(reference instanceof PDFRef)) return reference;
    const known = context.lookup(reference);
    if (known) return known;
    // an entry of the table takes twenty characters
    const at = Number(table.substr(head[0].length + 20 * reference.objectNumber, 10));
    const opening = /^\d+ \d+ obj\s/.exec(file.toString('latin1', at, at + 32))?.[0] ?? '';
    const object = PDFObjectParser.forBytes(file.subarray(at + opening.length), context).parseObject();
    context.assign(reference, object);
    return object;
  };
  const catalog = reach(PDFRef.of(Number(root[1])));
  if (!(catalog instanceof PDFDict)) return undefined;
  const named = reach(catalog.get(PDFName.of('Dests')));
  if (named instanceof PDFDict) for (const [, destination] of named.entries()) reach(destination);
  const pages: PDFRef[] = [];
  const descend = (reference: PDFObject | undefined) => {
    const node = reach(reference);
    if (node instanceof PDFPageLeaf) pages.push(reference as PDFRef);
    else if (node instanceof PDFDict) {
      const kids = reach(node.get(PDFName.of('Kids')));
      for (const kid of kids instanceof PDFArray ? kids.asArray() : []) descend(kid);
    }
  };
  descend(catalog.get(PDFName.of('Pages')));
  return { context, catalog, pages };
}
