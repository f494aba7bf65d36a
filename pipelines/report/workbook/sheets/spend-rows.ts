import type { Action, TaggedLine } from '../../../objectives/action.ts';
import { actionsOf } from '../../../review/resolution.ts';
import { day, link, number, text } from '../cell.ts';
import { tableSheet } from '../table.ts';

interface Line {
  readonly action: Action;
  readonly line: TaggedLine;
  /** the first of its action, to which the action leads */
  readonly first: boolean;
}

/** The ledger rows that make what an action has spent, with their addresses; the largest first. */
export const spendRowsSheet = tableSheet<Line>({
  key: 'spend_rows',
  rows: ({ content }) =>
    actionsOf(content).flatMap((action) =>
      (action.ledgerLines ?? []).map((line, i) => ({ action, line, first: i === 0 })),
    ),
  ids: ({ action, first }) => (first ? [`spend:${action.id}`] : []),
  cells: ({ action, line }, _here, book) => ({
    action: link(action.name, book.places.link(`action:${action.id}`)),
    entity: text(book.entityName(line.entity)),
    date: day(line.date),
    account: text(line.account),
    label: text(line.label ?? ''),
    amount: number(line.amount),
    extract: link(
      book.extract(line.extractId)?.name ?? line.extractId,
      book.places.link(`extract:${line.extractId}`),
    ),
    row: number(line.rowNumber),
    id: text(action.id),
  }),
  rest: ({ content, words }) => {
    const actions = actionsOf(content);
    const all = actions.reduce((sum, { ledgerRows }) => sum + ledgerRows, 0);
    const shown = actions.reduce((sum, { ledgerLines = [] }) => sum + ledgerLines.length, 0);
    return all > shown ? words.say('spend_rows.rest', { shown, all }) : undefined;
  },
});
