import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { join, relative, resolve } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { Fault } from '../fault.ts';

/** A document that shows what an action or an override claims. Its content is not read, only told apart. */
export interface Evidence {
  /** path below the folder of evidence, with `/` */
  readonly file: string;
  readonly sha256: string;
  readonly bytes: number;
}

/** What became of a document that somebody names. */
export type EvidenceState = 'equal' | 'other_hash' | 'not_delivered';

/**
 * Every file below the configured folder, by name; links are not followed.
 *
 * @returns undefined where the configuration names no folder
 * @throws {Fault} EVI-001 for a folder that is not there
 */
export async function collectEvidence(
  base: string,
  folder: string | undefined,
): Promise<Evidence[] | undefined> {
  if (folder === undefined) return undefined;
  const place = resolve(base, folder);
  const entries = await readdir(place, { recursive: true, withFileTypes: true }).catch((cause: Error) => {
    throw new Fault(
      'EVI-001',
      `The folder of evidence ${place} cannot be read: ${cause.message}.`,
      'Make it, or correct `evidence` in the configuration.',
      { cause, exitStatus: 2 },
    );
  });
  const found: Evidence[] = [];
  for (const entry of entries.filter((one) => one.isFile())) {
    const path = join(entry.parentPath, entry.name);
    const digest = createHash('sha256');
    await pipeline(createReadStream(path), digest);
    found.push({
      file: relative(place, path).replaceAll('\\', '/'),
      sha256: digest.digest('hex'),
      bytes: (await stat(path)).size,
    });
  }
  return found.sort((a, b) => (a.file < b.file ? -1 : 1));
}

/** One text for the whole list, to be hashed. */
export function evidenceText(list: readonly Evidence[]): string {
  return list.map((one) => `${one.sha256}  ${one.bytes}  ${one.file}\n`).join('');
}

/** Whether the named document was delivered, and is the one whose hash was stated. */
export function evidenceState(
  delivered: readonly Evidence[],
  named: { readonly file: string; readonly sha256: string },
): EvidenceState {
  const own = delivered.find((one) => one.file === named.file.replaceAll('\\', '/').replace(/^\.\//, ''));
  if (!own) return 'not_delivered';
  return own.sha256 === named.sha256.toLowerCase() ? 'equal' : 'other_hash';
}
