import type { Catalogue } from '../indicators/catalogue.ts';
import type { Rounding } from '../language/quantity.ts';
import type { Language } from '../language/wording.ts';
import type { Action, Standing } from '../objectives/objective.ts';
import type { Agenda } from './agenda.ts';
import type { FollowedResolution } from './follow-up.ts';
import type { PastDecisions } from './last-decisions.ts';

/** An objective as an owner is told of it. */
export interface DossierObjective {
  readonly id: string;
  readonly label: string;
  readonly department: string | null;
  readonly owner: string | null;
  readonly status: Standing['status'];
  readonly sentence: string;
  readonly indicator: string | null;
  readonly unit: string;
  readonly decimals: Rounding;
  readonly value: string | null;
  readonly expected: string | null;
  readonly target: string | null;
  readonly target_period: string | null;
  readonly forecast: { readonly value: string; readonly low: string; readonly high: string } | null;
  readonly achieved_a_year: string | null;
  readonly required_a_year: string | null;
}

export type DossierAction = Pick<
  Action,
  'id' | 'name' | 'objective' | 'department' | 'owner' | 'status' | 'due' | 'budget' | 'spent'
> & {
  readonly ledger_spent: string | null;
  readonly milestones: readonly { readonly name: string; readonly due: string; readonly status: string }[];
};

/** `agenda.json` of a run: what the quarterly review and each owner's page are made of. */
export interface Dossier {
  readonly format: 'concordance-agenda-1';
  readonly run: string;
  readonly group: string;
  readonly currency: string;
  readonly period: string;
  readonly language: Language;
  readonly agenda: Agenda['items'];
  readonly questions: Agenda['questions'];
  /** decisions of earlier reviews, and what became of them; absent in a run of before they were followed */
  readonly followed?: readonly FollowedResolution[];
  /** the same of figures and gaps */
  readonly past_decisions?: PastDecisions;
  readonly objectives: readonly DossierObjective[];
  readonly actions: readonly DossierAction[];
}

export interface DossierFacts {
  readonly run: string;
  readonly group: { readonly name: string; readonly currency: string };
  readonly period: string;
  readonly language: Language;
  readonly catalogue: Pick<Catalogue, 'indicators'>;
  readonly standings: readonly Standing[];
  readonly actions: readonly Action[];
  readonly agenda: Agenda;
  readonly followed: readonly FollowedResolution[];
  readonly pastDecisions: PastDecisions;
}

export function dossierOf(facts: DossierFacts): Dossier {
  const { language, agenda } = facts;
  return {
    format: 'concordance-agenda-1',
    run: facts.run,
    group: facts.group.name,
    currency: facts.group.currency,
    period: facts.period,
    language,
    agenda: agenda.items,
    questions: agenda.questions,
    followed: facts.followed,
    past_decisions: facts.pastDecisions,
    objectives: facts.standings.map(({ objective, forecast, pace, ...standing }) => {
      const indicator = facts.catalogue.indicators.find((one) => one.id === objective.indicator);
      return {
        id: objective.id,
        label: objective.label[language],
        department: objective.department,
        owner: objective.owner,
        status: standing.status,
        sentence: standing.sentence,
        indicator: indicator?.label[language] ?? objective.indicator,
        unit: indicator?.unit ?? '',
        decimals: indicator?.decimals ?? 0,
        value: standing.value,
        expected: standing.expected,
        target: objective.target === null ? null : String(objective.target.value),
        target_period: objective.target?.period ?? null,
        forecast: forecast && { value: forecast.value, low: forecast.low, high: forecast.high },
        achieved_a_year: pace?.achieved ?? null,
        required_a_year: pace?.required ?? null,
      };
    }),
    actions: facts.actions.map((action) => ({
      id: action.id,
      name: action.name,
      objective: action.objective,
      department: action.department,
      owner: action.owner,
      status: action.status,
      due: action.due,
      budget: action.budget,
      spent: action.spent,
      ledger_spent: action.ledgerSpent,
      milestones: action.milestones.map(({ name, due, status }) => ({ name, due, status })),
    })),
  };
}
