import { aggregationText } from '../../../indicators/aggregation-text.ts';
import type { Indicator, Measure } from '../../../indicators/catalogue.ts';
import { consolidationOf } from '../../../indicators/consolidation.ts';
import type { Book } from '../book.ts';
import { type Cells, link, text } from '../cell.ts';
import { tableSheet } from '../table.ts';

type Line =
  | { readonly kind: 'indicator'; readonly indicator: Indicator }
  | { readonly kind: 'measure'; readonly measure: Measure };

/** The catalogue: what each indicator and each measure means, and how it is made. */
export const definitionsSheet = tableSheet<Line>({
  key: 'definitions',
  rows: (book) => [
    ...book.indicators.map((indicator) => ({ kind: 'indicator' as const, indicator })),
    ...book.content.catalogue.measures.map((measure) => ({ kind: 'measure' as const, measure })),
  ],
  ids: (line) => [`definition:${line.kind === 'indicator' ? line.indicator.id : line.measure.id}`],
  cells: (line, _here, book) =>
    line.kind === 'indicator' ? ofIndicator(line.indicator, book) : ofMeasure(line.measure, book),
});

function ofIndicator(indicator: Indicator, book: Book): Cells {
  const { say, name } = book.words;
  const divided = indicator.denominator === undefined ? '' : ` ÷ (${indicator.denominator})`;
  const scaled = indicator.scale === 1 ? '' : ` × ${indicator.scale}`;
  const standards = indicator.standards.map((s) => {
    const doubt = s.certainty === 'to_confirm' ? ` ${book.words.mark('to_confirm')}` : '';
    return `${name('frameworks', s.framework)} ${s.disclosure}${s.paragraph ? ` §${s.paragraph}` : ''} (${s.version})${doubt}`;
  });
  const notes = [
    ...(indicator.suppress_below === undefined
      ? []
      : [say('definitions.suppressed_below', { people: indicator.suppress_below })]),
    ...(indicator.applies
      ? [say('definitions.applies', { otherwise: indicator.applies.otherwise[book.language] })]
      : []),
    ...(indicator.notes ? [indicator.notes[book.language]] : []),
  ];
  return {
    kind: text(say('definitions.indicator')),
    theme: text(name('topics', indicator.topic)),
    label: link(indicator.label[book.language], book.places.link(`indicator:${indicator.id}`)),
    unit: text(book.unit(indicator.unit)),
    definition: text(indicator.definition[book.language]),
    formula: text(
      `${divided || scaled ? `(${indicator.numerator})` : indicator.numerator}${divided}${scaled}`,
    ),
    windows: text(indicator.bases.map((basis) => name('bases_short', basis)).join(', ')),
    consolidation: text(
      say(`definitions.consolidation.${consolidationOf(indicator, book.content.catalogue)}`),
    ),
    direction: text(book.words.state('directions', indicator.direction)),
    material: text(indicator.material ? say('yes') : say('none')),
    standards: text(standards.join('\n')),
    notes: text(notes.join('\n')),
    id: text(indicator.id),
  };
}

function ofMeasure(measure: Measure, book: Book): Cells {
  const { say } = book.words;
  const aggregated = aggregationText(measure, book.language);
  const filter = measure.filter === 'true' ? '' : `\nwhere ${measure.filter}`;
  const notes = [
    ...(measure.eliminate_intragroup ? [say('definitions.eliminated')] : []),
    ...(measure.opens === 'rows' ? [] : [say(`definitions.opens_${measure.opens}`)]),
    say('definitions.contracts', { contracts: measure.contracts.join(', ') }),
  ];
  return {
    kind: text(say('definitions.measure')),
    theme: text(`model.${measure.table}`),
    label: link(measure.label[book.language], book.places.link(`measure:${measure.id}`)),
    unit: text(book.unit(measure.unit)),
    definition: text(say(`definitions.time.${measure.time}`)),
    formula: text(`${aggregated}\nfrom model.${measure.table}${filter}`),
    windows: text(['quarter', 'ttm'].map((basis) => book.words.name('bases_short', basis)).join(', ')),
    direction: text(say('none')),
    material: text(say('none')),
    notes: text(notes.join('\n')),
    id: text(measure.id),
  };
}
