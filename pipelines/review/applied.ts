import type { Indicator } from '../indicators/catalogue.ts';
import { type Figure, GROUP } from '../indicators/figure.ts';
import { measuresIn } from '../indicators/measures-in.ts';
import type { FigureReview, Review } from './decision.ts';

export const idOf = (figure: Readonly<Record<'indicator' | 'entity' | 'period' | 'basis', string>>) =>
  `${figure.indicator}:${figure.entity}:${figure.period}:${figure.basis}`;

/**
 * The figures as they are published: an approved override stands for its figure, and a rejected figure is
 * none any more. An override holds for that one figure: what else is computed from the same data keeps its
 * computed value, and is listed by {@link dependantsOf}.
 */
export function applyReview(figures: readonly Figure[], review: Review): Figure[] {
  const decided = new Map(review.figures.map((one) => [one.figure, one]));
  return figures.map((figure) => {
    const one = decided.get(idOf(figure));
    if (one?.state === 'rejected')
      return { ...figure, value: null, numerator: null, denominator: null, status: 'rejected' };
    if (one?.state === 'approved' && one.override)
      return {
        ...figure,
        value: one.override.value,
        numerator: null,
        denominator: null,
        status: 'overridden',
      };
    return figure;
  });
}

/** Figures of the same window that are computed from a measure of the overridden one, here or in the group. */
export function dependantsOf(
  override: FigureReview,
  indicators: readonly Indicator[],
  figures: readonly Figure[],
): Figure[] {
  const own = figures.find((one) => idOf(one) === override.figure);
  const measures = new Map(indicators.map((one) => [one.id, measuresIn(one)]));
  if (!own) return [];
  const used = new Set(measures.get(own.indicator));
  return figures.filter(
    (one) =>
      one !== own &&
      one.period === own.period &&
      one.basis === own.basis &&
      (one.entity === own.entity || one.entity === GROUP) &&
      (measures.get(one.indicator) ?? []).some((id) => used.has(id)),
  );
}
