import { PDFArray, PDFDict, PDFDocument, PDFName, type PDFObject, PDFRef } from '@cantoo/pdf-lib';

/** Where the linked parts of a printed report came to stand. */
export interface Destinations {
  /** page number, from 1, of each linked anchor */
  readonly pages: ReadonlyMap<string, number>;
  readonly pageCount: number;
}

/** Reads the page of each named destination of a printed report. */
export async function readDestinations(pdf: Uint8Array): Promise<Destinations> {
  const document = await PDFDocument.load(pdf, { updateMetadata: false });
  const named = document.catalog.lookupMaybe(PDFName.of('Dests'), PDFDict);
  const pageOf = destinationPages(document);
  const pages = new Map<string, number>();
  for (const [name, destination] of named?.entries() ?? []) {
    const page = pageOf(destination);
    if (page !== undefined) pages.set(name.decodeText(), page);
  }
  return { pages, pageCount: document.getPageCount() };
}

/** Tells the page number, from 1, of a destination: a name of the catalogue's, or an array that begins with the page. */
export function destinationPages(
  document: PDFDocument,
): (destination: PDFObject | undefined) => number | undefined {
  const numbers = new Map(document.getPages().map((page, index) => [page.ref, index + 1]));
  const named = document.catalog.lookupMaybe(PDFName.of('Dests'), PDFDict);
  const pageOf = (destination: PDFObject | undefined): number | undefined => {
    const found = document.context.lookup(destination);
    if (found instanceof PDFName) return pageOf(named?.get(found));
    const page = found instanceof PDFArray ? found.get(0) : undefined;
    return page instanceof PDFRef ? numbers.get(page) : undefined;
  };
  return pageOf;
}
