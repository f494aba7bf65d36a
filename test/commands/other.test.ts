import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { schemaFiles } from '../../pipelines/commands/schemas.ts';
import { dataFolder } from '../../pipelines/places.ts';
import { concordance, tinyProject } from './tiny-project.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'concordance-commands-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

describe('the command line', () => {
  test.each(['init', 'check', 'run', 'status', 'trace', 'verify', 'review', 'publish', 'diff', 'indicators'])(
    '%s explains itself',
    async (command) => {
      const { status, out } = await concordance([command, '--help']);
      expect(status).toBe(0);
      expect(out).toContain(`Usage: concordance ${command}`);
    },
  );
});

describe('concordance init', () => {
  test('starts a project that check reads, with a key of its own', async () => {
    const target = join(folder, 'groupe');
    expect(await concordance(['init', target])).toMatchObject({ status: 0 });
    expect(await readFile(join(target, 'pseudonym.key'), 'utf8')).toMatch(/^[0-9a-f]{64}\n$/);
    expect(await readFile(join(target, 'concordance.timer'), 'utf8')).toContain('OnCalendar');
    expect(await readFile(join(target, 'crontab'), 'utf8')).toContain(`-c ${target}/concordance.yaml`);
    // cron looks for programs in /usr/bin and /bin alone
    expect(await readFile(join(target, 'crontab'), 'utf8')).toContain(` ${process.execPath} `);
    expect(await readFile(join(target, 'concordance.service'), 'utf8')).toContain(
      `ExecStart=${process.execPath} `,
    );
    const checked = await concordance(['check', '-c', join(target, 'concordance.yaml')]);
    expect(checked.err).toBe('');
    expect(checked.out).toContain('all is well');
  });

  test('never overwrites a project', async () => {
    await concordance(['init', folder]);
    expect(await concordance(['init', folder])).toMatchObject({
      status: 2,
      err: expect.stringContaining('INI-001'),
    });
  });
});

describe('concordance status', () => {
  test('says which periods have run and which have not', async () => {
    const project = await tinyProject((yaml) =>
      yaml.replace('history_from: 2026-Q3', 'history_from: 2026-Q2'),
    );
    try {
      await concordance(['run', '-c', project.config, '--period', '2026-Q3']);
      const { out } = await concordance(['status', '-c', project.config]);
      expect(out).toContain('2026-Q2  not run');
      expect(out).toMatch(/2026-Q3 {2}2026-Q3-[0-9a-f]{12} \(latest\) {2}draft {2}2 extracts/);
    } finally {
      await project.remove();
    }
  });
});

describe('concordance run', () => {
  test('refuses a quarter that has not begun', async () => {
    const project = await tinyProject();
    try {
      const ended = await concordance(['run', '-c', project.config, '--period', '2226-Q3']);
      expect(ended).toMatchObject({
        status: 2,
        err: expect.stringMatching(/^PER-003 2226-Q3 has not begun/),
      });
    } finally {
      await project.remove();
    }
  });
});

describe('concordance indicators', () => {
  test('prints one as a reader needs it: definition, formula, measures, standards', async () => {
    const { out } = await concordance(['indicators', 'waste.recycling_rate', '--language', 'en']);
    for (const part of [
      'recycling rate',
      'With the measures',
      'numerator and denominator consolidated apart',
      'flow: rows dated in the window',
      'Waste register (waste_register, operations)',
      'model.waste: one row is',
      'ESRS 2023 E5-5',
      'European Sustainability Reporting Standards, first set, from 1\u00a0Jan\u00a02024 (checked in: Delegated Regulation (EU) 2023/2772',
      'ESRS 2026  E5-5',
    ])
      expect(out).toContain(part);
  });

  test('prints in French what a French reader computes with: grain, aggregation, rounding, dates', async () => {
    const { out } = await concordance(['indicators', 'energy.intensity_revenue']);
    for (const part of [
      'affichée avec 3 chiffres significatifs',
      'somme(-amount) où not opening',
      'model.ledger: une ligne est une ligne d’écriture',
      'à partir du 01/01/2024',
      'sources : ',
    ])
      expect(out.replaceAll(/[\u202f\u00a0]/g, ' ')).toContain(part);
    expect(out).not.toMatch(/one row is|\bsum\(|number of/);
  });

  test('prints a framework: its versions, what answers each datapoint, the source that is needed', async () => {
    const { out } = await concordance(['indicators', '--framework', 'VSME:2025', '--language', 'en']);
    expect(out).toMatch(
      /B3 +§29 +B3\.energy {2}Total energy consumption \(MWh\)\n +answered by: energy\.total/,
    );
    expect(out).toMatch(/B1\.assets {2}Total assets \(euros\)\n +source needed: Balance sheet/);
    const all = await concordance(['indicators', '--framework', 'vsme', '--json']);
    expect(JSON.parse(all.out).map((f: { framework: { version: string } }) => f.framework.version)).toEqual([
      '2025',
      '2026',
    ]);
    const none = await concordance(['indicators', '--framework', 'CDP']);
    expect(none.status).toBe(2);
    expect(none.err).toContain('CAT-008');
  });
});

test('the JSON Schemas beside the data are those of the code', async () => {
  for (const [name, text] of Object.entries(schemaFiles())) {
    expect(await readFile(join(dataFolder, 'schemas', name), 'utf8'), `${name}: run npm run schemas`).toBe(
      text,
    );
  }
});
