import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { loadCatalogue } from '../../pipelines/indicators/load.ts';
import { climate } from './golden/climate.golden.ts';
import { conduct } from './golden/conduct.golden.ts';
import { edges } from './golden/edges.golden.ts';
import { obligations } from './golden/obligations.golden.ts';
import { registers } from './golden/registers.golden.ts';
import { workforce } from './golden/workforce.golden.ts';

/**
 * Each indicator of the catalogue has an expected value, not only a status, that is asserted: in the tables of
 * `golden/`, or beside its name in another test of figures.
 */
const folder = new URL('./', import.meta.url);
const files = [
  ...readdirSync(folder).filter((name) => name.endsWith('.test.ts') && !name.startsWith('golden-coverage')),
  ...readdirSync(new URL('golden/', folder))
    .filter((name) => name.endsWith('.golden.ts'))
    .map((name) => `golden/${name}`),
];
const sources = new Map(files.map((name) => [name, readFileSync(new URL(name, folder), 'utf8')]));

/** Ids whose value a golden table asserts: `golden.test.ts` compares each entry of `figures`. */
const golden = [...workforce, ...obligations, ...conduct, ...edges, ...registers, ...climate].flatMap((one) =>
  Object.entries(one.figures)
    .filter(([, expected]) => typeof expected === 'number')
    .map(([key]) => key.split('@')[0] as string),
);

/** What a test expects of the id: an entry of a table, or an `expect` of its own; a status in angle brackets is no value. */
function asserts(source: string, id: string): boolean {
  const name = `${id.replaceAll('.', '\\.')}(?:[@ ][^'\`]*)?`;
  return [
    `'${name}':\\s*(?!'<)[-(\\w']`,
    `expect\\((?:Number\\()?(?:\\w+\\.)?value\\(['\`]${name}['\`]\\)\\)?\\)\\s*\\.(?:toBe|toBeCloseTo)\\((?!'<)`,
  ].some((pattern) => new RegExp(pattern).test(source));
}

test('each indicator has a value asserted, not only its name written or its absence', async () => {
  const asserted = new Set(golden);
  const { indicators } = await loadCatalogue();
  const tests = [...sources].filter(([name]) => !name.startsWith('golden/')).map(([, source]) => source);
  expect(
    indicators
      .map((one) => one.id)
      .filter((id) => !asserted.has(id) && !tests.some((source) => asserts(source, id))),
  ).toEqual([]);
});

test('a name without a value beside it is not taken for an assertion, nor is a status', () => {
  expect(asserts("const ids = ['hr.fte']; // later", 'hr.fte')).toBe(false);
  expect(asserts("const ids = ['hr.fte', 'hr.perm'];", 'hr.fte')).toBe(false);
  expect(asserts("  'hr.fte',", 'hr.fte')).toBe(false);
  expect(asserts("  'hr.fte': '<missing>',", 'hr.fte')).toBe(false);
  expect(asserts("expect(found.value('hr.fte')).toBe('<missing>')", 'hr.fte')).toBe(false);
  expect(asserts("expect(found.value('hr.fte_average')).toBe('12')", 'hr.fte')).toBe(false);
  expect(asserts("  'hr.fte': 12.5,", 'hr.fte')).toBe(true);
  expect(asserts("expect(found.value('hr.fte@A')).toBe('12')", 'hr.fte')).toBe(true);
});

test('a golden table names indicators of the catalogue, each once in a case', async () => {
  const known = new Set((await loadCatalogue()).indicators.map((one) => one.id));
  for (const [name, source] of sources) {
    if (!name.startsWith('golden/')) continue;
    const ids = [...source.matchAll(/^ +'([a-z]+(?:\.[a-z0-9_]+)+)(?:@[^']*)?':/gm)].map(
      ([, id]) => id as string,
    );
    expect(ids.length, name).toBeGreaterThan(0);
    expect(
      ids.filter((id) => !known.has(id)),
      name,
    ).toEqual([]);
  }
});
