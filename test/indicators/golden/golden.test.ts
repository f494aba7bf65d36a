import { describe, expect, test } from 'vitest';
import { figuresOf } from '../figures-of.ts';
import { climate } from './climate.golden.ts';
import { conduct } from './conduct.golden.ts';
import { edges } from './edges.golden.ts';
import { obligations } from './obligations.golden.ts';
import { registers } from './registers.golden.ts';
import { workforce } from './workforce.golden.ts';

describe.each([...workforce, ...obligations, ...conduct, ...edges, ...registers, ...climate])(
  '$name',
  (golden) => {
    test('comes to what the hand calculation gives', async () => {
      const keys = Object.keys(golden.figures);
      const ids = [...new Set(keys.map((key) => key.split('@')[0] as string))];
      const found = await figuresOf(golden.staged, ids, {
        period: golden.period,
        missing: golden.missing,
        before: golden.before,
        after: golden.after,
      });
      for (const [key, expected] of Object.entries(golden.figures)) {
        const value = found.value(key);
        if (typeof expected === 'string') expect(value, key).toBe(expected);
        else expect(Number(value), `${key}: ${value}`).toBeCloseTo(expected, precision(expected));
      }
    });
  },
);

/** A hand-rounded expectation is held to its own decimals, any other to six. */
function precision(expected: number): number {
  const decimals = String(expected).split('.')[1]?.length ?? 0;
  return decimals > 0 && decimals < 6 ? decimals : 6;
}
