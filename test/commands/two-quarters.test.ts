import { mkdir, readFile, realpath, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import type { Finding } from '../../pipelines/alignment/finding.ts';
import { wording } from '../../pipelines/language/wording.ts';
import { silent } from '../../pipelines/progress.ts';
import { publishRun } from '../../pipelines/publication.ts';
import { readContent } from '../../pipelines/report/record-content.ts';
import type { Review } from '../../pipelines/review/decision.ts';
import type { Dossier } from '../../pipelines/review/dossier.ts';
import { appendJournal, type NewEntry } from '../../pipelines/review/journal.ts';
import { reviewRun } from '../../pipelines/review-round.ts';
import { readManifest, sha256File } from '../../pipelines/seal/manifest.ts';
import { openRun } from '../../pipelines/seal/trace.ts';
import { checkDecisions, checkPublished } from '../../pipelines/seal/verification/decisions.ts';
import { Findings } from '../../pipelines/seal/verification/report.ts';
import { verify } from '../../pipelines/seal/verify.ts';
import { Reviewer } from './filled-workbook.ts';
import { concordance, type Project, tinyProject } from './tiny-project.ts';

/**
 * Two quarters in a row. In the second, a recycling rate of 10 t of 12.5 t is rejected, a consumption of 92 m3 is
 * approved, and a gap of 2.5 t between what is weighed and what is recycled is explained. Before the third is run, a
 * dispatch of the second is corrected to 12.5 t recycled of 15 t; the gap stays; the water goes on rising.
 *
 * The review also decides: the objective on water is accepted for 15 September, a closed loop of cooling is refused and
 * spent on nevertheless (1,000, then 4,000), a new meter is accepted for 31 August and is still running, the
 * arbitration is postponed to the next year.
 */
vi.setConfig({ testTimeout: 300_000 });
let project: Project;
let past: Dossier['past_decisions'];
let page: string;
let owners: string;
let board: string;
let subjects: string[];
let refused: unknown;
let next: Reviewer;
let dossier: Dossier;
let asked: Finding[];
let checked: string[];
let third: string;

const reconciliation = `reconciliations:
  - id: tonnes
    label: { fr: Tonnes pesées et recyclées, en: Tonnes weighed and recycled }
    owner: operations
    left: { department: operations, measure: waste_weight }
    right: { department: finance, measure: waste_recycled_weight }
    tolerance: 0.01
    meaning: { fr: Sens., en: Meaning. }
`;
const waste = (
  prefix: string,
  day: string,
  recycled: string,
) => `Identifiant unique;Entité;Site;Code déchet;Dangereux;Date d'expédition;Poids en tonnes;Code de traitement prévu
${prefix}1;SA;USINE;12 01 01;non;${day}-10;${recycled};R4
${prefix}2;SA;USINE;20 03 01;non;${day}-11;2.5;D5
`;
const water = (
  from: string,
  to: string,
  m3: number,
) => `Entité;Site;Compteur;Origine;Flux;Début;Fin;Quantité;Unité;Nature
SA;USINE;E1;network;withdrawal;${from};${to};${m3};m3;measured
`;
const actions = (
  spent: number,
) => `Action;Objectif;Intitulé (fr);Direction;Responsable;Échéance;Statut;Budget;Dépensé;Devise;Effet attendu;Unité de l'effet
LOOP;O-WATER;Boucle fermée;operations;Directrice;31/12/2027;running;20000;${spent};EUR;-10;m3
METER;O-WATER;Compteur neuf;operations;Directrice;31/12/2027;running;5000;0;EUR;-2;m3
`;
const resolved = (decision: string, more: Record<string, string> = {}) => ({
  Décision: decision,
  Relecteur: 'Le comité',
  Date: '12/07/2026',
  ...more,
});
const text = (html: string) =>
  html
    .replace(/<style>[\s\S]*?<\/style>/g, '')
    .replace(/<[^>]+>/g, ' ')
    .replace(/[\s\u00a0\u202f]+/g, ' ');

beforeAll(async () => {
  project = await tinyProject((yaml) =>
    yaml
      .replace('language: fr', 'language: fr\nobjectives: objectives.yaml\ncatalogue: catalogue')
      .replace('history_from: 2026-Q3', 'history_from: 2026-Q2')
      .replace(
        'privacy:',
        '  - { id: actions, connector: csv, contract: actions, path: extracts/actions.csv, entities: [SA] }\nprivacy:',
      ),
  );
  await mkdir(join(project.folder, 'catalogue', 'reconciliations'), { recursive: true });
  await project.write('catalogue/reconciliations/tonnes.yaml', reconciliation);
  // 92 m3 in 2026-Q3, where 100 in 2025-Q3 and 60 in 2027-Q3 ask for 80
  await project.write(
    'objectives.yaml',
    `objectives:
  - id: O-WATER
    label: { fr: Moins d’eau, en: Less water }
    why: { fr: La rivière est basse., en: The river is low. }
    department: operations
    owner: Directrice
    indicator: water.consumption
    basis: quarter
    baseline: { period: 2025-Q3, value: 100 }
    target: { period: 2027-Q3, value: 60 }
`,
  );
  await project.write('extracts/actions.csv', actions(1000));
  await project.write('extracts/waste_2026-Q2.csv', waste('C', '2026-05', '10'));
  await project.write('extracts/water_2026-Q2.csv', water('2026-04-01', '2026-06-30', 92));
  const run = async (period: string) => {
    const { err } = await concordance(['run', '-c', project.config, '--period', period, '--no-gate']);
    expect(err, err).toBe('');
    return realpath(join(project.folder, 'out', period, 'latest'));
  };
  const second = await run('2026-Q2');
  const form = await Reviewer.open(join(second, 'review.xlsx'));
  const rejected = form.ids('Revue').filter((id) => id.startsWith('waste.recycling_rate:'));
  expect(rejected.length).toBeGreaterThan(0);
  form.approveAll('Bo Dupont', rejected);
  for (const id of rejected)
    form.write('Revue', id, {
      Décision: 'Rejeter',
      Motif: 'pesées à refaire',
      Relecteur: 'Bo Dupont',
      Date: '12/10/2026',
    });
  for (const id of form.ids('Rapprochements').filter((one) => one.startsWith('reconciliation:tonnes:')))
    form.write('Rapprochements', id, {
      'Explication (à remplir)': 'Le refus de tri part en décharge.',
      Relecteur: 'Alice Martin',
      Date: '12/10/2026',
    });
  subjects = form.ids('Décisions');
  form
    .write(
      'Décisions',
      'objective:O-WATER',
      resolved('Accepter', { 'Qui s’en charge': 'Directrice', Échéance: '15/09/2026' }),
    )
    .write('Décisions', 'action:LOOP', resolved('Refuser', { Motif: 'trop cher pour ce qu’elle économise' }))
    .write('Décisions', 'action:METER', resolved('Accepter', { 'Qui s’en charge': 'Bo Dupont' }))
    .write(
      'Décisions',
      'arbitration',
      resolved('Reporter', { Échéance: '31/03/2027', Motif: 'le budget n’est pas voté' }),
    );
  refused = await reviewRun(
    second,
    await form.save(join(project.folder, 'half.xlsx')),
    '2026-11-02T08:00:00.000Z',
  ).catch((error: Error) => error.message);
  form.write('Décisions', 'action:METER', { Échéance: '31/08/2026' });
  await reviewRun(second, await form.save(join(project.folder, 'filled.xlsx')), '2026-11-02T08:00:00.000Z');
  await publishRun(second, {}, silent);

  await project.write('extracts/actions.csv', actions(4000));
  await project.write('extracts/waste_2026-Q2.csv', waste('C', '2026-05', '12.5'));
  third = await run('2026-Q3');
  next = await Reviewer.open(join(third, 'review.xlsx'));
  dossier = JSON.parse(await readFile(join(third, 'agenda.json'), 'utf8'));
  past = dossier.past_decisions;
  board = text(await readFile(join(third, 'board.html'), 'utf8'));
  asked = JSON.parse(await readFile(join(third, 'findings.json'), 'utf8'));
  checked = (await verify(third, { language: 'en' })).differences.map((one) => one.place);
  const brief = async (...owner: string[]) => {
    const out = join(project.folder, 'brief.html');
    const { err } = await concordance(['brief', third, ...owner, '--out', out]);
    expect(err, err).toBe('');
    return text(await readFile(out, 'utf8'));
  };
  page = await brief();
  owners = await brief('Directrice');
}, 1_500_000);
afterAll(() => project?.remove());

const of = (subject: string) => past?.told.find((one) => one.subject.startsWith(subject));

test('a rejected figure that was corrected is done, with what it was and is', () => {
  // 10 of 12.5 t: 80 %; 12.5 of 15 t: 83.3 %
  expect(of('waste.recycling_rate:SA:2026-Q2:quarter')).toMatchObject({
    kind: 'rejected',
    by: 'Bo Dupont',
    outcome: 'settled',
    reason: 'pesées à refaire',
  });
  for (const place of [page, board])
    expect(place).toMatch(
      /Taux de recyclage des déchets \(Essai SA, trimestre, T2 2026\)[. ]+Rejeté par Bo Dupont le 12\/10\/2026\./,
    );
  expect(page).toContain(
    'Fait · Taux de recyclage des déchets (Essai SA, trimestre, T2 2026). Rejeté par Bo Dupont le 12/10/2026. 80,0 % alors, 83,3 % aujourd’hui. pesées à refaire',
  );
  expect(board).toContain('Fait 80,0 % alors, 83,3 % aujourd’hui.');
});

test('a gap that was explained and is there again is not done, with what it is now', () => {
  expect(of('reconciliation:tonnes:SA')).toMatchObject({ kind: 'explained', outcome: 'open', now: '2.5' });
  expect(page).toMatch(
    /Pas fait · Tonnes pesées et recyclées \(Essai SA, [^)]+\)\. Écart expliqué par Alice Martin le 12\/10\/2026\. L’écart est de 2,5 t ce trimestre\./,
  );
  expect(board).toContain('Pas fait L’écart est de 2,5 t ce trimestre.');
  const [first] = next.ids('Suites');
  expect(first).toMatch(/^reconciliation:tonnes:/);
  expect(next.cell('Suites', first as string, 'Suite').value).toBe('✖ Pas fait');
  expect(text(String(next.cell('Suites', first as string, 'Alors et aujourd’hui').value))).toBe(
    'L’écart est de 2,5 t ce trimestre.',
  );
});

test('what was approved and whose objective drifts is said to drift, with the sentence of the objective', () => {
  expect(of('water.consumption:GROUP:2026-Q2:quarter')).toMatchObject({ kind: 'approved', outcome: 'kept' });
  for (const place of [page, board])
    expect(place).toMatch(
      /En dérive .*La valeur est restée 92 m³\. L’objectif « Moins d’eau » est hors trajectoire/,
    );
});

test('the agenda has the objective that drifts, and its owner is sent one page of it', () => {
  expect(page).toContain('Ordre du jour proposé Objectif');
  expect(page).toContain('Moins d’eau · Hors trajectoire Directrice 92 m³ pour 80 m³');
  expect(owners).toContain('Directrice – revue du T3 2026');
  expect(owners).toContain('Moins d’eau');
  expect(owners).not.toContain('approuvé par Bo Dupont');
});

test('the review decides on its agenda, the arbitration and the open actions, each with who, when and why', () => {
  expect(subjects).toEqual(['objective:O-WATER', 'arbitration', 'action:LOOP', 'action:METER']);
  // without a day, an acceptance is not taken in, and nothing else is
  expect(refused).toMatch(/1 thing\(s\) are wrong.*Décisions!L9.*"Accepter" needs one/s);
});

test('the next quarter says what became of each decision, with the figures then and now', () => {
  expect(dossier.followed?.map((one) => [one.subject, one.outcome, one.before.value])).toEqual([
    ['action:LOOP', 'against', '1000.00'],
    ['action:METER', 'late', '0.00'],
    ['objective:O-WATER', 'late', '92'],
    ['arbitration', 'under_way', '1000'],
  ]);
  const loop =
    'En cours alors, en cours aujourd’hui ; 4 000 € dépensés, dont 3 000 € depuis la décision.'.toLowerCase();
  for (const place of [page, board]) expect(place.toLowerCase()).toContain(loop);
  expect(owners).toContain('Non suivie · Boucle fermée : refusé par Le comité le 12/07/2026.');
  expect(page).toContain('L’arbitrage proposé : reporté par Le comité le 12/07/2026, au 31/03/2027.');
  expect(board).toContain('Décisions de la dernière revue, et ce qu’elles sont devenues');
  expect(next.cell('Décisions', 'action:LOOP', 'Suite').value).toBe('✖ Non suivie');
  expect(next.cell('Décisions', 'action:METER', 'Décidé').value).toContain('Bo Dupont s’en charge');
  expect(text(String(next.cell('Décisions', 'objective:O-WATER', 'Ce qu’elle est devenue').value))).toContain(
    '92 m³ alors',
  );
});

test('what went otherwise than decided is a finding that asks the owner of the action', () => {
  expect(asked.map((one) => one.id)).toEqual(
    expect.arrayContaining([
      'decision:against:action:LOOP',
      'decision:late:action:METER',
      'decision:late:objective:O-WATER',
    ]),
  );
  expect(dossier.questions.find((one) => one.finding === 'decision:against:action:LOOP')?.owner).toBe(
    'Directrice',
  );
});

test('the package that follows decisions recomputes whole', () => {
  expect(checked).toEqual([]);
});

test('verify names decisions that no review took: on nothing of the run, lacking what it asks for, or said to be of the run before', async () => {
  const manifest = await readManifest(third);
  const sealed = await sha256File(join(third, 'manifest.json'));
  const entry = (subject: string): NewEntry => ({
    kind: 'resolution',
    subject,
    decision: 'accept',
    by: 'Le comité',
    on: '2026-10-12',
    from: { state: 'open', value: null },
    to: { state: 'accepted', value: null },
    reason: null,
    evidence: null,
    comment: null,
    workbook: '0'.repeat(64),
    recorded_at: '2026-10-13T08:00:00.000Z',
  });
  const journal = join(project.folder, 'out/2026-Q3/review', `${manifest.run}.ndjson`);
  await appendJournal(journal, sealed, { entries: [], hashes: [] }, [
    { ...entry('action:GHOST'), owner: 'Directrice', due: '2026-12-31' },
    entry('action:METER'),
  ]);
  const carried = join(third, 'carried.json');
  const text = await readFile(carried, 'utf8');
  await writeFile(
    carried,
    text
      .replace('trop cher pour ce qu’elle économise', 'le comité n’en veut pas')
      .replace('pesées à refaire', 'pesées acceptées'),
  );
  const findings = new Findings(await wording('en', 'verify'));
  const { warehouse } = await openRun(third);
  try {
    const review = await checkDecisions(third, manifest, findings);
    expect(review).toBeDefined();
    await checkPublished(third, manifest, await readContent(warehouse), review as Review, findings);
  } finally {
    await warehouse.close();
    await writeFile(carried, text);
    await rm(journal);
  }
  expect(findings.differences.map(({ place, what }) => `${place}: ${what}`)).toEqual([
    `review/${manifest.run}.ndjson:2: the decision on action:METER lacks who sees to it, its day or its reason`,
    `review/${manifest.run}.ndjson: action:GHOST was decided, and is nothing that this run puts before its review`,
    `carried.json: the decision on action:LOOP (Le comité) is said to be of ${manifest.previous?.run}, whose journal does not hold it`,
    `carried.json: the decision on waste.recycling_rate:GROUP:2026-Q2:quarter (Bo Dupont) is said to be of ${manifest.previous?.run}, whose journal does not hold it`,
  ]);
});
