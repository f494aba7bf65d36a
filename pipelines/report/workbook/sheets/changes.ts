import { Decimal } from 'decimal.js';
import type { ChangedFigure } from '../../content.ts';
import { quarter } from '../../format.ts';
import { type Cell, formula, link, numeric, still, text, words } from '../cell.ts';
import { changeFormat, valueFormat } from '../look.ts';
import { tableSheet } from '../table.ts';

/** The part of one cause; nothing where it has none, or no amount. */
function partCell(change: ChangedFigure, cause: string, format: string): Cell | undefined {
  const amounts = change.parts.filter(
    (part) => part.amount !== null && (cause === 'joint' ? part.cause.includes('+') : part.cause === cause),
  );
  if (amounts.length === 0) return undefined;
  const sum = amounts.reduce((total, part) => total.plus(part.amount as string), new Decimal(0));
  return still(numeric(sum.toFixed()), { format, across: 'right' });
}

/** Figures that no longer have the value that the previous run gave them, and why. */
export const changesSheet = tableSheet<ChangedFigure>({
  key: 'changes',
  rows: ({ content }) => content.changes,
  cells: (change, here, book) => {
    const indicator = book.indicator(change.indicator);
    const format = valueFormat(indicator?.decimals ?? 2, change.before, change.after);
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
        change.parts
          .map(({ cause }) =>
            cause
              .split('+')
              .map((one) => book.words.name('causes', one))
              .join(' + '),
          )
          .join(', '),
      ),
      ...Object.fromEntries(
        (['data', 'perimeter', 'factor', 'method', 'override', 'joint'] as const).map((cause) => [
          `part_${cause}`,
          partCell(change, cause, `+${format};"\u2212"${format};0`),
        ]),
      ),
      published: text(change.published),
      id: text(`${change.indicator}:${change.entity}:${change.period}:${change.basis}`),
    };
  },
});
