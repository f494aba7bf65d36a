import { mkdir, mkdtemp, readFile, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { collect } from '../../pipelines/collect/collect.ts';
import { SealedExtracts } from '../../pipelines/collect/sealed-extracts.ts';
import type { Source } from '../../pipelines/configuration/schema.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'concordance-sealed-'));
  await mkdir(join(folder, 'in'));
  for (const [name, text] of [
    ['a', 'alpha\n'],
    ['b', 'bravo\n'],
    ['c', 'charlie\n'],
  ])
    await writeFile(join(folder, 'in', `${name}.csv`), text as string);
});
afterEach(() => rm(folder, { recursive: true }));

const source = {
  id: 's',
  connector: 'csv',
  path: 'in/*.csv',
  options: {},
  contract: 'water',
} as unknown as Source;

const gathered = async (store: string, sealed?: SealedExtracts) => {
  const { extracts, missing } = await collect([source], {
    base: folder,
    store: join(folder, store),
    sourcesAtOnce: 1,
    waits: [],
    sealed,
  });
  expect(missing).toEqual([]);
  return extracts;
};

/** A package with the extracts, sealed an hour ago. */
async function sealedPackage(): Promise<string> {
  const own = join(folder, 'package');
  for (const { path, sha256 } of await gathered('package/extracts')) {
    expect(path.endsWith(sha256)).toBe(true);
    await utimes(path, 1e9, 1e9);
  }
  await writeFile(join(own, 'manifest.json'), '{}');
  await utimes(join(own, 'manifest.json'), 1e9 + 60, 1e9 + 60);
  return own;
}

test('what a package holds already is linked to, and what is new or changed is written', async () => {
  const own = await sealedPackage();
  // as long as before, and longer than before
  await writeFile(join(folder, 'in', 'b.csv'), 'BRAVO\n');
  await writeFile(join(folder, 'in', 'c.csv'), 'charlie\nand one more\n');
  const plain = await gathered('plain');
  const linked = await gathered('linked', await SealedExtracts.of(own));
  const told = (list: typeof plain) => list.map(({ path: _, ...rest }) => rest);
  expect(told(linked)).toEqual(told(plain));
  for (const [at, one] of linked.entries()) {
    expect(await readFile(one.path)).toEqual(await readFile(join(folder, 'in', `${'abc'[at]}.csv`)));
    const { ino } = await stat(one.path);
    const before = await stat(join(own, 'extracts', one.sha256)).catch(() => undefined);
    expect(before?.ino === ino, one.extractId).toBe(one.extractId === 's/a.csv');
  }
});

test('a file of the package that was written to since it was sealed is not taken for the extract', async () => {
  const own = await sealedPackage();
  const [first] = await gathered('first');
  await writeFile(join(own, 'extracts', first?.sha256 as string), 'ALPHA\n');
  const [again] = await gathered('again', await SealedExtracts.of(own));
  expect(await readFile(again?.path as string, 'utf8')).toBe('alpha\n');
});

test('a folder that is no package gives nothing', async () => {
  const none = await SealedExtracts.of(join(folder, 'nowhere'));
  expect(none.mayHold(6)).toBe(false);
  expect(await none.put('0'.repeat(64), 6, join(folder, 'x'))).toBe(false);
});
