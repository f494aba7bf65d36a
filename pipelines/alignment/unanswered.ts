import { Decimal } from 'decimal.js';
import { quantity } from '../language/quantity.ts';
import { isOpen } from '../objectives/action.ts';
import type { Priorities } from './contradictions.ts';
import type { Finding } from './finding.ts';

/** Objectives that lack what would make them real: an owner or department, an indicator, money for their actions. */
export function unanswered({ standings, say, language, currency }: Priorities): Finding[] {
  return standings.flatMap(({ objective, actions }) => {
    const open = actions.filter(isOpen);
    const budget = open.reduce((sum, one) => sum.plus(one.budget ?? 0), new Decimal(0)).toFixed();
    const lacks = [
      objective.owner === null || objective.department === null ? 'owner' : undefined,
      objective.indicator === null ? 'indicator' : undefined,
      open.length > 0 && open.every((action) => action.budget === null || Number(action.budget) === 0)
        ? 'budget'
        : undefined,
    ].filter((one) => one !== undefined);
    return lacks.map((lack) => ({
      id: `contradiction:no_${lack}:${objective.id}`,
      kind: 'contradiction' as const,
      severity: lack === 'budget' ? ('minor' as const) : ('major' as const),
      objective: objective.id,
      sentence: say(`contradiction.no_${lack}`, {
        objective: objective.label[language],
        number: open.length,
        budget: quantity(budget, currency, 0, language),
      }),
      figures: [
        { name: say('names.open_actions'), value: String(open.length), unit: 'count' },
        { name: say('names.budget'), value: budget, unit: currency },
      ],
    }));
  });
}
