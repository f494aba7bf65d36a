import {
  type Connector,
  ExtractError,
  type ExtractFile,
  identifier,
  literal,
  pullFiles,
  type Reading,
  type ReadingSession,
  type Remark,
} from '../connector.ts';
import { type XlsxOptions, xlsxOptions } from './options.ts';
import { Package } from './package.ts';
import { columnLetters, type SheetFacts, sheetFacts, sheetRows } from './sheet.ts';
import { type WrittenTable, writeTable } from './table.ts';
import { readWorkbook, type Sheet } from './workbook.ts';

/**
 * A sheet of an Excel workbook. One record set, `rows`; `row_number` is the row of the sheet. Formulas give the
 * result that the file holds; nothing is computed, run or fetched.
 */
export const xlsx: Connector<XlsxOptions> = {
  id: 'xlsx',
  title: 'A sheet of an Excel workbook (.xlsx, .xlsm)',
  options: xlsxOptions,
  pull: pullFiles,
  read,
};

async function read(extract: ExtractFile, options: XlsxOptions, session: ReadingSession): Promise<Reading> {
  const opened = await Package.open(extract, options.max_inflated_mb);
  try {
    const workbook = await readWorkbook(opened);
    const sheet = chosenSheet(workbook.sheets, options.sheet, extract.name);
    const place = { extract: extract.name, sheet: sheet.name };
    const facts = await sheetFacts(opened, sheet.part);
    const records = session.scratch('records');
    const rejects = session.scratch('rejects');
    const rows = sheetRows(opened, sheet.part, workbook);
    const table = await writeTable(rows, facts, options, place, records, rejects);
    return await load(session, extract, options, sheet, facts, table, records, rejects, workbook.sheets);
  } finally {
    opened.close();
  }
}

function chosenSheet(sheets: readonly Sheet[], wanted: string | number | undefined, name: string): Sheet {
  const bare = (text: string) => text.trim().toLowerCase();
  const found =
    wanted === undefined
      ? (sheets.find((sheet) => sheet.visible) ?? sheets[0])
      : typeof wanted === 'number'
        ? sheets[wanted - 1]
        : (sheets.find((sheet) => sheet.name === wanted) ??
          sheets.find((sheet) => bare(sheet.name) === bare(wanted)));
  if (found) return found;
  const values = { sheet: String(wanted), sheets: sheets.map((sheet) => sheet.name).join(', ') };
  throw new ExtractError('XLSX-007', { extract: name }, { values });
}

async function load(
  session: ReadingSession,
  extract: ExtractFile,
  options: XlsxOptions,
  sheet: Sheet,
  facts: SheetFacts,
  table: WrittenTable,
  records: string,
  rejects: string,
  sheets: readonly Sheet[],
): Promise<Reading> {
  const rows = session.temporary('rows');
  await session.run(
    `create or replace temp table ${rows} as select * from read_json(${literal(records)},
       format = 'newline_delimited', columns = {n: 'BIGINT', c: 'VARCHAR[]'})`,
  );
  const rejected = session.temporary('rejects');
  if (table.rejected > 0) {
    await session.run(
      `create or replace temp table ${rejected} as select * from read_json(${literal(rejects)}, format = 'newline_delimited',
         columns = {row_number: 'BIGINT', column_name: 'VARCHAR', value: 'VARCHAR', rule: 'VARCHAR', facts: 'VARCHAR'})`,
    );
  }
  const cells = table.columns.map(({ name, place }) => `c[${place}] as ${identifier(name)}`).join(', ');
  return {
    addressing: 'row',
    records: {
      rows: {
        query: `select n as row_number, ${cells} from ${rows}`,
        columns: table.columns.map(({ name }) => name),
      },
    },
    ...(table.rejected > 0 ? { rejects: `select * from ${rejected}` } : {}),
    rowsRead: table.rowsRead,
    numbers: options.decimal,
    dates: options.dates,
    facts: { sheet: sheet.name },
    remarks: remarksOn(extract.name, options, sheet, sheets, facts, table),
  };
}

function remarksOn(
  name: string,
  options: XlsxOptions,
  sheet: Sheet,
  sheets: readonly Sheet[],
  facts: SheetFacts,
  table: WrittenTable,
): Remark[] {
  const where = { name, sheet: sheet.name };
  const { headings, hiddenRows } = table;
  const { hiddenColumns } = facts;
  const remarks: Remark[] = [];
  if (table.rowsRead === 0) remarks.push({ code: 'XLSX-009', severity: 'warning', values: where });
  if (headings.duplicates.length > 0) {
    remarks.push({
      code: 'XLSX-010',
      severity: 'warning',
      values: { ...where, headings: headings.duplicates.join(', ') },
      row: headings.first,
    });
  }
  if (table.preamble > 0) {
    remarks.push({
      code: 'XLSX-011',
      severity: 'information',
      values: { ...where, rows: table.preamble, heading: headings.first },
    });
  }
  if (hiddenRows > 0 || hiddenColumns > 0) {
    remarks.push({
      code: 'XLSX-012',
      severity: 'information',
      values: { ...where, rows: hiddenRows, columns: hiddenColumns },
    });
  }
  const others = sheets.filter((one) => one !== sheet && one.visible).map((one) => one.name);
  if (options.sheet === undefined && others.length > 0) {
    remarks.push({
      code: 'XLSX-013',
      severity: 'information',
      values: { ...where, others: others.join(', ') },
    });
  }
  for (const { text, column, row, rows } of table.repeatedNumbers) {
    remarks.push({
      code: 'XLSX-014',
      severity: 'warning',
      values: { ...where, number: text, cell: `${columnLetters(column)}${row}`, rows },
      row,
    });
  }
  return remarks;
}
