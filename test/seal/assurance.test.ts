import { execFileSync } from 'node:child_process';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { strFromU8, unzipSync } from 'fflate';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { packAssurance, resolveLines } from '../../pipelines/seal/assurance.ts';
import { readManifest, sha256 } from '../../pipelines/seal/manifest.ts';
import { type Project, tinyProject } from '../commands/tiny-project.ts';
import { sealedRun } from './sealed-package.ts';

/** The assurance package of one run of the tiny project: 10 t recycled, 2.5 t disposed of, 92 m3. */
let project: Project;
let sealed: string;
let parts: Record<string, Uint8Array>;
const text = (name: string) => strFromU8(parts[name] as Uint8Array);
const rows = (name: string) => {
  const [head = '', ...lines] = text(name).trimEnd().split('\n');
  const columns = head.split(',');
  const cells = (line: string) =>
    [...line.matchAll(/(?:^|,)(?:"((?:[^"]|"")*)"|([^,]*))/g)].map(([, quoted, bare]) => quoted ?? bare);
  return lines.map((line) => Object.fromEntries(cells(line).map((cell, i) => [columns[i], cell])));
};

beforeAll(async () => {
  project = await tinyProject((yaml) => `${yaml}evidence: proofs\n`);
  await project.write('proofs/pv.pdf', 'abc');
  sealed = await sealedRun(project);
  const { file } = await packAssurance(sealed, { out: join(project.folder, 'first.zip') });
  parts = unzipSync(await readFile(file));
}, 600_000);
afterAll(() => project.remove());

describe('the assurance package', () => {
  test('holds guide, programs, definitions, figures, lines, decisions, manifest and sums', () => {
    expect(Object.keys(parts)).toEqual(
      expect.arrayContaining([
        'LISEZ-MOI.md',
        'recompute.py',
        'sample.py',
        'package/manifest.json',
        'package/figures.csv',
        'package/quarantine.csv',
        'package/definition/concordance.yaml',
        'indicators.csv',
        'measures.csv',
        'measure-values.csv',
        'windows.csv',
        'perimeter.csv',
        'reconciliations.csv',
        'decisions.csv',
        'changes.csv',
        'evidence.csv',
        'extracts.csv',
        'SHA256SUMS',
      ]),
    );
    expect(text('LISEZ-MOI.md')).toContain('Essai, 2026-Q3\u202f: dossier de vérification');
  });

  test('seals each of its files, and each output of the run is the one of the manifest', async () => {
    const sums = new Map(
      text('SHA256SUMS')
        .trimEnd()
        .split('\n')
        .map((line) => [line.slice(66), line.slice(0, 64)]),
    );
    expect([...sums.keys()].sort()).toEqual(
      Object.keys(parts)
        .filter((name) => name !== 'SHA256SUMS')
        .sort(),
    );
    for (const [name, sum] of sums) expect(sha256(Buffer.from(parts[name] as Uint8Array))).toBe(sum);
    for (const output of (await readManifest(sealed)).outputs)
      expect(sums.get(`package/${output.name}`)).toBe(output.sha256);
  });

  test('gives the same bytes for the same run', async () => {
    const again = await packAssurance(sealed, { out: join(project.folder, 'again.zip') });
    expect(await readFile(again.file)).toEqual(await readFile(join(project.folder, 'first.zip')));
  });

  test('is never written over one that stands', async () => {
    await expect(packAssurance(sealed, { out: join(project.folder, 'first.zip') })).rejects.toThrow(
      /ASR-001/,
    );
  });

  test('lets a figure be recomputed from its lines alone: 10 of 12.5 tonnes are recycled, 80 %', () => {
    const rate = rows('indicators.csv').find((one) => one.indicator === 'waste.recycling_rate');
    const total = (measure: string) =>
      rows(`rows/${measure}.csv`).reduce((sum, one) => sum + Number(one.value) * Number(one.weight), 0);
    expect(total(rate?.numerator as string)).toBe(10);
    expect(total(rate?.denominator as string)).toBe(12.5);
    const stated = rows('package/figures.csv').find(
      (one) => one.indicator === 'waste.recycling_rate' && one.entity === 'GROUP' && one.basis === 'quarter',
    );
    expect(Number(stated?.value)).toBe(80);
  });

  test('lists as many lines as it is asked for, and says how many there are', async () => {
    const { file } = await packAssurance(sealed, { out: join(project.folder, 'one.zip'), rows: 1 });
    const capped = unzipSync(await readFile(file));
    expect(
      strFromU8(capped['rows/waste_weight.csv'] as Uint8Array)
        .trimEnd()
        .split('\n'),
    ).toHaveLength(2);
    expect(strFromU8(capped['measures.csv'] as Uint8Array)).toMatch(
      /^waste_weight,.*,rows\/waste_weight\.csv,2,1,capped$/m,
    );
  });

  test('lists the documents delivered as evidence, by the hash that the manifest seals', async () => {
    // SHA-256 of "abc": FIPS 180-2, appendix B.1
    const abc = 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad';
    expect((await readManifest(sealed)).evidence).toEqual([{ file: 'pv.pdf', sha256: abc, bytes: 3 }]);
    expect(rows('evidence.csv')).toEqual([expect.objectContaining({ file: 'pv.pdf', sha256: abc })]);
  });

  test('tells the group where a line that the provider names comes from', async () => {
    expect(await resolveLines(sealed, 'waste_weight', [2])).toEqual([
      { line: 2, extract: 'waste/waste_2026-Q3.csv', row: 2 },
    ]);
  });
});

const python = (() => {
  try {
    return /^Python 3/.test(execFileSync('python3', ['--version'], { encoding: 'utf8' }));
  } catch {
    return false;
  }
})();

describe.skipIf(!python)('the programs of the assurance package, with Python alone', () => {
  let folder: string;
  beforeAll(async () => {
    folder = join(project.folder, 'unpacked');
    for (const [name, bytes] of Object.entries(parts)) {
      await mkdir(dirname(join(folder, name)), { recursive: true });
      await writeFile(join(folder, name), bytes);
    }
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));
  const run = (...args: string[]) => {
    try {
      return {
        status: 0,
        out: execFileSync('python3', args, { cwd: folder, encoding: 'utf8', stdio: 'pipe' }),
      };
    } catch (error) {
      const { status, stdout } = error as { status: number; stdout: string };
      return { status, out: stdout };
    }
  };

  test('recompute the figures, and name a line that was changed', async () => {
    expect(run('recompute.py')).toMatchObject({
      status: 0,
      out: expect.stringMatching(/\n0 differences\n$/),
    });
    const file = join(folder, 'rows/waste_weight.csv');
    const before = await readFile(file, 'utf8');
    await writeFile(file, before.replace('2.5000', '3.5000'));
    const { status, out } = run('recompute.py');
    await writeFile(file, before);
    expect(status).toBe(1);
    expect(out).toContain('rows/waste_weight.csv: another content than SHA256SUMS says');
    expect(out).toMatch(/waste_weight, GROUP, quarter: the lines make 13\.5\d*, stated 12\.5/);
  });

  test('draw at random as many lines as confidence and a tolerable rate ask, at most all', () => {
    // 59 at 95 % and 5 % (AICPA, "Audit Sampling", table A-1), of two lines
    const { out } = run(
      ...[
        'sample.py',
        'waste_weight',
        '--seed',
        'graine',
        '--method',
        'random',
        '--confidence',
        '95',
        '--rate',
        '5',
      ],
    );
    expect(out.trimEnd().split('\n')).toHaveLength(3);
  });

  test('draw by monetary unit: with 5 selections over 12.5 t, the 10 t are hit 4 times', () => {
    // interval 2.5: hits at s, s + 2.5, ... with 0 < s <= 2.5: four fall in (0, 10], one in (10, 12.5]
    const { out } = run('sample.py', 'waste_weight', '--seed', 'graine', '--size', '5');
    const drawn = out.trimEnd().split('\n').slice(1);
    expect(drawn.map((line) => line.split(',').slice(4))).toEqual([
      ['10.0000000000000000', '4', 'waste/waste_2026-Q3.csv', '1'],
      ['2.5000000000000000', '1', 'waste/waste_2026-Q3.csv', '2'],
    ]);
  });
});
