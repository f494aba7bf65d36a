import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdir, readFile, readlink, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { filesBelow } from '../../pipelines/seal/manifest.ts';
import { concordance, configuration, type Ended, type Project, tinyProject } from './tiny-project.ts';

/** A run that the machine cannot carry, after one that it could: the earlier package stands as it was. */
const program = fileURLToPath(new URL('../../pipelines/concordance.mjs', import.meta.url));
let project: Project;
let before: Record<string, string>;
const period = () => join(project.folder, 'out', '2026-Q3');
const args = () => ['run', '-c', project.config, '--period', '2026-Q3', '--no-gate'];

beforeAll(async () => {
  project = await tinyProject();
  const first = await concordance(args());
  expect(first.status, first.err).toBe(0);
  before = await standing();
  // other inputs, so that there is something to run
  await project.write('extracts/waste_2026-Q3.csv', await otherWaste());
});
afterAll(() => project.remove());

async function otherWaste(): Promise<string> {
  return `${await readFile(join(project.folder, 'extracts', 'waste_2026-Q3.csv'), 'utf8')}D3;SA;USINE;20 03 01;non;2026-09-10;1;D5\n`;
}

/** The latest package: which it is, and the hash of every file of it. */
async function standing(): Promise<Record<string, string>> {
  const latest = await readlink(join(period(), 'latest'));
  const found: Record<string, string> = { latest };
  for (const name of await filesBelow(join(period(), latest))) {
    const bytes = await readFile(join(period(), latest, name));
    found[name] = createHash('sha256').update(bytes).digest('hex');
  }
  return found;
}

async function expectUntouched(): Promise<void> {
  expect(await standing()).toEqual(before);
  // nothing half made is left, and nothing is locked
  for (const left of ['2026-Q3', '2026-Q3.lock'])
    await expect(stat(join(project.folder, 'out', '.work', left))).rejects.toMatchObject({ code: 'ENOENT' });
}

function shell(script: string): Promise<Ended> {
  return new Promise((resolve, reject) => {
    const child = spawn('bash', ['-c', script, 'bash', process.execPath, program, ...args()]);
    let out = '';
    let err = '';
    child.stdout.on('data', (chunk) => {
      out += chunk;
    });
    child.stderr.on('data', (chunk) => {
      err += chunk;
    });
    child.on('error', reject);
    child.on('close', (status, signal) => resolve({ status, signal, out, err }));
  });
}

describe('a run that the machine cannot carry ends with status 1, says what to give it, and leaves the last run', () => {
  test('for memory', async () => {
    await project.write('concordance.yaml', `${configuration}limits: { memory: 24MB }\n`);
    const { status, err } = await concordance(args());
    expect(err).toMatch(/^MEM-001 The database needs more memory than it may take \(24MB\)/);
    expect(err).toContain('Raise limits.memory');
    expect(status).toBe(1);
    await project.write('concordance.yaml', configuration);
    await expectUntouched();
  });

  test('for a file that may not grow', async () => {
    // blocks of 1,024 bytes: the database of the tiny project is larger than 256 KiB
    const { status, err } = await shell('ulimit -f 256; exec "$@"');
    expect(err).toMatch(/^DSK-001 A disk is full, or a file may not grow: /);
    expect(err).toContain('Free space there');
    expect(status).toBe(1);
    await expectUntouched();
  });

  const mounts =
    spawnSync('unshare', ['-rm', 'bash', '-c', 'mount -t tmpfs -o size=1m tmpfs /mnt']).status === 0;
  test.skipIf(!mounts)(
    'for a full disk (needs a mount of its own: skipped where none may be made)',
    async () => {
      const work = join(project.folder, 'out', '.work');
      await mkdir(work, { recursive: true });
      const { status, err } = await shell(
        `exec unshare -rm bash -c 'mount -t tmpfs -o size=2m tmpfs "${work}" && exec "$@"' "$0" "$@"`,
      );
      expect(err).toMatch(/^DSK-001 /);
      expect(err).toMatch(/no space left on device/i);
      expect(status).toBe(1);
      await expectUntouched();
    },
  );
});
