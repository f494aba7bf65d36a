import { Decimal } from 'decimal.js';
import { percentage } from '../language/quantity.ts';
import { isOpen } from '../objectives/action.ts';
import { isMeasured } from '../objectives/objective.ts';
import type { Priorities } from './contradictions.ts';
import type { Finding } from './finding.ts';

/** One objective's (or department's) part of what is left to close and of what is left to spend. */
export interface SpendShare {
  readonly by: 'objective' | 'department';
  readonly id: string;
  /** of an objective: its weight, and the part of its way that is left; null of a department */
  readonly weight: number | null;
  readonly left: number | null;
  /** weight x part left, of a department the sum of its objectives'; decimal text */
  readonly gap: string;
  /** part of the weighted gaps, 0 to 1 */
  readonly gapShare: number;
  /** part of the money left to spend on open actions, 0 to 1 */
  readonly budgetShare: number;
  /** decimal text */
  readonly budget: string;
}

/** A part is out of proportion when it is three times the other and at least a tenth of the whole. */
const times = 3;
const smallest = 0.1;

/**
 * Where the money goes against where the gap is. The gap of an objective is the part of its way that is
 * left, times its weight; its money is what its open actions have left to spend.
 */
export function spendShares({ standings, actions }: Priorities): SpendShare[] {
  const gaps = standings.flatMap(({ objective, progress }) => {
    // null too for an objective to hold a value, which has no way
    if (!isMeasured(objective) || progress === null) return [];
    const left = Decimal.max(0, new Decimal(1).minus(progress)).toDecimalPlaces(6);
    return [{ objective, left, gap: left.times(objective.weight) }];
  });
  const money = actions
    .filter((action) => isOpen(action) && action.budget !== null)
    .map((action) => ({
      action,
      left: Decimal.max(
        0,
        new Decimal(action.budget as string).minus(action.ledgerSpent ?? action.spent ?? 0),
      ),
    }));
  const allGaps = gaps.reduce((sum, { gap }) => sum.plus(gap), new Decimal(0));
  const allMoney = money.reduce((sum, { left }) => sum.plus(left), new Decimal(0));
  if (allGaps.isZero() || allMoney.isZero()) return [];
  const share = (part: Decimal, whole: Decimal) => part.dividedBy(whole).toDecimalPlaces(6).toNumber();
  const line = (
    by: SpendShare['by'],
    id: string,
    ofGap: (one: (typeof gaps)[number]) => boolean,
    ofMoney: (one: (typeof money)[number]) => boolean,
  ): SpendShare => {
    const own = gaps.filter(ofGap);
    const gap = own.reduce((sum, one) => sum.plus(one.gap), new Decimal(0));
    const [single] = by === 'objective' ? own : [];
    const left = money.filter(ofMoney).reduce((sum, one) => sum.plus(one.left), new Decimal(0));
    return {
      by,
      id,
      weight: single?.objective.weight ?? null,
      left: single?.left.toNumber() ?? null,
      gap: gap.toFixed(),
      gapShare: share(gap, allGaps),
      budgetShare: share(left, allMoney),
      budget: left.toFixed(),
    };
  };
  const departments = [
    ...new Set([
      ...gaps.flatMap(({ objective }) => objective.department ?? []),
      ...money.map(({ action }) => action.department),
    ]),
  ].sort();
  return [
    ...gaps.map(({ objective }) =>
      line(
        'objective',
        objective.id,
        (one) => one.objective.id === objective.id,
        (one) => one.action.objective === objective.id,
      ),
    ),
    ...departments.map((department) =>
      line(
        'department',
        department,
        (one) => one.objective.department === department,
        (one) => one.action.department === department,
      ),
    ),
  ];
}

/** A part out of proportion: a gap without the money, money without the gap; null where they go together. */
export function disproportion({
  gapShare,
  budgetShare,
}: Pick<SpendShare, 'gapShare' | 'budgetShare'>): 'gap_without_money' | 'money_without_gap' | null {
  if (gapShare >= smallest && budgetShare * times <= gapShare) return 'gap_without_money';
  return budgetShare >= smallest && gapShare * times <= budgetShare ? 'money_without_gap' : null;
}

/** What is out of proportion, one finding each. */
export function spendFindings(priorities: Priorities, shares = spendShares(priorities)): Finding[] {
  const { standings, say, language, currency } = priorities;
  return shares.flatMap((share) => {
    const apart = disproportion(share);
    if (apart === null) return [];
    const label =
      share.by === 'department'
        ? say('contradiction.the_department', { department: say(`of_department.${share.id}`) })
        : say('contradiction.the_objective', {
            objective:
              standings.find((s) => s.objective.id === share.id)?.objective.label[language] ?? share.id,
          });
    return [
      {
        id: `contradiction:${apart}:${share.by}:${share.id}`,
        kind: 'contradiction' as const,
        severity: 'minor' as const,
        ...(share.by === 'objective' ? { objective: share.id } : {}),
        sentence: say(`contradiction.${apart}`, {
          who: label,
          gap: percentage(share.gapShare, 0, language),
          budget: percentage(share.budgetShare, 0, language),
        }),
        figures: [
          {
            name: say('names.gap_share'),
            value: new Decimal(share.gapShare).times(100).toFixed(),
            unit: '%',
          },
          {
            name: say('names.budget_share'),
            value: new Decimal(share.budgetShare).times(100).toFixed(),
            unit: '%',
          },
          { name: say('names.left_to_spend'), value: share.budget, unit: currency },
        ],
      },
    ];
  });
}
