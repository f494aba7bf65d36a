import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { Fault } from '../fault.ts';

/**
 * Makes a signing key: `file` holds the private key (PKCS #8, PEM, readable by its owner only), `file` with
 * `.pub.pem` in the place of `.key` the public one (SPKI, PEM), which is given to those who verify.
 *
 * @throws {Fault} SIG-001 where a file stands already: a key is never overwritten
 */
export async function makeSigningKey(file: string): Promise<{ publicFile: string }> {
  const publicFile = `${file.replace(/\.(key|pem)$/, '')}.pub.pem`;
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  try {
    await writeFile(file, privateKey.export({ type: 'pkcs8', format: 'pem' }), { mode: 0o600, flag: 'wx' });
    await writeFile(publicFile, publicKey.export({ type: 'spki', format: 'pem' }), { flag: 'wx' });
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== 'EEXIST') throw cause;
    throw new Fault(
      'SIG-001',
      `${(cause as NodeJS.ErrnoException).path ?? file} is there already.`,
      'A key is never overwritten: name another file, or move the old key to a safe place.',
      { cause, exitStatus: 2 },
    );
  }
  return { publicFile };
}

/** @throws {Fault} SIG-002 when the file is not an Ed25519 private key */
export async function readSigningKey(file: string): Promise<KeyObject> {
  try {
    return ed25519(createPrivateKey(await readFile(file, 'utf8')));
  } catch (cause) {
    throw new Fault(
      'SIG-002',
      `The signing key ${file} cannot be read: ${(cause as Error).message}.`,
      'Make one with `concordance key signing.key`, or take `seal.signing_key` out of the configuration.',
      { cause, exitStatus: 2 },
    );
  }
}

/** @throws {Fault} SIG-003 when the file is not an Ed25519 public key */
export async function readPublicKey(file: string): Promise<KeyObject> {
  try {
    return publicKeyOf(await readFile(file, 'utf8'));
  } catch (cause) {
    throw new Fault(
      'SIG-003',
      `The public key ${file} cannot be read: ${(cause as Error).message}.`,
      'Give the .pub.pem file that the group handed over, not the private key.',
      { cause, exitStatus: 2 },
    );
  }
}

/** @throws {Error} when the text is not the PEM of an Ed25519 public key */
export function publicKeyOf(pem: string): KeyObject {
  if (pem.includes('PRIVATE KEY')) throw new Error('it is a private key');
  return ed25519(createPublicKey(pem));
}

function ed25519(key: KeyObject): KeyObject {
  if (key.asymmetricKeyType !== 'ed25519')
    throw new Error(`it is of type ${key.asymmetricKeyType}, not ed25519`);
  return key;
}
