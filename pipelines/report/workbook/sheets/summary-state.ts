import { Decimal } from 'decimal.js';
import type { Book } from '../book.ts';
import { formula, link, number, numeric, text, words } from '../cell.ts';
import type { Look } from '../excel.ts';
import type { SheetKey } from '../layout.ts';
import { ink, percentFormat } from '../look.ts';
import type { Page } from '../page.ts';
import { mostRows } from '../table.ts';

/** Counts over the other sheets, live: they move when a reviewer decides or a sheet is corrected. */
export function writeState(page: Page): void {
  const { book } = page;
  const { say } = book.words;
  const { content } = book;
  page.section(say('summary.state'));
  page.heads(
    ['state', 'subject', 'sheet', 'number', 'of', 'share']
      .map((c) => say(`summary.columns.${c}`))
      .concat('', say('summary.columns.meaning')),
  );
  const placed = content.objectives.filter((o) => o.status === 'achieved' || o.status === 'on_track').length;
  const group = groupFigures(book);
  const materials = reviewed(book);
  counter(page, 'objectives', 'status', ['●', '★'], placed, content.objectives.length, 'all');
  for (const [status, symbol] of [
    ['complete', '●'],
    ['estimated', '◆'],
    ['partial', '▲'],
    ['missing', '▼'],
  ] as const) {
    counter(
      page,
      'indicators',
      'status_quarter',
      [symbol],
      group.filter((s) => s === status).length,
      group.length,
      status === 'missing' ? 'none' : 'free',
      status,
    );
  }
  const differs = content.reconciliations.filter((r) => r.status === 'differs').length;
  counter(page, 'reconciliations', 'status', ['▼'], differs, content.reconciliations.length, 'none');
  counter(
    page,
    'quality',
    'status',
    ['▼'],
    content.missingSources.length,
    content.missingSources.length + content.extracts.length,
    'none',
  );
  quarantined(page);
  counter(page, 'review', 'control', ['✔'], recorded(book), materials, 'all');
}

const groupFigures = (book: Book) =>
  book.indicators.flatMap((indicator) =>
    book.entities.flatMap((entity) => {
      const figure = book.figure(indicator.id, entity, book.content.run.period, 'quarter');
      return figure ? [figure.status] : [];
    }),
  );

/** Material figures whose decision is on record. */
const recorded = (book: Book) =>
  book.content.review.figures.filter((one) => one.state === 'approved' || one.state === 'rejected').length;

const reviewed = (book: Book) => book.asked().size;

/** How many rows of a sheet begin with a symbol, of how many. */
function counter(
  page: Page,
  sheet: SheetKey,
  column: string,
  symbols: readonly string[],
  count: number,
  total: number,
  good: 'all' | 'none' | 'free',
  part = '',
): void {
  const { book } = page;
  const { say } = book.words;
  const rows = tableRows(book, sheet);
  const letter = book.places.letter(sheet, column);
  const range = `${book.places.sheet(sheet)}!$${letter}$6:$${letter}$${5 + Math.max(1, rows)}`;
  const counted = symbols.map((symbol) => `SUMPRODUCT(--(LEFT(${range},1)="${symbol}"))`).join('+');
  const at = page.row;
  const key = `summary.counters.${sheet}${part ? `_${part}` : ''}`;
  const words_ = { good: say('summary.good'), look: say('summary.look'), plain: say('summary.plain') };
  const isGood = good === 'all' ? count === total : count === 0;
  const state =
    good === 'free'
      ? text(words_.plain)
      : formula(
          `IF(D${at}=${good === 'all' ? `E${at}` : '0'},"${words_.good}","${words_.look}")`,
          words(isGood ? words_.good : words_.look),
        );
  page.line([
    state,
    text(say(`${key}.subject`), { bold: true }),
    link(book.names.get(sheet) as string, book.places.top(sheet)),
    whole(book, sheet) ? formula(counted, numeric(count), countLook) : number(count, countLook),
    number(total, { format: '#,##0', across: 'right' }),
    formula(
      `IF(E${at}=0,0,D${at}/E${at})`,
      numeric(total === 0 ? 0 : new Decimal(count).dividedBy(total).toFixed()),
      { format: percentFormat(0, book.language), across: 'right' },
    ),
    undefined,
    text(say(`${key}.meaning`), { ink: ink.muted, wrap: true }),
  ]);
}

const countLook: Look = { format: '#,##0', across: 'right', bold: true };

/** Whether a sheet shows all that a counter counts: else the sheet cannot count it again. */
function whole(book: Book, sheet: SheetKey): boolean {
  return tableRows(book, sheet) <= mostRows && (sheet !== 'indicators' || book.entitiesOf.left === 0);
}

function tableRows(book: Book, sheet: SheetKey): number {
  const { content } = book;
  if (sheet === 'objectives') return content.objectives.length;
  if (sheet === 'reconciliations') return content.reconciliations.length;
  if (sheet === 'quality') return content.extracts.length + content.missingSources.length;
  if (sheet === 'review') return reviewed(book);
  return book.indicators.length * book.entities.length;
}

function quarantined(page: Page): void {
  const { book } = page;
  const { say } = book.words;
  const sum = (key: 'rowsRead' | 'rowsQuarantined') =>
    book.content.extracts.reduce((total, e) => total + e[key], 0);
  const range = (column: string) => {
    const letter = book.places.letter('quality', column);
    return `SUM(${book.places.sheet('quality')}!$${letter}$6:$${letter}$${5 + Math.max(1, tableRows(book, 'quality'))})`;
  };
  const at = page.row;
  const [none, some] = [say('summary.good'), say('summary.look')];
  const [count, total] = [sum('rowsQuarantined'), sum('rowsRead')];
  page.line([
    formula(`IF(D${at}=0,"${none}","${some}")`, words(count === 0 ? none : some)),
    text(say('summary.counters.quarantine.subject'), { bold: true }),
    link(book.names.get('quarantine') as string, book.places.top('quarantine')),
    whole(book, 'quality')
      ? formula(range('quarantined'), numeric(count), countLook)
      : number(count, countLook),
    whole(book, 'quality')
      ? formula(range('read'), numeric(total), { format: '#,##0', across: 'right' })
      : number(total, { format: '#,##0', across: 'right' }),
    formula(
      `IF(E${at}=0,0,D${at}/E${at})`,
      numeric(total === 0 ? 0 : new Decimal(count).dividedBy(total).toFixed()),
      { format: percentFormat(2, book.language), across: 'right' },
    ),
    undefined,
    text(say('summary.counters.quarantine.meaning'), { ink: ink.muted, wrap: true }),
  ]);
}
