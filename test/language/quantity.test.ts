import { describe, expect, test } from 'vitest';
import {
  atLeast,
  finer,
  number,
  percentage,
  quantity,
  quarterName,
  rounded,
} from '../../pipelines/language/quantity.ts';

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

  // three significant figures: 1 234.5 keeps its whole part, 999.5 and 9.995 round up into one digit more
  test.each([
    ['0', '0', '0'],
    ['-0', '0', '0'],
    ['0.000000000000', '0', '0'],
    ['0.0456789', '0,0457', '0.0457'],
    ['0.09996', '0,100', '0.100'],
    ['-0.0456789', '\u22120,0457', '\u22120.0457'],
    ['1', '1,00', '1.00'],
    ['9.994', '9,99', '9.99'],
    ['9.995', '10,0', '10.0'],
    ['-9.995', '\u221210,0', '\u221210.0'],
    ['99.95', '100', '100'],
    ['999.4', '999', '999'],
    ['999.5', '1\u202f000', '1,000'],
    ['-999.5', '\u22121\u202f000', '\u22121,000'],
    ['1234.5', '1\u202f235', '1,235'],
  ])('%s with three significant figures', (value, fr, en) => {
    expect(number(value, { significant: 3 }, 'fr')).toBe(fr);
    expect(number(value, { significant: 3 }, 'en')).toBe(en);
  });

  test('more digits than asked are of the same kind', () => {
    expect(finer(1, 2)).toBe(3);
    expect(number('0.0456789', finer({ significant: 3 }, 1), 'en')).toBe('0.04568');
    expect(atLeast(0, 2)).toBe(2);
    expect(atLeast({ significant: 3 }, 2)).toEqual({ significant: 3 });
    expect(rounded('0.0456789', { significant: 3 }).toFixed()).toBe('0.0457');
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
