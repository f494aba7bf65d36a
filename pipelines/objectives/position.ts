/** What is said of where an objective stands. Quantities are decimal text, in the unit of its indicator. */

export interface TrajectoryPoint {
  readonly period: string;
  /** decimal text or null where the figure is missing */
  readonly actual: string | null;
  readonly expected: string | null;
}

/**
 * How the seasons are kept out of a comparison: `ttm` by adding four quarters up, `same_quarter` by setting a
 * quarter against the same one of the baseline year, `none` where the indicator is a level or a ratio.
 */
export type Seasonality = 'ttm' | 'same_quarter' | 'none';

/** Change of the indicator a year: what it did since the baseline, and what it has to do until the target. */
export interface Pace {
  readonly achieved: string;
  /** null when the target's quarter has come */
  readonly required: string | null;
  /** quarters from now to the target */
  readonly quartersLeft: number;
}

/** Where an indicator goes if it goes on as it did, with an 80 % prediction interval. */
export interface Forecast {
  readonly value: string;
  readonly low: string;
  readonly high: string;
  /** `drift_80`: random walk with drift; `seasonal_drift_80`: the same over changes from year to year */
  readonly method: 'drift_80' | 'seasonal_drift_80';
  /** known quarters that it rests on */
  readonly points: number;
  /** changes among them: the observations of the method */
  readonly changes: number;
  /** mean change a year */
  readonly drift: string;
  /** lags of the Newey-West variance */
  readonly lags: number;
  /** it reaches further ahead than the known quarters reach back */
  readonly far: boolean;
}

export const causes = ['activity', 'perimeter', 'factor', 'method'] as const;
export type Cause = (typeof causes)[number];

/** How much of a change each cause made, decimal text in the unit of the indicator. */
export type ByCause = Readonly<Record<Cause, string>>;

/**
 * Why an indicator is not what it was in the baseline's window:
 * `before + activity + perimeter + factor + method = after`, exactly, each cause being the sum of its parts in
 * numerator and denominator.
 */
export interface Change {
  /** the window that the change is counted from */
  readonly since: string;
  /** the figure of that window as this run computes it; the declared baseline may be rounded */
  readonly before: string;
  readonly after: string;
  readonly total: ByCause;
  readonly numerator: ByCause;
  /** zero throughout for an indicator that is no ratio */
  readonly denominator: ByCause;
}

/** An objective against the objectives that are its parts. */
export interface Cascade {
  readonly objective: string;
  readonly parts: readonly CascadePart[];
  /** `sum`: the parts' targets added up; `weighted`: each weighed by its denominator; `none`: see `reason` */
  readonly method: 'sum' | 'weighted' | 'none';
  readonly target: string;
  /** what the parts' targets make together; null where they cannot be put together */
  readonly together: string | null;
  /** `together` less `target`; null likewise */
  readonly gap: string | null;
  /** as a share of the target; null likewise */
  readonly gapShare: number | null;
  readonly tolerance: number;
  /** entities of the objective's perimeter that no part has, of those consolidated at the run's period */
  readonly uncovered: readonly string[];
  /** `incomplete`: they agree, but some of the perimeter has no target */
  readonly status: 'agrees' | 'incomplete' | 'differs' | 'not_checkable';
  /** why not checkable */
  readonly reason:
    | null
    | 'another_indicator'
    | 'another_quarter'
    | 'overlap'
    | 'not_additive'
    | 'no_denominator';
}

export interface CascadePart {
  readonly objective: string;
  readonly entity: string;
  readonly target: string;
  /** what the target counts for in the whole: 1 in a sum, the share of the denominators in a weighted mean */
  readonly weight: string | null;
}
