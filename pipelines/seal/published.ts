import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { ReportContent } from '../report/content.ts';
import { applyReview, idOf } from '../review/applied.ts';
import type { Review } from '../review/decision.ts';
import type { Announced } from '../review/ledger.ts';
import { type Manifest, type Publication, readManifest, sha256File } from './manifest.ts';

export interface Published {
  readonly folder: string;
  readonly manifest: Manifest;
  readonly manifestSha256: string;
}

/** Folder of a run's published package, beside its draft. */
export function publishedFolder(periodFolder: string, run: string): string {
  return join(periodFolder, `${run}.published`);
}

/** The published packages of a period, the first publication first; the last one is in force. None: not locked. */
export async function publicationsOf(periodFolder: string): Promise<Published[]> {
  const names = (await readdir(periodFolder).catch(() => [])).filter((name) => name.endsWith('.published'));
  const found = await Promise.all(
    names.map(async (name) => {
      const folder = join(periodFolder, name);
      return {
        folder,
        manifest: await readManifest(folder),
        manifestSha256: await sha256File(join(folder, 'manifest.json')),
      };
    }),
  );
  return found.sort((a, b) => versionOf(a) - versionOf(b));
}

const versionOf = ({ manifest }: Published) => manifest.publication?.version ?? 0;

/** What the documents say of their publication. */
export const shownPublication = (publication: Publication): NonNullable<ReportContent['publication']> => ({
  version: publication.version,
  draftManifest: publication.draft_manifest_sha256,
  journal: publication.journal_sha256,
  approvals: publication.approvals,
  restatement: publication.restatement,
});

/** What a publication adds to the ledger follows from its manifest, its content and the decisions on it. */
export function announcedBy(
  { manifest, manifestSha256 }: Pick<Published, 'manifest' | 'manifestSha256'>,
  content: ReportContent,
  review: Review,
): Announced {
  return {
    run: manifest.run,
    period: manifest.period,
    manifest: manifestSha256,
    restatement: manifest.publication?.restatement ?? null,
    figures: applyReview(content.figures, review),
    causes: new Map(content.changes.map((one) => [idOf(one), one.cause])),
  };
}
