import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadProject } from '../../pipelines/configuration/load.ts';
import { planOf } from '../../pipelines/plan.ts';
import { silent } from '../../pipelines/progress.ts';
import { runQuarter } from '../../pipelines/quarterly.ts';
import { contentOf } from '../../pipelines/seal/content.ts';
import { filesBelow, readManifest, sha256File, writeSeal } from '../../pipelines/seal/manifest.ts';
import { Warehouse } from '../../pipelines/warehouse/warehouse.ts';
import type { Project } from '../commands/tiny-project.ts';

/** Runs the quarter of a tiny project; the folder of its package. */
export async function sealedRun(project: Project, period = '2026-Q3'): Promise<string> {
  const plan = planOf(await loadProject(project.config), { period, out: join(project.folder, 'out') });
  return (await runQuarter(plan, silent)).folder;
}

/** A copy of a package that a test may spoil. */
export async function copied(folder: string): Promise<{ folder: string; remove(): Promise<void> }> {
  const place = await mkdtemp(join(tmpdir(), 'concordance-spoilt-'));
  const copy = join(place, '2026-Q3', folder.split('/').at(-1) as string);
  await cp(folder, copy, { recursive: true });
  return { folder: copy, remove: () => rm(place, { recursive: true, force: true }) };
}

/** Changes the database as a forger would, with any DuckDB. */
export async function editWarehouse(folder: string, ...statements: string[]): Promise<void> {
  const warehouse = await Warehouse.open(join(folder, 'warehouse.duckdb'));
  for (const statement of statements) await warehouse.run(statement);
  await warehouse.close();
}

/** What a careful forger does next: every hash of the manifest and of SHA256SUMS made again. */
export async function reseal(
  folder: string,
  change: (manifest: Record<string, unknown>) => void = () => {},
): Promise<void> {
  const manifest = structuredClone(await readManifest(folder)) as unknown as Record<string, unknown>;
  const warehouse = await Warehouse.read(join(folder, 'warehouse.duckdb'));
  manifest.warehouse = await contentOf(warehouse);
  await warehouse.close();
  for (const output of manifest.outputs as { name: string; bytes: number; sha256: string }[]) {
    output.sha256 = await sha256File(join(folder, output.name));
    output.bytes = (await readFile(join(folder, output.name))).length;
  }
  change(manifest);
  await writeSeal(folder, manifest as never);
}

export async function flipByte(file: string, offset: number): Promise<void> {
  const bytes = await readFile(file);
  bytes[offset] = (bytes[offset] ?? 0) ^ 1;
  await writeFile(file, bytes);
}

export { filesBelow };
