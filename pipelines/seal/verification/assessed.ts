import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gatesOf } from '../../alignment/gates.ts';
import { loadLinks } from '../../alignment/links.ts';
import { qualityFindings } from '../../alignment/quality.ts';
import { type Assessment, assess } from '../../assessment.ts';
import { Fault } from '../../fault.ts';
import type { Figure, MeasureValue } from '../../indicators/figure.ts';
import { wording } from '../../language/wording.ts';
import { loadObjectives } from '../../objectives/load.ts';
import type { ReportContent } from '../../report/content.ts';
import { dossierOf } from '../../review/dossier.ts';
import type { Warehouse } from '../../warehouse/warehouse.ts';
import { readCarried } from '../carried.ts';
import type { Manifest } from '../manifest.ts';
import type { RunRecord } from '../record-run.ts';
import { type Defined, stagedExtracts } from './definition.ts';
import { missingIn, remarksIn } from './gathered.ts';
import type { Findings } from './report.ts';
import { unlike } from './unlike.ts';

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
  for (const name of ['matrix', 'spend', 'arbitration', 'agenda', 'followed', 'pastDecisions'] as const)
    if (JSON.stringify(content[name]) !== JSON.stringify(made[name])) differ(name);
  // what `whatif` starts from
  const problem = await again
    .scalar<string | undefined>('select record from sealed.result.arbitration')
    .catch(() => undefined);
  if (problem !== JSON.stringify(made.problem))
    findings.differs('figures', 'warehouse.duckdb, result.arbitration', 'arbitration');
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
    pastDecisions: made.pastDecisions,
  });
  const told = await readFile(join(folder, 'agenda.json'), 'utf8').catch(() => undefined);
  const gates = gatesOf(made.findings);
  if (JSON.stringify(gates) !== JSON.stringify(manifest.gates))
    findings.differs('figures', 'manifest.json, gates', 'gates', {
      stated: manifest.gates.length,
      again: gates.length,
    });
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
  const carried = await readCarried(folder);
  const say = await wording(record.language, 'findings');
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
    decisions: carried?.decisions ?? [],
    evidence: manifest.evidence,
    runFolder: `out/${record.period}/${manifest.run}`,
    // what a connector remarked, and why a source could not be had, are told by the run alone
    quality: () =>
      qualityFindings(again, {
        staged: stagedExtracts(manifest, project, remarksIn(content)),
        missing: missingIn(content, project),
        indicators: record.catalogue.indicators,
        figures,
        period: record.period,
        quarantineThreshold: configuration.thresholds.quarantine_share,
        language: record.language,
        say,
      }),
  });
}
