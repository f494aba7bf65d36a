import { createCipheriv, createDecipheriv, createHmac, createSecretKey, hkdfSync } from 'node:crypto';
import { copyFile, link, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { CollectedExtract } from '../collect/collect.ts';
import type { Source } from '../configuration/schema.ts';

export type Kept = 'clear' | 'encrypted' | 'omitted';

/** How the sealed package holds the extracts of a source: identities are left out or encrypted, as configured. */
export function keptAs(source: Pick<Source, 'personal'>, personal: 'omit' | 'encrypt' | 'keep'): Kept {
  if (!source.personal || personal === 'keep') return 'clear';
  return personal === 'encrypt' ? 'encrypted' : 'omitted';
}

/** Puts the extracts into the package, named by the SHA-256 of their content. */
export async function packExtracts(
  extracts: readonly CollectedExtract[],
  folder: string,
  personal: 'omit' | 'encrypt' | 'keep',
  secret: string,
): Promise<void> {
  await mkdir(folder, { recursive: true });
  for (const extract of extracts) {
    const kept = keptAs(extract.source, personal);
    const target = join(folder, kept === 'encrypted' ? `${extract.sha256}.enc` : extract.sha256);
    if (kept === 'encrypted') await writeFile(target, encrypt(await readFile(extract.path), secret));
    if (kept === 'clear') {
      await link(extract.path, target).catch((error: NodeJS.ErrnoException) => {
        if (error.code === 'EEXIST') return undefined;
        return copyFile(extract.path, target);
      });
    }
  }
}

/**
 * AES-256-GCM: 12 bytes of nonce, 16 of tag, then the text. The nonce is derived from key and content, so
 * that the same content gives the same bytes and never the same nonce for another content.
 */
export function encrypt(content: Buffer, secret: string): Buffer {
  const { key, nonceKey } = keys(secret);
  const nonce = createHmac('sha256', nonceKey).update(content).digest().subarray(0, 12);
  const cipher = createCipheriv('aes-256-gcm', key, nonce);
  const body = Buffer.concat([cipher.update(content), cipher.final()]);
  return Buffer.concat([nonce, cipher.getAuthTag(), body]);
}

export function decrypt(sealed: Buffer, secret: string): Buffer {
  const { key } = keys(secret);
  const decipher = createDecipheriv('aes-256-gcm', key, sealed.subarray(0, 12));
  decipher.setAuthTag(sealed.subarray(12, 28));
  return Buffer.concat([decipher.update(sealed.subarray(28)), decipher.final()]);
}

function keys(secret: string) {
  const derive = (purpose: string) =>
    createSecretKey(Buffer.from(hkdfSync('sha256', Buffer.from(secret, 'hex'), '', purpose, 32)));
  return { key: derive('concordance extract encryption'), nonceKey: derive('concordance extract nonce') };
}
