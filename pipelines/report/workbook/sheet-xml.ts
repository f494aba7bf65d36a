import { Decimal } from 'decimal.js';
import { cellText } from './cell-text.ts';

/** What a cell holds. Decimal text becomes a number here and nowhere else, at 15 significant digits. */
export type Content =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'number'; readonly value: string | number }
  /** `result` is what a reader sees before any recalculation; a Decimal text when `numeric` */
  | { readonly kind: 'formula'; readonly formula: string; readonly result: string; readonly numeric: boolean }
  /** `to` is a place of this workbook: `'Mesures'!A12` */
  | { readonly kind: 'link'; readonly text: string; readonly to: string }
  /** an ISO day */
  | { readonly kind: 'day'; readonly day: string }
  | { readonly kind: 'empty' };

/**
 * One cell of a row, `<c r="F12" s="3"><v>42</v></c>`; texts stand in their cells, so that no table of texts grows
 * with the rows.
 *
 * @param style its place in the workbook's list of styles
 */
export function cellXml(address: string, content: Content, style: number): string {
  const open = `<c r="${address}" s="${style}"`;
  switch (content.kind) {
    case 'text':
      return textCell(open, content.text);
    case 'link':
      return textCell(open, content.text);
    case 'number':
      return `${open}><v>${numberOf(content.value)}</v></c>`;
    case 'formula': {
      const { formula, result, numeric } = content;
      const type = numeric ? '' : ' t="str"';
      return `${open}${type}><f>${escaped(formula)}</f><v>${numeric ? numberOf(result) : escaped(cellText(result))}</v></c>`;
    }
    case 'day': {
      const serial = serialOf(content.day);
      return serial === undefined ? textCell(open, content.day) : `${open}><v>${serial}</v></c>`;
    }
    case 'empty':
      return `${open}/>`;
  }
}

/** @param height in points; the reader's own program chooses where it is not given */
export function rowXml(row: number, cells: readonly string[], height: number | undefined): string {
  const high = height === undefined ? '' : ` ht="${height}" customHeight="1"`;
  return `<row r="${row}"${high}>${cells.join('')}</row>`;
}

/** A link to a place of this workbook. */
export function linkXml(address: string, to: string): string {
  return `<hyperlink ref="${address}" location="${escaped(to)}"/>`;
}

function textCell(open: string, text: string): string {
  if (text === '') return `${open}/>`;
  const words = cellText(text);
  const kept = /^\s|\s$|\n/.test(words) ? ' xml:space="preserve"' : '';
  return `${open} t="inlineStr"><is><t${kept}>${escaped(words)}</t></is></c>`;
}

/** As content of an element, or as the value of an attribute. */
export function escaped(text: string): string {
  if (!/[&<>"]/.test(text)) return text;
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}

/** The double nearest to a decimal text, at the 15 digits that a spreadsheet keeps, half away from zero. */
export function numberOf(value: string | number): number {
  const text = String(value);
  // fifteen characters hold no sixteenth digit
  if (text.length <= 15) return Number(text);
  const plain = /^(-?)0*(\d*)(?:\.(\d*))?$/.exec(text);
  if (!plain) return new Decimal(text).toSignificantDigits(15).toNumber();
  const [, sign, whole = '', fraction = ''] = plain;
  const digits = `${whole}${fraction}`;
  const first = whole === '' ? digits.search(/[1-9]/) : 0;
  const beyond = digits.charCodeAt(first + 15);
  if (first < 0 || Number.isNaN(beyond)) return Number(text);
  // fifteen digits and one more are a whole number that a double holds exactly
  const kept = Number(digits.slice(first, first + 15)) + (beyond >= fiveCode ? 1 : 0);
  return Number(`${sign}${kept}e${whole.length - first - 15}`);
}

const fiveCode = '5'.charCodeAt(0);

const msADay = 86_400_000;

/** The number of a day in a sheet that counts from 1900; undefined for a day that the two calendars of Excel do not count alike. */
function serialOf(day: string): number | undefined {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(day) || day < '1904-01-02') return undefined;
  const moment = Date.parse(`${day}T00:00:00Z`);
  return Number.isNaN(moment) ? undefined : (moment - Date.UTC(1899, 11, 30)) / msADay;
}
