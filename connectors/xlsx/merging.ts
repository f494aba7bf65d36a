import type { Cell, Range, SheetRow } from './sheet.ts';

/** A number of the sheet that merging repeats on several rows, where a sum would count it several times. */
export interface RepeatedNumber {
  readonly row: number;
  readonly column: number;
  readonly rows: number;
  readonly text: string;
}

/**
 * Gives the value of a merged range, which the file holds in its first cell only, to its other cells.
 * Rows must come in the order of the sheet.
 */
export class Merging {
  readonly repeatedNumbers: RepeatedNumber[] = [];
  private readonly waiting: Range[];
  private active: { readonly range: Range; readonly cell: Cell | undefined }[] = [];

  constructor(ranges: readonly Range[]) {
    this.waiting = [...ranges].sort((a, b) => b.top - a.top || b.left - a.left);
  }

  /** The row's cells with those of merged ranges; may be asked again for the same row, not for one above. */
  filled(row: SheetRow): readonly Cell[] {
    this.start(row);
    if (this.active.length === 0) return row.cells;
    const cells = new Map(row.cells.map((cell) => [cell.column, cell]));
    for (const { range, cell } of this.active) {
      if (!cell) continue;
      for (let column = range.left; column <= range.right; column++) {
        if (!cells.has(column)) cells.set(column, { ...cell, column });
      }
    }
    return [...cells.values()].sort((a, b) => a.column - b.column);
  }

  private start(row: SheetRow): void {
    this.active = this.active.filter(({ range }) => range.bottom >= row.number);
    for (let next = this.waiting.at(-1); next && next.top <= row.number; next = this.waiting.at(-1)) {
      this.waiting.pop();
      if (next.bottom < row.number) continue;
      // where the first row holds nothing at all, the range is empty
      const range = next;
      const cell = range.top === row.number ? row.cells.find((one) => one.column === range.left) : undefined;
      this.active.push({ range, cell });
      if (cell?.kind === 'number' && range.bottom > range.top) {
        this.repeatedNumbers.push({
          row: range.top,
          column: range.left,
          rows: range.bottom - range.top + 1,
          text: cell.text,
        });
      }
    }
  }
}
