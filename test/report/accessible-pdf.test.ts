import { PDFArray, PDFDict, PDFDocument, PDFName, type PDFObject, PDFString } from '@cantoo/pdf-lib';
import { expect, it } from 'vitest';
import { accessiblePdf } from '../../pipelines/report/board/accessible-pdf.ts';
import { withBrowser } from '../../pipelines/report/board/browser.ts';

const page = `<html lang="en"><body><h1>Energy</h1>
<table><thead><tr><th scope="col">Site</th><th scope="col">2025</th><th scope="col">2026</th></tr></thead>
<tbody>${['Lyon', 'Nantes', 'Lille', 'Metz', 'Pau', 'Brest', 'Nice', 'Dax', 'Albi', 'Sens', 'Vichy']
  .map((site, at) => `<tr><th scope="row">${site}</th><td>${at}</td><td>${at + 1}</td></tr>`)
  .join('')}</tbody></table></body></html>`;

const statement = { title: 'Energy', language: 'en', day: '2026-09-30', linkTo: String } as const;

/** The file as Chromium prints it when it gets to the page a moment later: its nodes are numbered further. */
const numberedFurther = (pdf: Uint8Array) =>
  Buffer.from(
    Buffer.from(pdf)
      .toString('latin1')
      .replace(/node(\d{8})/g, (_, number) => `node${String(Number(number) + 7).padStart(8, '0')}`),
    'latin1',
  );

it('gives the same bytes however the browser has numbered its nodes, and each cell finds its headings', async () => {
  const printed = await withBrowser((browser) => browser.print(page));
  const later = numberedFurther(printed);
  expect(later.equals(printed)).toBe(false);
  const [one, other] = await Promise.all([
    accessiblePdf(printed, statement),
    accessiblePdf(later, statement),
  ]);
  expect(Buffer.from(one).equals(other)).toBe(true);

  const document = await PDFDocument.load(one);
  const root = document.catalog.lookup(PDFName.of('StructTreeRoot'), PDFDict);
  const names = root.lookup(PDFName.of('IDTree'), PDFDict).lookup(PDFName.of('Names'), PDFArray).asArray();
  const ids = names.filter((_, at) => at % 2 === 0).map(text);
  expect(ids).toEqual([...ids].sort());
  // those that a cell names: of the columns with numbers and of the rows
  expect(ids).toHaveLength(2 + 11);
  for (const [at, id] of ids.entries()) {
    const heading = document.context.lookup(names[2 * at + 1], PDFDict);
    expect(text(heading.get(PDFName.of('ID')))).toBe(id);
    expect(heading.get(PDFName.of('S'))).toBe(PDFName.of('TH'));
  }
  const headers = document.context
    .enumerateIndirectObjects()
    .flatMap(([, object]) => (object instanceof PDFDict ? [object.lookup(PDFName.of('A'))] : []))
    .flatMap((attributes) => (attributes instanceof PDFArray ? attributes.asArray() : []))
    .flatMap((attribute) => (attribute instanceof PDFDict ? [attribute.lookup(PDFName.of('Headers'))] : []))
    .flatMap((found) => (found instanceof PDFArray ? [found.asArray().map(text)] : []))
    .filter((found) => found.length === 2);
  // a column's heading and the row's, each with an element of its own
  expect(headers).toHaveLength(22);
  for (const found of headers) for (const id of found) expect(ids).toContain(id);
});

function text(object: PDFObject | undefined): string {
  if (object instanceof PDFString) return object.decodeText();
  throw new Error(`no text: ${object}`);
}
