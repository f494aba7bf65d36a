import { SaxesParser, type SaxesTagPlain } from 'saxes';
import { ExtractError } from '../connector.ts';
import { damaged, type Package } from './package.ts';

export type Attributes = Readonly<Record<string, string>>;

export interface Handlers {
  /** name without its namespace prefix */
  open?(name: string, attributes: Attributes): void;
  text?(text: string): void;
  close?(name: string): void;
}

/**
 * Parses a part piece by piece; after each piece, control comes back so that what was gathered can be passed on.
 * Names are local: transitional and strict workbooks differ only in namespaces.
 */
export async function* parsePart(from: Package, part: string, handlers: Handlers): AsyncGenerator<void> {
  const parser = new SaxesParser({ xmlns: false, position: false });
  parser.on('error', (error) => {
    throw damaged(from.name, 'xml', { part }, error);
  });
  parser.on('doctype', () => {
    throw new ExtractError('XLSX-006', { extract: from.name }, { values: { part } });
  });
  parser.on('opentag', (tag: SaxesTagPlain) => handlers.open?.(local(tag.name), tag.attributes));
  parser.on('closetag', (tag: SaxesTagPlain) => handlers.close?.(local(tag.name)));
  parser.on('text', (text) => handlers.text?.(text));
  parser.on('cdata', (text) => handlers.text?.(text));
  for await (const piece of from.text(part)) {
    parser.write(piece);
    yield;
  }
  parser.close();
  yield;
}

/** Parses a whole part. */
export async function parseWhole(from: Package, part: string, handlers: Handlers): Promise<void> {
  for await (const _ of parsePart(from, part, handlers));
}

function local(name: string): string {
  const colon = name.indexOf(':');
  return colon < 0 ? name : name.slice(colon + 1);
}

/** An attribute whatever its prefix, e.g. `r:id`. */
export function attribute(attributes: Attributes, name: string): string | undefined {
  const found = Object.keys(attributes).find((key) => key === name || key.endsWith(`:${name}`));
  return found === undefined ? undefined : attributes[found];
}

/** `_x000D_` stands for a character that XML cannot hold (ECMA-376 part 1, ST_Xstring). */
export function unescaped(text: string): string {
  if (!text.includes('_x')) return text;
  return text.replace(/_x([0-9A-Fa-f]{4})_/g, (whole, hex: string) =>
    hex === '0000' ? whole : String.fromCharCode(Number.parseInt(hex, 16)),
  );
}
