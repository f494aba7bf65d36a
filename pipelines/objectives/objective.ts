import { z } from 'zod';
import { Bilingual } from '../indicators/catalogue.ts';

/** A strategic goal, as declared beside the configuration. */
export const Objective = z.strictObject({
  id: z.string(),
  label: Bilingual,
  why: Bilingual.describe('why the company pursues it, one sentence'),
  department: z.enum(['hr', 'finance', 'operations', 'innovation', 'governance']),
  owner: z.string().describe('role that answers for it'),
  indicator: z.string(),
  basis: z.enum(['quarter', 'ttm']).default('ttm'),
  entity: z.string().default('GROUP'),
  baseline: z.strictObject({ period: z.string(), value: z.number() }),
  target: z.strictObject({ period: z.string(), value: z.number() }),
  trajectory: z.enum(['linear', 'steps']).default('linear'),
  /** for `steps`: the value expected from each period on */
  steps: z.array(z.strictObject({ period: z.string(), value: z.number() })).optional(),
  /** distance from the trajectory, as a share of the whole way, that is still on track / only a drift */
  tolerance: z.strictObject({ amber: z.number(), red: z.number() }).default({ amber: 0.05, red: 0.15 }),
  weight: z.number().min(0).default(1),
});
export type Objective = z.infer<typeof Objective>;

export interface TrajectoryPoint {
  readonly period: string;
  /** decimal text or null where the figure is missing */
  readonly actual: string | null;
  readonly expected: string | null;
}

/** Where an objective stands at the run's period. */
export interface Standing {
  readonly objective: Objective;
  /** `unknown`: its figure is missing; `no_indicator`: the catalogue has none */
  readonly status: 'achieved' | 'on_track' | 'drifting' | 'off_track' | 'unknown';
  readonly value: string | null;
  readonly expected: string | null;
  /** actual minus expected, signed so that positive is ahead of the trajectory */
  readonly lead: string | null;
  /** (value - baseline) / (target - baseline); null when not calculable */
  readonly progress: number | null;
  readonly points: readonly TrajectoryPoint[];
  /** straight line through the known points, extended to the target period; null with fewer than four points */
  readonly forecast: {
    readonly value: string;
    readonly low: string;
    readonly high: string;
    readonly method: string;
    readonly points: number;
  } | null;
  readonly actions: readonly Action[];
  /** one sentence in the run's language that a board member understands, with the figure it rests on */
  readonly sentence: string;
}

export interface Action {
  readonly id: string;
  readonly objective: string | null;
  readonly name: string;
  readonly department: string;
  readonly owner: string | null;
  readonly entity: string | null;
  readonly due: string;
  readonly status: 'planned' | 'running' | 'done' | 'late' | 'stopped';
  readonly budget: string | null;
  readonly spent: string | null;
  readonly expectedEffect: string | null;
  readonly expectedUnit: string | null;
  readonly claimedSaving: string | null;
  readonly evidence: string | null;
  readonly extractId: string;
  readonly rowNumber: number;
}
