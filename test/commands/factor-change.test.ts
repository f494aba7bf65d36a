import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import ExcelJS from 'exceljs';
import { afterEach, expect, test } from 'vitest';
import { concordance, type Project, tinyProject } from './tiny-project.ts';

let project: Project;
afterEach(() => project.remove());

test('another set of factors on the same extracts shows as factors, with no activity', async () => {
  project = await tinyProject((yaml) => `${yaml}catalogue: own\n`);
  await mkdir(join(project.folder, 'own/factors'), { recursive: true });
  const run = () => concordance(['run', '-c', project.config, '--period', '2026-Q3', '--no-gate']);
  expect((await run()).status).toBe(0);
  await project.write(
    'own/factors/group_factors.csv',
    `factor_id,activity,country,site,scope_part,unit,value_kgco2e,gwp_set,valid_from,valid_to,version,source,source_row,uncertainty_pct,certainty,label_fr,label_en
own-landfill,waste_landfill,,,all_in,t,400,AR5,2026-01-01,,2026,measured by the operator,,20,confirmed,Stockage,Landfill
`,
  );
  expect((await run()).status).toBe(0);
  const book = new ExcelJS.Workbook();
  await book.xlsx.readFile(join(project.folder, 'out/2026-Q3/latest/review.xlsx'));
  const rows = new Map(
    (book.getWorksheet('Ponts')?.getRows(6, 40) ?? []).map((row) => [String(row.getCell(12).value), row]),
  );
  const of = rows.get('scope3_total:previous_run:quarter:GROUP');
  const numbers = [6, 7, 8, 9, 10].map((n) => Number(of?.getCell(n).value));
  // 10 t recycled x 4.68568 kg, 2.5 t to landfill x 520.5327 kg; then 2.5 t x 400 kg
  expect(numbers[0]).toBeCloseTo(1.34818855, 8);
  expect(numbers.slice(1, 2)).toEqual([0]);
  expect(numbers[2]).toBeCloseTo(-0.30133175, 8);
  expect(numbers.slice(3)).toEqual([0, 0]);
}, 300_000);
