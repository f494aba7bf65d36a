import { Decimal } from 'decimal.js';
import highsModule, { type Highs } from 'highs';
import { Fault } from '../../fault.ts';

/** One action of the choice: what it costs and what share of each goal it closes. */
export interface Choice {
  readonly id: string;
  /** decimal text, never negative */
  readonly cost: string;
  readonly shares: Readonly<Record<string, number>>;
  readonly dependsOn: readonly string[];
}

export interface ChoiceProblem {
  readonly choices: readonly Choice[];
  /** weight of each goal */
  readonly goals: Readonly<Record<string, number>>;
  readonly exclusive: readonly (readonly string[])[];
  readonly budget: string;
}

export interface BestSet {
  readonly chosen: readonly string[];
  readonly cost: string;
  /** sum over goals of weight times the share closed, each goal at most whole */
  readonly value: number;
}

// the package's types describe its CommonJS build, whose function is the default of the default
const loadHighs = highsModule as unknown as typeof highsModule.default;
let solver: Promise<Highs> | undefined;

/**
 * The set of actions within the budget that closes most of the weighted gaps, and the cheapest such set:
 * a mixed-integer programme solved to proven optimality by HiGHS (gap 0).
 *
 * Maximise the sum of w·y over goals, where y is the share closed: y ≤ 1 and y ≤ Σ share·x; x of an action
 * is 0 or 1; Σ cost·x ≤ budget; x ≤ x of what it depends on; Σ x ≤ 1 in a set of exclusive actions.
 *
 * @throws {Fault} ARB-001 when the solver proves no optimum
 */
export async function bestSet(problem: ChoiceProblem): Promise<BestSet> {
  solver ??= loadHighs();
  const highs = await solver;
  const known = new Set(problem.choices.map((choice) => choice.id));
  // an action whose condition is not among the choices cannot be done
  const possible = problem.choices.filter((choice) => choice.dependsOn.every((id) => known.has(id)));
  if (possible.length === 0) return { chosen: [], cost: '0', value: 0 };
  const cuts: number[][] = [];
  for (;;) {
    const best = solve(highs, programme(problem, possible, cuts));
    if (best === undefined)
      throw new Fault(
        'ARB-001',
        'The arbitration has no proven optimum.',
        'Look for an effect or a cost of an action that is out of all proportion.',
      );
    const value = closedBy(problem, pick(possible, best));
    const cheap = solve(highs, programme(problem, possible, cuts, value));
    // the floor is a little below the value, so that rounding does not empty it: what it lets through is checked
    const found =
      cheap !== undefined && closedBy(problem, pick(possible, cheap)) >= value - tolerance ? cheap : best;
    const chosen = pick(possible, found);
    const cost = chosen.reduce((sum, choice) => sum.plus(choice.cost), new Decimal(0));
    if (cost.lessThanOrEqualTo(problem.budget))
      return { chosen: chosen.map((c) => c.id), cost: cost.toFixed(), value: closedBy(problem, chosen) };
    // the solver's tolerance let a set through that is over by cents: refuse it, exactly
    cuts.push(found);
  }
}

const tolerance = 1e-9;
const slack = 1e-7;

/** Weighted shares closed by a set, each goal at most whole. */
export function closedBy(problem: Pick<ChoiceProblem, 'goals'>, chosen: readonly Choice[]): number {
  return Object.entries(problem.goals).reduce((total, [goal, weight]) => {
    const closed = chosen.reduce((sum, choice) => sum.plus(choice.shares[goal] ?? 0), new Decimal(0));
    return total + weight * Math.min(1, closed.toNumber());
  }, 0);
}

function pick(choices: readonly Choice[], x: readonly number[]): Choice[] {
  return choices.filter((_, i) => (x[i] ?? 0) > 0.5);
}

/** 0 or 1 for each action; undefined unless the optimum is proven. */
function solve(highs: Highs, text: string): number[] | undefined {
  const found = highs.solve(text, {
    mip_rel_gap: 0,
    mip_abs_gap: 0,
    mip_feasibility_tolerance: 1e-9,
    primal_feasibility_tolerance: 1e-9,
  });
  if (found.Status !== 'Optimal') return undefined;
  const columns = found.Columns as Record<string, { Primal?: number }>;
  return Object.keys(columns)
    .filter((name) => name.startsWith('x'))
    .sort((a, b) => Number(a.slice(1)) - Number(b.slice(1)))
    .map((name) => columns[name]?.Primal ?? 0);
}

/** The programme in the LP format; with `floor`, the cheapest set whose value is not below it. */
function programme(
  problem: ChoiceProblem,
  choices: readonly Choice[],
  cuts: readonly (readonly number[])[],
  floor?: number,
): string {
  const goals = Object.entries(problem.goals);
  const index = new Map(choices.map((choice, i) => [choice.id, i]));
  const value = sumOf(goals.map(([, weight], g) => [weight, `y${g}`]));
  // costs as shares of the budget, so that the solver's tolerance is one of it
  const unit = Decimal.max(problem.budget, 1);
  const cost = sumOf(
    choices.map((choice, i) => [new Decimal(choice.cost).dividedBy(unit).toNumber(), `x${i}`]),
  );
  const every = choices.map((_, i) => `x${i}`);
  const rows = [
    `${cost} <= ${new Decimal(problem.budget).dividedBy(unit).toNumber()}`,
    ...goals.map(
      ([goal], g) =>
        `${sumOf([[1, `y${g}`], ...choices.map((choice, i): [number, string] => [-(choice.shares[goal] ?? 0), `x${i}`])])} <= 0`,
    ),
    ...choices.flatMap((choice, i) =>
      choice.dependsOn.map((id) => (index.has(id) ? `x${i} - x${index.get(id)} <= 0` : `x${i} <= 0`)),
    ),
    ...problem.exclusive
      .map((set) => set.flatMap((id) => (index.has(id) ? [`x${index.get(id)}`] : [])))
      .filter((set) => set.length > 1)
      .map((set) => `${set.join(' + ')} <= 1`),
    ...cuts.map((cut) => {
      const inside = cut.filter((x) => x > 0.5).length;
      return `${sumOf(every.map((name, i) => [(cut[i] ?? 0) > 0.5 ? 1 : -1, name]))} <= ${inside - 1}`;
    }),
    ...(floor === undefined ? [] : [`${value} >= ${floor - slack}`]),
  ];
  return [
    floor === undefined ? 'Maximize' : 'Minimize',
    ` objective: ${floor === undefined ? value : cost}`,
    'Subject To',
    ...rows.map((row, i) => ` c${i}: ${row}`),
    'Bounds',
    ...goals.map((_, g) => ` -inf <= y${g} <= 1`),
    'Binary',
    ` ${every.join(' ')}`,
    'End',
  ].join('\n');
}

function sumOf(terms: readonly (readonly [number, string])[]): string {
  const said = terms
    .filter(([factor]) => factor !== 0)
    .map(([factor, name]) => `${factor < 0 ? '-' : '+'} ${Math.abs(factor)} ${name}`);
  return said.length > 0 ? said.join(' ') : `0 ${terms[0]?.[1] ?? 'x0'}`;
}
