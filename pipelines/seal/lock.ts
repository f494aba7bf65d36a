import { mkdir, open, readFile, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { Fault } from '../fault.ts';

/**
 * Holds a period while `work` runs, so that two runs of it never overlap. A lock left by a process that is
 * no longer there is taken over.
 *
 * @throws {Fault} RUN-001 when another process holds it
 */
export async function withLock<T>(file: string, work: () => Promise<T>): Promise<T> {
  await mkdir(dirname(file), { recursive: true });
  await take(file);
  try {
    return await work();
  } finally {
    await rm(file, { force: true });
  }
}

async function take(file: string): Promise<void> {
  for (let attempt = 0; attempt < 3; attempt += 1) {
    try {
      const handle = await open(file, 'wx');
      await handle.writeFile(String(process.pid));
      await handle.close();
      return;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
    const holder = Number(await readFile(file, 'utf8').catch(() => ''));
    if (alive(holder)) {
      throw new Fault(
        'RUN-001',
        `Process ${holder} is running this period (${file}).`,
        'Wait for it to end, then start again.',
      );
    }
    await rm(file, { force: true });
  }
  throw new Fault(
    'RUN-001',
    `The lock ${file} cannot be taken.`,
    'Another run is starting at the same moment: start again.',
  );
}

function alive(pid: number): boolean {
  if (!Number.isInteger(pid) || pid <= 0) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
