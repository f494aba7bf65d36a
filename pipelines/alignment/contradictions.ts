import { Decimal } from 'decimal.js';
import { quarterIndex, shiftQuarter } from '../configuration/period.ts';
import type { Indicator } from '../indicators/catalogue.ts';
import { type Figure, GROUP } from '../indicators/figure.ts';
import { quantity, unitName } from '../language/quantity.ts';
import type { Language, Say } from '../language/wording.ts';
import { type Action, isMeasured, type MeasuredObjective, type Standing } from '../objectives/objective.ts';
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
}

const departments = ['hr', 'finance', 'operations', 'innovation', 'governance'] as const;

/** Where priorities contradict each other or reality: one finding each, none without its figures. */
export async function contradictions(warehouse: Warehouse, priorities: Priorities): Promise<Finding[]> {
  return [
    ...opposites(priorities),
    ...uncarried(priorities),
    ...actionFindings(priorities),
    ...(await useCases(warehouse, priorities)),
  ];
}

/** Two objectives that want one indicator to go up here and down there, in perimeters that overlap. */
function opposites({ standings, indicators, say, language }: Priorities): Finding[] {
  const findings: Finding[] = [];
  const sense = (o: MeasuredObjective) => Math.sign(o.target.value - o.baseline.value);
  const objectives = standings.map((s) => s.objective).filter(isMeasured);
  objectives.forEach((first, i) => {
    for (const second of objectives.slice(i + 1)) {
      const overlap = first.entity === second.entity || first.entity === GROUP || second.entity === GROUP;
      if (first.indicator !== second.indicator || !overlap || sense(first) * sense(second) >= 0) continue;
      const indicator = indicators.find((one) => one.id === first.indicator);
      findings.push({
        id: `contradiction:opposite:${first.id}:${second.id}`,
        kind: 'contradiction',
        severity: 'critical',
        indicator: first.indicator,
        objective: first.id,
        sentence: say('contradiction.opposite', {
          first: first.label[language],
          second: second.label[language],
          first_department: say(`department.${first.department ?? 'none'}`),
          second_department: say(`department.${second.department ?? 'none'}`),
          indicator: indicator?.label[language] ?? first.indicator,
        }),
        figures: [first, second].map((o) => ({
          name: `${o.label[language]} (${o.entity})`,
          value: new Decimal(o.target.value).minus(o.baseline.value).toFixed(),
          unit: indicator?.unit ?? '',
        })),
      });
    }
  });
  return findings;
}

function uncarried({ standings, actions, say, language }: Priorities): Finding[] {
  if (standings.length === 0) return [];
  const findings: Finding[] = [];
  for (const { objective, actions: own } of standings) {
    if (own.some((action) => ['running', 'planned', 'late'].includes(action.status))) continue;
    findings.push({
      id: `contradiction:no_action:${objective.id}`,
      kind: 'contradiction',
      severity: 'minor',
      objective: objective.id,
      sentence: say('contradiction.no_action', { objective: objective.label[language] }),
      figures: [],
    });
  }
  for (const department of departments) {
    if (standings.some((s) => s.objective.department === department)) continue;
    findings.push({
      id: `contradiction:no_objective:${department}`,
      kind: 'contradiction',
      severity: 'minor',
      sentence: say('contradiction.no_objective', { department: say(`department.${department}`) }),
      figures: [],
    });
  }
  const known = new Set(standings.map((s) => s.objective.id));
  for (const action of actions.filter((a) => a.objective === null || !known.has(a.objective))) {
    findings.push({
      id: `contradiction:orphan_action:${action.id}`,
      kind: 'contradiction',
      severity: 'minor',
      sentence: say('contradiction.orphan_action', {
        action: action.name,
        department: say(`department.${action.department}`),
      }),
      figures: [],
    });
  }
  return findings;
}

function actionFindings(priorities: Priorities): Finding[] {
  const { actions, say, language, currency } = priorities;
  const money = (value: string | null) => quantity(value, currency, 0, language);
  return actions.flatMap((action) => {
    const findings: Finding[] = [];
    const about = {
      kind: 'action' as const,
      ...(action.objective ? { objective: action.objective } : {}),
      ...(action.entity ? { entity: action.entity } : {}),
    };
    const effect = withoutEffect(action, priorities);
    if (effect)
      findings.push({ id: `action:no_effect:${action.id}`, severity: 'major', ...about, ...effect });
    const indicator = indicatorOf(action, priorities);
    if (action.status === 'done' && action.expectedEffect && indicator && !sameUnit(action, indicator)) {
      findings.push({
        id: `action:unit:${action.id}`,
        severity: 'minor',
        ...about,
        sentence: say('action.unit', {
          action: action.name,
          unit: unitName(action.expectedUnit ?? '', language),
          indicator: indicator.label[language],
          indicator_unit: unitName(indicator.unit, language),
        }),
        figures: [
          { name: say('names.expected'), value: action.expectedEffect, unit: action.expectedUnit ?? '' },
        ],
      });
    }
    if (action.status === 'late') {
      findings.push({
        id: `action:late:${action.id}`,
        severity: 'minor',
        ...about,
        sentence: say('action.late', {
          action: action.name,
          department: say(`department.${action.department}`),
          due: action.due,
        }),
        figures: [],
      });
    }
    if (
      action.budget &&
      action.spent &&
      new Decimal(action.spent).greaterThan(new Decimal(action.budget).times('1.05'))
    ) {
      findings.push({
        id: `action:over_budget:${action.id}`,
        severity: 'minor',
        ...about,
        sentence: say('action.over_budget', {
          action: action.name,
          department: say(`department.${action.department}`),
          spent: money(action.spent),
          budget: money(action.budget),
        }),
        figures: [
          { name: say('names.budget'), value: action.budget, unit: currency },
          { name: say('names.spent'), value: action.spent, unit: currency },
        ],
      });
    }
    if (action.claimedSaving && !action.evidence) {
      findings.push({
        id: `claim:action:${action.id}`,
        severity: 'major',
        ...about,
        kind: 'claim',
        sentence: say('claim.action', { action: action.name, amount: money(action.claimedSaving) }),
        figures: [{ name: say('names.claimed_saving'), value: action.claimedSaving, unit: currency }],
      });
    }
    return findings;
  });
}

/**
 * An action declared done whose indicator moved by less than a quarter of what was expected, from the
 * quarter before it was due to the run's; said only when at least two quarters have passed.
 */
function withoutEffect(
  action: Action,
  p: Priorities,
): Pick<Finding, 'sentence' | 'figures' | 'indicator'> | undefined {
  const objective = p.standings.find((s) => s.objective.id === action.objective)?.objective;
  if (action.status !== 'done' || !action.expectedEffect || !objective) return undefined;
  const indicator = p.indicators.find((one) => one.id === objective.indicator);
  if (!indicator || !sameUnit(action, indicator)) return undefined;
  const done = p.figures
    .map((f) => f.period)
    .filter((q) => quarterStart(q) <= action.due)
    .sort()
    .at(-1);
  if (!done || quarterIndex(p.period) - quarterIndex(done) < 2) return undefined;
  const entity = action.entity ?? objective.entity;
  const valueAt = (period: string) =>
    p.figures.find(
      (f) =>
        f.indicator === indicator.id &&
        f.entity === entity &&
        f.period === period &&
        f.basis === objective.basis,
    )?.value;
  const [before, after] = [valueAt(shiftQuarter(done, -1)), valueAt(p.period)];
  if (before == null || after == null) return undefined;
  const observed = new Decimal(after).minus(before);
  const expected = new Decimal(action.expectedEffect);
  if (observed.dividedBy(expected).greaterThanOrEqualTo('0.25')) return undefined;
  const shown = (value: Decimal) => quantity(value.toFixed(), indicator.unit, indicator.decimals, p.language);
  return {
    indicator: indicator.id,
    sentence: p.say('action.no_effect', {
      action: action.name,
      due: action.due,
      expected: shown(expected),
      observed: shown(observed),
      indicator: indicator.label[p.language],
      entity: entity === GROUP ? p.say('group') : entity,
    }),
    figures: [
      { name: p.say('names.expected'), value: expected.toFixed(), unit: indicator.unit },
      { name: p.say('names.observed'), value: observed.toFixed(), unit: indicator.unit },
    ],
  };
}

function indicatorOf(action: Action, p: Priorities): Indicator | undefined {
  const objective = p.standings.find((s) => s.objective.id === action.objective)?.objective;
  return p.indicators.find((one) => one.id === objective?.indicator);
}

/** An effect on a percentage is stated in points. */
function sameUnit(action: Action, indicator: Indicator): boolean {
  return (
    action.expectedUnit === indicator.unit || (action.expectedUnit === 'point' && indicator.unit === '%')
  );
}

function quarterStart(quarter: string): string {
  return `${quarter.slice(0, 4)}-${String((Number(quarter.slice(6)) - 1) * 3 + 1).padStart(2, '0')}-01`;
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
      sentence: say('contradiction.same_use_case', {
        purpose: one.purpose,
        departments: one.departments.map((d) => say(`department.${d}`)).join(', '),
        names: one.names.join(' ; '),
      }),
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
