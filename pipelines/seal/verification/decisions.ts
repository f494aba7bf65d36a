import { access, readdir, readFile, realpath } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { collectEvidence, evidenceState } from '../../collect/evidence.ts';
import type { ReportContent } from '../../report/content.ts';
import { applyReview, idOf } from '../../review/applied.ts';
import { approvalsOf } from '../../review/approvals.ts';
import { askedFigures } from '../../review/asked-figures.ts';
import type { JournalEntry, Review } from '../../review/decision.ts';
import { resolutionOf, reviewOf } from '../../review/decision.ts';
import { type Journal, journalText } from '../../review/journal.ts';
import { type CarriedDecision, decisionsOf, quarterOfSubject } from '../../review/last-decisions.ts';
import { type LedgerLine, ledgerHead, linesOf, readLedger } from '../../review/ledger.ts';
import { publishedTable } from '../../review/published-table.ts';
import { breachesOf, sameValue } from '../../review/replay.ts';
import { type Resolution, subjectsOf } from '../../review/resolution.ts';
import { carriedFile, readCarried } from '../carried.ts';
import { keptJournal } from '../kept-journal.ts';
import { type Manifest, readManifest, sha256, sha256File } from '../manifest.ts';
import { announcedBy } from '../published.ts';
import type { Findings } from './report.ts';

/**
 * The decisions on a run: the chain of their journal, from the draft's manifest on; that nobody approved his
 * own override, and nothing by an entry that does not follow from the one before; of a published run also
 * what its manifest says of them, and the lines of the ledger that name it.
 *
 * @returns what the review decided; undefined where the journal cannot be read
 */
export async function checkDecisions(
  run: string,
  manifest: Manifest,
  findings: Findings,
): Promise<Review | undefined> {
  const folder = await realpath(run);
  let journal: Journal;
  try {
    journal = await keptJournal(folder, manifest);
  } catch (error) {
    findings.differs('decisions', journalName(manifest), 'unreadable', {
      message: (error as Error).message.split('\n')[0] ?? '',
    });
    return undefined;
  }
  const { entries } = journal;
  for (const { sequence, rule, values } of breachesOf(entries))
    findings.differs('decisions', `${journalName(manifest)}:${sequence}`, rule, values);
  const review = reviewOf(entries, journal.hashes.at(-1) ?? null);
  findings.checked.decisions = entries.length;
  const { publication } = manifest;
  if (!publication) return review;
  const count = (test: (one: Review['figures'][number]) => boolean) => review.figures.filter(test).length;
  const told: readonly [string, string | number, string | number][] = [
    ['journal_entries', publication.journal_entries, entries.length],
    ['journal_sha256', publication.journal_sha256, sha256(journalText(entries))],
    ['overridden', publication.overridden, count((one) => one.state === 'approved' && one.override !== null)],
    ['rejected', publication.rejected, count((one) => one.state === 'rejected')],
    ['approvals', JSON.stringify(publication.approvals), JSON.stringify(approvalsOf(entries, review))],
  ];
  for (const [name, stated, again] of told)
    if (stated !== again)
      findings.differs('decisions', `manifest.json, publication.${name}`, 'publication', { stated, again });
  const draft = join(dirname(folder), manifest.run, 'manifest.json');
  const sealed = await sha256File(draft).catch(() => undefined);
  if (sealed === undefined) findings.note('draft_absent', { run: manifest.run });
  else if (sealed !== publication.draft_manifest_sha256)
    findings.differs('decisions', `${manifest.run}/manifest.json`, 'draft');
  return review;
}

const journalName = (manifest: Manifest) =>
  manifest.state === 'published' ? 'decisions.ndjson' : `review/${manifest.run}.ndjson`;

/**
 * What the decisions rest on and what they made: the computed values that they speak of, every material
 * figure of a published run decided, `published.csv` and the ledger as they follow from figures and decisions.
 */
export async function checkPublished(
  run: string,
  manifest: Manifest,
  content: ReportContent,
  review: Review,
  findings: Findings,
): Promise<void> {
  const folder = await realpath(run);
  const computed = new Map(content.figures.map((one) => [idOf(one), one]));
  for (const one of review.figures) {
    const figure = computed.get(one.figure);
    if (!figure)
      findings.differs('decisions', journalName(manifest), 'decision_unknown', { figure: one.figure });
    else if (!sameValue(one.computed, figure.value))
      findings.differs('decisions', journalName(manifest), 'decision_computed', {
        figure: one.figure,
        stated: one.computed ?? '–',
        again: figure.value ?? '–',
      });
  }
  const subjects = new Set(subjectsOf(content, content.followed).map(({ id }) => id));
  for (const { subject } of review.resolutions)
    if (!subjects.has(subject))
      findings.differs('decisions', journalName(manifest), 'resolution_unknown', { subject });
  await checkCarriedDecisions(folder, findings);
  if (manifest.state !== 'published') return;
  const states = new Map(review.figures.map((one) => [one.figure, one.state]));
  const { run: facts, catalogue } = content;
  for (const figure of askedFigures({
    period: facts.period,
    indicators: catalogue.indicators,
    figures: content.figures,
  })) {
    const state = states.get(idOf(figure));
    if (state !== 'approved' && state !== 'rejected')
      findings.differs('decisions', 'decisions.ndjson', 'undecided', { figure: idOf(figure) });
  }
  const figures = applyReview(content.figures, review);
  const table = await readFile(join(folder, 'published.csv'), 'utf8').catch(() => undefined);
  // a package of before the hashes of evidence were kept has a column less
  if (table?.includes('evidence_sha256')) {
    const [was, is] = [publishedTable(content.figures, figures, review).split('\n'), table.split('\n')];
    const at = is.findIndex((line, i) => line !== was[i]);
    if (at >= 0 || was.length !== is.length)
      findings.differs('decisions', `published.csv:${at < 0 ? is.length : at + 1}`, 'published_line', {
        found: is[at] ?? '–',
        expected: was[at] ?? '–',
      });
  }
  await checkLedger(folder, manifest, content, review, findings);
}

/**
 * That the decisions which the run took over from the review before are those of its journal, where that stands
 * beside this package, or of another run of its quarter. A journal may have grown since: what it said then, it still
 * says.
 */
async function checkCarriedDecisions(folder: string, findings: Findings): Promise<void> {
  const carried = await readCarried(folder);
  const previous = carried?.previous;
  if (!previous) return;
  const periodFolder = join(dirname(dirname(folder)), previous.period);
  const before = join(periodFolder, previous.run);
  const sealed = await readManifest(before).catch(() => undefined);
  if (!sealed) return;
  const journal = await keptJournal(before, sealed).catch((error: Error) => {
    findings.differs('decisions', `${previous.period}/review/${previous.run}.ndjson`, 'unreadable', {
      message: error.message.split('\n')[0] ?? '',
    });
  });
  if (!journal) return;
  // a review of a run before the previous one, or of a publication, may have been written after the previous run
  const journals = [journal.entries, ...(await journalsBeside(periodFolder))];
  const handedOn = await readCarried(before);
  const said = new Set([
    ...[...journals.flat().map(resolutionOf), ...(handedOn?.resolutions ?? [])].map(resolved),
    ...[...journals.flatMap(everDecided), ...(handedOn?.decisions ?? [])].map(decided),
  ]);
  const told = [
    ...(carried.resolutions ?? []).map((one) => ({ ...one, statement: resolved(one) })),
    ...(carried.decisions ?? []).map((one) => ({
      ...one,
      period: quarterOfSubject(one.subject),
      statement: decided(one),
    })),
  ];
  for (const { subject, by, period, statement } of told)
    if (period === previous.period && !said.has(statement))
      findings.differs('decisions', carriedFile, 'decision_unsaid', { subject, by, run: previous.run });
}

/** The journals of a quarter's packages that can be read, drafts and publications. */
async function journalsBeside(periodFolder: string): Promise<(readonly JournalEntry[])[]> {
  const names = (await readdir(periodFolder)).filter((name) => /^\d{4}-Q[1-4]-/.test(name));
  const read = async (folder: string) => (await keptJournal(folder, await readManifest(folder))).entries;
  return Promise.all(names.map((name) => read(join(periodFolder, name)).catch(() => [])));
}

/** The decision on each entry's figure as it stood after that entry. */
const everDecided = (entries: readonly JournalEntry[]): CarriedDecision[] =>
  entries.flatMap(({ subject }, i) =>
    decisionsOf(entries.slice(0, i + 1).filter((one) => one.subject === subject)),
  );

const resolved = ({ subject, decision, owner, due, reason, by, on }: Resolution): string =>
  JSON.stringify([subject, decision, owner, due, reason, by, on]);

const decided = ({ subject, kind, by, on, reason, before }: CarriedDecision): string =>
  JSON.stringify([subject, kind, by, on, reason, before]);

/** The lines that this package added to the ledger, where the ledger stands: what it found there, its values, its manifest. */
async function checkLedger(
  folder: string,
  manifest: Manifest,
  content: ReportContent,
  review: Review,
  findings: Findings,
): Promise<void> {
  const file = join(dirname(dirname(folder)), 'published.csv');
  if (
    !(await access(file).then(
      () => true,
      () => false,
    ))
  ) {
    findings.note('ledger_absent');
    return;
  }
  const differs = (key: string, values: Readonly<Record<string, string>> = {}) =>
    findings.differs('decisions', '../../published.csv', key, values);
  try {
    const manifestSha256 = await sha256File(join(folder, 'manifest.json'));
    const ledger = await readLedger(file);
    const found = ledger.filter((line) => line.run === manifest.run);
    if (found.length === 0) {
      differs('ledger_none');
      return;
    }
    const before = ledger.slice(0, ledger.indexOf(found[0] as LedgerLine));
    const head = manifest.publication?.ledger;
    if (head && JSON.stringify(ledgerHead(before)) !== JSON.stringify(head))
      differs('ledger_before', { stated: String(head.lines), again: String(before.length) });
    if (found.some((line) => line.manifest !== manifestSha256)) differs('ledger_manifest');
    const told = (line: LedgerLine) => JSON.stringify({ ...line, manifest: manifestSha256 });
    const expected = new Map(
      linesOf(before, announcedBy({ manifest, manifestSha256 }, content, review)).map((one) => [
        idOf(one),
        one,
      ]),
    );
    for (const line of found) {
      const own = expected.get(idOf(line));
      expected.delete(idOf(line));
      if (!own || told(own) !== told(line))
        differs('ledger_value', {
          figure: idOf(line),
          stated: line.value || '–',
          again: own?.value || '–',
        });
    }
    for (const figure of expected.keys()) differs('ledger_gone', { figure });
  } catch (error) {
    differs('unreadable', { message: (error as Error).message.split('\n')[0] ?? '' });
  }
}

/** The documents themselves, where the group shows their folder: those that the run was delivered, those that overrides name. */
export async function checkEvidence(
  folder: string,
  manifest: Manifest,
  review: Review | undefined,
  findings: Findings,
): Promise<void> {
  const delivered = (await collectEvidence(process.cwd(), folder)) ?? [];
  const named = [
    ...(review?.figures ?? []).flatMap((one) => one.override?.document ?? []),
    ...manifest.evidence,
  ];
  // a document that was replaced after the run is the one that the override was taken in with
  const wanted = new Map(named.toReversed().map((one) => [one.file, one]));
  for (const one of wanted.values()) {
    const state = evidenceState(delivered, one);
    if (state !== 'equal') findings.differs('decisions', one.file, `evidence_${state}`);
  }
  findings.checked.evidence = wanted.size;
}
