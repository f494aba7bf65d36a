import { isUtf8 } from 'node:buffer';
import { execFile } from 'node:child_process';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { literal } from '../../../connectors/connector.ts';
import type { Benchmark } from '../benchmark.ts';
import { commandLine } from '../command-line.ts';
import { plainDuckDb } from '../plain-duckdb.ts';

const root = fileURLToPath(new URL('../../../', import.meta.url));
const sample = join(root, 'data', 'sample');

/** `npm run report` on a machine that has made the sample's extracts: what a user waits for, step by step. */
export const benchmark: Benchmark = {
  title: 'the quarter of the sample group, cold: collect to seal, workbook and board report',
  unit: 's',
  prepare: async () => {
    await promisify(execFile)('npm', ['run', '--silent', 'sample'], { cwd: root });
  },
  ours: {
    title: 'ours',
    open: async ({ work }) => ({
      run: () =>
        commandLine(
          [
            ...['run', '-c', join(sample, 'concordance.yaml'), '--period', '2026-Q3'],
            ...['--out', join(work, 'out'), '--json', '--no-gate', '--no-cache'],
          ],
          join(work, 'usage.json'),
        ),
    }),
  },
  references: {
    'plain-load': {
      title: 'DuckDB: every line of every text extract in a table',
      open: async (ground) => {
        const names = await readdir(join(sample, 'extracts'), { recursive: true });
        const texts = { 'utf-8': [] as string[], 'latin-1': [] as string[] };
        for (const name of names.filter((one) => /\.(csv|dsn|txt)$/.test(one))) {
          const path = join(sample, 'extracts', name);
          texts[isUtf8(await readFile(path)) ? 'utf-8' : 'latin-1'].push(literal(path));
        }
        return plainDuckDb(
          ground,
          Object.entries(texts).map(
            ([encoding, paths], place) =>
              `create table t${place} as select * from read_csv([${paths}], auto_detect = false, header = false, delim = '\x01', quote = '', escape = '', encoding = '${encoding}', columns = {'line': 'VARCHAR'})`,
          ),
        );
      },
    },
  },
  repetitions: { S: 1, L: 1 },
};
