import ExcelJS from 'exceljs';

/** What a reviewer writes in one row, by column heading of the French workbook. */
export type Written = Readonly<Record<string, string | number | Date>>;

export const approval = (by: string, on = '2026-10-12'): Written => ({
  Décision: 'Approuver',
  Relecteur: by,
  Date: new Date(`${on}T00:00:00Z`),
});

/** A workbook as a reviewer has it open: written in by id, then saved by another program than ours. */
export class Reviewer {
  private constructor(private readonly book: ExcelJS.Workbook) {}

  static async open(file: string): Promise<Reviewer> {
    const book = new ExcelJS.Workbook();
    await book.xlsx.readFile(file);
    return new Reviewer(book);
  }

  sheet(name: string): ExcelJS.Worksheet {
    return this.book.getWorksheet(name) as ExcelJS.Worksheet;
  }

  /** ids of a sheet's rows, in their order */
  ids(sheet: string): string[] {
    const ids: string[] = [];
    this.sheet(sheet).eachRow((row, number) => {
      const value = row.getCell(this.column(sheet, 'Repère')).value;
      if (number > 5 && typeof value === 'string') ids.push(value);
    });
    return ids;
  }

  write(sheet: string, id: string, cells: Written): this {
    const row = this.rowOf(sheet, id);
    for (const [heading, value] of Object.entries(cells))
      this.sheet(sheet).getCell(row, this.column(sheet, heading)).value = value;
    return this;
  }

  /** Approves every row that `but` does not name. */
  approveAll(by: string, but: readonly string[] = []): this {
    for (const id of this.ids('Revue')) if (!but.includes(id)) this.write('Revue', id, approval(by));
    return this;
  }

  cell(sheet: string, id: string, heading: string): ExcelJS.Cell {
    return this.sheet(sheet).getCell(this.rowOf(sheet, id), this.column(sheet, heading));
  }

  async save(file: string): Promise<string> {
    await this.book.xlsx.writeFile(file);
    return file;
  }

  rowOf(sheet: string, id: string): number {
    const column = this.column(sheet, 'Repère');
    for (let row = 6; row <= this.sheet(sheet).rowCount; row += 1)
      if (this.sheet(sheet).getCell(row, column).value === id) return row;
    throw new Error(`${sheet} has no row ${id}`);
  }

  private column(sheet: string, heading: string): number {
    for (let column = 1; column <= this.sheet(sheet).columnCount; column += 1)
      if (this.sheet(sheet).getCell(5, column).value === heading) return column;
    throw new Error(`${sheet} has no column ${heading}`);
  }
}
