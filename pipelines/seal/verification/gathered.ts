import { readFile, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { MissingSource } from '../../collect/collect.ts';
import { changesOf } from '../../comparison.ts';
import type { Project } from '../../configuration/load.ts';
import { coverageOf, frameworkIndex } from '../../frameworks/answer.ts';
import { chooseFrameworks } from '../../frameworks/choose.ts';
import { exportFrameworkIndex } from '../../frameworks/export.ts';
import { loadFrameworks } from '../../frameworks/load.ts';
import { loadModels } from '../../harmonise/harmonise.ts';
import type { Figure } from '../../indicators/figure.ts';
import type { ReportContent } from '../../report/content.ts';
import { extractFacts, groupFacts, missingFacts } from '../../report/gather.ts';
import { gatherEmissions } from '../../report/gather-emissions.ts';
import { idOf } from '../../review/applied.ts';
import type { StagedExtract } from '../../stage/staged-extract.ts';
import type { Warehouse } from '../../warehouse/warehouse.ts';
import { type Carried, readCarried } from '../carried.ts';
import type { Manifest } from '../manifest.ts';
import { statedOf } from '../manifest-of.ts';
import { keptAs } from '../personal.ts';
import { publishedFolder } from '../published.ts';
import type { RunRecord } from '../record-run.ts';
import { type Defined, stagedExtracts } from './definition.ts';
import type { Findings } from './report.ts';
import { unlike } from './unlike.ts';

export interface Package {
  /** of the package, no link */
  readonly folder: string;
  readonly scratch: string;
  readonly manifest: Manifest;
  readonly record: RunRecord;
  readonly defined: Defined;
}

/** What connectors remarked of an extract: the run alone says it, and `--restage` reads it again. */
export function remarksIn(content: ReportContent): (extract: string) => StagedExtract['remarks'] {
  const remarks = new Map(content.extracts.map((one) => [one.id, one.remarks]));
  return (extract) => (remarks.get(extract) ?? []) as StagedExtract['remarks'];
}

/** The sources that could not be had, each with the reason that the run gave. */
export function missingIn(content: ReportContent, { configuration }: Project): MissingSource[] {
  return content.missingSources.flatMap(({ source: id, message }) => {
    const source = configuration.sources.find((one) => one.id === id);
    return source ? [{ source, message }] : [];
  });
}

/**
 * The rest of what the documents were made from, gathered again: the run itself, companies and sites, extracts,
 * missing sources, framework index, emissions with their bridges, and what the run tells otherwise than those
 * before it, where they stand beside.
 */
export async function checkGathered(
  again: Warehouse,
  own: Package,
  content: ReportContent,
  figures: readonly Figure[],
  findings: Findings,
): Promise<void> {
  const differ = (what: string) => findings.differs('figures', 'result.content', 'content', { what });
  const carried = await readCarried(own.folder);
  checkFacts(own, content, carried, differ);
  checkStated(own, findings);
  await checkFrameworks(own, content, figures, findings, differ);
  const before = await standing(own, carried);
  if (before === undefined) findings.note('before_absent');
  await checkEmissions(again, own, content, before?.previous ?? null, differ);
  const made = before && carried ? await changesAgain(own, carried, before.previous) : undefined;
  for (const one of made ? unlike(content.changes, made, idOf) : partless(content, figures))
    differ(`change of ${one}`);
}

function checkFacts(
  { manifest, record, defined }: Package,
  content: ReportContent,
  carried: Carried | undefined,
  differ: (what: string) => void,
): void {
  const { project, contracts, quarters } = defined;
  const { configuration, catalogue, factors, extracts } = manifest.hashes;
  const run: ReportContent['run'] = {
    id: manifest.run,
    state: 'draft',
    codeVersion: manifest.code_version,
    previousRun: manifest.previous?.run ?? null,
    restates: carried?.restates?.run ?? null,
    hashes: { configuration, catalogue, factors, extracts },
    period: record.period,
    from: quarters.at(-1)?.from ?? '',
    to: quarters.at(-1)?.to ?? '',
    language: record.language,
    suppressionThreshold: project.configuration.thresholds.suppress_below,
  };
  const told = Object.entries(content.run);
  for (const one of unlike(told, Object.entries(run), ([name]) => `run, ${name}`)) differ(one);
  const facts = groupFacts(project.configuration);
  for (const name of ['group', 'entities', 'sites'] as const)
    if (!alike(content[name], facts[name])) differ(name);
  const staged = stagedExtracts(manifest, project, remarksIn(content));
  for (const one of unlike(
    content.extracts,
    staged.map((extract) => extractFacts(extract, contracts)),
    ({ id }) => `extract ${id}`,
  ))
    differ(one);
  const missing = missingIn(content, project).map((one) => missingFacts(one, contracts));
  const names = missing.map((one) => one.source);
  if (!alike(content.missingSources, missing) || !alike(names, manifest.missing_sources))
    differ('missing sources');
}

/** What the manifest says besides hashes and counts: the group, how each extract is kept, the files that a package has. */
function checkStated({ manifest, defined }: Package, findings: Findings): void {
  const { configuration } = defined.project;
  const stated = (name: string) => findings.differs('manifest', `manifest.json, ${name}`, 'stated');
  if (manifest.group !== configuration.group.name) stated('group');
  for (const { extract } of stagedExtracts(manifest, defined.project)) {
    const one = manifest.extracts.find(({ id }) => id === extract.extractId);
    if (one?.connector !== extract.source.connector) stated(`${extract.extractId}, connector`);
    if (one?.kept !== keptAs(extract.source, configuration.privacy.personal_extracts))
      stated(`${extract.extractId}, kept`);
  }
  const listed = manifest.outputs.map(({ name }) => name).filter((name) => !name.startsWith('definition/'));
  const written = [...draftFiles, ...(manifest.state === 'published' ? publishedFiles : [])];
  for (const name of written) if (!listed.includes(name)) findings.differs('manifest', name, 'output_gone');
  for (const name of listed)
    if (!written.includes(name)) findings.differs('manifest', name, 'output_unknown');
}

/** The files of a package beside its database, definitions, extracts and seal. */
const draftFiles = [
  'agenda.json',
  'board.html',
  'board.pdf',
  'carried.json',
  'figures.csv',
  'figures.parquet',
  'findings.json',
  'framework-index.csv',
  'quarantine.csv',
  'review.xlsx',
];
const publishedFiles = ['decisions.ndjson', 'published.csv'];

/** Which datapoint is answered by which figure, in the documents and in `framework-index.csv`. */
async function checkFrameworks(
  { folder, scratch, manifest, record, defined }: Package,
  content: ReportContent,
  figures: readonly Figure[],
  findings: Findings,
  differ: (what: string) => void,
): Promise<void> {
  const { project, contracts, quarters } = defined;
  const { catalogue, language, period } = record;
  const library = await loadFrameworks(catalogue, new Set(contracts.keys()), project.overlay);
  const chosen = chooseFrameworks(library, project.configuration.frameworks, quarters.at(-1)?.to ?? '');
  if (!alike(manifest.frameworks, chosen.map(statedOf)))
    findings.differs('definition', 'manifest.json, frameworks', 'frameworks');
  const index = frameworkIndex({ library, chosen, catalogue, contracts, figures, period, language });
  const lineKey = (one: (typeof index)[number]) =>
    `datapoint ${one.framework} ${one.version} ${one.datapoint.id}`;
  for (const one of unlike(content.frameworks.lines, index, lineKey)) differ(one);
  if (!alike(content.frameworks.coverage, coverageOf(chosen, index))) differ('coverage of frameworks');
  await exportFrameworkIndex(index, language, scratch);
  const [told, made] = await Promise.all(
    [folder, scratch].map(async (one) => {
      const text = await readFile(join(one, 'framework-index.csv'), 'utf8').catch(() => undefined);
      return text?.split('\n');
    }),
  );
  const at = told?.findIndex((line, i) => line !== made?.[i]) ?? -1;
  if (told && (at >= 0 || told.length !== made?.length))
    findings.differs('figures', `framework-index.csv:${at < 0 ? told.length : at + 1}`, 'index_line', {
      found: told[at] ?? '–',
      expected: made?.[at] ?? '–',
    });
}

async function checkEmissions(
  again: Warehouse,
  { record }: Package,
  content: ReportContent,
  previous: string | null,
  differ: (what: string) => void,
): Promise<void> {
  const { catalogue, windows, period, language } = record;
  const made = await gatherEmissions(again, catalogue, windows, period, language, previous);
  const told = content.emissions;
  for (const name of ['basis', 'profiles', 'screening'] as const)
    if (!alike(told[name], made[name])) differ(`emissions, ${name}`);
  const key = (one: (typeof made.bridges)[number]) =>
    `bridge of ${one.measure}, ${one.against}, ${one.basis}, ${one.entity} ${one.group}`;
  // those against a run that does not stand here cannot be made again
  const comparable = told.bridges.filter((one) => previous !== null || one.against === 'year_before');
  for (const one of unlike(comparable, made.bridges, key)) differ(one);
}

/** The packages that the changes were told against; undefined where one of them is not beside this one. */
async function standing(
  { folder, manifest }: Package,
  carried: Carried | undefined,
): Promise<{ readonly previous: string | null } | undefined> {
  const out = dirname(dirname(folder));
  const { previous } = manifest;
  const run = previous && join(out, previous.period, previous.run);
  const published = [...new Set((carried?.restated ?? []).map((one) => one.run))];
  const needed = published.map((id) => publishedFolder(join(out, id.slice(0, 7)), id));
  for (const one of [...(run ? [run] : []), ...needed])
    if (!(await stat(join(one, 'warehouse.duckdb')).catch(() => undefined))) return undefined;
  return { previous: run };
}

async function changesAgain(
  { folder, scratch, manifest, record, defined }: Package,
  carried: Carried,
  previousFolder: string | null,
): Promise<ReportContent['changes']> {
  return changesOf(
    join(folder, 'warehouse.duckdb'),
    {
      windows: record.windows,
      limits: defined.project.configuration.limits,
      out: dirname(dirname(folder)),
      codeVersion: manifest.code_version,
      extracts: manifest.hashes.extracts,
      previousFolder,
      restated: carried.restated,
    },
    { catalogue: record.catalogue, models: await loadModels(), scratch },
  );
}

/** Changes that do not end with the figure. */
function partless(content: ReportContent, figures: readonly Figure[]): string[] {
  const values = new Map(figures.map((one) => [idOf(one), one.value]));
  return content.changes.flatMap((one) => (values.get(idOf(one)) === one.after ? [] : [idOf(one)]));
}

const alike = (a: unknown, b: unknown) => JSON.stringify(a) === JSON.stringify(b);
