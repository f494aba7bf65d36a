import { expect, test } from 'vitest';
import { Indicator } from '../../pipelines/indicators/catalogue.ts';
import type { Figure } from '../../pipelines/indicators/figure.ts';
import { askedFigures } from '../../pipelines/review/asked-figures.ts';

const text = { fr: 'x', en: 'x' };
const indicator = (id: string, material: boolean) =>
  Indicator.parse({
    id,
    label: text,
    definition: text,
    pillar: 'social',
    topic: 'S1',
    unit: 'h',
    numerator: 'm',
    bases: ['quarter', 'ttm'],
    direction: 'up',
    decimals: 0,
    material,
    standards: [],
  });
const figure = (of: string, rest: Partial<Figure> = {}): Figure => ({
  indicator: of,
  entity: 'GROUP',
  period: '2026-Q3',
  basis: 'quarter',
  value: '1',
  unit: 'h',
  numerator: '1',
  denominator: null,
  coverage: 1,
  estimatedShare: 0,
  status: 'complete',
  ...rest,
});

test('a reviewer decides on material figures of the period, of every company and window, that concern it', () => {
  const figures = [
    figure('t.material'),
    figure('t.material', { basis: 'ttm', value: null, status: 'missing' }),
    figure('t.material', { entity: 'A', value: null, status: 'not_applicable' }),
    figure('t.material', { entity: 'B', value: null, status: 'suppressed' }),
    figure('t.material', { period: '2026-Q2' }),
    figure('t.other'),
  ];
  const asked = askedFigures({
    period: '2026-Q3',
    indicators: [indicator('t.material', true), indicator('t.other', false)],
    figures,
  });
  expect(asked.map((one) => [one.entity, one.basis, one.status])).toEqual([
    ['GROUP', 'quarter', 'complete'],
    ['GROUP', 'ttm', 'missing'],
    ['B', 'quarter', 'suppressed'],
  ]);
});
