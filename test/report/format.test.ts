import { describe, expect, it } from 'vitest';
import { typography } from '../../pipelines/language/typography.ts';
import {
  date,
  list,
  month,
  quantity,
  quarterInWords,
  scaledQuantity,
  scaleFor,
  share,
  shortDate,
  signed,
  unitName,
} from '../../pipelines/report/format.ts';

const narrow = '\u202f';
const fixed = '\u00a0';

describe('numbers', () => {
  it('separates thousands with a narrow no-break space and decimals with a comma in French', () => {
    expect(quantity('1234567.85', 'MWh', 1, 'fr')).toBe(`1${narrow}234${narrow}567,9${fixed}MWh`);
    expect(quantity('1234567.85', 'MWh', 1, 'en')).toBe(`1,234,567.9${fixed}MWh`);
  });

  it('rounds decimal text half away from zero, where floating point would round down', () => {
    // 1.005 is 1.00499999999999989… in binary
    expect(quantity('1.005', 't', 2, 'fr')).toBe(`1,01${fixed}t`);
    expect(quantity('-1.005', 't', 2, 'fr')).toBe(`\u22121,01${fixed}t`);
  });

  it('keeps every digit of a number that floating point cannot hold', () => {
    expect(quantity('9007199254740993.25', 'count', 2, 'en')).toBe('9,007,199,254,740,993.25');
  });

  it('sets the percent sign after a narrow no-break space in French, close up in English', () => {
    expect(quantity('4.25', '%', 1, 'fr')).toBe(`4,3${narrow}%`);
    expect(quantity('4.25', '%', 1, 'en')).toBe('4.3%');
    expect(share(0.985, 0, 'fr')).toBe(`99${narrow}%`);
  });

  it('puts the currency after the amount in French and before it in English', () => {
    expect(quantity('-1200', 'EUR', 0, 'fr')).toBe(`\u22121${narrow}200${fixed}€`);
    expect(quantity('-1200', 'EUR', 0, 'en')).toBe('\u2212€1,200');
  });

  it('writes no sign before a value that rounds to zero', () => {
    expect(quantity('-0.04', '%', 1, 'en')).toBe('0.0%');
    expect(signed('0.04', 1, 'fr')).toBe('0,0');
    expect(signed('4.2', 1, 'fr')).toBe('+4,2');
    expect(signed('-4.2', 1, 'fr')).toBe('\u22124,2');
  });

  it('shows money of a row in one scale, chosen by the largest', () => {
    const millions = scaleFor('EUR', 0, ['98500000', '450000', null], 'fr');
    expect(scaledQuantity('98500000', millions, 'fr')).toBe(`98,50${fixed}M€`);
    expect(scaledQuantity('450000', millions, 'fr')).toBe(`0,45${fixed}M€`);
    expect(scaledQuantity('98500000', scaleFor('EUR', 0, ['98500000'], 'en'), 'en')).toBe('€98.50m');
    expect(scaledQuantity('850.5', scaleFor('EUR', 2, ['850.5'], 'en'), 'en')).toBe('€850.50');
  });
});

describe('units', () => {
  it('writes chemical subscripts, powers and translated units', () => {
    expect(unitName('tCO2e', 'fr')).toBe('tCO₂e');
    expect(unitName('m3', 'fr')).toBe('m³');
    expect(unitName('FTE', 'fr')).toBe('ETP');
    expect(unitName('tCO2e/EUR m', 'en')).toBe('tCO₂e/€m');
    expect(unitName('MWh/EUR m', 'fr')).toBe('MWh/M€');
  });
});

describe('dates', () => {
  it('writes a day in words, the first of a French month as an ordinal', () => {
    expect(date('2026-07-01', 'fr')).toBe(`1ᵉʳ${fixed}juillet${fixed}2026`);
    expect(date('2026-07-01', 'en')).toBe(`1${fixed}July${fixed}2026`);
    expect(shortDate('2026-09-30', 'fr')).toBe(`30${fixed}sept.${fixed}2026`);
    expect(month('2026-08', 'en')).toBe(`Aug${fixed}2026`);
  });

  it('leaves a text that is no day as it is', () => {
    expect(date('à définir', 'fr')).toBe('à définir');
  });

  it('names quarters in words', () => {
    expect(quarterInWords('2026-Q1', 'fr')).toBe(`1ᵉʳ${fixed}trimestre${fixed}2026`);
    expect(quarterInWords('2026-Q3', 'en')).toBe(`third quarter of${fixed}2026`);
  });
});

describe('prose', () => {
  it('puts narrow no-break spaces before French double punctuation and inside guillemets', () => {
    expect(typography("L'écart : « 4 % » ; pourquoi ? Ah !", 'fr')).toBe(
      `L’écart${narrow}: «${narrow}4${narrow}%${narrow}»${narrow}; pourquoi${narrow}? Ah${narrow}!`,
    );
  });

  it('leaves English punctuation close up', () => {
    expect(typography("the group's gap: 4%", 'en')).toBe('the group’s gap: 4%');
  });

  it('sets the subscript of CO₂', () => {
    expect(typography('1 tCO2e de CO2', 'fr')).toBe(`1${fixed}tCO₂e de CO₂`);
  });

  it('lists with the conjunction of the language', () => {
    expect(list(['a', 'b', 'c'], 'fr')).toBe('a, b et c');
    expect(list(['a', 'b', 'c'], 'en')).toBe('a, b and c');
  });
});
