import { strFromU8, unzipSync } from 'fflate';
import { SaxesParser } from 'saxes';
import { Fault } from '../fault.ts';

/** A cell as the file holds it: a day is its serial number; `formula` where the value comes from one. */
export interface SheetCell {
  readonly value: string | number | boolean | null;
  readonly formula?: string;
}

/** One sheet: cells by row, then by column, both from 1; rows and cells that hold nothing are absent. */
export interface Sheet {
  readonly name: string;
  readonly rows: ReadonlyMap<number, ReadonlyMap<number, SheetCell>>;
}

export interface Sheets {
  readonly sheets: readonly Sheet[];
  /** days are counted from 1904 (old Macintosh files) */
  readonly date1904: boolean;
}

/** A workbook of ours unpacks to some 50 MB; what unpacks to more than this is refused unread. */
const largestPart = 400_000_000;

/**
 * Reads a workbook for its values, whoever saved it last: Excel, Excel on the web, LibreOffice or Google
 * Sheets. Nothing in it is computed, followed or written.
 *
 * @throws {Fault} REV-001 for what is not an .xlsx workbook
 */
export function readSheets(bytes: Uint8Array, name: string): Sheets {
  try {
    const parts = unzipSync(bytes, {
      filter: (part) => {
        if (part.originalSize > largestPart) throw new Error(`${part.name} unpacks to more than 400 MB`);
        return /^xl\/(workbook\.xml|sharedStrings\.xml|worksheets\/[^/]+\.xml|_rels\/workbook\.xml\.rels)$/i.test(
          part.name,
        );
      },
    });
    const part = (path: string) => {
      const found = Object.keys(parts).find((one) => one.toLowerCase() === path.toLowerCase());
      return found === undefined ? undefined : strFromU8(parts[found] as Uint8Array);
    };
    const workbook = part('xl/workbook.xml');
    if (workbook === undefined) throw new Error('it has no xl/workbook.xml');
    const { listed, date1904 } = readBook(workbook, readTargets(part('xl/_rels/workbook.xml.rels') ?? ''));
    const strings = readStrings(part('xl/sharedStrings.xml') ?? '<sst/>');
    return {
      date1904,
      sheets: listed.flatMap(({ name: sheet, target }) => {
        const xml = part(target);
        return xml === undefined ? [] : [{ name: sheet, rows: readRows(xml, strings) }];
      }),
    };
  } catch (cause) {
    throw new Fault(
      'REV-001',
      `${name} cannot be read as a workbook: ${(cause as Error).message.split('\n')[0]}.`,
      'Give the review workbook saved as .xlsx, without a password.',
      { cause, exitStatus: 2 },
    );
  }
}

interface Handlers {
  open?(name: string, attributes: Readonly<Record<string, string>>): void;
  text?(text: string): void;
  close?(name: string): void;
}

/** Walks the elements by local name: writers differ in their prefixes. */
function walk(xml: string, on: Handlers): void {
  const parser = new SaxesParser();
  const local = (name: string) => name.slice(name.indexOf(':') + 1);
  parser.on('error', (error) => {
    throw error;
  });
  parser.on('doctype', () => {
    throw new Error('it declares a document type');
  });
  parser.on('opentag', (tag) => on.open?.(local(tag.name), tag.attributes as Record<string, string>));
  parser.on('text', (text) => on.text?.(text));
  parser.on('cdata', (text) => on.text?.(text));
  parser.on('closetag', (tag) => on.close?.(local(tag.name)));
  parser.write(xml).close();
}

function readTargets(xml: string): Map<string, string> {
  const targets = new Map<string, string>();
  if (xml === '') return targets;
  walk(xml, {
    open(name, { Id, Target }) {
      if (name === 'Relationship' && Id && Target)
        targets.set(Id, Target.startsWith('/') ? Target.slice(1) : `xl/${Target}`);
    },
  });
  return targets;
}

function readBook(xml: string, targets: ReadonlyMap<string, string>) {
  const listed: { name: string; target: string }[] = [];
  let date1904 = false;
  walk(xml, {
    open(name, attributes) {
      if (name === 'workbookPr') date1904 = /^(1|true)$/.test(attributes.date1904 ?? '');
      if (name !== 'sheet') return;
      const id = Object.entries(attributes).find(([key]) => /(^|:)id$/.test(key))?.[1] ?? '';
      const target = targets.get(id);
      if (attributes.name !== undefined && target !== undefined)
        listed.push({ name: attributes.name, target });
    },
  });
  return { listed, date1904 };
}

/** Shared texts; the runs of a rich text are joined, its phonetic guide is left out. */
function readStrings(xml: string): string[] {
  const strings: string[] = [];
  let text = '';
  let inText = false;
  let phonetic = 0;
  walk(xml, {
    open(name) {
      if (name === 'si') text = '';
      if (name === 'rPh') phonetic += 1;
      inText = name === 't' && phonetic === 0;
    },
    text(more) {
      if (inText) text += more;
    },
    close(name) {
      if (name === 't') inText = false;
      if (name === 'rPh') phonetic -= 1;
      if (name === 'si') strings.push(unescaped(text));
    },
  });
  return strings;
}

function readRows(xml: string, strings: readonly string[]): Map<number, Map<number, SheetCell>> {
  const rows = new Map<number, Map<number, SheetCell>>();
  let row = 0;
  let column = 0;
  let type = 'n';
  let raw = '';
  let formula: string | undefined;
  let into: 'value' | 'formula' | undefined;
  walk(xml, {
    open(name, attributes) {
      if (name === 'row') {
        row = attributes.r === undefined ? row + 1 : Number(attributes.r);
        column = 0;
      } else if (name === 'c') {
        column = attributes.r === undefined ? column + 1 : columnOf(attributes.r);
        type = attributes.t ?? 'n';
        raw = '';
        formula = undefined;
      } else if (name === 'f') {
        formula = '';
        into = 'formula';
      } else if (name === 'v' || name === 't') into = 'value';
    },
    text(more) {
      if (into === 'value') raw += more;
      if (into === 'formula') formula += more;
    },
    close(name) {
      if (name === 'v' || name === 't' || name === 'f') into = undefined;
      if (name !== 'c') return;
      const value = cellValue(type, raw, strings);
      if (value === null && formula === undefined) return;
      const cells = rows.get(row) ?? new Map<number, SheetCell>();
      rows.set(row, cells.set(column, formula === undefined ? { value } : { value, formula }));
    },
  });
  return rows;
}

function cellValue(type: string, raw: string, strings: readonly string[]): SheetCell['value'] {
  switch (type) {
    case 's':
      return strings[Number(raw)] || null;
    case 'str':
    case 'inlineStr':
    case 'd':
    case 'e':
      return unescaped(raw) || null;
    case 'b':
      return raw.trim() === '1';
    default:
      return raw.trim() === '' ? null : Number(raw);
  }
}

/** `_x000D_` is how the format writes a character that XML cannot hold. */
function unescaped(text: string): string {
  return text
    .replace(/_x([0-9A-Fa-f]{4})_/g, (_, code: string) => String.fromCharCode(Number.parseInt(code, 16)))
    .replaceAll('\r\n', '\n');
}

function columnOf(address: string): number {
  let column = 0;
  for (const letter of address.replace(/[^A-Z]/g, '')) column = column * 26 + letter.charCodeAt(0) - 64;
  return column;
}

/** `F12` for row 12, column 6. */
export function addressOf(row: number, column: number): string {
  let letters = '';
  for (let n = column; n > 0; n = Math.floor((n - 1) / 26))
    letters = String.fromCharCode(65 + ((n - 1) % 26)) + letters;
  return `${letters}${row}`;
}
