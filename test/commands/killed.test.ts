import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cp, readdir, readFile, readlink, realpath, rm, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { silent } from '../../pipelines/progress.ts';
import { publishRun } from '../../pipelines/publication.ts';
import { reviewRun } from '../../pipelines/review-round.ts';
import { filesBelow } from '../../pipelines/seal/manifest.ts';
import { approval, Reviewer } from './filled-workbook.ts';
import { type Ended, type Project, tinyProject } from './tiny-project.ts';

/**
 * Real processes of the program, killed with SIGKILL before or after a change that they make to the output
 * folder. What stands then is whole; the next call makes the bytes that an undisturbed one makes.
 */
vi.setConfig({ testTimeout: 600_000 });
const program = fileURLToPath(new URL('../../pipelines/concordance.mjs', import.meta.url));
const preload = fileURLToPath(new URL('kill-point.mjs', import.meta.url));
let project: Project;
const out = () => join(project.folder, 'out');
const period = () => join(out(), '2026-Q3');
/** the run, sealed once: its id follows from its inputs */
let run: string;
let filled: string;
/** what an undisturbed run, and an undisturbed publication of it, write: file to hash */
let sealed: Record<string, string>;

function call(args: readonly string[], kill?: { side: 'before' | 'after'; when: string }): Promise<Ended> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [...(kill ? ['--import', preload] : []), program, ...args], {
      env: {
        ...process.env,
        ...(kill ? { KILL_BELOW: out(), KILL_WHEN: kill.when, KILL_SIDE: kill.side } : {}),
      },
    });
    let said = '';
    let err = '';
    child.stdout.on('data', (chunk) => {
      said += chunk;
    });
    child.stderr.on('data', (chunk) => {
      err += chunk;
    });
    child.on('error', reject);
    child.on('close', (status, signal) => resolve({ status, signal, out: said, err }));
  });
}
const start = ['run', '-c'] as const;
const runArgs = () => [...start, project.config, '--period', '2026-Q3'];
const killed = async (args: readonly string[], side: 'before' | 'after', when: string) => {
  const ended = await call(args, { side, when });
  expect(ended.signal, `${side} ${when}: ${ended.err}`).toBe('SIGKILL');
};
const bytes = async (folder: string): Promise<Record<string, string>> => {
  const found: Record<string, string> = {};
  // DuckDB's own file differs from one writing to the next; the manifest seals it by content
  for (const name of await filesBelow(folder))
    if (!['warehouse.duckdb', 'SHA256SUMS'].includes(name))
      found[name] = createHash('sha256')
        .update(await readFile(join(folder, name)))
        .digest('hex');
  return found;
};
const names = (folder: string) => readdir(folder).catch(() => [] as string[]);
/** Nothing of ours is left at work: no lock, no scratch, nothing half made. */
const settled = async () => {
  expect(await names(join(out(), '.work'))).toEqual([]);
  const all = await readdir(out(), { recursive: true });
  expect(all.filter((name) => /\.next$|\.(latest|published)-next$|\.lock/.test(name))).toEqual([]);
};

beforeAll(async () => {
  project = await tinyProject();
  expect((await call(runArgs())).status).toBe(0);
  run = await realpath(join(period(), 'latest'));
  sealed = await bytes(run);
  const form = (await Reviewer.open(join(run, 'review.xlsx'))).approveAll('Bo Dupont');
  filled = await form.save(join(project.folder, 'filled.xlsx'));
  await cp(out(), join(project.folder, 'undisturbed'), { recursive: true, verbatimSymlinks: true });
});
afterAll(() => project?.remove());

const reset = async () => {
  await rm(out(), { recursive: true, force: true });
  await cp(join(project.folder, 'undisturbed'), out(), { recursive: true, verbatimSymlinks: true });
};

describe('a run that is killed', () => {
  test('before its package is whole leaves none, and the next makes the same bytes', async () => {
    await rm(out(), { recursive: true });
    for (const [side, when] of [
      ['after', 'link .work/2026-Q3.lock'],
      ['before', 'writeFile .work/2026-Q3/package/review.xlsx'],
      ['after', 'writeFile .work/2026-Q3/package/manifest.json'],
      ['before', 'rename 2026-Q3/2026-Q3-'],
    ] as const) {
      await killed(runArgs(), side, when);
      expect(await names(period()), when).toEqual([]);
    }
    expect((await call(runArgs())).status).toBe(0);
    expect(await realpath(join(period(), 'latest'))).toBe(run);
    expect(await bytes(run)).toEqual(sealed);
    await settled();
  });

  test('once its package is whole leaves it so, and the next call points to it', async () => {
    await rm(out(), { recursive: true });
    for (const [side, when] of [
      ['after', 'rename 2026-Q3/2026-Q3-'],
      // this call finds the package
      ['after', 'symlink 2026-Q3/.latest-next'],
    ] as const) {
      await killed(runArgs(), side, when);
      expect(await bytes(run), when).toEqual(sealed);
      await expect(readlink(join(period(), 'latest')), when).rejects.toThrow('ENOENT');
    }
    const again = await call(runArgs());
    expect(again.status, again.err).toBe(0);
    expect(again.out).toContain('"already":true');
    expect(await readlink(join(period(), 'latest'))).toBe(basename(run));
    expect(await bytes(run)).toEqual(sealed);
    await settled();
  });
});

describe('a review that is killed', () => {
  const journal = () => join(period(), 'review', `${basename(run)}.ndjson`);
  const form = () => join(period(), 'review', `${basename(run)}.xlsx`);
  const reviewArgs = () => ['review', run, filled];

  test('has all decisions or none, and loses none', async () => {
    await reset();
    const count = (await Reviewer.open(filled)).ids('Revue').length;
    let first = '';
    for (const [side, point, taken] of [
      ['after', 'link .work/2026-Q3.lock', false],
      ['after', 'open 2026-Q3/review/RUN.ndjson.next', false],
      ['before', 'rename 2026-Q3/review/RUN.ndjson', false],
      ['after', 'rename 2026-Q3/review/RUN.ndjson', true],
      ['after', 'open 2026-Q3/review/RUN.xlsx.next', true],
      ['before', 'rename 2026-Q3/review/RUN.xlsx', true],
      ['before', 'rm .work/2026-Q3.lock$', true],
    ] as const) {
      await killed(reviewArgs(), side, point.replace('RUN', basename(run)));
      const kept = await readFile(journal(), 'utf8').catch(() => '');
      expect(kept.split('\n').length - 1, `${side} ${point}`).toBe(taken ? count : 0);
      // what was recorded once is never recorded again, nor otherwise
      if (first !== '') expect(kept).toBe(first);
      first = kept;
    }
    const again = await call(reviewArgs());
    expect(again.status, again.err).toBe(0);
    expect(await readFile(journal(), 'utf8')).toBe(first);
    await settled();

    // taken in at the same instant, undisturbed: the same bytes
    const written = await readFile(form());
    const { recorded_at } = JSON.parse(first.split('\n')[0] as string) as { recorded_at: string };
    await rm(join(period(), 'review'), { recursive: true });
    await reviewRun(run, filled, recorded_at);
    expect(await readFile(journal(), 'utf8')).toBe(first);
    expect((await readFile(form())).equals(written)).toBe(true);
  });
});

describe('a publication that is killed', () => {
  let package_: Record<string, string>;
  let ledger: string;
  const published = () => `${run}.published`;
  const ledgerFile = () => join(out(), 'published.csv');
  const publishArgs = () => ['publish', run];

  beforeAll(async () => {
    await reset();
    await reviewRun(run, filled, '2026-11-02T08:00:00.000Z');
    await rm(join(project.folder, 'undisturbed'), { recursive: true });
    await cp(out(), join(project.folder, 'undisturbed'), { recursive: true, verbatimSymlinks: true });
    await publishRun(run, {}, silent);
    package_ = await bytes(published());
    ledger = await readFile(ledgerFile(), 'utf8');
  });

  test('before its package is whole leaves the period open, and the next publishes the same bytes', async () => {
    await reset();
    for (const [side, when] of [
      ['after', 'writeFile .work/2026-Q3.publication/review.xlsx'],
      ['after', 'writeFile .work/2026-Q3.publication/manifest.json'],
      ['before', 'rename 2026-Q3/2026-Q3-'],
    ] as const) {
      await killed(publishArgs(), side, when);
      expect(
        (await names(period())).filter((name) => name.includes('published')),
        when,
      ).toEqual([]);
      expect(await names(out()), when).not.toContain('published.csv');
    }
    const again = await call(publishArgs());
    expect(again.status, again.err).toBe(0);
    expect(await bytes(published())).toEqual(package_);
    expect(await readFile(ledgerFile(), 'utf8')).toBe(ledger);
    await settled();
  });

  test('once its package is whole: the next call adds its lines to the ledger, once', async () => {
    await reset();
    for (const [side, when] of [
      ['after', 'rename 2026-Q3/2026-Q3-'],
      ['before', 'rename published.csv'],
      ['after', 'rename published.csv'],
      ['after', 'symlink 2026-Q3/.published-next'],
    ] as const) {
      await killed(publishArgs(), side, when);
      expect(await bytes(published()), when).toEqual(package_);
    }
    const again = await call(publishArgs());
    expect(again.status, again.err).toBe(0);
    expect(again.out).toContain('"already":true');
    expect(await bytes(published())).toEqual(package_);
    expect(await readFile(ledgerFile(), 'utf8')).toBe(ledger);
    expect(await readlink(join(period(), 'published'))).toBe(basename(published()));
    await settled();
  });

  test('before its ledger is written, then restated by another run: its lines come first, from what was published', async () => {
    await reset();
    await killed(publishArgs(), 'after', 'rename 2026-Q3/2026-Q3-');
    const waste = join(project.folder, 'extracts/waste_2026-Q3.csv');
    const text = await readFile(waste, 'utf8');
    await writeFile(waste, text.replace('2.5', '10'));
    await call([...runArgs(), '--no-gate']);
    await writeFile(waste, text);
    const other = await realpath(join(period(), 'latest'));
    expect(basename(other)).not.toBe(basename(run));
    const form = (await Reviewer.open(join(other, 'review.xlsx'))).approveAll('Bo Dupont');
    await reviewRun(other, await form.save(join(project.folder, 'other.xlsx')), '2026-11-03T08:00:00.000Z');
    await publishRun(other, { cause: 'data', reason: 'pesée corrigée du bordereau D2' }, silent);
    const found = await readFile(ledgerFile(), 'utf8');
    expect(found.startsWith(ledger)).toBe(true);
    const added = found.slice(ledger.length).trim().split('\n');
    expect(added.every((line) => line.startsWith('restatement,'))).toBe(true);
    // 10 of 20 t, published as 10 of 12.5 t
    expect(added.find((line) => line.startsWith('restatement,waste.recycling_rate,SA,'))).toMatch(
      /,50(\.0+)?,%,80(\.0+)?,data,/,
    );
  });
});

describe('two calls at once on one period', () => {
  /** One does its work; the other waits for nothing and says who is at work, or comes after and finds it done. */
  const both = async (one: readonly string[], other: readonly string[]) => {
    const ended = await Promise.all([call(one), call(other)]);
    for (const { status, err } of ended)
      if (status !== 0) expect(err).toMatch(/^RUN-001 Process \d+ is at work on (2026-Q3|published) .* Wait/);
    expect(ended.some(({ status }) => status === 0)).toBe(true);
    await settled();
    return ended;
  };

  test('run and run: one package', async () => {
    await rm(out(), { recursive: true });
    await both(runArgs(), runArgs());
    expect(await bytes(run)).toEqual(sealed);
  });

  test('review and review: every decision of whoever got through, none twice', async () => {
    const [first, second] = (await Reviewer.open(filled)).ids('Revue') as [string, string];
    const form = async (id: string, by: string, name: string) =>
      (await Reviewer.open(join(run, 'review.xlsx')))
        .write('Revue', id, approval(by))
        .save(join(project.folder, name));
    const a = await form(first, 'Alice Martin', 'a.xlsx');
    const b = await form(second, 'Bo Dupont', 'b.xlsx');
    await both(['review', run, a], ['review', run, b]);
    // whoever was refused starts again
    for (const file of [a, b]) expect((await call(['review', run, file])).status).toBe(0);
    const text = await readFile(join(period(), 'review', `${basename(run)}.ndjson`), 'utf8');
    expect(text.trim().split('\n')).toHaveLength(2);
  });

  test('publish and run: one of them is told to wait', async () => {
    await reset();
    const [publish] = await both(['publish', run], runArgs());
    if (publish?.status !== 0) expect((await call(['publish', run])).status).toBe(0);
    expect(await names(period())).toContain(`${basename(run)}.published`);
    expect(await bytes(run)).toEqual(sealed);
  });
});
