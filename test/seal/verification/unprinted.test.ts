import { expect, test } from 'vitest';
import { bareText } from '../../../pipelines/report/board/printed-text.ts';
import { strangeWords, unprinted } from '../../../pipelines/seal/verification/documents.ts';

const page = (body: string) => `<html><body>${body}</body></html>`;

test('a sentence without a number that is printed otherwise is named, with what was to be said', () => {
  const html = page('<h2>Sécurité</h2><p>L’objectif dérive.</p><p>12 accidents</p>');
  expect(unprinted(html, bareText('Sécurité L’objectif dérive. 12 accidents'))).toEqual([]);
  expect(unprinted(html, bareText('Sécurité L’objectif est atteint. 12 accidents'))).toEqual([
    'L’objectif dérive.',
  ]);
});

test('words that nothing makes are named with their page, however they are broken into lines', () => {
  const html = page('<h2>Sécurité</h2><p>L’objectif dérive depuis deux ans.</p>');
  const lines = (...texts: string[]) => texts.map((text) => ({ text }));
  expect(strangeWords(html, [lines('Sécurité'), lines('L’objectif dérive', 'depuis deux ans.')])).toEqual([]);
  expect(
    strangeWords(html, [lines('Sécurité'), lines('L’objectif dérive', 'depuis deux ans.', 'Approuvé')]),
  ).toEqual([{ page: 2, text: 'Approuvé' }]);
});

test('a row of marks, whose words are for who does not see them, is printed where each word is', () => {
  const html = page('<table><tr><td>Réduire</td><td>● porte</td></tr></table>');
  expect(unprinted(html, bareText('Réduire ● · Légende : porte'))).toEqual([]);
});
