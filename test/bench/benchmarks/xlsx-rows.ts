import { createWriteStream } from 'node:fs';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createDeflateRaw } from 'node:zlib';
import ExcelJS from 'exceljs';
import { WorkbookFile } from '../../../pipelines/report/workbook/excel.ts';
import type { Benchmark } from '../benchmark.ts';
import { pythonSide } from '../python-side.ts';
import { rowAt, rowCount } from '../workbook-rows.ts';

export const benchmark: Benchmark = {
  title: 'contributing rows of ten cells to xlsx, with the looks and formats of the sheet, sealed bytes',
  unit: 'rows/s',
  ours: {
    title: 'ours',
    open: async ({ load, work }) => ({
      run: async () => {
        const rows = rowCount(load);
        const file = new WorkbookFile(
          { title: 'Banc', subject: '', author: '', day: '2026-09-30' },
          join(work, 'rows.xlsx'),
        );
        const sheet = file.sheet({
          name: 'Lignes',
          tab: '1F3A4D',
          frozen: { rows: 1, columns: 0 },
          widths: Array.from({ length: 10 }, () => 14),
          headRows: { first: 1, last: 1 },
          footer: { left: '', right: '' },
        });
        for (let place = 0; place < rows; place += 1) {
          rowAt(place).forEach((value, column) => {
            const content =
              typeof value === 'number'
                ? ({ kind: 'number', value } as const)
                : column === 3
                  ? ({ kind: 'day', day: value } as const)
                  : ({ kind: 'text', text: value } as const);
            sheet.put(place + 1, column + 1, content, column === 4 ? { format: '#,##0.000' } : {});
          });
          sheet.settle(place + 1);
        }
        await file.write();
        return { amount: rows };
      },
    }),
  },
  references: {
    'exceljs-stream': {
      title: 'exceljs, its streaming writer, no look',
      open: async ({ load, work }) => ({
        run: async () => {
          const rows = rowCount(load);
          const book = new ExcelJS.stream.xlsx.WorkbookWriter({ filename: join(work, 'rows.xlsx') });
          const sheet = book.addWorksheet('Lignes');
          for (let place = 0; place < rows; place += 1) {
            sheet.addRow(rowAt(place)).commit();
            // without a pause nothing is written before the end, and all rows stay in memory
            if (place % 1000 === 999) await new Promise(setImmediate);
          }
          sheet.commit();
          await book.commit();
          return { amount: rows };
        },
      }),
    },
    xlsxwriter: pythonSide('XlsxWriter, constant memory', 'xlsx_rows', ['xlsxwriter'], ({ load, work }) => [
      String(rowCount(load)),
      join(work, 'rows.xlsx'),
    ]),
    'deflate-limit': {
      title: 'the same cells as XML by hand, deflated',
      open: async ({ load, work }) => ({
        run: async () => {
          const rows = rowCount(load);
          await pipeline(
            sheetXml(rows),
            createDeflateRaw({ level: 6 }),
            createWriteStream(join(work, 'sheet1.xml.deflated')),
          );
          return { amount: rows };
        },
      }),
    },
  },
  repetitions: { S: 3, L: 1 },
};

async function* sheetXml(rows: number): AsyncGenerator<string> {
  yield '<?xml version="1.0" encoding="UTF-8"?><worksheet><sheetData>';
  let text = '';
  for (let place = 0; place < rows; place += 1) {
    text += `<row r="${place + 1}">`;
    rowAt(place).forEach((value, column) => {
      const cell = `${String.fromCharCode(65 + column)}${place + 1}`;
      text +=
        typeof value === 'number'
          ? `<c r="${cell}"><v>${value}</v></c>`
          : `<c r="${cell}" t="inlineStr"><is><t>${value}</t></is></c>`;
    });
    text += '</row>';
    if (text.length > 1 << 18) {
      yield text;
      text = '';
    }
  }
  yield `${text}</sheetData></worksheet>`;
}
