import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { loadCatalogue } from '../../pipelines/indicators/load.ts';
import { unitInWords } from '../../pipelines/language/quantity.ts';
import { figuresOf } from './figures-of.ts';
import { registerOf } from './golden/golden-case.ts';

test('each indicator of the catalogue declares how it goes from entities to the group', async () => {
  const { indicators } = await loadCatalogue();
  expect(indicators.filter((one) => one.consolidation === undefined).map((one) => one.id)).toEqual([]);
});

test('a rule that its measures do not obey is refused, with the line and the rule they obey', async () => {
  const overlay = await mkdtemp(join(tmpdir(), 'consolidation-'));
  try {
    await mkdir(join(overlay, 'indicators'));
    await writeFile(
      join(overlay, 'indicators/own.yaml'),
      `indicators:
  - id: own.recycled
    label: { fr: Recyclé, en: Recycled }
    definition: { fr: Part recyclée, en: Share recycled }
    pillar: environment
    topic: E5
    unit: "%"
    numerator: waste_hazardous_weight
    denominator: waste_weight
    consolidation: sum
    bases: [quarter]
    direction: up
    decimals: 1
    standards: []
`,
    );
    await expect(loadCatalogue(overlay)).rejects.toMatchObject({
      code: 'CAT-002',
      misfits: [
        expect.objectContaining({
          line: 10,
          key: 'indicators.0.consolidation',
          found: 'sum',
          expected: expect.stringMatching(/^ratio_of_sums/),
        }),
      ],
    });
  } finally {
    await rm(overlay, { recursive: true });
  }
});

test('each rule is what the figures of the group do', async () => {
  const declared = new Map((await loadCatalogue()).indicators.map((one) => [one.id, one.consolidation]));
  const months = ['2025-10-01', '2025-11-01', '2025-12-01'];
  const people = registerOf(
    [
      { name: 'w', count: 5, sex: 'F', entity: 'A', gross: 3000, hours: 150 },
      { name: 'm', count: 5, sex: 'M', entity: 'A', gross: 3000, hours: 150 },
      { name: 'k', count: 5, sex: 'M', entity: 'B', gross: 6000, hours: 150 },
      // the same five women have a second contract in B
      { name: 'w', count: 5, sex: 'F', entity: 'B', gross: 6000, hours: 150 },
    ],
    months,
  );
  const ids = ['waste.total', 'waste.recycling_rate', 'hr.headcount', 'hr.paygap_mean', 'hr.oeth_missing'];
  const found = await figuresOf(
    {
      waste_register: `unique_id  entity  site  waste_code  hazardous  dispatch_date  weight_t  planned_treatment  final_treatment
        W1  A  SA  120101  false  2025-10-10  10  R4  R4
        W2  B  SB  120101  false  2025-10-10  30  D5  D5`,
      hr_register: people,
    },
    ids,
    {
      period: '2025-Q4',
      // B is consolidated by half
      before: (warehouse) => warehouse.run("update reference.entity set weight = 0.5 where entity = 'B'"),
    },
  );
  expect(ids.map((id) => declared.get(id))).toEqual([
    'sum',
    'ratio_of_sums',
    'counted_once',
    'population',
    'by_company',
  ]);
  expect(Number(found.value('waste.total'))).toBe(10 + 0.5 * 30);
  // 10 t recycled of 25 t, not the mean of 100 % and 0 %
  expect(Number(found.value('waste.recycling_rate'))).toBe(40);
  // 10 people in each; the five women with two contracts count once, at the larger share: 10 x 1 + 5 x 0.5
  expect(['A', 'B', 'GROUP'].map((entity) => found.value(`hr.headcount@${entity}`))).toEqual([
    '10',
    '10',
    '12.5',
  ]);
  // men: five at 20 €/h and five at 40 €/h; women, over both contracts: 9,000 € for 300 h. Not the mean of 0 % and 0 %, 30 on 30
  expect(Number(found.value('hr.paygap_mean@GROUP@ttm'))).toBe(0);
  expect(found.value('hr.oeth_missing@GROUP@ttm')).toBe('<not_applicable>');
});

test('a card writes each unit of the catalogue as people do, in both languages', async () => {
  const { indicators, measures } = await loadCatalogue();
  const units = [...new Set([...indicators, ...measures].map((one) => one.unit))];
  for (const language of ['fr', 'en'] as const) {
    const coded = units
      .map((unit) => unitInWords(unit, language))
      .filter((text) => /\de\d|\bEUR|CO2|m[23]\b|count|PCS$/.test(text));
    expect(coded, language).toEqual([]);
  }
  expect(unitInWords('d per 1e3 h', 'fr')).toBe('jours pour mille heures travaillées');
  expect(unitInWords('tCO2e/EUR m', 'en')).toBe('tCO₂e/€m');
  expect(unitInWords('kWh/m2', 'fr')).toBe('kWh/m²');
});
