import { beforeAll, describe, expect, test } from 'vitest';
import { type Found, figuresOf } from '../figures-of.ts';
import { climate } from './climate.golden.ts';
import { conduct } from './conduct.golden.ts';
import { edges } from './edges.golden.ts';
import type { GoldenCase } from './golden-case.ts';
import { obligations } from './obligations.golden.ts';
import { registers } from './registers.golden.ts';
import { workforce } from './workforce.golden.ts';

describe.each([...workforce, ...obligations, ...conduct, ...edges, ...registers, ...climate])(
  '$name',
  (golden) => {
    const ids = [...new Set(Object.keys(golden.figures).map((key) => key.split('@')[0] as string))];
    const figures = (staged: GoldenCase['staged']) => figuresOf(staged, ids, golden);
    let found: Found;
    beforeAll(async () => {
      found = await figures(golden.staged);
    });

    test('comes to what the hand calculation gives', () => {
      for (const [key, expected] of Object.entries(golden.figures)) {
        const value = found.value(key);
        if (typeof expected === 'string') expect(value, key).toBe(expected);
        else expect(Number(value), `${key}: ${value}`).toBeCloseTo(expected, precision(expected));
      }
    });

    test('comes to the same for rows in another order and in other files', async () => {
      const told = ({ all }: Found) =>
        all.map((f) => `${f.indicator} ${f.entity} ${f.period} ${f.basis} ${f.status} ${f.value}`).sort();
      expect(told(await figures(spread(golden.staged)))).toEqual(told(found));
    });
  },
);

/**
 * The same rows, last first, over two files. What a later file would take the place of stays in one: a ledger, an
 * invoice with all its lines; a declaration of the DSN stays whole too, since its blocks refer to each other.
 */
function spread(staged: GoldenCase['staged']): GoldenCase['staged'] {
  return Object.fromEntries(
    Object.entries(staged).flatMap(([name, rows]) => {
      const [contract, extract = contract] = name.split('@') as [string, string | undefined];
      const [head, ...lines] = rows.trim().split('\n') as [string, ...string[]];
      const turned = lines.toReversed();
      if (contract === 'fec_entries') return [[name, [head, ...turned].join('\n')]];
      const cells = (line: string) => line.trim().split(/\s{2,}/);
      const kept = ([first = '', second = '', third = '']: readonly string[], i: number) =>
        contract.startsWith('dsn_')
          ? first
          : contract.endsWith('_invoices')
            ? `${first} ${second} ${third}`
            : String(i);
      const together = turned.map((line, i) => kept(cells(line), i));
      const order = [...new Set(together)];
      return [0, 1].flatMap((part) => {
        const own = turned.filter((_, i) => order.indexOf(together[i] as string) % 2 === part);
        return own.length === 0 ? [] : [[`${contract}@${part}-${extract}`, [head, ...own].join('\n')]];
      });
    }),
  );
}

/** A hand-rounded expectation is held to its own decimals, any other to six. */
function precision(expected: number): number {
  const decimals = String(expected).split('.')[1]?.length ?? 0;
  return decimals > 0 && decimals < 6 ? decimals : 6;
}
