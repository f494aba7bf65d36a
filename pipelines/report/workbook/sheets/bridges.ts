import { Decimal } from 'decimal.js';
import { GROUP } from '../../../indicators/figure.ts';
import type { BridgeFacts } from '../../content.ts';
import { type Cell, formula, number, numeric, text } from '../cell.ts';
import { tableSheet } from '../table.ts';

/** The sign of what reads as zero is left out. */
const amount = (value: string): Cell =>
  number(value, {
    format: new Decimal(value).toDecimalPlaces(2).isZero()
      ? '0.00;0.00;0.00'
      : '#,##0.00;\u2212#,##0.00;0.00',
  });

/** What made emissions change: perimeter, factor, method, activity. The end is a live sum of the start and its causes. */
export const bridgesSheet = tableSheet<BridgeFacts>({
  key: 'bridges',
  rows: ({ content }) => content.emissions.bridges,
  look: (change) => (change.entity === GROUP ? { bold: true } : undefined),
  cells: (change, here, book) => {
    const screened = book.content.emissions.screening.find((one) => one.category === change.group);
    return {
      measure: text(book.measure(change.measure)?.label[book.language] ?? change.measure),
      against: text(book.words.name('bridge_against', change.against)),
      basis: text(book.words.name('bases_short', change.basis)),
      entity: text(book.entityName(change.entity)),
      group: text(
        change.group === ''
          ? book.words.say('bridge_whole')
          : (screened?.label ?? book.words.name('emission_categories', change.group)),
      ),
      before: amount(change.before),
      perimeter: amount(change.perimeter),
      factor: amount(change.factor),
      method: amount(change.method),
      activity: amount(change.activity),
      after: formula(`SUM(${here.at('before')}:${here.at('activity')})`, numeric(change.after), {
        format: '#,##0.00;\u2212#,##0.00;0.00',
      }),
      id: text(
        [change.measure, change.against, change.basis, change.entity, change.group].filter(Boolean).join(':'),
      ),
    };
  },
});
