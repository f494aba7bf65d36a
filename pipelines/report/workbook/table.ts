import { setImmediate as othersTurn } from 'node:timers/promises';
import { Decimal } from 'decimal.js';
import { number, quarter } from '../format.ts';
import type { Book } from './book.ts';
import { type Cells, inType } from './cell.ts';
import { columnLetter, type Look, type SheetFile, type WorkbookFile } from './excel.ts';
import { type ColumnLayout, columnPlace, type SheetKey, type SheetLayout } from './layout.ts';
import { linesOf } from './lines.ts';
import {
  bandLook,
  columnLook,
  headLook,
  introLook,
  laidOver,
  linkLook,
  symbolConditions,
  titleLook,
  totalLook,
} from './look.ts';

/** A sheet in two steps: every row takes its place first, so that any sheet can point at any other. */
export interface SheetPlan {
  place(): void;
  write(file: WorkbookFile): void | Promise<void>;
}

/** Where a row stands, for the formulas of that row. */
export interface Here {
  readonly row: number;
  /** a cell of the same row: `F12` */
  at(column: string): string;
}

/** Ranges of a written table, for conditions, validations and names. */
export interface Ranges {
  readonly first: number;
  readonly last: number;
  /** one column of the data: `F6:F90` */
  of(column: string): string;
  /** its first cell, relative in rows: `$F6` */
  head(column: string): string;
}

export interface TableSheet<Row> {
  readonly key: SheetKey;
  rows(book: Book): readonly Row[];
  /** what the row is about, for formulas and links of other sheets */
  ids?(row: Row, book: Book): readonly string[];
  cells(row: Row, here: Here, book: Book): Cells;
  /** of what the rows leave out, how much there is and where */
  rest?(book: Book): string | undefined;
  /** a look laid over the whole row */
  look?(row: Row, book: Book): Look | undefined;
  /** what the table needs beyond its cells: validations, further conditions */
  finish?(sheet: SheetFile, ranges: Ranges, book: Book): void;
}

/** Rows of a table at most: what opens in seconds; of more, the sheet says where the rest is. */
export const mostRows = 20_000;

/** After so many rows the database and the browser may answer who is at work beside this. */
const rowsAtOnce = 200;

/** Letters of the body font in one unit of column width, a little under the truth. */
const charactersPerWidth = 1.3;

/** In columns' widths: what is wider would be smaller than half its size on A4. */
const widestOnA4 = 230;

const rowsOf = { title: 1, intro: 2, back: 3, band: 4, head: 5, first: 6 } as const;

/** The cells of a column of a table sheet that has so many rows, as a formula of that sheet names them. */
export function columnRange({ places }: Book, sheet: SheetKey, column: string, rows: number): string {
  const letter = places.letter(sheet, column);
  return `$${letter}$${rowsOf.first}:$${letter}$${rowsOf.first + Math.max(1, rows) - 1}`;
}

/** A sheet that is one table: title, introduction, link back, headings with filters, rows. */
export function tableSheet<Row>(definition: TableSheet<Row>): (book: Book) => SheetPlan {
  return (book) => {
    const layout = book.layouts.get(definition.key) as SheetLayout;
    const all = definition.rows(book);
    const rows = all.slice(0, mostRows);
    const rest =
      all.length > mostRows ? rowsLeft(book, definition.key, mostRows, all.length) : definition.rest?.(book);
    return {
      place() {
        rows.forEach((row, i) => {
          for (const id of definition.ids?.(row, book) ?? [])
            book.places.put(id, definition.key, rowsOf.first + i);
        });
      },
      async write(file) {
        const sheet = openSheet(file, layout, book);
        if (rest) sheet.put(rowsOf.back, 2, { kind: 'text', text: rest }, { bold: true, ink: introLook.ink });
        const cellsOf = (row: Row, at: number) => definition.cells(row, hereAt(at, layout), book);
        const ranges = rangesOf(layout, rows.length);
        const totalled = layout.columns.filter((c) => c.total);
        if (totalled.length > 0) {
          const values = (row: Row, i: number) => cellsOf(row, rowsOf.first + i);
          writeTotals(sheet, layout, ranges, totalsOf(rows, values, totalled), book);
        }
        const looks = layout.columns.map((column) => columnLook(column, book.language));
        for (const [i, row] of rows.entries()) {
          const at = rowsOf.first + i;
          writeRow(sheet, layout, looks, at, cellsOf(row, at), definition.look?.(row, book), book);
          sheet.settle(at);
          if (i % rowsAtOnce === rowsAtOnce - 1) await othersTurn();
        }
        if (rows.length === 0) {
          sheet.put(
            rowsOf.first,
            1,
            { kind: 'text', text: book.words.say('nothing') },
            { italic: true, ink: introLook.ink },
          );
        }
        const width = columnLetter(layout.columns.length);
        sheet.filter(`A${rowsOf.head}:${width}${ranges.last}`);
        sheet.printArea(`A1:${layout.printed ? letterOf(layout, layout.printed) : width}${ranges.last}`);
        file.name(`tbl_${definition.key}`, sheet.name, `A${rowsOf.head}:${width}${ranges.last}`);
        for (const column of layout.columns.filter((c) => c.kind === 'status')) {
          sheet.conditions(ranges.of(column.key), symbolConditions(ranges.head(column.key)));
        }
        definition.finish?.(sheet, ranges, book);
        sheet.protect();
      },
    };
  };
}

/** Says how many rows of all a sheet shows, and where the others are. */
export function rowsLeft(
  { words, content: { run }, language }: Book,
  key: SheetKey,
  shown: number,
  all: number,
): string {
  const known = ['review', 'indicators', 'quarantine'].includes(key) ? key : 'other';
  const where = words.say(`rest.${known}`, { run: `out/${run.period}/${run.id}` });
  const digits = (rows: number) => number(String(rows), 0, language);
  return words.say('rest.rows', { shown: digits(shown), all: digits(all), where });
}

/** The frame that every table shares: title, introduction, way back, column headings. */
function openSheet(file: WorkbookFile, layout: SheetLayout, book: Book): SheetFile {
  const sheet = openFrame(file, layout, book, rowsOf.head);
  sheet.put(
    rowsOf.back,
    1,
    { kind: 'link', text: book.words.say('back'), to: book.places.top('summary') },
    linkLook,
  );
  layout.columns.forEach((column, i) => {
    sheet.put(rowsOf.head, i + 1, { kind: 'text', text: headingOf(column, layout.sheet, book) }, headLook);
  });
  sheet.height(rowsOf.head, 30);
  writeBands(sheet, layout, book);
  return sheet;
}

/** A sheet with its title and introduction, `frozenRows` of it always in sight. */
export function openFrame(
  file: WorkbookFile,
  layout: SheetLayout,
  book: Book,
  frozenRows: number,
): SheetFile {
  const { say } = book.words;
  const key = layout.sheet;
  const sheet = file.sheet({
    name: book.names.get(key) as string,
    tab: layout.tab,
    frozen: { rows: frozenRows, columns: layout.frozen },
    widths: layout.columns.map((c) => c.width),
    paper: printedWidth(layout) > widestOnA4 ? 'A3' : 'A4',
    headRows: { first: frozenRows === rowsOf.head ? rowsOf.band : 1, last: frozenRows },
    footer: footerOf(book),
  });
  sheet.put(rowsOf.title, 1, { kind: 'text', text: say(`sheets.${key}.title`, book.holes) }, titleLook);
  sheet.height(rowsOf.title, 24);
  writeIntro(sheet, layout, say(`sheets.${key}.intro`, book.holes));
  return sheet;
}

function printedColumns({ columns, printed }: SheetLayout): readonly ColumnLayout[] {
  return columns.slice(0, printed ? columns.findIndex(({ key }) => key === printed) + 1 : columns.length);
}

const printedWidth = (layout: SheetLayout) =>
  printedColumns(layout).reduce((sum, { width }) => sum + width, 0);

/** On one line where the printed columns have room for it, else over all of them. */
function writeIntro(sheet: SheetFile, layout: SheetLayout, intro: string): void {
  const lines = linesOf(intro, printedWidth(layout) * charactersPerWidth * 0.8);
  sheet.put(
    rowsOf.intro,
    1,
    { kind: 'text', text: intro },
    lines > 1 ? { ...introLook, wrap: true } : introLook,
  );
  if (lines === 1) return;
  sheet.merge(rowsOf.intro, 1, printedColumns(layout).length);
  sheet.height(rowsOf.intro, lines * 12 + 2);
}

function footerOf(book: Book): { left: string; right: string } {
  const { content, words } = book;
  return {
    left: `${content.group.name} · ${content.run.id} · ${words.name('run_states', content.run.state)}`,
    right: words.say('page'),
  };
}

function headingOf(column: ColumnLayout, key: SheetKey, book: Book): string {
  if (column.each === 'quarter') return quarter(column.key, book.language);
  return book.words.say(`sheets.${key}.columns.${column.key}`, book.holes);
}

/** A total stands in the line of the bands, in the place of one. */
const bandOf = (column: ColumnLayout | undefined) => (column?.total ? undefined : column?.band);

function writeBands(sheet: SheetFile, layout: SheetLayout, book: Book): void {
  const { columns } = layout;
  for (let from = 0; from < columns.length; ) {
    const band = bandOf(columns[from]);
    let to = from + 1;
    while (to < columns.length && bandOf(columns[to]) === band) to += 1;
    if (band !== undefined) {
      const words = book.words.say(`sheets.${layout.sheet}.bands.${band}`, book.holes);
      for (let c = from; c < to; c += 1) sheet.put(rowsOf.band, c + 1, { kind: 'empty' }, bandLook);
      sheet.put(rowsOf.band, from + 1, { kind: 'text', text: words }, bandLook);
      sheet.merge(rowsOf.band, from + 1, to);
    }
    from = to;
  }
}

const plainLook: Look = { ink: introLook.ink, underline: false };

function writeRow(
  sheet: SheetFile,
  layout: SheetLayout,
  looks: readonly Look[],
  row: number,
  cells: Cells,
  overlay: Look | undefined,
  book: Book,
): void {
  let lines = 1;
  layout.columns.forEach((column, i) => {
    const given = cells[column.key] ?? { kind: 'empty' as const };
    const cell = column.kind === 'code' || column.raw || column.input ? given : inType(given, book.language);
    if (column.kind === 'wrap' && (cell.kind === 'text' || cell.kind === 'link')) {
      lines = Math.max(lines, linesOf(cell.text, column.width * charactersPerWidth));
    }
    // a link column without a link must not look like one
    const plain = column.kind === 'link' && cell.kind !== 'link' ? plainLook : undefined;
    const linked = column.kind !== 'link' && cell.kind === 'link' ? linkLook : undefined;
    let look = looks[i] as Look;
    if (plain) look = laidOver(look, plain);
    if (linked) look = laidOver(look, linked);
    if (overlay) look = laidOver(look, overlay);
    if (cell.look) look = laidOver(look, cell.look);
    sheet.put(row, i + 1, cell, look);
  });
  // said, because not every reader's program fits rows to their text when it opens a file
  if (lines > 1) sheet.height(row, Math.min(409, lines * 12 + 2));
}

/** Sums of the columns that are totalled, as decimal text; the cells of no two rows are held at once. */
function totalsOf<Row>(
  rows: readonly Row[],
  cellsOf: (row: Row, place: number) => Cells,
  columns: readonly ColumnLayout[],
): Map<string, string> {
  const sums = new Map(columns.map(({ key }) => [key, new Decimal(0)]));
  for (const [place, row] of rows.entries()) {
    const cells = cellsOf(row, place);
    for (const [key, sum] of sums) {
      const cell = cells[key];
      if (cell?.kind === 'number') sums.set(key, sum.plus(cell.value));
      else if (cell?.kind === 'formula' && cell.numeric) sums.set(key, sum.plus(cell.result));
    }
  }
  return new Map([...sums].map(([key, sum]) => [key, sum.toFixed()]));
}

/** Totals above the headings count the rows that a filter leaves in sight. */
function writeTotals(
  sheet: SheetFile,
  layout: SheetLayout,
  ranges: Ranges,
  totals: ReadonlyMap<string, string>,
  book: Book,
): void {
  sheet.put(
    rowsOf.band,
    1,
    { kind: 'text', text: book.words.say('total_in_sight') },
    { ...totalLook, across: 'left' },
  );
  layout.columns.forEach((column, i) => {
    if (!column.total) {
      if (i > 0 && bandOf(column) === undefined) sheet.put(rowsOf.band, i + 1, { kind: 'empty' }, totalLook);
      return;
    }
    const result = totals.get(column.key) ?? '0';
    const content = {
      kind: 'formula' as const,
      formula: `SUBTOTAL(109,${ranges.of(column.key)})`,
      result,
      numeric: true,
    };
    sheet.put(rowsOf.band, i + 1, content, {
      ...totalLook,
      format: columnLook(column, book.language).format ?? '#,##0',
    });
  });
}

function hereAt(row: number, layout: SheetLayout): Here {
  return { row, at: (column) => `${letterOf(layout, column)}${row}` };
}

function rangesOf(layout: SheetLayout, count: number): Ranges {
  const last = rowsOf.first + Math.max(1, count) - 1;
  return {
    first: rowsOf.first,
    last,
    of: (column) => `${letterOf(layout, column)}${rowsOf.first}:${letterOf(layout, column)}${last}`,
    head: (column) => `$${letterOf(layout, column)}${rowsOf.first}`,
  };
}

function letterOf(layout: SheetLayout, column: string): string {
  return columnLetter(columnPlace(layout, column));
}
