import { getDocument } from 'pdfjs-dist/legacy/build/pdf.mjs';

/** Where the running heads and page numbers stand, in points from the edges of A4 (board.css, @page). */
const margins = { top: 56.7, bottom: 53.8 };

/**
 * The text of each page of a printed report, read by another program than the one that printed it; without
 * running heads, page numbers and the slanted watermark.
 */
export async function pagesOfPdf(bytes: Uint8Array): Promise<string[]> {
  const task = getDocument({
    data: bytes.slice(),
    verbosity: 0,
    isEvalSupported: false,
    useSystemFonts: false,
  });
  const document = await task.promise;
  try {
    const pages: string[] = [];
    for (let number = 1; number <= document.numPages; number += 1) {
      const page = await document.getPage(number);
      const height = page.view[3] as number;
      const { items } = await page.getTextContent();
      let text = '';
      for (const item of items) {
        if (!('str' in item)) continue;
        const [, slant, , , , y] = item.transform as [number, number, number, number, number, number];
        // slanted words are the watermark; a slanted number is a label of a chart
        if (Math.abs(slant) > 0.01 && !/\d/.test(item.str)) continue;
        if (y > height - margins.top || y < margins.bottom) continue;
        text += item.hasEOL ? `${item.str}\n` : item.str;
      }
      pages.push(text);
    }
    return pages;
  } finally {
    await task.destroy();
  }
}
