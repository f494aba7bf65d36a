import { dayName, listed } from '../language/quantity.ts';
import type { Say } from '../language/wording.ts';
import type { Action } from '../objectives/objective.ts';
import type { Priorities } from './contradictions.ts';
import type { Finding } from './finding.ts';

/** A milestone, or an action as a whole, in the chain of what waits for what. */
interface Node {
  /** `A-1:M2`, or `A-1` */
  readonly id: string;
  readonly action: Action;
  readonly name: string;
  readonly due: string;
  readonly done: boolean;
  readonly late: boolean;
  readonly waitsFor: readonly string[];
}

/**
 * What waits for a late milestone or action of another action: one finding for each action that waits, with
 * the late one, its delay at the period's end, and the critical path from it to the last thing that waits.
 */
export function waitingFindings({ actions, language, say }: Priorities, periodEnd: string): Finding[] {
  const nodes = nodesOf(actions);
  const told = toldBy(say);
  const after = new Map<string, Node[]>();
  for (const node of nodes.values())
    for (const id of node.waitsFor) after.set(id, [...(after.get(id) ?? []), node]);
  const late = [...nodes.values()].filter((node) => node.late && !waitsForLate(node, nodes));
  return late.flatMap((origin): Finding[] => {
    const path = criticalPath(origin, after);
    const waiting = [...new Set(path.slice(1).map((node) => node.action))].filter(
      (action) => action.id !== origin.action.id,
    );
    const last = path.at(-1) as Node;
    if (waiting.length === 0) return [];
    const days = daysBetween(origin.due, periodEnd);
    return [
      {
        id: `contradiction:waits:${origin.id}`,
        kind: 'contradiction',
        severity: 'major',
        ...(waiting[0]?.objective ? { objective: waiting[0].objective } : {}),
        sentence: say('contradiction.waits', {
          waiting: listed(
            waiting.map((action) => say('quoted', { name: action.name })),
            language,
          ),
          number: waiting.length,
          late: told(origin),
          due: dayName(origin.due, language),
          days,
          through:
            path.length > 2
              ? say('contradiction.through', { path: path.slice(1, -1).map(told).join(' → ') })
              : '',
          last: told(last),
          last_due: dayName(last.due, language),
        }),
        figures: [{ name: say('names.days_late'), value: String(days), unit: 'd' }],
      },
    ];
  });
}

function nodesOf(actions: readonly Action[]): Map<string, Node> {
  const nodes = new Map<string, Node>();
  for (const action of actions.filter((one) => one.status !== 'stopped')) {
    for (const milestone of action.milestones)
      nodes.set(`${action.id}:${milestone.id}`, {
        id: `${action.id}:${milestone.id}`,
        action,
        name: milestone.name,
        due: milestone.due,
        done: milestone.status === 'done',
        late: milestone.status === 'late',
        waitsFor: milestone.dependsOn,
      });
    nodes.set(action.id, {
      id: action.id,
      action,
      name: '',
      due: action.due,
      done: action.status === 'done',
      late: action.status === 'late',
      // an action is as late as its milestones
      waitsFor: [...action.dependsOn, ...action.milestones.map((one) => `${action.id}:${one.id}`)],
    });
  }
  return nodes;
}

/** Only the first late thing of a chain is told: what waits for it is late because of it. */
function waitsForLate(node: Node, nodes: ReadonlyMap<string, Node>, seen = new Set<string>()): boolean {
  if (seen.has(node.id)) return false;
  seen.add(node.id);
  return node.waitsFor.some((id) => {
    const before = nodes.get(id);
    return before !== undefined && !before.done && (before.late || waitsForLate(before, nodes, seen));
  });
}

/** From a late node to the latest due of all that waits for it; the longer path where two end on one day. */
function criticalPath(origin: Node, after: ReadonlyMap<string, readonly Node[]>): Node[] {
  let best: Node[] = [origin];
  const better = (path: readonly Node[]) => {
    const [a, b] = [path.at(-1) as Node, best.at(-1) as Node];
    return best.length === 1 || a.due > b.due || (a.due === b.due && path.length > best.length);
  };
  const walk = (path: readonly Node[]): void => {
    if (path.length > 1 && better(path)) best = [...path];
    for (const next of after.get((path.at(-1) as Node).id) ?? [])
      if (!next.done && !path.includes(next)) walk([...path, next]);
  };
  walk([origin]);
  return best;
}

function toldBy(say: Say): (node: Node) => string {
  return ({ name, action }) =>
    name === ''
      ? say('quoted', { name: action.name })
      : say('contradiction.milestone_of', { milestone: name, action: action.name });
}

function daysBetween(from: string, to: string): number {
  return Math.round((Date.parse(`${to}T00:00:00Z`) - Date.parse(`${from}T00:00:00Z`)) / 86_400_000);
}
