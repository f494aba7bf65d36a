import { z } from 'zod';
import { Bilingual, StandardReference } from '../indicators/catalogue.ts';
import type { Action } from './action.ts';
import type { Cascade, Change, Forecast, Pace, Seasonality, TrajectoryPoint } from './position.ts';
import { derivedTarget } from './trajectory.ts';

export type { Action, Milestone } from './action.ts';
export type { TrajectoryPoint } from './position.ts';

const quarter = z.string().regex(/^\d{4}-Q[1-4]$/, 'a quarter such as 2026-Q3');
const Point = z.strictObject({ period: quarter, value: z.number() });

/**
 * Yearly contraction by a share of the base year: each year takes off the same quantity, so that the path is
 * straight (SBTi, absolute contraction approach).
 */
export const Contraction = z.strictObject({
  percent_a_year: z.number().positive().default(4.2).describe('% of the baseline that each year takes off'),
  source: z
    .string()
    .default('SBTi, absolute contraction approach, 1.5 °C: at least 4.2 % of the base year each year'),
  certainty: z
    .enum(['confirmed', 'to_confirm'])
    .default('to_confirm')
    .describe('to_confirm: the rate is to be checked against the criteria in force'),
});

const Declared = z.strictObject({
  id: z.string(),
  label: Bilingual,
  why: Bilingual.describe('why the company pursues it, one sentence'),
  department: z
    .enum(['hr', 'finance', 'operations', 'innovation', 'governance'])
    .nullable()
    .default(null)
    .describe('department that answers for it; null: nobody does, and the run says so'),
  owner: z.string().nullable().default(null).describe('role that answers for it; null: nobody does'),
  parent: z.string().nullable().default(null).describe('objective of which this one is a part'),
  parts_tolerance: z
    .number()
    .min(0)
    .default(0.01)
    .describe('accepted gap between the sum of the parts and this target, as a share of the target'),
  indicator: z.string().nullable().default(null).describe('id of the catalogue; null: it is not measured'),
  basis: z
    .enum(['quarter', 'ttm'])
    .default('ttm')
    .describe('quarter: a flow is compared with the same quarter of the baseline year'),
  entity: z.string().default('GROUP').describe('an entity, or GROUP for the whole perimeter'),
  entities: z
    .array(z.string())
    .min(2)
    .optional()
    .describe('several entities, in place of one: their numerators and denominators are added up'),
  sites: z
    .array(z.string())
    .min(1)
    .optional()
    .describe('some sites, in place of entities; rows that name no site are in none'),
  baseline: Point.nullable().default(null),
  target: z
    .strictObject({
      period: quarter,
      value: z.number().optional().describe('left out where the trajectory makes it'),
    })
    .nullable()
    .default(null),
  trajectory: z
    .enum(['linear', 'steps', 'points', 'yearly_rate', 'contraction'])
    .default('linear')
    .describe(
      'linear: straight from baseline to target; steps: each value until the next; points: straight between points; ' +
        'yearly_rate: a percentage a year, compound; contraction: a share of the baseline each year (SBTi)',
    ),
  steps: z.array(Point).min(1).optional().describe('for steps: the value expected from each quarter on'),
  points: z.array(Point).min(1).optional().describe('for points: values between baseline and target'),
  yearly_rate: z.number().gt(-100).optional().describe('for yearly_rate: % a year, negative for a fall'),
  contraction: Contraction.optional(),
  tolerance: z
    .strictObject({ amber: z.number().min(0), red: z.number().min(0) })
    .default({ amber: 0.05, red: 0.15 })
    .describe('distance from the trajectory, as a share of the whole way, still on track / only a drift'),
  weight: z.number().min(0).default(1),
  standards: z.array(StandardReference).default([]).describe('disclosures that the objective answers'),
  review: z
    .enum(['quarterly', 'half_yearly', 'yearly'])
    .default('quarterly')
    .describe(
      'how often the review takes it: half_yearly in the second and fourth quarters, yearly in the fourth',
    ),
});

/** A strategic goal, as declared beside the configuration, with the target that its trajectory makes. */
export const Objective = Declared.superRefine((declared, context) => {
  const fail = (key: string, message: string) =>
    context.addIssue({ code: 'custom', path: [key], message, input: declared[key as keyof typeof declared] });
  const { indicator, baseline, target, trajectory } = declared;
  if (indicator !== null && !baseline)
    fail('baseline', 'the quarter and the value that progress is counted from');
  if (indicator !== null && !target) fail('target', 'the quarter and the value to reach');
  if (trajectory === 'steps' && !declared.steps) fail('steps', 'at least one step');
  if (trajectory === 'points' && !declared.points) fail('points', 'at least one point');
  if (trajectory === 'yearly_rate' && declared.yearly_rate === undefined)
    fail('yearly_rate', 'a percentage a year, e.g. -3');
  if (declared.entities && declared.entity !== 'GROUP') fail('entities', 'either entity or entities');
  if (declared.sites && (declared.entities || declared.entity !== 'GROUP'))
    fail('sites', 'either sites or entities');
  if (!baseline || !target) return;
  if (['yearly_rate', 'contraction'].includes(trajectory) && baseline.value <= 0)
    fail(
      'baseline',
      `a value above zero: a percentage of ${baseline.value} leads nowhere; use linear or points`,
    );
  if (target.period <= baseline.period) {
    fail('target', `a quarter after ${baseline.period}`);
    return;
  }
  for (const key of ['steps', 'points'] as const) {
    if (trajectory !== key) continue;
    const periods = (declared[key] ?? []).map((point) => point.period);
    const last = key === 'steps' ? 'until' : 'before';
    const inside = (at: string) =>
      at > baseline.period && (key === 'steps' ? at <= target.period : at < target.period);
    if (new Set(periods).size < periods.length) fail(key, 'each quarter once');
    if (!periods.every(inside)) fail(key, `quarters after ${baseline.period} and ${last} ${target.period}`);
    const end = (declared[key] ?? []).find((point) => point.period === target.period);
    if (key === 'steps' && end && target.value !== undefined && end.value !== target.value)
      fail(key, `the target's ${target.value} in ${target.period}`);
  }
  const derived = derivedTarget({ ...declared, baseline, target });
  if (derived === null && target.value === undefined)
    fail('target', 'a value: this trajectory does not make one');
  if (derived !== null && target.value !== undefined && derived !== target.value)
    fail('target', `no value, or the ${derived} that the trajectory makes`);
}).transform(({ entities, sites, contraction, ...declared }) => {
  const { baseline, target, trajectory } = declared;
  const way = { ...declared, contraction: contraction ?? Contraction.parse({}) };
  const value =
    baseline && target ? (derivedTarget({ ...way, baseline, target }) ?? target.value ?? baseline.value) : 0;
  return {
    ...declared,
    /** an entity, `GROUP`, `A+B` for several entities, `site:X+Y` for sites */
    entity: sites ? `site:${sites.join('+')}` : entities ? entities.join('+') : declared.entity,
    entities: entities ?? null,
    sites: sites ?? null,
    /** entities that the sites belong to; told by the configuration when objectives are loaded */
    companies: [] as readonly string[],
    target: target ? { period: target.period, value } : null,
    contraction: trajectory === 'contraction' ? way.contraction : null,
  };
});
export type Objective = z.output<typeof Objective>;

/** An objective that can be placed: it has an indicator, a baseline and a target. */
export type MeasuredObjective = Objective & {
  readonly indicator: string;
  readonly baseline: NonNullable<Objective['baseline']>;
  readonly target: NonNullable<Objective['target']>;
};

export function isMeasured(objective: Objective): objective is MeasuredObjective {
  return objective.indicator !== null && objective.baseline !== null && objective.target !== null;
}

/** Where an objective stands at the run's period. */
export interface Standing {
  readonly objective: Objective;
  /** `unknown`: its figure is missing, or it has no indicator */
  readonly status: 'achieved' | 'on_track' | 'drifting' | 'off_track' | 'unknown';
  readonly value: string | null;
  readonly expected: string | null;
  /** the target as it is in the season of the run's quarter: what is left to close is counted to it */
  readonly targetInSeason: string | null;
  /** actual minus expected, signed so that positive is ahead of the trajectory */
  readonly lead: string | null;
  /** (value - baseline) / (target - baseline); null when not calculable */
  readonly progress: number | null;
  readonly points: readonly TrajectoryPoint[];
  readonly seasonality: Seasonality;
  /** achieved and required, a year; null where there is no value or no time behind */
  readonly pace: Pace | null;
  /** null with too few changes, or where the target's quarter has come */
  readonly forecast: Forecast | null;
  /** why the indicator is not what it was at the baseline; null where it cannot be told */
  readonly change: Change | null;
  /** against its parts; null where it has none */
  readonly cascade: Cascade | null;
  readonly actions: readonly Action[];
  /** one sentence in the run's language that a board member understands, with the figure it rests on */
  readonly sentence: string;
}
