import { describe, expect, test } from 'vitest';
import { number, percentage, quantity, quarterName } from '../../pipelines/language/quantity.ts';

describe('quantities in sentences', () => {
  test.each([
    ['1234567.891', 1, '1\u202f234\u202f567,9', '1,234,567.9'],
    ['-0.04', 1, '0,0', '0.0'],
    ['-12.5', 0, '\u221213', '\u221213'],
    ['2.5', 0, '3', '3'],
    [
      '99999999999999999999.5',
      0,
      '100\u202f000\u202f000\u202f000\u202f000\u202f000\u202f000',
      '100,000,000,000,000,000,000',
    ],
  ])('%s with %i decimals', (value, decimals, fr, en) => {
    expect(number(value, decimals, 'fr')).toBe(fr);
    expect(number(value, decimals, 'en')).toBe(en);
  });

  test('units follow the language', () => {
    expect(quantity('3.4', '%', 1, 'fr')).toBe('3,4\u202f%');
    expect(quantity('3.4', '%', 1, 'en')).toBe('3.4%');
    expect(quantity('12', 'tCO2e', 0, 'fr')).toBe('12\u00a0tCO₂e');
    expect(quantity(null, 'MWh', 0, 'fr')).toBe('n.d.');
    expect(percentage(0.0416, 1, 'fr')).toBe('4,2\u202f%');
    expect(quarterName('2026-Q3', 'fr')).toBe('T3\u00a02026');
  });
});
