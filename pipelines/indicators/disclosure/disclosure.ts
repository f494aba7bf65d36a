import { Decimal } from 'decimal.js';
import { groupedBy } from '../../grouped-by.ts';
import { type Place, valuesByPlace } from '../by-place.ts';
import type { Catalogue, Indicator, Measure } from '../catalogue.ts';
import type { Figure, MeasureValue } from '../figure.ts';
import { measuresIn, populationsOf } from '../measures-in.ts';
import { Family, quartersOf, tiedMeasures } from './family.ts';
import type { Rules } from './rules.ts';
import { secondarySuppression } from './secondary.ts';

/** Figures as they are computed, before any is hidden, with all measure values that they rest on. */
export interface Results {
  readonly catalogue: Pick<Catalogue, 'indicators' | 'measures'>;
  readonly figures: readonly Figure[];
  readonly values: readonly MeasureValue[];
}

export interface Hidden {
  readonly values: ReadonlySet<MeasureValue>;
  readonly figures: ReadonlySet<Figure>;
}

/**
 * Which figures and measure values are hidden to protect people. Primary suppression: a figure about fewer people than
 * its threshold with the values that make it, a count of fewer people than the threshold. Secondary suppression:
 * the values from which a hidden one could be worked out, and the figures that would tell a hidden value.
 */
export function hiddenResults({ catalogue, figures, values }: Results, rules: Rules): Hidden {
  const measureOf = new Map(catalogue.measures.map((m) => [m.id, m]));
  const indicatorOf = new Map(catalogue.indicators.map((i) => [i.id, i]));
  const { valueAt, peopleIn } = peopleOf(catalogue, values);
  const isClosed = (id: string) => measureOf.get(id)?.opens === 'closed';
  const primary = new Set<MeasureValue>();
  const small = figuresOfFew({ catalogue, figures, values });
  for (const figure of small) {
    const indicator = indicatorOf.get(figure.indicator) as Indicator;
    const used = [...measuresIn(indicator), ...populationsOf(indicator)];
    const aboutPeople = used.filter((id) => measureOf.get(id)?.people);
    for (const id of aboutPeople.length > 0 ? aboutPeople : used) {
      const value = valueAt(id, figure);
      if (value) primary.add(value);
    }
  }
  const isShare = sharesOf(catalogue.indicators);
  for (const one of values)
    if (one.value !== null && countsPeople(measureOf.get(one.measure)) && !isShare.has(one.measure))
      if (isFew(peopleIn(one), rules.threshold)) primary.add(one);
  const hidden = new Set<MeasureValue>([...primary, ...values.filter((one) => isClosed(one.measure))]);
  const ofMeasure = groupedBy(values, (one) => one.measure);
  const populations = new Set(catalogue.indicators.flatMap(populationsOf));
  const counts = (ids: readonly string[]) => (ids.some((id) => populations.has(id)) ? 0 : 1);
  const tied = tiedMeasures([...ofMeasure.keys()].map((id) => measureOf.get(id) ?? { id }));
  // an entity that hides its people hides what is divided by them too
  const elsewhere = new Map<string, number>();
  for (const ids of tied.toSorted((a, b) => counts(a) - counts(b))) {
    const own = ids.filter((id) => !isClosed(id)).flatMap((id) => ofMeasure.get(id) as MeasureValue[]);
    if (!own.some((one) => primary.has(one))) continue;
    const found = secondarySuppression({
      ...rules,
      family: new Family(new Map(ids.map((id) => [id, measureOf.get(id)])), own),
      primary: own.filter((one) => primary.has(one)),
      countsPeople: (id) => countsPeople(measureOf.get(id)),
      elsewhere: (one) => elsewhere.get(placeOf(one)) ?? 0,
    });
    for (const one of found) {
      hidden.add(one);
      elsewhere.set(placeOf(one), (elsewhere.get(placeOf(one)) ?? 0) + 1);
    }
  }
  const tells = (figure: Figure) =>
    measuresIn(indicatorOf.get(figure.indicator) as Indicator).some((id) => {
      const value = isClosed(id) ? undefined : valueAt(id, figure);
      return value !== undefined && hidden.has(value);
    });
  return {
    values: hidden,
    figures: new Set(figures.filter((one) => small.has(one) || (isTold(one) && tells(one)))),
  };
}

/** Primary suppression alone: the figures about fewer people than their indicator's threshold. */
export function figuresOfFew({ catalogue, figures, values }: Results): ReadonlySet<Figure> {
  const protecting = catalogue.indicators.filter((i) => i.suppress_below !== undefined);
  const indicatorOf = new Map(protecting.map((i) => [i.id, i]));
  const { valueAt, peopleIn } = peopleOf(catalogue, values);
  const isOfFew = (figure: Figure, indicator: Indicator) =>
    tellsOfFew(indicator, (id) => {
      const value = valueAt(id, figure);
      return value?.value == null ? null : peopleIn(value);
    });
  return new Set(
    figures.filter((figure) => {
      const indicator = figure.value === null ? undefined : indicatorOf.get(figure.indicator);
      return indicator !== undefined && isOfFew(figure, indicator);
    }),
  );
}

/** Measure values by place, and how many people one tells of. */
function peopleOf({ measures }: Results['catalogue'], values: readonly MeasureValue[]) {
  const measureOf = new Map(measures.map((m) => [m.id, m]));
  const at = valuesByPlace(values);
  const valueAt = (measure: string, place: Place) => at.get(measure, place);
  return {
    valueAt,
    // the average of a year of which people were there, or known, for one quarter is of those people
    peopleIn: (one: MeasureValue): Decimal => {
      const measure = measureOf.get(one.measure);
      const quarters =
        measure?.time === 'stock_average' && one.basis === 'ttm' ? quartersOf(measure, one.period) : [];
      const parts = quarters.map((period) => valueAt(one.measure, { ...one, period, basis: 'quarter' }));
      return Decimal.max(one.value ?? 0, ...parts.map((part) => part?.value ?? 0));
    },
  };
}

/** Measures that are only a share of a population, which alone must reach the threshold: four of six tell the four. */
function sharesOf(indicators: readonly Indicator[]): ReadonlySet<string> {
  const aboutPeople = indicators.filter((one) => one.suppress_below !== undefined);
  const populations = new Set(aboutPeople.flatMap(populationsOf));
  return new Set(aboutPeople.flatMap(measuresIn).filter((id) => !populations.has(id)));
}

const placeOf = ({ entity, period, basis }: Place) => `${entity}|${period}|${basis}`;

const isTold = (one: Figure) => one.value !== null || one.numerator !== null || one.denominator !== null;

const isFew = (people: Decimal, threshold: number) => people.greaterThan(0) && people.lessThan(threshold);

function countsPeople(measure: Measure | undefined): boolean {
  return measure?.people === true && measure.unit === 'persons';
}

/** The smallest group that the figure tells of, of a gap the smaller sex, has fewer people than the indicator's threshold. */
function tellsOfFew(indicator: Indicator, sizeOf: (measure: string) => Decimal | null): boolean {
  if (indicator.suppress_below === undefined) return false;
  const populations = populationsOf(indicator);
  const sizes = populations
    .map(sizeOf)
    .filter((value) => value !== null)
    .filter((value) => populations.length === 1 || value.greaterThan(0));
  return sizes.length > 0 && isFew(Decimal.min(...sizes), indicator.suppress_below);
}
