import { readdir, readFile, realpath, rm, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { Fault } from '../../pipelines/fault.ts';
import { silent } from '../../pipelines/progress.ts';
import { publishRun } from '../../pipelines/publication.ts';
import { appendJournal, type NewEntry, parseJournal } from '../../pipelines/review/journal.ts';
import { readLedger, writeLedger } from '../../pipelines/review/ledger.ts';
import { reviewRun } from '../../pipelines/review-round.ts';
import { packAssurance } from '../../pipelines/seal/assurance.ts';
import { sha256File } from '../../pipelines/seal/manifest.ts';
import { readPdf } from '../report/pdf-reading.ts';
import { hasPython, python, unpacked } from '../seal/assurance/unpacked.ts';
import { editWarehouse, reseal } from '../seal/sealed-package.ts';
import { Reviewer } from './filled-workbook.ts';
import { concordance, type Project, tinyProject } from './tiny-project.ts';

const recycling = 'waste.recycling_rate:SA:2026-Q3:quarter';
const group = 'waste.recycling_rate:GROUP:2026-Q3:quarter';
const at = '2026-11-02T08:00:00.000Z';

/** One group through the whole round: run, review, publish, then new data and a restatement. Tests go on from each other. */
// a step prints a PDF, on a machine that may be busy
vi.setConfig({ testTimeout: 600_000 });
let project: Project;
let run: string;
const period = () => join(project.folder, 'out', '2026-Q3');
const published = () => `${run}.published`;
const seal = async () => {
  await concordance(['run', '-c', project.config, '--period', '2026-Q3', '--no-gate']);
  return realpath(join(period(), 'latest'));
};
const refusal = async (request = {}) => {
  try {
    await publishRun(run, request, silent);
    return '';
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    return error.message;
  }
};
const table = async (file: string) => {
  const [head, ...lines] = (await readFile(file, 'utf8')).trim().split('\n');
  const names = (head as string).split(',');
  return lines.map((line) =>
    Object.fromEntries(line.split(',').map((value, i) => [names[i] as string, value])),
  );
};
const ledger = () => table(join(project.folder, 'out', 'published.csv'));
const takeIn = async (form: Reviewer, name: string) =>
  reviewRun(run, await form.save(join(project.folder, name)), at);

beforeAll(async () => {
  project = await tinyProject();
  run = await seal();
});
afterAll(() => project?.remove());

describe('concordance publish', () => {
  test('is refused while a material figure waits, naming each', async () => {
    const form = await Reviewer.open(join(run, 'review.xlsx'));
    const ids = form.ids('Revue');
    form.approveAll('Bo Dupont', [recycling, group]);
    form.write('Revue', recycling, {
      Décision: 'Remplacer',
      'Valeur de remplacement': 75,
      Motif: 'bordereau D2 pesé deux fois',
      'Référence de la preuve': 'BSD-2026-118',
      Relecteur: 'Alice Martin',
      Date: '12/10/2026',
    });
    await takeIn(form, 'one.xlsx');
    const said = await refusal();
    expect(said).toContain('PUB-002');
    expect(said).toContain('2 material figure(s) wait');
    expect(said).toContain(`${recycling}: overridden, not yet approved by another person`);
    expect(said).toContain(`${group}: no decision`);
    expect(said.split('\n')).toHaveLength(4);
    expect(ids.length).toBeGreaterThan(10);
    await expect(readdir(published())).rejects.toThrow('ENOENT');
  });

  test('makes final documents with run, hash, names and dates; overrides beside computed, rejections with reason', async () => {
    const seen = await Reviewer.open(join(period(), 'review', `${basename(run)}.xlsx`));
    seen.write('Revue', recycling, { Décision: 'Approuver', Relecteur: 'Bo Dupont', Date: '13/10/2026' });
    seen.write('Revue', group, {
      Décision: 'Rejeter',
      Motif: 'périmètre du groupe à revoir',
      Relecteur: 'Bo Dupont',
      Date: '13/10/2026',
    });
    await takeIn(seen, 'two.xlsx');
    const made = await publishRun(run, {}, silent);
    expect(made.folder).toBe(published());
    expect(await realpath(join(period(), 'published'))).toBe(published());

    const manifest = JSON.parse(await readFile(join(published(), 'manifest.json'), 'utf8'));
    expect(manifest).toMatchObject({
      state: 'published',
      restates: null,
      publication: { version: 1, overridden: 1, rejected: 1, restatement: null },
    });
    expect(manifest.publication.approvals).toMatchObject([
      { by: 'Bo Dupont', from: '2026-10-12', to: '2026-10-13' },
    ]);
    const rows = await table(join(published(), 'published.csv'));
    const find = (indicator: string, entity: string) =>
      rows.find((row) => row.indicator === indicator && row.entity === entity && row.basis === 'quarter');
    expect(find('waste.recycling_rate', 'SA')).toMatchObject({
      value: '75',
      status: 'overridden',
      computed_value: '80',
      decided_by: 'Bo Dupont',
      overridden_by: 'Alice Martin',
      evidence: 'BSD-2026-118',
    });
    // an override holds for its figure alone: others drawn from the same data keep what the rows make
    expect(find('waste.total', 'SA')).toMatchObject({ value: '12.5', status: 'complete', decision: '' });
    expect(find('waste.recycling_rate', 'GROUP')).toMatchObject({
      value: '',
      status: 'rejected',
      computed_value: '80',
      reason: 'périmètre du groupe à revoir',
    });
    const findings = JSON.parse(await readFile(join(published(), 'findings.json'), 'utf8')) as {
      id: string;
      sentence: string;
    }[];
    expect(findings.find((one) => one.id === `review:override:${recycling}`)?.sentence).toMatch(
      /Alice Martin a remplacé 80,0.*par 75,0.*gardent leur valeur calculée \(\d+\).*groupe/s,
    );
    expect(findings.find((one) => one.id === `review:rejected:${group}`)?.sentence).toContain(
      'périmètre du groupe à revoir',
    );

    const pdf = (await readPdf(Uint8Array.from(await readFile(join(published(), 'board.pdf'))))).pages.join(
      ' ',
    );
    expect(pdf).toContain('Bo Dupont');
    expect(pdf).toContain('Bo Dupont 12 oct. 2026 – 13 oct. 2026');
    expect(pdf.replace(/\s/g, '')).toContain(manifest.publication.draft_manifest_sha256);
    const book = await Reviewer.open(join(published(), 'review.xlsx'));
    expect(book.cell('Revue', recycling, 'Statut').value).toContain('remplacé à la revue');
    expect(book.cell('Revue', recycling, 'Valeur calculée').value).toBe(80);
    expect(book.cell('Revue', recycling, 'Décision consignée').value).toMatch(
      /remplacement approuvé par Bo Dupont/,
    );

    expect((await concordance(['verify', published()])).out).toContain('Rien ne diffère.');
  });

  test.skipIf(!hasPython)(
    'is checked by an assurance provider with Python alone: the chains of decisions and of the ledger',
    async () => {
      const { file } = await packAssurance(published(), { out: join(project.folder, 'published.zip') });
      const folder = await unpacked(file, join(project.folder, 'unpacked'));
      const entries = (await readFile(join(published(), 'decisions.ndjson'), 'utf8'))
        .trimEnd()
        .split('\n').length;
      const { out, status } = python(folder, 'recompute.py');
      expect(out).toMatch(
        new RegExp(` ${entries} décisions et ${(await ledger()).length} lignes du registre`),
      );
      expect(out).toMatch(/\n0 différences\n$/);
      expect(status).toBe(0);
      for (const [name, from, to] of [
        ['package/decisions.ndjson', 'Alice Martin', 'Alice Martinez'],
        ['decisions.csv', 'Alice Martin', 'Alice Martinez'],
        ['ledger.csv', ',rejected,', ',complete,'],
      ] as const) {
        const text = await readFile(join(folder, name), 'utf8');
        await writeFile(join(folder, name), text.replace(from, to));
        const spoilt = python(folder, 'recompute.py');
        await writeFile(join(folder, name), text);
        expect(spoilt.status).toBe(1);
        expect(spoilt.out).toMatch(new RegExp(`${name.split('/').at(-1)}, ligne \\d+ : `));
      }
    },
  );

  test('the published figures are in the ledger, and publishing again adds nothing and changes no byte', async () => {
    const lines = await ledger();
    expect(
      lines.find((one) => one.indicator === 'waste.recycling_rate' && one.entity === 'SA'),
    ).toMatchObject({
      kind: 'publication',
      value: '75',
      run: basename(run),
    });
    const before = await readFile(join(project.folder, 'out', 'published.csv'));
    const manifest = await readFile(join(published(), 'manifest.json'));
    expect((await publishRun(run, {}, silent)).already).toBe(true);
    expect(await readFile(join(project.folder, 'out', 'published.csv'))).toEqual(before);

    // the same decisions make the same bytes
    await rm(published(), { recursive: true });
    await rm(join(project.folder, 'out', 'published.csv'));
    await publishRun(run, {}, silent);
    expect(await readFile(join(published(), 'manifest.json'))).toEqual(manifest);
    expect(await readFile(join(project.folder, 'out', 'published.csv'))).toEqual(before);
  });

  test('a locked period that is run again with other data makes a proposal, which needs cause and reason', async () => {
    const first = run;
    const text = await readFile(join(project.folder, 'extracts/waste_2026-Q3.csv'), 'utf8');
    await project.write('extracts/waste_2026-Q3.csv', text.replace('2.5', '10'));
    run = await seal();
    expect(run).not.toBe(first);
    expect(JSON.parse(await readFile(join(run, 'manifest.json'), 'utf8'))).toMatchObject({
      state: 'draft',
      restates: { run: basename(first) },
    });
    const status = await concordance(['status', '-c', project.config]);
    expect(status.out).toMatch(new RegExp(`${basename(first)} {2}published`));
    expect(status.out).toMatch(new RegExp(`${basename(run)} \\(latest\\) {2}restatement proposal`));

    const form = await Reviewer.open(join(run, 'review.xlsx'));
    await takeIn(form.approveAll('Bo Dupont'), 'three.xlsx');
    expect(await refusal()).toMatch(/PUB-004 2026-Q3 is locked: .* would restate it/);
    const before = await ledger();
    await publishRun(run, { cause: 'data', reason: 'pesée corrigée du bordereau D2' }, silent);
    const added = (await ledger()).slice(before.length);
    expect((await ledger()).slice(0, before.length)).toEqual(before);
    // 10 of 20 t instead of 10 of 12.5 t
    expect(
      added.find((one) => one.indicator === 'waste.recycling_rate' && one.entity === 'SA'),
    ).toMatchObject({
      kind: 'restatement',
      from: '75',
      value: '50',
      cause: 'data',
      reason: 'pesée corrigée du bordereau D2',
    });
    expect(added.every((one) => one.kind === 'restatement')).toBe(true);
    expect((await concordance(['status', '-c', project.config])).out).toMatch(
      new RegExp(`${basename(first)} {2}restated`),
    );
  });

  test('a ledger that was changed is refused, its line named', async () => {
    const file = join(project.folder, 'out', 'published.csv');
    const text = await readFile(file, 'utf8');
    await writeFile(file, text.replace(',75,', ',76,'));
    expect(await refusal()).toMatch(/PUB-003 .* line \d+ does not follow/);
    await writeFile(file, text);
  });

  test('a ledger that was shortened, its chain whole, is refused', async () => {
    const file = join(project.folder, 'out', 'published.csv');
    const text = await readFile(file, 'utf8');
    // the restatement taken out
    await writeFile(file, text.split('\n').slice(0, -2).join('\n').concat('\n'));
    await writeLedger(
      file,
      (await readLedger(file)).filter((line) => line.kind === 'publication'),
    );
    expect(await refusal()).toMatch(/PUB-003 .* does not hold the lines of 2026-Q3-/);
    await writeFile(file, text);
  });

  test('a draft that was changed since it was sealed is not published', async () => {
    await project.write(
      'extracts/water_2026-Q3.csv',
      (await readFile(join(project.folder, 'extracts/water_2026-Q3.csv'), 'utf8')).replace('92', '93'),
    );
    run = await seal();
    const form = await Reviewer.open(join(run, 'review.xlsx'));
    await takeIn(form.approveAll('Bo Dupont'), 'four.xlsx');
    const why = { cause: 'data', reason: 'relevé corrigé du compteur' };
    // a journal whose chain was made again: one person overrides and approves, a day before, a value that was not computed
    const journal = join(period(), 'review', `${basename(run)}.ndjson`);
    const text = await readFile(journal, 'utf8');
    const read = parseJournal(text, await sha256File(join(run, 'manifest.json')), journal);
    const entries = read.entries.map(({ sequence: _s, previous: _p, ...one }) => one);
    const own = entries.find((one) => one.subject === recycling) as NewEntry;
    const overridden = { state: 'overridden', value: '75' } as const;
    await appendJournal(journal, await sha256File(join(run, 'manifest.json')), { entries: [], hashes: [] }, [
      { ...own, decision: 'override', to: overridden, reason: 'pesé deux fois', evidence: 'BSD-2026-118' },
      { ...own, from: overridden, to: { state: 'approved', value: '75' }, on: '2026-10-11' },
      ...entries.filter((one) => one.subject !== recycling && one.subject !== group),
      ...entries.flatMap((one) =>
        one.subject === group ? [{ ...one, from: { ...one.from, value: '99' } }] : [],
      ),
    ]);
    const refused = await refusal(why);
    expect(refused).toMatch(
      /PUB-009 .*line 2: waste\.recycling_rate:SA.*: Bo Dupont approves an override of his own/s,
    );
    expect(refused).toContain('is dated 2026-10-11');
    expect(refused).toMatch(/waste\.recycling_rate:GROUP.*the decisions say that 99 was computed/);
    await writeFile(journal, text);
    const figures = await readFile(join(run, 'figures.csv'));
    await writeFile(join(run, 'figures.csv'), 'changed\n');
    expect(await refusal(why)).toMatch(/PUB-005 .*figures\.csv/s);
    // a figure of the database, all hashes made again, and decided on as it stands
    await writeFile(join(run, 'figures.csv'), figures);
    const forged = "indicator = 'waste.total' and entity = 'SA'";
    await editWarehouse(
      run,
      `update result.figure set value = value + 1, numerator = numerator + 1 where ${forged}`,
    );
    await reseal(run);
    await rm(journal);
    const nothing = { entries: [], hashes: [] };
    await appendJournal(journal, await sha256File(join(run, 'manifest.json')), nothing, entries);
    expect(await refusal(why)).toMatch(
      /PUB-005 .*figures: warehouse\.duckdb, result\.figure: waste\.total:SA/s,
    );
  });
});
