import type { AgendaItem, OpenQuestion } from '../../../review/agenda.ts';
import { formula, link, number, numeric, text } from '../cell.ts';
import { numberFormat, percentFormat } from '../look.ts';
import { tableSheet } from '../table.ts';

/** What the review has to talk about, most material first, with the parts of its rank. */
export const agendaSheet = tableSheet<AgendaItem>({
  key: 'agenda',
  rows: ({ content }) => content.agenda.items,
  cells: (item, here, book) => {
    const share = { format: percentFormat(1, book.language), across: 'right' as const };
    return {
      status: text(book.words.state('statuses', item.status)),
      objective: link(item.label, book.places.link(`objective:${item.objective}`)),
      owner: text(item.owner ?? book.words.say('none')),
      department: text(book.words.name('departments', item.department ?? 'none')),
      weight: number(item.weight),
      distance: number(item.distance, share),
      money: number(item.money),
      money_share: number(item.moneyShare, share),
      materiality: formula(
        `ROUND(${here.at('weight')}*${here.at('distance')}*(1+${here.at('money_share')}),6)`,
        numeric(item.materiality),
        { format: numberFormat(3), across: 'right', bold: true },
      ),
      due: text(book.words.say(item.due ? 'agenda.due' : 'agenda.not_due')),
      sentence: text(item.sentence),
    };
  },
});

/** What each owner is asked, from the findings. */
export const questionsSheet = tableSheet<OpenQuestion>({
  key: 'questions',
  rows: ({ content }) =>
    [...content.agenda.questions].sort((a, b) =>
      `${a.department}|${a.owner}` < `${b.department}|${b.owner}`
        ? -1
        : `${a.department}|${a.owner}` > `${b.department}|${b.owner}`
          ? 1
          : 0,
    ),
  cells: (question, _here, book) => ({
    severity: text(book.words.state('severities', question.severity)),
    department: text(book.words.name('departments', question.department ?? 'none')),
    owner: text(question.owner ?? book.words.say('none')),
    objective: link(
      book.content.objectives.find((one) => one.objective.id === question.objective)?.objective.label[
        book.language
      ] ?? '',
      question.objective === null ? undefined : book.places.link(`objective:${question.objective}`),
    ),
    sentence: text(question.sentence),
    id: text(question.finding),
  }),
});
