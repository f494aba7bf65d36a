import { execFileSync } from 'node:child_process';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { unzipSync } from 'fflate';

/** Whether this machine has the one program that an assurance provider needs. */
export const hasPython = (() => {
  try {
    return /^Python 3/.test(execFileSync('python3', ['--version'], { encoding: 'utf8' }));
  } catch {
    return false;
  }
})();

/** Unpacks an assurance package as its receiver does; the programs in it run in `folder`. */
export async function unpacked(zip: string, folder: string): Promise<string> {
  for (const [name, bytes] of Object.entries(unzipSync(await readFile(zip)))) {
    await mkdir(dirname(join(folder, name)), { recursive: true });
    await writeFile(join(folder, name), bytes);
  }
  return folder;
}

/** A program of the package, as its receiver starts it. */
export function python(
  folder: string,
  ...args: string[]
): { status: number | null; out: string; err: string } {
  try {
    const out = execFileSync('python3', args, { cwd: folder, encoding: 'utf8', stdio: 'pipe' });
    return { status: 0, out, err: '' };
  } catch (error) {
    const { status, stdout, stderr } = error as { status: number | null; stdout: string; stderr: string };
    return { status, out: stdout, err: stderr };
  }
}
