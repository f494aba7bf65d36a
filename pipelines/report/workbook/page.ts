import type { Book } from './book.ts';
import { type Cell, inType } from './cell.ts';
import type { Look, SheetFile } from './excel.ts';
import { linesOf } from './lines.ts';
import { headLook, linkLook, sectionLook } from './look.ts';

/** A sheet written from top to bottom in sections, where a table would not tell it. */
export class Page {
  #row: number;

  constructor(
    readonly sheet: SheetFile,
    readonly book: Book,
    private readonly width: number,
    firstRow: number,
    /** columns of numbers, from 1: headings at the right, the rest at the left with room before it */
    private readonly numeric: readonly number[],
  ) {
    this.#row = firstRow;
  }

  get row(): number {
    return this.#row;
  }

  section(title: string): void {
    if (this.#row > 4) this.#row += 1;
    for (let column = 1; column <= this.width; column += 1)
      this.sheet.put(this.#row, column, { kind: 'empty' }, sectionLook);
    this.sheet.put(this.#row, 1, { kind: 'text', text: title }, sectionLook);
    this.sheet.height(this.#row, 22);
    this.#row += 1;
  }

  heads(titles: readonly string[]): void {
    titles.forEach((title, i) => {
      this.sheet.put(
        this.#row,
        i + 1,
        { kind: 'text', text: title },
        {
          ...headLook,
          ...(this.numeric.includes(i + 1) ? { across: 'right' } : { across: 'left', indent: 1 }),
        },
      );
    });
    this.sheet.height(this.#row, 20);
    this.#row += 1;
  }

  /** Writes a line and gives its row. */
  line(cells: readonly (Cell | undefined)[], look: Look = {}): number {
    const row = this.#row;
    for (let column = 1; column <= this.width; column += 1) {
      const cell = inType(cells[column - 1] ?? { kind: 'empty' as const }, this.book.language);
      const linked = cell.kind === 'link' ? linkLook : {};
      const room: Look = this.numeric.includes(column) ? {} : { across: 'left', indent: 1 };
      this.sheet.put(row, column, cell, { rule: 'hair', ...room, ...linked, ...look, ...cell.look });
    }
    this.#row += 1;
    return row;
  }

  /** One text over several columns, with the height that it needs at `characters` a line. */
  paragraph(words: string, characters: number, look: Look = {}): void {
    this.sheet.put(this.#row, 1, { kind: 'text', text: words }, { wrap: true, ...look });
    this.sheet.merge(this.#row, 1, this.width);
    this.sheet.height(this.#row, linesOf(words, characters) * 12.5 + 3);
    this.#row += 1;
  }
}
