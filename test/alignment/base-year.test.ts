import { expect, test } from 'vitest';
import { baseYearFindings } from '../../pipelines/alignment/base-year.ts';
import { Configuration } from '../../pipelines/configuration/schema.ts';
import type { MeasureValue } from '../../pipelines/indicators/figure.ts';
import { wording } from '../../pipelines/language/wording.ts';

const configuration = (base: object | undefined) =>
  Configuration.parse({
    group: { name: 'G', currency: 'EUR' },
    history_from: '2025-Q1',
    perimeter: {
      entities: [
        { id: 'A', name: 'A SA', country: 'FR', method: 'full', share: 100 },
        { id: 'N', name: 'Nouvelle SA', country: 'FR', method: 'full', share: 100, entry: '2026-05-01' },
      ],
    },
    sources: [{ id: 's', connector: 'csv', contract: 'water', path: 'x', entities: ['A'] }],
    privacy: { key_file: 'k' },
    carbon: base ? { base_year: base } : {},
  });
const value = (measure: string, entity: string, period: string, amount: string): MeasureValue => ({
  measure,
  entity,
  period,
  basis: 'ttm',
  value: amount,
  divisor: 1,
  rows: 1,
  unvalued: 0,
  coverage: 1,
  estimatedShare: 0,
});
const measures = (restated: string, ofNew: string) => [
  value('scope12_market', 'GROUP', '2025-Q4', '1000'),
  value('base_scope12_market', 'GROUP', '2026-Q3', restated),
  value('scope12_market', 'A', '2026-Q3', '900'),
  value('base_scope12_market', 'A', '2026-Q3', '1000'),
  value('scope12_market', 'N', '2026-Q3', '80'),
  value('base_scope12_market', 'N', '2026-Q3', ofNew),
];
const found = async (base: object | undefined, restated: string, ofNew: string) =>
  baseYearFindings({
    configuration: configuration(base),
    measures: measures(restated, ofNew),
    period: '2026-Q3',
    language: 'en',
    say: await wording('en', 'findings'),
  });
const base = { period: '2025-Q4' };

test('a change of perimeter beyond the threshold restates the base year, and says from what to what', async () => {
  const [finding, ...others] = await found(base, '1060', '60');
  expect(others).toEqual([]);
  // 1,060 / 1,000 - 1 = 6 %, threshold 5 %
  expect(finding?.id).toBe('quality:base_year:restated');
  expect(finding?.sentence).toMatch(/1,000.tCO₂e to 1,060.tCO₂e.*6\.0%.*5\.0%/);
});

test('one below the threshold is not reported', async () => {
  expect(await found(base, '1049', '49')).toEqual([]);
  expect(await found({ ...base, threshold: 0.04 }, '1049', '49')).toHaveLength(1);
});

test('a company that emits today and has no base-year emissions is named', async () => {
  const [finding] = await found(base, '1000', '0');
  expect([finding?.id, finding?.severity]).toEqual(['quality:base_year:N', 'major']);
  expect(finding?.sentence).toContain('Nouvelle SA');
});

test('without a base year there is nothing to say', async () => {
  expect(await found(undefined, '1060', '0')).toEqual([]);
});
