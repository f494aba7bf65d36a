import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { loadLinks } from '../../alignment/links.ts';
import { type Assessment, assess } from '../../assessment.ts';
import { Fault } from '../../fault.ts';
import type { Figure, MeasureValue } from '../../indicators/figure.ts';
import { loadObjectives } from '../../objectives/load.ts';
import type { ReportContent } from '../../report/content.ts';
import { dossierOf } from '../../review/dossier.ts';
import type { Warehouse } from '../../warehouse/warehouse.ts';
import { type Carried, carriedFile } from '../carried.ts';
import type { Manifest } from '../manifest.ts';
import type { RunRecord } from '../record-run.ts';
import type { Defined } from './definition.ts';
import type { Findings } from './report.ts';

/** Findings on the extracts as they were read: what a connector remarked is not in the package. */
const ofExtracts = (id: string) => /^(source|quality):/.test(id);

/**
 * Places the objectives again, sets departments and priorities against each other again, arbitrates again,
 * from figures that were computed again, and compares with what the documents and `agenda.json` were made from.
 */
export async function checkAssessment(
  again: Warehouse,
  {
    folder,
    manifest,
    record,
    defined,
  }: { folder: string; manifest: Manifest; record: RunRecord; defined: Defined },
  content: ReportContent,
  computed: { readonly figures: readonly Figure[]; readonly measures: readonly MeasureValue[] },
  findings: Findings,
): Promise<void> {
  const differ = (what: string) => findings.differs('figures', 'result.content', 'content', { what });
  let made: Assessment;
  try {
    made = await assessAgain(again, { folder, manifest, record, defined }, content, computed);
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    findings.differs('figures', 'result.content', 'unreadable', { message: error.message });
    return;
  }
  const { catalogue, language } = { catalogue: record.catalogue, language: record.language };
  const actions = new Map(
    [...content.objectives.flatMap((one) => one.actions), ...content.looseActions].map((one) => [
      one.id,
      one,
    ]),
  );
  for (const id of unlike(content.objectives, made.positions, (one) => one.objective.id))
    differ(`objective ${id}`);
  for (const id of unlike([...actions.values()], made.actions, (one) => one.id)) differ(`action ${id}`);
  const gap = (one: ReportContent['reconciliations'][number]) =>
    `reconciliation ${one.reconciliation}, ${one.entity}, ${one.period}`;
  for (const id of unlike(content.reconciliations, made.gaps, gap)) differ(id);
  for (const id of unlike(content.findings, made.findings, (one) => `finding ${one.id}`)) differ(id);
  for (const name of ['matrix', 'spend', 'arbitration', 'agenda', 'followed'] as const)
    if (JSON.stringify(content[name]) !== JSON.stringify(made[name])) differ(name);
  findings.checked.objectives = made.positions.length;
  findings.checked.findings = made.findings.length;
  const dossier = dossierOf({
    run: manifest.run,
    group: defined.project.configuration.group,
    period: record.period,
    language,
    catalogue,
    standings: made.positions,
    actions: made.actions,
    agenda: made.agenda,
    followed: made.followed,
  });
  const told = await readFile(join(folder, 'agenda.json'), 'utf8').catch(() => undefined);
  if (told !== undefined && told !== `${JSON.stringify(dossier, null, 2)}\n`)
    findings.differs('figures', 'agenda.json', 'agenda');
}

async function assessAgain(
  again: Warehouse,
  {
    folder,
    manifest,
    record,
    defined,
  }: { folder: string; manifest: Manifest; record: RunRecord; defined: Defined },
  content: ReportContent,
  { figures, measures }: { readonly figures: readonly Figure[]; readonly measures: readonly MeasureValue[] },
): Promise<Assessment> {
  const { project, quarters } = defined;
  const { configuration } = project;
  // the package holds the objectives under a name of its own
  const own = {
    ...project,
    configuration: {
      ...configuration,
      ...(configuration.objectives ? { objectives: 'objectives.yaml' } : {}),
    },
  };
  const text = await readFile(join(folder, carriedFile), 'utf8').catch(() => undefined);
  const carried = text === undefined ? undefined : (JSON.parse(text) as Carried);
  return assess(again, {
    period: record.period,
    quarters,
    windows: record.windows,
    language: record.language,
    configuration,
    catalogue: record.catalogue,
    contracts: defined.contracts,
    objectives: await loadObjectives(own, record.catalogue),
    links: await loadLinks(record.catalogue, project.overlay),
    figures,
    measures,
    explanations: carried?.explanations ?? [],
    resolutions: carried?.resolutions ?? [],
    evidence: manifest.evidence,
    runFolder: `out/${record.period}/${manifest.run}`,
    quality: async () => content.findings.filter(({ id }) => ofExtracts(id)),
  });
}

/** Keys of what only one list has, or that the two lists do not tell alike. */
function unlike<Item>(a: readonly Item[], b: readonly Item[], key: (item: Item) => string): string[] {
  const left = new Map(a.map((item) => [key(item), JSON.stringify(item)]));
  const right = new Map(b.map((item) => [key(item), JSON.stringify(item)]));
  return [...new Set([...left.keys(), ...right.keys()])].filter((one) => left.get(one) !== right.get(one));
}
