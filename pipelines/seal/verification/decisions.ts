import { access, readFile, realpath } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { collectEvidence, evidenceState } from '../../collect/evidence.ts';
import type { ReportContent } from '../../report/content.ts';
import { applyReview, idOf } from '../../review/applied.ts';
import { askedFigures } from '../../review/asked-figures.ts';
import type { JournalEntry, Review } from '../../review/decision.ts';
import { resolutionOf, reviewOf } from '../../review/decision.ts';
import { type Journal, journalText } from '../../review/journal.ts';
import { readLedger } from '../../review/ledger.ts';
import { mayBeOnePerson } from '../../review/person.ts';
import { publishedTable } from '../../review/published-table.ts';
import { type Resolution, subjectsOf } from '../../review/resolution.ts';
import { type Carried, carriedFile } from '../carried.ts';
import { keptJournal } from '../kept-journal.ts';
import { type Manifest, readManifest, sha256, sha256File } from '../manifest.ts';
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
  checkEntries(entries, manifest, findings);
  const review = reviewOf(entries, journal.hashes.at(-1) ?? null);
  findings.checked.decisions = entries.length;
  const { publication } = manifest;
  if (!publication) return review;
  const count = (test: (one: Review['figures'][number]) => boolean) => review.figures.filter(test).length;
  const approved = count((one) => one.state === 'approved');
  const told: readonly [string, string | number, string | number][] = [
    ['journal_entries', publication.journal_entries, entries.length],
    ['journal_sha256', publication.journal_sha256, sha256(journalText(entries))],
    ['overridden', publication.overridden, count((one) => one.state === 'approved' && one.override !== null)],
    ['rejected', publication.rejected, count((one) => one.state === 'rejected')],
    ['approvals', publication.approvals.reduce((sum, one) => sum + one.figures, 0), approved],
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

/** What no review of ours would have taken in: an approval of one's own override, a step that begins elsewhere. */
function checkEntries(entries: readonly JournalEntry[], manifest: Manifest, findings: Findings): void {
  const overrides = new Map<string, JournalEntry>();
  const values = new Map<string, string | null>();
  for (const entry of entries) {
    const at = `${journalName(manifest)}:${entry.sequence}`;
    const before = values.get(entry.subject);
    if (entry.kind !== 'explanation' && before !== undefined && before !== entry.from.value)
      findings.differs('decisions', at, 'decision_from', {
        figure: entry.subject,
        stated: entry.from.value ?? '–',
        again: before ?? '–',
      });
    // the rules by which the form takes a resolution in
    if (
      entry.kind === 'resolution' &&
      ((entry.decision === 'accept' && entry.owner === undefined) ||
        (entry.decision !== 'refuse' && entry.due === undefined) ||
        (entry.decision !== 'accept' && entry.reason === null))
    )
      findings.differs('decisions', at, 'resolution_bare', { subject: entry.subject });
    const override = overrides.get(entry.subject);
    if (entry.decision === 'approve' && override && mayBeOnePerson(entry.by, override.by))
      findings.differs('decisions', at, 'four_eyes', { figure: entry.subject, by: entry.by });
    if (entry.decision === 'override') overrides.set(entry.subject, entry);
    if (entry.decision === 'reject') overrides.delete(entry.subject);
    if (entry.decision !== null) values.set(entry.subject, entry.to.value);
  }
}

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
  await checkCarriedResolutions(folder, findings);
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
  await checkLedger(folder, manifest, figures, findings);
}

/**
 * That the decisions which the run took over from the review before are those of its journal, where that stands
 * beside this package. The journal may have grown since: what it said then, it still says.
 */
async function checkCarriedResolutions(folder: string, findings: Findings): Promise<void> {
  const text = await readFile(join(folder, carriedFile), 'utf8').catch(() => undefined);
  if (text === undefined) return;
  const { previous, resolutions = [] } = JSON.parse(text) as Partial<Carried>;
  if (!previous) return;
  const before = join(dirname(dirname(folder)), previous.period, previous.run);
  const sealed = await readManifest(before).catch(() => undefined);
  if (!sealed) return;
  const journal = await keptJournal(before, sealed).catch((error: Error) => {
    findings.differs('decisions', `${previous.period}/review/${previous.run}.ndjson`, 'unreadable', {
      message: error.message.split('\n')[0] ?? '',
    });
  });
  if (!journal) return;
  const said = [...journal.entries.map(resolutionOf), ...(await carriedBy(before))].map(statement);
  for (const one of resolutions)
    if (one.period === previous.period && !said.includes(statement(one)))
      findings.differs('decisions', carriedFile, 'resolution_unsaid', {
        subject: one.subject,
        by: one.by,
        run: previous.run,
      });
}

async function carriedBy(folder: string): Promise<readonly Resolution[]> {
  const text = await readFile(join(folder, carriedFile), 'utf8').catch(() => '{}');
  return (JSON.parse(text) as Partial<Carried>).resolutions ?? [];
}

const statement = ({ subject, decision, owner, due, reason, by, on }: Resolution): string =>
  JSON.stringify([subject, decision, owner, due, reason, by, on]);

/** The lines of the ledger that name this package, where the ledger stands: its manifest, its values. */
async function checkLedger(
  folder: string,
  manifest: Manifest,
  figures: readonly ReportContent['figures'][number][],
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
  try {
    const own = await sha256File(join(folder, 'manifest.json'));
    const values = new Map(figures.map((one) => [idOf(one), one.value]));
    const lines = (await readLedger(file)).filter((line) => line.run === manifest.run);
    if (lines.length === 0) findings.differs('decisions', '../../published.csv', 'ledger_none');
    const wrong = lines.find((line) => line.manifest !== own);
    if (wrong) findings.differs('decisions', '../../published.csv', 'ledger_manifest');
    for (const line of lines) {
      const id = `${line.indicator}:${line.entity}:${line.period}:${line.basis}`;
      if (!sameValue(line.value || null, values.get(id) ?? null))
        findings.differs('decisions', '../../published.csv', 'ledger_value', {
          figure: id,
          stated: line.value || '–',
          again: values.get(id) ?? '–',
        });
    }
  } catch (error) {
    findings.differs('decisions', '../../published.csv', 'unreadable', {
      message: (error as Error).message.split('\n')[0] ?? '',
    });
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

function sameValue(a: string | null, b: string | null): boolean {
  return a === null || b === null ? a === b : Number(a) === Number(b);
}
