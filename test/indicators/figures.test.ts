import { Decimal } from 'decimal.js';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Indicator } from '../../pipelines/indicators/catalogue.ts';
import { measuresOf, parseExpression } from '../../pipelines/indicators/expression.ts';
import type { Figure, MeasureValue } from '../../pipelines/indicators/figure.ts';
import { openFigures } from '../../pipelines/indicators/figures.ts';

const text = { en: 'x', fr: 'x' };
const indicator = (id: string, numerator: string, denominator?: string) =>
  Indicator.parse({
    ...{ id, label: text, definition: text, pillar: 'social', topic: 'S1', unit: '%', numerator, scale: 100 },
    ...(denominator === undefined ? {} : { denominator }),
    ...{ bases: ['quarter'], direction: 'up', decimals: 1, standards: [] },
  });
const indicators = [
  indicator('t.sum', 'a + b'),
  indicator('t.ratio', 'a - b', 'b + c'),
  indicator('t.of_a_number', 'a', '40'),
  indicator('t.number', '3', 'c'),
  indicator('t.twice', 'a + a', 'a'),
];
const entities = ['A', 'B', 'GROUP'];

/** A measure of one entity: not there at all, missing, without anyone to take a mean of, or known. */
const measure = fc.oneof(
  fc.constant(undefined),
  fc.constant({ value: null, coverage: 0, unvalued: 0, estimatedShare: null }),
  fc.constant({ value: null, coverage: 0.5, unvalued: 2, estimatedShare: null }),
  fc.constant({ value: null, coverage: 0.75, unvalued: 0, estimatedShare: null }),
  fc.constant({ value: '0.0000000000', coverage: 1, unvalued: 0, estimatedShare: null }),
  fc.record({
    value: fc.integer({ min: -50_000, max: 50_000 }).map((n) => `${n}.0000000000`),
    coverage: fc.constantFrom(1, 1, 0.25),
    unvalued: fc.constantFrom(0, 0, 1),
    estimatedShare: fc.constantFrom(0, 0, 0.5, 1),
  }),
);

test('a figure follows from its measures, known, missing, empty or zero', () => {
  fc.assert(
    fc.property(fc.array(measure, { minLength: 9, maxLength: 9 }), (drawn) => {
      const places = entities.flatMap((entity) => ['a', 'b', 'c'].map((id) => ({ entity, id })));
      const values = places.flatMap(({ entity, id }, i): MeasureValue[] => {
        const told = drawn[i];
        const window = { period: '2026-Q2', basis: 'quarter' as const, divisor: 1, rows: 1 };
        return told === undefined ? [] : [{ measure: id, entity, ...window, ...told }];
      });
      const figures = openFigures({ measures: [], indicators }, values);
      const known = entities.filter((entity) => values.some((one) => one.entity === entity));
      expect(figures.map((one) => `${one.indicator} ${one.entity}`)).toEqual(
        indicators.flatMap(({ id }) => known.map((entity) => `${id} ${entity}`)),
      );
      for (const figure of figures) expectFigure(figure, values);
    }),
  );
});

test('a measure told as it stands is told by its shortest digits', () => {
  const asItStands = Indicator.parse({ ...indicator('t.alone', 'a'), scale: 1 });
  const scaled = Indicator.parse({ ...indicator('t.scaled', 'a * 1'), scale: 1 });
  fc.assert(
    fc.property(fc.bigInt({ min: -(10n ** 37n), max: 10n ** 37n }), fc.nat(10), (digits, zeros) => {
      const kept = (digits / 10n ** BigInt(zeros)) * 10n ** BigInt(zeros);
      const value = new Decimal(`${kept}e-10`).toFixed(10);
      const place = { entity: 'A', period: '2026-Q2', basis: 'quarter' as const };
      const told = { value, divisor: 1, rows: 1, unvalued: 0, coverage: 1, estimatedShare: 0 };
      const figures = openFigures({ measures: [], indicators: [asItStands, scaled] }, [
        { measure: 'a', ...place, ...told },
      ]);
      const [own, computed] = figures as [Figure, Figure];
      expect({ ...own, indicator: '' }).toEqual({ ...computed, indicator: '' });
      expect(own.value).toBe(own.numerator);
    }),
  );
});

/** What the rules say of a figure, each by itself. */
function expectFigure(figure: Figure, values: readonly MeasureValue[]): void {
  const { numerator, denominator = '1' } = indicators.find((one) => one.id === figure.indicator) as Indicator;
  const valuesIn = (expression: string) =>
    measuresOf(parseExpression(expression)).map((id) =>
      values.find((one) => one.measure === id && one.entity === figure.entity),
    );
  const isEmpty = (one: MeasureValue | undefined) =>
    one?.value === null && one.coverage > 0 && one.unvalued === 0;
  const isMissing = (one: MeasureValue | undefined) => one?.value == null && !isEmpty(one);
  const [above, below] = [valuesIn(numerator), valuesIn(denominator)];
  const used = [...above, ...below];
  const amount = (id: string) =>
    Number(values.find((one) => one.measure === id && one.entity === figure.entity)?.value ?? 0);
  const [a, b, c] = [amount('a'), amount('b'), amount('c')];
  const [top, bottom] = {
    't.sum': [a + b, 1],
    't.ratio': [a - b, b + c],
    't.of_a_number': [a, 40],
    't.number': [3, c],
    't.twice': [a + a, a],
  }[figure.indicator] as [number, number];

  const told = (of: typeof used, sum: number) =>
    of.some((one) => isMissing(one) || isEmpty(one)) ? null : String(sum);
  expect(figure.numerator).toBe(told(above, top));
  expect(figure.denominator).toBe(figure.indicator === 't.sum' ? null : told(below, bottom));
  expect(figure.coverage).toBe(Math.min(...used.map((one) => one?.coverage ?? 0)));
  const shareOf = (of: typeof used) => {
    const sized = of.map((one) => [Math.abs(Number(one?.value ?? 0)), one?.estimatedShare ?? 0] as const);
    const total = sized.reduce((sum, [size]) => sum + size, 0);
    return total === 0 ? null : sized.reduce((sum, [size, share]) => sum + size * share, 0) / total;
  };
  expect(figure.estimatedShare).toBeCloseTo(shareOf(above) ?? shareOf([...new Set(used)]) ?? 0, 5);
  if (used.some(isMissing)) expect(figure).toMatchObject({ value: null, status: 'missing' });
  else if (used.some(isEmpty) || bottom === 0)
    expect(figure).toMatchObject({ value: null, status: 'not_calculable' });
  else {
    expect(new Decimal(figure.value as string).toNumber()).toBeCloseTo((top / bottom) * 100, 6);
    const partial = figure.coverage < 1 || used.some((one) => (one?.unvalued ?? 0) > 0);
    expect(figure.status).toBe(partial ? 'partial' : figure.estimatedShare > 0 ? 'estimated' : 'complete');
  }
}
