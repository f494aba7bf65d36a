import type { Indicator } from '../../indicators/catalogue.ts';
import { type Expression, parseExpression } from '../../indicators/expression.ts';
import { measuresIn } from '../../indicators/measures-in.ts';
import { quoted } from './cell-text.ts';

/** Where a measure's value stands: `'Mesures'!$F$12`. */
export type CellOf = (measure: string) => string;

const strength = { '+': 1, '-': 1, '*': 2, '/': 2 } as const;

/**
 * An expression of the catalogue over cells.
 *
 * @example cellExpression(parseExpression('a / (b - c)'), (m) => m.toUpperCase()) // 'A/(B-C)'
 */
export function cellExpression(expression: Expression, cellOf: CellOf, outer = 0): string {
  switch (expression.kind) {
    case 'number':
      return expression.value;
    case 'measure':
      return cellOf(expression.id);
    case 'negate':
      return `(-${cellExpression(expression.operand, cellOf, 3)})`;
    case 'binary': {
      const own = strength[expression.op];
      // the right side of - and / binds tighter: a - (b + c), a / (b * c)
      const text = `${cellExpression(expression.left, cellOf, own)}${expression.op}${cellExpression(expression.right, cellOf, own + 0.5)}`;
      return own < outer ? `(${text})` : text;
    }
  }
}

/** What must not be zero for an expression to have a value. */
function divisors(expression: Expression, cellOf: CellOf): string[] {
  if (expression.kind === 'negate') return divisors(expression.operand, cellOf);
  if (expression.kind !== 'binary') return [];
  const inner = [...divisors(expression.left, cellOf), ...divisors(expression.right, cellOf)];
  if (expression.op !== '/' || expression.right.kind === 'number') return inner;
  return [...inner, cellExpression(expression.right, cellOf, 0.5)];
}

/**
 * The live formula of an indicator over measure cells. It says `empty` where a denominator is zero and
 * `missing` where a measure cell holds no number; it never hides an error behind a zero.
 */
export function indicatorFormula(
  indicator: Indicator,
  cellOf: CellOf,
  words: { readonly empty: string; readonly missing: string },
  mayBeMissing: boolean,
): string {
  const numerator = parseExpression(indicator.numerator);
  const denominator =
    indicator.denominator === undefined ? undefined : parseExpression(indicator.denominator);
  const zeroTests = [...divisors(numerator, cellOf)];
  let value = cellExpression(numerator, cellOf, denominator || indicator.scale !== 1 ? 2 : 0);
  if (denominator) {
    zeroTests.push(...divisors(denominator, cellOf));
    zeroTests.push(cellExpression(denominator, cellOf, 0.5));
    value = `${value}/${cellExpression(denominator, cellOf, 2.5)}`;
  }
  if (indicator.scale !== 1) value = `${value}*${indicator.scale}`;
  // OR evaluates all its parts: a divisor that divides is tested once its own divisors are known not to be zero
  const plain = [...new Set(zeroTests)].filter((test) => !test.includes('/'));
  const composed = [...new Set(zeroTests)].filter((test) => test.includes('/'));
  for (const test of composed.toReversed()) value = `IF(${test}=0,${quoted(words.empty)},${value})`;
  if (plain.length > 0) {
    const tests = plain.map((cell) => `${cell}=0`);
    value = `IF(${tests.length > 1 ? `OR(${tests.join(',')})` : tests[0]},${quoted(words.empty)},${value})`;
  }
  if (!mayBeMissing) return value;
  const cells = measuresIn(indicator).map(cellOf);
  return `IF(COUNT(${cells.join(',')})<${cells.length},${quoted(words.missing)},${value})`;
}
