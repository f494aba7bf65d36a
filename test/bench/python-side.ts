import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { Ground, Outcome, Side } from './benchmark.ts';

const run = promisify(execFile);

/**
 * The Python of the references that are written in it: a virtual environment outside the product.
 * `python3 -m venv .cache/bench-python && .cache/bench-python/bin/pip install -r test/bench/python/requirements.txt`
 */
const python =
  process.env.CONCORDANCE_BENCH_PYTHON ??
  fileURLToPath(new URL('../../.cache/bench-python/bin/python', import.meta.url));

/**
 * A reference in Python: `python/<program>.py`, called with the arguments, prints what it measured as one
 * JSON line (seconds, peakRssMb, result, amount). It times itself, so that its start-up and imports, which
 * are no part of what is compared, do not count; a program that says no seconds is timed as a whole.
 */
export function pythonSide(
  title: string,
  program: string,
  modules: readonly string[],
  args: (ground: Ground) => readonly string[],
): Side {
  const file = fileURLToPath(new URL(`python/${program}.py`, import.meta.url));
  return {
    title,
    missing: async () => {
      if (!existsSync(python)) return `no Python at ${python} (test/bench/python/requirements.txt)`;
      for (const module of modules) {
        const found = await run(python, ['-c', `import ${module}`]).catch(() => undefined);
        if (!found) return `${module} is not installed in ${python}`;
      }
      return undefined;
    },
    open: async (ground) => ({
      run: async () => {
        const { stdout } = await run(python, [file, ...args(ground)], { maxBuffer: 1 << 26 });
        return JSON.parse(stdout.trim().split('\n').at(-1) as string) as Outcome;
      },
    }),
  };
}
