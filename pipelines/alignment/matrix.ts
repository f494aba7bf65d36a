import type { Problem } from './arbitration/option.ts';
import type { Priorities } from './contradictions.ts';
import type { Opposition } from './opposition.ts';

/** What a department is to an objective; `contradicts` can come on top of either. */
export interface MatrixCell {
  readonly department: string;
  readonly state: 'carries' | 'contributes' | 'absent';
  readonly contradicts: boolean;
  /** why it contradicts, one sentence each */
  readonly because: readonly string[];
}

export interface MatrixRow {
  readonly objective: string;
  readonly label: string;
  readonly cells: readonly MatrixCell[];
}

export interface AlignmentMatrix {
  readonly departments: readonly string[];
  readonly rows: readonly MatrixRow[];
}

const departments = ['hr', 'finance', 'operations', 'innovation', 'governance'] as const;

/**
 * Departments by objectives. A department carries the objectives that it answers for, contributes to those
 * that one of its actions serves, and contradicts those that an objective it carries, or an open action of
 * its own, works against.
 */
export function alignmentMatrix(
  { standings, actions, language, say }: Priorities,
  oppositions: readonly Opposition[],
  problem: Problem,
): AlignmentMatrix {
  return {
    departments,
    rows: standings.map(({ objective }) => ({
      objective: objective.id,
      label: objective.label[language],
      cells: departments.map((department) => {
        const serves = actions.some(
          (action) =>
            action.objective === objective.id &&
            action.department === department &&
            action.status !== 'stopped',
        );
        const because = [
          ...oppositions.flatMap(({ first, second }) => {
            const rival = first.id === objective.id ? second : second.id === objective.id ? first : undefined;
            return rival?.department === department
              ? [say('contradiction.by_objective', { rival: rival.label[language] })]
              : [];
          }),
          ...problem.options
            .filter((option) => option.department === department)
            .filter((option) => option.effects.some((e) => e.goal === objective.id && e.share < 0))
            .map((option) => say('contradiction.by_action', { action: option.name })),
        ];
        return {
          department,
          state: objective.department === department ? 'carries' : serves ? 'contributes' : 'absent',
          contradicts: because.length > 0,
          because,
        };
      }),
    })),
  };
}
