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
  throw new ExtractError(
    'XLSX-007',
    `The workbook has no sheet ${wanted}`,
    { extract: name },
    `Set the option sheet to one of ${sheets.map((sheet) => sheet.name).join(', ')}.`,
  );
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
         columns = {row_number: 'BIGINT', column_name: 'VARCHAR', value: 'VARCHAR', rule: 'VARCHAR', message: 'VARCHAR'})`,
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
  const where = `${name}, sheet ${sheet.name}`;
  const { headings } = table;
  const remarks: Remark[] = [];
  const remark = (code: string, severity: Remark['severity'], message: string, row?: number) =>
    remarks.push({ code, severity, message, ...(row === undefined ? {} : { row }) });

  if (table.rowsRead === 0) {
    remark(
      'XLSX-009',
      'warning',
      `${where} has headings and no row below. If there was something to report, export it again.`,
    );
  }
  if (headings.duplicates.length > 0) {
    remark(
      'XLSX-010',
      'warning',
      `${where} has the heading ${headings.duplicates.join(', ')} more than once: the later ones are named with _2, _3... Rename them in the workbook.`,
      headings.first,
    );
  }
  if (table.preamble > 0) {
    remark(
      'XLSX-011',
      'information',
      `${where}: the ${table.preamble} rows above the headings on row ${headings.first} are a preamble and are not read as records.`,
    );
  }
  if (table.hiddenRows > 0 || facts.hiddenColumns > 0) {
    remark(
      'XLSX-012',
      'information',
      `${where}: ${table.hiddenRows} hidden rows and ${facts.hiddenColumns} hidden columns are read like the others. Delete them in the workbook if they do not count.`,
    );
  }
  const others = sheets.filter((one) => one !== sheet && one.visible).map((one) => one.name);
  if (options.sheet === undefined && others.length > 0) {
    remark(
      'XLSX-013',
      'information',
      `${where} is read as the first visible sheet; ${others.join(', ')} are not. Set the option sheet to choose.`,
    );
  }
  for (const repeated of table.repeatedNumbers) {
    remark(
      'XLSX-014',
      'warning',
      `${where}: the number ${repeated.text} of the merged cell ${columnLetters(repeated.column)}${repeated.row} is given to each of its ${repeated.rows} rows, and a sum counts it ${repeated.rows} times. Unmerge it in the workbook, or set fill_merged to false.`,
      repeated.row,
    );
  }
  return remarks;
}
