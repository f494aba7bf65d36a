import { linesOf } from '../workbook/lines.ts';

/**
 * What fits on one page of `templates/brief`, in millimetres: A4 less its margins, header and footer. A little under
 * the truth, so that a reader who prints the page gets one.
 */
export const pageRoom = 236;

/** Of `brief.css`: width of the text and letters in a millimetre, height of a line, and what surrounds text. */
const width = 184;
const letters = 0.6;
const line = 4.05;
const heading = 9.6;
const around = { row: 1.4, item: 0.7 };

/** Columns of each table: key of its heading and of its cells, and share of the width in %. */
export const columns = {
  agenda: [
    ['objective', 28],
    ['owner', 17],
    ['standing', 17],
    ['weight', 7],
    ['distance', 9],
    ['money', 11],
    ['materiality', 11],
  ],
  objectives: [
    ['objective', 18],
    ['status', 14],
    ['value', 11],
    ['expected', 11],
    ['target', 13],
    ['forecast', 17],
    ['pace', 16],
  ],
  actions: [
    ['action', 34],
    ['status', 10],
    ['due', 11],
    ['next', 23],
    ['budget', 10],
    ['spent', 12],
  ],
} as const;

type Columns = readonly (readonly [string, number])[];

export interface Section<Row> {
  readonly rows: readonly { readonly row: Row; readonly height: number }[];
  readonly heads: Columns;
  /** what its heading takes, and a line that says what is left out */
  readonly frame: number;
}

export interface Sections {
  readonly decisions: Section<object>;
  readonly agenda: Section<object>;
  readonly objectives: Section<object>;
  readonly actions: Section<object>;
  readonly questions: Section<object>;
  /** decisions of the last review that hold: they take one line */
  readonly held: number;
}

/** A list whose items hold texts one after the other. */
export function listSection<Row extends object>(
  rows: readonly Row[],
  texts: (row: Row) => readonly string[],
): Section<Row> {
  return {
    heads: [],
    frame: heading + line,
    rows: rows.map((row) => ({
      row,
      height: linesOf(texts(row).filter(Boolean).join(' '), (width - 5) * letters) * line + around.item,
    })),
  };
}

export function tableSection<Row extends Readonly<Record<string, string>>>(
  rows: readonly Row[],
  heads: Columns,
): Section<Row> {
  const lines = (row: Row) =>
    Math.max(
      ...heads.map(([key, share]) => linesOf(row[key] ?? '', ((width * share) / 100 - 1.6) * letters)),
    );
  return {
    heads,
    // two lines of headings
    frame: heading + 3 * line + around.row,
    rows: rows.map((row) => ({ row, height: lines(row) * line + around.row })),
  };
}

/** How many rows of each section a page holds: one of each in turn, as long as there is room. */
export function fitted(
  { held, ...sections }: Sections,
  room: number,
): Record<Exclude<keyof Sections, 'held'>, number> {
  const shown = { decisions: 0, agenda: 0, objectives: 0, actions: 0, questions: 0 };
  const open = Object.keys(shown) as (keyof typeof shown)[];
  const filled = open.filter((key) => sections[key].rows.length > 0);
  let left = room - filled.reduce((sum, key) => sum + sections[key].frame, 0) - (held > 0 ? line : 0);
  for (let waiting = filled; waiting.length > 0; ) {
    waiting = waiting.filter((key) => {
      const next = sections[key].rows[shown[key]];
      if (!next || next.height > left) return false;
      left -= next.height;
      shown[key] += 1;
      return true;
    });
  }
  return shown;
}
