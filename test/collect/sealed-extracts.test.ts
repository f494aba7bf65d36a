import { mkdir, mkdtemp, readdir, readFile, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { PulledExtract } from '../../connectors/connector.ts';
import { collect } from '../../pipelines/collect/collect.ts';
import { ExtractMarks } from '../../pipelines/collect/extract-marks.ts';
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
afterEach(async () => {
  vi.useRealTimers();
  await rm(folder, { recursive: true });
});

const source = {
  id: 's',
  connector: 'csv',
  path: 'in/*.csv',
  options: {},
  contract: 'water',
} as unknown as Source;

const gathered = async (store: string, sealed?: SealedExtracts, marks?: ExtractMarks, late = false) => {
  const { extracts, missing } = await collect([source], {
    base: folder,
    store: join(folder, store),
    sourcesAtOnce: 1,
    waits: [],
    sealed,
    marks,
    late: () => late,
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

describe('a file that was not written to since', () => {
  const file = () => join(folder, 'cache', 'extracts.json');
  const key = '0123456789abcdef'.repeat(4);
  const known = async (): Promise<Record<string, [string, string]>> =>
    JSON.parse(JSON.parse(await readFile(file(), 'utf8')).known);
  /** Writes down that a.csv is what `sha256` names, by the program itself. */
  const misled = async (sha256: string) => {
    const marks = await ExtractMarks.read(file(), key);
    const [mark] = (await known())['s/in/a.csv'] as [string, string];
    const pulled = { name: 'in/a.csv', mark: { text: mark, changed: 0 } } as unknown as PulledExtract;
    marks.learn('s', pulled, sha256, Date.now());
    await marks.write();
  };
  /** One run of `seconds` from now. */
  const extractsIn = async (seconds: number, store: string, sealed?: SealedExtracts, late = false) => {
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + seconds * 1000 });
    const marks = await ExtractMarks.read(file(), key);
    const extracts = await gathered(store, sealed, marks, late);
    await marks.write();
    vi.useRealTimers();
    return extracts;
  };
  const runIn = async (seconds: number, store: string, sealed?: SealedExtracts) =>
    (await extractsIn(seconds, store, sealed)).map(({ sha256 }) => sha256);

  test('is taken from the package without being read', async () => {
    const own = await sealedPackage();
    const [a, b, c] = await runIn(60, 'first');
    expect(Object.keys(await known())).toEqual(['s/in/a.csv', 's/in/b.csv', 's/in/c.csv']);
    // were it read, what is written down of it would not be believed
    await misled(b as string);
    expect(await runIn(60, 'second', await SealedExtracts.of(own))).toEqual([b, b, c]);
    // what no package holds is read
    await misled(b as string);
    expect(await runIn(60, 'third')).toEqual([a, b, c]);
  });

  test('and that no package will hold is fetched only by who reads it', async () => {
    const first = await runIn(60, 'first');
    await writeFile(join(folder, 'in', 'c.csv'), 'CHARLIE\n');
    const [a, b, c] = await extractsIn(60, 'second', undefined, true);
    expect([a?.sha256, b?.sha256]).toEqual(first.slice(0, 2));
    expect(c?.fetch).toBeUndefined();
    expect(await readdir(join(folder, 'second'))).toEqual([c?.sha256]);
    await a?.fetch?.();
    expect(await readFile(a?.path as string, 'utf8')).toBe('alpha\n');
    await writeFile(join(folder, 'in', 'b.csv'), 'BRAVO\n');
    await expect(b?.fetch?.()).rejects.toThrow(expect.objectContaining({ code: 'RUN-005' }));
  });

  test('is read where it was replaced by one of its size and time', async () => {
    const own = await sealedPackage();
    const [, b, c] = await runIn(60, 'first');
    const path = join(folder, 'in', 'a.csv');
    const { atime, mtime } = await stat(path);
    await writeFile(path, 'ALPHA\n');
    await utimes(path, atime, mtime);
    const [again, ...others] = await runIn(60, 'second', await SealedExtracts.of(own));
    expect(others).toEqual([b, c]);
    expect(await readFile(join(folder, 'second', again as string), 'utf8')).toBe('ALPHA\n');
  });

  test('is not believed to be so where it was written to right before it was read', async () => {
    await runIn(0, 'first');
    expect(await known()).toEqual({});
  });

  test('is read where what is written down of it is no such list, or was altered', async () => {
    const own = await sealedPackage();
    const first = await runIn(60, 'first');
    const written = await readFile(file(), 'utf8');
    const altered = written.replace(first[0] as string, first[1] as string);
    expect(altered).not.toBe(written);
    for (const text of ['{', '[]', '{"known": "{}"}', altered]) {
      await writeFile(file(), text);
      expect(await runIn(60, `store ${text.length}`, await SealedExtracts.of(own))).toEqual(first);
    }
  });
});
