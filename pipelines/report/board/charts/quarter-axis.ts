import type { Language } from '../../content.ts';

/** A horizontal axis whose numbers are quarter indices (year x 4 + quarter - 1), labelled as quarters. */
export function quarterAxis(values: readonly number[], language: Language) {
  return {
    title: null,
    grid: false,
    values,
    // labels near the ends of the axis stay within it
    labelFlush: 12,
    labelOverlap: false,
    labelExpr: `'${language === 'fr' ? 'T' : 'Q'}' + (datum.value % 4 + 1) + ' ' + floor(datum.value / 4)`,
  };
}
