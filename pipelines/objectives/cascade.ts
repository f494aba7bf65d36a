import { Decimal } from 'decimal.js';
import type { Catalogue, Indicator } from '../indicators/catalogue.ts';
import { measuresOf, parseExpression } from '../indicators/expression.ts';
import { type Figure, GROUP } from '../indicators/figure.ts';
import { isMeasured, type MeasuredObjective, type Objective } from './objective.ts';
import type { Cascade, CascadePart } from './position.ts';

export interface Perimeter {
  /** consolidated entities, with what each counts for in the group */
  readonly weights: ReadonlyMap<string, number>;
  /** sites that are open, each with its entity */
  readonly sites: ReadonlyMap<string, string>;
  readonly period: string;
}

/**
 * Sets each objective that has parts against them: the sum of their targets for what adds up; for a ratio
 * their mean weighed by the denominators of the run's period. `figures` is empty in a check, which has no
 * denominators: a ratio is then said to be not checkable.
 */
export function cascades(
  objectives: readonly Objective[],
  catalogue: Pick<Catalogue, 'indicators' | 'measures'>,
  figures: readonly Figure[],
  perimeter: Perimeter,
): Cascade[] {
  return objectives.flatMap((whole) => {
    const parts = objectives.filter((o) => o.parent === whole.id).filter(isMeasured);
    if (!isMeasured(whole) || parts.length === 0) return [];
    return [cascadeOf(whole, parts, catalogue, figures, perimeter)];
  });
}

function cascadeOf(
  whole: MeasuredObjective,
  parts: readonly MeasuredObjective[],
  catalogue: Pick<Catalogue, 'indicators' | 'measures'>,
  figures: readonly Figure[],
  { weights, sites, period }: Perimeter,
): Cascade {
  const indicator = catalogue.indicators.find((one) => one.id === whole.indicator);
  const companiesOf = ({ entity, entities, ...objective }: Objective): readonly string[] =>
    objective.sites ? objective.companies : (entities ?? (entity === GROUP ? [...weights.keys()] : [entity]));
  // a company that one of them divides by site is compared site by site
  const divided = new Set([whole, ...parts].flatMap((one) => (one.sites ? one.companies : [])));
  const placesOf = (objective: Objective): string[] =>
    objective.sites
      ? objective.sites.map((site) => `site:${site}`)
      : companiesOf(objective).flatMap((company) => {
          const own = [...sites].filter(([, entity]) => entity === company).map(([site]) => `site:${site}`);
          return divided.has(company) && own.length > 0 ? own : [company];
        });
  const covered = parts.flatMap(placesOf);
  const uncovered = placesOf(whole).filter((place) => !covered.includes(place));
  const base = {
    objective: whole.id,
    target: String(whole.target.value),
    tolerance: whole.parts_tolerance,
    uncovered,
  };
  const shown = (weightOf: (part: MeasuredObjective) => Decimal | null): CascadePart[] =>
    parts.map((part) => ({
      objective: part.id,
      entity: part.entity,
      target: String(part.target.value),
      weight: weightOf(part)?.toDecimalPlaces(6).toFixed() ?? null,
    }));
  const not = (reason: NonNullable<Cascade['reason']>): Cascade => ({
    ...base,
    parts: shown(() => null),
    method: 'none',
    together: null,
    gap: null,
    gapShare: null,
    status: 'not_checkable',
    reason,
  });
  if (!indicator || parts.some((p) => p.indicator !== whole.indicator || p.basis !== whole.basis))
    return not('another_indicator');
  if (parts.some((p) => p.target.period !== whole.target.period)) return not('another_quarter');
  if (new Set(covered).size !== covered.length) return not('overlap');
  // a part of one entity counts in a larger perimeter for what the entity is consolidated at
  const share = (part: MeasuredObjective) => {
    const [company, ...more] = companiesOf(part);
    const larger = whole.entity === GROUP || companiesOf(whole).length > 1;
    return new Decimal(larger && more.length === 0 ? (weights.get(company ?? '') ?? 1) : 1);
  };
  const compared = (method: 'sum' | 'weighted', together: Decimal, shares: CascadePart[]): Cascade => {
    const gap = together.minus(whole.target.value);
    const size = new Decimal(whole.target.value).abs();
    const gapShare = size.isZero() ? null : gap.abs().dividedBy(size).toDecimalPlaces(6).toNumber();
    const agrees = gapShare === null ? gap.isZero() : gapShare <= whole.parts_tolerance;
    return {
      ...base,
      parts: shares,
      method,
      together: together.toDecimalPlaces(6).toFixed(),
      gap: gap.toDecimalPlaces(6).toFixed(),
      gapShare,
      status: !agrees ? 'differs' : uncovered.length > 0 ? 'incomplete' : 'agrees',
      reason: null,
    };
  };
  if (indicator.denominator === undefined) {
    if (!addsUp(indicator, catalogue)) return not('not_additive');
    const sum = parts.reduce((total, p) => total.plus(share(p).times(p.target.value)), new Decimal(0));
    return compared('sum', sum, shown(share));
  }
  const denominatorOf = (part: MeasuredObjective): Decimal | null => {
    // several companies' own denominators are weighed one by one; one place's as a whole
    const own = part.sites || part.entity === GROUP ? [part.entity] : (part.entities ?? [part.entity]);
    const figuresOf = own.map((entity) =>
      figures.find(
        (f) =>
          f.indicator === part.indicator &&
          f.entity === entity &&
          f.period === period &&
          f.basis === part.basis,
      ),
    );
    if (figuresOf.some((f) => f?.denominator == null)) return null;
    const weightOf = (entity: string) => (part.sites ? share(part) : (weights.get(entity) ?? 1));
    return figuresOf.reduce(
      (total, f) => total.plus(new Decimal(f?.denominator ?? 0).times(weightOf(f?.entity ?? ''))),
      new Decimal(0),
    );
  };
  const denominators = parts.map(denominatorOf);
  if (denominators.some((d) => d === null || d.isZero())) return not('no_denominator');
  const all = denominators.reduce<Decimal>((total, d) => total.plus(d as Decimal), new Decimal(0));
  const weightOf = (part: MeasuredObjective) => (denominators[parts.indexOf(part)] as Decimal).dividedBy(all);
  const mean = parts.reduce((total, p) => total.plus(weightOf(p).times(p.target.value)), new Decimal(0));
  return compared('weighted', mean, shown(weightOf));
}

/** Sums of rows add up over entities; counts of distinct people, medians and the like do not. */
function addsUp(indicator: Indicator, catalogue: Pick<Catalogue, 'measures'>): boolean {
  return measuresOf(parseExpression(indicator.numerator)).every((id) => {
    const measure = catalogue.measures.find((one) => one.id === id);
    return measure?.aggregation === 'sum' && !measure.eliminate_intragroup;
  });
}
