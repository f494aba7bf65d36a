import { strFromU8, strToU8, unzipSync, type Zippable, zipSync } from 'fflate';

/**
 * The same workbook with nothing of the moment in it: parts in order of name, one date for all, and
 * internal links as places of the workbook rather than as external targets.
 *
 * @param alternatives what the images of the first drawing say in words, in their order
 * @param day ISO date written on every part; the zip format knows none before 1980
 */
export function packWorkbook(
  bytes: Uint8Array,
  day: string,
  alternatives: readonly string[] = [],
): Uint8Array {
  const parts = unzipSync(bytes);
  const packed: Zippable = {};
  // the zip date has no time zone: local getters are what the packer reads
  const [year = 1980, month = 1, date = 1] = day.split('-').map(Number);
  const mtime = new Date(Math.max(year, 1980), month - 1, date, 0, 0, 0);
  for (const name of Object.keys(parts).sort(contentTypesFirst)) {
    const part = parts[name] as Uint8Array;
    if (name.endsWith('/')) continue;
    packed[name] = [described(name, inward(name, part), alternatives), { mtime, level: 6, os: 3, attrs: 0 }];
  }
  return zipSync(packed, { mtime });
}

/** `[Content_Types].xml` leads, as readers that stream expect; then by name. */
function contentTypesFirst(a: string, b: string): number {
  const rank = (name: string) => (name === '[Content_Types].xml' ? 0 : name === '_rels/.rels' ? 1 : 2);
  return rank(a) - rank(b) || (a < b ? -1 : 1);
}

function inward(name: string, part: Uint8Array): Uint8Array {
  if (/^xl\/worksheets\/sheet\d+\.xml$/.test(name)) {
    const xml = strFromU8(part);
    return strToU8(xml.replace(/<hyperlink [^>]*>/g, (link) => link.replace(/ r:id="[^"]*"/, '')));
  }
  if (/^xl\/worksheets\/_rels\/sheet\d+\.xml\.rels$/.test(name)) {
    const xml = strFromU8(part);
    return strToU8(xml.replace(/<Relationship [^>]*\/relationships\/hyperlink"[^>]*\/>/g, ''));
  }
  return part;
}

/** The library writes no alternative text on its images. */
function described(name: string, part: Uint8Array, alternatives: readonly string[]): Uint8Array {
  if (name !== 'xl/drawings/drawing1.xml') return part;
  let next = 0;
  return strToU8(
    strFromU8(part).replace(/<xdr:cNvPr (?![^>]*\bdescr=)/g, (opening) => {
      const alternative = alternatives[next] ?? '';
      next += 1;
      return `${opening}descr="${attribute(alternative)}" `;
    }),
  );
}

function attribute(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('"', '&quot;')
    .replace(/[\n\r\t]+/g, ' ');
}
