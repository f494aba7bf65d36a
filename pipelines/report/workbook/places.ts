import { columnLetter, sheetReference } from './excel.ts';
import { columnPlace, type SheetKey, type SheetLayout } from './layout.ts';

/** Where things stand in the workbook, known before a cell is written, so that sheets can point at each other. */
export class Places {
  readonly #rows = new Map<string, { sheet: SheetKey; row: number }>();
  readonly #references = new Map<SheetKey, string>();

  constructor(
    private readonly layouts: ReadonlyMap<SheetKey, SheetLayout>,
    private readonly names: ReadonlyMap<SheetKey, string>,
  ) {}

  /** `id` is what a row is about: `measure:gas:OFR:quarter`; the first row that says it keeps it. */
  put(id: string, sheet: SheetKey, row: number): void {
    if (!this.#rows.has(id)) this.#rows.set(id, { sheet, row });
  }

  has(id: string): boolean {
    return this.#rows.has(id);
  }

  /** A cell for formulas, `'Mesures'!$F$12`; undefined when nothing is there. */
  cell(id: string, column: string): string | undefined {
    const place = this.#rows.get(id);
    if (!place) return undefined;
    return `${this.sheet(place.sheet)}!$${this.letter(place.sheet, column)}$${place.row}`;
  }

  /** A place for links, `'Mesures'!A12`. */
  link(id: string): string | undefined {
    const place = this.#rows.get(id);
    return place ? `${this.sheet(place.sheet)}!A${place.row}` : undefined;
  }

  top(sheet: SheetKey): string {
    return `${this.sheet(sheet)}!A1`;
  }

  sheet(sheet: SheetKey): string {
    const known = this.#references.get(sheet) ?? sheetReference(this.names.get(sheet) as string);
    this.#references.set(sheet, known);
    return known;
  }

  letter(sheet: SheetKey, column: string): string {
    return columnLetter(columnPlace(this.layouts.get(sheet) as SheetLayout, column));
  }
}
