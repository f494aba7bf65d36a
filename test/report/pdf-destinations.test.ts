import { PDFDocument, PDFName } from '@cantoo/pdf-lib';
import { describe, expect, it } from 'vitest';
import { readDestinations } from '../../pipelines/report/board/pdf-destinations.ts';

/** A file of twenty pages in which each anchor `a1`, `a2`... stands on the page of its number. */
async function linked(useObjectStreams: boolean): Promise<Uint8Array> {
  const document = await PDFDocument.create();
  const pages = Array.from({ length: 20 }, () => document.addPage());
  const { context, catalog } = document;
  const destinations = context.obj({});
  pages.forEach(({ ref }, index) => {
    // one of two stands in an object of its own
    const place = context.obj([ref, 'XYZ', 0, 700, 0]);
    destinations.set(PDFName.of(`a${index + 1}`), index % 2 === 0 ? place : context.register(place));
  });
  catalog.set(PDFName.of('Dests'), context.register(destinations));
  return document.save({ useObjectStreams, addDefaultPage: false });
}

const expected = new Map(Array.from({ length: 20 }, (_, index) => [`a${index + 1}`, index + 1]));

describe('the destinations of a printed report', () => {
  it('are found by the table of a file that has one, as Chromium prints it', async () => {
    expect(await readDestinations(await linked(false))).toEqual({ pages: expected, pageCount: 20 });
  });

  it('are found in a file whose objects are packed, as a report is sealed', async () => {
    expect(await readDestinations(await linked(true))).toEqual({ pages: expected, pageCount: 20 });
  });

  it('are none in a file without named destinations', async () => {
    const document = await PDFDocument.create();
    document.addPage();
    const bytes = await document.save({ useObjectStreams: false });
    expect(await readDestinations(bytes)).toEqual({ pages: new Map(), pageCount: 1 });
  });
});
