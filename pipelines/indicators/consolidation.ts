import type { Catalogue, Indicator, Measure } from './catalogue.ts';
import { measuresIn } from './measures-in.ts';

/**
 * How an indicator goes from entities to the group, as its measures declare it:
 * - `sum`: entities add up after their consolidation share and intra-group eliminations
 * - `ratio_of_sums`: numerator and denominator are each consolidated, then divided; a ratio is never averaged
 * - `counted_once`: people (or other keys) are counted once over the whole perimeter
 * - `population`: worked out again from the records of the whole perimeter
 * - `by_company`: an obligation of each company, without a value for the group
 */
export type Consolidation = 'sum' | 'ratio_of_sums' | 'counted_once' | 'population' | 'by_company';

export function consolidationOf(indicator: Indicator, catalogue: Pick<Catalogue, 'measures'>): Consolidation {
  const measures = measuresOfIndicator(indicator, catalogue);
  if (measures.some((m) => m.level === 'entity')) return 'by_company';
  if (measures.some((m) => m.aggregation !== 'sum' && m.aggregation !== 'distinct')) return 'population';
  if (indicator.denominator !== undefined) return 'ratio_of_sums';
  return measures.some((m) => m.aggregation === 'distinct') ? 'counted_once' : 'sum';
}

/** The measures of an indicator's numerator and denominator, and the one that says whom it concerns, in the order of the catalogue. */
export function measuresOfIndicator(indicator: Indicator, catalogue: Pick<Catalogue, 'measures'>): Measure[] {
  const ids = new Set(measuresIn(indicator));
  if (indicator.applies) ids.add(indicator.applies.measure);
  return catalogue.measures.filter((m) => ids.has(m.id));
}
