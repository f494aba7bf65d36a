import { Decimal } from 'decimal.js';
import type { ReconciliationResult } from '../../../alignment/finding.ts';
import { decimalsOfUnit } from '../../../language/quantity.ts';
import { date, month, quarter } from '../../format.ts';
import type { Book } from '../book.ts';
import { type Cell, formula, link, number, numeric, type Shown, still, text, words } from '../cell.ts';
import { numberFormat, numberLook, percentFormat } from '../look.ts';
import { type Here, tableSheet } from '../table.ts';
import { unexplainedCell } from './causes.ts';
import { reconciliationId } from './reconciliation-id.ts';

export { reconciliationId };

const decimalsOf = decimalsOfUnit;

/** Two departments' views of one reality, their gap, and room to explain it. */
export const reconciliationsSheet = tableSheet<ReconciliationResult>({
  key: 'reconciliations',
  rows: ({ content }) => content.reconciliations,
  ids: (one) => [reconciliationId(one), `reconciliation:${one.reconciliation}:${one.entity}`],
  cells: (one, here, book) => {
    const look = numberLook(numberFormat(decimalsOf(one.unit)));
    const side = (value: string | null) =>
      still(value === null ? words(book.words.mark('missing')) : numeric(value), look);
    return {
      id: text(reconciliationId(one)),
      label: text(one.label),
      entity: text(book.entityName(one.entity)),
      basis: text(book.words.name('bases_short', one.basis)),
      unit: text(book.unit(one.unit)),
      left_department: link(
        book.words.name('departments', one.left.department),
        measurePlace(book, one.left.measure, one),
      ),
      left: side(one.left.value),
      left_rows: number(one.left.rows),
      right_department: link(
        book.words.name('departments', one.right.department),
        measurePlace(book, one.right.measure, one),
      ),
      right: side(one.right.value),
      right_rows: number(one.right.rows),
      gap: gapCell(one.left.value, one.right.value, here, book, look.format),
      gap_share: shareCell(one, here, book),
      tolerance: number(one.tolerance, numberLook(percentFormat(1, book.language))),
      status: statusCell(one, here, book),
      sentence: text(one.sentence),
      unexplained: unexplainedCell(one, book),
      likely: text(one.likely),
      causes: link(book.words.say('to_causes'), book.places.link(`causes:${reconciliationId(one)}`)),
      carried: text(
        one.explanation === null
          ? ''
          : book.words.say('reconciliations.carried', {
              ...one.explanation,
              since: quarter(one.explanation.since, book.language),
            }),
      ),
      open_left: text(one.commands.left),
      open_right: text(one.commands.right),
      standing: text(explanationOf(book, one)),
      months: link(book.words.say('to_months'), book.places.link(`months:${reconciliationId(one)}`)),
    };
  },
  finish(sheet, ranges, book) {
    const { say } = book.words;
    sheet.validate(ranges.of('explanation'), {
      type: 'textLength',
      operator: 'between',
      formulae: ['0', '2000'],
      promptTitle: say('reconciliations.prompt_title'),
      prompt: say('reconciliations.prompt'),
      errorTitle: say('reconciliations.prompt_title'),
      error: say('reconciliations.error'),
    });
    sheet.conditions(ranges.of('explanation'), [
      {
        formula: `AND(LEFT(${ranges.head('status')},1)="▼",LEN(TRIM(${ranges.head('explanation')}))=0,LEN(${ranges.head('carried')})=0,LEN(${ranges.head('standing')})=0)`,
        ink: '9B1C1C',
        fill: 'FBE3E1',
      },
    ]);
  },
});

function explanationOf(book: Book, one: ReconciliationResult): string {
  const found = book.content.review.explanations.find((e) => e.reconciliation === reconciliationId(one));
  if (!found) return '';
  const { text: words, by, on } = found;
  return book.words.say('review.standing.explained', { text: words, by, on: date(on, book.language) });
}

const measurePlace = (book: Book, measure: string, one: ReconciliationResult) =>
  book.places.link(`measure:${measure}:${one.entity}:${one.basis}`) ?? book.places.link(`measure:${measure}`);

function gapCell(left: string | null, right: string | null, here: Here, book: Book, format: string): Cell {
  const none = book.words.say('none');
  const known = left !== null && right !== null;
  const result: Shown = known ? numeric(new Decimal(left).minus(right).toFixed()) : words(none);
  return formula(
    `IF(COUNT(${here.at('left')},${here.at('right')})<2,"${none}",${here.at('left')}-${here.at('right')})`,
    result,
    numberLook(`+${format};"\u2212"${format};0`),
  );
}

/** The gap as a share of the larger side. */
function shareOf(one: ReconciliationResult): Decimal | null {
  if (one.left.value === null || one.right.value === null) return null;
  const [left, right] = [new Decimal(one.left.value), new Decimal(one.right.value)];
  const larger = Decimal.max(left.abs(), right.abs());
  return larger.isZero() ? new Decimal(0) : left.minus(right).abs().dividedBy(larger);
}

function shareCell(one: ReconciliationResult, here: Here, book: Book): Cell {
  const none = book.words.say('none');
  const [left, right, gap] = [here.at('left'), here.at('right'), here.at('gap')];
  const larger = `MAX(ABS(${left}),ABS(${right}))`;
  const share = shareOf(one);
  return formula(
    `IF(COUNT(${left},${right})<2,"${none}",IF(${larger}=0,0,ABS(${gap})/${larger}))`,
    share === null ? words(none) : numeric(share.toFixed()),
    numberLook(percentFormat(2, book.language)),
  );
}

/** Live, so that a tolerance that is looked at again shows its effect; the computed status where they differ in rounding. */
function statusCell(one: ReconciliationResult, here: Here, book: Book): Cell {
  const state = (status: string) => book.words.state('reconciliation_statuses', status);
  const share = shareOf(one);
  const sheetSays =
    share === null ? 'missing_side' : share.lessThanOrEqualTo(one.tolerance) ? 'agrees' : 'differs';
  if (sheetSays !== one.status) return text(state(one.status));
  const gap = here.at('gap_share');
  return formula(
    `IF(ISNUMBER(${gap}),IF(${gap}<=${here.at('tolerance')},"${state('agrees')}","${state('differs')}"),"${state('missing_side')}")`,
    words(state(one.status)),
  );
}

interface MonthLine {
  readonly of: ReconciliationResult;
  readonly month: ReconciliationResult['months'][number];
}

/** The same gaps month by month, to see when they arose. */
export const monthsSheet = tableSheet<MonthLine>({
  key: 'months',
  rows: ({ content }) => content.reconciliations.flatMap((of) => of.months.map((month) => ({ of, month }))),
  ids: ({ of }) => [`months:${reconciliationId(of)}`],
  cells: ({ of, month: one }, here, book) => {
    const look = numberLook(numberFormat(decimalsOf(of.unit)));
    const side = (value: string | null) =>
      still(value === null ? words(book.words.mark('missing')) : numeric(value), look);
    return {
      label: link(of.label, book.places.link(reconciliationId(of))),
      entity: text(book.entityName(of.entity)),
      month: text(month(one.month, book.language)),
      unit: text(book.unit(of.unit)),
      left_department: text(book.words.name('departments', of.left.department)),
      left: side(one.left),
      right_department: text(book.words.name('departments', of.right.department)),
      right: side(one.right),
      gap: gapCell(one.left, one.right, here, book, look.format),
    };
  },
});
