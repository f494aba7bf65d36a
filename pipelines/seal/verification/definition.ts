import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { evidenceText } from '../../collect/evidence.ts';
import { hashOfFiles } from '../../configuration/library.ts';
import type { Project } from '../../configuration/load.ts';
import { type Quarter, quarterOf, quartersBetween } from '../../configuration/period.ts';
import { hashCatalogue, loadCatalogue } from '../../indicators/load.ts';
import { windowsOf } from '../../indicators/measure-values.ts';
import type { ReportContent } from '../../report/content.ts';
import { type Contract, loadContracts } from '../../stage/contract.ts';
import { deliveriesOf, expectationsOf, notApplicable } from '../../stage/delivery.ts';
import { loadReference, referenceFiles } from '../../stage/reference.ts';
import type { StagedExtract } from '../../stage/staged-extract.ts';
import type { Warehouse } from '../../warehouse/warehouse.ts';
import { type Carried, carriedFile } from '../carried.ts';
import { contentOf } from '../content.ts';
import { definedObjectives, definitionFolder, readDefinition } from '../definition.ts';
import { type Manifest, sha256 } from '../manifest.ts';
import { type RunRecord, readingsOf } from '../record-run.ts';
import type { Findings } from './report.ts';

/** What a package says that it was computed from, once read. */
export interface Defined {
  readonly project: Project;
  readonly contracts: ReadonlyMap<string, Contract>;
  readonly quarters: readonly Quarter[];
}

/**
 * The sealed configuration, catalogue and factors: their hashes against the manifest's, their catalogue and
 * windows against those that the database says were used.
 *
 * @returns undefined when they cannot be read, which is said
 */
export async function checkDefinition(
  folder: string,
  manifest: Manifest,
  record: RunRecord,
  findings: Findings,
): Promise<Defined | undefined> {
  const own = join(folder, definitionFolder);
  try {
    const project = await readDefinition(folder);
    const { configuration } = project;
    const { report } = configuration;
    const hashes: Partial<Record<keyof Manifest['hashes'], string>> = {
      perimeter: sha256(JSON.stringify(configuration.perimeter)),
      objectives: sha256(await definedObjectives(folder)),
      catalogue: await hashCatalogue(undefined, own),
      factors: await hashOfFiles((await referenceFiles(undefined, own)).factors),
      extracts: sha256(
        manifest.extracts
          .map((one) => `${one.id}\0${one.sha256}`)
          .sort()
          .join('\n'),
      ),
    };
    if (manifest.hashes.evidence || manifest.evidence.length > 0)
      hashes.evidence = sha256(evidenceText(manifest.evidence));
    // logo, fonts and templates of the group's own are part of this hash, and are not in the package
    if (report.logo || report.font || report.templates) findings.note('own_look');
    else hashes.configuration = sha256(project.text);
    for (const [name, hash] of Object.entries(hashes)) {
      if (hash !== manifest.hashes[name as keyof Manifest['hashes']])
        findings.differs(
          'definition',
          name === 'extracts' || name === 'evidence'
            ? `manifest.json, ${name}`
            : `${definitionFolder}/, ${name}`,
          name === 'extracts' ? 'extract_list' : name === 'evidence' ? 'evidence_list' : 'definition_hash',
          { name },
        );
    }
    const start = configuration.fiscal_year_start_month;
    if (
      JSON.stringify(windowsOf(configuration.history_from, manifest.period, start)) !==
      JSON.stringify(record.windows)
    )
      findings.differs('definition', 'result.run', 'windows');
    const catalogue = await loadCatalogue(project.overlay);
    for (const kind of ['measures', 'indicators', 'reconciliations'] as const) {
      const declared = new Map(catalogue[kind].map((one) => [one.id, one as unknown as Fields]));
      for (const one of record.catalogue[kind])
        if (!saysAlike(one as unknown as Fields, declared.get(one.id)))
          findings.differs('definition', `result.run, ${one.id}`, 'method', { id: one.id });
      // one that is gone would take its figures with it
      const recorded = new Set(record.catalogue[kind].map(({ id }) => id));
      for (const id of declared.keys())
        if (!recorded.has(id)) findings.differs('definition', `result.run, ${id}`, 'method_gone', { id });
    }
    const stated = {
      run: manifest.run,
      period: manifest.period,
      language: manifest.language,
      suppressBelow: configuration.thresholds.suppress_below,
    };
    // a package of before it was kept says no threshold
    for (const [name, value] of Object.entries(stated))
      if (record[name as keyof typeof stated] !== value && (name !== 'suppressBelow' || record.suppressBelow))
        findings.differs('definition', `result.run, ${name}`, 'run_record', { name });
    const readings = readingsOf(configuration.sources);
    if (record.sources && JSON.stringify(record.sources) !== JSON.stringify(readings))
      findings.differs('definition', 'result.run, sources', 'run_record', { name: 'sources' });
    findings.checked.definitions = Object.keys(hashes).length;
    return {
      project,
      contracts: await loadContracts(project.overlay),
      quarters: quartersBetween(configuration.history_from, manifest.period).map((id) =>
        quarterOf(id, start),
      ),
    };
  } catch (error) {
    findings.differs('definition', `${definitionFolder}/`, 'unreadable', {
      message: (error as Error).message.split('\n')[0] ?? '',
    });
    return undefined;
  }
}

type Fields = Readonly<Record<string, unknown>>;

/** Whether every field that the run recorded is declared alike: a later program may read further ones, by default. */
function saysAlike(recorded: Fields, declared: Fields | undefined): boolean {
  return Object.entries(recorded).every(
    ([name, value]) => JSON.stringify(value) === JSON.stringify(declared?.[name]),
  );
}

/** Loads perimeter, calendar, reference tables and factors from the sealed files, and compares each with the database's. */
export async function checkReference(again: Warehouse, defined: Defined, findings: Findings): Promise<void> {
  await loadReference(again, defined.project, defined.quarters);
  const before = await contentOf(again, 'sealed', ['reference']);
  const after = new Map((await contentOf(again, undefined, ['reference'])).map((one) => [one.table, one]));
  for (const { table, rows, content } of before) {
    const now = after.get(table);
    if (!now || now.rows !== rows || now.content !== content)
      findings.differs('definition', table, 'reference', { rows, again: now?.rows ?? 0 });
  }
  findings.checked.references = before.length;
}

/**
 * What the run took over from before: `carried.json` against its hash, against the previous run and the
 * restated publication that the manifest names, and the explanations of gaps that the documents show against it.
 */
export async function checkCarried(
  folder: string,
  manifest: Manifest,
  content: ReportContent | undefined,
  findings: Findings,
): Promise<void> {
  if (!manifest.hashes.carried) {
    findings.note('not_carried');
    return;
  }
  const text = await readFile(join(folder, carriedFile), 'utf8').catch(() => '');
  if (sha256(text) !== manifest.hashes.carried) {
    findings.differs('definition', carriedFile, 'carried');
    return;
  }
  const { previous, restates, explanations } = JSON.parse(text) as Carried;
  if (JSON.stringify(previous) !== JSON.stringify(manifest.previous))
    findings.differs('definition', 'manifest.json, previous', 'carried_previous');
  // a publication says what it restates when it is made
  if (manifest.state === 'draft' && JSON.stringify(restates) !== JSON.stringify(manifest.restates))
    findings.differs('definition', 'manifest.json, restates', 'carried_restates');
  const written = new Set(
    explanations.map((one) => JSON.stringify([one.reconciliation, one.entity, one.text, one.reviewer])),
  );
  for (const { reconciliation, entity, explanation } of content?.reconciliations ?? [])
    if (
      explanation &&
      !written.has(JSON.stringify([reconciliation, entity, explanation.text, explanation.reviewer]))
    )
      findings.differs('definition', `result.content, ${reconciliation}, ${entity}`, 'carried_explanation');
}

/** Which months have come, by contract and entity, worked out again from the extracts' names and row counts. */
export async function checkDeliveries(
  again: Warehouse,
  manifest: Manifest,
  { project, contracts, quarters }: Defined,
  findings: Findings,
): Promise<void> {
  const { configuration } = project;
  const start = configuration.fiscal_year_start_month;
  const history = { from: quarters[0]?.from as string, to: quarters.at(-1)?.to as string };
  const none = notApplicable(configuration.not_applicable, history);
  for (const one of manifest.extracts)
    if (!configuration.sources.some(({ id }) => id === one.source))
      findings.differs('definition', one.id, 'source_unknown', { source: one.source });
  const staged = stagedExtracts(manifest, project);
  const key = (one: { contract: string; entity: string; month?: string }) =>
    [one.contract, one.entity, one.month].filter(Boolean).join(':');
  const keys = (list: readonly { contract: string; entity: string; month?: string }[]) =>
    new Set(list.map(key));
  // an extract without rows came or could not be read: its remarks, which tell, are not in the manifest
  const surely = keys([
    ...deliveriesOf(
      staged.filter((one) => one.rowsRead > 0),
      history,
      start,
    ),
    ...none,
  ]);
  const possibly = keys([...deliveriesOf(staged, history, start), ...none]);
  const stored = keys(
    await again.rows(`select contract, entity, month::varchar as month from sealed.result.delivery`),
  );
  for (const one of stored) if (!possibly.has(one)) findings.differs('definition', one, 'delivery_added');
  for (const one of surely) if (!stored.has(one)) findings.differs('definition', one, 'delivery_gone');
  const bare = (list: readonly { contract: string; entity: string }[]) =>
    keys(list.map(({ contract, entity }) => ({ contract, entity })));
  const expected = bare([...expectationsOf(configuration.sources, contracts), ...none]);
  const wanted = bare(await again.rows('select contract, entity from sealed.result.expectation'));
  for (const one of wanted) if (!expected.has(one)) findings.differs('definition', one, 'expectation_added');
  for (const one of expected) if (!wanted.has(one)) findings.differs('definition', one, 'expectation_gone');
}

/**
 * The extracts as the manifest tells that they were staged.
 *
 * @param remarksOf what a connector remarked of an extract: it is not in the manifest
 */
export function stagedExtracts(
  manifest: Manifest,
  { configuration }: Project,
  remarksOf: (extract: string) => StagedExtract['remarks'] = () => [],
): StagedExtract[] {
  return manifest.extracts.flatMap((one) => {
    const source = configuration.sources.find((s) => s.id === one.source);
    if (!source) return [];
    const { id, name, sha256: hash, bytes } = one;
    return [
      {
        extract: { source, extractId: id, name, path: '', sha256: hash, bytes },
        contracts: one.contracts,
        rowsRead: one.rows_read,
        rowsStaged: one.rows_staged,
        rowsQuarantined: one.rows_quarantined,
        remarks: remarksOf(id),
      },
    ];
  });
}
