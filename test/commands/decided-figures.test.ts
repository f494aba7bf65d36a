import { cp, mkdtemp, readFile, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import ExcelJS from 'exceljs';
import { strFromU8, strToU8, unzipSync, zipSync } from 'fflate';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { silent } from '../../pipelines/progress.ts';
import { publishRun } from '../../pipelines/publication.ts';
import { reviewRun } from '../../pipelines/review-round.ts';
import { sha256 } from '../../pipelines/seal/manifest.ts';
import { verify } from '../../pipelines/seal/verify.ts';
import { readPdf } from '../report/pdf-reading.ts';
import { editWarehouse, reseal } from '../seal/sealed-package.ts';
import { Reviewer } from './filled-workbook.ts';
import { concordance, type Project, tinyProject } from './tiny-project.ts';

/**
 * What reviewers decided, in the documents that are published: the recycling rate of 10 t of 12.3 t is rejected,
 * though a goal rests on it; the consumption of water is replaced by 101.5 m3, under a goal too.
 */
vi.setConfig({ testTimeout: 900_000, hookTimeout: 1_200_000 });
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
let refused: unknown;
let unpublished: unknown[];
let pages: string[];
let book: ExcelJS.Workbook;

beforeAll(async () => {
  project = await tinyProject((yaml) =>
    yaml.replace('language: fr', 'language: fr\nobjectives: objectives.yaml\nevidence: proofs'),
  );
  await project.write('proofs/BSD/2026-118.pdf', 'delivered before the run');
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
      'Référence de la preuve': 'voir BSD/2026-119.pdf, p. 2',
      Relecteur: 'Alice Martin',
      Date: '12/10/2026',
    });
  const filled = await form.save(join(project.folder, 'one.xlsx'));
  refused = await reviewRun(run, filled, '2026-11-02T08:00:00.000Z').catch((fault: Error) => fault.message);
  // it came after the run: the folder is shown to the review
  await project.write('proofs/BSD/2026-119.pdf', 'abc');
  const proofs = join(project.folder, 'proofs');
  await reviewRun(run, filled, '2026-11-02T08:00:00.000Z', silent, proofs);
  const seen = await Reviewer.open(
    join(project.folder, 'out', '2026-Q3', 'review', `${run.split('/').at(-1)}.xlsx`),
  );
  for (const id of replaced)
    seen.write('Revue', id, { Décision: 'Approuver', Relecteur: 'Bo Dupont', Date: '13/10/2026' });
  await reviewRun(run, await seen.save(join(project.folder, 'two.xlsx')), '2026-11-02T09:00:00.000Z');
  const publish = (request = {}) => publishRun(run, request, silent).catch((fault: Error) => fault.message);
  unpublished = [await publish()];
  await project.write('proofs/BSD/2026-119.pdf', 'another page');
  unpublished.push(await publish({ evidence: proofs }));
  await project.write('proofs/BSD/2026-119.pdf', 'abc');
  published = (await publishRun(run, { evidence: proofs }, silent)).folder;
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

test('an override records the hash of the document that it names, and is neither taken in nor published without it', async () => {
  // SHA-256 of "abc": FIPS 180-2, appendix B.1
  const abc = 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad';
  expect(refused).toMatch(
    /REV-004.*Revue![A-Z]+\d+: "BSD\/2026-119\.pdf" is not among the documents delivered as evidence \(1\)/s,
  );
  expect(unpublished[0]).toMatch(/PUB-008 2 override.*water\.consumption:SA.*2026-119\.pdf, not delivered/s);
  expect(unpublished[1]).toMatch(/PUB-008.*2026-119\.pdf, another content/s);
  const entries = (await readFile(join(published, 'decisions.ndjson'), 'utf8')).trim().split('\n');
  const overrides = entries.map((line) => JSON.parse(line)).filter((one) => one.decision === 'override');
  expect(overrides.map((one) => one.document)).toEqual([
    { file: 'BSD/2026-119.pdf', sha256: abc, bytes: 3 },
    { file: 'BSD/2026-119.pdf', sha256: abc, bytes: 3 },
  ]);
  expect(await readFile(join(published, 'published.csv'), 'utf8')).toMatch(
    new RegExp(`^water\\.consumption,SA,.*,"voir BSD/2026-119\\.pdf, p\\. 2",${abc}$`, 'm'),
  );
});

describe('a published package is verified as it was published', () => {
  const proofs = () => join(project.folder, 'proofs');
  const found = async (folder: string, options = {}) =>
    (await verify(folder, { language: 'en', ...options })).differences.map(
      ({ check, place, what }) => `${check}: ${place}: ${what}`,
    );
  /** the whole output folder, with draft and ledger, that a test may spoil; the package in it */
  const spoilt = async () => {
    const place = await mkdtemp(join(tmpdir(), 'concordance-spoilt-'));
    await cp(join(project.folder, 'out'), place, { recursive: true });
    return { place, folder: join(place, '2026-Q3', basename(published)) };
  };

  test('decisions, published figures, ledger, documents with what was decided, evidence by its hash', async () => {
    const { differences, notes, checked } = await verify(published, { language: 'en', evidence: proofs() });
    expect(differences).toEqual([]);
    // nothing but the missing signature is left to trust
    expect(notes).toEqual([expect.stringContaining('The manifest is not signed')]);
    expect(checked.decisions).toBeGreaterThan(10);
    expect(checked).toMatchObject({ evidence: 2 });
    expect(checked.printed).toBeGreaterThan(100);
  });

  test('a document that was changed or taken away is named', async () => {
    const other = join(project.folder, 'other-proofs');
    await cp(proofs(), other, { recursive: true });
    await writeFile(join(other, 'BSD/2026-119.pdf'), 'another page');
    await rm(join(other, 'BSD/2026-118.pdf'));
    expect(await found(published, { evidence: other, quick: true })).toEqual([
      expect.stringMatching(/^decisions: BSD\/2026-118\.pdf: .* not in the folder of evidence/),
      expect.stringMatching(/^decisions: BSD\/2026-119\.pdf: .* another content/),
    ]);
  });

  test('a forger who signs an override in the name of its author, every chain and hash made again', async () => {
    const { place, folder } = await spoilt();
    const file = join(folder, 'decisions.ndjson');
    const lines = (await readFile(file, 'utf8')).trim().split('\n');
    let head: string | undefined;
    const forged = lines.map((line) => {
      const entry = JSON.parse(line);
      if (entry.decision === 'approve' && entry.from.state === 'overridden') entry.by = 'A. Martin';
      const text = JSON.stringify({ ...entry, previous: head ?? entry.previous });
      head = sha256(text);
      return `${text}\n`;
    });
    await writeFile(file, forged.join(''));
    await reseal(folder, (manifest) => {
      (manifest.publication as { journal_sha256: string }).journal_sha256 = sha256(forged.join(''));
    });
    expect(await found(folder, { quick: true })).toEqual([
      expect.stringMatching(
        /^decisions: decisions\.ndjson:\d+: water\.consumption:GROUP.*: A\. Martin approves an override of his own/,
      ),
      expect.stringMatching(
        /^decisions: decisions\.ndjson:\d+: water\.consumption:SA.*: A\. Martin approves an override of his own/,
      ),
      // nor do the decisions make the approvals that the manifest says
      expect.stringMatching(/^decisions: manifest\.json, publication\.approvals: .*"by":"A\. Martin"/),
    ]);
    // a decision that is taken out breaks the chain
    await writeFile(file, forged.slice(1).join(''));
    await reseal(folder);
    expect((await found(folder, { quick: true })).join()).toMatch(
      /decisions: decisions\.ndjson: unreadable: .*line 1, it says that it is number 2/,
    );
    await rm(place, { recursive: true });
  });

  test('a forger who prints another value, every hash made again: list, workbook and ledger tell', async () => {
    const { place, folder } = await spoilt();
    const list = join(folder, 'published.csv');
    await writeFile(
      list,
      (await readFile(list, 'utf8')).replace(/^(water\.consumption,SA,2026-Q3,quarter),101\.5,/m, '$1,110,'),
    );
    const file = join(folder, 'review.xlsx');
    const parts = unzipSync(await readFile(file));
    for (const [name, part] of Object.entries(parts))
      if (name.startsWith('xl/worksheets/sheet'))
        parts[name] = strToU8(strFromU8(part).replaceAll('<v>101.5</v>', '<v>110</v>'));
    await writeFile(file, zipSync(parts));
    // and gives a goal to another
    await editWarehouse(
      folder,
      `update result.content set content = replace(content, '"owner":"Directrice"', '"owner":"Directeur"')`,
    );
    // takes the last line of the ledger away, which no chain tells, and the approvals for his own
    const ledger = join(place, 'published.csv');
    const lines = (await readFile(ledger, 'utf8')).trimEnd().split('\n');
    await writeFile(ledger, `${lines.slice(0, -1).join('\n')}\n`);
    await reseal(folder, (manifest) => {
      const { approvals } = manifest.publication as { approvals: { by: string }[] };
      Object.assign(approvals[0] as object, { by: 'Claire Petit' });
    });
    const differences = (await found(folder)).join('\n');
    expect(differences).toMatch(/manifest\.json, publication\.approvals: the manifest says .*Claire Petit/);
    const last = lines.at(-1)?.split(',').slice(1, 5).join(':');
    expect(differences).toContain(`${last} was published by this package, and the ledger lacks its line`);
    expect(differences).toMatch(
      /decisions: published\.csv:\d+: the line says water\.consumption,SA,2026-Q3,quarter,110,/,
    );
    expect(differences).toContain('made from other values than the rows make: objective O-WATER');
    expect(differences).toContain('the ledger names another hash for this manifest');
    expect(differences).toMatch(/workbook: review\.xlsx, .+: the cell says 110; the figures make 101\.5/);
    await rm(place, { recursive: true });
  });
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
