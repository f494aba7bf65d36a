import { describe, expect, test } from 'vitest';
import { compare } from '../../pipelines/alignment/reconcile.ts';

describe('a reconciliation', () => {
  test('agrees up to its tolerance of the larger side, and differs beyond', () => {
    // 2 of 100 is 2 %
    expect(compare('100', '98', 0.02)).toEqual({ gap: '2', gapShare: 0.02, status: 'agrees' });
    expect(compare('100', '97.99', 0.02)).toMatchObject({ gap: '2.01', status: 'differs' });
    expect(compare('97.99', '100', 0.02)).toMatchObject({ gap: '-2.01', status: 'differs' });
  });

  test('with one side missing is not a gap of 100 %', () => {
    expect(compare('100', null, 0.02)).toEqual({ gap: null, gapShare: null, status: 'missing_side' });
  });

  test('of nothing with nothing agrees', () => {
    expect(compare('0', '0', 0.02)).toEqual({ gap: '0', gapShare: 0, status: 'agrees' });
  });
});
