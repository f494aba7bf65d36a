import type { Action } from './action.ts';
import { circles } from './circles.ts';

/**
 * What waits for each other, so that none of it can ever start: actions; milestones (`ACTION:MILESTONE`); and,
 * where neither has a circle by itself, circles through both. An action begins when those it depends on are
 * done, and is done when its milestones are.
 */
export function waitingCircles(actions: readonly Pick<Action, 'id' | 'dependsOn' | 'milestones'>[]): {
  readonly actions: string[][];
  readonly milestones: string[][];
  readonly mixed: string[][];
} {
  const ofActions = actions.map((action) => [action.id, action.dependsOn] as const);
  const ofMilestones = actions.flatMap((action) =>
    action.milestones.map((one) => [`${action.id}:${one.id}`, one.dependsOn] as const),
  );
  const found = { actions: circles(new Map(ofActions)), milestones: circles(new Map(ofMilestones)) };
  if (found.actions.length + found.milestones.length > 0) return { ...found, mixed: [] };
  const mixed = circles(
    new Map([
      ...actions.map(
        (action) => [action.id, action.milestones.map((one) => `${action.id}:${one.id}`)] as const,
      ),
      ...actions.flatMap((action) =>
        action.milestones.map(
          (one) => [`${action.id}:${one.id}`, [...one.dependsOn, ...action.dependsOn]] as const,
        ),
      ),
    ]),
  );
  return { ...found, mixed };
}
