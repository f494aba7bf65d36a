import type { ExtractFile } from './connector.ts';
import { Package } from './xlsx/package.ts';
import { type SheetRow, sheetRows } from './xlsx/sheet.ts';
import { readWorkbook } from './xlsx/workbook.ts';

export type { SheetRow } from './xlsx/sheet.ts';

export interface SheetOfRows {
  readonly name: string;
  /** rows that hold something, cells as text, in file order */
  readonly rows: readonly SheetRow[];
}

/** A portal's export of a meter is small: a workbook that inflates further is not one. */
const MOST_INFLATED_MB = 64;

/**
 * All visible sheets of a small workbook whose layout its connector knows. The guards are those of the
 * `xlsx` connector: inflated size, passwords, document types and entities refused before anything is parsed.
 *
 * @throws {ExtractError} XLSX-001 to XLSX-006
 */
export async function workbookRows(extract: ExtractFile): Promise<SheetOfRows[]> {
  const from = await Package.open(extract, MOST_INFLATED_MB);
  try {
    const workbook = await readWorkbook(from);
    const sheets: SheetOfRows[] = [];
    for (const { name, visible, part } of workbook.sheets) {
      if (!visible) continue;
      const rows: SheetRow[] = [];
      for await (const piece of sheetRows(from, part, workbook)) rows.push(...piece);
      sheets.push({ name, rows });
    }
    return sheets;
  } finally {
    from.close();
  }
}
