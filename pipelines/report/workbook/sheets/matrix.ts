import type { MatrixCell, MatrixRow } from '../../../alignment/matrix.ts';
import type { Book } from '../book.ts';
import { link, text } from '../cell.ts';
import { tableSheet } from '../table.ts';

/** `● P porte`: a sign, a letter and a word, so that it is read in grey print. */
export function matrixText(cell: MatrixCell, book: Book): string {
  const state = book.words.state('matrix_states', cell.state);
  return cell.contradicts ? `${book.words.state('matrix_states', 'contradicts')} · ${state}` : state;
}

/** Departments by objectives: who carries, contributes, contradicts, and who is absent. */
export const matrixSheet = tableSheet<MatrixRow>({
  key: 'matrix',
  rows: ({ content }) => content.matrix?.rows ?? [],
  cells: (row, _here, book) => ({
    objective: link(row.label, book.places.link(`objective:${row.objective}`)),
    ...Object.fromEntries(row.cells.map((cell) => [cell.department, text(matrixText(cell, book))])),
    because: text(
      row.cells
        .flatMap((cell) =>
          cell.because.map((reason) => `${book.words.name('departments', cell.department)} : ${reason}`),
        )
        .join(' '),
    ),
    id: text(row.objective),
  }),
});
