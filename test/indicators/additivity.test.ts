import { Decimal } from 'decimal.js';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { figuresOf } from './figures-of.ts';
import { type Crowd, registerOf } from './golden/golden-case.ts';

/** Measures of people, accidents and training add up, and ratios stay between those of their parts, whatever the staff. */
const crowd = fc.record({
  // five at least, or small cells are suppressed and nothing can be added
  count: fc.integer({ min: 5, max: 9 }),
  sex: fc.constantFrom('F' as const, 'M' as const),
  entity: fc.constantFrom('A' as const, 'B' as const, 'D' as const),
  fte: fc.constantFrom(1, 0.8, 0.5),
  contract: fc.constantFrom('permanent', 'temporary'),
  hours: fc.integer({ min: 0, max: 40 }),
});
const counts = ['hr.headcount', 'hr.fte', 'hr.fte_average', 'hr.avg_headcount', 'hr.perm', 'hr.temp'];
const ratios = [
  'hr.training_hours_avg',
  'hr.training_access',
  'hr.parttime_share',
  'hr.headcount_women_share',
];
const entities = ['A', 'B', 'D'];

test('people add up over entities, and a ratio of the group lies between those of its entities', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(crowd, { minLength: 2, maxLength: 5 }), async (drawn) => {
      const crowds: Crowd[] = drawn.map((one, i) => ({ ...one, hours: 150, name: `c${i}` }));
      const log = drawn.flatMap((one, i) =>
        Array.from(
          { length: one.count },
          (_, n) => `${one.entity}  c${i}-${n}  ${one.sex}  2025-11-10  safety  ${one.hours}  true`,
        ),
      );
      const register = registerOf(crowds, ['2025-10-01', '2025-11-01', '2025-12-01']);
      const head = 'entity  person  sex  session_date  topic  hours  completed';
      const found = await figuresOf(
        { hr_register: register, training_log: [head, ...log].join('\n') },
        [...counts, ...ratios],
        { period: '2025-Q4' },
      );
      for (const id of counts) {
        const parts = entities.map((entity) => found.value(`${id}@${entity}`));
        expect(Decimal.sum(...parts).toFixed(), id).toBe(new Decimal(found.value(id)).toFixed());
      }
      for (const id of ratios) {
        const parts = entities
          .map((entity) => found.value(`${id}@${entity}`))
          .filter((value) => !value.startsWith('<'))
          .map(Number);
        const group = Number(found.value(id));
        expect(group, id).toBeGreaterThanOrEqual(Math.min(...parts) - 1e-9);
        expect(group, id).toBeLessThanOrEqual(Math.max(...parts) + 1e-9);
      }
      // the same rows in another order and over two files
      const [columns, ...lines] = register.split('\n') as [string, ...string[]];
      const half = Math.ceil(lines.length / 2);
      const turned = await figuresOf(
        {
          'hr_register@z': [columns, ...lines.slice(half).toReversed()].join('\n'),
          'hr_register@a': [columns, ...lines.slice(0, half).toReversed()].join('\n'),
          'training_log@y': [head, ...log.toReversed()].join('\n'),
        },
        [...counts, ...ratios],
        { period: '2025-Q4' },
      );
      for (const id of [...counts, ...ratios]) expect(turned.value(id), id).toBe(found.value(id));
    }),
    { numRuns: 4, seed: 20251231 },
  );
}, 120_000);
