import { actionFindings } from './alignment/action-findings.ts';
import { type Arbitration, arbitrate } from './alignment/arbitration/arbitrate.ts';
import { consolidationWeights, type Problem, problemOf } from './alignment/arbitration/option.ts';
import { baseYearFindings } from './alignment/base-year.ts';
import { cascadeFindings } from './alignment/cascade-findings.ts';
import { contradictions } from './alignment/contradictions.ts';
import type { Finding, ReconciliationResult } from './alignment/finding.ts';
import { driftFindings, gapFindings, gapTeller, ranked, standingTeller } from './alignment/findings.ts';
import type { loadLinks } from './alignment/links.ts';
import { alignPriorities } from './alignment/priorities.ts';
import { type Explanation, reconcile } from './alignment/reconcile.ts';
import type { Evidence } from './collect/evidence.ts';
import { type Quarter, quarterOf, shiftQuarter } from './configuration/period.ts';
import type { Configuration } from './configuration/schema.ts';
import type { Catalogue } from './indicators/catalogue.ts';
import type { Figure, MeasureValue } from './indicators/figure.ts';
import type { Window } from './indicators/measure-rows.ts';
import { placeNames } from './indicators/place-name.ts';
import { type Language, wording } from './language/wording.ts';
import { looseSpend } from './objectives/loose-spend.ts';
import type { Action, Objective, Standing } from './objectives/objective.ts';
import { placeObjectives } from './objectives/place.ts';
import { readActions } from './objectives/read-actions.ts';
import { verifyEffects } from './objectives/verify-actions.ts';
import type { ReportContent } from './report/content.ts';
import { type Agenda, agendaOf } from './review/agenda.ts';
import { type FollowedResolution, followUp, followUpFindings } from './review/follow-up.ts';
import { type CarriedDecision, type PastDecisions, tellDecisions } from './review/last-decisions.ts';
import type { CarriedResolution } from './review/resolution.ts';
import type { Contract } from './stage/contract.ts';
import type { Answering } from './warehouse/kept-results.ts';
import type { Warehouse } from './warehouse/warehouse.ts';

/** What the assessment of a quarter rests on besides the harmonised rows. */
export interface AssessmentFacts {
  readonly period: string;
  /** the quarters of the history, the last one that of the run */
  readonly quarters: readonly Quarter[];
  readonly windows: readonly Window[];
  readonly language: Language;
  readonly configuration: Configuration;
  readonly catalogue: Catalogue;
  readonly contracts: ReadonlyMap<string, Contract>;
  readonly objectives: readonly Objective[];
  readonly links: Awaited<ReturnType<typeof loadLinks>>;
  readonly figures: readonly Figure[];
  readonly measures: readonly MeasureValue[];
  /** what reviewers wrote of gaps before */
  readonly explanations: readonly Explanation[];
  /** what reviewers decided before of objectives, actions and the arbitration */
  readonly resolutions: readonly CarriedResolution[];
  /** what the last review decided of figures and explained of gaps */
  readonly decisions: readonly CarriedDecision[];
  readonly evidence: readonly Evidence[];
  /** where the commands in findings find the run */
  readonly runFolder: string;
  /** told when objectives are placed and the alignment begins */
  readonly aligning?: () => void;
  /** what answers about harmonised rows, see `ReconcileRequest` */
  readonly harmonised?: Answering | undefined;
  /** findings on the extracts themselves, as they were read */
  readonly quality: () => Promise<readonly Finding[]>;
}

export interface Assessment {
  readonly positions: readonly Standing[];
  readonly actions: readonly Action[];
  readonly gaps: readonly ReconciliationResult[];
  readonly problem: Problem;
  readonly arbitration: Arbitration | null;
  readonly matrix: ReportContent['matrix'];
  readonly spend: ReportContent['spend'];
  readonly findings: readonly Finding[];
  readonly agenda: Agenda;
  readonly followed: readonly FollowedResolution[];
  readonly pastDecisions: PastDecisions;
}

/**
 * Sets the figures against the objectives, the departments' data against each other, the priorities against
 * what is done: where each objective stands, the gaps, what to arbitrate, what a person must look at, the agenda.
 * It reads the database and writes nothing: `verify` does it again.
 */
export async function assess(warehouse: Warehouse, facts: AssessmentFacts): Promise<Assessment> {
  const {
    period,
    quarters,
    windows,
    language,
    configuration,
    catalogue,
    objectives,
    links,
    figures,
    measures,
  } = facts;
  const say = await wording(language, 'findings');
  const nameOf = placeNames(configuration.perimeter, say('group'));
  const end = (quarters.at(-1) as Quarter).to;
  const start = configuration.fiscal_year_start_month;
  const actions = await readActions(warehouse, end, language);
  const tell = standingTeller(catalogue, period, language, say);
  const grounds = {
    objectives,
    catalogue,
    figures,
    measures,
    actions,
    windows,
    configuration,
    period,
  };
  const positions = await placeObjectives(warehouse, grounds, tell);

  facts.aligning?.();
  const gaps = await reconcile(
    warehouse,
    {
      catalogue,
      values: measures,
      windows,
      period,
      language,
      runFolder: facts.runFolder,
      explanations: facts.explanations,
      harmonised: facts.harmonised,
      nameOf,
      contractName: (id) => facts.contracts.get(id)?.label[language] ?? id,
    },
    gapTeller(language, say, nameOf),
  );
  const problem = problemOf({
    standings: positions,
    actions,
    indicators: catalogue.indicators,
    figures,
    weights: consolidationWeights(configuration.perimeter.entities),
    period,
    currency: configuration.group.currency,
    language,
    settings: configuration.arbitration,
  });
  const arbitration =
    problem.goals.length > 0 && problem.options.length > 0 ? await arbitrate(problem) : null;
  const priorities = {
    standings: positions,
    actions,
    indicators: catalogue.indicators,
    figures,
    period,
    currency: configuration.group.currency,
    language,
    say,
    nameOf,
  };
  const aligned = await alignPriorities(warehouse, priorities, { links, problem, periodEnd: end });
  const yearStart = quarterOf(shiftQuarter(period, -3), start).from;
  const follow = {
    standings: positions,
    actions,
    indicators: catalogue.indicators,
    day: end,
    currency: configuration.group.currency,
    language,
    say,
    names: await wording(language, 'common'),
  };
  const followed = followUp(facts.resolutions, follow);
  const findings = ranked([
    ...driftFindings(positions, catalogue, say),
    ...gapFindings(gaps, catalogue, language, say),
    ...cascadeFindings(positions, catalogue, language, say, nameOf),
    ...actionFindings({
      actions,
      effects: await verifyEffects(warehouse, actions, {
        catalogue,
        objectives,
        figures,
        quarters,
        perimeter: configuration.perimeter.entities,
        sites: configuration.perimeter.sites,
        period,
      }),
      spend: await looseSpend(warehouse, yearStart, end),
      indicators: catalogue.indicators,
      evidence: facts.evidence,
      day: end,
      currency: configuration.group.currency,
      language,
      say,
      nameOf,
    }),
    ...followUpFindings(followed, follow),
    ...(await contradictions(warehouse, priorities)),
    ...aligned.findings,
    ...baseYearFindings({ configuration, measures, period, language, say }),
    ...(await facts.quality()),
  ]);

  const agenda = agendaOf(positions, actions, findings, gaps, period, (one) => one.label[language]);
  return {
    positions,
    actions,
    gaps,
    problem,
    arbitration,
    matrix: objectives.length > 0 ? aligned.matrix : null,
    spend: aligned.spend,
    findings,
    agenda,
    followed,
    pastDecisions: tellDecisions(facts.decisions, {
      figures,
      gaps,
      standings: positions,
      indicators: catalogue.indicators,
      language,
      say,
      names: follow.names,
      nameOf,
    }),
  };
}
