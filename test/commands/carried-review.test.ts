import { mkdir, readFile, realpath, rm } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Finding } from '../../pipelines/alignment/finding.ts';
import { carriedReview } from '../../pipelines/carried-review.ts';
import { silent } from '../../pipelines/progress.ts';
import { publishRun } from '../../pipelines/publication.ts';
import { reviewRun } from '../../pipelines/review-round.ts';
import { verify } from '../../pipelines/seal/verify.ts';
import { Reviewer } from './filled-workbook.ts';
import { concordance, type Project, tinyProject } from './tiny-project.ts';

/** 12.5 t of waste against 10 t of it recycled, declared as two views of one reality: a gap of 20 %. */
const reconciliation = `reconciliations:
  - id: tonnes
    label: { fr: Tonnes, en: Tonnes }
    owner: operations
    left: { department: operations, measure: waste_weight }
    right: { department: finance, measure: waste_recycled_weight }
    tolerance: 0.01
    meaning: { fr: Sens., en: Meaning. }
`;
let project: Project;

beforeAll(async () => {
  project = await tinyProject((yaml) => yaml.replace('language: fr', 'language: fr\ncatalogue: catalogue'));
  await mkdir(join(project.folder, 'catalogue', 'reconciliations'), { recursive: true });
  await project.write('catalogue/reconciliations/tonnes.yaml', reconciliation);
});
afterAll(() => project?.remove());

const run = () => concordance(['run', '-c', project.config, '--period', '2026-Q3']);
const latest = () => realpath(join(project.folder, 'out', '2026-Q3', 'latest'));
const gap = async () =>
  (JSON.parse(await readFile(join(await latest(), 'findings.json'), 'utf8')) as Finding[]).find((one) =>
    one.id.startsWith('reconciliation:tonnes:SA'),
  );

test('a gap that a reviewer explained is a gate no more while it stays the same, and one again when it moves', async () => {
  expect(await carriedReview([], [], '2026-Q3')).toEqual({
    explanations: [],
    resolutions: [],
    decisions: [],
  });
  expect((await run()).status).toBe(3);
  expect((await gap())?.severity).toBe('critical');

  const form = await Reviewer.open(join(await latest(), 'review.xlsx'));
  const id = form.ids('Rapprochements').find((one) => one.startsWith('reconciliation:tonnes:SA')) as string;
  const group = id.replace(':SA:', ':GROUP:');
  for (const one of [id, group])
    form.write('Rapprochements', one, {
      'Explication (à remplir)': 'Le refus de tri part en décharge.',
      Relecteur: 'Alice Martin',
      Date: new Date('2026-10-12T00:00:00Z'),
    });
  const filled = await form.save(join(project.folder, 'filled.xlsx'));
  const explained = await latest();
  form.approveAll('Bo Dupont');
  await form.save(filled);
  await reviewRun(explained, filled, '2026-11-02T08:00:00.000Z');

  // another run of the quarter, with more water and the same waste
  await project.write(
    'extracts/water_2026-Q3.csv',
    `Entité;Site;Compteur;Origine;Flux;Début;Fin;Quantité;Unité;Nature
SA;USINE;E1;network;withdrawal;2026-07-01;2026-09-30;95;m3;measured
`,
  );
  await run();
  const carried = await gap();
  expect(carried?.severity).toBe('minor');
  expect(carried?.sentence).toContain('Alice Martin');
  expect(carried?.sentence).toContain('Le refus de tri part en décharge.');
  const manifest = JSON.parse(await readFile(join(await latest(), 'manifest.json'), 'utf8'));
  expect(manifest.gates.join()).not.toContain('Tonnes');
  const second = await latest();
  expect(JSON.parse(await readFile(join(second, 'carried.json'), 'utf8'))).toMatchObject({
    previous: { run: basename(explained) },
    restates: null,
    explanations: [{ reviewer: 'Alice Martin' }, { reviewer: 'Alice Martin' }],
    restated: [],
  });

  // the same inputs with nothing new to carry in are the same run
  expect((await run()).out).toContain('stands already');
  expect(await latest()).toBe(second);
  // the journal that it took over from says something else: another name, so that one name is one set of bytes
  const journal = join(project.folder, 'out', '2026-Q3', 'review', `${basename(explained)}.ndjson`);
  const lines = await readFile(journal, 'utf8');
  const correction = await Reviewer.open(
    join(project.folder, 'out', '2026-Q3', 'review', `${basename(explained)}.xlsx`),
  );
  correction.write('Rapprochements', id, {
    'Explication (à remplir)': 'Le refus de tri, pesé au quai.',
    Relecteur: 'Alice Martin',
    Date: new Date('2026-10-14T00:00:00Z'),
  });
  await reviewRun(
    explained,
    await correction.save(join(project.folder, 'corrected.xlsx')),
    '2026-11-03T08:00:00.000Z',
  );
  await run();
  const third = await latest();
  expect(third).not.toBe(second);
  const hashes = async (folder: string) =>
    JSON.parse(await readFile(join(folder, 'manifest.json'), 'utf8')).hashes as Record<string, string>;
  const [before, after] = [await hashes(second), await hashes(third)];
  expect(after.carried).not.toBe(before.carried);
  expect({ ...after, carried: '' }).toEqual({ ...before, carried: '' });
  expect((await gap())?.sentence).toContain('Le refus de tri, pesé au quai.');
  expect((await run()).out).toContain('stands already');
  expect(await latest()).toBe(third);
  expect((await verify(third, { language: 'en' })).differences).toEqual([]);
  expect(lines).not.toBe(await readFile(journal, 'utf8'));

  // what was published counts as well, where no run stands between
  await publishRun(explained, {}, silent);
  await rm(join(project.folder, 'out', '2026-Q3', 'latest'));
  const { explanations } = await carriedReview([], [join(project.folder, 'out', '2026-Q3')], '2026-Q3');
  expect(explanations).toEqual([
    expect.objectContaining({ reconciliation: 'tonnes', reviewer: 'Alice Martin', gap: '2.5' }),
    expect.objectContaining({ reconciliation: 'tonnes', entity: 'SA' }),
  ]);

  // half a tonne more is disposed of: 3 t instead of 2.5
  await project.write(
    'extracts/waste_2026-Q3.csv',
    `Identifiant unique;Entité;Site;Code déchet;Dangereux;Date d'expédition;Poids en tonnes;Code de traitement prévu
D1;SA;USINE;12 01 01;non;2026-07-10;10;R4
D2;SA;USINE;20 03 01;non;2026-08-10;3;D5
`,
  );
  expect((await run()).status).toBe(3);
  expect((await gap())?.severity).toBe('critical');
}, 1_800_000);
