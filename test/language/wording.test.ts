import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { placeNames } from '../../pipelines/indicators/place-name.ts';
import { change, listed, monthName } from '../../pipelines/language/quantity.ts';
import { wording } from '../../pipelines/language/wording.ts';

test('the word that goes with a number is singular below two in French, of one alone in English', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'concordance-words-'));
  try {
    for (const [language, late] of [
      ['fr', '{days} {days|jour|jours} de retard'],
      ['en', '{days} {days|day|days} late'],
    ] as const) {
      await mkdir(join(folder, 'language', language), { recursive: true });
      await writeFile(join(folder, 'language', language, 'own.yaml'), `late: "${late}"\n`);
    }
    const [fr, en] = [await wording('fr', 'own', folder), await wording('en', 'own', folder)];
    expect([0, 1, 2].map((days) => fr('late', { days }))).toEqual([
      '0 jour de retard',
      '1 jour de retard',
      '2 jours de retard',
    ]);
    expect([0, 1, 2].map((days) => en('late', { days }))).toEqual([
      '0 days late',
      '1 day late',
      '2 days late',
    ]);
    expect(() => fr('late', {})).toThrow('{days}');
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});

test('names in a row, months and changes are written as a reader writes them', () => {
  expect(listed(['A', 'B', 'C'], 'fr')).toBe('A, B et C');
  expect(listed(['A', 'B'], 'en')).toBe('A and B');
  expect([listed(['A'], 'fr'), listed([], 'fr')]).toEqual(['A', '']);
  expect(monthName('2026-08', 'fr')).toBe('août\u00a02026');
  expect(change('13.5', 'MWh', 1, 'fr')).toBe('+13,5\u00a0MWh');
  expect(change('-150', 'MWh', 0, 'fr')).toBe('\u2212150\u00a0MWh');
  expect(change('0', 'MWh', 0, 'fr')).toBe('0\u00a0MWh');
});

test('a perimeter is called by the names of its companies or sites', () => {
  const perimeter = {
    entities: [
      { id: 'A', name: 'Alpha SA' },
      { id: 'X', name: 'Xi SA' },
    ],
    sites: [
      { id: 'X', name: 'Usine X' },
      { id: 'Y', name: 'Usine Y' },
    ],
  };
  const nameOf = placeNames(perimeter, 'groupe');
  expect(['GROUP', 'A+X', 'site:X+Y', 'Y', 'Z'].map(nameOf)).toEqual([
    'groupe',
    'Alpha SA, Xi SA',
    'Usine X, Usine Y',
    'Usine Y',
    'Z',
  ]);
});
