import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cp, mkdir, readdir, readFile, readlink, realpath, rm, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { loadProject } from '../../pipelines/configuration/load.ts';
import { planOf } from '../../pipelines/plan.ts';
import { silent } from '../../pipelines/progress.ts';
import { publishRun } from '../../pipelines/publication.ts';
import { runQuarter } from '../../pipelines/quarterly.ts';
import { reviewRun } from '../../pipelines/review-round.ts';
import { filesBelow } from '../../pipelines/seal/manifest.ts';
import { approval, Reviewer } from './filled-workbook.ts';
import { type Ended, type Project, tinyProject } from './tiny-project.ts';

/**
 * One real process of each command, whose output folder is kept as it stands after every change that it makes:
 * what a kill there leaves. In all of these states what stands is whole; from each that a reader can tell from the
 * one before, the next call makes the bytes that an undisturbed one makes. Then real processes are killed.
 */
vi.setConfig({ testTimeout: 600_000 });
const program = fileURLToPath(new URL('../../pipelines/concordance.mjs', import.meta.url));
const preload = fileURLToPath(new URL('kill-point.mjs', import.meta.url));
let project: Project;
const out = () => join(project.folder, 'out');
const period = () => join(out(), '2026-Q3');
const kept = (name: string) => join(project.folder, 'kept', name);
/** the run, sealed once: its id follows from its inputs */
let run: string;
let filled: string;
let decisions: number;
/** what an undisturbed run writes: file to hash */
let sealed: Record<string, string>;
let runStates: State[];

function call(args: readonly string[], environment: Record<string, string> = {}): Promise<Ended> {
  return new Promise((resolve, reject) => {
    const watched = Object.keys(environment).length > 0;
    const child = spawn(process.execPath, [...(watched ? ['--import', preload] : []), program, ...args], {
      env: { ...process.env, ...(watched ? { KILL_BELOW: out(), ...environment } : {}) },
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
const runArgs = () => ['run', '-c', project.config, '--period', '2026-Q3'];
const killed = async (args: readonly string[], side: 'before' | 'after', when: string) => {
  const ended = await call(args, { KILL_SIDE: side, KILL_WHEN: when });
  expect(ended.signal, `${side} ${when}: ${ended.err}`).toBe('SIGKILL');
};

/** The output folder as a process killed after one of its changes leaves it. */
interface State {
  readonly folder: string;
  readonly change: string;
}

/** Runs a command to its end, and keeps the states in between. */
async function statesOf(name: string, args: readonly string[]): Promise<State[]> {
  await mkdir(kept(name), { recursive: true });
  const ended = await call(args, { KILL_STATES: kept(name) });
  expect(ended.status, ended.err).toBe(0);
  const names = (await readdir(kept(name))).filter((one) => !one.endsWith('.txt')).sort();
  return Promise.all(
    names.map(async (one) => ({
      folder: join(kept(name), one),
      change: await readFile(join(kept(name), `${one}.txt`), 'utf8'),
    })),
  );
}

/** Of the states that look alike outside the folder of work, the last: it holds the most of what was being made. */
async function tellApart(states: readonly State[]): Promise<State[]> {
  const seen = new Map<string, State>();
  for (const state of states) {
    const files = await readdir(state.folder, { recursive: true, withFileTypes: true });
    const shown = await Promise.all(
      files
        .map((one) => ({ one, path: join(one.parentPath, one.name).slice(state.folder.length + 1) }))
        .filter(({ one, path }) => !one.isDirectory() && !path.startsWith('.'))
        .map(async ({ one, path }) =>
          one.isFile() ? `${path} ${hash(await readFile(join(state.folder, path)))}` : path,
        ),
    );
    seen.set(shown.sort().join('\n'), state);
  }
  return [...seen.values()];
}

const hash = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');
const bytes = async (folder: string): Promise<Record<string, string>> => {
  const found: Record<string, string> = {};
  // DuckDB's own file differs from one writing to the next; the manifest seals it by content
  for (const name of await filesBelow(folder))
    if (!['warehouse.duckdb', 'SHA256SUMS'].includes(name))
      found[name] = hash(await readFile(join(folder, name)));
  return found;
};
const names = (folder: string) => readdir(folder).catch(() => [] as string[]);
/** Nothing of ours is left at work: no lock, no scratch, nothing half made. */
const settled = async () => {
  expect(await names(join(out(), '.work'))).toEqual([]);
  const all = await readdir(out(), { recursive: true });
  expect(all.filter((name) => /\.next$|\.(latest|published)-next$|\.lock/.test(name))).toEqual([]);
};
const stand = async (state: string) => {
  await rm(out(), { recursive: true, force: true });
  await cp(state, out(), { recursive: true, verbatimSymlinks: true });
};
const again = async () =>
  runQuarter(planOf(await loadProject(project.config), { period: '2026-Q3', out: out() }), silent);

beforeAll(async () => {
  project = await tinyProject();
  await mkdir(out());
  runStates = await statesOf('run', runArgs());
  run = await realpath(join(period(), 'latest'));
  sealed = await bytes(run);
  const form = (await Reviewer.open(join(run, 'review.xlsx'))).approveAll('Bo Dupont');
  decisions = form.ids('Revue').length;
  filled = await form.save(join(project.folder, 'filled.xlsx'));
  await cp(out(), kept('ran'), { recursive: true, verbatimSymlinks: true });
});
afterAll(() => project?.remove());

describe('a run that is killed', () => {
  test('leaves a whole package or none, wherever it was, and the next makes the same bytes', async () => {
    expect(runStates.length).toBeGreaterThan(25);
    for (const { folder, change } of runStates) {
      const packages = (await names(join(folder, '2026-Q3'))).filter((name) => name === basename(run));
      for (const name of packages) expect(await bytes(join(folder, '2026-Q3', name)), change).toEqual(sealed);
    }
    const apart = await tellApart(runStates);
    // nothing, the package, the link beside it, the link
    expect(apart.length).toBeGreaterThanOrEqual(4);
    for (const { folder, change } of apart) {
      await stand(folder);
      const made = await again();
      expect(made.folder, change).toBe(run);
      expect(await readlink(join(period(), 'latest')), change).toBe(basename(run));
      expect(await bytes(run), change).toEqual(sealed);
      await settled();
    }
  });
});

describe('a review that is killed', () => {
  const journal = (folder = period()) => join(folder, 'review', `${basename(run)}.ndjson`);
  const form = () => join(period(), 'review', `${basename(run)}.xlsx`);

  test('has all decisions or none, and the next has them all, once', async () => {
    await stand(kept('ran'));
    const states = await statesOf('review', ['review', run, filled]);
    const [whole, written] = [await readFile(journal(), 'utf8'), await readFile(form())];
    expect(whole.split('\n').length - 1).toBe(decisions);
    const { recorded_at } = JSON.parse(whole.split('\n')[0] as string) as { recorded_at: string };
    let taken = 0;
    for (const { folder, change } of states) {
      const text = await readFile(journal(join(folder, '2026-Q3')), 'utf8').catch(() => '');
      expect(['', whole], change).toContain(text);
      if (text !== '') taken += 1;
    }
    // of the states after the journal was replaced, some lack the form, some have a part of it beside
    expect(taken).toBeGreaterThan(2);
    expect(taken).toBeLessThan(states.length);
    for (const { folder, change } of await tellApart(states)) {
      await stand(folder);
      await reviewRun(run, filled, recorded_at);
      expect(await readFile(journal(), 'utf8'), change).toBe(whole);
      expect((await readFile(form())).equals(written), change).toBe(true);
      await settled();
    }
  });

  test('by the system, once its journal is written: no decision is lost, none comes twice', async () => {
    await stand(kept('ran'));
    await killed(['review', run, filled], 'after', `rename 2026-Q3/review/${basename(run)}.ndjson`);
    const whole = await readFile(journal(), 'utf8');
    expect(whole.split('\n').length - 1).toBe(decisions);
    const ended = await call(['review', run, filled]);
    expect(ended.status, ended.err).toBe(0);
    expect(await readFile(journal(), 'utf8')).toBe(whole);
    await settled();
  });
});

describe('a publication that is killed', () => {
  let package_: Record<string, string>;
  let ledger: string;
  let states: State[];
  const published = () => `${run}.published`;
  const ledgerFile = () => join(out(), 'published.csv');

  beforeAll(async () => {
    await stand(kept('ran'));
    await reviewRun(run, filled, '2026-11-02T08:00:00.000Z');
    await cp(out(), kept('reviewed'), { recursive: true, verbatimSymlinks: true });
    states = await statesOf('publish', ['publish', run]);
    package_ = await bytes(published());
    ledger = await readFile(ledgerFile(), 'utf8');
  });

  test('leaves a whole package or none, a whole ledger or none, and the next publishes the same bytes', async () => {
    expect(states.length).toBeGreaterThan(20);
    for (const { folder, change } of states) {
      const packages = (await names(join(folder, '2026-Q3'))).filter((one) => one.endsWith('.published'));
      for (const name of packages)
        expect(await bytes(join(folder, '2026-Q3', name)), change).toEqual(package_);
      const text = await readFile(join(folder, 'published.csv'), 'utf8').catch(() => '');
      expect(['', ledger], change).toContain(text);
      // nothing is in the ledger that is not published
      if (text !== '') expect(packages, change).toHaveLength(1);
    }
    const apart = await tellApart(states);
    // the draft alone, the package, the ledger beside its place, the ledger, the link beside its place, the link
    expect(apart.length).toBeGreaterThanOrEqual(6);
    for (const { folder, change } of apart) {
      await stand(folder);
      await publishRun(run, {}, silent);
      expect(await bytes(published()), change).toEqual(package_);
      expect(await readFile(ledgerFile(), 'utf8'), change).toBe(ledger);
      expect(await readlink(join(period(), 'published')), change).toBe(basename(published()));
      await settled();
    }
  });

  test('by the system before its ledger is written, then restated by another run: its lines come first, from what was published', async () => {
    await stand(kept('reviewed'));
    await killed(['publish', run], 'after', 'rename 2026-Q3/2026-Q3-');
    const waste = join(project.folder, 'extracts/waste_2026-Q3.csv');
    const text = await readFile(waste, 'utf8');
    await writeFile(waste, text.replace('2.5', '10'));
    const { folder: other } = await again();
    await writeFile(waste, text);
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

  test('run and run, after one that was killed just before its package would appear: one package', async () => {
    await rm(out(), { recursive: true });
    await killed(runArgs(), 'before', 'rename 2026-Q3/2026-Q3-');
    expect(await names(period())).toEqual([]);
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
    for (const file of [a, b]) await reviewRun(run, file, new Date().toISOString());
    const text = await readFile(join(period(), 'review', `${basename(run)}.ndjson`), 'utf8');
    expect(text.trim().split('\n')).toHaveLength(2);
  });

  test('publish and run: one of them is told to wait', async () => {
    await stand(kept('reviewed'));
    const [publish] = await both(['publish', run], runArgs());
    if (publish?.status !== 0) await publishRun(run, {}, silent);
    expect(await names(period())).toContain(`${basename(run)}.published`);
    expect(await bytes(run)).toEqual(sealed);
  });
});
