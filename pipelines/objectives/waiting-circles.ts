import type { Action } from './action.ts';
import { circles } from './circles.ts';

/** Actions, then milestones (`ACTION:MILESTONE`), that wait for each other: none of them can ever start. */
export function waitingCircles(actions: readonly Pick<Action, 'id' | 'dependsOn' | 'milestones'>[]): {
  readonly actions: string[][];
  readonly milestones: string[][];
} {
  return {
    actions: circles(new Map(actions.map((action) => [action.id, action.dependsOn]))),
    milestones: circles(
      new Map(
        actions.flatMap((action) =>
          action.milestones.map((one) => [`${action.id}:${one.id}`, one.dependsOn] as const),
        ),
      ),
    ),
  };
}
