import { access, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { filesBelow, type Manifest, runId, sha256File } from '../manifest.ts';
import type { Findings } from './report.ts';

/** Every file of the package against SHA256SUMS: changed, added, gone. */
export async function checkSums(folder: string, findings: Findings): Promise<void> {
  const text = await readFile(join(folder, 'SHA256SUMS'), 'utf8').catch(() => '');
  if (text === '') findings.differs('seal', 'SHA256SUMS', 'sums_missing');
  const lines = text.split('\n');
  // a line that we would not have written is a change, even one that reads the same
  const malformed = lines.findIndex((line, i) =>
    i === lines.length - 1 ? line !== '' : !/^[0-9a-f]{64} {2}\S/.test(line),
  );
  if (text !== '' && malformed >= 0)
    findings.differs('seal', `SHA256SUMS:${malformed + 1}`, 'sums_malformed');
  const expected = new Map(lines.filter(Boolean).map((line) => [line.slice(66), line.slice(0, 64)]));
  const found = (await filesBelow(folder)).filter((name) => name !== 'SHA256SUMS');
  for (const name of found) {
    const sum = expected.get(name);
    if (sum === undefined) findings.differs('seal', name, 'added');
    else if (sum !== (await sha256File(join(folder, name)))) findings.differs('seal', name, 'changed');
  }
  for (const name of expected.keys()) if (!found.includes(name)) findings.differs('seal', name, 'gone');
  findings.checked.files = found.length;
}

/** What the manifest says of outputs and extracts, and the run's name, which follows from its hashes. */
export async function checkManifest(folder: string, manifest: Manifest, findings: Findings): Promise<void> {
  const id = runId(manifest.period, manifest.language, manifest.code_version, manifest.hashes);
  if (id !== manifest.run)
    findings.differs('manifest', 'manifest.json', 'run_name', { run: manifest.run, id });
  for (const output of manifest.outputs) {
    const path = join(folder, output.name);
    const present = await stat(path).catch(() => undefined);
    if (!present) findings.differs('manifest', output.name, 'gone');
    else if ((await sha256File(path)) !== output.sha256)
      findings.differs('manifest', output.name, 'not_the_output');
  }
  for (const extract of manifest.extracts) {
    if (extract.kept === 'omitted') continue;
    const name = `extracts/${extract.kept === 'encrypted' ? `${extract.sha256}.enc` : extract.sha256}`;
    const present = await access(join(folder, name)).then(
      () => true,
      () => false,
    );
    if (!present) findings.differs('manifest', name, 'extract_gone', { extract: extract.id });
    else if (extract.kept === 'clear' && (await sha256File(join(folder, name))) !== extract.sha256)
      findings.differs('manifest', name, 'extract_changed', { extract: extract.id });
  }
}
