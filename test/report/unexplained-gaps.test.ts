import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import ExcelJS from 'exceljs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { typography } from '../../pipelines/language/typography.ts';
import { templatesFolder } from '../../pipelines/places.ts';
import { writeBoard } from '../../pipelines/report/board/board.ts';
import type { ReportContent } from '../../pipelines/report/content.ts';
import { unexplainedGaps } from '../../pipelines/report/unexplained-gaps.ts';
import { writeWorkbook } from '../../pipelines/report/workbook/workbook.ts';
import { sampleContent } from './content-fixture.ts';
import { readPdf } from './pdf-reading.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'concordance-gaps-'));
});
afterAll(() => rm(folder, { recursive: true }));

/** The sample's content under forty critical contradictions, which come before any gap in the findings. */
function flooded(language: 'fr' | 'en'): ReportContent {
  const content = sampleContent(language);
  const [first] = content.findings;
  if (!first) throw new Error('fixture: no finding');
  const flood = Array.from({ length: 40 }, (_, i) => ({
    ...first,
    id: `contradiction:flood:${i}`,
    kind: 'contradiction' as const,
    severity: 'critical' as const,
  }));
  return { ...content, findings: [...flood, ...content.findings] };
}
const firstPage = async (content: ReportContent) => {
  const file = join(folder, 'board.pdf');
  await writeBoard(content, templatesFolder, file);
  return (await readPdf(Uint8Array.from(await readFile(file)))).pages.map((page) =>
    page.replace(/\s+/g, ' '),
  );
};
const summary = async (content: ReportContent) => {
  const file = join(folder, 'review.xlsx');
  await writeWorkbook(content, templatesFolder, file);
  const book = new ExcelJS.Workbook();
  await book.xlsx.readFile(file);
  const rows: string[] = [];
  book.worksheets[0]?.eachRow((row) => {
    rows.push(
      (row.values as unknown[])
        .map((value) => (typeof value === 'object' && value && 'text' in value ? String(value.text) : value))
        .filter((value) => typeof value === 'string')
        .join(' | '),
    );
  });
  return rows;
};

describe.each([
  [
    'fr',
    /écarts? entre directions dépassent? (leur|sa) tolérance/,
    'Écarts hors tolérance et sans explication',
  ],
  [
    'en',
    /gaps? between departments (are|is) beyond (their|its) tolerance/,
    'Gaps beyond tolerance and not explained',
  ],
] as const)('in %s', (language, line, heading) => {
  test('unexplained gaps stand on the first page of the board report, whatever else there is', async () => {
    const content = flooded(language);
    const gaps = unexplainedGaps(content);
    expect(gaps.length).toBeGreaterThan(0);
    const pages = await firstPage(content);
    expect(pages[0]).toMatch(line);
    for (const gap of gaps) expect(pages[0]).toContain(gap.label);
    // and the first page is still one page: the contents come next
    expect(pages[1]).toContain(language === 'fr' ? 'Sommaire' : 'Contents');
  });

  test('and at the head of the summary of the workbook', async () => {
    const content = flooded(language);
    const rows = await summary(content);
    const at = rows.findIndex((row) => row.startsWith(heading));
    expect(at).toBeGreaterThan(0);
    expect(at).toBeLessThan(6);
    for (const [i, gap] of unexplainedGaps(content).entries())
      expect(rows[at + 2 + i]).toContain(typography(gap.label, language));
  });
});

test('a gap that is explained, in this review or in one before, is on neither', async () => {
  const content = sampleContent('fr');
  const explained: ReportContent = {
    ...content,
    reconciliations: content.reconciliations.map((one) => ({
      ...one,
      explanation: {
        text: 'Prime provisionnée.',
        reviewer: 'Alice Martin',
        since: '2026-Q2',
        gap: one.gap ?? '0',
      },
    })),
  };
  expect(unexplainedGaps(content).length).toBeGreaterThan(0);
  expect(unexplainedGaps(explained)).toEqual([]);
  const written = unexplainedGaps(content).map((one) => ({
    reconciliation: `reconciliation:${one.reconciliation}:${one.entity}:${one.period}:${one.basis}`,
    text: 'Prime provisionnée.',
    by: 'Alice Martin',
    on: '2026-10-12',
  }));
  expect(unexplainedGaps({ ...content, review: { ...content.review, explanations: written } })).toEqual([]);
  expect((await firstPage(explained))[0]).not.toMatch(/écarts? entre directions dépasse/);
  expect((await summary(explained)).join()).not.toContain('Écarts hors tolérance et sans explication');
});
