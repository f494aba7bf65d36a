import { Decimal } from 'decimal.js';
import { describe, expect, test } from 'vitest';
import { evaluate, measuresOf, parseExpression } from '../../pipelines/indicators/expression.ts';

const values: Record<string, string | null> = { a: '10', b: '4', zero: '0', gone: null };
const read = (id: string) => {
  const value = values[id];
  return value == null ? null : new Decimal(value);
};
const result = (text: string) => {
  const found = evaluate(parseExpression(text), read);
  return found.state === 'known' ? found.value.toFixed() : found.state;
};

describe('expressions over measures', () => {
  test('product before sum, left to right, parentheses first', () => {
    expect(result('a + b * 2')).toBe('18');
    expect(result('(a + b) * 2')).toBe('28');
    expect(result('a - b - 1')).toBe('5');
    expect(result('a / b / 2')).toBe('1.25');
    expect(result('-a + b')).toBe('-6');
  });

  test('a missing measure makes the whole missing, even times zero', () => {
    expect(result('a + gone')).toBe('missing');
    expect(result('gone * 0')).toBe('missing');
  });

  test('a division by zero is empty, which is not missing and not zero', () => {
    expect(result('a / zero')).toBe('empty');
    expect(result('a / (b - 4)')).toBe('empty');
    expect(result('gone / zero')).toBe('missing');
  });

  test('names each measure once', () => {
    expect(measuresOf(parseExpression('a / (a + b) - 3'))).toEqual(['a', 'b']);
  });

  test.each([
    ['a +', 'character 4'],
    ['a b', 'character 3'],
    ['(a', 'character 3'],
    ['a ; drop', 'character 3'],
  ])('%s is refused at %s', (text, where) => {
    expect(() => parseExpression(text)).toThrow(where);
  });
});
