import { mkdir, readdir } from 'node:fs/promises';
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

test('another set of factors is tried on a run: its effect apart from activity, and nothing written', async () => {
  project = await tinyProject();
  const run = await concordance(['run', '-c', project.config, '--period', '2026-Q3', '--no-gate']);
  expect(run.status).toBe(0);
  const folder = join(project.folder, 'out/2026-Q3');
  const before = (await readdir(folder, { recursive: true })).sort();
  await project.write(
    'tried/group_factors.csv',
    `factor_id,activity,country,site,scope_part,unit,value_kgco2e,gwp_set,valid_from,valid_to,version,source,source_fr,source_row,uncertainty_pct,certainty,label_fr,label_en
own-landfill,waste_landfill,,,all_in,t,400,AR5,2026-01-01,,2026,measured by the operator,mesuré par l’exploitant,,20,confirmed,Stockage,Landfill
`,
  );
  const tried = (...more: string[]) =>
    concordance(['factors', join(folder, 'latest'), '--with', join(project.folder, 'tried'), ...more]);
  const told = JSON.parse((await tried('--json')).out);
  // 10 t recycled x 4.68568 kg + 2.5 t to landfill x 520.5327 kg = 1.34818855 t; then 2.5 t x 400 kg: -0.30133175 t
  expect(told.changes).toContainEqual({
    indicator: 'ghg.s3.c5_waste',
    entity: 'GROUP',
    basis: 'quarter',
    unit: 'tCO2e',
    before: '1.34818855',
    after: '1.0468568',
  });
  expect(told.changes.map((one: { indicator: string }) => one.indicator)).not.toContain('waste.total');
  expect(told.effects).toEqual([
    expect.objectContaining({
      activity: 'waste_landfill',
      after: 'own-landfill',
      valueBefore: '520.53270000',
      valueAfter: '400.00000000',
      rows: 1,
      effect: '-0.3013317500',
    }),
  ]);
  const scope3 = told.bridges.find((one: { measure: string }) => one.measure === 'scope3_total');
  expect([scope3.reported, scope3.newFactors, scope3.preview].map(Number)).toEqual([
    1.34818855, -0.30133175, 1.0468568,
  ]);
  const text = await tried('--language', 'en');
  expect(text.out).toContain('effect of the other factors \u22120.30\u00a0tCO₂e');
  expect(text.out).toContain('Nothing is written or published');
  expect((await readdir(folder, { recursive: true })).sort()).toEqual(before);
  await project.write('none/readme.txt', '');
  const none = await concordance(['factors', join(folder, 'latest'), '--with', join(project.folder, 'none')]);
  expect([none.status, none.err.slice(0, 7)]).toEqual([2, 'FAC-003']);
}, 300_000);
