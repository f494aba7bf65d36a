import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { withLock } from '../../pipelines/seal/lock.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'concordance-lock-'));
});
afterEach(() => rm(folder, { recursive: true }));

test('a second run of the period is refused while the first goes on, and named', async () => {
  const file = join(folder, 'work', '2026-Q3.lock');
  await withLock(file, async () => {
    await expect(withLock(file, async () => 'second')).rejects.toThrow(
      `Process ${process.pid} is running this period`,
    );
  });
  expect(await withLock(file, async () => 'after')).toBe('after');
});

test('a lock left by a process that was killed is taken over', async () => {
  const file = join(folder, '2026-Q3.lock');
  await writeFile(file, '4194304'); // above the largest process id of Linux by default
  expect(await withLock(file, async () => readFile(file, 'utf8'))).toBe(String(process.pid));
});

test('a run that fails lets go', async () => {
  const file = join(folder, '2026-Q3.lock');
  await expect(withLock(file, async () => Promise.reject(new Error('no')))).rejects.toThrow('no');
  expect(await withLock(file, async () => 1)).toBe(1);
});
