import { mkdir, readFile, realpath } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { readPastDecisions } from '../../pipelines/past-decisions.ts';
import { silent } from '../../pipelines/progress.ts';
import { publishRun } from '../../pipelines/publication.ts';
import type { ToldDecision } from '../../pipelines/review/last-decisions.ts';
import { reviewRun } from '../../pipelines/review-round.ts';
import { Reviewer } from './filled-workbook.ts';
import { concordance, type Project, tinyProject } from './tiny-project.ts';

/**
 * Two quarters in a row. In the second, a recycling rate of 10 t of 12.5 t is rejected, a consumption of 92 m3 is
 * approved, and a gap of 2.5 t between what is weighed and what is recycled is explained. Before the third is run, a
 * dispatch of the second is corrected to 12.5 t recycled of 15 t; the gap stays; the water goes on rising.
 */
vi.setConfig({ testTimeout: 300_000 });
let project: Project;
let past: ToldDecision[];
let page: string;
let owners: string;

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
const text = (html: string) =>
  html
    .replace(/<style>[\s\S]*?<\/style>/g, '')
    .replace(/<[^>]+>/g, ' ')
    .replace(/[\s\u00a0\u202f]+/g, ' ');

beforeAll(async () => {
  project = await tinyProject((yaml) =>
    yaml
      .replace('language: fr', 'language: fr\nobjectives: objectives.yaml\ncatalogue: catalogue')
      .replace('history_from: 2026-Q3', 'history_from: 2026-Q2'),
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
  await reviewRun(second, await form.save(join(project.folder, 'filled.xlsx')), '2026-11-02T08:00:00.000Z');
  await publishRun(second, {}, silent);

  await project.write('extracts/waste_2026-Q2.csv', waste('C', '2026-05', '12.5'));
  const third = await run('2026-Q3');
  past = await readPastDecisions(third);
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

const of = (subject: string) => past.find((one) => one.subject.startsWith(subject));

test('a rejected figure that was corrected is done, with what it was and is', () => {
  // 10 of 12.5 t: 80 %; 12.5 of 15 t: 83.3 %
  expect(of('waste.recycling_rate:SA:2026-Q2:quarter')).toMatchObject({
    kind: 'rejected',
    by: 'Bo Dupont',
    outcome: 'settled',
    reason: 'pesées à refaire',
  });
  expect(page).toContain(
    'Taux de recyclage des déchets (Essai SA, trimestre, T2 2026) : rejeté par Bo Dupont le 12/10/2026. Fait : 80,0 % alors, 83,3 % aujourd’hui.',
  );
});

test('a gap that was explained and is there again is not done, with what it is now', () => {
  expect(of('reconciliation:tonnes:SA')).toMatchObject({ kind: 'explained', outcome: 'open', now: '2.5' });
  expect(page).toMatch(/Tonnes pesées et recyclées \(Essai SA, [^)]+\) : écart expliqué par Alice Martin/);
  expect(page).toContain('Pas fait : l’écart est de 2,5 t ce trimestre.');
});

test('what was approved and whose objective drifts is said to drift, with the sentence of the objective', () => {
  expect(of('water.consumption:GROUP:2026-Q2:quarter')).toMatchObject({ kind: 'approved', outcome: 'kept' });
  expect(page).toContain('En dérive : L’objectif « Moins d’eau » est hors trajectoire');
});

test('the agenda has the objective that drifts, and its owner is sent one page of it', () => {
  expect(page).toContain('Ordre du jour proposé Objectif');
  expect(page).toMatch(/Moins d’eau hors trajectoire/i);
  expect(owners).toContain('Directrice – revue du T3 2026');
  expect(owners).toContain('Moins d’eau');
  expect(owners).not.toContain('Bo Dupont');
});
