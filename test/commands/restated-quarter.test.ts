import { readFile, realpath } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { silent } from '../../pipelines/progress.ts';
import { publishRun } from '../../pipelines/publication.ts';
import { readContent } from '../../pipelines/report/record-content.ts';
import { reviewRun } from '../../pipelines/review-round.ts';
import { openRun } from '../../pipelines/seal/trace.ts';
import { verify } from '../../pipelines/seal/verify.ts';
import { sealedRun } from '../seal/sealed-package.ts';
import { Reviewer } from './filled-workbook.ts';
import { type Project, tinyProject } from './tiny-project.ts';

/**
 * The second quarter is published with 8 t of waste; its register is corrected to 9 t before the third is run
 * and published: the quarter that was published is restated by the publication of the next one.
 */
vi.setConfig({ testTimeout: 600_000, hookTimeout: 1_200_000 });
let project: Project;
let second: string;
let third: string;
const total = 'waste.total:SA:2026-Q2:quarter';

beforeAll(async () => {
  project = await tinyProject((yaml) => yaml.replace('history_from: 2026-Q3', 'history_from: 2026-Q2'));
  const register = await readFile(join(project.folder, 'extracts/waste_2026-Q3.csv'), 'utf8');
  const earlier = `${register.split('\n')[0]}\nD0;SA;USINE;12 01 01;non;2026-05-12;8;R4\n`;
  await project.write('extracts/waste_2026-Q2.csv', earlier);
  second = await sealedRun(project, '2026-Q2');
  await approve(second, 'q2.xlsx');
  await publishRun(second, {}, silent);
  await project.write('extracts/waste_2026-Q2.csv', earlier.replace(';8;', ';9;'));
  third = await sealedRun(project, '2026-Q3');
});
afterAll(() => project?.remove());

async function approve(run: string, name: string): Promise<void> {
  const form = (await Reviewer.open(join(run, 'review.xlsx'))).approveAll('Bo Dupont');
  await reviewRun(run, await form.save(join(project.folder, name)), '2026-11-02T08:00:00.000Z');
}

test('the run that tells the quarter otherwise says from what, to what, since which publication, by which cause', async () => {
  const { warehouse } = await openRun(third);
  const { changes } = await readContent(warehouse).finally(() => warehouse.close());
  const of = (id: string) =>
    changes.find((one) => `${one.indicator}:${one.entity}:${one.period}:${one.basis}` === id);
  expect(of(total)).toMatchObject({
    before: '8',
    after: '9',
    published: basename(second),
    parts: [{ cause: 'data', amount: '1' }],
  });
  expect(changes.every((one) => one.period === '2026-Q2')).toBe(true);
  for (const { before, after, parts } of changes)
    if (before !== null && after !== null)
      expect(parts.reduce((sum, { amount }) => sum + Number(amount), Number(before))).toBeCloseTo(
        Number(after),
        9,
      );
  // what was published is part of what the run was made from, and so of its name
  const carried = JSON.parse(await readFile(join(third, 'carried.json'), 'utf8'));
  expect(carried.previous.run).toBe(basename(second));
  expect(carried.restated.map((one: { indicator: string }) => one.indicator)).toContain('waste.total');
  const book = await Reviewer.open(join(third, 'review.xlsx'));
  expect(book.cell('Changements', total, 'dont données').value).toBe(1);
});

test('its publication restates the quarter in the ledger, and the package verifies with the chain to the quarter before', async () => {
  await approve(third, 'q3.xlsx');
  const { folder } = await publishRun(third, {}, silent);
  const ledger = await readFile(join(project.folder, 'out/published.csv'), 'utf8');
  const lines = ledger.split('\n').filter((line) => line.includes(',waste.total,SA,2026-Q2,quarter,'));
  expect(lines.map((line) => line.split(',').slice(0, 1).concat(line.split(',').slice(6, 10)))).toEqual([
    ['publication', '8', 't', '', ''],
    ['restatement', '9', 't', '8', 'data'],
  ]);
  const { differences, checked } = await verify(folder, { language: 'en', quick: true });
  expect(differences).toEqual([]);
  expect(checked.links).toBe(1);
  expect(await realpath(join(project.folder, 'out/2026-Q3/published'))).toBe(folder);
});
