import { Decimal } from 'decimal.js';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Indicator } from '../../../pipelines/indicators/catalogue.ts';
import { parseExpression } from '../../../pipelines/indicators/expression.ts';
import { cellText, quoted } from '../../../pipelines/report/workbook/cell-text.ts';
import { columnLetter, WorkbookFile } from '../../../pipelines/report/workbook/excel.ts';
import { cellExpression, indicatorFormula } from '../../../pipelines/report/workbook/formula.ts';
import { numberOf } from '../../../pipelines/report/workbook/sheet-xml.ts';

const cell = (measure: string) => measure.toUpperCase();
const marks = { empty: 'n.c.', missing: 'n.d.' };

function indicator(numerator: string, denominator?: string, scale = 1) {
  return Indicator.parse({
    id: 'a.b',
    label: { fr: 'a', en: 'a' },
    definition: { fr: 'a', en: 'a' },
    pillar: 'finance',
    topic: 'finance',
    unit: '%',
    numerator,
    ...(denominator === undefined ? {} : { denominator }),
    scale,
    bases: ['quarter'],
    direction: 'up',
    decimals: 1,
    standards: [],
  });
}

describe('an expression of the catalogue', () => {
  it.each([
    ['a + b - c', 'A+B-C'],
    ['a - (b - c)', 'A-(B-C)'],
    ['a - (b + c)', 'A-(B+C)'],
    ['a / (b * c)', 'A/(B*C)'],
    ['a / b / c', 'A/B/C'],
    ['(a + b) * c', '(A+B)*C'],
    ['-a + b', '(-A)+B'],
    ['a / 1000', 'A/1000'],
  ])('%s keeps its meaning as %s', (text, formula) => {
    expect(cellExpression(parseExpression(text), cell)).toBe(formula);
  });
});

describe('the formula of an indicator', () => {
  it('is the bare measure where there is nothing to divide', () => {
    expect(indicatorFormula(indicator('a'), cell, marks, false)).toBe('A');
  });
  it('divides last, and says that an empty denominator gives nothing to calculate', () => {
    expect(indicatorFormula(indicator('a + b', 'c', 100), cell, marks, false)).toBe(
      'IF(C=0,"n.c.",(A+B)/C*100)',
    );
  });
  it('tests every divisor inside it, the inner ones first, for OR evaluates all its parts', () => {
    expect(indicatorFormula(indicator('a / b - c / d', 'a / b'), cell, marks, false)).toBe(
      'IF(OR(B=0,D=0),"n.c.",IF(A/B=0,"n.c.",(A/B-C/D)/(A/B)))',
    );
  });
  it('says that a measure is missing before it divides', () => {
    expect(indicatorFormula(indicator('a', 'b'), cell, marks, true)).toBe(
      'IF(COUNT(A,B)<2,"n.d.",IF(B=0,"n.c.",A/B))',
    );
  });
});

describe('the text of a cell', () => {
  it('loses what XML forbids and half surrogates, and keeps the rest', () => {
    expect(cellText('a\u0000b\u000bc\td\ne\ufffff\ud83d')).toBe('abc\td\nef\ufffd');
    expect(cellText('=1+1 😀')).toBe('=1+1 😀');
  });
  it('cannot be decoded into another', () => {
    expect(cellText('_x000D_')).toBe('_x005F_x000D_');
  });
  it('is at most 32,767 characters, the cut shown', () => {
    const cut = cellText('x'.repeat(40_000));
    expect(cut).toHaveLength(32_767);
    expect(cut.endsWith(' […]')).toBe(true);
  });
  it('doubles its quotes inside a formula', () => {
    expect(quoted('a "b"')).toBe('"a ""b"""');
  });
});

describe('the door to the library', () => {
  it('keeps fifteen digits of a decimal text', () => {
    expect(numberOf('0.1234567890123456789')).toBe(0.123456789012346);
    expect(numberOf('12345678901234567890')).toBe(12345678901234600000);
    expect(numberOf('-0.00099999999999999951')).toBe(-0.001);
  });

  it('rounds a decimal text of any length as exact arithmetic does', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^-?\d{1,20}(\.\d{1,25})?$/), (text) => {
        expect(numberOf(text)).toBe(new Decimal(text).toSignificantDigits(15).toNumber());
      }),
    );
  });
  it('counts columns past Z', () => {
    expect([1, 26, 27, 52, 703].map(columnLetter)).toEqual(['A', 'Z', 'AA', 'AZ', 'AAA']);
  });
  it('refuses a row that a sheet cannot hold, and says what to do', () => {
    const file = new WorkbookFile(
      { title: 't', subject: 's', author: 'a', day: '2026-09-30' },
      'never-written.xlsx',
    );
    const sheet = file.sheet({
      name: 'S',
      tab: '000000',
      frozen: { rows: 1, columns: 0 },
      widths: [10],
      headRows: { first: 1, last: 1 },
      footer: { left: '', right: '' },
    });
    expect(() => sheet.put(1_048_577, 1, { kind: 'empty' })).toThrow(
      /XLS-002 .*1048576 rows.*quarantine\.csv/,
    );
  });
  it('refuses a validation message that would make Excel call the file damaged', () => {
    const file = new WorkbookFile(
      { title: 't', subject: 's', author: 'a', day: '2026-09-30' },
      'never-written.xlsx',
    );
    const sheet = file.sheet({
      name: 'S',
      tab: '000000',
      frozen: { rows: 1, columns: 0 },
      widths: [10],
      headRows: { first: 1, last: 1 },
      footer: { left: '', right: '' },
    });
    const rule = {
      type: 'list',
      formulae: ['"a,b"'],
      promptTitle: 't',
      prompt: 'x'.repeat(256),
      errorTitle: 't',
      error: 'e',
    } as const;
    expect(() => sheet.validate('A1:A9', rule)).toThrow(/XLS-003/);
  });
});
