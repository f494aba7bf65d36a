import { execFile, execFileSync } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import ExcelJS from 'exceljs';
import { strFromU8, strToU8, unzipSync, zipSync } from 'fflate';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { templatesFolder } from '../../../pipelines/places.ts';
import { writeWorkbook } from '../../../pipelines/report/workbook/workbook.ts';
import { sampleContent } from '../content-fixture.ts';

const run = promisify(execFile);
const office = findOffice();
if (!office) console.warn('Recalculation is not tested: LibreOffice (soffice) is not installed.');

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'recalculation-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

describe.skipIf(!office)('LibreOffice, from formulas alone', () => {
  it.each(['fr', 'en'] as const)(
    'finds the value that we wrote in every formula cell (%s)',
    async (language) => {
      const path = join(folder, `${language}.xlsx`);
      await writeWorkbook(sampleContent(language), templatesFolder, path);
      const ours = await open(path);
      const theirs = await recalculate(path);
      let formulas = 0;
      const differing: string[] = [];
      for (const sheet of ours.worksheets) {
        sheet.eachRow((row) =>
          row.eachCell((cell) => {
            if (!cell.formula) return;
            formulas += 1;
            const expected = cell.result as number | string;
            const found = theirs.getWorksheet(sheet.name)?.getCell(cell.address).result as number | string;
            const same =
              typeof expected === 'number'
                ? typeof found === 'number' &&
                  Math.abs(expected - found) <= 1e-9 * Math.max(1, Math.abs(expected))
                : expected === found;
            if (!same)
              differing.push(
                `${sheet.name}!${cell.address} =${cell.formula}: ours ${expected}, theirs ${found}`,
              );
          }),
        );
      }
      expect(differing).toEqual([]);
      expect(formulas).toBeGreaterThan(1000);
    },
  );

  it('asks the reviewer for what a decision needs', async () => {
    const path = join(folder, 'review.xlsx');
    await writeWorkbook(sampleContent('fr'), templatesFolder, path);
    const book = await open(path);
    const review = book.getWorksheet('Revue') as ExcelJS.Worksheet;
    const at = (heading: string) => {
      for (let c = 1; c <= review.columnCount; c += 1) if (review.getCell(5, c).value === heading) return c;
      throw new Error(`no column ${heading}`);
    };
    const fill = (row: number, cells: Record<string, string | number>) => {
      for (const [heading, value] of Object.entries(cells)) review.getCell(row, at(heading)).value = value;
    };
    fill(6, { Décision: 'Approuver' });
    fill(7, { Décision: 'Approuver', Relecteur: 'A. Martin', Date: '12/10/2026' });
    fill(8, { Décision: 'Remplacer', Relecteur: 'A. Martin' });
    fill(9, { Décision: 'Remplacer', 'Valeur de remplacement': 12, Relecteur: 'A. Martin' });
    fill(10, {
      Décision: 'Remplacer',
      'Valeur de remplacement': 12,
      Motif: 'Facture corrigée',
      Relecteur: 'A. Martin',
    });
    fill(11, { Décision: 'Rejeter', Motif: 'non', Relecteur: 'A. Martin' });
    fill(13, { Décision: 'Approuver', Relecteur: 'A. Martin' });
    fill(12, { Décision: 'Approuver', 'Valeur de remplacement': 3, Relecteur: 'A. Martin' });
    const filled = join(folder, 'filled.xlsx');
    await book.xlsx.writeFile(filled);
    const read = (await recalculate(filled)).getWorksheet('Revue') as ExcelJS.Worksheet;
    const control = (row: number) => read.getCell(row, at('Contrôle')).result;
    expect([6, 7, 8, 9, 10, 11, 12, 13, 14].map(control)).toEqual([
      '▼ relecteur attendu',
      '✔ complet',
      '▼ valeur de remplacement attendue',
      '▼ motif attendu (10 signes)',
      '▼ preuve attendue',
      '▼ motif attendu (10 signes)',
      '▼ valeur sans décision Remplacer',
      '▼ date attendue',
      '○ à décider',
    ]);
    expect(read.getCell(7, 1).value).toBe('energy.total:GROUP:2026-Q3:ttm');
  });
});

async function open(path: string): Promise<ExcelJS.Workbook> {
  const book = new ExcelJS.Workbook();
  await book.xlsx.readFile(path);
  return book;
}

/** The workbook as LibreOffice computes it: our cached values are taken out first, so that it must. */
async function recalculate(path: string): Promise<ExcelJS.Workbook> {
  const parts = unzipSync(await readFile(path));
  for (const [name, part] of Object.entries(parts)) {
    if (!/^xl\/worksheets\/sheet\d+\.xml$/.test(name)) continue;
    const bare = strFromU8(part).replace(
      /<c ([^>]*)>(<f>[^<]*<\/f>)<v>[^<]*<\/v>/g,
      (_, attributes: string, formula: string) => {
        return `<c ${attributes.replace(/ ?t="str"/, '')}>${formula}`;
      },
    );
    expect(bare).not.toMatch(/<\/f><v>/);
    parts[name] = strToU8(bare);
  }
  const bare = path.replace('.xlsx', '-bare.xlsx');
  await writeFile(bare, zipSync(parts));
  await run(office as string, [
    `-env:UserInstallation=file://${join(folder, 'profile')}`,
    '--headless',
    '--convert-to',
    'xlsx:Calc MS Excel 2007 XML',
    '--outdir',
    join(folder, 'theirs'),
    bare,
  ]);
  return open(join(folder, 'theirs', bare.slice(folder.length + 1)));
}

function findOffice(): string | undefined {
  for (const name of ['soffice', 'libreoffice']) {
    try {
      execFileSync(name, ['--version'], { stdio: 'ignore' });
      return name;
    } catch {
      // the next name
    }
  }
  return undefined;
}
