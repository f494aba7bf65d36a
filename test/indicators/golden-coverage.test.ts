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
 * Each indicator of the catalogue has an expected value that is asserted: in the tables of `golden/`, or beside
 * its name in another test of figures. Names that a test builds are declared here with the text that builds them.
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

/** Ids whose value a golden table asserts: `golden.test.ts` compares each entry of `figures`. */
const golden = [...workforce, ...obligations, ...conduct, ...edges, ...registers, ...climate].flatMap((one) =>
  Object.keys(one.figures).map((key) => key.split('@')[0] as string),
);

/** A line that holds the id and what is expected of it: an entry of a table, or an `expect`. */
const asserts = (line: string, id: string): boolean =>
  new RegExp(`['"\`]${id.replaceAll('.', '\\.')}(?:[@ ][^'"\`]*)?['"\`]`).test(line) &&
  (/expect\(|toBe|toEqual/.test(line) || /['"`]\]?\s*[:,]\s*[-('"`[\w]/.test(line));

test('each indicator has a value asserted, not only its name written', async () => {
  const asserted = new Set(golden);
  const { indicators } = await loadCatalogue();
  for (const { id } of indicators) {
    if (asserted.has(id)) continue;
    for (const source of sources.values())
      if (source.split('\n').some((line) => asserts(line, id))) asserted.add(id);
  }
  for (const { file, text, ids } of built) {
    expect(sources.get(file), `${file} builds ${text}`).toContain(text);
    for (const id of ids) asserted.add(id);
  }
  expect(indicators.map((one) => one.id).filter((id) => !asserted.has(id))).toEqual([]);
});

test('a name without a value beside it is not taken for an assertion', () => {
  expect(asserts("const ids = ['hr.fte']; // later", 'hr.fte')).toBe(false);
  expect(asserts("  'hr.fte',", 'hr.fte')).toBe(false);
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
