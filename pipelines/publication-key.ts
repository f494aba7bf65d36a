import { createPublicKey, type KeyObject } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { loadProject } from './configuration/load.ts';
import { publicKeyOf } from './configuration/signing-key.ts';
import { Fault } from './fault.ts';
import { publicKeyFile } from './seal/signature.ts';

/**
 * The key that signs a published package: that of the configuration. A draft that was signed is published
 * signed, by the same key.
 *
 * @throws {Fault} PUB-007 for a signed draft without that key
 */
export async function publicationKey(
  draft: string,
  config: string | undefined,
): Promise<KeyObject | undefined> {
  const key = config === undefined ? undefined : (await loadProject(config)).signingKey;
  const own = await readFile(join(draft, publicKeyFile), 'utf8').catch(() => undefined);
  if (own !== undefined && !(key && createPublicKey(key).equals(publicKeyOf(own)))) {
    throw new Fault(
      'PUB-007',
      `${draft} is signed, and ${key ? 'the configuration names another key' : 'the key that signed it is not named'}: its publication would not be signed alike.`,
      'Give the configuration that names the key: -c concordance.yaml.',
      { exitStatus: 2 },
    );
  }
  return key;
}
