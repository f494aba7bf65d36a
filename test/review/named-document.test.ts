import { expect, test } from 'vitest';
import { fileNameIn, namedDocument } from '../../pipelines/review/named-document.ts';

const delivered = ['a.pdf', 'BSD/a.pdf', 'relevé août.xlsx'].map((file) => ({
  file,
  sha256: file.length.toString(16).padStart(64, '0'),
  bytes: file.length,
}));
const file = (reference: string) => namedDocument(reference, delivered)?.file;

test('a delivered file is named alone, among words, with either slash; the longest that fits', () => {
  expect(file('a.pdf')).toBe('a.pdf');
  expect(file('voir « BSD/a.pdf », page 2')).toBe('BSD/a.pdf');
  expect(file('BSD\\a.pdf')).toBe('BSD/a.pdf');
  // as a Mac writes accents
  expect(file('relevé août.xlsx'.normalize('NFD'))).toBe('relevé août.xlsx');
});

test('a name within another is not that file', () => {
  expect(file('data.pdf')).toBeUndefined();
  expect(file('a.pdfx')).toBeUndefined();
  expect(file('bordereau 118')).toBeUndefined();
});

test('what is written like a file name is told from a reference', () => {
  expect(fileNameIn('voir BSD/2026-118.PDF, p. 2')).toBe('BSD/2026-118.PDF');
  expect(fileNameIn('BSD-2026-118')).toBeUndefined();
  expect(fileNameIn('note v1.2 du 3.10')).toBeUndefined();
});
