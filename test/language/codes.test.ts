import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { codeWords } from '../../pipelines/language/codes.ts';
import { sentencesOf } from '../../pipelines/language/wording.ts';
import { dataFolder } from '../../pipelines/places.ts';
import { loadContracts } from '../../pipelines/stage/contract.ts';

const [fr, en] = [await codeWords('fr'), await codeWords('en')];
const known = [...(await sentencesOf('fr', 'codes')).sentences.keys()];
const columns = ['mode', 'kind', 'topic', 'contract_class', 'working_time', 'worker_type', 'source', 'body'];

async function column(file: string, name: string): Promise<string[]> {
  const [head = '', ...lines] = (await readFile(join(dataFolder, file), 'utf8')).trim().split('\n');
  // the columns asked for stand before any quoted one
  const at = head.split(',').indexOf(name);
  return [...new Set(lines.map((line) => line.split(',')[at] as string))];
}

test('every code that a contract lists in a column that is shown has its word', async () => {
  for (const { id, columns: own } of (await loadContracts()).values())
    for (const name of columns)
      for (const code of own[name]?.values ?? []) expect(known, id).toContain(`${name}.${code}`);
});

test('every activity with a factor and every category of scope 3 has its word', async () => {
  for (const activity of await column('factors/factors.csv', 'activity')) {
    const isCompound = /^(refrigerant|gas|spend)_/.test(activity);
    const named = ['activity', 'carrier', 'mode'].some((one) => known.includes(`${one}.${activity}`));
    expect(isCompound || named, activity).toBe(true);
  }
  for (const category of await column('reference/scope3_screening.csv', 'category'))
    expect(known).toContain(`category.${category}`);
});

test('both languages know the same codes', async () => {
  expect(known).toEqual([...(await sentencesOf('en', 'codes')).sentences.keys()]);
});

test('a code is said by its column, a compound by its parts, and what is no code stands as it is', () => {
  expect(fr('activity', 'waste_physicochemical')).toBe('traitement physico-chimique de déchets');
  expect(fr('activity', 'diesel')).toBe('gazole');
  expect(fr('activity', 'spend_C25')).toBe('dépense, branche C25');
  expect(en('activity', 'refrigerant_R-32')).toBe('refrigerant R-32');
  expect(fr('country', 'DE')).toBe('Allemagne');
  expect(fr('account', '641100')).toBe('641100');
});
