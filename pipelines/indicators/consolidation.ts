import type { Catalogue, Consolidation, Indicator, Measure } from './catalogue.ts';
import { measuresIn } from './measures-in.ts';

/** The rule that an indicator declares; where it declares none (packages of before it was declared), what its measures imply. */
export function consolidationOf(indicator: Indicator, catalogue: Pick<Catalogue, 'measures'>): Consolidation {
  return indicator.consolidation ?? impliedConsolidation(indicator, catalogue);
}

/** The only rule that the measures of an indicator obey when they are computed: another one declared would be untrue. */
export function impliedConsolidation(
  indicator: Indicator,
  catalogue: Pick<Catalogue, 'measures'>,
): Consolidation {
  const used = new Set(measuresIn(indicator));
  const measures = catalogue.measures.filter((m) => used.has(m.id));
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
