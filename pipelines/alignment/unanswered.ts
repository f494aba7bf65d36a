import type { Priorities } from './contradictions.ts';
import type { Finding } from './finding.ts';

/** Objectives that lack what would make them real: an owner or department, an indicator, money for their actions. */
export function unanswered({ standings, say, language }: Priorities): Finding[] {
  return standings.flatMap(({ objective, actions }) => {
    const open = actions.filter((action) => ['planned', 'running', 'late'].includes(action.status));
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
      sentence: say(`contradiction.no_${lack}`, { objective: objective.label[language] }),
      figures: [],
    }));
  });
}
