import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { makeSigningKey, readPublicKey, readSigningKey } from '../../pipelines/configuration/signing-key.ts';
import { checkSignature, signManifest } from '../../pipelines/seal/signature.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'concordance-key-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

describe('a signing key', () => {
  test('is readable by its owner only, and is never overwritten', async () => {
    const file = join(folder, 'signing.key');
    const { publicFile } = await makeSigningKey(file);
    expect(publicFile).toBe(join(folder, 'signing.pub.pem'));
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    const before = await readFile(file);
    await expect(makeSigningKey(file)).rejects.toThrow(/SIG-001 .*signing.key is there already/);
    expect(await readFile(file)).toEqual(before);
  });

  test('signs the same manifest with the same bytes, and no other manifest', async () => {
    const file = join(folder, 'signing.key');
    const { publicFile } = await makeSigningKey(file);
    const key = await readSigningKey(file);
    const publicKey = await readPublicKey(publicFile);
    await writeFile(join(folder, 'manifest.json'), '{"run":"a"}\n');
    expect(await checkSignature(folder, publicKey)).toBe('unsigned');
    await signManifest(folder, key);
    const first = await readFile(join(folder, 'manifest.sig'));
    await signManifest(folder, key);
    expect(await readFile(join(folder, 'manifest.sig'))).toEqual(first);
    expect(await checkSignature(folder)).toBe('good');
    expect(await checkSignature(folder, publicKey)).toBe('good');
    await writeFile(join(folder, 'manifest.json'), '{"run":"b"}\n');
    expect(await checkSignature(folder, publicKey)).toBe('bad');
  });

  test('of another kind, or the private one where the public is asked, is refused', async () => {
    const file = join(folder, 'signing.key');
    await makeSigningKey(file);
    await expect(readPublicKey(file)).rejects.toThrow(/SIG-003 .* it is a private key/);
    await writeFile(join(folder, 'none.key'), 'nothing');
    await expect(readSigningKey(join(folder, 'none.key'))).rejects.toThrow(/SIG-002/);
  });
});
