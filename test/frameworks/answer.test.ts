import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { coverageOf, frameworkIndex } from '../../pipelines/frameworks/answer.ts';
import type { ChosenFramework } from '../../pipelines/frameworks/choose.ts';
import { exportFrameworkIndex } from '../../pipelines/frameworks/export.ts';
import { Datapoint, Framework } from '../../pipelines/frameworks/framework.ts';
import { Indicator, Measure } from '../../pipelines/indicators/catalogue.ts';
import type { Figure, Status } from '../../pipelines/indicators/figure.ts';

const both = (text: string) => ({ fr: text, en: text });
const framework = Framework.parse({
  id: 'VSME',
  version: '2025',
  title: both('Norme'),
  valid_from: null,
  valid_to: null,
  modules: [
    { id: 'basic', label: { fr: 'module de base', en: 'basic module' } },
    { id: 'comprehensive', label: { fr: 'module complet', en: 'comprehensive module' } },
  ],
  source: { fr: 'essai', en: 'test' },
  certainty: 'to_confirm',
  note: both('-'),
});
const measure = (id: string, contract: string) =>
  Measure.parse({ id, label: both(id), unit: 't', table: 't', contracts: [contract] });
const indicator = (id: string, numerator: string, bases: string[]) =>
  Indicator.parse({
    id,
    label: both(id),
    definition: both(id),
    pillar: 'environment',
    topic: 'E5',
    unit: 't',
    numerator,
    bases,
    direction: 'down',
    decimals: 1,
    standards: [],
  });
const catalogue = {
  measures: [measure('waste', 'waste_register'), measure('water', 'water')],
  indicators: [
    indicator('waste.total', 'waste', ['quarter', 'ttm']),
    indicator('water.withdrawal', 'water', ['quarter']),
    indicator('waste.rate', 'waste', ['ttm']),
  ],
  reconciliations: [],
};
const figure = (of: string, status: Status, value: string | null, more: Partial<Figure> = {}): Figure => ({
  indicator: of,
  entity: 'GROUP',
  period: '2026-Q3',
  basis: 'quarter',
  unit: 't',
  value,
  numerator: value,
  denominator: null,
  coverage: 1,
  estimatedShare: 0,
  status,
  ...more,
});
const point = (id: string, more: object) =>
  Datapoint.parse({ id, disclosure: id, title: both(id), unit: 't', ...more });

function indexOf(
  datapoints: Datapoint[],
  figures: Figure[],
  chosen: Partial<ChosenFramework> = {},
  language: 'fr' | 'en' = 'fr',
) {
  const one: ChosenFramework = {
    framework,
    chosenBy: 'date',
    module: undefined,
    notApplicable: new Map(),
    ...chosen,
  };
  const lines = frameworkIndex({
    library: {
      frameworks: [framework],
      sources: new Map([
        [
          'balance_sheet',
          { id: 'balance_sheet', label: { fr: 'Bilan', en: 'Balance sheet' }, department: 'finance' },
        ],
      ]),
      datapoints: new Map([['VSME 2025', datapoints]]),
    },
    chosen: [one],
    catalogue,
    contracts: new Map([
      ['waste_register', { label: { fr: 'Registre des déchets', en: 'Waste register' } }],
      ['water', { label: { fr: 'Eau', en: 'Water' } }],
    ]),
    figures,
    period: '2026-Q3',
    language,
  });
  return { lines, coverage: coverageOf([one], lines)[0] };
}
const answer = (datapoint: object, figures: Figure[], chosen?: Partial<ChosenFramework>) =>
  indexOf([point('B7', datapoint)], figures, chosen).lines[0];

describe('a datapoint', () => {
  const two = { by: ['waste.total', 'water.withdrawal'] };

  test.each<[string, object, Figure[], string]>([
    [
      'all values complete or estimated',
      two,
      [figure('waste.total', 'complete', '4'), figure('water.withdrawal', 'estimated', '9')],
      'answered',
    ],
    [
      'a value that is a true zero',
      { by: ['waste.total'] },
      [figure('waste.total', 'complete', '0')],
      'answered',
    ],
    [
      'one value, the other missing',
      two,
      [figure('waste.total', 'complete', '4'), figure('water.withdrawal', 'missing', null)],
      'partial',
    ],
    ['incomplete data', { by: ['waste.total'] }, [figure('waste.total', 'partial', '4')], 'partial'],
    [
      'a part that the indicator leaves out',
      { by: ['waste.total'], lacks: both('sans volumes'), needs: ['balance_sheet'] },
      [figure('waste.total', 'complete', '4')],
      'partial',
    ],
    [
      'an empty denominator',
      { by: ['waste.total'] },
      [figure('waste.total', 'not_calculable', null)],
      'not_calculable',
    ],
    ['no data', { by: ['waste.total'] }, [figure('waste.total', 'missing', null)], 'missing'],
    ['no figure in the run', { by: ['waste.rate'] }, [], 'missing'],
    ['no indicator', { needs: ['balance_sheet'] }, [], 'missing'],
  ])('with %s is %4$s', (_name, datapoint, figures, expected) => {
    expect(answer(datapoint, figures)?.answer).toBe(expected);
  });

  test('names the sources that it needs: its own, and those of the measures without data', () => {
    expect(answer({ needs: ['balance_sheet'] }, [])?.needed).toEqual(['Bilan']);
    expect(answer({ by: ['waste.total'] }, [figure('waste.total', 'missing', null)])?.needed).toEqual([
      'Registre des déchets',
    ]);
    const half = [figure('waste.total', 'complete', '4'), figure('water.withdrawal', 'missing', null)];
    expect(answer(two, half)?.needed).toEqual(['Eau']);
    expect(answer({ by: ['waste.total'] }, [figure('waste.total', 'complete', '4')])?.needed).toEqual([]);
  });

  test('takes twelve months where the run has them, the quarter else, and the group only', () => {
    const figures = [
      figure('waste.total', 'complete', '1'),
      figure('waste.total', 'complete', '4', { basis: 'ttm' }),
      figure('waste.total', 'complete', '3', { basis: 'ttm', entity: 'SA' }),
      figure('waste.total', 'complete', '9', { basis: 'ttm', period: '2026-Q2' }),
    ];
    expect(answer({ by: ['waste.total'] }, figures)?.figures).toMatchObject([
      { basis: 'ttm', entity: 'GROUP', figure: { value: '4' } },
    ]);
    expect(answer({ by: ['waste.total'] }, figures.slice(0, 1))?.figures).toMatchObject([
      { basis: 'quarter', figure: { value: '1' } },
    ]);
  });

  test('of an obligation of each company is answered by the companies that have it', () => {
    const figures = [
      figure('waste.total', 'not_calculable', null),
      figure('waste.total', 'complete', '3', { entity: 'OFR' }),
      figure('waste.total', 'missing', null, { entity: 'ODE' }),
    ];
    const byCompany = { framework: { ...framework, scope: 'company' as const } };
    const line = answer({ by: ['waste.total'] }, figures, byCompany);
    expect(line?.answer).toBe('answered');
    expect(line?.figures.map((f) => f.entity)).toEqual(['OFR']);
  });

  test('of an obligation that concerns none of the companies does not apply; of one that may concern some is missing', () => {
    const group = figure('waste.total', 'not_applicable', null);
    const abroad = figure('waste.total', 'not_applicable', null, { entity: 'ODE' });
    const unknown = figure('waste.total', 'missing', null, { entity: 'OFR' });
    const told = figure('waste.total', 'complete', '3', { entity: 'OFR' });
    const by = { by: ['waste.total'] };
    for (const scope of ['company', 'group'] as const) {
      const chosen = { framework: { ...framework, scope } };
      expect(answer(by, [group, abroad], chosen)?.answer).toBe('not_applicable');
      expect(answer(by, [group, abroad, unknown], chosen)?.answer).toBe('missing');
      expect(answer(by, [group, abroad, told], chosen)).toMatchObject({
        answer: 'answered',
        figures: [{ entity: 'OFR' }],
      });
    }
  });

  test('does not apply where the configuration says so, with its reason, whatever its figure', () => {
    const notApplicable = new Map([['B7', 'Aucun déchet : bureaux loués avec services.']]);
    const line = answer({ by: ['waste.total'] }, [figure('waste.total', 'complete', '4')], { notApplicable });
    expect(line).toMatchObject({
      answer: 'not_applicable',
      remark: 'Aucun déchet : bureaux loués avec services.',
      needed: [],
    });
  });

  test('of a larger module does not apply when the smaller is reported', () => {
    const comprehensive = { by: ['waste.total'], module: 'comprehensive' };
    const figures = [figure('waste.total', 'complete', '4')];
    expect(answer(comprehensive, figures, { module: 'basic' })).toMatchObject({
      answer: 'not_applicable',
      remark: 'module complet',
    });
    expect(answer(comprehensive, figures, { module: 'comprehensive' })?.answer).toBe('answered');
    expect(answer({ ...comprehensive, module: 'basic' }, figures, { module: 'comprehensive' })?.answer).toBe(
      'answered',
    );
  });
});

test('the coverage of a framework counts each datapoint once, and its disclosures add up', () => {
  const { coverage } = indexOf(
    [
      point('A', { by: ['waste.total'] }),
      point('B', { needs: ['balance_sheet'] }),
      point('C', { by: ['water.withdrawal'] }),
    ],
    [figure('waste.total', 'complete', '4'), figure('water.withdrawal', 'not_calculable', null)],
  );
  expect(coverage).toMatchObject({
    total: 3,
    answers: { answered: 1, partial: 0, not_calculable: 1, missing: 1, not_applicable: 0 },
  });
  expect(coverage?.disclosures.reduce((sum, d) => sum + d.total, 0)).toBe(3);
});

test('framework-index.csv has a row for each indicator of a datapoint, and runs no formula', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'concordance-index-'));
  try {
    const { lines } = indexOf(
      [
        point('B7', { by: ['waste.total', 'water.withdrawal'], title: both('=SUM(A1), "tout"') }),
        point('B1', { needs: ['balance_sheet'] }),
      ],
      [figure('waste.total', 'complete', '-4.5'), figure('water.withdrawal', 'not_calculable', null)],
    );
    await exportFrameworkIndex(lines, 'fr', folder);
    const [head, ...rows] = (await readFile(join(folder, 'framework-index.csv'), 'utf8'))
      .trimEnd()
      .split('\n');
    expect(head).toBe(
      'framework,version,disclosure,paragraph,datapoint,title,datapoint_unit,module,answer,indicator,entity,period,basis,value,unit,figure_status,source_needed,remark,certainty',
    );
    expect(rows).toEqual([
      `VSME,2025,B7,,B7,"'=SUM(A1), ""tout""",t,,partial,waste.total,GROUP,2026-Q3,quarter,-4.5,t,complete,,,to_confirm`,
      `VSME,2025,B7,,B7,"'=SUM(A1), ""tout""",t,,partial,water.withdrawal,GROUP,2026-Q3,quarter,,t,not_calculable,,,to_confirm`,
      'VSME,2025,B1,,B1,B1,t,,missing,,,,,,,,Bilan,,to_confirm',
    ]);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});
