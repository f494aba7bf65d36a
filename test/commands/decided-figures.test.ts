import { readFile, realpath } from 'node:fs/promises';
import { join } from 'node:path';
import ExcelJS from 'exceljs';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { silent } from '../../pipelines/progress.ts';
import { publishRun } from '../../pipelines/publication.ts';
import { reviewRun } from '../../pipelines/review-round.ts';
import { readPdf } from '../report/pdf-reading.ts';
import { Reviewer } from './filled-workbook.ts';
import { concordance, type Project, tinyProject } from './tiny-project.ts';

/**
 * What reviewers decided, in the documents that are published: the recycling rate of 10 t of 12.3 t is rejected,
 * though a goal rests on it; the consumption of water is replaced by 101.5 m3, under a goal too.
 */
vi.setConfig({ testTimeout: 300_000 });
const goal = (id: string, label: string, indicator: string, from: number, to: number) => `  - id: ${id}
    label: { fr: ${label}, en: ${label} }
    why: { fr: Parce que., en: Because. }
    department: operations
    owner: Directrice
    indicator: ${indicator}
    basis: quarter
    baseline: { period: 2025-Q3, value: ${from} }
    target: { period: 2027-Q3, value: ${to} }
    entity: GROUP
`;
let project: Project;
let published: string;
let pages: string[];
let book: ExcelJS.Workbook;

beforeAll(async () => {
  project = await tinyProject((yaml) =>
    yaml.replace('language: fr', 'language: fr\nobjectives: objectives.yaml'),
  );
  await project.write(
    'objectives.yaml',
    `objectives:\n${goal('O-RECYCLE', 'Recyclage', 'waste.recycling_rate', 60, 90)}${goal('O-WATER', 'Eau', 'water.consumption', 100, 84)}`,
  );
  // 10 t recycled of 12.3 t: 81.3 %
  const waste = await readFile(join(project.folder, 'extracts/waste_2026-Q3.csv'), 'utf8');
  await project.write('extracts/waste_2026-Q3.csv', waste.replace(';2.5;', ';2.3;'));
  await concordance(['run', '-c', project.config, '--period', '2026-Q3', '--no-gate']);
  const run = await realpath(join(project.folder, 'out', '2026-Q3', 'latest'));
  const form = await Reviewer.open(join(run, 'review.xlsx'));
  const ids = form.ids('Revue');
  const rejected = ids.filter((id) => id.startsWith('waste.recycling_rate:'));
  const replaced = ids.filter((id) => /^water\.consumption:(SA|GROUP):2026-Q3:quarter$/.test(id));
  expect([rejected.length >= 2, replaced.length]).toEqual([true, 2]);
  form.approveAll('Bo Dupont', [...rejected, ...replaced]);
  for (const id of rejected)
    form.write('Revue', id, {
      Décision: 'Rejeter',
      Motif: 'pesées à refaire',
      Relecteur: 'Bo Dupont',
      Date: '12/10/2026',
    });
  for (const id of replaced)
    form.write('Revue', id, {
      Décision: 'Remplacer',
      'Valeur de remplacement': 101.5,
      Motif: 'bordereau D3 oublié',
      'Référence de la preuve': 'BSD-2026-119',
      Relecteur: 'Alice Martin',
      Date: '12/10/2026',
    });
  await reviewRun(run, await form.save(join(project.folder, 'one.xlsx')), '2026-11-02T08:00:00.000Z');
  const seen = await Reviewer.open(
    join(project.folder, 'out', '2026-Q3', 'review', `${run.split('/').at(-1)}.xlsx`),
  );
  for (const id of replaced)
    seen.write('Revue', id, { Décision: 'Approuver', Relecteur: 'Bo Dupont', Date: '13/10/2026' });
  await reviewRun(run, await seen.save(join(project.folder, 'two.xlsx')), '2026-11-02T09:00:00.000Z');
  published = (await publishRun(run, {}, silent)).folder;
  pages = (await readPdf(Uint8Array.from(await readFile(join(published, 'board.pdf'))))).pages.map((one) =>
    one.replace(/\s+/g, ' '),
  );
  book = new ExcelJS.Workbook();
  await book.xlsx.readFile(join(published, 'review.xlsx'));
});
afterAll(() => project?.remove());

test('a rejected figure is printed as a figure on no page of the board report: table, tile, objective, chart', () => {
  // 81.3 %, or 81 %, as any formatter of ours would print it
  for (const [i, text] of pages.entries()) expect(text, `page ${i + 1}`).not.toMatch(/\b81(,\d+)? ?%/);
});

test('board.html opens a rejected figure to its rule and its rejection, not to the parts that make it', async () => {
  const html = await readFile(join(published, 'board.html'), 'utf8');
  const trail = (id: string) => html.split(`id="${id}"`)[1]?.split('<div popover')[0] ?? '';
  const rejected = trail('trail-waste-recycling-rate-GROUP-2026-Q3-quarter');
  expect(rejected).toContain('rejeté, non publié');
  expect(rejected).not.toMatch(/12,3|81,3|trail-extract/);
  // 10 t of 12.3 t are diverted from disposal too: an approved figure of the same value stays open
  const approved = trail('trail-waste-diverted-rate-GROUP-2026-Q3-quarter');
  expect(approved).toMatch(/81,3/);
  expect(approved).toContain('approuvé et publié');
});

test('an objective on a rejected figure is not placed, one on an override is placed by it and says so', async () => {
  const findings = JSON.parse(await readFile(join(published, 'findings.json'), 'utf8')) as {
    id: string;
    sentence: string;
    figures: { value: string | null }[];
  }[];
  const drift = (id: string) => findings.find((one) => one.id === `drift:${id}`);
  expect(drift('O-RECYCLE')?.figures[0]?.value).toBeNull();
  // halfway from 100 to 84: 92 was expected, 101.5 decided
  expect(Number(drift('O-WATER')?.figures[0]?.value)).toBe(101.5);
  expect(findings.some((one) => one.id.startsWith('review:override:water.consumption:GROUP'))).toBe(true);
  expect(pages.join(' ')).toMatch(/\b10[12](,5)? ?m³/);
});

test('the workbook shows both as decided, the computed value beside the decision alone', () => {
  const sheet = (name: string) => book.getWorksheet(name) as ExcelJS.Worksheet;
  const lines = (name: string, about: string) => {
    const found: string[] = [];
    sheet(name).eachRow((row) => {
      const text = row.values as unknown[];
      const line = text
        .map((value) =>
          typeof value === 'object' && value !== null
            ? String(
                (value as { result?: unknown; text?: unknown }).result ??
                  (value as { text?: unknown }).text ??
                  '',
              )
            : String(value ?? ''),
        )
        .join(' | ');
      if (line.includes(about)) found.push(line);
    });
    return found;
  };
  const recycling = lines('Indicateurs', 'waste.recycling_rate');
  expect(recycling.length).toBeGreaterThan(0);
  for (const line of recycling) {
    expect(line).toContain('rejeté');
    expect(line).not.toMatch(/\| 81\.3\d* \|/);
  }
  const total = lines('Indicateurs', 'water.consumption:GROUP');
  expect(total.join()).toContain('101.5');
  expect(total.join()).toContain('remplacé');
});
