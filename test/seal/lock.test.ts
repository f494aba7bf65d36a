import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
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
      `Process ${process.pid} is at work on 2026-Q3`,
    );
  });
  expect(await withLock(file, async () => 'after')).toBe('after');
});

test('a lock left by a process that was killed is taken over', async () => {
  const file = join(folder, '2026-Q3.lock');
  await writeFile(file, '4194304'); // above the largest process id of Linux by default
  expect(await withLock(file, async () => readFile(file, 'utf8'))).toMatch(new RegExp(`^${process.pid}\\b`));
});

test('what processes left that were killed while they took or cleared the lock stands in nobody’s way', async () => {
  const file = join(folder, '2026-Q3.lock');
  for (const name of ['2026-Q3.lock', '2026-Q3.lock.clearing', '2026-Q3.lock.0b1e', '2026-Q3.lock.7f.aside'])
    await writeFile(join(folder, name), '4194304');
  expect(await withLock(file, async () => readdir(folder))).toEqual(['2026-Q3.lock']);
  expect(await readdir(folder)).toEqual([]);
});

test('a run that fails lets go', async () => {
  const file = join(folder, '2026-Q3.lock');
  await expect(withLock(file, async () => Promise.reject(new Error('no')))).rejects.toThrow('no');
  expect(await withLock(file, async () => 1)).toBe(1);
});

test('a lock whose process number was given to another process since is taken over', async () => {
  const file = join(folder, '2026-Q3.lock');
  // this very process is alive, but did not start at instant 1
  await writeFile(file, `${process.pid} 1`);
  const taken = await withLock(file, async () => readFile(file, 'utf8'));
  expect(taken).not.toBe(`${process.pid} 1`);
});

test('of many that start at once over a dead lock one alone works, and nothing is left', async () => {
  const file = join(folder, '2026-Q3.lock');
  await writeFile(file, '4194304');
  let inside = 0;
  let most = 0;
  const outcomes = await Promise.allSettled(
    Array.from({ length: 20 }, () =>
      withLock(file, async () => {
        inside += 1;
        most = Math.max(most, inside);
        await new Promise((resolve) => setTimeout(resolve, 20));
        inside -= 1;
      }),
    ),
  );
  expect(most).toBe(1);
  const refused = outcomes.filter((one) => one.status === 'rejected').map((one) => String(one.reason));
  expect(refused.every((reason) => reason.includes('RUN-001'))).toBe(true);
  expect(refused.length).toBeLessThan(20);
  expect(await readdir(folder)).toEqual([]);
});
