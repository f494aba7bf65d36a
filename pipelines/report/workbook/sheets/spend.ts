import { disproportion, type SpendShare } from '../../../alignment/spend-share.ts';
import type { Book } from '../book.ts';
import { type Cell, formula, link, number, numeric, text } from '../cell.ts';
import { percentFormat } from '../look.ts';
import { columnRange, tableSheet } from '../table.ts';

/** Where the money goes against where the gap is, each share with its parts. */
export const spendSheet = tableSheet<SpendShare>({
  key: 'spend',
  rows: ({ content }) => content.spend,
  cells: (one, here, book) => {
    const { say, state } = book.words;
    const share = { format: percentFormat(1, book.language), across: 'right' as const };
    const none = text(say('none'), { across: 'right' });
    const range = (column: string) => columnRange(book, 'spend', column, book.content.spend.length);
    const all = (column: string, by: SpendShare['by']) =>
      `SUMIFS(${range(column)},${range('by')},"${say(`spend.${by}`)}")`;
    return {
      by: text(say(`spend.${one.by}`)),
      subject: subjectCell(one, book),
      weight: one.weight === null ? none : number(one.weight),
      left: one.left === null ? none : number(one.left, share),
      gap:
        one.left === null
          ? number(one.gap)
          : formula(`ROUND(${here.at('weight')}*${here.at('left')},6)`, numeric(one.gap)),
      // each objective counts once, and each action stands under one department
      gap_share: formula(
        `ROUND(${here.at('gap')}/${all('gap', 'objective')},6)`,
        numeric(one.gapShare),
        share,
      ),
      money: number(one.budget),
      money_share: formula(
        `ROUND(${here.at('money')}/${all('money', 'department')},6)`,
        numeric(one.budgetShare),
        share,
      ),
      state: text(state('proportions', disproportion(one) ?? 'together')),
      id: text(`${one.by}:${one.id}`),
    };
  },
});

function subjectCell({ by, id }: SpendShare, book: Book): Cell {
  if (by === 'department') return text(book.words.name('departments', id), { bold: true });
  const standing = book.content.objectives.find(({ objective }) => objective.id === id);
  return link(standing?.objective.label[book.language] ?? id, book.places.link(`objective:${id}`));
}
