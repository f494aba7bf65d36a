import { Decimal } from 'decimal.js';
import type { ChangedFigure } from '../../content.ts';
import { quarter } from '../../format.ts';
import { formula, link, numeric, still, text, words } from '../cell.ts';
import { changeFormat, numberFormat } from '../look.ts';
import { tableSheet } from '../table.ts';

/** Figures that no longer have the value that the previous run gave them, and why. */
export const changesSheet = tableSheet<ChangedFigure>({
  key: 'changes',
  rows: ({ content }) => content.changes,
  cells: (change, here, book) => {
    const indicator = book.indicator(change.indicator);
    const format = numberFormat(indicator?.decimals ?? 2);
    const none = book.words.say('none');
    const value = (one: string | null) => still(one === null ? words(none) : numeric(one), { format });
    const known = change.before !== null && change.after !== null;
    const [before, after] = [new Decimal(change.before ?? 0), new Decimal(change.after ?? 0)];
    const cells = [here.at('before'), here.at('after')];
    return {
      indicator: link(
        indicator?.label[book.language] ?? change.indicator,
        book.places.link(`indicator:${change.indicator}:${change.entity}`),
      ),
      entity: text(book.entityName(change.entity)),
      period: text(quarter(change.period, book.language)),
      basis: text(book.words.name('bases_short', change.basis)),
      unit: text(indicator ? book.unit(indicator.unit) : ''),
      before: value(change.before),
      after: value(change.after),
      difference: formula(
        `IF(COUNT(${cells.join(',')})<2,"${none}",${cells[1]}-${cells[0]})`,
        known ? numeric(after.minus(before).toFixed()) : words(none),
        { format: `+${format};"\u2212"${format};0`, across: 'right' },
      ),
      change: formula(
        `IF(COUNT(${cells.join(',')})<2,"${none}",IF(${cells[0]}=0,"${none}",(${cells[1]}-${cells[0]})/ABS(${cells[0]})))`,
        known && !before.isZero()
          ? numeric(after.minus(before).dividedBy(before.abs()).toFixed())
          : words(none),
        { format: changeFormat('', 1, book.language), across: 'right' },
      ),
      cause: text(
        change.cause
          .split(/,\s*/)
          .map((cause) => book.words.name('causes', cause))
          .join(', '),
      ),
      id: text(`${change.indicator}:${change.entity}:${change.period}:${change.basis}`),
    };
  },
});
