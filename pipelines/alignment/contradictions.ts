import type { Indicator } from '../indicators/catalogue.ts';
import type { Figure } from '../indicators/figure.ts';
import type { NameOf } from '../indicators/place-name.ts';
import { listed, quantity } from '../language/quantity.ts';
import type { Language, Say } from '../language/wording.ts';
import { isOpen } from '../objectives/action.ts';
import type { Action, Standing } from '../objectives/objective.ts';
import type { Warehouse } from '../warehouse/warehouse.ts';
import type { Finding } from './finding.ts';

export interface Priorities {
  readonly standings: readonly Standing[];
  readonly actions: readonly Action[];
  readonly indicators: readonly Indicator[];
  readonly figures: readonly Figure[];
  readonly period: string;
  readonly currency: string;
  readonly language: Language;
  readonly say: Say;
  /** what a reader calls an entity, the group or a site */
  readonly nameOf: NameOf;
}

const departments = ['hr', 'finance', 'operations', 'innovation', 'governance'] as const;

/** Where priorities contradict each other or reality: one finding each, none without its figures. */
export async function contradictions(warehouse: Warehouse, priorities: Priorities): Promise<Finding[]> {
  return [...uncarried(priorities), ...(await useCases(warehouse, priorities))];
}

/** Objectives for which nothing is under way, neither for themselves nor for a part of them, with how far they are. */
export function inactionFindings(
  standings: readonly Standing[],
  indicators: readonly Indicator[],
  language: Language,
  say: Say,
): Finding[] {
  const open = (own: readonly Action[]) => own.some(isOpen);
  // what is done for the parts of an objective is done for it
  const carried = (id: string): boolean =>
    standings.some(
      ({ objective, actions: own }) =>
        (objective.id === id && open(own)) || (objective.parent === id && carried(objective.id)),
    );
  return standings
    .filter(({ objective, status }) => status !== 'achieved' && !carried(objective.id))
    .map(({ objective, value, targetInSeason }) => {
      const indicator = indicators.find((one) => one.id === objective.indicator);
      const shown = (amount: string | null) =>
        quantity(amount, indicator?.unit ?? '', indicator?.decimals ?? 0, language);
      const known = value !== null && targetInSeason !== null;
      return {
        id: `${inaction}${objective.id}`,
        kind: 'contradiction',
        severity: 'minor',
        objective: objective.id,
        sentence: say(known ? 'contradiction.no_action_for' : 'contradiction.no_action', {
          objective: objective.label[language],
          value: shown(value),
          target: shown(targetInSeason),
        }),
        figures: known
          ? [
              { name: say('names.value'), value, unit: indicator?.unit ?? '' },
              { name: say('names.target'), value: targetInSeason, unit: indicator?.unit ?? '' },
            ]
          : [{ name: say('names.open_actions'), value: '0', unit: 'count' }],
      };
    });
}

const inaction = 'contradiction:no_action:';
export const tellsInaction = ({ id }: Finding): boolean => id.startsWith(inaction);

function uncarried({ standings, actions, indicators, say, language, currency }: Priorities): Finding[] {
  if (standings.length === 0) return [];
  const findings = inactionFindings(standings, indicators, language, say);
  for (const department of departments) {
    if (standings.some((s) => s.objective.department === department)) continue;
    const led = actions.filter((action) => action.department === department && isOpen(action)).length;
    findings.push({
      id: `contradiction:no_objective:${department}`,
      kind: 'contradiction',
      severity: 'minor',
      sentence: say('contradiction.no_objective', {
        department: say(`of_department.${department}`),
        objectives: standings.length,
        actions: led,
      }),
      figures: [
        { name: say('names.objectives'), value: String(standings.length), unit: 'count' },
        { name: say('names.open_actions'), value: String(led), unit: 'count' },
      ],
    });
  }
  const known = new Set(standings.map((s) => s.objective.id));
  for (const action of actions.filter((a) => a.objective === null || !known.has(a.objective))) {
    const spent = action.ledgerSpent ?? action.spent;
    findings.push({
      id: `contradiction:orphan_action:${action.id}`,
      kind: 'contradiction',
      severity: 'minor',
      sentence: say('contradiction.orphan_action', {
        action: action.name,
        department: say(`department.${action.department}`),
        budget: quantity(action.budget, currency, 0, language),
        spent: quantity(spent, currency, 0, language),
      }),
      figures: [
        { name: say('names.budget'), value: action.budget, unit: currency },
        { name: say('names.spent'), value: spent, unit: currency },
      ],
    });
  }
  return findings;
}

/** The same AI use case run by two departments, and values claimed without evidence. */
async function useCases(warehouse: Warehouse, { say, language, currency }: Priorities): Promise<Finding[]> {
  const latest = `select * from staged.ai_use_cases
    qualify row_number() over (partition by use_case order by as_of desc, extract_id desc, row_number desc) = 1`;
  const twice = await warehouse.rows<{
    purpose: string;
    departments: string[];
    names: string[];
    total: string | null;
  }>(
    `select purpose, list(distinct department order by department) as departments,
        list(name order by use_case) as names, sum(annual_value) as total
     from (${latest}) where status <> 'stopped' group by purpose having count(distinct department) > 1 order by purpose`,
  );
  const claims = await warehouse.rows<{
    use_case: string;
    name: string;
    annual_value: string;
    entity: string;
  }>(
    `select use_case, name, annual_value, entity from (${latest})
     where annual_value is not null and coalesce(value_evidence, '') = '' order by use_case`,
  );
  return [
    ...twice.map((one) => ({
      id: `contradiction:same_use_case:${one.purpose}`,
      kind: 'contradiction' as const,
      severity: 'major' as const,
      sentence: say(
        one.total === null ? 'contradiction.same_use_case' : 'contradiction.same_use_case_worth',
        {
          departments: listed(
            one.departments.map((d) => say(`the_department.${d}`)),
            language,
          ),
          names: listed(
            one.names.map((name) => say('quoted', { name })),
            language,
          ),
          amount: quantity(one.total, currency, 0, language),
        },
      ),
      figures: [{ name: say('names.annual_value'), value: one.total, unit: currency }],
    })),
    ...claims.map((one) => ({
      id: `claim:use_case:${one.use_case}`,
      kind: 'claim' as const,
      severity: 'minor' as const,
      entity: one.entity,
      sentence: say('claim.use_case', {
        name: one.name,
        amount: quantity(one.annual_value, currency, 0, language),
      }),
      figures: [{ name: say('names.annual_value'), value: one.annual_value, unit: currency }],
    })),
  ];
}
