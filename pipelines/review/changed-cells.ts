import { groupedBy } from '../grouped-by.ts';
import { addressOf, type Sheet, type SheetCell, type Sheets } from './read-sheets.ts';

/** A computed cell that no longer holds what the run wrote. */
export interface ChangedCell {
  /** `Revue!F12` in the workbook that came back */
  readonly at: string;
  readonly expected: string;
  readonly found: string;
}

/** Columns, from 1, that the reviewer writes in, by sheet. */
export type InputColumns = ReadonlyMap<string, ReadonlySet<number>>;

/**
 * Compares a workbook that came back with the one that the run wrote: every cell but those that the
 * reviewer writes, and those whose formula depends on what he wrote. Rows may have been sorted: each row
 * is looked for by what it holds. A row or a sheet that the reviewer added is his own.
 */
export function changedCells(written: Sheets, back: Sheets, inputs: InputColumns): ChangedCell[] {
  const live = liveCells(written, inputs);
  const changed: ChangedCell[] = [];
  for (const sheet of written.sheets) {
    const found = back.sheets.find((one) => one.name === sheet.name);
    if (!found) {
      changed.push({ at: sheet.name, expected: 'the sheet', found: 'nothing' });
      continue;
    }
    changed.push(...changedIn(sheet, found, inputs.get(sheet.name) ?? new Set(), live));
  }
  return changed;
}

type Line = { readonly row: number; readonly cells: ReadonlyMap<number, SheetCell['value']> };

function changedIn(
  sheet: Sheet,
  back: Sheet,
  inputs: ReadonlySet<number>,
  live: ReadonlySet<string>,
): ChangedCell[] {
  // a live cell may move with its row: its column is left out for all rows of tables, its cell elsewhere
  const liveColumns = new Set<number>();
  for (const at of live) {
    const [name, row, column] = at.split('\0') as [string, string, string];
    if (name === sheet.name && inputs.size > 0 && Number(row) > 0) liveColumns.add(Number(column));
  }
  const widest = Math.max(0, ...[...sheet.rows.values()].flatMap((cells) => [...cells.keys()]));
  const counted = (row: number, column: number) =>
    column <= widest &&
    !inputs.has(column) &&
    !liveColumns.has(column) &&
    !live.has(`${sheet.name}\0${row}\0${column}`);
  const linesOf = (one: Sheet): Line[] =>
    [...one.rows]
      .map(([row, cells]) => ({
        row,
        cells: new Map(
          [...cells]
            // some programs save a formula that makes 0 without its value
            .filter(
              ([column, { value, formula }]) =>
                counted(row, column) && !isEmpty(value) && !(formula !== undefined && value === 0),
            )
            .map(([column, { value }]): [number, SheetCell['value']] => [column, value]),
        ),
      }))
      .filter((line) => line.cells.size > 0);

  const waiting = groupedBy(linesOf(back), keyOf);
  const lost: Line[] = [];
  for (const line of linesOf(sheet)) {
    if (!waiting.get(keyOf(line))?.shift()) lost.push(line);
  }
  const left = [...waiting.values()].flat().sort((a, b) => a.row - b.row);
  return lost.flatMap((line) => {
    const nearest = takeNearest(line, left);
    if (!nearest) return [{ at: sheet.name, expected: rowText(line), found: 'no such row' }];
    return [...new Set([...line.cells.keys(), ...nearest.cells.keys()])]
      .sort((a, b) => a - b)
      .map((column) => ({
        at: `${sheet.name}!${addressOf(nearest.row, column)}`,
        expected: line.cells.get(column) ?? null,
        found: nearest.cells.get(column) ?? null,
      }))
      .filter((one) => !same(one.expected, one.found))
      .map((one) => ({ ...one, expected: shown(one.expected), found: shown(one.found) }));
  });
}

/** The row that differs in the fewest cells, the nearest first; not one that has nothing in common. */
function takeNearest(line: Line, left: Line[]): Line | undefined {
  let best: { at: number; score: number } | undefined;
  for (const [at, other] of left.entries()) {
    const agree = [...line.cells].filter(([column, value]) =>
      same(value, other.cells.get(column) ?? null),
    ).length;
    const score = agree * 1e6 - Math.abs(other.row - line.row);
    if ((agree > 0 || other.row === line.row) && (!best || score > best.score)) best = { at, score };
  }
  return best ? left.splice(best.at, 1)[0] : undefined;
}

/** Rows that hold the same, to nine digits: programs that recalculate differ in the last ones. */
function keyOf({ cells }: Line): string {
  return [...cells]
    .sort(([a], [b]) => a - b)
    .map(([column, value]) => `${column}:${typeof value === 'number' ? value.toPrecision(9) : words(value)}`)
    .join('\u0001');
}

function same(a: SheetCell['value'], b: SheetCell['value']): boolean {
  if (typeof a === 'number' && typeof b === 'number')
    return Math.abs(a - b) <= 1e-9 * Math.max(Math.abs(a), Math.abs(b));
  return typeof a === typeof b ? words(a) === words(b) : isEmpty(a) && isEmpty(b);
}

const isEmpty = (value: SheetCell['value']) => value === null || words(value) === '';
const words = (value: SheetCell['value']) =>
  String(value ?? '')
    .normalize('NFC')
    .replace(/\s+/g, ' ')
    .trim();
const shown = (value: SheetCell['value']) => (isEmpty(value) ? 'nothing' : words(value).slice(0, 120));
const rowText = ({ cells }: Line) => `the row "${[...cells.values()].slice(0, 3).map(words).join(' | ')}"`;

interface Area {
  readonly sheet: string;
  readonly rows: readonly [number, number];
  readonly columns: readonly [number, number];
}

/** Formula cells that depend on a cell that the reviewer writes, directly or through others. */
function liveCells(written: Sheets, inputs: InputColumns): Set<string> {
  const formulas = written.sheets.flatMap((sheet) =>
    [...sheet.rows].flatMap(([row, cells]) =>
      [...cells].flatMap(([column, cell]) =>
        cell.formula === undefined
          ? []
          : [{ sheet: sheet.name, row, column, reads: areasOf(cell.formula, sheet.name) }],
      ),
    ),
  );
  const live = new Set<string>();
  const liveBySheet = new Map<string, { row: number; column: number }[]>();
  const touches = (area: Area) => {
    const [left, right] = area.columns;
    for (const column of inputs.get(area.sheet) ?? []) if (column >= left && column <= right) return true;
    return (liveBySheet.get(area.sheet) ?? []).some(
      ({ row, column }) => row >= area.rows[0] && row <= area.rows[1] && column >= left && column <= right,
    );
  };
  for (let grew = true; grew; ) {
    grew = false;
    for (const one of formulas) {
      const key = `${one.sheet}\0${one.row}\0${one.column}`;
      if (live.has(key) || !one.reads.some(touches)) continue;
      live.add(key);
      liveBySheet.set(one.sheet, [
        ...(liveBySheet.get(one.sheet) ?? []),
        { row: one.row, column: one.column },
      ]);
      grew = true;
    }
  }
  return live;
}

const reference =
  /(?:'((?:[^']|'')+)'!|([\p{L}\p{N}_.]+)!)?\$?([A-Z]{1,3})\$?(\d+)(?::\$?([A-Z]{1,3})\$?(\d+))?/gu;

function areasOf(formula: string, home: string): Area[] {
  // texts inside a formula are no references
  const bare = formula.replace(/"(?:[^"]|"")*"/g, '""');
  return [...bare.matchAll(reference)].map(([, quotedName, name, left, top, right, bottom]) => ({
    sheet: quotedName?.replaceAll("''", "'") ?? name ?? home,
    rows: [Number(top), Number(bottom ?? top)],
    columns: [columnNumber(left as string), columnNumber(right ?? (left as string))],
  }));
}

function columnNumber(letters: string): number {
  return [...letters].reduce((sum, letter) => sum * 26 + letter.charCodeAt(0) - 64, 0);
}
