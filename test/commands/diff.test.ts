import { mkdir, realpath, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { Decimal } from 'decimal.js';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { type Comparison, compareRuns } from '../../pipelines/comparison.ts';
import type { SplitChange } from '../../pipelines/review/change-split.ts';
import { copied, editWarehouse } from '../seal/sealed-package.ts';
import { concordance, type Project, tinyProject } from './tiny-project.ts';

vi.setConfig({ testTimeout: 300_000, hookTimeout: 600_000 });
let project: Project;
let comparison: Comparison;
let acquired: Comparison;
let runs: string[];
const find = (indicator: string, entity: string): SplitChange | undefined =>
  comparison.changes.find(
    (one) => one.indicator === indicator && one.entity === entity && one.basis === 'quarter',
  );
const seal = async () => {
  const ended = await concordance(['run', '-c', project.config, '--period', '2026-Q3', '--no-gate']);
  if (ended.status !== 0) throw new Error(ended.err);
  return realpath(join(project.folder, 'out', '2026-Q3', 'latest'));
};

const second = (share: number) => (yaml: string) =>
  yaml
    .replace(
      'method: full, share: 100 }\n',
      `method: full, share: 100 }\n    - { id: SB, name: Essai SB, country: FR, parent: SA, method: proportional, share: ${share} }\n`,
    )
    .replace(
      'city: Lyon, country: FR }\n',
      'city: Lyon, country: FR }\n    - { id: DEPOT, entity: SB, name: Dépôt, city: Lille, country: FR }\n',
    )
    .replaceAll('entities: [SA]', 'entities: [SA, SB]')
    .replace('privacy:', 'catalogue: catalogue\nprivacy:');

const indicator = (scale: number) => `indicators:
  - id: test.waste
    label: { fr: Déchets, en: Waste }
    definition: { fr: Déchets de l'essai, en: Waste of the test }
    pillar: environment
    topic: E5
    unit: t
    numerator: waste_weight
    scale: ${scale}
    bases: [quarter]
    direction: down
    decimals: 1
    standards: []
`;

beforeAll(async () => {
  project = await tinyProject(second(40));
  await mkdir(join(project.folder, 'catalogue', 'indicators'), { recursive: true });
  await project.write('catalogue/indicators/test.yaml', indicator(1));
  const { readFile } = await import('node:fs/promises');
  const file = join(project.folder, 'extracts', 'waste_2026-Q3.csv');
  const waste = await readFile(file, 'utf8');
  const own = `${waste}D3;SB;DEPOT;12 01 01;non;2026-08-20;20;R4\n`;
  await project.write('extracts/waste_2026-Q3.csv', own);
  const first = await seal();
  await project.write('extracts/waste_2026-Q3.csv', own.replace(';2.5;', ';3.5;'));
  await project.write('concordance.yaml', second(60)(await configurationText()));
  await project.write('catalogue/indicators/test.yaml', indicator(2));
  runs = [first, await seal()];
  comparison = await compareRuns(runs[0] as string, runs[1] as string);
  // SC is bought on 1 September: of its 3 t of August and 5 t of September, 5 t count. The landfill has a factor of its own
  await project.write(
    'concordance.yaml',
    second(60)(await configurationText())
      .replace(
        '  sites:\n',
        '    - { id: SC, name: Essai SC, country: FR, parent: SA, method: full, share: 100, entry: 2026-09-01 }\n  sites:\n',
      )
      .replaceAll('entities: [SA, SB]', 'entities: [SA, SB, SC]')
      .replace('city: Lille, country: FR }\n', `city: Lille, country: FR }\n${siteOfSC}`),
  );
  await project.write(
    'extracts/waste_2026-Q3.csv',
    `${own.replace(';2.5;', ';3.5;')}D4;SC;ACQUIS;12 01 01;non;2026-08-15;3;R4\nD5;SC;ACQUIS;12 01 01;non;2026-09-15;5;R4\n`,
  );
  await mkdir(join(project.folder, 'catalogue', 'factors'), { recursive: true });
  await project.write('catalogue/factors/group_factors.csv', ownFactor);
  acquired = await compareRuns(runs[1] as string, await seal());
});
afterAll(() => project?.remove());

const siteOfSC = '    - { id: ACQUIS, entity: SC, name: Acquis, city: Metz, country: FR }\n';
const ownFactor = `factor_id,activity,country,site,scope_part,unit,value_kgco2e,gwp_set,valid_from,valid_to,version,source,source_row,uncertainty_pct,certainty,label_fr,label_en
own-landfill,waste_landfill,,,all_in,t,400,AR5,2026-01-01,,2026,measured by the operator,,20,confirmed,Stockage,Landfill
`;

async function configurationText(): Promise<string> {
  return (await import('./tiny-project.ts')).configuration;
}

describe('concordance diff', () => {
  test('splits a change into data, perimeter and method by recomputing both databases', () => {
    // before: SA 10 + 2.5 t, SB 20 t at 40 %: 12.5 + 8 = 20.5 t
    // data: D2 weighs 3.5 t: 13.5 + 8 = 21.5; perimeter: SB at 60 %: 13.5 + 12 = 25.5; method: twice that, 51
    expect(find('test.waste', 'GROUP')).toMatchObject({
      before: '20.5',
      after: '51',
      parts: [
        { causes: ['data'], amount: '1' },
        { causes: ['perimeter'], amount: '4' },
        { causes: ['method'], amount: '25.5' },
      ],
    });
    // the entity itself has no consolidation share: 12.5, 13.5, 13.5, 27
    expect(find('test.waste', 'SA')).toMatchObject({
      parts: [
        { causes: ['data'], amount: '1' },
        { causes: ['method'], amount: '13.5' },
      ],
    });
    // SB moved by the method alone: 20, 40
    expect(find('test.waste', 'SB')).toMatchObject({ parts: [{ causes: ['method'], amount: '20' }] });
    // what did not change is not told
    expect(find('water.withdrawal', 'SA')).toBeUndefined();
  });

  test('a company that is bought is perimeter from its entry on, another factor is factor', () => {
    const of = (id: string) =>
      acquired.changes.find(
        (one) => one.indicator === id && one.entity === 'GROUP' && one.basis === 'quarter',
      );
    // 5 t, counted twice by the method of the run before: 10
    expect(of('test.waste')).toMatchObject({
      before: '51',
      after: '61',
      parts: [{ causes: ['perimeter'], amount: '10' }],
    });
    // emissions of waste: 5 t recycled more, then 3.5 t to landfill at 400 instead of 520.5327 kg
    const emissions = acquired.changes.filter((one) =>
      one.parts.some((part) => part.causes.includes('factor')),
    );
    expect(emissions.length).toBeGreaterThan(0);
    const own = emissions.find(
      (one) => one.entity === 'SA' && one.basis === 'quarter' && one.unit === 'tCO2e',
    );
    expect(own?.parts.map(({ causes }) => causes)).toEqual([['factor']]);
    expect(Number(own?.parts[0]?.amount)).toBeCloseTo((3.5 * (400 - 520.5327)) / 1000, 8);
    const group = emissions.find((one) => one.entity === 'GROUP' && one.indicator === own?.indicator);
    expect(group?.parts.map(({ causes }) => causes)).toEqual([['perimeter'], ['factor']]);
    expect(Number(group?.parts[0]?.amount)).toBeCloseTo((5 * 4.68568) / 1000, 8);
    expect(Number(group?.parts[1]?.amount)).toBeCloseTo((3.5 * (400 - 520.5327)) / 1000, 8);
  });

  test('leaves no remainder in any figure', () => {
    expect(comparison.changes.length).toBeGreaterThan(5);
    for (const change of [...comparison.changes, ...acquired.changes]) {
      if (change.before === null || change.after === null) continue;
      const sum = change.parts.reduce(
        (total, part) => total.plus(part.amount ?? 0),
        new Decimal(change.before),
      );
      expect(sum.equals(change.after), JSON.stringify(change)).toBe(true);
    }
  });

  test('runs no SQL of a package that reaches another file', async () => {
    const forged = await copied(runs[0] as string);
    const written = join(forged.folder, '..', 'written.csv');
    try {
      // a model that would write a file beside what it selects
      await editWarehouse(
        forged.folder,
        `update result.model set model = json_merge_patch(model, json_object('sql', json_extract_string(model, '$.sql') || '; copy (select 1) to ''${written}'''))
         where json_extract_string(model, '$.name') = 'waste'`,
      );
      const { changes } = await compareRuns(forged.folder, runs[1] as string);
      expect(changes.length).toBeGreaterThan(5);
      await expect(stat(written)).rejects.toThrow('ENOENT');
    } finally {
      await forged.remove();
    }
  });

  test('the run itself tells the same in its workbook, and the command prints it', async () => {
    const { out, status } = await concordance([
      'diff',
      ...runs,
      '--indicator',
      'test.waste',
      '--entity',
      'GROUP',
    ]);
    expect(status).toBe(0);
    expect(out).toContain('20.5 -> 51 t  (data +1, perimeter +4, method +25.5)');
    const { Reviewer } = await import('./filled-workbook.ts');
    const book = await Reviewer.open(join(runs[1] as string, 'review.xlsx'));
    const id = 'test.waste:GROUP:2026-Q3:quarter';
    const part = (heading: string) => book.cell('Changements', id, heading).value;
    expect([part('dont données'), part('dont périmètre'), part('dont méthode')]).toEqual([1, 4, 25.5]);
  });
});
