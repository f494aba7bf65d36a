import { createHash } from 'node:crypto';
import { mkdtemp, readFile, realpath, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { collectEvidence, type Evidence } from './collect/evidence.ts';
import { Fault } from './fault.ts';
import { wording } from './language/wording.ts';
import { templatesFolder } from './places.ts';
import { type Progress, silent } from './progress.ts';
import type { ReportContent } from './report/content.ts';
import { type Recorded, readRecorded } from './report/record-content.ts';
import { figureId } from './report/workbook/book.ts';
import { readLayouts } from './report/workbook/layout.ts';
import { reconciliationId } from './report/workbook/sheets/reconciliations.ts';
import { writeWorkbook } from './report/workbook/workbook.ts';
import { askedFigures } from './review/asked-figures.ts';
import { changedCells, type InputColumns } from './review/changed-cells.ts';
import { noReview, type Review, reviewOf } from './review/decision.ts';
import { formWords, readForm } from './review/form.ts';
import { appendJournal, type Journal, readJournal, replaceFile } from './review/journal.ts';
import { readSheets, type Sheets } from './review/read-sheets.ts';
import { nextDay } from './review/replay.ts';
import { subjectsOf } from './review/resolution.ts';
import { takeIn } from './review/take-in.ts';
import { parseWorkbookKey } from './review/workbook-key.ts';
import { withLock } from './seal/lock.ts';
import { type Manifest, readManifest, sha256File } from './seal/manifest.ts';
import { openRun } from './seal/trace.ts';

/** A sealed draft and where its review is kept: beside it, for a sealed package does not change. */
export interface Draft {
  readonly folder: string;
  readonly manifest: Manifest;
  readonly manifestSha256: string;
  /** `<out>/<period>` */
  readonly periodFolder: string;
  readonly out: string;
  readonly lock: string;
  /** `<out>/<period>/review/<run>.ndjson` */
  readonly journal: string;
  /** `<out>/<period>/review/<run>.xlsx`: the form with the decisions on record */
  readonly workbook: string;
}

/** @throws {Fault} SEA-001 for no run, REV-006 for a published one */
export async function openDraft(run: string): Promise<Draft> {
  const folder = await realpath(run).catch(() => run);
  const manifest = await readManifest(folder);
  if (manifest.state === 'published') {
    throw new Fault(
      'REV-006',
      `${manifest.run} is published: its review is closed.`,
      'A published figure changes by a restatement only: run the period again, review and publish that run.',
      { exitStatus: 2 },
    );
  }
  const periodFolder = dirname(folder);
  const out = dirname(periodFolder);
  return {
    folder,
    manifest,
    manifestSha256: await sha256File(join(folder, 'manifest.json')),
    periodFolder,
    out,
    lock: join(out, '.work', `${manifest.period}.lock`),
    journal: join(periodFolder, 'review', `${manifest.run}.ndjson`),
    workbook: join(periodFolder, 'review', `${manifest.run}.xlsx`),
  };
}

export interface ReviewOutcome {
  readonly added: number;
  readonly review: Review;
  readonly workbook: string;
}

/**
 * Takes a reviewer's workbook in: all of it, or nothing and the list of what is wrong. The same workbook
 * taken in twice adds nothing.
 *
 * @throws {Fault} REV-001 no workbook, REV-002 of another run, REV-003 computed cells changed, REV-004
 * mistakes in the form, REV-005 a changed journal, REV-006 a published run, REV-007 a clock that runs back,
 * REV-008 formulas without values, RUN-001 the period is held
 */
export async function reviewRun(
  run: string,
  file: string,
  now: string,
  progress: Progress = silent,
  /** folder of documents delivered since the run, beside those that its manifest lists */
  evidence?: string,
): Promise<ReviewOutcome> {
  const draft = await openDraft(run);
  const bytes = await readWorkbook(file);
  return withLock(draft.lock, async () => {
    const journal = await readJournal(draft.journal, draft.manifestSha256);
    refuseClock(journal, now);
    const { content, presentation } = await recordedOf(draft);
    progress.step('read', basename(file));
    const back = readSheets(bytes, basename(file));
    const shown = await shownReview(back, draft, journal, basename(file));
    await refuseChanges(back, content, draft, shown, basename(file));

    const form = readForm(back, await formWords(content.run.language), {
      figures: new Set(materialFigures(content).map((one) => figureId(one))),
      reconciliations: new Set(content.reconciliations.map(reconciliationId)),
      subjects: new Set(subjectsOf(content, content.followed).map(({ id }) => id)),
      suppressed: new Set(
        content.figures.filter((one) => one.status === 'suppressed').map((one) => figureId(one)),
      ),
      evidence: await deliveredEvidence(draft.manifest, evidence),
      firstDay: content.run.from,
      lastDay: nextDay(now.slice(0, 10)),
    });
    const { entries, refused } = takeIn(
      form,
      journal.entries,
      reviewAt(journal, journal.entries.length),
      shown,
      new Map(materialFigures(content).map((one) => [figureId(one), one.value])),
      { workbook: createHash('sha256').update(bytes).digest('hex'), recorded_at: now },
    );
    progress.step('journal', `${entries.length} new`);
    const wrong = [...form.mistakes, ...refused];
    if (wrong.length > 0) {
      throw new Fault(
        'REV-004',
        `${basename(file)}: ${wrong.length} thing(s) are wrong in the form, nothing was taken in:\n${wrong.map((one) => `  ${one}`).join('\n')}\n`,
        'Correct them in the workbook and give it again.',
      );
    }
    const after =
      entries.length === 0
        ? journal
        : await appendJournal(draft.journal, draft.manifestSha256, journal, entries);
    const review = reviewAt(after, after.entries.length);
    // a call that was killed here is finished by the next one
    progress.step('form', basename(draft.workbook));
    if (after.entries.length > 0) await writeStanding(draft, { ...content, review }, presentation);
    return { added: entries.length, review, workbook: draft.workbook };
  });
}

/** A journal tells the order of decisions by its clock too: it never runs back. */
function refuseClock({ entries }: Journal, now: string): void {
  const last = entries.at(-1)?.recorded_at ?? '';
  if (last <= now) return;
  throw new Fault(
    'REV-007',
    `This machine's clock says ${now}, and the last decision was taken in at ${last}.`,
    'Set the clock right and give the workbook again.',
  );
}

/** What the run was delivered, and what came since; undefined where the group keeps no folder. */
async function deliveredEvidence(
  manifest: Manifest,
  folder: string | undefined,
): Promise<readonly Evidence[] | undefined> {
  const later = await collectEvidence(process.cwd(), folder);
  if (!later && !manifest.hashes.evidence) return undefined;
  // the document as it is now is the one that the reviewer saw
  const files = new Map([...manifest.evidence, ...(later ?? [])].map((one) => [one.file, one]));
  return [...files.values()];
}

/** Figures of the form, see {@link askedFigures}. */
export function materialFigures({ run, catalogue, figures }: ReportContent) {
  return askedFigures({ period: run.period, indicators: catalogue.indicators, figures });
}

export function reviewAt(journal: Journal, entries: number): Review {
  return entries === 0
    ? noReview
    : reviewOf(journal.entries.slice(0, entries), journal.hashes[entries - 1] as string);
}

export async function recordedOf(draft: Pick<Draft, 'folder'>): Promise<Recorded> {
  const { warehouse } = await openRun(draft.folder);
  try {
    return await readRecorded(warehouse);
  } finally {
    await warehouse.close();
  }
}

async function readWorkbook(file: string): Promise<Uint8Array> {
  const facts = await stat(file).catch(() => undefined);
  if (!facts?.isFile()) {
    throw new Fault('REV-001', `${file} is not a file.`, 'Give the review workbook, saved as .xlsx.', {
      exitStatus: 2,
    });
  }
  return new Uint8Array(await readFile(file));
}

/** The review that the workbook showed: its key names the run and how far the journal had come. */
async function shownReview(back: Sheets, draft: Draft, journal: Journal, file: string): Promise<Review> {
  const say = await wording(draft.manifest.language, 'workbook');
  const about = back.sheets.find((one) => one.name === say('sheets.about.name'));
  const keys = [...(about?.rows.values() ?? [])]
    .flatMap((cells) => [...cells.values()])
    .flatMap(({ value }) => (typeof value === 'string' ? [parseWorkbookKey(value)] : []))
    .filter((one) => one !== undefined);
  const [key] = keys;
  const refuse = (what: string) =>
    new Fault(
      'REV-002',
      `${file} is not a review workbook of ${draft.manifest.run}: ${what}.`,
      `Fill in ${join(draft.folder, 'review.xlsx')}, or the one that the last review wrote.`,
      { exitStatus: 2 },
    );
  if (!key || keys.length > 1)
    throw refuse(`the sheet "${say('sheets.about.name')}" does not say which run it is of`);
  if (key.run !== draft.manifest.run) throw refuse(`it is of ${key.run}`);
  const head = key.entries === 0 ? null : (journal.hashes[key.entries - 1] ?? null);
  if (key.entries > 0 && (head === null || head.slice(0, 16) !== key.head))
    throw refuse('it was written from another journal');
  return reviewAt(journal, key.entries);
}

async function refuseChanges(
  back: Sheets,
  content: ReportContent,
  draft: Draft,
  shown: Review,
  file: string,
): Promise<void> {
  refuseUncomputed(back, file);
  const written =
    shown.entries === 0
      ? readSheets(new Uint8Array(await readFile(join(draft.folder, 'review.xlsx'))), 'review.xlsx')
      : readSheets(await workbookBytes({ ...content, review: shown }), 'the workbook of the last review');
  const changed = changedCells(written, back, await inputColumns(content));
  if (changed.length === 0) return;
  const listed = changed
    .slice(0, 50)
    .map((one) => `  ${one.at}: found ${one.found}, expected ${one.expected}`);
  const more = changed.length > 50 ? `\n  and ${changed.length - 50} more` : '';
  throw new Fault(
    'REV-003',
    `${file}: ${changed.length} computed cell(s) were changed, nothing was taken in:\n${listed.join('\n')}${more}\n`,
    'Put them back: a value is changed by an override in the review sheet, with reason and evidence.',
  );
}

/** Programs that write workbooks without computing leave formulas without values: no cell of them was changed. */
function refuseUncomputed(back: Sheets, file: string): void {
  const formulas = back.sheets
    .flatMap(({ rows }) => [...rows.values()].flatMap((cells) => [...cells.values()]))
    .filter(({ formula }) => formula !== undefined);
  if (formulas.length === 0 || formulas.some(({ value }) => value !== null)) return;
  throw new Fault(
    'REV-008',
    `${file}: none of its ${formulas.length} formulas has a value. It was saved by a program that does not compute.`,
    'Open it in Excel, LibreOffice or Google Sheets, save it there, and take it in again.',
  );
}

async function inputColumns(content: ReportContent): Promise<InputColumns> {
  const [layouts, say] = await Promise.all([
    readLayouts(templatesFolder),
    wording(content.run.language, 'workbook'),
  ]);
  const inputs = new Map<string, Set<number>>();
  for (const [key, layout] of layouts) {
    const columns = layout.columns.flatMap((column, i) => (column.input ? [i + 1] : []));
    if (columns.length > 0) inputs.set(say(`sheets.${key}.name`), new Set(columns));
  }
  return inputs;
}

/** The form with the decisions on record, for the next reviewer: written whole, in one step. */
async function writeStanding(
  draft: Draft,
  content: ReportContent,
  presentation: Recorded['presentation'],
): Promise<void> {
  await replaceFile(draft.workbook, await workbookBytes(content, presentation));
}

/** @param presentation in whose look the charts are drawn; without it their sheet has words only */
export async function workbookBytes(
  content: ReportContent,
  presentation?: Recorded['presentation'],
): Promise<Uint8Array> {
  const scratch = await mkdtemp(join(tmpdir(), 'concordance-review-'));
  try {
    const file = join(scratch, 'review.xlsx');
    await writeWorkbook(content, templatesFolder, file, presentation);
    return new Uint8Array(await readFile(file));
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}
