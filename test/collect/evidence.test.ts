import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { collectEvidence, evidenceState } from '../../pipelines/collect/evidence.ts';

let base: string;
beforeAll(async () => {
  base = await mkdtemp(join(tmpdir(), 'concordance-evidence-'));
  await mkdir(join(base, 'evidence/2026'), { recursive: true });
  await writeFile(join(base, 'evidence/2026/pv.pdf'), 'abc');
  await writeFile(join(base, 'evidence/empty.txt'), '');
  await writeFile(join(base, 'outside.txt'), 'outside');
  await symlink(join(base, 'outside.txt'), join(base, 'evidence/link.txt'));
});
afterAll(() => rm(base, { recursive: true, force: true }));

/** SHA-256 of "abc" and of nothing: FIPS 180-2, appendix B.1, and the well-known hash of the empty message. */
const abc = 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad';
const nothing = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855';

test('documents are told by name and hash, in order; a link out of the folder is not followed', async () => {
  expect(await collectEvidence(base, 'evidence')).toEqual([
    { file: '2026/pv.pdf', sha256: abc, bytes: 3 },
    { file: 'empty.txt', sha256: nothing, bytes: 0 },
  ]);
});

test('without a folder there is no list, and a folder that is not there is an error', async () => {
  expect(await collectEvidence(base, undefined)).toBeUndefined();
  await expect(collectEvidence(base, 'nowhere')).rejects.toThrow(/EVI-001/);
});

test('a named document is delivered and equal, of another hash, or not delivered', () => {
  const delivered = [{ file: '2026/pv.pdf', sha256: abc, bytes: 3 }];
  expect(evidenceState(delivered, { file: '2026\\pv.pdf', sha256: abc.toUpperCase() })).toBe('equal');
  expect(evidenceState(delivered, { file: './2026/pv.pdf', sha256: nothing })).toBe('other_hash');
  expect(evidenceState(delivered, { file: '../outside.txt', sha256: abc })).toBe('not_delivered');
});
