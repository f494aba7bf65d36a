import { Decimal } from 'decimal.js';
import type { Finding, ReconciliationResult } from '../alignment/finding.ts';
import type { Action, Objective, Standing } from '../objectives/objective.ts';

/** An objective that the review has to talk about, with the parts of its rank. */
export interface AgendaItem {
  readonly objective: string;
  readonly label: string;
  readonly owner: string | null;
  readonly department: string | null;
  readonly status: Standing['status'];
  readonly sentence: string;
  /** as declared */
  readonly weight: number;
  /** how far behind its trajectory, as a share of the whole way; 0 when ahead, 1 when its value is not known */
  readonly distance: number;
  /** budgets of its actions that are neither done nor stopped, decimal text */
  readonly money: string;
  /** of all such budgets */
  readonly moneyShare: number;
  /** weight x distance x (1 + share of the money): money doubles a drift at most, and its absence hides none */
  readonly materiality: number;
  /** its review falls in this quarter; else it is here because it is off its trajectory */
  readonly due: boolean;
}

/** Something that an owner is asked, from a finding. */
export interface OpenQuestion {
  readonly finding: string;
  readonly severity: Finding['severity'];
  readonly owner: string | null;
  readonly department: string | null;
  readonly objective: string | null;
  readonly sentence: string;
}

export interface Agenda {
  readonly items: readonly AgendaItem[];
  readonly questions: readonly OpenQuestion[];
}

/**
 * What the quarterly review has to talk about, most material first, and what each owner is asked.
 *
 * @param label of an objective in the language of the run
 */
export function agendaOf(
  standings: readonly Standing[],
  actions: readonly Action[],
  findings: readonly Finding[],
  reconciliations: readonly Pick<ReconciliationResult, 'reconciliation' | 'owner'>[],
  period: string,
  label: (objective: Objective) => string,
): Agenda {
  const open = (own: readonly Action[]) =>
    own
      .filter((action) => action.status !== 'done' && action.status !== 'stopped')
      .reduce((sum, action) => sum.plus(action.budget ?? 0), new Decimal(0));
  const all = open(actions);
  const items = standings
    .filter(({ objective }) => objective.weight > 0)
    .map((standing): AgendaItem => {
      const { objective } = standing;
      const money = open(standing.actions);
      const moneyShare = all.isZero() ? 0 : money.dividedBy(all).toDecimalPlaces(6).toNumber();
      const distance = distanceOf(standing);
      return {
        objective: objective.id,
        label: label(objective),
        owner: objective.owner,
        department: objective.department,
        status: standing.status,
        sentence: standing.sentence,
        weight: objective.weight,
        distance,
        money: money.toFixed(),
        moneyShare,
        materiality: new Decimal(objective.weight)
          .times(distance)
          .times(new Decimal(1).plus(moneyShare))
          .toDecimalPlaces(6)
          .toNumber(),
        due: isDue(objective, period),
      };
    })
    // within its tolerance an objective does not drift
    .filter((item) => item.status !== 'on_track' && item.status !== 'achieved')
    .filter((item) => item.materiality > 0 && (item.due || item.status === 'off_track'))
    .sort((a, b) => b.materiality - a.materiality || (a.objective < b.objective ? -1 : 1));
  return { items, questions: questionsOf(standings, actions, findings, reconciliations) };
}

/** Behind its trajectory, as a share of the way from baseline to target (of the target, where a value is to be held), four decimals. */
function distanceOf({ objective, lead, status }: Standing): number {
  if (status === 'unknown') return 1;
  if (lead === null || !objective.target || !objective.baseline) return 0;
  const way = new Decimal(objective.target.value).minus(objective.baseline.value).abs();
  const whole = way.isZero() ? new Decimal(objective.target.value).abs() : way;
  const behind = Decimal.max(0, new Decimal(lead).negated());
  if (whole.isZero()) return behind.isZero() ? 0 : 1;
  return behind.dividedBy(whole).toDecimalPlaces(4).toNumber();
}

function isDue({ review }: Objective, period: string): boolean {
  const quarter = Number(period.slice(6));
  return review === 'quarterly' || quarter === 4 || (review === 'half_yearly' && quarter === 2);
}

/** Whom a finding asks: the owner of its action, else of its objective, else whom it names, else the department that explains the gap. */
function questionsOf(
  standings: readonly Standing[],
  actions: readonly Action[],
  findings: readonly Finding[],
  reconciliations: readonly Pick<ReconciliationResult, 'reconciliation' | 'owner'>[],
): OpenQuestion[] {
  return findings.flatMap((finding): OpenQuestion[] => {
    const parts = finding.id.split(':');
    const action =
      finding.kind === 'action' || finding.kind === 'claim'
        ? actions.find((one) => one.id === parts.at(-1))
        : undefined;
    const objective = standings.find((one) => one.objective.id === finding.objective)?.objective;
    const gap =
      finding.kind === 'reconciliation'
        ? reconciliations.find((one) => one.reconciliation === parts[1])
        : undefined;
    if (!action && !objective && !gap && !finding.owner) return [];
    return [
      {
        finding: finding.id,
        severity: finding.severity,
        owner: action ? action.owner : (objective?.owner ?? finding.owner ?? null),
        department: action?.department ?? objective?.department ?? gap?.owner ?? null,
        objective: finding.objective ?? null,
        sentence: finding.sentence,
      },
    ];
  });
}
