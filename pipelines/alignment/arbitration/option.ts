import { Decimal } from 'decimal.js';
import type { Entity } from '../../configuration/schema.ts';
import type { Indicator } from '../../indicators/catalogue.ts';
import { measuresOf, parseExpression } from '../../indicators/expression.ts';
import { type Figure, GROUP } from '../../indicators/figure.ts';
import type { Rounding } from '../../language/quantity.ts';
import type { Language } from '../../language/wording.ts';
import { isOpen } from '../../objectives/action.ts';
import {
  type Action,
  isMeasured,
  type MeasuredObjective,
  type Standing,
} from '../../objectives/objective.ts';
import { overlapping, type Place } from '../opposition.ts';

/** An objective with something left to close. */
export interface Goal {
  readonly id: string;
  readonly label: string;
  readonly department: string | null;
  readonly weight: number;
  readonly unit: string;
  readonly decimals: Rounding;
  /** decimal texts; `gap` is target less value: negative where the indicator has to fall */
  readonly value: string;
  readonly target: string;
  readonly gap: string;
}

/** What an action is expected to do for a goal. */
export interface Effect {
  readonly goal: string;
  /** change of the goal's indicator, in its unit */
  readonly change: string;
  /** part of the goal's gap that it closes, negative where it widens it */
  readonly share: number;
}

/** An action that is not finished, with what remains to be spent and what it closes. */
export interface Option {
  readonly id: string;
  readonly name: string;
  readonly department: string;
  readonly objective: string | null;
  readonly status: Action['status'];
  readonly budget: string | null;
  readonly spent: string | null;
  /** budget less what is spent, never below zero; null without a budget */
  readonly cost: string | null;
  readonly effects: readonly Effect[];
  /** tCO2e a year, as the action declares; change of running costs and years, for the abatement cost */
  readonly abatement: string | null;
  readonly annualCost: string | null;
  readonly lifetime: number;
  /** actions among the options that must be chosen too */
  readonly dependsOn: readonly string[];
  /** why it cannot be ranked; null when it can */
  readonly excluded: Exclusion | null;
}

/** no budget; effect not stated; stated in a unit that no goal has; serves no objective; no goal left to close; waits for a stopped action; an action that excludes it is done */
export type Exclusion =
  | 'no_budget'
  | 'no_effect'
  | 'unit'
  | 'no_objective'
  | 'no_goal'
  | 'blocked'
  | 'rival_done';

export interface Problem {
  readonly period: string;
  readonly currency: string;
  readonly goals: readonly Goal[];
  readonly options: readonly Option[];
  /** sets of actions of which one at most is done */
  readonly exclusive: readonly (readonly string[])[];
  /** null: none is declared, and everything that remains is affordable */
  readonly budget: string | null;
  readonly discountRate: number;
  readonly defaultLifetime: number;
}

export interface ProblemFacts {
  readonly standings: readonly Standing[];
  readonly actions: readonly Action[];
  readonly indicators: readonly Indicator[];
  readonly figures: readonly Figure[];
  /** consolidation weight of each entity, 0 to 1 */
  readonly weights: ReadonlyMap<string, number>;
  readonly period: string;
  readonly currency: string;
  readonly language: Language;
  readonly settings: {
    readonly budget?: number | undefined;
    readonly discount_rate: number;
    readonly lifetime_years: number;
    readonly exclusive: readonly (readonly string[])[];
  };
}

/** What each entity counts for in the group: its share where consolidated by share, all where fully, nothing otherwise. */
export function consolidationWeights(entities: readonly Entity[]): Map<string, number> {
  return new Map(
    entities.map(({ id, method, share }) => [
      id,
      method === 'full' ? 1 : method === 'proportional' ? share / 100 : 0,
    ]),
  );
}

/** An objective to hold a value, which is held: there is nothing to close. */
function isHeld({ baseline, target }: MeasuredObjective, lead: string | null): boolean {
  return baseline.value === target.value && lead !== null && Number(lead) >= 0;
}

/** Puts the gaps of the objectives and the actions that may close them in one problem. */
export function problemOf(facts: ProblemFacts): Problem {
  const measured = facts.standings.flatMap(({ objective, value, targetInSeason, status, ...place }) =>
    isMeasured(objective) && value !== null && status !== 'achieved' && !isHeld(objective, place.lead)
      ? [{ objective, value, target: targetInSeason ?? String(objective.target.value) }]
      : [],
  );
  const goals = measured.flatMap(({ objective, value, target }) => {
    const indicator = facts.indicators.find((one) => one.id === objective.indicator);
    const gap = new Decimal(target).minus(value);
    if (!indicator || gap.isZero()) return [];
    return [
      {
        id: objective.id,
        label: objective.label[facts.language],
        department: objective.department,
        weight: objective.weight,
        unit: indicator.unit,
        decimals: indicator.decimals,
        value,
        target,
        gap: gap.toFixed(),
      },
    ];
  });
  const open = facts.actions.filter(isOpen);
  const ids = new Set(open.map((action) => action.id));
  const stopped = new Set(facts.actions.filter((a) => a.status === 'stopped').map((a) => a.id));
  const done = new Set(facts.actions.filter((a) => a.status === 'done').map((a) => a.id));
  const objectives = measured
    .map(({ objective }) => objective)
    .filter((objective) => goals.some((goal) => goal.id === objective.id));
  return {
    period: facts.period,
    currency: facts.currency,
    goals,
    options: open.map((action) => {
      const spent = action.ledgerSpent ?? action.spent;
      const cost =
        action.budget === null
          ? null
          : Decimal.max(0, new Decimal(action.budget).minus(spent ?? 0)).toFixed();
      const { effects, excluded } = effectsOf(action, objectives, goals, facts);
      const blocked = action.dependsOn.some((id) => stopped.has(id));
      const rival = facts.settings.exclusive.some(
        (set) => set.includes(action.id) && set.some((id) => done.has(id)),
      );
      return {
        id: action.id,
        name: action.name,
        department: action.department,
        objective: action.objective,
        status: action.status,
        budget: action.budget,
        spent,
        cost,
        effects,
        abatement: action.abatement,
        annualCost: action.annualCost,
        lifetime: action.lifetime === null ? facts.settings.lifetime_years : Number(action.lifetime),
        dependsOn: action.dependsOn.filter((id) => ids.has(id)),
        excluded: cost === null ? 'no_budget' : blocked ? 'blocked' : rival ? 'rival_done' : excluded,
      };
    }),
    exclusive: facts.settings.exclusive
      .map((set) => set.filter((id) => ids.has(id)))
      .filter((s) => s.length > 1),
    budget: facts.settings.budget === undefined ? null : String(facts.settings.budget),
    discountRate: facts.settings.discount_rate,
    defaultLifetime: facts.settings.lifetime_years,
  };
}

/**
 * What an action changes in every goal: its own objective's indicator, that of another objective on the
 * same indicator in an overlapping perimeter, and, for an abatement, every goal in tCO2e.
 */
function effectsOf(
  action: Action,
  objectives: readonly MeasuredObjective[],
  goals: readonly Goal[],
  facts: ProblemFacts,
): { effects: Effect[]; excluded: Exclusion | null } {
  const own = facts.standings.find((s) => s.objective.id === action.objective)?.objective;
  const place = placeOf(action, own);
  let misfit = false;
  const effects = objectives.flatMap((objective): Effect[] => {
    const indicator = facts.indicators.find((one) => one.id === objective.indicator) as Indicator;
    const goal = goals.find((one) => one.id === objective.id) as Goal;
    if (!overlapping(place, objective)) return [];
    // what a company does need not be done at some of its sites, unless it is done for them
    if (objective.sites && !place.sites && own?.id !== objective.id) return [];
    let change: Decimal | null = null;
    if (own !== undefined && own.indicator === objective.indicator && action.expectedEffect !== null) {
      change = changeOf(action, indicator, place, objective, facts);
      if (change === null) misfit = true;
    } else if (indicator.unit === 'tCO2e' && action.abatement !== null) {
      change = new Decimal(action.abatement).negated().times(weightIn(place, objective, facts));
    }
    if (change === null || change.isZero()) return [];
    return [
      {
        goal: goal.id,
        change: change.toDecimalPlaces(6).toFixed(),
        share: change.dividedBy(goal.gap).toDecimalPlaces(6).toNumber(),
      },
    ];
  });
  if (effects.length > 0) return { effects, excluded: null };
  if (misfit) return { effects, excluded: 'unit' };
  if (action.expectedEffect === null && action.abatement === null) return { effects, excluded: 'no_effect' };
  return { effects, excluded: own === undefined ? 'no_objective' : 'no_goal' };
}

/** Where an action works: its site, its company, else the perimeter of its objective. */
function placeOf({ entity, site }: Action, own: Place | undefined): Place {
  const whole = { entity: GROUP, entities: null, sites: null, companies: [] };
  if (entity === null) return own ?? whole;
  return site === null
    ? { ...whole, entity }
    : { ...whole, entity: `site:${site}`, sites: [site], companies: [entity] };
}

const companiesOf = (place: Place): readonly string[] =>
  place.sites ? place.companies : (place.entities ?? [place.entity]);

/** What a company counts for in a perimeter: its consolidation weight in the group or among several, all of it in its own. */
function weightIn(place: Place, perimeter: Place, facts: ProblemFacts): number {
  const [company, ...more] = companiesOf(place);
  const larger = perimeter.entity === GROUP || companiesOf(perimeter).length > 1;
  return larger && more.length === 0 && company !== undefined ? (facts.weights.get(company) ?? 1) : 1;
}

/**
 * The change of an objective's indicator: as stated where the units agree (points for a percentage);
 * where it is stated in the unit of the numerator, over today's denominator; that of an entity's ratio
 * at the entity's part of the denominator. Null where the unit fits neither.
 */
function changeOf(
  action: Action,
  indicator: Indicator,
  place: Place,
  objective: MeasuredObjective,
  facts: ProblemFacts,
): Decimal | null {
  const stated = new Decimal(action.expectedEffect as string);
  const unit = action.expectedUnit;
  const same = unit === indicator.unit || (indicator.unit === '%' && (unit === 'point' || unit === 'points'));
  if (!indicator.denominator) {
    if (!same) return null;
    // an effect is a year's; an objective on quarters of a flow sees a quarter of it
    const year = objective.basis === 'quarter' && indicator.bases.includes('ttm') ? 4 : 1;
    return stated.times(weightIn(place, objective, facts)).dividedBy(year);
  }
  const own = place.entity === objective.entity || action.objective === objective.id;
  const whole = denominatorOf(indicator, objective, objective.basis, facts);
  if (whole === null || whole.isZero()) return same && own ? stated : null;
  if (same) {
    if (place.entity === objective.entity) return stated;
    // a site's part of a ratio is not known: its company's stands for it
    const company = place.sites ? { ...place, entity: place.companies[0] ?? GROUP, sites: null } : place;
    const part = denominatorOf(indicator, company, objective.basis, facts);
    return part === null ? stated : stated.times(part).dividedBy(whole);
  }
  if (!numeratorUnits(indicator, facts).includes(unit ?? '')) return null;
  return stated
    .times(weightIn(place, objective, facts))
    .times(indicator.scale)
    .dividedBy(whole);
}

/** Null where a figure is missing, and of sites, which have no figure of their own. */
function denominatorOf(
  indicator: Indicator,
  place: Place,
  basis: string,
  { figures, weights, period }: ProblemFacts,
): Decimal | null {
  if (place.sites) return null;
  const several = place.entities !== null && place.entities.length > 1;
  const parts = companiesOf(place).map((id) =>
    figures.find(
      (f) => f.indicator === indicator.id && f.entity === id && f.period === period && f.basis === basis,
    ),
  );
  if (parts.some((part) => part?.denominator == null)) return null;
  return parts.reduce(
    (sum, part) =>
      sum.plus(
        new Decimal(part?.denominator ?? 0).times(several ? (weights.get(part?.entity ?? '') ?? 1) : 1),
      ),
    new Decimal(0),
  );
}

function numeratorUnits(indicator: Indicator, facts: ProblemFacts): string[] {
  const units = new Set<string>();
  for (const id of measuresOf(parseExpression(indicator.numerator))) {
    const alone = facts.indicators.find((one) => !one.denominator && one.numerator.trim() === id);
    if (alone) units.add(alone.unit);
  }
  return [...units];
}
