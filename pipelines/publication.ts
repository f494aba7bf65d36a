import { createPublicKey, type KeyObject } from 'node:crypto';
import { constants, cp, mkdir, readdir, readlink, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { collectEvidence, evidenceState } from './collect/evidence.ts';
import { loadProject } from './configuration/load.ts';
import { Fault } from './fault.ts';
import { wording } from './language/wording.ts';
import { templatesFolder } from './places.ts';
import type { Progress } from './progress.ts';
import { publicationKey } from './publication-key.ts';
import { writeBoard } from './report/board/board.ts';
import { withBrowser } from './report/board/browser.ts';
import type { ReportContent } from './report/content.ts';
import { type Presentation, readPresentation } from './report/presentation.ts';
import { publishedContent } from './report/published-content.ts';
import type { Recorded } from './report/record-content.ts';
import { unexplainedGaps } from './report/unexplained-gaps.ts';
import { reconciliationId } from './report/workbook/sheets/reconciliations.ts';
import { writeWorkbook } from './report/workbook/workbook.ts';
import { idOf } from './review/applied.ts';
import { approvalsOf } from './review/approvals.ts';
import type { Review } from './review/decision.ts';
import { type Journal, journalText, readJournal } from './review/journal.ts';
import { ledgerHead, linesOf, readLedger, writeLedger } from './review/ledger.ts';
import { publishedTable } from './review/published-table.ts';
import { breachesOf } from './review/replay.ts';
import { type Draft, materialFigures, openDraft, recordedOf, reviewAt } from './review-round.ts';
import { withLock } from './seal/lock.ts';
import { type Manifest, type Publication, sha256, sha256File, sumsFile, writeSeal } from './seal/manifest.ts';
import { outputsOf } from './seal/manifest-of.ts';
import { programVersion } from './seal/program.ts';
import {
  announcedBy,
  type Published,
  publicationsOf,
  publishedFolder,
  shownPublication,
} from './seal/published.ts';
import { verify } from './seal/verify.ts';

export interface PublishRequest {
  /** for a restatement of a locked period */
  readonly cause?: string | undefined;
  readonly reason?: string | undefined;
  /** configuration, needed only where the board report has helpers of its own */
  readonly config?: string | undefined;
  /** folder of the documents that overrides name; the configuration's, or the run's list, where it is not given */
  readonly evidence?: string | undefined;
}

export interface PublishOutcome {
  readonly folder: string;
  readonly manifest: Manifest;
  /** it had been published before */
  readonly already: boolean;
}

export const restatementCauses = ['data', 'perimeter', 'factor', 'method', 'override'] as const;

/**
 * Publishes a reviewed draft: final documents, the period locked, the ledger of published figures longer.
 *
 * The published package appears whole beside its draft, or not at all; a call that was killed is finished by
 * the next one, with the same bytes.
 *
 * @throws {Fault} PUB-002 naming each material figure that is not decided and each gap that is not explained;
 * PUB-008 an override whose document is gone or another; PUB-009 a journal that breaks the rules of a review;
 * PUB-003 a ledger that was changed or shortened; PUB-004 a locked period without cause and reason; PUB-005 a draft that `verify` finds to differ from what was sealed, or unsigned where a key is named
 */
export async function publishRun(
  run: string,
  request: PublishRequest,
  progress: Progress,
): Promise<PublishOutcome> {
  const draft = await openDraft(run);
  const ledgerLock = join(draft.out, '.work', 'published.lock');
  return withLock(draft.lock, () =>
    withLock(ledgerLock, async () => {
      // a ledger that was changed is refused before anything is added to it
      await readLedger(join(draft.out, 'published.csv'));
      await completeKilled(draft.out, progress);
      await refuseShortened(draft.out);
      const before = await publicationsOf(draft.periodFolder);
      const standing = before.find((one) => one.manifest.run === draft.manifest.run);
      if (standing) {
        progress.step('done', standing.folder);
        return { folder: standing.folder, manifest: standing.manifest, already: true };
      }
      const made = await publish(draft, before, request, progress);
      return { folder: made.folder, manifest: made.manifest, already: false };
    }),
  );
}

async function publish(
  draft: Draft,
  before: readonly Published[],
  request: PublishRequest,
  progress: Progress,
): Promise<Published> {
  progress.step('check', draft.manifest.run);
  const recorded = await recordedOf(draft);
  const journal = await readJournal(draft.journal, draft.manifestSha256);
  const review = reviewAt(journal, journal.entries.length);
  await refuseBreaches(recorded.content, journal);
  refuseUndecided(recorded.content, review);
  const publication = await publicationOf(draft, journal, review, before, request);
  await refuseEvidence(draft, review, request);
  const content = await publishedContent(recorded.content, review, shownPublication(publication));

  const key = await publicationKey(draft.folder, request.config);
  progress.step('verify', draft.manifest.run);
  await refuseChanged(draft, key);
  progress.step('documents', 'review.xlsx, board.pdf');
  const work = join(draft.out, '.work', `${draft.manifest.period}.publication`);
  await rm(work, { recursive: true, force: true });
  await mkdir(join(work, 'extracts'), { recursive: true });
  try {
    const presentation = await presentationOf(recorded, request);
    await withBrowser((browser) =>
      Promise.all([
        writeWorkbook(content, templatesFolder, join(work, 'review.xlsx'), presentation, browser),
        writeBoard(content, templatesFolder, join(work, 'board.pdf'), presentation, browser),
      ]),
    );
    await writeFile(join(work, 'findings.json'), `${JSON.stringify(content.findings, null, 2)}\n`);
    await writeFile(join(work, 'decisions.ndjson'), journalText(journal.entries));
    await writeFile(
      join(work, 'published.csv'),
      publishedTable(recorded.content.figures, content.figures, review),
    );

    progress.step('seal', draft.manifest.run);
    await copyRest(draft.folder, work);
    const manifest: Manifest = {
      ...draft.manifest,
      state: 'published',
      restates: before.at(-1)
        ? {
            run: (before.at(-1) as Published).manifest.run,
            manifest_sha256: (before.at(-1) as Published).manifestSha256,
          }
        : null,
      publication,
      outputs: await outputsOf(work),
    };
    await writeSeal(work, manifest, key);
    const folder = publishedFolder(draft.periodFolder, draft.manifest.run);
    const made: Published = {
      folder,
      manifest,
      manifestSha256: await sha256File(join(work, 'manifest.json')),
    };
    // from here on the period is locked; the ledger follows from the package, in this call or in the next
    await rename(work, folder);
    await complete(draft.out, draft.periodFolder, made, recorded);
    progress.step('done', made.folder);
    return made;
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

/** As many differences as the refusal lists: `verify` tells them all. */
const listedDifferences = 20;

/**
 * What is published is the draft that was sealed, and follows from its rows: hashes, signature, chain, database,
 * definitions, and every measure, figure and finding made again. Its documents are written anew and not compared.
 */
async function refuseChanged(draft: Draft, key: KeyObject | undefined): Promise<void> {
  const { differences } = await verify(draft.folder, {
    figuresOnly: true,
    key: key && createPublicKey(key),
    language: 'en',
  });
  if (differences.length === 0) return;
  const listed = differences
    .slice(0, listedDifferences)
    .map(({ check, place, what }) => `  ${check}: ${place}: ${what}`);
  throw new Fault(
    'PUB-005',
    `${draft.folder} is not the run that was sealed: ${differences.length} difference(s):\n${listed.join('\n')}\n`,
    'See `concordance verify`; put the package back from a backup, or move it away and run the period again.',
  );
}

/** The rules of a review hold of what stands in its journal, whoever wrote it: four eyes, reasons, values, days. */
async function refuseBreaches({ run, figures }: ReportContent, journal: Journal): Promise<void> {
  const breaches = breachesOf(journal.entries, new Map(figures.map((one) => [idOf(one), one.value])));
  if (breaches.length === 0) return;
  const say = await wording('en', 'verify');
  const listed = breaches.map(
    ({ sequence, rule, values }) => `  line ${sequence}: ${say(`differences.${rule}`, values)}`,
  );
  throw new Fault(
    'PUB-009',
    `${run.id} cannot be published: its journal holds ${breaches.length} decision(s) that no review takes in:\n${listed.join('\n')}\n`,
    'Put back the journal as Concordance wrote it, from a backup, and decide in the review workbook.',
  );
}

/** A published document holds no figure that nobody has looked at, and no gap that nobody has explained. */
function refuseUndecided(content: ReportContent, review: Review): void {
  const states = new Map(review.figures.map((one) => [one.figure, one.state]));
  const waiting = materialFigures(content).flatMap((figure) => {
    const state = states.get(idOf(figure)) ?? 'open';
    return state === 'approved' || state === 'rejected' ? [] : [`${idOf(figure)}: ${told[state]}`];
  });
  const gaps = unexplainedGaps({ ...content, review });
  const listed = [
    ...waiting,
    ...gaps.map(
      (one) =>
        `${reconciliationId(one)}: gap of ${one.gap} ${one.unit} beyond its tolerance of ${one.tolerance}, not explained`,
    ),
  ];
  if (listed.length === 0) return;
  throw new Fault(
    'PUB-002',
    `${content.run.id} cannot be published: ${waiting.length} material figure(s) wait for a decision, ${gaps.length} gap(s) for an explanation:\n${listed.map((one) => `  ${one}`).join('\n')}\n`,
    'Decide them in the review workbook and take it in with `concordance review`.',
  );
}

/** What an approved override names by its hash lies there as it was: in the folder now, or in the run's list. */
async function refuseEvidence(
  { manifest }: Draft,
  review: Review,
  { evidence, config }: PublishRequest,
): Promise<void> {
  const named = review.figures.flatMap((one) =>
    one.state === 'approved' && one.override?.document
      ? [{ figure: one.figure, document: one.override.document }]
      : [],
  );
  if (named.length === 0) return;
  const project = config === undefined ? undefined : await loadProject(config);
  const delivered =
    (await collectEvidence(process.cwd(), evidence)) ??
    (project && (await collectEvidence(project.base, project.configuration.evidence))) ??
    manifest.evidence;
  const wrong = named.flatMap(({ figure, document }) => {
    const state = evidenceState(delivered, document);
    return state === 'equal' ? [] : [`  ${figure}: ${document.file}, ${evidenceTold[state]}`];
  });
  if (wrong.length === 0) return;
  throw new Fault(
    'PUB-008',
    `${wrong.length} override(s) rest on a document that is not the one taken in:\n${wrong.join('\n')}\n`,
    'Give the folder of evidence (--evidence DIR, or -c FILE), with the documents as they were; or override again with the document that holds.',
  );
}

const evidenceTold = {
  not_delivered: 'not delivered',
  other_hash: 'another content than when the override was taken in',
} as const;

const told = {
  open: 'no decision',
  overridden: 'overridden, not yet approved by another person',
  questioned: 'questioned, not yet answered',
} as const;

async function publicationOf(
  draft: Draft,
  journal: Journal,
  review: Review,
  before: readonly Published[],
  { cause, reason }: PublishRequest,
): Promise<Publication> {
  const last = before.at(-1);
  const causes: readonly string[] = restatementCauses;
  if (last && (cause === undefined || !causes.includes(cause) || (reason ?? '').trim().length < 10)) {
    throw new Fault(
      'PUB-004',
      `${draft.manifest.period} is locked: ${last.manifest.run} is published, and ${draft.manifest.run} would restate it.`,
      `Say why: --cause ${restatementCauses.join('|')} --reason "ten characters at least".`,
      { exitStatus: 2 },
    );
  }
  const count = (test: (one: Review['figures'][number]) => boolean) => review.figures.filter(test).length;
  return {
    version: before.length + 1,
    draft_manifest_sha256: draft.manifestSha256,
    journal_entries: journal.entries.length,
    journal_sha256: sha256(journalText(journal.entries)),
    code_version: await programVersion(),
    approvals: approvalsOf(journal.entries, review),
    overridden: count((one) => one.state === 'approved' && one.override !== null),
    rejected: count((one) => one.state === 'rejected'),
    restatement: last ? { cause: cause as string, reason: (reason as string).trim() } : null,
    ledger: ledgerHead(await readLedger(join(draft.out, 'published.csv'))),
  };
}

async function presentationOf(recorded: Recorded, { config }: PublishRequest): Promise<Presentation> {
  if (!recorded.helped) return { ...recorded.presentation, helpers: {}, files: [] };
  if (config === undefined) {
    throw new Fault(
      'PUB-006',
      'The board report has helpers of its own, which a package does not hold.',
      'Give the configuration that names them: -c concordance.yaml.',
      { exitStatus: 2 },
    );
  }
  return readPresentation(await loadProject(config));
}

/** What the final documents leave as it was: figures as computed, quarantine, database, extracts. */
async function copyRest(from: string, to: string): Promise<void> {
  const made = new Set(await readdir(to));
  for (const name of await readdir(from)) {
    const own = made.has(name) && name !== 'extracts';
    if (own || name.startsWith('manifest.') || name === sumsFile) continue;
    await cp(join(from, name), join(to, name), { recursive: true, mode: constants.COPYFILE_FICLONE });
  }
}

/**
 * Finishes the publications, of whatever period, whose call was killed between the package and the ledger: the
 * link to a package is made last. The ledger is chained, so their lines come before those of any other.
 */
async function completeKilled(out: string, progress: Progress): Promise<void> {
  for (const name of (await readdir(out)).sort()) {
    if (name.startsWith('.')) continue;
    const periodFolder = join(out, name);
    const newest = (await publicationsOf(periodFolder)).at(-1);
    if (!newest) continue;
    const linked = await readlink(join(periodFolder, 'published')).catch(() => '');
    if (basename(linked) === basename(newest.folder)) continue;
    progress.step('ledger', newest.manifest.run);
    await complete(out, periodFolder, newest, await recordedOf(newest));
  }
}

/**
 * Lines are only added to the ledger: each publication named how far it had come, and has its own lines in it.
 *
 * @throws {Fault} PUB-003 naming the publication whose lines, or those before it, are gone or others
 */
async function refuseShortened(out: string): Promise<void> {
  const file = join(out, 'published.csv');
  const ledger = await readLedger(file);
  for (const period of (await readdir(out)).filter((name) => !name.startsWith('.')).sort()) {
    for (const { manifest, manifestSha256 } of await publicationsOf(join(out, period))) {
      const found = manifest.publication?.ledger;
      const first = ledger.findIndex((line) => line.run === manifest.run);
      const own = first < 0 ? undefined : ledger[first];
      const kept =
        own?.manifest === manifestSha256 &&
        (!found || (found.lines === first && ledgerHead(ledger.slice(0, first)).chain === found.chain));
      if (kept) continue;
      throw new Fault(
        'PUB-003',
        `The ledger ${file} has been changed: it does not hold the lines of ${manifest.run} where that publication added them.`,
        'Put back the ledger as Concordance wrote it, from a backup.',
      );
    }
  }
}

/** What follows from a published package: its lines in the ledger, and, after them, the link to it. */
async function complete(
  out: string,
  periodFolder: string,
  made: Published,
  recorded: Recorded,
): Promise<void> {
  const file = join(out, 'published.csv');
  const ledger = await readLedger(file);
  if (!ledger.some((line) => line.run === made.manifest.run)) {
    const { draft_manifest_sha256 } = made.manifest.publication as Publication;
    const journal = await readJournal(join(made.folder, 'decisions.ndjson'), draft_manifest_sha256);
    const { content } = recorded;
    const review = reviewAt(journal, journal.entries.length);
    await writeLedger(file, [...ledger, ...linesOf(ledger, announcedBy(made, content, review))]);
  }
  const next = join(periodFolder, '.published-next');
  await rm(next, { force: true });
  await symlink(basename(made.folder), next, 'junction');
  await rename(next, join(periodFolder, 'published'));
}
