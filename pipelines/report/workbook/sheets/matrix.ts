import type { MatrixCell, MatrixRow } from '../../../alignment/matrix.ts';
import { fewestQuarters } from '../../../alignment/opposition.ts';
import type { Book } from '../book.ts';
import { link, text } from '../cell.ts';
import type { Look } from '../excel.ts';
import { ink } from '../look.ts';
import { tableSheet } from '../table.ts';

/** `● P porte`: a sign, a letter and a word, so that it is read in grey print; what carries or contradicts in bold. */
export function matrixText(cell: MatrixCell, book: Book): string {
  const state = book.words.state('matrix_states', cell.state);
  if (!cell.contradicts) return state;
  const contradicts = book.words.state('matrix_states', 'contradicts');
  return cell.state === 'absent' ? contradicts : `${contradicts} · ${state}`;
}

const looks: Readonly<Record<MatrixCell['state'], Look>> = {
  carries: { bold: true },
  contributes: {},
  absent: { ink: ink.muted },
};

/** Departments by objectives: who carries, contributes, contradicts, and who is absent. */
export const matrixSheet = tableSheet<MatrixRow>({
  key: 'matrix',
  rows: ({ content }) => content.matrix?.rows ?? [],
  cells: (row, _here, book) => ({
    objective: link(row.label, book.places.link(`objective:${row.objective}`)),
    ...Object.fromEntries(
      row.cells.map((cell) => [cell.department, text(matrixText(cell, book), looks[cell.state])]),
    ),
    because: text(
      row.cells
        .flatMap((cell) =>
          cell.because.map((reason) =>
            book.words.say('matrix.because', {
              department: book.words.name('departments', cell.department),
              reason,
            }),
          ),
        )
        .join(' '),
    ),
    id: text(row.objective),
  }),
  // a reader must not take for agreement what could not be measured
  rest: ({ content, words }) => {
    const quarters = new Set(
      content.figures.filter((one) => one.basis === 'quarter').map((one) => one.period),
    ).size;
    return quarters < fewestQuarters
      ? words.say('matrix.unmeasured', { quarters, fewest: fewestQuarters })
      : undefined;
  },
});
