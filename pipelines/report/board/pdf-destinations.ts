/** Where the linked parts of a printed report came to stand. */
export interface Destinations {
  /** page number, from 1, of each linked anchor */
  readonly pages: ReadonlyMap<string, number>;
  readonly pageCount: number;
}

/**
 * Reads the page of each named destination in a PDF that Chromium printed: its objects are plain text, pages are
 * listed by /Kids, destinations by `/name [object 0 R /XYZ ...]`.
 */
export function readDestinations(pdf: Uint8Array): Destinations {
  const text = Buffer.from(pdf).toString('latin1');
  const objects = new Map<string, string>();
  for (const found of text.matchAll(/(?:^|\n)(\d+) 0 obj\n([\s\S]*?)\nendobj/g))
    objects.set(found[1] ?? '', found[2] ?? '');
  const catalog = [...objects.values()].find((body) => /\/Type \/Catalog\b/.test(body)) ?? '';
  const order = leaves(objects, /\/Pages (\d+) 0 R/.exec(catalog)?.[1] ?? '');
  const numbers = new Map(order.map((object, index) => [object, index + 1]));
  const named = objects.get(/\/Dests (\d+) 0 R/.exec(catalog)?.[1] ?? '') ?? '';
  const pages = new Map<string, number>();
  for (const found of named.matchAll(/\/([A-Za-z0-9_-]+) \[(\d+) 0 R \/XYZ/g)) {
    const page = numbers.get(found[2] ?? '');
    if (page !== undefined) pages.set(found[1] ?? '', page);
  }
  return { pages, pageCount: order.length };
}

/** Object numbers of the pages under a node of the page tree, in order. */
function leaves(objects: ReadonlyMap<string, string>, node: string): string[] {
  const body = objects.get(node) ?? '';
  const kids = /\/Kids \[([^\]]*)\]/.exec(body)?.[1];
  if (kids === undefined) return body ? [node] : [];
  return [...kids.matchAll(/(\d+) 0 R/g)].flatMap((kid) => leaves(objects, kid[1] ?? ''));
}
