import type { TitledChart } from '../../board/gallery.ts';
import type { Book } from '../book.ts';
import { inType } from '../cell.ts';
import type { SheetLayout } from '../layout.ts';
import { linesOf } from '../lines.ts';
import { linkLook } from '../look.ts';
import { type Picture, sizeOf } from '../pictures.ts';
import { openFrame, type SheetPlan } from '../table.ts';

/** First row under title, introduction and the way back; then three rows a chart: title, image, finding. */
const first = 5;
const rowsEach = 4;
const pointsPerPixel = 0.75;

/** The report's charts, each with the sentence that says what it shows; an objective's leads back to its row. */
export function chartsSheet(
  book: Book,
  charts: readonly TitledChart[],
  pictures: ReadonlyMap<string, Picture>,
): SheetPlan {
  return {
    place() {
      charts.forEach((chart, index) => {
        book.places.put(`chart:${chart.id}`, 'charts', first + index * rowsEach);
      });
    },
    write(file) {
      const layout = book.layouts.get('charts') as SheetLayout;
      const sheet = openFrame(file, layout, book, 3);
      sheet.put(
        3,
        1,
        { kind: 'link', text: book.words.say('back'), to: book.places.top('summary') },
        linkLook,
      );
      charts.forEach((chart, index) => {
        const row = first + index * rowsEach;
        const home = book.places.has(chart.id) ? book.places.link(chart.id) : undefined;
        const look = { bold: true, size: 10 };
        if (home) sheet.put(row, 1, { kind: 'link', text: chart.title, to: home }, { ...linkLook, ...look });
        else sheet.put(row, 1, { kind: 'text', text: chart.title }, look);
        const picture = pictures.get(chart.id);
        sheet.height(row + 1, sizeOf(chart).height * pointsPerPixel + 6);
        if (picture) sheet.picture(row + 1, 1, picture, chart.alternative);
        sheet.put(row + 2, 1, inType({ kind: 'text', text: chart.alternative }, book.language), {
          wrap: true,
          italic: true,
          size: 8,
        });
        sheet.height(row + 2, linesOf(chart.alternative, 150) * 11.5 + 3);
      });
      if (charts.length === 0)
        sheet.put(first, 1, { kind: 'text', text: book.words.say('nothing') }, { italic: true });
      sheet.printArea(`A1:A${first + Math.max(charts.length, 1) * rowsEach}`);
      sheet.protect();
    },
  };
}
