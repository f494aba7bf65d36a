import {
  decodePDFRawStream,
  PDFArray,
  PDFCrossRefStream,
  PDFDict,
  PDFDocument,
  PDFHexString,
  PDFName,
  type PDFObject,
  PDFRawStream,
  PDFRef,
  PDFString,
} from '@cantoo/pdf-lib';
import type { Language } from '../content.ts';
import { markArtifacts } from './pdf-artifacts.ts';
import { destinationPages } from './pdf-destinations.ts';

interface Entry {
  readonly ref: PDFRef;
}

// the library looks for the place of each object among all those before it: of the many tags of a long report, that
// takes longer than everything else
(
  PDFCrossRefStream.prototype as unknown as {
    appendEntry(this: { entries: Entry[] }, entry: Entry): void;
  }
).appendEntry = function (entry) {
  let [from, to] = [0, this.entries.length];
  const isAfter = (place: number) => (this.entries[place] as Entry).ref.objectNumber > entry.ref.objectNumber;
  // they come nearly in order
  if (to > 0 && !isAfter(to - 1)) from = to;
  while (from < to) {
    const middle = (from + to) >> 1;
    if (isAfter(middle)) to = middle;
    else from = middle + 1;
  }
  this.entries.splice(from, 0, entry);
};

/** What the printed file says of itself. */
export interface PdfStatement {
  readonly title: string;
  readonly language: Language;
  /** ISO day that stands for the file's dates: the same content gives the same bytes */
  readonly day: string;
  /** what a link says to who does not see it */
  readonly linkTo: (page: number) => string;
}

/**
 * Brings a tagged PDF that Chromium printed to what PDF/UA-1 (ISO 14289-1) asks beyond its tags: the file says its
 * title, language and conformance (5, 7.1, 7.2), paint outside the structure is an artifact (7.1), structure types of
 * PDF 2.0 have a standard one (7.1), an item of a list has a body (7.2), a link says where it goes (7.18.5).
 */
export async function accessiblePdf(printed: Uint8Array, statement: PdfStatement): Promise<Uint8Array> {
  const document = await PDFDocument.load(printed, { updateMetadata: false });
  const day = new Date(`${statement.day}T00:00:00Z`);
  document.setTitle(statement.title, { showInWindowTitleBar: true });
  document.setLanguage(statement.language);
  document.setCreationDate(day);
  document.setModificationDate(day);
  stateConformance(document, statement, day);
  settleStructure(document);
  describeLinks(document, statement.linkTo);
  for (const page of document.getPages()) {
    const contents = page.node.Contents();
    if (contents instanceof PDFRawStream)
      page.node.set(
        PDFName.of('Contents'),
        document.context.register(
          document.context.flateStream(markArtifacts(decodePDFRawStream(contents).decode())),
        ),
      );
  }
  return document.save({ useObjectStreams: true, addDefaultPage: false, updateFieldAppearances: false });
}

/** The XMP packet that names the title and PDF/UA-1 as what the file is made to; ISO 14289-1, 5. */
function stateConformance({ catalog, context }: PDFDocument, { title, language }: PdfStatement, day: Date) {
  const stamp = day.toISOString().replace('.000', '');
  const packet = `<?xpacket begin="\uFEFF" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:xmp="http://ns.adobe.com/xap/1.0/" xmlns:pdfuaid="http://www.aiim.org/pdfua/ns/id/">
<dc:title><rdf:Alt><rdf:li xml:lang="x-default">${escaped(title)}</rdf:li></rdf:Alt></dc:title>
<dc:language><rdf:Bag><rdf:li>${language}</rdf:li></rdf:Bag></dc:language>
<xmp:CreateDate>${stamp}</xmp:CreateDate><xmp:ModifyDate>${stamp}</xmp:ModifyDate>
<pdfuaid:part>1</pdfuaid:part>
</rdf:Description></rdf:RDF></x:xmpmeta>
<?xpacket end="r"?>`;
  const stream = context.stream(Buffer.from(packet, 'utf8'), { Type: 'Metadata', Subtype: 'XML' });
  catalog.set(PDFName.of('Metadata'), context.register(stream));
}

const escaped = (text: string) =>
  text.replace(/[<&]/g, (character) => (character === '<' ? '&lt;' : '&amp;'));

/** Structure types of PDF 2.0 that Chromium writes, each with the standard one of ISO 32000-1 that is nearest. */
const nearest = { Strong: 'Span', Em: 'Span' };

function settleStructure({ catalog, context }: PDFDocument): void {
  const root = catalog.lookupMaybe(PDFName.of('StructTreeRoot'), PDFDict);
  if (!root) return;
  root.set(PDFName.of('RoleMap'), context.obj(nearest));
  const identified: [PDFDict, PDFRef][] = [];
  const walk = (element: PDFDict, reference: PDFRef | undefined) => {
    if (reference && element.get(PDFName.of('S')) === PDFName.of('LI')) giveBody(element, reference);
    if (reference && element.has(PDFName.of('ID'))) identified.push([element, reference]);
    for (const [kid, place] of elementsIn(element)) walk(kid, place);
  };
  walk(root, undefined);
  number(root, identified);

  function giveBody(item: PDFDict, reference: PDFRef): void {
    const kids = item.get(PDFName.of('K'));
    if (kids === undefined) return;
    const all = context.lookup(kids) instanceof PDFArray ? context.lookup(kids, PDFArray).asArray() : [kids];
    const type = (kid: PDFObject) => {
      const found = context.lookup(kid);
      return found instanceof PDFDict ? found.get(PDFName.of('S')) : undefined;
    };
    const label = all.filter((kid) => type(kid) === PDFName.of('Lbl'));
    const body = all.filter((kid) => !label.includes(kid));
    if (body.length === 0 || body.every((kid) => type(kid) === PDFName.of('LBody'))) return;
    const place = context.register(context.obj({ Type: 'StructElem', S: 'LBody', P: reference, K: body }));
    for (const kid of body) {
      const found = context.lookup(kid);
      if (found instanceof PDFDict && found.has(PDFName.of('S'))) found.set(PDFName.of('P'), place);
    }
    item.set(PDFName.of('K'), context.obj([...label, place]));
  }

  /** structure elements right under one, not its marked content */
  function elementsIn(element: PDFDict): [PDFDict, PDFRef | undefined][] {
    const kids = element.get(PDFName.of('K'));
    if (kids === undefined) return [];
    const found = context.lookup(kids);
    return (found instanceof PDFArray ? found.asArray() : [kids]).flatMap(
      (kid): [PDFDict, PDFRef | undefined][] => {
        const dict = context.lookup(kid);
        return dict instanceof PDFDict && dict.has(PDFName.of('S'))
          ? [[dict, kid instanceof PDFRef ? kid : undefined]]
          : [];
      },
    );
  }
}

/**
 * Numbers the elements that cells name as their headings in the order in which they are read. Chromium takes the
 * numbers of its own nodes, and counts those by the moment at which it gets to them: a busy machine gave other bytes.
 *
 * Source of the layout: ISO 32000-1, 14.7.2 (IDTree), 7.9.6 (name trees) and 14.8.5.7 (Headers).
 *
 * @param identified all elements of the structure that have an ID, in that order
 */
function number(root: PDFDict, identified: readonly (readonly [PDFDict, PDFRef])[]): void {
  const { context } = root;
  forget(root.get(PDFName.of('IDTree')));
  const ids = new Map<string, PDFString>();
  const names: PDFObject[] = [];
  // a name tree is in the order of its names: they are of one length
  const digits = String(identified.length).length;
  for (const [element, reference] of identified) {
    const id = PDFString.of(`h${String(names.length / 2 + 1).padStart(digits, '0')}`);
    ids.set(idText(element.get(PDFName.of('ID'))), id);
    element.set(PDFName.of('ID'), id);
    names.push(id, reference);
  }
  if (names.length > 0) root.set(PDFName.of('IDTree'), context.register(context.obj({ Names: names })));
  else root.delete(PDFName.of('IDTree'));
  for (const [, object] of context.enumerateIndirectObjects()) {
    if (!(object instanceof PDFDict) || object.get(PDFName.of('Type')) !== PDFName.of('StructElem')) continue;
    const attributes = object.lookup(PDFName.of('A'));
    for (const one of attributes instanceof PDFArray ? attributes.asArray() : [attributes]) {
      const attribute = context.lookup(one);
      const headers = attribute instanceof PDFDict ? attribute.lookup(PDFName.of('Headers')) : undefined;
      if (!(attribute instanceof PDFDict) || !(headers instanceof PDFArray)) continue;
      // one that names no element leads nowhere
      const known = headers.asArray().flatMap((header) => ids.get(idText(header)) ?? []);
      attribute.set(PDFName.of('Headers'), context.obj(known));
    }
  }

  function forget(node: PDFObject | undefined): void {
    const tree = context.lookup(node);
    const kids = tree instanceof PDFDict ? tree.lookup(PDFName.of('Kids')) : undefined;
    for (const kid of kids instanceof PDFArray ? kids.asArray() : []) forget(kid);
    if (node instanceof PDFRef) context.delete(node);
  }
}

const idText = (id: PDFObject | undefined) =>
  id instanceof PDFString || id instanceof PDFHexString ? id.decodeText() : '';

/** Each link says the page it goes to, or the address. */
function describeLinks(document: PDFDocument, linkTo: PdfStatement['linkTo']): void {
  const pageOf = destinationPages(document);
  for (const page of document.getPages()) {
    const annotations = page.node.Annots();
    for (const place of annotations?.asArray() ?? []) {
      const annotation = document.context.lookup(place);
      if (!(annotation instanceof PDFDict) || annotation.has(PDFName.of('Contents'))) continue;
      const action = annotation.lookupMaybe(PDFName.of('A'), PDFDict);
      const address = action?.get(PDFName.of('URI'));
      const target = pageOf(annotation.get(PDFName.of('Dest')) ?? action?.get(PDFName.of('D')));
      const said =
        address instanceof PDFString || address instanceof PDFHexString
          ? address.decodeText()
          : target === undefined
            ? undefined
            : linkTo(target);
      if (said !== undefined) annotation.set(PDFName.of('Contents'), PDFHexString.fromText(said));
    }
  }
}
