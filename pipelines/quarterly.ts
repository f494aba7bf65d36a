import { mkdir, readFile, rename, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { recordProblem } from './alignment/arbitration/record.ts';
import type { Finding } from './alignment/finding.ts';
import { gatesOf } from './alignment/gates.ts';
import { loadLinks } from './alignment/links.ts';
import { qualityFindings } from './alignment/quality.ts';
import { allEnded } from './all-ended.ts';
import { assess } from './assessment.ts';
import { carriedIn, standingRun } from './carried-in.ts';
import { collect } from './collect/collect.ts';
import { collectEvidence } from './collect/evidence.ts';
import { ExtractMarks } from './collect/extract-marks.ts';
import { SealedExtracts } from './collect/sealed-extracts.ts';
import { changesOf } from './comparison.ts';
import { Fault } from './fault.ts';
import { coverageOf, frameworkIndex } from './frameworks/answer.ts';
import { chooseFrameworks } from './frameworks/choose.ts';
import { exportFrameworkIndex } from './frameworks/export.ts';
import { loadFrameworks } from './frameworks/load.ts';
import { loadModels } from './harmonise/harmonise.ts';
import { type Caches, harmonisedRows } from './harmonised.ts';
import { rulesIn } from './indicators/disclosure/rules.ts';
import { readMethods } from './indicators/figure-methods.ts';
import { loadCatalogue } from './indicators/load.ts';
import { recordParts } from './indicators/measure-parts.ts';
import { computeMeasures } from './indicators/measure-values.ts';
import { exportFigures, exportQuarantine, recordFigures, recordWithheld } from './indicators/record.ts';
import { protectedFigures } from './indicators/withheld.ts';
import { faultWords } from './language/faults.ts';
import { wording } from './language/wording.ts';
import { loadObjectives } from './objectives/load.ts';
import { templatesFolder } from './places.ts';
import type { Plan } from './plan.ts';
import type { Progress } from './progress.ts';
import { writeBoard } from './report/board/board.ts';
import { ReportBrowser } from './report/board/browser.ts';
import type { ReportContent } from './report/content.ts';
import { gatherContent } from './report/gather.ts';
import { readPresentation } from './report/presentation.ts';
import { recordContent } from './report/record-content.ts';
import { writeWorkbook } from './report/workbook/workbook.ts';
import { dossierOf } from './review/dossier.ts';
import { carriedFile } from './seal/carried.ts';
import { contentOf } from './seal/content.ts';
import { packDefinition } from './seal/definition.ts';
import { type Identity, identityOf, inputsOf, newestRun, runFacts } from './seal/identity.ts';
import { withLock } from './seal/lock.ts';
import { hashedByRun, type Manifest, readManifest, sha256, sha256File, writeSeal } from './seal/manifest.ts';
import { manifestOf } from './seal/manifest-of.ts';
import { keptAs, packExtracts } from './seal/personal.ts';
import { programVersion, resultProgram, stageProgram } from './seal/program.ts';
import { recordRun } from './seal/record-run.ts';
import { loadContracts } from './stage/contract.ts';
import { deliveriesOf, expectationsOf, notApplicable } from './stage/delivery.ts';
import { checkSourceContracts } from './stage/source-contracts.ts';
import { StageCache } from './stage/stage-cache.ts';
import { inWords } from './stage/staged-extract.ts';
import { bytesOf, PackFolder } from './warehouse/pack-folder.ts';
import { Warehouse } from './warehouse/warehouse.ts';

export interface RunOutcome {
  readonly folder: string;
  readonly id: string;
  /** the same inputs had been run before: that package stands */
  readonly already: boolean;
  readonly manifest: Manifest;
  readonly findings: readonly Finding[];
}

/**
 * The quarterly run: collect, stage, harmonise, indicators, objectives, alignment, report, seal.
 *
 * The package appears whole at `<out>/<period>/<run>` or not at all. The same inputs give the same run id,
 * so that a second start finds the package and does nothing.
 */
export async function runQuarter(plan: Plan, progress: Progress): Promise<RunOutcome> {
  return withLock(plan.lock, async () => {
    await wipe(plan);
    const browser = new ReportBrowser();
    try {
      return await run(plan, progress, browser);
    } finally {
      await browser.close();
      await wipe(plan);
    }
  });
}

async function wipe({ work, limits }: Plan): Promise<void> {
  for (const folder of [work, limits.temporary_folder]) await rm(folder, { recursive: true, force: true });
}

async function run(plan: Plan, progress: Progress, browser: ReportBrowser): Promise<RunOutcome> {
  const { project, quarter, windows, language } = plan;
  const { configuration } = project;
  const scratch = join(plan.work, 'scratch');
  const folder = join(plan.work, 'package');
  await Promise.all([mkdir(scratch, { recursive: true }), mkdir(folder, { recursive: true })]);

  const catalogue = await loadCatalogue(project.overlay);
  const contracts = await loadContracts(project.overlay);
  checkSourceContracts(project, contracts);
  const objectives = await loadObjectives(project, catalogue);
  const library = await loadFrameworks(catalogue, new Set(contracts.keys()), project.overlay);
  const chosen = chooseFrameworks(library, configuration.frameworks, quarter.to);
  const links = await loadLinks(catalogue, project.overlay);
  const models = await loadModels();
  const presentation = await readPresentation(project);
  const say = await wording(language, 'findings');
  const words = await faultWords(language);

  progress.step('collect', `${configuration.sources.length} sources`);
  const before = await newestRun(plan);
  const marks = plan.cache && (await ExtractMarks.read(plan.cache.marks, project.secret));
  const collected = await collect(configuration.sources, {
    base: project.base,
    store: join(plan.work, 'store'),
    sourcesAtOnce: configuration.limits.sources_at_once,
    words,
    sealed: before && (await SealedExtracts.of(before.folder)),
    marks,
    late: (source) => keptAs(source, configuration.privacy.personal_extracts) === 'omitted',
  });
  await marks?.write();
  const evidence = await collectEvidence(project.base, configuration.evidence);
  const inputs = await inputsOf(plan, collected, presentation, evidence);
  const standing = await standingRun(plan, inputs);
  if (standing) {
    progress.step('done', `${standing.id} stands already: same inputs, same run`);
    await pointLatest(plan, standing.id);
    return { ...(await existing(standing)), already: true };
  }

  const file = join(folder, 'warehouse.duckdb');
  let identity: Identity;
  // a locked period is not run again: what comes out is a proposal to restate it
  let restates: Manifest['restates'];
  let content: ReportContent;
  let database: { readonly tables: Manifest['warehouse']; readonly sha256: string };
  const rows = await harmonisedRows(
    file,
    {
      project,
      quarters: plan.quarters,
      extracts: collected.extracts,
      contracts,
      models,
      limits: plan.limits,
      scratch,
      caches: await cachesOf(plan),
    },
    progress,
  );
  const { kept } = rows;
  let { warehouse } = rows;
  const staged = inWords(rows.read, words);
  try {
    progress.step(
      'indicators',
      `${catalogue.measures.length} measures, ${catalogue.indicators.length} indicators`,
    );
    const none = notApplicable(configuration.not_applicable, plan.history);
    const deliveries = [
      ...deliveriesOf(staged, plan.history, configuration.fiscal_year_start_month),
      ...none,
    ];
    const expectations = [...expectationsOf(configuration.sources, contracts), ...none];
    await recordParts(warehouse, catalogue.measures, kept);
    await kept?.settleParts();
    const measures = await computeMeasures(warehouse, catalogue.measures, windows, deliveries, expectations, {
      ...(kept && { addTotals: kept.addTotals }),
      fromParts: true,
    });
    const rules = await rulesIn(warehouse, configuration.thresholds.suppress_below);
    // the database tells how the data are known while figures are worked out
    const [methodsOf, { figures, withheld }] = await allEnded(
      readMethods(kept ?? warehouse, catalogue, warehouse),
      protectedFigures(catalogue, measures, rules),
    );
    const methods = methodsOf(figures);
    await recordFigures(warehouse, figures, scratch, methods);
    await recordWithheld(warehouse, withheld, scratch);
    const carriedOver = await carriedIn(plan, inputs, figures);
    restates = carriedOver.carried.restates;
    identity = identityOf(
      plan,
      inputs,
      { ...carriedOver.carried, sha256: carriedOver.sha256 },
      carriedOver.previousFolder,
    );
    await refuseOther(identity);
    await writeFile(join(folder, carriedFile), carriedOver.text);
    const index = frameworkIndex({
      library,
      chosen,
      catalogue,
      contracts,
      figures,
      period: quarter.id,
      language,
    });

    progress.step('objectives', `${objectives.length} objectives`);
    const assessed = await assess(warehouse, {
      period: quarter.id,
      quarters: plan.quarters,
      windows,
      language,
      configuration,
      catalogue,
      contracts,
      objectives,
      links,
      figures,
      measures,
      explanations: carriedOver.carried.explanations,
      resolutions: carriedOver.carried.resolutions,
      decisions: carriedOver.carried.decisions ?? [],
      evidence: evidence ?? [],
      runFolder: `out/${quarter.id}/${identity.id}`,
      harmonised: kept,
      aligning: () => progress.step('alignment', `${catalogue.reconciliations.length} reconciliations`),
      quality: () =>
        qualityFindings(warehouse, {
          staged,
          missing: collected.missing,
          indicators: catalogue.indicators,
          figures,
          period: quarter.id,
          quarantineThreshold: configuration.thresholds.quarantine_share,
          language,
          say,
        }),
    });
    const { positions, actions, findings, agenda } = assessed;
    await recordProblem(warehouse, assessed.problem);
    const dossier = dossierOf({
      run: identity.id,
      group: configuration.group,
      period: quarter.id,
      language,
      catalogue,
      standings: positions,
      actions,
      agenda,
      followed: assessed.followed,
      pastDecisions: assessed.pastDecisions,
    });
    await writeFile(join(folder, 'agenda.json'), `${JSON.stringify(dossier, null, 2)}\n`);

    progress.step('report');
    browser.start();
    const apart = join(plan.work, 'changes');
    await mkdir(apart);
    // the comparison runs what earlier packages declare: apart from the database that it reads
    await kept?.leave();
    await warehouse.close();
    const changes = await changesOf(
      file,
      {
        windows: plan.windows,
        limits: plan.limits,
        out: plan.out,
        codeVersion: identity.codeVersion,
        extracts: identity.hashes.extracts,
        previousFolder: identity.previousFolder,
        restated: carriedOver.carried.restated,
      },
      { catalogue, models, scratch: apart },
    ).finally(async () => {
      warehouse = await Warehouse.open(file, plan.limits, project.secret);
      kept?.enter(warehouse);
    });
    content = await gatherContent(kept ?? warehouse, {
      plan,
      run: runFacts(identity, restates?.run ?? null),
      catalogue,
      contracts,
      figures,
      methods,
      measures,
      withheld,
      standings: positions,
      actions,
      reconciliations: assessed.gaps,
      arbitration: assessed.arbitration,
      matrix: assessed.matrix,
      spend: assessed.spend,
      findings,
      agenda,
      followed: assessed.followed,
      pastDecisions: assessed.pastDecisions,
      frameworks: { coverage: coverageOf(chosen, index), lines: index },
      staged,
      missing: collected.missing,
      previousFolder: identity.previousFolder,
      changes,
    });
    await recordContent(warehouse, content, presentation, scratch);
    await recordRun(warehouse, { plan, identity, catalogue, staged, models });
    await exportFrameworkIndex(index, language, folder);
    await writeFile(join(folder, 'findings.json'), `${JSON.stringify(content.findings, null, 2)}\n`);
    progress.step('documents', 'review.xlsx, board.pdf, board.html');
    // all that a package is besides them is put into it while the documents are drawn
    const databaseDone = async () => {
      await exportFigures(warehouse, folder);
      await exportQuarantine(warehouse, folder, words);
      const tables = await contentOf(warehouse, undefined, undefined, kept?.known);
      await kept?.leave();
      await warehouse.close();
      const [sha256] = await allEnded(
        sha256File(file),
        Promise.resolve(kept?.keep(file, plan.limits, join(identity.folder, 'warehouse.duckdb'))),
      );
      return { tables, sha256 };
    };
    const inputsPacked = async () => {
      await packDefinition(project, folder);
      const { personal_extracts } = configuration.privacy;
      await packExtracts(collected.extracts, join(folder, 'extracts'), personal_extracts, project.secret);
    };
    [database] = await allEnded(
      databaseDone(),
      inputsPacked(),
      writeWorkbook(content, templatesFolder, join(folder, 'review.xlsx'), presentation, browser),
      writeBoard(content, templatesFolder, join(folder, 'board.pdf'), presentation, browser),
    );
  } finally {
    await warehouse.close();
  }

  progress.step('seal', identity.id);
  const gates = gatesOf(content.findings);
  const manifest = await manifestOf(
    plan,
    identity,
    collected,
    staged,
    database.tables,
    gates,
    chosen,
    folder,
    restates,
    evidence,
  );
  await writeSeal(folder, manifest, project.signingKey, hashedByRun(manifest, database.sha256));
  await mkdir(plan.periodFolder, { recursive: true });
  await rename(folder, identity.folder);
  await pointLatest(plan, identity.id);
  return {
    folder: identity.folder,
    id: identity.id,
    already: false,
    manifest,
    findings: content.findings,
  };
}

/**
 * What earlier runs left, of any period, where the plan lets it be used. Results are named by what computes and the
 * key that makes pseudonyms, so that with another key no database is gone on from.
 */
async function cachesOf({ cache, project }: Plan): Promise<Caches | undefined> {
  if (cache === undefined) return undefined;
  const most = bytesOf(project.configuration.limits.stage_cache);
  const version = await programVersion(resultProgram);
  return {
    staged: new StageCache(cache.stage, most),
    results: new PackFolder(cache.results, most),
    stageProgram: await programVersion(stageProgram),
    resultProgram: sha256(JSON.stringify([version, project.secret ?? null])),
  };
}

/** A folder of this name that is not this run, or is damaged, is never written over. */
async function refuseOther({ folder, id }: Identity): Promise<void> {
  if (!(await stat(folder).catch(() => undefined))) return;
  throw new Fault(
    'RUN-003',
    `${folder} stands already, and is not the package of ${id} as it was sealed.`,
    'See `concordance verify`; move it away and start again.',
  );
}

async function existing(identity: Identity): Promise<Omit<RunOutcome, 'already'>> {
  const manifest = await readManifest(identity.folder);
  const findings = JSON.parse(await readFile(join(identity.folder, 'findings.json'), 'utf8')) as Finding[];
  if (manifest.run !== identity.id) {
    throw new Fault(
      'RUN-003',
      `${identity.folder} holds another run (${manifest.run}).`,
      'Move it away and start again.',
    );
  }
  return { folder: identity.folder, id: identity.id, manifest, findings };
}

/** `<out>/<period>/latest` points to the newest run; replaced in one step. */
async function pointLatest(plan: Plan, id: string): Promise<void> {
  const link = join(plan.periodFolder, 'latest');
  const next = join(plan.periodFolder, '.latest-next');
  await rm(next, { force: true });
  await symlink(id, next, 'junction');
  await rename(next, link);
}
