import type { KeyObject } from 'node:crypto';
import { mkdtemp, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { faultWords } from '../language/faults.ts';
import { type Language, wording } from '../language/wording.ts';
import { publishedContent } from '../report/published-content.ts';
import { readContent } from '../report/record-content.ts';
import type { Review } from '../review/decision.ts';
import { loadReference } from '../stage/reference.ts';
import { exhaustionOf } from '../warehouse/exhausted.ts';
import type { Warehouse } from '../warehouse/warehouse.ts';
import { type Manifest, readManifest } from './manifest.ts';
import { programVersion } from './program.ts';
import { shownPublication } from './published.ts';
import type { RunRecord } from './record-run.ts';
import { checkSignature } from './signature.ts';
import { openRun } from './trace.ts';
import { checkAssessment } from './verification/assessed.ts';
import { checkChain } from './verification/chain.ts';
import { checkDecisions, checkEvidence, checkPublished } from './verification/decisions.ts';
import { checkCarried, checkDefinition, checkDeliveries, checkReference } from './verification/definition.ts';
import {
  checkBoard,
  checkContent,
  checkFindings,
  checkWorkbook,
  ownPresentation,
} from './verification/documents.ts';
import { checkFigures } from './verification/figures.ts';
import { checkGathered } from './verification/gathered.ts';
import {
  checkHarmonised,
  checkMeasures,
  checkOpening,
  checkParts,
  openRecomputation,
  sealedModels,
  viewSealed,
} from './verification/recomputed.ts';
import { checkRedrawn } from './verification/redrawn.ts';
import { type Difference, Findings } from './verification/report.ts';
import { checkRestaged } from './verification/restage.ts';
import { checkManifest, checkSums } from './verification/sums.ts';
import { checkConservation, checkExtracts, checkQuarantine, checkTables } from './verification/tables.ts';

export type { Difference };

export interface Verification {
  readonly run: string;
  readonly language: Language;
  readonly differences: readonly Difference[];
  /** what could not be checked, and why */
  readonly notes: readonly string[];
  /** how much was checked, by check */
  readonly checked: Readonly<Record<string, number>>;
}

export interface VerifyOptions {
  /** public key that the manifest must be signed with */
  readonly key?: KeyObject | undefined;
  /** language of the sentences; the run's by default */
  readonly language?: Language | undefined;
  /** read the sealed extracts again through their connectors */
  readonly restage?: boolean | undefined;
  /** pseudonym key, 64 hexadecimal digits: extracts with identities can then be read again too */
  readonly secret?: string | undefined;
  /** folder of the documents delivered as evidence, to check that they are those listed */
  readonly evidence?: string | undefined;
  /** what cannot be checked counts as a difference: no signature, another program's package, a chain cut short */
  readonly strict?: boolean | undefined;
  /** print the report and draw the charts again, with this machine's browser */
  readonly redraw?: boolean | undefined;
  /** up to the figures and findings made again: neither what `trace` opens nor the two documents */
  readonly figuresOnly?: boolean | undefined;
  /** hashes, signature and chain only */
  readonly quick?: boolean | undefined;
  readonly step?: (name: string) => void;
}

/**
 * Recomputes a sealed run from its own package, without its sources: hashes of every file, signature, chain
 * of manifests, content of the database, conservation of rows, the definitions it was computed from; then
 * harmonises the staged rows again, computes every measure and every figure of every period and entity
 * again, opens each to its rows, and compares what is printed.
 */
export async function verify(folder: string, options: VerifyOptions = {}): Promise<Verification> {
  const step = options.step ?? (() => {});
  const manifest = await readManifest(folder);
  const language = options.language ?? manifest.language;
  const findings = new Findings(await wording(language, 'verify'), options.strict);

  step('seal');
  await checkSums(folder, findings);
  await checkManifest(folder, manifest, findings);
  const version = await programVersion();
  const sameProgram = version === manifest.code_version;
  if (!sameProgram) findings.note('other_version', { written: manifest.code_version, here: version });

  step('signature');
  await checkSigned(folder, options.key, findings);

  step('chain');
  await checkChain(folder, manifest, findings);

  step('decisions');
  const review = await checkDecisions(folder, manifest, findings);
  if (options.evidence !== undefined) await checkEvidence(options.evidence, manifest, review, findings);
  else if (manifest.evidence.length > 0) findings.note('evidence_elsewhere');

  step('warehouse');
  if (options.quick) {
    findings.note('quick');
    return outcome(manifest, language, findings);
  }
  try {
    const { warehouse, record } = await openRun(folder);
    try {
      await checkTables(warehouse, manifest, findings);
      await checkExtracts(warehouse, manifest, findings);
      step('conservation');
      await checkConservation(warehouse, manifest, findings);
      await checkQuarantine(warehouse, folder, await faultWords(manifest.language), findings);
    } finally {
      await warehouse.close();
    }
    await recompute(folder, manifest, record, { ...options, sameProgram, version, review }, findings);
  } catch (error) {
    // a verifier's machine that is too small says nothing against the package
    const exhausted = exhaustionOf(error);
    if (exhausted) throw exhausted;
    findings.differs('warehouse', 'warehouse.duckdb', 'unreadable', {
      message: (error as Error).message.split('\n')[0] ?? '',
    });
  }
  return outcome(manifest, language, findings);
}

function outcome(manifest: Manifest, language: Language, findings: Findings): Verification {
  const { differences, notes, checked } = findings;
  return { run: manifest.run, language, differences, notes, checked };
}

async function checkSigned(folder: string, key: KeyObject | undefined, findings: Findings): Promise<void> {
  const signed = await checkSignature(folder, key);
  if (signed === 'bad') findings.differs('signature', 'manifest.sig', 'signature');
  else if (signed === 'unsigned' && key) findings.differs('signature', 'manifest.sig', 'unsigned');
  else if (signed === 'unsigned') findings.note('unsigned');
  else if (!key) findings.note('own_key');
  findings.checked.signatures = signed === 'good' ? 1 : 0;
}

async function recompute(
  folder: string,
  manifest: Manifest,
  record: RunRecord,
  options: VerifyOptions & {
    readonly sameProgram: boolean;
    readonly version: string;
    readonly review: Review | undefined;
  },
  findings: Findings,
): Promise<void> {
  const step = options.step ?? (() => {});
  const again: Warehouse = await openRecomputation(join(folder, 'warehouse.duckdb'));
  const scratch = await mkdtemp(join(tmpdir(), 'concordance-verify-'));
  try {
    step('definition');
    await viewSealed(again, 'staged');
    const defined = await checkDefinition(folder, manifest, record, findings);
    if (defined) {
      await checkReference(again, defined, findings);
      await checkDeliveries(again, manifest, defined, findings);
    } else await viewSealed(again, 'reference');
    if (defined && options.restage) {
      step('restage');
      const load = (warehouse: Warehouse) => loadReference(warehouse, defined.project, defined.quarters);
      await checkRestaged(folder, manifest, defined, load, options.secret, findings);
    }
    // what follows is SQL that the package's catalogue declares, or its models
    await again.shut([join(folder, 'figures.csv'), join(folder, 'figures.parquet')], [scratch]);
    step('harmonise');
    const models = await sealedModels(again, options.sameProgram, findings);
    await checkHarmonised(again, models, findings);
    step('measures');
    const values = await checkMeasures(again, record, findings);
    await checkParts(again, options.sameProgram, findings);
    if (!options.figuresOnly) {
      step('opening');
      await checkOpening(again, record, values, findings);
    }
    step('figures');
    const computed = await checkFigures(
      again,
      record,
      values,
      { folder, scratch, sameProgram: options.sameProgram },
      findings,
    );
    const content = await readContent(again, 'sealed').catch(() => undefined);
    await checkCarried(folder, manifest, content, findings);
    const { sameProgram } = options;
    if (!content) {
      // every run of this program keeps it: without it nothing would hold the documents
      if (sameProgram) findings.differs('figures', 'result.content', 'content_gone');
      else findings.note('no_content');
      return;
    }
    await checkContent(again, content, record, sameProgram, { ...computed, measures: values }, findings);
    if (defined && sameProgram && manifest.hashes.carried) {
      step('objectives');
      const facts = { folder, manifest, record, defined };
      await checkAssessment(again, facts, content, { figures: computed.figures, measures: values }, findings);
      const own = { ...facts, folder: await realpath(folder), scratch };
      await checkGathered(again, own, content, computed.figures, findings);
    }
    const { review } = options;
    if (review) await checkPublished(folder, manifest, content, review, findings);
    const { publication } = manifest;
    // a journal that cannot be read has been named
    if (publication && !review) return;
    const version = publication?.code_version ?? manifest.code_version;
    if (version !== options.version) {
      // another program writes other documents from the same figures
      findings.note('documents_of_another_version', { version });
      return;
    }
    // the documents of a published run show what the review decided, not only what the run computed
    const shown = publication
      ? await publishedContent(content, review as Review, shownPublication(publication))
      : content;
    await checkFindings(folder, shown, findings);
    if (options.figuresOnly) return;
    step('workbook');
    await checkWorkbook(folder, shown, findings);
    step('board');
    await checkBoard(folder, shown, defined, findings);
    const presentation = options.redraw ? await ownPresentation(defined) : undefined;
    if (!presentation) return;
    step('redraw');
    await checkRedrawn(folder, shown, presentation, scratch, findings);
  } finally {
    await again.close();
    await rm(scratch, { recursive: true, force: true });
  }
}
