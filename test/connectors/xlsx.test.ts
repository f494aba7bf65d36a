import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import ExcelJS from 'exceljs';
import fc from 'fast-check';
import { strToU8, zipSync } from 'fflate';
import { afterAll, describe, expect, test } from 'vitest';
import { xlsx } from '../../connectors/xlsx/connector.ts';
import { numberFormat } from '../../connectors/xlsx/number-format.ts';
import { formattedText, numberText } from '../../connectors/xlsx/value.ts';
import { readAll } from './reading-session.ts';

const folder = mkdtempSync(join(tmpdir(), 'concordance-xlsx-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

let files = 0;
function file(content: string | Uint8Array): string {
  const path = join(folder, `extract-${++files}.xlsx`);
  writeFileSync(path, content);
  return path;
}

/** A workbook that exceljs writes. */
async function workbook(fill: (book: ExcelJS.Workbook, sheet: ExcelJS.Worksheet) => void, name = 'Heures') {
  const book = new ExcelJS.Workbook();
  fill(book, book.addWorksheet(name));
  return file(new Uint8Array(await book.xlsx.writeBuffer()));
}

const relationships = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships';
const spreadsheet = 'http://schemas.openxmlformats.org/spreadsheetml/2006/main';

/** The smallest package of one sheet, its XML written by hand. */
function parts(sheet: string, more: Record<string, string> = {}): Record<string, Uint8Array> {
  const given: Record<string, string> = {
    '_rels/.rels': `<Relationships><Relationship Id="r" Type="${relationships}/officeDocument" Target="xl/workbook.xml"/></Relationships>`,
    'xl/workbook.xml': `<workbook xmlns="${spreadsheet}" xmlns:r="${relationships}"><sheets><sheet name="S" sheetId="1" r:id="rId1"/></sheets></workbook>`,
    'xl/_rels/workbook.xml.rels': `<Relationships><Relationship Id="rId1" Type="${relationships}/worksheet" Target="worksheets/sheet1.xml"/></Relationships>`,
    'xl/worksheets/sheet1.xml': `<worksheet xmlns="${spreadsheet}">${sheet}</worksheet>`,
    ...more,
  };
  return Object.fromEntries(Object.entries(given).map(([name, text]) => [name, strToU8(text)]));
}
const packed = (sheet: string, more: Record<string, string> = {}) => file(zipSync(parts(sheet, more)));

async function whole(path: string, options: object = {}) {
  const { reading, records, rejects } = await readAll(xlsx, path, options);
  const columns = reading.records.rows?.columns ?? [];
  return {
    reading,
    columns,
    records: (records.rows ?? []).map((row) => [Number(row.row_number), ...columns.map((name) => row[name])]),
    rejects: rejects.map((row) => ({ ...row, row_number: Number(row.row_number) })),
    codes: (reading.remarks ?? []).map((remark) => remark.code),
  };
}

async function refusal(path: string, options: object = {}): Promise<string> {
  return readAll(xlsx, path, options).then(
    () => 'was read',
    (error: Error) => error.message,
  );
}

describe('values', () => {
  test('come as text, addressed by the row of the sheet; blank rows are not records', async () => {
    const path = await workbook((_, sheet) => {
      sheet.addRow(['Site', 'Heures', 'Validé']);
      sheet.addRow(['NAN', 151.67, true]);
      sheet.addRow([]);
      sheet.addRow(['REN', 0, false]);
      sheet.addRow([' ', null, '']);
    });
    expect(await whole(path)).toMatchObject({
      columns: ['Site', 'Heures', 'Validé'],
      records: [
        [2, 'NAN', '151.67', 'true'],
        [4, 'REN', '0', 'false'],
      ],
      reading: { addressing: 'row', rowsRead: 2, facts: { sheet: 'Heures' } },
      codes: [],
    });
  });

  test('identifiers keep every digit: text stays text, a number never takes an exponent', async () => {
    const path = await workbook((_, sheet) => {
      sheet.addRow(['texte', 'nombre', 'SIRET']);
      const row = sheet.addRow(['00000000123456', 30001234567890, 5501234500012]);
      row.getCell(3).numFmt = '00000000000000';
    });
    expect((await whole(path)).records).toEqual([[2, '00000000123456', '30001234567890', '05501234500012']]);
  });

  test.each([
    ['0.30000000000000004', '0.3'],
    ['3.0001234567890E+13', '30001234567890'],
    ['1E+20', '100000000000000000000'],
    ['1E-7', '0.0000001'],
    ['-0', '0'],
    ['60.564999999999998', '60.565'],
  ])('the number stored as %s is %s, with the fifteen digits that Excel shows', (stored, shown) => {
    expect(numberText(stored)).toBe(shown);
  });

  test('a percentage stays the fraction that it is', async () => {
    const path = await workbook((_, sheet) => {
      sheet.addRow(['label', 'part']);
      sheet.addRow(['x', 0.52]).getCell(2).numFmt = '0%';
    });
    expect((await whole(path)).records).toEqual([[2, 'x', '0.52']]);
  });

  test('a formula gives the result in the file; one never computed is a reject, not a blank', async () => {
    const path = await workbook((_, sheet) => {
      sheet.addRow(['label', 'total']);
      sheet.addRow(['x', { formula: '1+1', result: 2 }]);
      sheet.addRow(['y', { formula: 'A1&"z"', result: 'az' }]);
      sheet.addRow(['z', { formula: 'SUM(B2:B3)' }]);
    });
    const { records, rejects } = await whole(path);
    expect(records).toEqual([
      [2, 'x', '2'],
      [3, 'y', 'az'],
    ]);
    expect(rejects).toMatchObject([{ row_number: 4, column_name: 'total', rule: 'formula_without_result' }]);
  });

  test('an error value rejects its row with column and value; it is never a blank', async () => {
    const path = await workbook((_, sheet) => {
      sheet.addRow(['site', 'kWh', 'coût']);
      sheet.addRow(['NAN', 12, 3]);
      sheet.addRow(['REN', { error: '#REF!' }, { formula: '1/0', result: { error: '#DIV/0!' } }]);
      sheet.addRow(['LOR', { error: '#N/A' }, 5]);
    });
    expect(await whole(path)).toMatchObject({
      records: [[2, 'NAN', '12', '3']],
      rejects: [
        {
          row_number: 3,
          column_name: 'kWh',
          value: '#REF!',
          rule: 'error_values',
          message:
            'Cell B3 holds the error #REF! (also C3 #DIV/0!). Correct the formulas or the values in the workbook.',
        },
        { row_number: 4, column_name: 'kWh', value: '#N/A' },
      ],
    });
  });

  test('rich text is joined, phonetic guides are left out, escapes are undone', async () => {
    const path = packed(
      `<sheetData><row r="1"><c r="A1" t="s"><v>0</v></c><c r="B1" t="inlineStr"><is><t>h_x0041_</t></is></c></row>
       <row r="2"><c r="A2" t="s"><v>1</v></c><c r="B2" t="str"><f>x</f><v>é&amp;&lt;</v></c></row></sheetData>`,
      {
        'xl/_rels/workbook.xml.rels': `<Relationships><Relationship Id="rId1" Type="${relationships}/worksheet" Target="/xl/worksheets/sheet1.xml"/><Relationship Id="rId2" Type="${relationships}/sharedStrings" Target="sharedStrings.xml"/></Relationships>`,
        'xl/sharedStrings.xml': `<sst><si><t>label</t></si><si><r><t>ab </t></r><r><rPr/><t xml:space="preserve">cd</t></r><rPh><t>no</t></rPh></si></sst>`,
      },
    );
    expect(await whole(path)).toMatchObject({ columns: ['label', 'hA'], records: [[2, 'ab cd', 'é&<']] });
  });

  test('whatever texts stand in the cells, they come back', async () => {
    const text = fc
      .string({ unit: 'binary', minLength: 1, maxLength: 10 })
      .map(
        (value) => value.replace(/[\p{Control}\p{Surrogate}\p{Noncharacter_Code_Point}]/gu, '').trim() || 'x',
      )
      .filter((value) => !/_x[0-9A-Fa-f]{4}_/.test(value));
    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(text, text), { minLength: 1, maxLength: 10 }), async (rows) => {
        const path = await workbook((_, sheet) => {
          sheet.addRow(['first', 'second']);
          for (const row of rows) sheet.addRow(row);
        });
        expect((await whole(path)).records).toEqual(rows.map((row, index) => [index + 2, ...row]));
      }),
      { numRuns: 25 },
    );
  });
});

describe('dates', () => {
  test.each([
    ['dd/mm/yyyy', 'date'],
    ['[$-40C]d mmmm yyyy;@', 'date'],
    ['yyyy-mm-dd hh:mm', 'datetime'],
    ['hh:mm:ss', 'time'],
    ['[h]:mm', 'elapsed'],
    ['mmm-yy', 'date'],
    ['General', undefined],
    ['#,##0.00 "jours"', undefined],
    ['0.00\\d', undefined],
    ['[Red]0.0', undefined],
    ['#,##0.00 [$€-40C]', undefined],
  ])('the format %s means %s', (code, moment) => {
    expect(numberFormat(code).moment).toBe(moment);
  });

  test.each([
    // 46204 days after 1899-12-30 is 2026-07-01: 2026-01-01 is 46023, + 181 days to 1 July
    ['46204', 'dd/mm/yyyy', '2026-07-01'],
    ['46204.604166666664', 'dd/mm/yyyy hh:mm', '2026-07-01T14:30:00'],
    ['46204.60417', 'dd/mm/yyyy hh:mm', '2026-07-01T14:30:00'],
    ['46204', 'dd/mm/yyyy hh:mm', '2026-07-01T00:00:00'],
    ['0.25', 'hh:mm', '06:00:00'],
    ['1.5625', '[h]:mm', '37:30:00'],
    ['1.5625', 'h:mm', '37:30:00'],
    ['1', 'dd/mm/yyyy', '1900-01-01'],
    ['61', 'dd/mm/yyyy', '1900-03-01'],
    ['60', 'dd/mm/yyyy', '1900-02-29'],
  ])('in the epoch of 1900, %s under %s is %s', (stored, code, iso) => {
    expect(formattedText(stored, numberFormat(code), false)).toBe(iso);
  });

  test('in the epoch of 1904, days are 1462 fewer', async () => {
    expect(formattedText('44742', numberFormat('dd/mm/yyyy'), true)).toBe('2026-07-01');
    const path = await workbook((book, sheet) => {
      book.properties.date1904 = true;
      sheet.addRow(['site', 'jour']);
      sheet.addRow(['NAN', new Date(Date.UTC(2026, 6, 1))]).getCell(2).numFmt = 'dd/mm/yyyy';
    });
    expect((await whole(path)).records).toEqual([[2, 'NAN', '2026-07-01']]);
  });

  test('cells that hold ISO dates keep them', async () => {
    const path = packed(
      '<sheetData><row r="1"><c t="inlineStr"><is><t>a</t></is></c><c t="inlineStr"><is><t>b</t></is></c></row><row><c t="d"><v>2026-07-01T10:10:10</v></c><c><v>1</v></c></row></sheetData>',
    );
    expect((await whole(path)).records).toEqual([[2, '2026-07-01T10:10:10', '1']]);
  });
});

describe('sheets and headings', () => {
  const two = () =>
    workbook((book, sheet) => {
      sheet.state = 'hidden';
      sheet.addRow(['a', 'b']);
      sheet.addRow(['hidden', 1]);
      const second = book.addWorksheet('Données');
      second.addRow(['a', 'b']);
      second.addRow(['shown', 2]);
      book.addWorksheet('Notes');
    });

  test('the first visible sheet is read, and a remark names the others', async () => {
    const { records, reading } = await whole(await two());
    expect(records).toEqual([[2, 'shown', '2']]);
    expect(reading.remarks?.map((remark) => remark.message)).toEqual([
      expect.stringContaining('Notes are not'),
    ]);
  });

  test('a sheet is chosen by name or place', async () => {
    const path = await two();
    expect((await whole(path, { sheet: 'données ' })).records).toEqual([[2, 'shown', '2']]);
    expect((await whole(path, { sheet: 1 })).records).toEqual([[2, 'hidden', '1']]);
    expect(await refusal(path, { sheet: 'Janvier' })).toMatch(/^XLSX-007 .*one of Heures, Données, Notes\.$/);
  });

  test('titles above the headings are passed over, with a remark; they may be declared', async () => {
    const path = await workbook((_, sheet) => {
      sheet.addRow(['Relevé des heures', null, 'au 30/09/2026']);
      sheet.addRow([]);
      sheet.addRow([null, 'Site', 'Mois', 'Heures', 'Type']);
      sheet.addRow([null, 'NAN', 'juillet', 12, 'x']);
      sheet.addRow([null, 'REN', 'juillet', 13, 'y']);
    });
    const read = await whole(path);
    expect(read).toMatchObject({ columns: ['Site', 'Mois', 'Heures', 'Type'], codes: ['XLSX-011'] });
    expect(read.records[0]).toEqual([4, 'NAN', 'juillet', '12', 'x']);
    expect((await whole(path, { header_row: 3 })).records).toEqual(read.records);
  });

  test('years are headings where texts stand beside them', async () => {
    const path = await workbook((_, sheet) => {
      sheet.addRow(['site', 'unit', 2023, 2024, 2025, 2026]);
      sheet.addRow(['NAN', 'MWh', 1, 2, 3, 4]);
    });
    expect((await whole(path)).columns).toEqual(['site', 'unit', '2023', '2024', '2025', '2026']);
  });

  test('headings of several rows are joined, merged ones given to each of their columns', async () => {
    const path = await workbook((_, sheet) => {
      sheet.addRow(['Site', 'Électricité', null, 'Gaz']);
      sheet.addRow([null, 'HP', 'HC', 'kWh\nPCS']);
      sheet.addRow(['NAN', 1, 2, 3]);
      sheet.mergeCells('A1:A2');
      sheet.mergeCells('B1:C1');
    });
    expect(await whole(path, { header_row: 1, header_rows: 2 })).toMatchObject({
      columns: ['Site', 'Électricité / HP', 'Électricité / HC', 'Gaz / kWh PCS'],
      records: [[3, 'NAN', '1', '2', '3']],
    });
  });

  test('a column without heading is kept where it holds values; repeated headings are told', async () => {
    const path = await workbook((_, sheet) => {
      sheet.addRow(['Site', null, 'site', null]);
      sheet.addRow(['NAN', 'x', 'y']);
    });
    expect(await whole(path)).toMatchObject({
      columns: ['Site', 'column_2', 'site_2'],
      records: [[2, 'NAN', 'x', 'y']],
      codes: ['XLSX-010'],
    });
  });

  test('a sheet without headings is read under declared names', async () => {
    const path = await workbook((_, sheet) => {
      sheet.addRow([1, 'x']);
      sheet.addRow([2, 'y']);
    });
    expect(await whole(path, { columns: ['id', 'label'] })).toMatchObject({
      columns: ['id', 'label'],
      records: [
        [1, '1', 'x'],
        [2, '2', 'y'],
      ],
    });
  });

  test('no headings, or an error among them: refused', async () => {
    expect(await refusal(await workbook(() => {}))).toMatch(/^XLSX-008 The sheet has no row of headings/);
    const path = await workbook((_, sheet) => {
      sheet.addRow(['a', 'b', { error: '#REF!' }]);
      sheet.addRow(['x', 'y', 'z']);
    });
    expect(await refusal(path, { header_row: 1 })).toMatch(/^XLSX-008 The heading C1 is #REF!/);
    expect(await refusal(path, { header_row: 9 })).toMatch(/^XLSX-008 Row 9 is empty/);
  });

  test('headings only: no record, and a warning', async () => {
    const path = await workbook((_, sheet) => sheet.addRow(['a', 'b']));
    expect(await whole(path)).toMatchObject({ records: [], codes: ['XLSX-009'] });
  });
});

describe('merged and hidden cells', () => {
  const merged = () =>
    workbook((_, sheet) => {
      sheet.addRow(['Site', 'Mois', 'kWh']);
      sheet.addRow(['NAN', 'juillet', 300]);
      sheet.addRow([null, 'août', null]);
      sheet.addRow(['REN', 'juillet', 5]);
      sheet.mergeCells('A2:A3');
      sheet.mergeCells('C2:C3');
    });

  test('a merged value is given to each of its rows; a repeated number is a warning', async () => {
    expect(await whole(await merged())).toMatchObject({
      records: [
        [2, 'NAN', 'juillet', '300'],
        [3, 'NAN', 'août', '300'],
        [4, 'REN', 'juillet', '5'],
      ],
      reading: { remarks: [{ code: 'XLSX-014', severity: 'warning', row: 2 }] },
    });
  });

  test('or to the first only', async () => {
    expect((await whole(await merged(), { fill_merged: false })).records[1]).toEqual([3, null, 'août', null]);
  });

  test('hidden rows and columns are read, with a remark', async () => {
    const path = await workbook((_, sheet) => {
      sheet.addRow(['a', 'b']);
      sheet.addRow(['x', 1]).hidden = true;
      sheet.addRow(['y', 2]);
      sheet.getColumn(2).hidden = true;
    });
    const { records, reading } = await whole(path);
    expect(records).toHaveLength(2);
    expect(reading.remarks).toMatchObject([
      { code: 'XLSX-012', message: expect.stringContaining('1 hidden rows and 1 hidden columns') },
    ]);
  });
});

describe('files that cannot be read are refused in three parts, before anything is parsed', () => {
  const ole = Buffer.from('d0cf11e0a1b11ae1', 'hex');
  const compound = (stream: string) =>
    file(Buffer.concat([ole, Buffer.alloc(1024), Buffer.from(stream, 'utf16le')]));
  const good = parts('<sheetData><row><c><v>1</v></c></row></sheetData>');

  test.each([
    ['empty', () => file(''), /^XLSX-001 The file is empty/],
    ['text', () => file('a;b\n1;2\n'), /^XLSX-001 .*not a zip archive.*csv\.$/],
    ['PDF', () => file('%PDF-1.7 trailer'), /^XLSX-001 .*a PDF document/],
    ['password', () => compound('EncryptedPackage'), /^XLSX-002 .*protected by a password.*Save a copy/],
    ['Excel 97-2003', () => compound('Workbook'), /^XLSX-003 .*\.xls/],
    ['Word 97-2003', () => compound('WordDocument'), /^XLSX-001 .*before 2007/],
    ['zip of something else', () => file(zipSync({ 'a.txt': strToU8('x') })), /^XLSX-001 .*a zip archive/],
    [
      'OpenDocument',
      () => file(zipSync({ mimetype: strToU8('x'), 'content.xml': strToU8('<x/>') })),
      /^XLSX-001 .*OpenDocument/,
    ],
    ['cut short', () => file(zipSync(good).subarray(0, 500)), /^XLSX-004 .*truncated or damaged/],
    [
      'part missing',
      () =>
        file(zipSync(Object.fromEntries(Object.entries(good).filter(([name]) => !name.includes('sheet1'))))),
      /^XLSX-004 .*no part xl\/worksheets\/sheet1\.xml/,
    ],
    ['not well formed', () => packed('<sheetData><row></sheetData>'), /^XLSX-004 .*not well-formed/],
    [
      'cells beyond the sheet',
      () => packed('<sheetData><row r="1"><c r="ZZZZ1"><v>1</v></c></row></sheetData>'),
      /^XLSX-004 .*ZZZZ1/,
    ],
  ])('%s', async (_, path, message) => {
    expect(await refusal(path())).toMatch(message);
  });

  test('a zip bomb: one part that inflates a thousand times', async () => {
    const zeros = new Uint8Array(8 * 1024 * 1024);
    const path = file(zipSync({ ...good, 'xl/worksheets/sheet2.xml': zeros }, { level: 9 }));
    expect(await refusal(path)).toMatch(/^XLSX-005 The part xl\/worksheets\/sheet2\.xml inflates \d+ times/);
  });

  test('a zip bomb: all parts together beyond the limit', async () => {
    const text = new Uint8Array(2 * 1024 * 1024).map((_, index) => (index * 7919) % 251);
    expect(await refusal(file(zipSync({ ...good, a: text })), { max_inflated_mb: 1 })).toMatch(
      /^XLSX-005 .*more than 1 MiB/,
    );
  });

  test('a part that inflates to more than it declares', async () => {
    const zipped = zipSync({ ...good, 'xl/big.xml': new Uint8Array(100_000).fill(32) });
    // the size stands at offset 24 of the part's central header, whose name is last in the file
    const header = Buffer.from(zipped).lastIndexOf(Buffer.from('PK\x01\x02', 'latin1'));
    Buffer.from(zipped.buffer).writeUInt32LE(10, zipped.byteOffset + header + 24);
    expect(await refusal(file(zipped))).toMatch(/^XLSX-004 The part xl\/big\.xml is damaged/);
  });

  test.each([
    ['billion laughs', '<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]><worksheet/>', ''],
    ['external entity', '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><worksheet/>', ''],
  ])('entities: %s, even in a part that is not read', async (_, xml) => {
    const path = file(zipSync({ ...good, 'xl/comments7.xml': strToU8(xml) }));
    expect(await refusal(path)).toMatch(/^XLSX-006 The part xl\/comments7\.xml/);
    const utf16 = file(zipSync({ ...good, 'xl/comments7.xml': Buffer.from(`\ufeff${xml}`, 'utf16le') }));
    expect(await refusal(utf16)).toMatch(/^XLSX-006 /);
  });

  test('external relations are not followed', async () => {
    const path = packed('<sheetData/>', {
      'xl/_rels/workbook.xml.rels': `<Relationships><Relationship Id="rId1" Type="${relationships}/worksheet" TargetMode="External" Target="http://127.0.0.1/sheet.xml"/></Relationships>`,
    });
    expect(await refusal(path)).toMatch(/^XLSX-004 The workbook has no sheet of cells/);
  });
});
