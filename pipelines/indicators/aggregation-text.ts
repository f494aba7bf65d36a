import type { Measure } from './catalogue.ts';

/**
 * What a measure does with its rows, as a reader of formulas would write it.
 *
 * @example aggregationText(measure) // 'median by person of sum(gross_eur) / sum(paid_hours)'
 */
export function aggregationText(measure: Measure): string {
  if (measure.aggregation === 'sum') return `sum(${measure.value})`;
  if (measure.aggregation === 'distinct') return `count(distinct ${measure.key})`;
  const ofKey = measure.per ? `sum(${measure.value}) / sum(${measure.per})` : `sum(${measure.value})`;
  if (measure.quantile) {
    const { of, rank, counting } = measure.quantile;
    return `count(${measure.key}${counting ? ` where ${counting}` : ''}) in group ${rank} of ${of} by ${ofKey}`;
  }
  const but = measure.except_highest ? ', the highest left out' : '';
  return `${measure.aggregation} by ${measure.key} of ${ofKey}${but}`;
}
