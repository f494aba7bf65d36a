import { createHash } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { readManifest, sha256File } from '../../pipelines/seal/manifest.ts';

const hash = 'a'.repeat(64);
const extract = (id: string, more: Readonly<Record<string, unknown>> = {}) => ({
  id,
  source: 'fec',
  name: `${id}.txt`,
  connector: 'fec',
  contracts: ['fec_entries'],
  sha256: hash,
  bytes: 10,
  rows_read: 1,
  rows_staged: 1,
  rows_quarantined: 0,
  kept: 'clear',
  ...more,
});

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'concordance-manifest-'));
});
afterAll(() => rm(folder, { recursive: true }));

const write = (manifest: Readonly<Record<string, unknown>>) =>
  writeFile(
    join(folder, 'manifest.json'),
    JSON.stringify({
      format: 'concordance-manifest-1',
      run: '2026-Q3-abc',
      group: 'G',
      period: '2026-Q3',
      language: 'fr',
      state: 'draft',
      code_version: '0.1.0',
      previous: null,
      hashes: Object.fromEntries(
        ['configuration', 'perimeter', 'objectives', 'catalogue', 'factors', 'extracts'].map((name) => [
          name,
          hash,
        ]),
      ),
      missing_sources: [],
      gates: [],
      warehouse: [],
      outputs: [],
      ...manifest,
    }),
  );

test('only the extracts that are asked for are given, and a mistake in one of them is told', async () => {
  await write({ extracts: [extract('a'), extract('b'), extract('c', { kept: 'somewhere' })] });
  expect((await readManifest(folder, new Set(['b']))).extracts.map(({ id }) => id)).toEqual(['b']);
  await expect(readManifest(folder, new Set(['b', 'c']))).rejects.toThrow(/SEA-002 .*: extracts\.1\.kept/);
  await expect(readManifest(folder)).rejects.toThrow(/SEA-002 .*: extracts\.2\.kept/);
});

test('whatever else the manifest says is checked with no extract asked for', async () => {
  await write({ extracts: [], state: 'final' });
  await expect(readManifest(folder, new Set())).rejects.toThrow(/SEA-002 .*: state/);
  await write({ extracts: 'none' });
  await expect(readManifest(folder, new Set())).rejects.toThrow(/SEA-002 .*: extracts/);
});

test('a large file, hashed on a thread of its own, has the hash of its bytes, as a small one has', async () => {
  const path = join(folder, 'large');
  // more than a whole number of the pieces in which it is read
  const bytes = Buffer.alloc((1 << 26) + 4097, 'Concordance');
  await writeFile(path, bytes);
  expect(await sha256File(path)).toBe(createHash('sha256').update(bytes).digest('hex'));
  await writeFile(path, bytes.subarray(0, 4097));
  const small = createHash('sha256').update(bytes.subarray(0, 4097)).digest('hex');
  expect(await sha256File(path)).toBe(small);
  await expect(sha256File(join(folder, 'none'))).rejects.toThrow('ENOENT');
});
