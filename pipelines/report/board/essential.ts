import type { ReportContent } from '../content.ts';
import type { FigureBook } from './figure-book.ts';
import type { Layout } from './layout.ts';

/**
 * Ids of the indicators that a board reads: the material ones, those that an objective follows, those that the layout
 * puts forward. A catalogue that calls none material has them all here.
 */
export function essentialIndicators(
  content: ReportContent,
  book: FigureBook,
  layout: Layout,
): ReadonlySet<string> {
  if (!book.indicators.some((indicator) => indicator.material))
    return new Set(book.indicators.map((indicator) => indicator.id));
  const forward = new Set([
    ...layout.headlines,
    ...layout.emissions,
    ...layout.multiples,
    ...layout.board,
    ...content.objectives.map((standing) => standing.objective.indicator),
  ]);
  return new Set(book.indicators.filter((i) => i.material || forward.has(i.id)).map((i) => i.id));
}
