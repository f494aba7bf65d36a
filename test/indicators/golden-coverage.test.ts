import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { loadCatalogue } from '../../pipelines/indicators/load.ts';

/**
 * Each indicator of the catalogue is named where an expected value stands: in the tables of `golden/`, or in
 * another test of figures. Names that a test builds are declared here with the text that builds them.
 */
const folder = new URL('./', import.meta.url);
const files = [
  ...readdirSync(folder).filter((name) => name.endsWith('.test.ts') && !name.startsWith('golden-coverage')),
  ...readdirSync(new URL('golden/', folder))
    .filter((name) => name.endsWith('.golden.ts'))
    .map((name) => `golden/${name}`),
];
const sources = new Map(files.map((name) => [name, readFileSync(new URL(name, folder), 'utf8')]));

const built: readonly { readonly file: string; readonly text: string; readonly ids: readonly string[] }[] = [
  {
    file: 'people.test.ts',
    text: 'hr.quartile_$' + '{k}_women',
    ids: [1, 2, 3, 4].map((k) => `hr.quartile_${k}_women`),
  },
  {
    file: 'people.test.ts',
    text: 'hr.leavers_$' + '{r} quarter',
    ids: ['hr.leavers_end_of_temporary'],
  },
  {
    file: 'taxonomy.test.ts',
    text: 'tax.$' + '{kpi}.$' + '{part}',
    ids: ['turnover', 'capex', 'opex'].flatMap((kpi) =>
      ['total', 'eligible', 'aligned', 'not_assessed', 'relief_left'].map((part) => `tax.${kpi}.${part}`),
    ),
  },
];

test('each indicator has a golden value', async () => {
  const named = new Set<string>();
  for (const source of sources.values()) {
    // 'id', 'id@entity@basis' or 'id basis', in quotes
    for (const [, id] of source.matchAll(/['"`]([a-z][a-z0-9_]*(?:\.[a-z0-9_]+)+)(?=['"`@ ])/g))
      named.add(id as string);
  }
  for (const { file, text, ids } of built) {
    expect(sources.get(file), `${file} builds ${text}`).toContain(text);
    for (const id of ids) named.add(id);
  }
  const without = (await loadCatalogue()).indicators.map((one) => one.id).filter((id) => !named.has(id));
  expect(without).toEqual([]);
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
