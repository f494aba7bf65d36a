import { Decimal } from 'decimal.js';
import { type BestSet, bestSet, type Choice, type ChoiceProblem, closedBy } from './best-set.ts';
import type { Option, Problem } from './option.ts';

/** One action of the arbitration table. */
export interface RankedOption {
  readonly option: Option;
  /** weighted share of the gaps that it closes by itself, each gap at most whole; negative where it widens one */
  readonly closes: number;
  /** `closes` for each 100,000 of the currency; null when nothing remains to be spent */
  readonly closesPer100k: number | null;
  /** cost of a tonne avoided; null without an abatement */
  readonly abatementCost: AbatementCost | null;
  readonly chosen: boolean;
  /** scenarios of ±20 % in which it is chosen, of how many */
  readonly stays: number;
  readonly scenarios: number;
}

/**
 * What a tonne of CO2e costs: the remaining cost as an annuity over the years of use, plus the change of
 * yearly running costs, divided by the tonnes avoided a year. Negative when the saving pays for it.
 */
export interface AbatementCost {
  readonly annuity: string;
  readonly annualCost: string;
  readonly tonnes: string;
  /** currency a tCO2e */
  readonly each: string;
}

export interface GoalOutcome {
  readonly goal: string;
  /** share of the gap that the set closes, at most 1 */
  readonly closed: number;
}

export interface Arbitration {
  readonly problem: Problem;
  readonly budget: string;
  /** the budget was declared; otherwise it is all that remains to be spent */
  readonly budgetDeclared: boolean;
  /** actions that the question leaves out */
  readonly without: readonly string[];
  readonly set: BestSet;
  /** weighted share of all gaps that the set closes, 0 to 1 */
  readonly closed: number;
  readonly goals: readonly GoalOutcome[];
  /** by what they close for each euro, best first; then those that cannot be ranked */
  readonly ranking: readonly RankedOption[];
  /** what is not done: actions that could be ranked and are not in the set */
  readonly givenUp: readonly string[];
}

const step = 0.2;

/**
 * Ranks the actions, finds the best set within the budget, and tries the set against costs and effects that
 * are 20 % higher or lower, of all actions together and of each one alone.
 *
 * @throws {Fault} ARB-001 when the solver proves no optimum
 */
export async function arbitrate(
  problem: Problem,
  question: { readonly budget?: string | undefined; readonly without?: readonly string[] } = {},
): Promise<Arbitration> {
  const without = question.without ?? [];
  const options = problem.options.filter(
    (option) => option.excluded === null && !without.includes(option.id),
  );
  const remaining = options.reduce((sum, option) => sum.plus(option.cost ?? 0), new Decimal(0));
  const declared = question.budget ?? problem.budget;
  const budget = declared ?? remaining.toFixed();
  const weights = Object.fromEntries(problem.goals.map((goal) => [goal.id, goal.weight]));
  const choices = options.map((option) => choiceOf(option, problem, without));
  const task: ChoiceProblem = { choices, goals: weights, exclusive: problem.exclusive, budget };
  const set = await bestSet(task);
  const stays = await sensitivity(task);
  const whole = problem.goals.reduce((sum, goal) => sum + goal.weight, 0);
  const chosen = new Set(set.chosen);
  const taken = choices.filter((choice) => chosen.has(choice.id));
  return {
    problem,
    budget,
    budgetDeclared: declared !== null,
    without,
    set,
    closed: whole === 0 ? 0 : round(set.value / whole),
    goals: problem.goals.map((goal) => ({
      goal: goal.id,
      closed: round(
        Math.min(
          1,
          taken.reduce((sum, choice) => sum.plus(choice.shares[goal.id] ?? 0), new Decimal(0)).toNumber(),
        ),
      ),
    })),
    ranking: rank(problem, chosen, stays, whole, weights),
    givenUp: options.filter((option) => !chosen.has(option.id)).map((option) => option.id),
  };
}

/** An action that waits for one that the question leaves out cannot be done: it keeps the unknown condition. */
function choiceOf(option: Option, problem: Problem, without: readonly string[]): Choice {
  const ranked = new Set(problem.options.filter((one) => one.excluded === null).map((one) => one.id));
  return {
    id: option.id,
    cost: option.cost ?? '0',
    shares: Object.fromEntries(option.effects.map((effect) => [effect.goal, effect.share])),
    // a running action that cannot be ranked goes on; one that is left out does not
    dependsOn: option.dependsOn.filter((id) => ranked.has(id) || without.includes(id)),
  };
}

function rank(
  problem: Problem,
  chosen: ReadonlySet<string>,
  stays: ReadonlyMap<string, { kept: number; of: number }>,
  whole: number,
  weights: Readonly<Record<string, number>>,
): RankedOption[] {
  const ranked = problem.options.map((option): RankedOption => {
    const choice = choiceOf(option, problem, []);
    const closes =
      option.excluded === null && whole > 0 ? round(closedBy({ goals: weights }, [choice]) / whole) : 0;
    const free = option.cost === null || new Decimal(option.cost).isZero();
    return {
      option,
      closes,
      closesPer100k: free
        ? null
        : round(
            new Decimal(closes)
              .times(100_000)
              .dividedBy(option.cost as string)
              .toNumber(),
          ),
      abatementCost: abatementCostOf(option, problem.discountRate),
      chosen: chosen.has(option.id),
      stays: stays.get(option.id)?.kept ?? 0,
      scenarios: stays.get(option.id)?.of ?? 0,
    };
  });
  const worth = (one: RankedOption) =>
    one.option.excluded !== null
      ? Number.NEGATIVE_INFINITY
      : (one.closesPer100k ?? (one.closes < 0 ? -Number.MAX_VALUE : Number.MAX_VALUE));
  return ranked.sort((a, b) => worth(b) - worth(a) || (a.option.id < b.option.id ? -1 : 1));
}

/** The annuity of a cost over years at a rate; the cost by years at a rate of nothing. */
export function annuity(cost: string, years: number, rate: number): Decimal {
  const money = new Decimal(cost);
  if (rate === 0) return money.dividedBy(years);
  return money.times(rate).dividedBy(new Decimal(1).minus(new Decimal(1 + rate).pow(-years)));
}

function abatementCostOf(option: Option, rate: number): AbatementCost | null {
  if (option.abatement === null || option.cost === null || !new Decimal(option.abatement).greaterThan(0))
    return null;
  const yearly = annuity(option.cost, option.lifetime, rate).toDecimalPlaces(2);
  const running = new Decimal(option.annualCost ?? 0);
  return {
    annuity: yearly.toFixed(),
    annualCost: running.toFixed(),
    tonnes: option.abatement,
    each: yearly.plus(running).dividedBy(option.abatement).toDecimalPlaces(2).toFixed(),
  };
}

/** In how many scenarios each action is chosen: all costs or effects ±20 %, and its own alone. */
async function sensitivity(task: ChoiceProblem): Promise<Map<string, { kept: number; of: number }>> {
  const kept = new Map(task.choices.map((choice) => [choice.id, { kept: 0, of: 0 }]));
  const changes = [1 - step, 1 + step];
  const scenario = async (about: readonly string[], cost: number, effect: number) => {
    const moved = task.choices.map((choice) =>
      about.includes(choice.id) ? scaled(choice, cost, effect) : choice,
    );
    const { chosen } = await bestSet({ ...task, choices: moved });
    return new Set(chosen);
  };
  const note = (id: string, set: ReadonlySet<string>) => {
    const count = kept.get(id) as { kept: number; of: number };
    count.of += 1;
    if (set.has(id)) count.kept += 1;
  };
  const all = task.choices.map((choice) => choice.id);
  for (const change of changes) {
    for (const set of [await scenario(all, change, 1), await scenario(all, 1, change)])
      for (const id of all) note(id, set);
    for (const id of all) {
      note(id, await scenario([id], change, 1));
      note(id, await scenario([id], 1, change));
    }
  }
  return kept;
}

function scaled(choice: Choice, cost: number, effect: number): Choice {
  return {
    ...choice,
    cost: new Decimal(choice.cost).times(cost).toFixed(),
    shares: Object.fromEntries(
      Object.entries(choice.shares).map(([goal, share]) => [
        goal,
        new Decimal(share).times(effect).toNumber(),
      ]),
    ),
  };
}

function round(value: number): number {
  return new Decimal(value).toDecimalPlaces(6).toNumber();
}
