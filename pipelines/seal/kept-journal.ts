import { dirname, join } from 'node:path';
import { type Journal, readJournal } from '../review/journal.ts';
import { type Manifest, sha256File } from './manifest.ts';

/** Where the decisions on a run are: in a published package, beside a draft. */
export const journalFile = (folder: string, manifest: Manifest): string =>
  manifest.state === 'published'
    ? join(folder, 'decisions.ndjson')
    : join(dirname(folder), 'review', `${manifest.run}.ndjson`);

/**
 * The decisions on a run, their chain checked from the manifest of the draft on; empty where nobody has decided.
 *
 * @param folder of the package, no link
 * @throws {Fault} REV-005 for a journal that was changed
 */
export async function keptJournal(folder: string, manifest: Manifest): Promise<Journal> {
  const sealed =
    manifest.publication?.draft_manifest_sha256 ?? (await sha256File(join(folder, 'manifest.json')));
  return readJournal(journalFile(folder, manifest), sealed);
}
