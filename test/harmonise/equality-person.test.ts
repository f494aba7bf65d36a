import { expect, test } from 'vitest';
import { dsnOf } from '../indicators/golden/golden-case.ts';
import { harmonised } from './harmonised.ts';

/** Tables of A told until a month, and of B, under its own SIRET, from the next one on. */
function movesToB(tables: Record<string, string>, lastMonthOfA: string): Record<string, string> {
  return Object.fromEntries(
    Object.entries(tables).map(([name, text]) => {
      const [head, ...lines] = text.split('\n') as [string, ...string[]];
      const told = lines.map((line) => {
        const month = /20\d{2}-\d{2}-01/.exec(line)?.[0] ?? '';
        return month <= lastMonthOfA
          ? line
          : line.replaceAll('11111111100011', '22222222200022').replaceAll('111111111', '222222222');
      });
      return [name, [head, ...told].join('\n')];
    }),
  );
}

test.each([
  // 181 days in A, 184 in B: more than half of 365 in B only
  ['2025-06-01', { A: false, B: true }],
  // 120 and 245
  ['2025-04-01', { A: false, B: true }],
  // 212 and 153
  ['2025-07-01', { A: true, B: false }],
])(
  'who changes company within the group counts where more than half of the year was spent: A until %s',
  async (last, expected) => {
    const built = await harmonised(
      movesToB(dsnOf([{ person: 'x', sex: 'F' }]), last),
      ['equality_person'],
      '2025-Q4',
    );
    try {
      const rows = await built.rows<{ entity: string; counted: boolean }>(
        "select entity, counted from model.equality_person where date = '2025-12-31' order by 1",
      );
      expect(Object.fromEntries(rows.map(({ entity, counted }) => [entity, counted]))).toEqual(expected);
    } finally {
      await built.close();
    }
  },
);
