import { Decimal } from 'decimal.js';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { figuresOf } from './figures-of.ts';
import { type Crowd, registerOf } from './golden/golden-case.ts';

/** Measures of people, accidents and training add up, and ratios stay between those of their parts, whatever the staff. */
const crowd = fc.record({
  // five on the average of twelve months, of which they are there three, or cells are suppressed and nothing can be added
  count: fc.integer({ min: 40, max: 44 }),
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

const dispatch = fc.record({
  entity: fc.constantFrom('A' as const, 'B' as const, 'D' as const),
  month: fc.integer({ min: 1, max: 12 }),
  kilograms: fc.integer({ min: 0, max: 20_000 }),
  hazardous: fc.boolean(),
  treatment: fc.constantFrom('R4', 'R1', 'D5', 'R13'),
  cubicMetres: fc.integer({ min: 0, max: 900 }),
});
const flows = ['waste.total', 'waste.hazardous', 'waste.recycled', 'water.withdrawal', 'water.consumption'];
const wasteRatios = ['waste.recycling_rate', 'waste.diverted_rate', 'waste.hazardous_share'];

test('waste and water add up over entities and quarters, in any order and over several files', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(dispatch, { minLength: 3, maxLength: 8 }), async (drawn) => {
      const day = (month: number, date: number) => `2025-${String(month).padStart(2, '0')}-${date}`;
      const waste = drawn.map(
        (one, i) =>
          `W${i}  ${one.entity}  S${one.entity}  17 04 05  ${one.hazardous}  ${day(one.month, 15)}  ${one.kilograms / 1000}  ${one.treatment}  -`,
      );
      // every third is a discharge; a meter reads each of its periods once
      const water = drawn.map(
        (one, i) =>
          `${one.entity}  S${one.entity}  M${i}  network  ${i % 3 === 2 ? 'discharge' : 'withdrawal'}  ${day(one.month, 10)}  ${day(one.month, 20)}  ${one.cubicMetres}  m3  measured`,
      );
      const heads = {
        waste_register:
          'unique_id  entity  site  waste_code  hazardous  dispatch_date  weight_t  planned_treatment  final_treatment',
        water: 'entity  site  meter  source  flow  period_start  period_end  quantity  unit  quality',
      };
      const file = (name: keyof typeof heads, lines: readonly string[]) => [heads[name], ...lines].join('\n');
      const found = await figuresOf(
        { waste_register: file('waste_register', waste), water: file('water', water) },
        [...flows, ...wasteRatios],
        { period: '2025-Q4' },
      );
      for (const id of flows) {
        const whole = new Decimal(found.value(`${id}@GROUP@ttm`)).toFixed();
        expect(Decimal.sum(...entities.map((e) => found.value(`${id}@${e}@ttm`))).toFixed(), id).toBe(whole);
        const quarters = found.all.filter(
          (f) =>
            f.indicator === id &&
            f.entity === 'GROUP' &&
            f.basis === 'quarter' &&
            f.period.startsWith('2025'),
        );
        expect(quarters, id).toHaveLength(4);
        expect(Decimal.sum(...quarters.map((f) => f.value as string)).toFixed(), id).toBe(whole);
      }
      for (const id of wasteRatios) {
        const parts = entities
          .map((entity) => found.value(`${id}@${entity}@ttm`))
          .filter((value) => !value.startsWith('<'))
          .map(Number);
        if (parts.length === 0) continue;
        const group = Number(found.value(`${id}@GROUP@ttm`));
        expect(group, id).toBeGreaterThanOrEqual(Math.min(...parts) - 1e-9);
        expect(group, id).toBeLessThanOrEqual(Math.max(...parts) + 1e-9);
      }
      const turned = await figuresOf(
        {
          'waste_register@z': file('waste_register', waste.slice(0, 2).toReversed()),
          'waste_register@a': file('waste_register', waste.slice(2).toReversed()),
          'water@y': file('water', water.toReversed()),
        },
        [...flows, ...wasteRatios],
        { period: '2025-Q4' },
      );
      const told = (of: typeof found) =>
        of.all.map((f) => `${f.indicator} ${f.entity} ${f.period} ${f.basis} ${f.status} ${f.value}`).sort();
      expect(told(turned)).toEqual(told(found));
    }),
    { numRuns: 2, seed: 20251231, endOnFailure: true },
  );
}, 120_000);

test('flows of people add up over quarters to the twelve months, and who comes back counts each time', async () => {
  // hired in each quarter, leaving in the next; r leaves in March and comes back in August
  const year = ['01', '02', '03', '04', '05', '06', '07', '08', '09', '10', '11', '12'].map(
    (m) => `2025-${m}-01`,
  );
  const register = registerOf(
    [
      { name: 'stay', count: 10, sex: 'M' },
      { name: 'q1', count: 5, sex: 'F', entry: '2025-02-01', exit: '2025-05-31', reason: 'resignation' },
      { name: 'q2', count: 6, sex: 'M', entry: '2025-05-01', exit: '2025-08-31', reason: 'mutual' },
      { name: 'q3', count: 7, sex: 'F', entry: '2025-09-01', exit: '2025-11-30', reason: 'dismissal' },
      { name: 'r', count: 5, sex: 'M', exit: '2025-03-31', reason: 'end_of_temporary' },
      { name: 'r', count: 5, sex: 'M', entry: '2025-08-01' },
    ],
    year,
  );
  const log = year.map((month, i) => `D  stay-0  M  ${month}  safety  ${i + 1}  true`);
  const ids = ['hr.hires', 'hr.leavers', 'hr.training_hours_avg'];
  const { all } = await figuresOf(
    {
      hr_register: register,
      training_log: ['entity  person  sex  session_date  topic  hours  completed', ...log].join('\n'),
    },
    ids,
    { period: '2025-Q4' },
  );
  const at = (id: string, basis: string, quarter: string) =>
    all.find(
      (f) =>
        f.indicator === id && f.entity === 'GROUP' && f.basis === basis && f.period === `2025-${quarter}`,
    );
  const quarters = ['Q1', 'Q2', 'Q3', 'Q4'];
  // 5 + 6 + 7 and 5 who come back; 5, 5, 6, 7 who leave
  const expected: Record<string, [number, number[]]> = {
    'hr.hires': [23, [5, 6, 12, 0]],
    'hr.leavers': [23, [5, 5, 6, 7]],
  };
  for (const [id, [whole, parts]] of Object.entries(expected)) {
    expect(
      quarters.map((quarter) => Number(at(id, 'quarter', quarter)?.value)),
      id,
    ).toEqual(parts);
    expect(Number(at(id, 'ttm', 'Q4')?.value), id).toBe(whole);
  }
  // of a ratio, the numerators add up: 1 + 2 + ... + 12 hours
  const hours = quarters.map((quarter) => Number(at('hr.training_hours_avg', 'quarter', quarter)?.numerator));
  expect(hours).toEqual([6, 15, 24, 33]);
  expect(Number(at('hr.training_hours_avg', 'ttm', 'Q4')?.numerator)).toBe(78);
}, 60_000);
