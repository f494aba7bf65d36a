import { expect, test } from 'vitest';
import type { Figure } from '../../pipelines/indicators/figure.ts';
import { templatesFolder } from '../../pipelines/places.ts';
import { methodText } from '../../pipelines/report/figure-method.ts';
import { readWords } from '../../pipelines/report/workbook/words.ts';

const figure: Figure = {
  indicator: 'energy.electricity',
  entity: 'GROUP',
  period: '2026-Q3',
  basis: 'quarter',
  value: '7941',
  unit: 'MWh',
  numerator: '7941',
  denominator: null,
  coverage: 1,
  estimatedShare: 0.02,
  status: 'estimated',
};
const told = (codes: string) => ({ methods: { 'energy.electricity|GROUP|2026-Q3|quarter': codes } });

test('says each quality once, with the methods that its rows name', async () => {
  const { name } = await readWords('fr', templatesFolder);
  expect(
    methodText(
      told('estimated + estimated:estimated_by_source + estimated:same_weekday_year_before + measured'),
      figure,
      name,
    ),
  ).toBe('estimé (une estimation du fournisseur, le même jour de semaine, un an plus tôt) + mesuré');
  // a method that says no more than its quality is not said twice
  expect(methodText(told('survey:survey'), figure, name)).toBe('enquête');
});

test('a method that nobody named in words is shown as the data say it', async () => {
  const { name } = await readWords('en', templatesFolder);
  expect(methodText(told('calculated:rule_of_three'), figure, name)).toBe('calculated (rule_of_three)');
});

test('what is not shown has no method, and what a reviewer replaced is not called measured', async () => {
  const { name } = await readWords('en', templatesFolder);
  expect(methodText(told('measured'), { ...figure, value: null, status: 'suppressed' }, name)).toBe('');
  expect(methodText(told('measured'), { ...figure, status: 'overridden' }, name)).toBe(
    'overridden in review',
  );
});
