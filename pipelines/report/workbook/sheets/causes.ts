import { Decimal } from 'decimal.js';
import type { GapRow, ReconciliationResult } from '../../../alignment/finding.ts';
import { decimalsOfUnit } from '../../../language/quantity.ts';
import { month } from '../../format.ts';
import type { Book } from '../book.ts';
import { type Cell, day, formula, link, number, numeric, still, text } from '../cell.ts';
import { numberLook, signedFormat } from '../look.ts';
import { columnRange, mostRows, tableSheet } from '../table.ts';
import { reconciliationId } from './reconciliation-id.ts';

interface PartLine {
  readonly of: ReconciliationResult;
  readonly part: ReconciliationResult['parts'][number];
}

const differing = (book: Book) => book.content.reconciliations.filter((one) => one.status === 'differs');
const partLines = (book: Book): PartLine[] =>
  differing(book).flatMap((of) => of.parts.map((part) => ({ of, part })));

/** The gap of each reconciliation beyond tolerance, split by likely cause, entity and month. */
export const causesSheet = tableSheet<PartLine>({
  key: 'causes',
  rows: partLines,
  ids: ({ of }) => [`causes:${reconciliationId(of)}`],
  cells: ({ of, part }, _here, book) => ({
    label: link(of.label, book.places.link(reconciliationId(of))),
    entity: text(book.entityName(of.entity)),
    part: text(book.entityName(part.entity)),
    month: text(part.month === null ? book.words.say('none') : month(part.month, book.language)),
    unit: text(book.unit(of.unit)),
    cause: text(book.words.state('gap_causes', part.cause)),
    amount: number(part.amount, numberLook(signedFormat(decimalsOfUnit(of.unit), part.amount))),
    evidence: text(evidenceOf(part, book)),
    id: text(reconciliationId(of)),
  }),
});

function evidenceOf({ cause, evidence }: PartLine['part'], book: Book): string {
  if (cause === 'timing')
    return book.words.say('reconciliations.reversed', { month: month(evidence, book.language) });
  return evidence === 'intragroup' ? book.words.say('reconciliations.intragroup') : evidence;
}

const counted = new WeakMap<readonly ReconciliationResult[], number>();

/** Lines of the sheet of causes, counted once: a large group has thousands of gaps that each name their range. */
function partCount(book: Book): number {
  const { reconciliations } = book.content;
  const known = counted.get(reconciliations) ?? partLines(book).length;
  counted.set(reconciliations, known);
  return known;
}

/** What the parts leave unexplained, as a live sum over the sheet of causes. */
export function unexplainedCell(one: ReconciliationResult, book: Book): Cell {
  if (one.status !== 'differs') return text(book.words.say('none'), { across: 'right' });
  const rows = partCount(book);
  const range = (key: string) => `${book.places.sheet('causes')}!${columnRange(book, 'causes', key, rows)}`;
  const unexplained = one.causes.find(({ cause }) => cause === 'unexplained')?.amount ?? '0';
  const shown = numeric(new Decimal(unexplained).toFixed());
  const look = { format: signedFormat(decimalsOfUnit(one.unit), unexplained), across: 'right' as const };
  if (rows > mostRows) return still(shown, look);
  return formula(
    `SUMIFS(${range('amount')},${range('id')},"${reconciliationId(one)}",${range('cause')},"${book.words.state('gap_causes', 'unexplained')}")`,
    shown,
    look,
  );
}

interface RowLine {
  readonly of: ReconciliationResult;
  readonly row: GapRow;
}

/** The largest rows of both sides that have no counterpart, with their addresses. */
export const gapRowsSheet = tableSheet<RowLine>({
  key: 'gap_rows',
  rows: (book) => differing(book).flatMap((of) => of.rows.map((row) => ({ of, row }))),
  cells: ({ of, row }, _here, book) => ({
    label: link(of.label, book.places.link(reconciliationId(of))),
    entity: text(book.entityName(row.entity)),
    department: text(book.words.name('departments', of[row.side].department)),
    date: day(row.date),
    site: text(row.site ?? ''),
    amount: number(row.amount, numberLook(signedFormat(decimalsOfUnit(of.unit), row.amount))),
    unit: text(book.unit(of.unit)),
    extract: link(book.extract(row.extract)?.name ?? row.extract, book.places.link(`extract:${row.extract}`)),
    row: number(row.row),
    command: text(of.commands[row.side]),
  }),
});
