import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { loadProject } from '../pipelines/configuration/load.ts';
import { makeSigningKey } from '../pipelines/configuration/signing-key.ts';
import { publicationKey } from '../pipelines/publication-key.ts';
import { checkSignature, signManifest } from '../pipelines/seal/signature.ts';
import { type Project, tinyProject } from './commands/tiny-project.ts';

let signing: Project;
let other: Project;
let plain: Project;
let draft: string;

beforeAll(async () => {
  const named = (yaml: string) => `${yaml}seal: { signing_key: signing.key }\n`;
  [signing, other, plain] = await Promise.all([tinyProject(named), tinyProject(named), tinyProject()]);
  for (const one of [signing, other]) await makeSigningKey(join(one.folder, 'signing.key'));
  draft = await mkdtemp(join(tmpdir(), 'concordance-draft-'));
  await writeFile(join(draft, 'manifest.json'), '{}\n');
});
afterAll(() =>
  Promise.all([
    ...[signing, other, plain].map((one) => one.remove()),
    rm(draft, { recursive: true, force: true }),
  ]),
);

test('an unsigned draft is published with the key of the configuration, or without one', async () => {
  expect(await publicationKey(draft, undefined)).toBeUndefined();
  expect(await publicationKey(draft, plain.config)).toBeUndefined();
  expect(await publicationKey(draft, signing.config)).toBeDefined();
});

test('a signed draft is published signed, by the same key and no other', async () => {
  const { signingKey } = await loadProject(signing.config);
  await signManifest(draft, signingKey as NonNullable<typeof signingKey>);
  const key = await publicationKey(draft, signing.config);
  await writeFile(join(draft, 'manifest.json'), '{ "state": "published" }\n');
  await signManifest(draft, key as NonNullable<typeof key>);
  expect(await checkSignature(draft, undefined)).toBe('good');
  await expect(publicationKey(draft, undefined)).rejects.toThrow(/PUB-007.*not named/);
  await expect(publicationKey(draft, plain.config)).rejects.toThrow(/PUB-007/);
  await expect(publicationKey(draft, other.config)).rejects.toThrow(/PUB-007.*another key/);
});
