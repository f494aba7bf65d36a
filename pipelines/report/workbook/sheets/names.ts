import { GROUP } from '../../../indicators/figure.ts';
import type { Book } from '../book.ts';
import type { WorkbookFile } from '../excel.ts';

/** Names the group's material figures, for a reader's own sheets: `fig_energy.total_GROUP_quarter`. */
export function nameFigures(file: WorkbookFile, book: Book): void {
  const sheet = book.names.get('indicators') as string;
  for (const indicator of book.indicators.filter((one) => one.material)) {
    for (const basis of indicator.bases) {
      const cell = book.places.cell(`indicator:${indicator.id}:${GROUP}`, `value_${basis}`);
      if (cell)
        file.name(
          `fig_${indicator.id}_${GROUP}_${basis}`,
          sheet,
          cell.replace(/^.*!/, '').replaceAll('$', ''),
        );
    }
  }
}
