import { getDocument, type PDFDocumentProxy } from 'pdfjs-dist/legacy/build/pdf.mjs';

/** A PDF read by another program than the one that printed it. */
export interface ReadPdf {
  readonly document: PDFDocumentProxy;
  /** the text of each page, spaces of every kind as one plain space */
  readonly pages: readonly string[];
  /** what each internal link of a page leads to, in reading order: the page number */
  readonly links: (page: number) => Promise<number[]>;
}

export async function readPdf(bytes: Uint8Array): Promise<ReadPdf> {
  const document = await getDocument({ data: bytes.slice(), verbosity: 0 }).promise;
  const pages: string[] = [];
  for (let number = 1; number <= document.numPages; number += 1) {
    const content = await (await document.getPage(number)).getTextContent();
    const text = content.items
      .map((item) => ('str' in item ? `${item.str}${item.hasEOL ? ' ' : ''}` : ''))
      .join('');
    pages.push(text.replace(/[\s\u00a0\u202f]+/g, ' '));
  }
  return {
    document,
    pages,
    links: async (number) => {
      const annotations = await (await document.getPage(number)).getAnnotations();
      const found: number[] = [];
      for (const annotation of annotations) {
        const target = annotation.dest && (await document.getDestination(annotation.dest));
        if (target) found.push((await document.getPageIndex(target[0])) + 1);
      }
      return found;
    },
  };
}
