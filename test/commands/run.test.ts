import { cp, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { concordance, type Project, tinyProject } from './tiny-project.ts';

let project: Project;
afterEach(() => project?.remove());
const run = (...more: string[]) => concordance(['run', '-c', project.config, '--period', '2026-Q3', ...more]);
const latest = (name: string) => join(project.folder, 'out', '2026-Q3', 'latest', name);
const lastEvent = (out: string) =>
  JSON.parse(out.trim().split('\n').at(-1) as string) as Record<string, unknown>;
const figure = async (indicator: string) => {
  const [head, ...lines] = (await readFile(latest('figures.csv'), 'utf8')).trim().split('\n');
  const names = (head as string).split(',');
  return lines
    .map((line) => Object.fromEntries(line.split(',').map((value, i) => [names[i], value])))
    .find((one) => one.indicator === indicator && one.entity === 'GROUP' && one.basis === 'quarter');
};

describe('concordance run', () => {
  test('writes the whole package, with the figures that the extracts make', async () => {
    project = await tinyProject();
    const ended = await run();
    expect(ended.err).toBe('');
    expect(ended.status).toBe(0);
    expect((await readdir(latest('.'))).sort()).toEqual(
      [
        'SHA256SUMS',
        'agenda.json',
        'board.html',
        'board.pdf',
        'carried.json',
        'definition',
        'extracts',
        'figures.csv',
        'figures.parquet',
        'findings.json',
        'framework-index.csv',
        'manifest.json',
        'quarantine.csv',
        'review.xlsx',
        'warehouse.duckdb',
      ].sort(),
    );
    // 10 of 12.5 t
    expect(await figure('waste.recycling_rate')).toMatchObject({
      value: '80.000000000000',
      numerator: '10.000000000000',
      denominator: '12.500000000000',
      status: 'complete',
    });
    expect(await figure('water.withdrawal')).toMatchObject({ value: '92.000000000000' });
    // no source tells of people: missing, not zero
    expect(await figure('hr.headcount')).toMatchObject({ value: '', status: 'missing' });
  });

  test('started twice finds the first package and changes nothing', async () => {
    project = await tinyProject();
    await run();
    const before = await readFile(latest('manifest.json'));
    const again = await run();
    expect(lastEvent(again.out)).toMatchObject({ event: 'done', already: true });
    expect(await readFile(latest('manifest.json'))).toEqual(before);
    expect(
      (await readdir(join(project.folder, 'out', '2026-Q3'))).filter((name) => name.startsWith('2026-Q3-')),
    ).toHaveLength(1);
  });

  test('a changed extract is another run, which names the one before', async () => {
    project = await tinyProject();
    await run();
    const first = JSON.parse(await readFile(latest('manifest.json'), 'utf8'));
    const text = await readFile(join(project.folder, 'extracts/waste_2026-Q3.csv'), 'utf8');
    await project.write('extracts/waste_2026-Q3.csv', text.replace('2.5', '10'));
    const cold = join(project.folder, 'cold');
    await cp(join(project.folder, 'out/2026-Q3'), join(cold, '2026-Q3'), {
      recursive: true,
      verbatimSymlinks: true,
    });
    await run();
    const second = JSON.parse(await readFile(latest('manifest.json'), 'utf8'));
    expect(second.run).not.toBe(first.run);
    expect(second.previous).toMatchObject({ run: first.run, period: '2026-Q3' });
    expect(await figure('waste.recycling_rate')).toMatchObject({ value: '50.000000000000' });

    // the water rows came from the cache of the first run: the bytes are those of a run that reads everything
    await run('--no-cache', '--out', cold);
    await expect(readdir(join(cold, '.cache'))).rejects.toThrow('ENOENT');
    const bytes = async (folder: string) => {
      const names = (await readdir(folder, { recursive: true })).filter((name) => /\.\w+$/.test(name)).sort();
      // DuckDB's own file differs from one writing to the next; the manifest holds its content
      const same = names.filter((name) => name !== 'warehouse.duckdb');
      return Promise.all(
        same.map(async (name) => [name, (await readFile(join(folder, name))).toString('hex')]),
      );
    };
    expect(await bytes(join(cold, '2026-Q3/latest/'))).toEqual(await bytes(latest('.')));
  }, 600_000);

  test('ends with 3 and says why when a source has not come; its figures are missing', async () => {
    project = await tinyProject();
    await (await import('node:fs/promises')).rm(join(project.folder, 'extracts/water_2026-Q3.csv'));
    const ended = await run();
    expect(ended.status).toBe(3);
    expect(lastEvent(ended.out).gates).toEqual([
      expect.stringMatching(/^La source water n’a pu être lue : SRC-001/),
    ]);
    expect(await figure('water.withdrawal')).toMatchObject({ value: '', status: 'missing' });
    expect(await figure('waste.recycling_rate')).toMatchObject({ status: 'complete' });
    expect((await run('--no-gate')).status).toBe(0);
  });

  test('ends with 1 when a required source has not come, and leaves no package', async () => {
    project = await tinyProject((yaml) =>
      yaml.replace('    path: extracts/water_', '    required: true\n    path: extracts/eau_'),
    );
    const ended = await run();
    expect(ended.status).toBe(1);
    expect(ended.err).toMatch(/RUN-002 Source water is required and could not be had: SRC-001 .* Deliver it/);
    await expect(readdir(join(project.folder, 'out', '2026-Q3'))).rejects.toThrow('ENOENT');
  });

  test.each([
    [
      'a mistake in the configuration',
      (yaml: string) => yaml.replace('method: full', 'method: ful'),
      [],
      /concordance.yaml:6 perimeter.entities.0.method: found "ful", expected one of/,
    ],
    [
      'an entity that no line declares',
      (yaml: string) => yaml.replace('entities: [SA]', 'entities: [SB]'),
      [],
      /sources.0.entities: found "SB", expected one of SA/,
    ],
    [
      'an option that the connector does not have',
      (yaml: string) => yaml.replace("    covers: '", "    options: { delimitr: ';' }\n    covers: '"),
      [],
      /delimitr/,
    ],
    [
      'a period that is none',
      (yaml: string) => yaml,
      ['--period', '2026-T3'],
      /PER-001 "2026-T3" is not a quarter. Write it as 2026-Q3/,
    ],
    ['an unknown option', (yaml: string) => yaml, ['--perod', 'x'], /unknown option '--perod'/],
  ])('ends with 2 for %s', async (_, change, more, message) => {
    project = await tinyProject(change);
    const ended = await run(...more);
    expect(ended.status).toBe(2);
    expect(ended.err).toMatch(message);
    expect(ended.err).not.toMatch(/\n\s+at /);
  });
});

describe('extracts that hold identities', () => {
  const personal = (mode: string) => (yaml: string) =>
    yaml
      .replace('    contract: waste_register\n', '    contract: waste_register\n    personal: true\n')
      .replace(
        'privacy: { key_file: pseudonym.key }',
        `privacy: { key_file: pseudonym.key, personal_extracts: ${mode} }`,
      );

  test.each([
    ['omit', 1, 0],
    ['encrypt', 2, 1],
    ['keep', 2, 0],
  ])('are kept out of the package in clear, unless told otherwise: %s', async (mode, files, encrypted) => {
    project = await tinyProject(personal(mode));
    await run();
    const sealed = await readdir(latest('extracts'));
    expect(sealed).toHaveLength(files);
    expect(sealed.filter((name) => name.endsWith('.enc'))).toHaveLength(encrypted);
    expect(await concordance(['verify', latest('.'), '--quick'])).toMatchObject({ status: 0 });
  });
});

describe('concordance verify', () => {
  test('finds nothing in a sealed run, and names what was changed in it', async () => {
    project = await tinyProject();
    await run();
    const verify = (...more: string[]) => concordance(['verify', latest('.'), ...more]);
    const whole = await verify();
    expect(whole).toMatchObject({ status: 0, out: expect.stringContaining('Rien ne diffère.') });
    // said, not silently left out: nobody signed, and no run stands before
    expect(whole.out).toContain('Le manifeste n’est pas signé');
    const figures = await readFile(latest('figures.csv'), 'utf8');
    await writeFile(latest('figures.csv'), figures.replace('92.000000000000', '29.000000000000'));
    const edited = await verify('--language', 'en');
    expect(edited.status).toBe(1);
    expect(edited.out).toContain('seal: figures.csv: the file has been changed since it was sealed');
    expect(edited.out).toMatch(
      /figures: figures.csv: water\.\w+:GROUP:2026-Q3:quarter, value: 29.000000000000; its measures make 92/,
    );
  }, 300_000);
});

describe('concordance trace', () => {
  test('opens a ratio to the rows of its extracts, with contributions that add up', async () => {
    project = await tinyProject();
    await run();
    const opened = await concordance([
      'trace',
      latest('.'),
      'waste.recycling_rate',
      '--basis',
      'quarter',
      '--json',
    ]);
    const tree = JSON.parse(opened.out);
    expect(tree.figure).toMatchObject({ value: '80.000000000000', status: 'complete' });
    const [recycled, all] = tree.measures;
    expect(recycled.largest).toMatchObject([
      { extract: 'waste/waste_2026-Q3.csv', row: 1, staged: { unique_id: 'D1', waste_code: '12 01 01' } },
    ]);
    expect(all.rows).toBe(2);
    const csv = await concordance(['trace', latest('.'), 'waste.total', '--basis', 'quarter', '--csv']);
    const [head = '', ...rows] = csv.out.trim().split('\n');
    const contribution = head.split(',').indexOf('contribution');
    expect(rows.map((line) => Number(line.split(',')[contribution])).reduce((a, b) => a + b, 0)).toBe(12.5);
  });

  test('an id that does not exist names those near it', async () => {
    project = await tinyProject();
    await run();
    const ended = await concordance(['trace', latest('.'), 'waste.totl']);
    expect(ended.status).toBe(2);
    expect(ended.err).toMatch(/TRC-001 This run has no indicator or measure "waste.totl"/);
  });
});
