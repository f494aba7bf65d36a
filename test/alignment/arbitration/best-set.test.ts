import { Decimal } from 'decimal.js';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  bestSet,
  type Choice,
  type ChoiceProblem,
  closedBy,
} from '../../../pipelines/alignment/arbitration/best-set.ts';

const choice = (
  id: string,
  cost: string,
  shares: Record<string, number>,
  dependsOn: string[] = [],
): Choice => ({
  id,
  cost,
  shares,
  dependsOn,
});

describe('the best set within a budget', () => {
  test('is not what a ranking by euro would take first', async () => {
    // by euro: A 0.6/60 = 1 % each, B 0.5/50 = 1 %, C 0.9/100 = 0.9 %; within 100, C alone (0.9) beats A (0.6) and B (0.5)
    const problem = {
      choices: [choice('A', '60', { G: 0.6 }), choice('B', '50', { G: 0.5 }), choice('C', '100', { G: 0.9 })],
      goals: { G: 1 },
      exclusive: [],
      budget: '100',
    };
    expect(await bestSet(problem)).toEqual({ chosen: ['C'], cost: '100', value: 0.9 });
  });

  test('does not pay twice for a gap that is closed', async () => {
    // G is whole with A; B would add nothing, and the cheaper set is preferred
    const problem = {
      choices: [choice('A', '60', { G: 1 }), choice('B', '10', { G: 0.4 })],
      goals: { G: 1 },
      exclusive: [],
      budget: '100',
    };
    expect(await bestSet(problem)).toMatchObject({ chosen: ['A'], cost: '60' });
  });

  test('takes what an action depends on, or leaves both', async () => {
    const choices = [
      choice('A', '60', {}),
      choice('B', '30', { G: 0.5 }, ['A']),
      choice('C', '40', { G: 0.3 }),
    ];
    const within = (budget: string) => bestSet({ choices, goals: { G: 1 }, exclusive: [], budget });
    expect((await within('90')).chosen).toEqual(['A', 'B']);
    expect((await within('80')).chosen).toEqual(['C']);
  });

  test('takes one at most of exclusive actions, and counts what an action widens', async () => {
    const problem = {
      choices: [
        choice('A', '10', { G: 0.5 }),
        choice('B', '10', { G: 0.4 }),
        choice('C', '0', { G: 0.3, H: -0.5 }),
      ],
      goals: { G: 1, H: 1 },
      exclusive: [['A', 'B']],
      budget: '100',
    };
    expect((await bestSet(problem)).chosen).toEqual(['A']);
  });

  test('is within the budget to the cent', async () => {
    const problem = {
      choices: [choice('A', '1000000.01', { G: 0.5 }), choice('B', '999999.99', { G: 0.4 })],
      goals: { G: 1 },
      exclusive: [],
      budget: '1000000',
    };
    expect((await bestSet(problem)).chosen).toEqual(['B']);
  });

  test('within nothing is what costs nothing more, with what it depends on', async () => {
    const problem = {
      choices: [
        choice('A', '0', { G: 0.2 }),
        choice('B', '0.01', { G: 0.9 }),
        choice('C', '0', { G: 0.3 }, ['A']),
        // free too, and not to be had: it waits for what is not free
        choice('D', '0', { G: 0.4 }, ['B']),
        // free, and widens more than it closes
        choice('E', '0', { G: 0.1, H: -0.2 }),
      ],
      goals: { G: 1, H: 1 },
      exclusive: [],
      budget: '0',
    };
    expect(await bestSet(problem)).toEqual({ chosen: ['A', 'C'], cost: '0', value: 0.5 });
  });

  test('of nothing is nothing', async () => {
    expect(await bestSet({ choices: [], goals: { G: 1 }, exclusive: [], budget: '5' })).toEqual({
      chosen: [],
      cost: '0',
      value: 0,
    });
  });

  test('is the one that trying every set finds, in value and in cost', async () => {
    const goals = ['G', 'H', 'K'];
    const drawn = fc.record({
      costs: fc.array(fc.integer({ min: 0, max: 40 }), { minLength: 1, maxLength: 7 }),
      shares: fc.array(fc.array(fc.integer({ min: -3, max: 8 }), { minLength: 3, maxLength: 3 }), {
        minLength: 7,
        maxLength: 7,
      }),
      weights: fc.array(fc.integer({ min: 0, max: 3 }), { minLength: 3, maxLength: 3 }),
      needs: fc.array(fc.integer({ min: -6, max: 6 }), { minLength: 7, maxLength: 7 }),
      apart: fc.array(fc.integer({ min: 0, max: 6 }), { maxLength: 3 }),
      budget: fc.integer({ min: 0, max: 120 }),
    });
    await fc.assert(
      fc.asyncProperty(drawn, async ({ costs, shares, weights, needs, apart, budget }) => {
        const choices = costs.map((cost, i) =>
          choice(
            `A${i}`,
            String(cost),
            Object.fromEntries(goals.map((goal, g) => [goal, (shares[i]?.[g] ?? 0) / 10])),
            // each may depend on an earlier one: no circle
            (needs[i] ?? -1) >= 0 && (needs[i] as number) < i ? [`A${needs[i]}`] : [],
          ),
        );
        const problem: ChoiceProblem = {
          choices,
          goals: Object.fromEntries(goals.map((goal, g) => [goal, weights[g] ?? 0])),
          exclusive: [[...new Set(apart)].map((i) => `A${i}`)],
          budget: String(budget),
        };
        const best = everySet(problem);
        const found = await bestSet(problem);
        const chosen = choices.filter((c) => found.chosen.includes(c.id));
        expect(allowed(problem, chosen)).toBe(true);
        expect(found.value).toBeCloseTo(best.value, 6);
        expect(Number(found.cost)).toBeCloseTo(best.cost, 6);
      }),
      { numRuns: 40 },
    );
  }, 120_000);
});

function allowed(problem: ChoiceProblem, chosen: readonly Choice[]): boolean {
  const ids = new Set(chosen.map((c) => c.id));
  const cost = chosen.reduce((sum, c) => sum.plus(c.cost), new Decimal(0));
  return (
    cost.lessThanOrEqualTo(problem.budget) &&
    chosen.every((c) => c.dependsOn.every((id) => ids.has(id))) &&
    problem.exclusive.every((set) => set.filter((id) => ids.has(id)).length <= 1)
  );
}

/** The best value, and the least cost at which it is had, by trying all sets. */
function everySet(problem: ChoiceProblem): { value: number; cost: number } {
  let best = { value: Number.NEGATIVE_INFINITY, cost: 0 };
  for (let mask = 0; mask < 1 << problem.choices.length; mask += 1) {
    const chosen = problem.choices.filter((_, i) => mask & (1 << i));
    if (!allowed(problem, chosen)) continue;
    const value = closedBy(problem, chosen);
    const cost = chosen.reduce((sum, c) => sum + Number(c.cost), 0);
    if (value > best.value + 1e-9 || (Math.abs(value - best.value) <= 1e-9 && cost < best.cost))
      best = { value, cost };
  }
  return best;
}
