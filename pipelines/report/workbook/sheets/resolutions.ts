import { listed, percentage, quantity } from '../../../language/quantity.ts';
import type { Action } from '../../../objectives/objective.ts';
import type { FollowedResolution } from '../../../review/follow-up.ts';
import {
  actionsOf,
  choices,
  ownId,
  type Resolution,
  type Subject,
  spentOn,
  subjectsOf,
} from '../../../review/resolution.ts';
import { date, quarter } from '../../format.ts';
import type { Book } from '../book.ts';
import { type Cell, formula, link, text, words } from '../cell.ts';
import { quoted } from '../cell-text.ts';
import type { SheetFile } from '../excel.ts';
import { ink } from '../look.ts';
import { type Here, type Ranges, tableSheet } from '../table.ts';
import { fieldPrompt } from './field-prompt.ts';

/**
 * What the review decides, with what the last one decided of it and what became of that. Read back by the id in
 * the last column, wherever rows have moved.
 */
export const resolutionsSheet = tableSheet<Subject>({
  key: 'resolutions',
  rows: ({ content }) => subjectsOf(content, content.followed),
  ids: ({ id }) => [`resolution:${id}`],
  cells: (subject, here, book) => {
    const { words: of } = book;
    const last = book.content.followed.find((one) => one.subject === subject.id);
    const taken = book.content.review.resolutions.find((one) => one.subject === subject.id);
    const about = aboutOf(subject, last, book);
    return {
      id: text(subject.id),
      kind: text(of.name('resolution_kinds', subject.kind)),
      subject: about.label,
      department: text(of.name('departments', about.department ?? 'none')),
      owner: text(about.owner ?? of.say('none')),
      situation: text(about.situation),
      last: text(last ? `${resolutionText(last, book)} (${quarter(last.period, book.language)})` : ''),
      outcome: text(last ? of.state('resolution_outcomes', last.outcome) : ''),
      became: text(last?.sentence),
      standing: text(taken ? resolutionText(taken, book) : ''),
      control: controlCell(here, taken !== undefined, book),
    };
  },
  finish: (sheet, ranges, book) => {
    validate(sheet, ranges, book);
    highlight(sheet, ranges, book);
  },
});

interface About {
  readonly label: Cell;
  readonly department: string | null;
  readonly owner: string | null;
  readonly situation: string;
}

function aboutOf({ id, kind }: Subject, last: FollowedResolution | undefined, book: Book): About {
  const { content, places, words: of } = book;
  const own = ownId(id);
  const standing = content.objectives.find(({ objective }) => objective.id === own);
  const action = actionsOf(content).find((one) => one.id === own);
  if (kind === 'arbitration')
    return {
      label: link(of.say('resolutions.arbitration'), places.top('arbitration'), { bold: true }),
      department: null,
      owner: null,
      situation: arbitrationText(book),
    };
  if (kind === 'objective' && standing)
    return {
      label: link(standing.objective.label[book.language], places.link(`objective:${own}`)),
      department: standing.objective.department,
      owner: standing.objective.owner,
      situation: standing.sentence,
    };
  if (kind === 'action' && action)
    return {
      label: link(action.name, places.link(`action:${own}`)),
      department: action.department,
      owner: action.owner,
      situation: actionText(action, book),
    };
  return {
    label: text(last?.before.label ?? own),
    department: null,
    owner: null,
    situation: of.say('resolutions.gone'),
  };
}

/** An action as its register and the arbitration tell it. */
function actionText(action: Action, book: Book): string {
  const { words: of, language, content } = book;
  const money = (value: string | null) => quantity(value, content.group.currency, 0, language);
  const spent = spentOn(action);
  const ranked = content.arbitration?.ranking.find(({ option }) => option.id === action.id);
  return [
    of.say(spent === null ? 'resolutions.action_unspent' : 'resolutions.action', {
      status: of.name('action_statuses', action.status),
      due: date(action.due, language),
      budget: money(action.budget),
      spent: money(spent),
    }),
    ranked && ranked.option.excluded === null
      ? of.say(ranked.chosen ? 'resolutions.chosen' : 'resolutions.given_up', {
          closes: percentage(ranked.closes, 1, language),
          cost: money(ranked.option.cost),
        })
      : '',
  ]
    .filter((sentence) => sentence !== '')
    .join(' ');
}

function arbitrationText({ content, words: of, language }: Book): string {
  const { arbitration, group } = content;
  if (!arbitration) return of.say('resolutions.gone');
  const names = new Map(arbitration.problem.options.map(({ id, name }) => [id, name]));
  const named = (ids: readonly string[]) =>
    ids.length === 0
      ? of.say('none')
      : listed(
          ids.map((id) => names.get(id) ?? id),
          language,
        );
  return of.say('resolutions.proposal', {
    budget: quantity(arbitration.budget, group.currency, 0, language),
    cost: quantity(arbitration.set.cost, group.currency, 0, language),
    closed: percentage(arbitration.closed, 0, language),
    chosen: named(arbitration.set.chosen),
    given_up: named(arbitration.givenUp),
  });
}

/** A resolution in one line: what, who sees to it, by when, why, who decided. */
function resolutionText(one: Resolution, { words: of, language }: Book): string {
  const due = one.due === null ? '' : date(one.due, language);
  return [
    of.say(`resolutions.taken.${one.decision}`, { by: one.by, on: date(one.on, language) }),
    one.owner === null ? '' : of.say('resolutions.taken.owner', { owner: one.owner }),
    due === '' ? '' : of.say(`resolutions.taken.${one.decision === 'postpone' ? 'until' : 'due'}`, { due }),
    one.reason ?? '',
  ]
    .filter((part) => part !== '')
    .join(' · ');
}

/** Says, as the reviewer writes, what is still to come. */
function controlCell(here: Here, recorded: boolean, book: Book): Cell {
  const { say } = book.words;
  const [decision, responsible, due, reason, reviewer, day] = [
    'decision',
    'responsible',
    'due',
    'reason',
    'reviewer',
    'date',
  ].map(here.at) as [string, string, string, string, string, string];
  const is = (choice: string) => `${decision}=${quoted(say(`resolutions.choices.${choice}`))}`;
  const before = recorded ? 'review.control.recorded' : 'resolutions.control.open';
  const steps: [string, string][] = [
    [`${decision}=""`, before],
    [`AND(${is('accept')},LEN(TRIM(${responsible}))<2)`, 'resolutions.control.responsible'],
    [`AND(NOT(${is('refuse')}),${due}="")`, 'resolutions.control.due'],
    [`AND(NOT(${is('accept')}),LEN(TRIM(${reason}))<10)`, 'review.control.reason'],
    [`LEN(TRIM(${reviewer}))=0`, 'review.control.reviewer'],
    [`${day}=""`, 'review.control.date'],
  ];
  const chain = steps.reduceRight(
    (rest, [test, key]) => `IF(${test},${quoted(say(key))},${rest})`,
    quoted(say('review.control.done')),
  );
  return formula(chain, words(say(before)));
}

function validate(sheet: SheetFile, ranges: Ranges, book: Book): void {
  const { say } = book.words;
  const message = fieldPrompt(book, 'resolutions');
  const length = (from: string, to: string) => ({
    type: 'textLength' as const,
    operator: 'between' as const,
    formulae: [from, to],
  });
  const since = {
    type: 'date' as const,
    operator: 'greaterThanOrEqual' as const,
    formulae: [book.content.run.from],
  };
  sheet.validate(ranges.of('decision'), {
    type: 'list',
    formulae: [`"${choices.map((one) => say(`resolutions.choices.${one}`)).join(',')}"`],
    ...message('decision'),
  });
  sheet.validate(ranges.of('responsible'), { ...length('2', '80'), ...message('responsible') });
  sheet.validate(ranges.of('due'), { ...since, ...message('due') });
  sheet.validate(ranges.of('reason'), { ...length('0', '2000'), ...message('reason') });
  sheet.validate(ranges.of('reviewer'), { ...length('2', '80'), ...message('reviewer') });
  sheet.validate(ranges.of('date'), { ...since, ...message('date') });
}

function highlight(sheet: SheetFile, ranges: Ranges, book: Book): void {
  const is = (one: string) =>
    `${ranges.head('decision')}=${quoted(book.words.say(`resolutions.choices.${one}`))}`;
  sheet.conditions(ranges.of('decision'), [
    { formula: is('accept'), ink: '17603A', fill: 'E4F3E9', bold: true },
    { formula: `OR(${is('postpone')},${is('refuse')})`, ink: '9B1C1C', fill: ink.input, bold: true },
  ]);
}
