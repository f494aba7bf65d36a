import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { strFromU8, unzipSync } from 'fflate';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { makeSigningKey } from '../../pipelines/configuration/signing-key.ts';
import { packAssurance, resolveLines } from '../../pipelines/seal/assurance.ts';
import { readManifest, sha256 } from '../../pipelines/seal/manifest.ts';
import { type Project, tinyProject } from '../commands/tiny-project.ts';
import { hasPython, python, unpacked } from './assurance/unpacked.ts';
import { sealedRun } from './sealed-package.ts';

/** The assurance package of one run of the tiny project: 10 t recycled, 2.5 t disposed of, 92 m3. */
let project: Project;
let sealed: string;
let publicKey: string;
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
  project = await tinyProject((yaml) => `${yaml}seal: { signing_key: signing.key }\nevidence: proofs\n`);
  ({ publicFile: publicKey } = await makeSigningKey(join(project.folder, 'signing.key')));
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
        'models/waste.sql',
      ]),
    );
    expect(text('models/emission.sql')).toMatch(/^-- model: emission\n/);
    // nothing was published yet: a heading, and no line
    expect(text('ledger.csv')).toMatch(/^kind,indicator,.*,chain\n$/);
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

describe.skipIf(!hasPython)('the programs of the assurance package, with Python alone', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await unpacked(join(project.folder, 'first.zip'), join(project.folder, 'unpacked'));
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));
  const run = (...args: string[]) => python(folder, ...args);
  /** What the program says of a file that was changed; the file is put back. */
  const changed = async (name: string, change: (text: string) => string, ...args: string[]) => {
    const file = join(folder, name);
    const before = await readFile(file, 'utf8');
    expect(change(before)).not.toBe(before);
    await writeFile(file, change(before));
    const { status, out } = run('recompute.py', ...args);
    await writeFile(file, before);
    expect(status).toBe(1);
    return out;
  };

  test('recompute the figures with the key that the group handed over, in the language of the guide', () => {
    const { status, out } = run('recompute.py', '--key', publicKey);
    expect(out).toMatch(/ empreintes ; signature bonne ; 2 extraits, .* 0 décisions .* chiffres /);
    expect(out).toMatch(/\n0 différences\n$/);
    expect(status).toBe(0);
  });

  test('say that a signature checked with the archive’s own key proves less', () => {
    expect(run('recompute.py')).toMatchObject({
      status: 0,
      out: expect.stringContaining('donnez celle du groupe par --key'),
    });
  });

  test('name a line that was changed', async () => {
    const out = await changed('rows/waste_weight.csv', (text) => text.replace('2.5000', '3.5000'));
    expect(out).toContain('rows/waste_weight.csv : un autre contenu que ne dit SHA256SUMS');
    expect(out).toMatch(/waste_weight, GROUP, quarter : les lignes font 13\.5\d*, il est dit 12\.5/);
  });

  test('name an emission that its activity and factor do not make, and a factor that is not the sealed one', async () => {
    // 2.5 t landfilled, 520.5327 kgCO2e a tonne: 1.30133175 tCO2e
    const lines = rows('rows/scope3_waste.csv');
    expect(lines.find((one) => one.factor_value === '520.53270000')).toMatchObject({
      activity: '2.500000000',
      value: '1.3013317500',
    });
    expect(
      await changed('rows/scope3_waste.csv', (text) => text.replace(',2.500000000,', ',3.500000000,')),
    ).toMatch(
      /rows\/scope3_waste.csv, ligne \d : l’activité par le facteur fait 1\.82186445\d*, il est dit 1\.30133175/,
    );
    expect(
      await changed('package/definition/factors/factors.csv', (text) =>
        text.replaceAll('520.5327', '52.05327'),
      ),
    ).toMatch(
      /rows\/scope3_waste.csv, ligne \d : \S+ vaut 520\.53270000, autrement que dans definition\/factors/,
    );
  });

  test('name a manifest that was not signed so, another key, and a count of rows that does not add up', async () => {
    const out = await changed('package/manifest.json', (text) =>
      text.replace('"rows_quarantined": 0', '"rows_quarantined": 1'),
    );
    expect(out).toContain(
      'package/manifest.sig : le manifeste n’est pas celui qui a été signé avec cette clé',
    );
    expect(out).toMatch(/extracts\.csv, \S+ : autrement que dans le manifeste/);
    expect(await changed('extracts.csv', (text) => text.replace(/,2,2,0,/, ',2,1,0,'))).toContain(
      '2 lignes lues, 1 chargées, 0 en quarantaine',
    );
    const other = join(project.folder, 'other.key');
    const { publicFile } = await makeSigningKey(other);
    expect(run('recompute.py', '--key', publicFile)).toMatchObject({
      status: 1,
      out: expect.stringContaining('signature fausse'),
    });
  });

  test('name a file that is gone, one that is not of the archive, and one that cannot be read, without a crash', async () => {
    const file = join(folder, 'rows/waste_weight.csv');
    const before = await readFile(file, 'utf8');
    await rm(file);
    await writeFile(join(folder, 'rows/added.csv'), 'line\n');
    const { status, out } = run('recompute.py');
    await rm(join(folder, 'rows/added.csv'));
    await writeFile(file, before);
    expect(status).toBe(1);
    expect(out).toContain('rows/waste_weight.csv : SHA256SUMS le nomme, il n’est pas ici');
    expect(out).toContain('rows/added.csv : ne fait pas partie de l’archive');
    expect(await changed('rows/waste_weight.csv', (text) => text.replace('2.5000', 'deux'))).toContain(
      'rows/waste_weight.csv : illisible',
    );
  });

  test('draw of an indicator that rests on one measure, name those of another, refuse what makes no sample', () => {
    expect(run('sample.py', 'waste.total', '--seed', 'x', '--size', '5').out).toBe(
      run('sample.py', 'waste_weight', '--seed', 'x', '--size', '5').out,
    );
    const refused = (...args: string[]) => run('sample.py', ...args, '--seed', 'x').err;
    expect(refused('waste.recycling_rate', '--size', '1')).toContain(
      'repose sur waste_recycled_weight, waste_weight',
    );
    expect(refused('waste_weight', '--size', '1', '--entity', 'SB')).toContain(
      'pas d’entité SB : il y a GROUP, SA',
    );
    expect(refused('waste_weight', '--confidence', '100', '--materiality', '1')).toContain('au plus 99.9999');
    expect(refused('nothing', '--size', '1')).toContain('n’est ni dans measures.csv ni dans indicators.csv');
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
      ['10.0000000000000000', '4', 'waste/waste_2026-Q3.csv', '1', ''],
      ['2.5000000000000000', '1', 'waste/waste_2026-Q3.csv', '2', ''],
    ]);
  });
});
