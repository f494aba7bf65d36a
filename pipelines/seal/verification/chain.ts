import { readdir, readFile, realpath } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { Manifest, sha256File } from '../manifest.ts';
import type { Findings } from './report.ts';

interface Link {
  readonly folder: string;
  readonly manifest: Manifest;
  readonly sha256: string;
}

/**
 * Follows the chain of runs: each manifest names the hash of the one before it. Runs are looked for beside
 * this one, as `concordance run` lays them out (`<out>/<period>/<run>`); what does not stand there cannot
 * be checked, and is said.
 */
export async function checkChain(folder: string, manifest: Manifest, findings: Findings): Promise<void> {
  const here = await realpath(folder);
  const out = dirname(dirname(here));
  let checked = 0;
  const seen = new Set([manifest.run]);
  let link: Pick<Link, 'manifest'> = { manifest };
  for (let previous = manifest.previous; previous; previous = link.manifest.previous) {
    const before = await readLink(join(out, previous.period, previous.run));
    if (!before) {
      findings.note('chain_absent', { run: previous.run, period: previous.period, by: link.manifest.run });
      break;
    }
    if (before.sha256 !== previous.manifest_sha256) {
      findings.differs('chain', `${previous.period}/${previous.run}/manifest.json`, 'chain_before', {
        run: previous.run,
        by: link.manifest.run,
      });
    }
    checked += 1;
    if (seen.has(previous.run)) break;
    seen.add(previous.run);
    link = before;
  }
  // a run made after this one says what the manifest of this one's draft was
  const own = manifest.publication?.draft_manifest_sha256 ?? (await sha256File(join(here, 'manifest.json')));
  for (const later of await runsBelow(out)) {
    if (later.manifest.previous?.run !== manifest.run) continue;
    checked += 1;
    if (later.manifest.previous.manifest_sha256 !== own)
      findings.differs('chain', 'manifest.json', 'chain_after', { later: later.manifest.run });
  }
  findings.checked.links = checked;
}

async function readLink(folder: string): Promise<Link | undefined> {
  const file = join(folder, 'manifest.json');
  const text = await readFile(file, 'utf8').catch(() => undefined);
  if (text === undefined) return undefined;
  try {
    return { folder, manifest: Manifest.parse(JSON.parse(text)), sha256: await sha256File(file) };
  } catch {
    return undefined;
  }
}

/** The runs that stand below an output folder; `latest` is a name for one of them. */
async function runsBelow(out: string): Promise<Link[]> {
  const found: Link[] = [];
  const folders = async (folder: string) =>
    (await readdir(folder, { withFileTypes: true }).catch(() => []))
      .filter((entry) => entry.isDirectory())
      .map((entry) => entry.name)
      .sort();
  for (const period of (await folders(out)).filter((name) => /^\d{4}-Q[1-4]$/.test(name))) {
    for (const run of await folders(join(out, period))) {
      const link = await readLink(join(out, period, run));
      if (link) found.push(link);
    }
  }
  return found;
}
