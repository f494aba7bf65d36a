import { decodePDFRawStream, PDFArray, PDFDocument, PDFRawStream } from '@cantoo/pdf-lib';

/** What a printed file paints, page by page, and the program that printed it (its `Producer`). */
export interface Paint {
  readonly producer: string;
  /** operators of each page, decoded: text, lines and fills in their places */
  readonly pages: readonly string[];
}

/** @throws {Error} for bytes that are no PDF */
export async function paintOf(pdf: Uint8Array): Promise<Paint> {
  const document = await PDFDocument.load(pdf, { updateMetadata: false });
  const pages = document.getPages().map(({ node }) => {
    const contents = node.Contents();
    const streams =
      contents instanceof PDFArray
        ? contents.asArray().map((one) => document.context.lookup(one))
        : [contents];
    return streams
      .map((one) =>
        one instanceof PDFRawStream ? Buffer.from(decodePDFRawStream(one).decode()).toString('latin1') : '',
      )
      .join('\n');
  });
  return { producer: document.getProducer() ?? '', pages };
}
