import type { MatrixCell } from '../../alignment/matrix.ts';
import type { ReportContent } from '../content.ts';
import { share } from '../format.ts';
import type { Voice } from './voice.ts';

/** Departments by objectives, said by a sign and a letter, with one sentence a contradiction; and the money against the gap. */
export function arrangeMatrix(content: ReportContent, voice: Voice) {
  const { matrix } = content;
  const states = ['carries', 'contributes', 'contradicts', 'absent'] as const;
  const mark = (state: string) => voice.say(`matrix.marks.${state}`);
  return {
    title: matrix && matrix.rows.length > 0 ? voice.say('matrix.title') : '',
    caption: voice.say('matrix.caption'),
    objective: voice.say('matrix.objective'),
    departments: (matrix?.departments ?? []).map((one) => voice.wordFor('departments', one)),
    legend: states.map((state) => ({ mark: mark(state), meaning: voice.word(`matrix_states.${state}`) })),
    rows: (matrix?.rows ?? []).map((row) => ({
      label: voice.prose(row.label),
      cells: row.cells.map((cell) => ({
        mark: cell.contradicts ? `${mark('contradicts')} ${mark(cell.state)}` : mark(cell.state),
        state: cell.contradicts ? 'contradicts' : cell.state,
        said: saidOf(cell, voice),
      })),
    })),
    because: (matrix?.rows ?? []).flatMap((row) =>
      row.cells.flatMap((cell) =>
        cell.because.map((reason) =>
          voice.say('matrix.because', {
            department: voice.wordFor('departments', cell.department),
            objective: row.label,
            reason,
          }),
        ),
      ),
    ),
    spend_title: content.spend.length > 0 ? voice.say('matrix.spend') : '',
    spend_intro: voice.say('matrix.spend_intro'),
    spend_head: {
      what: voice.say('matrix.what'),
      gap: voice.say('matrix.gap'),
      budget: voice.say('matrix.budget'),
    },
    // an objective without a gap or money says nothing here
    spend: content.spend
      .filter((one) => Number(one.gapShare) !== 0 || Number(one.budgetShare) !== 0)
      .map((one) => ({
        label:
          one.by === 'department'
            ? voice.wordFor('departments', one.id)
            : voice.prose(
                content.objectives.find((s) => s.objective.id === one.id)?.objective.label[voice.language] ??
                  one.id,
              ),
        department: one.by === 'department' ? voice.say('matrix.a_department') : '',
        gap: share(one.gapShare, 0, voice.language),
        budget: share(one.budgetShare, 0, voice.language),
      })),
  };
}

function saidOf(cell: MatrixCell, voice: Voice): string {
  const state = voice.word(`matrix_states.${cell.state}`);
  return cell.contradicts ? `${voice.word('matrix_states.contradicts')}, ${state}` : state;
}
