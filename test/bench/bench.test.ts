import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { benchmarkNames } from './compare.ts';

const program = fileURLToPath(new URL('bench.ts', import.meta.url));

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'concordance-bench-'));
});
afterAll(() => rm(folder, { recursive: true }));

function bench(...args: string[]): Promise<{ status: number | null; out: string; err: string }> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, ['--import', 'tsx', program, ...args], {
      env: { ...process.env, CONCORDANCE_BENCH_DIR: folder },
    });
    let out = '';
    let err = '';
    child.stdout.on('data', (chunk) => {
      out += chunk;
    });
    child.stderr.on('data', (chunk) => {
      err += chunk;
    });
    child.on('error', reject);
    child.on('close', (status) => resolve({ status, out, err }));
  });
}

describe('npm run bench', () => {
  test('measures ours and the references in one run and writes a JSON line of each', async () => {
    const file = join(folder, 'lines.ndjson');
    const args = ['--size', '0.00002', '--only', 'stage-csv', '--repetitions', '1', '--json', '--out', file];
    const { status, out, err } = await bench(...args);
    expect(err).toBe('');
    expect(status).toBe(0);
    const lines = out
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(lines.map(({ name }) => name)).toEqual(['stage-csv:plain-read', 'stage-csv:plain-read-same-form']);
    for (const line of lines) {
      expect(line).toMatchObject({ size: '0.00002', unit: 's', repetitions: 1 });
      for (const field of ['ours', 'reference', 'ratio', 'peak_rss_mb'])
        expect(line[field]).toBeGreaterThan(0);
      // both sides are written to four digits
      expect(line.ratio / (line.ours / line.reference)).toBeCloseTo(1, 2);
    }
    expect(await readFile(file, 'utf8')).toBe(out);
  });

  test('names the benchmarks that there are when asked for another', async () => {
    const { status, err } = await bench('--only', 'nothing');
    expect(status).toBe(2);
    for (const name of await benchmarkNames()) expect(err).toContain(name);
  });
});
