import { PDFDict, PDFDocument, PDFHexString, PDFName, PDFString } from '@cantoo/pdf-lib';
import { bareText } from '../../report/board/printed-text.ts';

/** What the catalog of a report holds; scripts, files and forms are none of it. */
const ownKeys = new Set([
  'Type',
  'Pages',
  'Dests',
  'Names',
  'MarkInfo',
  'StructTreeRoot',
  'Outlines',
  'ViewerPreferences',
  'Lang',
  'Metadata',
  'PageLabels',
  'PageLayout',
  'PageMode',
  'Version',
]);

/** Something in a PDF that no report has. */
export interface ForeignPart {
  /** 0 where it is the document's own */
  readonly page: number;
  readonly name: string;
}

/**
 * What a PDF holds beside its pages that the report never does, since no text on a page tells it: scripts, attached
 * files, forms, notes over a page, links that the page has not, another title.
 *
 * @param html the report, typeset again: its title and links
 */
export async function foreignParts(pdf: Uint8Array, html: string): Promise<ForeignPart[]> {
  const document = await PDFDocument.load(pdf, { updateMetadata: false });
  const found: ForeignPart[] = [];
  const { catalog } = document;
  const keysOf = (dict: PDFDict | undefined) => (dict?.keys() ?? []).map((key) => key.decodeText());
  for (const name of keysOf(catalog)) if (!ownKeys.has(name)) found.push({ page: 0, name });
  for (const name of keysOf(catalog.lookupMaybe(PDFName.of('Names'), PDFDict)))
    if (name !== 'Dests') found.push({ page: 0, name });
  const title = /<title>([^<]*)<\/title>/.exec(html)?.[1] ?? '';
  if (bareText(document.getTitle() ?? '') !== bareText(plain(title)))
    found.push({ page: 0, name: document.getTitle() ?? 'Title' });
  const addresses = new Set(
    [...html.matchAll(/href="([^"]*)"/g)].map(([, address]) => plain(address as string)),
  );
  for (const [i, page] of document.getPages().entries()) {
    if (page.node.has(PDFName.of('AA'))) found.push({ page: i + 1, name: 'AA' });
    for (const place of page.node.Annots()?.asArray() ?? []) {
      const annotation = document.context.lookup(place);
      const name = annotation instanceof PDFDict ? strangeNote(annotation, addresses) : 'Annot';
      if (name !== undefined) found.push({ page: i + 1, name });
    }
  }
  return [...found, ...strangeWords(document, html)];
}

/** What the file says to who does not see a page, or in its bookmarks, and the report does not. */
function strangeWords(document: PDFDocument, html: string): ForeignPart[] {
  const said = bareText(
    plain(
      html.replace(/<[^>]*>/g, (tag) => [...tag.matchAll(/"([^"]*)"/g)].map(([, value]) => value).join(' ')),
    ),
  );
  const found: ForeignPart[] = [];
  for (const [, object] of document.context.enumerateIndirectObjects()) {
    if (!(object instanceof PDFDict)) continue;
    const keys = ['Alt', 'ActualText', ...(object.has(PDFName.of('Dest')) ? ['Title'] : [])];
    for (const key of keys) {
      const value = object.lookup(PDFName.of(key));
      const text = value instanceof PDFString || value instanceof PDFHexString ? value.decodeText() : '';
      if (!said.includes(bareText(text))) found.push({ page: 0, name: text });
    }
  }
  return found;
}

/** What a note over a page is, where it is no link of the report. */
function strangeNote(annotation: PDFDict, addresses: ReadonlySet<string>): string | undefined {
  const nameOf = (dict: PDFDict, key: string) => {
    const value = dict.lookup(PDFName.of(key));
    return value instanceof PDFName ? value.decodeText() : undefined;
  };
  const kind = nameOf(annotation, 'Subtype');
  if (kind !== 'Link') return kind ?? 'Annot';
  const action = annotation.lookupMaybe(PDFName.of('A'), PDFDict);
  const does = action && nameOf(action, 'S');
  if (action === undefined || does === 'GoTo') return undefined;
  const address = action.lookup(PDFName.of('URI'));
  const text =
    address instanceof PDFString || address instanceof PDFHexString ? address.decodeText() : undefined;
  if (does !== 'URI' || text === undefined) return does ?? 'A';
  return addresses.has(text) ? undefined : text;
}

const plain = (text: string) =>
  text
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&quot;', '"')
    .replaceAll('&#39;', "'")
    .replaceAll('&#x27;', "'")
    .replaceAll('&#x3D;', '=')
    .replaceAll('&amp;', '&');

/**
 * Whether a text, without spaces, stands in a running head that a style sheet prints: as a part of one, since a head may be
 * painted in pieces; a number only as a word of its own, since a run's name may hold any.
 */
export function standsInHeads(html: string): (bare: string) => boolean {
  const heads = [...html.matchAll(/content:\s*("[^"]*"[^;}]*)/g)]
    .flatMap(([, strings]) => [...(strings as string).matchAll(/"([^"]*)"/g)])
    .map(([, text]) =>
      (text as string).replace(/\\([0-9a-f]{1,6}) ?/gi, (_, code) =>
        String.fromCodePoint(Number.parseInt(code, 16)),
      ),
    );
  const all = heads.map(bareText).join('\n');
  const words = new Set(heads.flatMap((head) => head.toLowerCase().split(/[^\p{L}\p{N}]+/u)));
  return (bare) => (/^\d+$/.test(bare) ? words.has(bare) : all.includes(bare));
}
