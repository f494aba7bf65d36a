import { readFile, realpath } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Finding } from './alignment/finding.ts';
import { shiftQuarter } from './configuration/period.ts';
import { readJournal } from './review/journal.ts';
import { lastDecisions, type PastDecision } from './review/last-decisions.ts';
import { type Manifest, readManifest, sha256File } from './seal/manifest.ts';
import { openRun } from './seal/trace.ts';

/**
 * The decisions of the last review before a run, and what became of them in it: of the run that its manifest
 * names as the one before, or else of the newest run of the quarter before. Empty where nothing was decided.
 *
 * @throws {Fault} REV-005 for a journal that was changed
 */
export async function readPastDecisions(run: string): Promise<PastDecision[]> {
  const folder = await realpath(run).catch(() => run);
  const manifest = await readManifest(folder);
  const out = dirname(dirname(folder));
  for (const before of await candidates(out, manifest)) {
    const file = join(out, before.period, 'review', `${before.run}.ndjson`);
    const { entries } = await readJournal(file, before.manifestSha256);
    if (entries.length === 0) continue;
    const findings = JSON.parse(await readFile(join(folder, 'findings.json'), 'utf8')) as Finding[];
    const { warehouse } = await openRun(folder);
    try {
      const rows = await warehouse.rows<{ id: string; value: string | null }>(
        "select concat_ws(':', indicator, entity, period, basis) as id, value::varchar as value from result.figure",
      );
      const values = new Map(rows.map((row) => [row.id, row.value]));
      return lastDecisions(
        entries,
        (figure) => values.get(figure),
        (gap) => findings.some((one) => one.id === `reconciliation:${gap}`),
      );
    } finally {
      await warehouse.close();
    }
  }
  return [];
}

interface Before {
  readonly run: string;
  readonly period: string;
  readonly manifestSha256: string;
}

async function candidates(out: string, manifest: Manifest): Promise<Before[]> {
  const { previous } = manifest;
  const found: Before[] = previous
    ? [{ run: previous.run, period: previous.period, manifestSha256: previous.manifest_sha256 }]
    : [];
  const period = shiftQuarter(manifest.period, -1);
  const latest = join(out, period, 'latest');
  const newest = await readManifest(latest).catch(() => undefined);
  if (newest && newest.run !== previous?.run)
    found.push({ run: newest.run, period, manifestSha256: await sha256File(join(latest, 'manifest.json')) });
  return found;
}
