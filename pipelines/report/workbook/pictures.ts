import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Renderer, withBrowser } from '../board/browser.ts';
import { fontFaces } from '../board/fonts.ts';
import type { TitledChart } from '../board/gallery.ts';
import { accentVariables, type Presentation } from '../presentation.ts';

/** A chart as an image: PNG, with the size at which it is shown, in pixels. */
export interface Picture {
  readonly png: Uint8Array;
  readonly width: number;
  readonly height: number;
}

/** Pixels of the image for one that is shown: sharp on a dense screen and on paper. */
const density = 2;

/** The charts as images, drawn by the browser that prints the report, in its type and colours; by id. */
export async function pictureCharts(
  charts: readonly TitledChart[],
  templates: string,
  { accent, fontFaces: own }: Pick<Presentation, 'accent' | 'fontFaces'>,
  browser?: Renderer,
): Promise<ReadonlyMap<string, Picture>> {
  const [faces, style] = await Promise.all([
    fontFaces(),
    readFile(join(templates, 'board', 'board.css'), 'utf8'),
  ]);
  const sized = charts.map((chart) => ({ chart, ...sizeOf(chart) }));
  let top = 0;
  const placed = sized.map((one) => {
    const at = top;
    top += one.height;
    return { ...one, top: at };
  });
  const drawings = placed.map(
    ({ chart, top: at, width }) =>
      `<div style="position:absolute;left:0;top:${at}px;width:${width}px;background:white">${chart.svg.html}</div>`,
  );
  const html = `<!doctype html><html><head><meta charset="utf-8"><style>${faces}\n${own}\n${style}\n${accentVariables(accent)}\nhtml,body{background:white}svg{display:block}</style></head><body>${drawings.join('\n')}</body></html>`;
  const rectangles = placed.map(({ top: y, width, height }) => ({ x: 0, y, width, height }));
  const take = (renderer: Renderer) => renderer.picture(html, rectangles, density);
  const images = await (browser ? take(browser) : withBrowser(take));
  return new Map(
    placed.map(({ chart, width, height }, index) => [
      chart.id,
      { png: images[index] as Uint8Array, width, height },
    ]),
  );
}

/** The size at which a chart is shown, in pixels. */
export function sizeOf({ svg }: TitledChart): { width: number; height: number } {
  const size = /<svg [^>]*\bwidth="([\d.]+)" height="([\d.]+)"/.exec(svg.html);
  return { width: Math.ceil(Number(size?.[1] ?? 600)), height: Math.ceil(Number(size?.[2] ?? 300)) };
}
