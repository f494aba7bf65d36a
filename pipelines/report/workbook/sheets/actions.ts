import { Decimal } from 'decimal.js';
import type { Action } from '../../../objectives/objective.ts';
import { spentOn } from '../../../review/resolution.ts';
import { date } from '../../format.ts';
import type { Book } from '../book.ts';
import { type Cell, day, formula, link, number, numeric, text, words } from '../cell.ts';
import { percentFormat, signedFormat } from '../look.ts';
import { tableSheet } from '../table.ts';
import { decimalsOf } from './measures.ts';

interface Line {
  readonly action: Action;
  /** the declared objective that it serves; null for a loose action */
  readonly objective: string | null;
}

/** What is done for each objective, at what price; claims stay claims until evidence comes. */
export const actionsSheet = tableSheet<Line>({
  key: 'actions',
  rows: ({ content }) => [
    ...content.objectives.flatMap(({ objective, actions }) =>
      actions.map((action) => ({ action, objective: objective.id })),
    ),
    ...content.looseActions.map((action) => ({ action, objective: null })),
  ],
  ids: ({ action, objective }) => [
    ...(objective === null ? [] : [`actions:${objective}`]),
    `action:${action.id}`,
  ],
  cells: ({ action, objective }, here, book) => {
    const { say } = book.words;
    const money = (value: string | null): Cell =>
      value === null ? text(say('none'), { across: 'right' }) : number(value);
    const spent = here.at('spent');
    const budget = here.at('budget');
    const amount = spentOn(action);
    const known = action.budget !== null && amount !== null && !new Decimal(action.budget).isZero();
    return {
      status: text(book.words.state('action_statuses', action.status)),
      objective: objectiveCell(objective, action, book),
      action: text(action.name, { bold: true }),
      department: text(book.words.name('departments', action.department)),
      owner: text(action.owner ?? say('actions.no_owner')),
      entity: text(action.entity === null ? say('group') : book.entityName(action.entity)),
      due: day(action.due),
      budget: money(action.budget),
      spent: money(amount),
      used: formula(
        `IF(COUNT(${spent},${budget})<2,"${say('none')}",IF(${budget}=0,"${say('none')}",${spent}/${budget}))`,
        known
          ? numeric(new Decimal(amount as string).dividedBy(action.budget as string).toFixed())
          : words(say('none')),
        { format: percentFormat(0, book.language), across: 'right' },
      ),
      spent_by:
        action.ledgerSpent === null
          ? text(amount === null ? '' : say('actions.by_register'))
          : link(
              say('actions.by_ledger', { rows: action.ledgerRows }),
              book.places.link(`spend:${action.id}`),
            ),
      spent_register: money(action.spent),
      milestones: text(milestonesOf(action, book)),
      effect:
        action.expectedEffect === null
          ? text(say('none'), { across: 'right' })
          : number(action.expectedEffect, {
              format: signedFormat(decimalsOf(action.expectedEffect), action.expectedEffect),
            }),
      effect_unit: text(action.expectedUnit === null ? '' : book.unit(action.expectedUnit)),
      claim: action.claimedSaving === null ? text('') : number(action.claimedSaving),
      evidence: text(evidenceOf(action, say)),
      source: link(sourceOf(action, book), book.places.link(`extract:${action.extractId}`)),
      id: text(action.id),
    };
  },
  finish(sheet, ranges) {
    sheet.conditions(ranges.of('used'), [
      {
        formula: `AND(ISNUMBER(${ranges.head('used')}),${ranges.head('used')}>1)`,
        ink: '9B1C1C',
        fill: 'FBE3E1',
        bold: true,
      },
    ]);
  },
});

/** Each milestone with its state and its day, in the order of their days. */
function milestonesOf({ milestones }: Action, { words, language }: Book): string {
  return milestones
    .map((one) => `${words.state('action_statuses', one.status)} · ${one.name}, ${date(one.due, language)}`)
    .join('\n');
}

function objectiveCell(objective: string | null, action: Action, book: Book): Cell {
  const standing = book.content.objectives.find((one) => one.objective.id === objective);
  if (standing)
    return link(
      standing.objective.label[book.language],
      book.places.link(`objective:${standing.objective.id}`),
    );
  return text(
    book.words.say(action.objective === null ? 'actions.no_objective' : 'actions.unknown_objective', {
      objective: action.objective ?? '',
    }),
  );
}

function evidenceOf(action: Action, say: Book['words']['say']): string {
  if (action.evidence !== null) return `● ${action.evidence}`;
  return action.claimedSaving === null ? say('none') : say('actions.no_evidence');
}

function sourceOf(action: Action, book: Book): string {
  const extract = book.extract(action.extractId);
  return `${extract?.name ?? action.extractId}:${action.rowNumber}`;
}
