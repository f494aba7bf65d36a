import { createPublicKey, type KeyObject, sign, verify as verifySignature } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { publicKeyOf } from '../configuration/signing-key.ts';

/** Detached signature of `manifest.json`, base64 of the 64 bytes of Ed25519 (RFC 8032), and the key to check it with. */
export const signatureFile = 'manifest.sig';
export const publicKeyFile = 'manifest.pub.pem';

/** Writes `manifest.sig` and the public key beside `manifest.json`. The same key and manifest give the same bytes. */
export async function signManifest(folder: string, key: KeyObject): Promise<void> {
  const signature = sign(null, await readFile(join(folder, 'manifest.json')), key);
  await writeFile(join(folder, signatureFile), `${signature.toString('base64')}\n`);
  await writeFile(
    join(folder, publicKeyFile),
    createPublicKey(key).export({ type: 'spki', format: 'pem' }) as string,
  );
}

/** `unsigned`: no signature; `good`; `bad`: the manifest is not what was signed with that key. */
export type Signed = 'unsigned' | 'good' | 'bad';

/** Checks the signature with `key`, or with the key that lies in the package. */
export async function checkSignature(folder: string, key?: KeyObject): Promise<Signed> {
  const read = (name: string) => readFile(join(folder, name)).catch(() => undefined);
  const [manifest, text, own] = await Promise.all([
    read('manifest.json'),
    read(signatureFile),
    read(publicKeyFile),
  ]);
  if (!text && !own) return 'unsigned';
  try {
    const public_ = key ?? publicKeyOf(String(own));
    const signature = Buffer.from(String(text).trim(), 'base64');
    // what is not exactly the base64 of a signature is no signature: a stray character is a change too
    if (`${signature.toString('base64')}\n` !== String(text)) return 'bad';
    return verifySignature(null, manifest as Buffer, public_, signature) ? 'good' : 'bad';
  } catch {
    return 'bad';
  }
}
