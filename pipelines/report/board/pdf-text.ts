import { getDocument } from 'pdfjs-dist/legacy/build/pdf.mjs';

/** Where the running heads and page numbers stand, in points from the edges of A4 (board.css, @page). */
const margins = { top: 56.7, bottom: 53.8 };

/** A run of text as the PDF paints it: where it begins and where it ends, in points, along its line. */
export interface PaintedText {
  readonly text: string;
  readonly from: readonly [number, number];
  readonly to: readonly [number, number];
  /** height of the letters */
  readonly size: number;
}

/**
 * The text of each page of a printed report, read by another program than the one that printed it; without the
 * slanted watermark.
 *
 * @param part of the page: `margins` is where running heads and page numbers stand, `body` all the rest
 */
export async function pagesOfPdf(
  bytes: Uint8Array,
  part: 'body' | 'margins' = 'body',
): Promise<PaintedText[][]> {
  const task = getDocument({
    data: bytes.slice(),
    verbosity: 0,
    isEvalSupported: false,
    useSystemFonts: false,
  });
  const document = await task.promise;
  try {
    const pages: PaintedText[][] = [];
    for (let number = 1; number <= document.numPages; number += 1) {
      const page = await document.getPage(number);
      const height = page.view[3] as number;
      const { items } = await page.getTextContent();
      const painted: PaintedText[] = [];
      for (const item of items) {
        if (!('str' in item)) continue;
        const [a, slant, , , x, y] = item.transform as [number, number, number, number, number, number];
        // slanted words are the watermark; a slanted number is a label of a chart
        if (Math.abs(slant) > 0.01 && !/\d/.test(item.str)) continue;
        if ((y > height - margins.top || y < margins.bottom) !== (part === 'margins')) continue;
        const size = Math.hypot(a, slant);
        const along = size === 0 ? 0 : item.width / size;
        painted.push({ text: item.str, from: [x, y], to: [x + a * along, y + slant * along], size });
      }
      pages.push(painted);
    }
    return pages;
  } finally {
    await task.destroy();
  }
}
