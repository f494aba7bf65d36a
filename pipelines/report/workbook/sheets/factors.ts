import type { FactorFacts } from '../../content.ts';
import { day, number, text } from '../cell.ts';
import { tableSheet } from '../table.ts';

/** The emission factors that the run used, with source, version and validity. */
export const factorsSheet = tableSheet<FactorFacts>({
  key: 'factors',
  rows: ({ content }) => content.factors,
  ids: (factor) => [`factor:${factor.id}`],
  cells: (factor, _here, book) => ({
    label: text(factor.label),
    value: number(factor.value, { format: '#,##0.######' }),
    unit: text(book.unit(factor.unit)),
    source: text(factor.source),
    version: text(factor.version),
    from: day(factor.validFrom),
    to: day(factor.validTo),
    certainty: text(book.words.state('certainties', factor.certainty)),
    id: text(factor.id),
  }),
});
