import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import ExcelJS from 'exceljs';
import { templatesFolder } from '../../../pipelines/places.ts';
import { writeWorkbook } from '../../../pipelines/report/workbook/workbook.ts';
import { readSheets } from '../../../pipelines/review/read-sheets.ts';
import type { Benchmark, Side } from '../benchmark.ts';
import { groupContent } from '../group-content.ts';

/** The review workbook of a group of so many companies; the peak holds the content that it is written from, too. */
function workbookSide(title: string, companies: number): Side {
  return {
    title,
    open: async ({ work }) => {
      const content = await groupContent(companies);
      return {
        run: async () => {
          await writeWorkbook(content, templatesFolder, join(work, 'review.xlsx'));
          return undefined;
        },
      };
    },
  };
}

export const benchmark: Benchmark = {
  title: 'review workbook of a group of 1,000 companies, every measure and figure in each of them',
  unit: 's',
  ours: workbookSide('ours, 1,000 companies', 1000),
  references: {
    'hundred-companies': workbookSide('ours, 100 companies', 100),
    'ten-companies': workbookSide('ours, 10 companies', 10),
    'exceljs-stream': {
      title: 'exceljs, its streaming writer, the same values, no look',
      open: async ({ work }) => {
        const path = join(work, 'review.xlsx');
        await writeWorkbook(await groupContent(1000), templatesFolder, path);
        const { sheets } = readSheets(new Uint8Array(await readFile(path)), path);
        return {
          run: async () => {
            const book = new ExcelJS.stream.xlsx.WorkbookWriter({ filename: join(work, 'bare.xlsx') });
            for (const { name, rows } of sheets) {
              const sheet = book.addWorksheet(name);
              let written = 0;
              for (const [place, cells] of rows) {
                const row = sheet.getRow(place);
                for (const [column, { value }] of cells) row.getCell(column).value = value;
                row.commit();
                // without a pause nothing is written before the end, and all rows stay in memory
                written += 1;
                if (written % 1000 === 0) await new Promise(setImmediate);
              }
              sheet.commit();
            }
            await book.commit();
            return undefined;
          },
        };
      },
    },
  },
  repetitions: { S: 1, L: 1 },
};
