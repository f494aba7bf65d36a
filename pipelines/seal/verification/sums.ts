import { access, readdir, readFile, stat } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { filesBelow, type Manifest, runId, sha256File, sumsFile } from '../manifest.ts';
import { publicKeyFile, signatureFile } from '../signature.ts';
import type { Findings } from './report.ts';

/** Every file of the package against SHA256SUMS: changed, added, gone. */
export async function checkSums(folder: string, findings: Findings): Promise<void> {
  const text = await readFile(join(folder, sumsFile), 'utf8').catch(() => '');
  if (text === '') findings.differs('seal', sumsFile, 'sums_missing');
  const lines = text.split('\n');
  // a line that we would not have written is a change, even one that reads the same
  const malformed = lines.findIndex((line, i) =>
    i === lines.length - 1 ? line !== '' : !/^[0-9a-f]{64} {2}\S/.test(line),
  );
  if (text !== '' && malformed >= 0)
    findings.differs('seal', `SHA256SUMS:${malformed + 1}`, 'sums_malformed');
  const expected = new Map(lines.filter(Boolean).map((line) => [line.slice(66), line.slice(0, 64)]));
  const found = (await filesBelow(folder)).filter((name) => name !== sumsFile);
  for (const name of found) {
    const sum = expected.get(name);
    if (sum === undefined) findings.differs('seal', name, 'added');
    else if (sum !== (await sha256File(join(folder, name)))) findings.differs('seal', name, 'changed');
  }
  for (const name of expected.keys()) if (!found.includes(name)) findings.differs('seal', name, 'gone');
  findings.checked.files = found.length;
}

/**
 * What the manifest says of outputs and extracts, the run's name, which follows from its hashes, and that nothing
 * else lies in the package: a file that only SHA256SUMS names is under no signature.
 */
export async function checkManifest(folder: string, manifest: Manifest, findings: Findings): Promise<void> {
  const id = runId(manifest.period, manifest.language, manifest.code_version, manifest.hashes);
  if (id !== manifest.run)
    findings.differs('manifest', 'manifest.json', 'run_name', { run: manifest.run, id });
  for (const output of manifest.outputs) {
    const path = join(folder, output.name);
    const present = await stat(path).catch(() => undefined);
    if (!present) findings.differs('manifest', output.name, 'gone');
    else if (present.size !== output.bytes || (await sha256File(path)) !== output.sha256)
      findings.differs('manifest', output.name, 'not_the_output');
  }
  const known = new Set([sumsFile, 'manifest.json', signatureFile, publicKeyFile, 'warehouse.duckdb']);
  for (const { name } of manifest.outputs) known.add(name);
  for (const extract of manifest.extracts) {
    if (extract.kept === 'omitted') continue;
    const name = `extracts/${extract.kept === 'encrypted' ? `${extract.sha256}.enc` : extract.sha256}`;
    known.add(name);
    const present = await access(join(folder, name)).then(
      () => true,
      () => false,
    );
    if (!present) findings.differs('manifest', name, 'extract_gone', { extract: extract.id });
    else if (extract.kept === 'clear' && (await sha256File(join(folder, name))) !== extract.sha256)
      findings.differs('manifest', name, 'extract_changed', { extract: extract.id });
  }
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    if (entry.isDirectory()) continue;
    const name = relative(folder, join(entry.parentPath, entry.name)).replaceAll('\\', '/');
    if (!entry.isFile()) findings.differs('manifest', name, 'no_file');
    else if (!known.has(name)) findings.differs('manifest', name, 'unnamed');
  }
}
