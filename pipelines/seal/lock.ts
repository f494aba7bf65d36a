import { randomUUID } from 'node:crypto';
import { link, mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { Fault } from '../fault.ts';

/**
 * Holds a period while `work` runs, so that two runs of it never overlap. A lock left by a process that is
 * no longer there is taken over, also when its number was given to another process since.
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
  // written aside and linked into place: whoever sees the lock sees its holder, never an empty file
  const own = `${file}.${randomUUID()}`;
  await writeFile(own, await signature(process.pid));
  try {
    for (let attempt = 0; attempt < 100; attempt += 1) {
      if (await linked(own, file)) {
        await sweep(file);
        return;
      }
      await clearStale(own, file);
    }
  } finally {
    await rm(own, { force: true });
  }
  throw new Fault(
    'RUN-001',
    `The lock ${file} cannot be taken.`,
    'Another run is starting at the same moment: start again.',
  );
}

/** Removes what processes left that were killed while they took this lock. */
async function sweep(file: string): Promise<void> {
  for (const name of await readdir(dirname(file))) {
    if (!name.startsWith(`${basename(file)}.`)) continue;
    const left = join(dirname(file), name);
    const holder = await readFile(left, 'utf8').catch(() => '');
    // an empty one is being written at this moment
    if (holder !== '' && !(await holds(holder))) await rm(left, { force: true });
  }
}

/**
 * Removes a lock whose holder is gone, or throws when it is there. One process at a time does so: else the
 * slower of two would remove the lock that the faster has just taken.
 */
async function clearStale(own: string, file: string): Promise<void> {
  const clearing = `${file}.clearing`;
  if (!(await linked(own, clearing))) {
    const holder = await readFile(clearing, 'utf8').catch(() => '');
    // killed in the milliseconds that clearing takes: taken aside, so that one process alone removes it
    if (holder !== '' && !(await holds(holder))) {
      const aside = `${own}.aside`;
      await rename(clearing, aside).catch(() => undefined);
      const taken = await readFile(aside, 'utf8').catch(() => '');
      if (taken !== '' && (await holds(taken))) await linked(aside, clearing);
      await rm(aside, { force: true });
    } else await pause(20);
    return;
  }
  try {
    const holder = await readFile(file, 'utf8').catch(() => undefined);
    if (holder === undefined) return;
    if (await holds(holder)) throw busy(file, holder);
    await rm(file, { force: true });
  } finally {
    await rm(clearing, { force: true });
  }
}

async function linked(own: string, file: string): Promise<boolean> {
  try {
    await link(own, file);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

function busy(file: string, holder: string): Fault {
  return new Fault(
    'RUN-001',
    `Process ${holder.split(' ')[0]} is at work on ${basename(file, '.lock')} (${file}): a run, a review or a publication.`,
    'Wait for it to end, then start again.',
  );
}

/** Number of a process and, where the system tells it, the instant it started at: numbers are given again. */
async function signature(pid: number): Promise<string> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
  // the name, in brackets, may hold spaces; the start is field 22
  const started = stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19];
  return started ? `${pid} ${started}` : String(pid);
}

async function holds(holder: string): Promise<boolean> {
  const [number, started] = holder.trim().split(' ');
  const pid = Number(number);
  if (!Number.isInteger(pid) || pid <= 0 || !alive(pid)) return false;
  return started === undefined || (await signature(pid)) === holder.trim();
}

function alive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
