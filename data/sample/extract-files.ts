import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** One file of the sample, before it is written. */
export interface ExtractOut {
  /** path under the extracts folder */
  readonly path: string;
  readonly bytes: Uint8Array;
}

export type Encoding = 'utf8' | 'utf8-bom' | 'windows-1252' | 'iso-8859-1' | 'iso-8859-15';

/** Writes an extract and returns its size. */
export function writeExtract(folder: string, out: ExtractOut): number {
  const path = join(folder, out.path);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, out.bytes);
  return out.bytes.length;
}

/** Text as bytes. The single-byte encodings differ here only by the euro sign and the oe ligature. */
export function encode(text: string, encoding: Encoding): Uint8Array {
  if (encoding === 'utf8') return Buffer.from(text, 'utf8');
  if (encoding === 'utf8-bom') return Buffer.from(`\uFEFF${text}`, 'utf8');
  const places: Record<string, Record<string, number>> = {
    'windows-1252': { '€': 0x80, œ: 0x9c, Œ: 0x8c, '’': 0x92 },
    'iso-8859-15': { '€': 0xa4, œ: 0xbd, Œ: 0xbc, '’': 0x27 },
    'iso-8859-1': { '’': 0x27 },
  };
  const special = places[encoding] ?? {};
  return Buffer.from(
    text.replace(/[\u0100-\uffff]/g, (character) => String.fromCharCode(special[character] ?? 0x3f)),
    'latin1',
  );
}

export type Field = string | number | boolean | null | undefined;

export interface CsvLayout {
  readonly delimiter?: string;
  readonly encoding?: Encoding;
  /** decimal mark of numbers given as numbers or as `1234.56` through {@link decimals} */
  readonly decimal?: '.' | ',';
}

/** A CSV extract: headings, then rows; CRLF; a field is quoted where it must be. */
export function csv(
  path: string,
  headings: readonly string[],
  rows: readonly Field[][],
  layout: CsvLayout = {},
): ExtractOut {
  const { delimiter = ';', encoding = 'utf8', decimal = ',' } = layout;
  const lines = [headings.map((heading) => quoted(heading, delimiter)).join(delimiter)];
  for (const row of rows) {
    lines.push(row.map((field) => quoted(fieldText(field, decimal), delimiter)).join(delimiter));
  }
  return { path, bytes: encode(`${lines.join('\r\n')}\r\n`, encoding) };
}

function fieldText(field: Field, decimal: string): string {
  if (field === null || field === undefined) return '';
  if (typeof field === 'boolean') return field ? 'oui' : 'non';
  if (typeof field === 'number') return decimal === ',' ? String(field).replace('.', ',') : String(field);
  return field;
}

function quoted(text: string, delimiter: string): string {
  return text.includes(delimiter) || text.includes('"') || text.includes('\n')
    ? `"${text.replaceAll('"', '""')}"`
    : text;
}

/** Cents as text: `1234,56`, or with a point. */
export function euros(cents: number, decimal: '.' | ',' = ','): string {
  const sign = cents < 0 ? '-' : '';
  const absolute = Math.abs(cents);
  return `${sign}${Math.floor(absolute / 100)}${decimal}${String(absolute % 100).padStart(2, '0')}`;
}

/** A number with so many decimals: `12,300`. */
export function fixed(value: number, places: number, decimal: '.' | ',' = ','): string {
  const text = value.toFixed(places);
  return decimal === ',' ? text.replace('.', ',') : text;
}
