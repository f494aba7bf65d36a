import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { strFromU8, unzipSync, zipSync } from 'fflate';
import { PNG } from 'pngjs';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { templatesFolder } from '../../../pipelines/places.ts';
import { chartGallery } from '../../../pipelines/report/board/gallery.ts';
import { plainPresentation } from '../../../pipelines/report/presentation.ts';
import { writeWorkbook } from '../../../pipelines/report/workbook/workbook.ts';
import { readSheets } from '../../../pipelines/review/read-sheets.ts';
import { sameBeyondImages } from '../../../pipelines/seal/verification/workbook-parts.ts';
import { sampleContent } from '../content-fixture.ts';

const content = sampleContent('fr');
let folder: string;
let parts: ReturnType<typeof unzipSync>;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'charts-'));
  const path = join(folder, 'review.xlsx');
  await writeWorkbook(content, templatesFolder, path, plainPresentation);
  parts = unzipSync(new Uint8Array(await readFile(path)));
}, 120_000);
afterAll(() => rm(folder, { recursive: true }));

it('shows every chart of the report as a sharp image that says its finding to who does not see it', async () => {
  const charts = await chartGallery(content, templatesFolder);
  expect(charts.length).toBeGreaterThan(5);
  const drawing = strFromU8(parts['xl/drawings/drawing1.xml'] as Uint8Array);
  const said = [...drawing.matchAll(/<xdr:cNvPr [^>]*\bdescr="([^"]*)"/g)].map((found) => found[1]);
  const written = (text: string) =>
    text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
  expect(said).toEqual(charts.map((chart) => written(chart.alternative)));
  for (let number = 1; number <= charts.length; number += 1) {
    const image = PNG.sync.read(Buffer.from(parts[`xl/media/image${number}.png`] as Uint8Array));
    // two pixels of the image for one that is shown: its size in the sheet is in units of 1/9525 pixel
    const shown = [...drawing.matchAll(/<xdr:ext cx="(\d+)" cy="(\d+)"/g)][number - 1] as RegExpMatchArray;
    expect(image.width).toBeCloseTo((2 * Number(shown[1])) / 9525, 0);
    // something is drawn, in more than one tone
    expect(new Set(image.data.filter((_, at) => at % 4 === 0)).size).toBeGreaterThan(10);
  }
});

it('is the same to the byte when written again', async () => {
  const again = join(folder, 'again.xlsx');
  await writeWorkbook(content, templatesFolder, again, plainPresentation);
  expect((await readFile(again)).equals(await readFile(join(folder, 'review.xlsx')))).toBe(true);
});

it('has the same words without a browser, and nothing else that differs but the images', async () => {
  const path = join(folder, 'words.xlsx');
  await writeWorkbook(content, templatesFolder, path);
  const bytes = new Uint8Array(await readFile(path));
  expect(Object.keys(unzipSync(bytes)).filter((name) => name.startsWith('xl/media/'))).toEqual([]);
  const cells = (of: Uint8Array) => {
    const sheet = readSheets(of, 'x').sheets.find((one) => one.name === 'Graphiques');
    return JSON.stringify([...(sheet?.rows ?? [])].map(([row, columns]) => [row, [...columns]]));
  };
  const whole = new Uint8Array(await readFile(join(folder, 'review.xlsx')));
  expect(cells(bytes)).toBe(cells(whole));
  expect(cells(bytes)).toContain('Coût de la tonne évitée');
  expect(sameBeyondImages(bytes, whole)).toBe(true);
  // a style that was changed is no image
  const spoilt = unzipSync(whole);
  spoilt['xl/styles.xml'] = new Uint8Array([...(spoilt['xl/styles.xml'] as Uint8Array), 0x20]);
  expect(sameBeyondImages(bytes, zipSync(spoilt))).toBe(false);
});
