import type { MatrixCell } from '../../alignment/matrix.ts';
import type { SpendShare } from '../../alignment/spend-share.ts';
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
        mark: !cell.contradicts
          ? mark(cell.state)
          : cell.state === 'absent'
            ? mark('contradicts')
            : `${mark('contradicts')} ${mark(cell.state)}`,
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
    spend_head: { gap: voice.say('matrix.gap'), budget: voice.say('matrix.budget') },
    spend: (['objective', 'department'] as const)
      .map((by) => ({ what: voice.say(`matrix.${by}`), rows: spendRows(by, content, voice) }))
      .filter(({ rows }) => rows.length > 0),
  };
}

/** Shares of the gap and of the money; who has neither says nothing here. */
function spendRows(by: SpendShare['by'], { spend, objectives }: ReportContent, voice: Voice) {
  const labels = new Map(objectives.map(({ objective }) => [objective.id, objective.label[voice.language]]));
  return spend
    .filter((one) => one.by === by && (Number(one.gapShare) !== 0 || Number(one.budgetShare) !== 0))
    .map(({ id, gapShare, budgetShare }) => ({
      label: by === 'department' ? voice.wordFor('departments', id) : voice.prose(labels.get(id) ?? id),
      gap: share(gapShare, 0, voice.language),
      budget: share(budgetShare, 0, voice.language),
    }));
}

function saidOf(cell: MatrixCell, voice: Voice): string {
  const state = voice.word(`matrix_states.${cell.state}`);
  return cell.contradicts ? `${voice.word('matrix_states.contradicts')}, ${state}` : state;
}
