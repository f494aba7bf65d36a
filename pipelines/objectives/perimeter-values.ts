import { Decimal } from 'decimal.js';
import { figuresByPlace } from '../indicators/by-place.ts';
import type { Indicator } from '../indicators/catalogue.ts';
import type { Figure } from '../indicators/figure.ts';
import type { Objective } from './objective.ts';

/** Value of an objective's indicator in its perimeter at a quarter, decimal text; null where it is not known. */
export type PerimeterValue = (objective: Objective, quarter: string) => string | null;

/**
 * Looks up the figure of one entity or the group. For several entities, numerators and denominators are
 * added up, each for what it is consolidated at, and divided last: a ratio is never averaged, and one part that is missing leaves the whole missing.
 */
export function perimeterValues(
  indicators: readonly Indicator[],
  figures: readonly Figure[],
  weights: ReadonlyMap<string, number> = new Map(),
): PerimeterValue {
  const byId = new Map(indicators.map((i) => [i.id, i]));
  const at = figuresByPlace(figures);
  return ({ indicator: id, entity, entities, basis }, quarter) => {
    const indicator = id === null ? undefined : byId.get(id);
    if (!indicator) return null;
    const figureOf = (place: string) => at.get(indicator.id, { entity: place, period: quarter, basis });
    if (!entities) return figureOf(entity)?.value ?? null;
    const parts = entities.map(figureOf);
    if (parts.some((part) => part === undefined || part.value === null)) return null;
    const sum = (pick: (figure: Figure) => string | null) =>
      parts.reduce(
        (total, part) =>
          total.plus(new Decimal(pick(part as Figure) ?? 0).times(weights.get((part as Figure).entity) ?? 1)),
        new Decimal(0),
      );
    const numerator = sum((f) => f.numerator);
    if (indicator.denominator === undefined) return numerator.times(indicator.scale).toFixed();
    const denominator = sum((f) => f.denominator);
    return denominator.isZero()
      ? null
      : numerator.dividedBy(denominator).times(indicator.scale).toDecimalPlaces(12).toFixed();
  };
}
