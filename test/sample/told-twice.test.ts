import { cp, mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { Decimal } from 'decimal.js';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { parseDocument, type YAMLMap, type YAMLSeq } from 'yaml';
import { compareRuns } from '../../pipelines/comparison.ts';
import { loadProject } from '../../pipelines/configuration/load.ts';
import { projectFolder } from '../../pipelines/places.ts';
import { planOf } from '../../pipelines/plan.ts';
import { silent } from '../../pipelines/progress.ts';
import { publishRun } from '../../pipelines/publication.ts';
import { runQuarter } from '../../pipelines/quarterly.ts';
import type { ChangedFigure, ReportContent } from '../../pipelines/report/content.ts';
import { readContent } from '../../pipelines/report/record-content.ts';
import { reconciliationId } from '../../pipelines/report/workbook/sheets/reconciliation-id.ts';
import { idOf } from '../../pipelines/review/applied.ts';
import { appendJournal, type NewEntry, readJournal } from '../../pipelines/review/journal.ts';
import { materialFigures, reviewRun } from '../../pipelines/review-round.ts';
import { readManifest, sha256File } from '../../pipelines/seal/manifest.ts';
import { openRun, trace } from '../../pipelines/seal/trace.ts';
import { decidedOf } from '../../pipelines/seal/tracing/decided.ts';
import { verify } from '../../pipelines/seal/verify.ts';
import { Reviewer } from '../commands/filled-workbook.ts';

/**
 * The last of the sample group's nine quarters, told twice, from its smaller sources (payroll declarations, ledgers
 * and load curves left out). First as somebody got it wrong, reviewed and published:
 * - data: the corrections of 2026-Q2, received in August, were forgotten (the story's restated quarter)
 * - perimeter: Bombas Ebro, acquired in May, counts from June
 * - factor: the heat network of Kassel states 0.130 kgCO2e/kWh
 * - method: what is burnt or spread counts as recycled
 * - override: one figure is replaced, another rejected
 * Then as the sample is: a proposal to restate, which tells each change by its causes.
 */
vi.setConfig({ testTimeout: 900_000, hookTimeout: 1_800_000 });
const sample = join(projectFolder, 'data/sample');
const period = '2026-Q3';
const replaced = `water.consumption:OFR:${period}:quarter`;
const rejected = `hs.ltifr:ODE:${period}:ttm`;
const sources = [
  ...['hr-ode', 'hr-oes', 'hours-worked', 'safety', 'enedis-indexes-ofr', 'enedis-indexes-orv'],
  ...[
    'grdf-ofr',
    'grdf-orv',
    'readings-ode',
    'readings-oes',
    'energy-contracts',
    'water',
    'waste',
    'actions',
  ],
];

let scratch: string;
let out: string;
let published: string;
let proposal: string;
let told: ReportContent;

beforeAll(async () => {
  scratch = await mkdtemp(join(tmpdir(), 'concordance-told-twice-'));
  out = join(scratch, 'out');
  const first = await run(await wrongly());
  published = await reviewedAndPublished(first);
  proposal = await run(await rightly());
  const { warehouse } = await openRun(proposal);
  told = await readContent(warehouse).finally(() => warehouse.close());
});
afterAll(() => rm(scratch, { recursive: true, force: true }));

async function run(folder: string): Promise<string> {
  const project = await loadProject(join(folder, 'concordance.yaml'));
  return (await runQuarter(planOf(project, { period, out }), silent)).folder;
}

/** The sample's configuration, with the sources of this test. */
async function rightly(): Promise<string> {
  const folder = join(scratch, 'right');
  await mkdir(folder);
  for (const name of ['catalogue', 'pseudonym.key', 'objectives.yaml'])
    await cp(join(sample, name), join(folder, name), { recursive: true });
  const yaml = parseDocument(await readFile(join(sample, 'concordance.yaml'), 'utf8'));
  const list = yaml.get('sources') as YAMLSeq<YAMLMap>;
  list.items = list.items.filter((one) => sources.includes(one.get('id') as string));
  expect(list.items).toHaveLength(sources.length);
  await writeFile(join(folder, 'concordance.yaml'), String(yaml));
  await symlink(join(sample, 'extracts'), join(folder, 'extracts'));
  return folder;
}

async function wrongly(): Promise<string> {
  const right = await rightly();
  const folder = join(scratch, 'wrong');
  await cp(right, folder, { recursive: true, verbatimSymlinks: true });
  await rm(right, { recursive: true });
  await rm(join(folder, 'extracts'));
  await mkdir(join(folder, 'extracts'));
  for (const name of await readdir(join(sample, 'extracts')))
    if (name !== 'waste') await symlink(join(sample, 'extracts', name), join(folder, 'extracts', name));
  await cp(join(sample, 'extracts/waste'), join(folder, 'extracts/waste'), { recursive: true });
  await rm(join(folder, 'extracts/waste/register_2026-Q2_corrections.csv'));
  const edit = async (name: string, from: string, to: string, source = join(folder, name)) => {
    const text = await readFile(source, 'utf8');
    expect(text).toContain(from);
    await writeFile(join(folder, name), text.replace(from, to));
  };
  await edit('concordance.yaml', 'entry: 2026-05-01', 'entry: 2026-06-01');
  await edit('catalogue/factors/group_factors.csv', ',0.118,', ',0.130,');
  await mkdir(join(folder, 'catalogue/measures'), { recursive: true });
  await edit(
    'catalogue/measures/environment.yaml',
    `filter: "treatment_class = 'recycled'"`,
    `filter: "treatment_class in ('recycled', 'recovered')"`,
    join(projectFolder, 'data/measures/environment.yaml'),
  );
  return folder;
}

async function reviewedAndPublished(draft: string): Promise<string> {
  const form = (await Reviewer.open(join(draft, 'review.xlsx'))).approveAll('Bo Dupont', [
    replaced,
    rejected,
  ]);
  const signed = { Relecteur: 'Alice Martin', Date: new Date('2026-10-12T00:00:00Z') };
  form.write('Revue', replaced, {
    Décision: 'Remplacer',
    'Valeur de remplacement': 9000,
    Motif: 'compteur de la fonderie relu sur place',
    'Référence de la preuve': 'PV-EAU-2026-09',
    ...signed,
  });
  form.write('Revue', rejected, { Décision: 'Rejeter', Motif: 'heures du site à revoir', ...signed });
  for (const id of form.ids('Rapprochements'))
    form.write('Rapprochements', id, {
      'Explication (à remplir)': 'Écart connu des deux services, en cours de correction.',
      ...signed,
    });
  await reviewRun(draft, await form.save(join(scratch, 'first.xlsx')), '2026-10-20T08:00:00.000Z');
  const overridden = { state: 'overridden', value: '9000' } as const;
  const approved = { state: 'approved', value: '9000' } as const;
  await decide(draft, [{ ...approvedBy('2026-10-13'), subject: replaced, from: overridden, to: approved }]);
  return (await publishRun(draft, {}, silent)).folder;
}

const approvedBy = (on: string) => ({
  kind: 'decision' as const,
  decision: 'approve' as const,
  by: 'Bo Dupont',
  on,
  reason: null,
  evidence: null,
  comment: null,
  workbook: '0'.repeat(64),
  recorded_at: '2026-10-26T08:00:00.000Z',
});

/** Takes decisions in as a review does, without a spreadsheet. */
async function decide(run: string, entries: readonly NewEntry[]): Promise<void> {
  const file = join(run, '..', 'review', `${basename(run)}.ndjson`);
  const manifest = await sha256File(join(run, 'manifest.json'));
  await appendJournal(file, manifest, await readJournal(file, manifest), entries);
}

const causes = (one: Pick<ChangedFigure, 'parts'>) => [
  ...new Set(one.parts.flatMap(({ cause }) => cause.split('+'))),
];

test('the period is locked: the second telling is a proposal to restate the first, and is not published unsaid', async () => {
  const manifest = await readManifest(proposal);
  expect(manifest.restates?.run).toBe(basename(published).replace('.published', ''));
  expect(manifest.previous?.run).toBe(manifest.restates?.run);
  await expect(publishRun(proposal, {}, silent)).rejects.toThrow(/PUB-002|PUB-004/);
});

test('each cause of the story is told where it acts: data, perimeter, factor, method, override', () => {
  const ofOne = (cause: string) =>
    told.changes.filter((one) => causes(one).join() === cause).map((one) => idOf(one));
  // forgotten corrections of April to June, in the restated quarter
  expect(ofOne('data')).toContain('waste.total:OFR:2026-Q2:quarter');
  // May of the acquired company
  expect(ofOne('perimeter')).toContain('energy.electricity:OES:2026-Q2:quarter');
  expect(ofOne('perimeter')).toContain('energy.electricity:GROUP:2026-Q2:quarter');
  // heat of Kassel
  const factor = ofOne('factor');
  expect(factor).toContain(`ghg.s2.location:ODE:${period}:ttm`);
  expect(factor.every((id) => /:(ODE|GROUP):/.test(id))).toBe(true);
  const method = ofOne('method');
  expect(method.length).toBeGreaterThan(0);
  expect(method.every((id) => id.startsWith('waste.'))).toBe(true);
  expect(ofOne('override')).toContain(replaced);
  const override = told.changes.find((one) => idOf(one) === replaced);
  expect(override).toMatchObject({
    before: '9000',
    published: basename(published).replace('.published', ''),
  });
  // several at once, in one figure
  expect(told.changes.some((one) => causes(one).length > 1)).toBe(true);
});

test('no change leaves a remainder: before and its parts make after, to the last digit', () => {
  expect(told.changes.length).toBeGreaterThan(200);
  let split = 0;
  for (const { before, after, parts, ...one } of told.changes) {
    if (before === null || after === null || parts.some(({ amount }) => amount === null)) continue;
    const made = parts.reduce((sum, { amount }) => sum.plus(amount as string), new Decimal(before));
    expect(made.equals(after), `${idOf(one)}: ${before} to ${after}, ${JSON.stringify(parts)}`).toBe(true);
    split += 1;
  }
  expect(split).toBeGreaterThan(150);
});

test('`diff` of the two packages tells the same as the proposal does of what was published', async () => {
  const { changes } = await compareRuns(published, proposal);
  const tellings = new Map(changes.map((one) => [idOf(one), one]));
  const restated = told.changes.filter((one) => one.published !== null);
  expect(restated.length).toBeGreaterThan(50);
  for (const one of restated) {
    const other = tellings.get(idOf(one));
    expect(other, idOf(one)).toMatchObject({ before: one.before, after: one.after });
    expect(
      other?.parts.map(({ causes: names, amount }) => ({ cause: names.join('+'), amount })),
      idOf(one),
    ).toEqual(one.parts);
  }
});

test('the trail of a restated figure: published value, by whom it was replaced, what this run makes of it', async () => {
  const { warehouse, record } = await openRun(proposal);
  try {
    const tree = await trace(warehouse, record, {
      id: 'water.consumption',
      entity: 'OFR',
      basis: 'quarter',
      top: 3,
    });
    for (const { exact } of tree.measures) expect(exact).toBe(true);
    const decided = tree.figure && (await decidedOf(proposal, warehouse, tree.figure));
    expect(decided?.ledger).toMatchObject([{ kind: 'publication', value: '9000', status: 'overridden' }]);
    expect(decided?.change?.before).toBe('9000');
    expect(Number(decided?.change?.after)).toBe(Number(tree.figure?.value));
  } finally {
    await warehouse.close();
  }
});

test('the proposal verifies, with what it tells otherwise computed again; the publication, with the run after it', async () => {
  const { differences, notes } = await verify(proposal, { language: 'en' });
  expect(differences).toEqual([]);
  expect(notes.join()).not.toContain('do not stand beside');
  const before = await verify(published, { language: 'en', quick: true });
  expect(before.differences).toEqual([]);
  expect(before.checked.links).toBe(1);
});

test('published with its cause, it restates in the ledger what it tells otherwise, and nothing else', async () => {
  const asked = materialFigures(told).map((one) => ({
    ...approvedBy('2026-10-25'),
    subject: idOf(one),
    from: { state: 'open' as const, value: one.value },
    to: { state: 'approved' as const, value: one.value },
  }));
  const explained = told.reconciliations.map((one) => ({
    ...approvedBy('2026-10-25'),
    kind: 'explanation' as const,
    decision: null,
    subject: reconciliationId(one),
    from: { state: 'open' as const, value: null },
    to: { state: 'explained' as const, value: null },
    reason: 'Écart connu des deux services, en cours de correction.',
  }));
  await decide(proposal, [...asked, ...explained]);
  const ledger = join(out, 'published.csv');
  const before = await readFile(ledger, 'utf8');
  const reason = 'corrections du deuxième trimestre reçues en août';
  await publishRun(proposal, { cause: 'data', reason }, silent);
  const after = await readFile(ledger, 'utf8');
  expect(after.startsWith(before)).toBe(true);
  const lines = after.slice(before.length).trim().split('\n');
  const restated = told.changes.filter((one) => one.published !== null).map(idOf);
  const named = lines.map((line) => line.split(',').slice(1, 5).join(':'));
  expect(lines.every((line) => line.startsWith('restatement,'))).toBe(true);
  expect(named.toSorted()).toEqual(restated.toSorted());
  expect(lines.every((line) => line.includes(reason))).toBe(true);
});
