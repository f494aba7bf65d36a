import type { Indicator } from '../indicators/catalogue.ts';
import type { Figure } from '../indicators/figure.ts';

/** What is known of a run that says which figures its reviewer decides on. */
export interface Asked {
  readonly period: string;
  readonly indicators: readonly Indicator[];
  readonly figures: readonly Figure[];
}

/**
 * The figures that a reviewer is asked to decide on: every window of every material indicator at the run's
 * period, of each company and the group. Of an obligation that does not concern a company, there is nothing
 * to decide.
 */
export function askedFigures({ period, indicators, figures }: Asked): Figure[] {
  const material = new Set(indicators.filter((one) => one.material).map((one) => one.id));
  return figures.filter(
    (one) => material.has(one.indicator) && one.period === period && one.status !== 'not_applicable',
  );
}
