import { Decimal } from 'decimal.js';
import { type Place, valuesByPlace } from './by-place.ts';
import type { Catalogue, Indicator } from './catalogue.ts';
import { consolidationOf } from './consolidation.ts';
import { hiddenResults } from './disclosure/disclosure.ts';
import { type Rules, rulesOf } from './disclosure/rules.ts';
import { type Expression, evaluate, measuresOf, parseExpression } from './expression.ts';
import { type Figure, GROUP, type MeasureValue, type Status } from './figure.ts';
import { measuresIn } from './measures-in.ts';

/** Looks a measure value up by measure, entity, period and basis. */
export type ValueOf = (measure: string) => MeasureValue | undefined;

/**
 * Computes every figure from measure values: numerator and denominator are sums already, and are divided
 * last. A missing measure makes the figure missing, an empty denominator not calculable; neither is zero.
 * Figures about few people, and those that would tell of them, are suppressed.
 */
export function computeFigures(
  catalogue: Catalogue,
  values: readonly MeasureValue[],
  rules: Rules = rulesOf(),
): Figure[] {
  const figures = openFigures(catalogue, values);
  return suppress(figures, hiddenResults({ catalogue, figures, values }, rules).figures);
}

/** The figures with nothing told of those that are hidden. */
export function suppress(figures: readonly Figure[], hidden: ReadonlySet<Figure>): Figure[] {
  return figures.map((one) =>
    hidden.has(one) ? { ...one, value: null, numerator: null, denominator: null, status: 'suppressed' } : one,
  );
}

/** The figures with none suppressed: for those that go on to hide some. */
export function openFigures(
  catalogue: Pick<Catalogue, 'indicators' | 'measures'>,
  values: readonly MeasureValue[],
): Figure[] {
  return [...figuresByIndicator(catalogue, values)].flat();
}

/** The same, indicator by indicator, for who lets others work in between. */
export function* figuresByIndicator(
  catalogue: Pick<Catalogue, 'indicators' | 'measures'>,
  values: readonly MeasureValue[],
): Generator<Figure[]> {
  const byPlace = valuesByPlace(values);
  const closed = new Set(catalogue.measures.filter((m) => m.opens === 'closed').map((m) => m.id));
  const places = byPlace.places().map((place) => ({ place, valueFor: byPlace.at(place) }));
  for (const indicator of catalogue.indicators) {
    const figures: Figure[] = [];
    const rule = ruleOf(indicator);
    const byCompany = consolidationOf(indicator, catalogue) === 'by_company';
    const isClosed = rule.used.some((id) => closed.has(id));
    for (const { place, valueFor } of places) {
      if (!indicator.bases.includes(place.basis)) continue;
      const figure = figureBy(rule, valueFor, place);
      // an obligation of each company has no value for the group
      if (place.entity === GROUP && byCompany) figures.push(notApplicable(figure, figure.coverage));
      else if (doesNotConcern(indicator, valueFor))
        figures.push(
          notApplicable(figure, valueFor((indicator.applies as { measure: string }).measure)?.coverage ?? 0),
        );
      // one person's pay shows neither as itself nor as a part
      else if (isClosed) figures.push({ ...figure, numerator: null, denominator: null });
      else figures.push(figure);
    }
    yield figures;
  }
}

/** The obligation of the indicator is known not to concern the company; unknown is not "not concerned". */
function doesNotConcern(indicator: Indicator, valueFor: ValueOf): boolean {
  const told = indicator.applies && valueFor(indicator.applies.measure)?.value;
  return told != null && new Decimal(told).isZero();
}

function notApplicable(figure: Figure, coverage: number): Figure {
  return {
    ...figure,
    value: null,
    numerator: null,
    denominator: null,
    coverage,
    estimatedShare: 0,
    status: 'not_applicable',
  };
}

/** An indicator read once for all the companies that it is asked of. */
interface Rule {
  readonly indicator: Indicator;
  readonly numerator: Expression;
  readonly denominator: Expression | undefined;
  /** the measures of both, each once */
  readonly used: readonly string[];
  readonly above: readonly string[];
  /** neither numerator nor denominator is known without a measure */
  readonly needsMeasures: boolean;
  /** the measure that the figure is, where it is one as it stands */
  readonly alone: string | undefined;
}

function ruleOf(indicator: Indicator): Rule {
  const numerator = parseExpression(indicator.numerator);
  const { denominator } = indicator;
  const above = measuresOf(numerator);
  const below = denominator === undefined ? undefined : parseExpression(denominator);
  const isAlone = numerator.kind === 'measure' && denominator === undefined && indicator.scale === 1;
  return {
    indicator,
    numerator,
    denominator: below,
    used: measuresIn(indicator),
    above,
    needsMeasures: above.length > 0 && (below === undefined || measuresOf(below).length > 0),
    alone: isAlone ? numerator.id : undefined,
  };
}

/** One figure from the values of its measures. */
export function computeFigure(indicator: Indicator, valueFor: ValueOf, place: Place): Figure {
  return figureBy(ruleOf(indicator), valueFor, place);
}

function figureBy(rule: Rule, valueFor: ValueOf, place: Place): Figure {
  const { indicator, used, above } = rule;
  const read = (measure: string) => {
    const found = valueFor(measure);
    return isEmpty(found) ? 'empty' : (found?.value ?? null);
  };
  // by loops: of a large group figures are many, and most rest on nothing
  let coverage = used.length === 0 ? 0 : 1;
  let unvalued = false;
  let estimated = false;
  let nothing = rule.needsMeasures;
  for (const measure of used) {
    const found = valueFor(measure);
    nothing &&= found === undefined || (found.value === null && !isEmpty(found));
    coverage = Math.min(coverage, found?.coverage ?? 0);
    unvalued ||= (found?.unvalued ?? 0) > 0;
    estimated ||= (found?.estimatedShare ?? 0) > 0;
  }
  const estimatedShare = estimated
    ? (shareEstimated(above, valueFor) ?? shareEstimated(used, valueFor) ?? 0)
    : 0;
  // written out, so that every figure has the same fields in the same order
  const figure = (
    value: string | null,
    status: Status,
    numerator: string | null,
    denominator: string | null,
  ): Figure => ({
    indicator: indicator.id,
    entity: place.entity,
    period: place.period,
    basis: place.basis,
    unit: indicator.unit,
    numerator,
    denominator,
    coverage,
    estimatedShare,
    value,
    status,
  });
  if (nothing) return figure(null, 'missing', null, null);
  const told = coverage < 1 || unvalued ? 'partial' : estimatedShare > 0 ? 'estimated' : 'complete';
  const alone = rule.alone === undefined ? undefined : shortest(read(rule.alone));
  if (alone !== undefined) return figure(alone, told, alone, null);
  const top = evaluate(rule.numerator, read);
  const bottom = rule.denominator ? evaluate(rule.denominator, read) : undefined;
  const numerator = top.state === 'known' ? text(top.value) : null;
  const denominator = bottom?.state === 'known' ? text(bottom.value) : null;
  if (top.state === 'missing' || bottom?.state === 'missing')
    return figure(null, 'missing', numerator, denominator);
  if (top.state === 'empty' || bottom?.state === 'empty' || bottom?.value.isZero())
    return figure(null, 'not_calculable', numerator, denominator);
  const quotient = bottom ? top.value.dividedBy(bottom.value) : top.value;
  return figure(text(quotient.times(indicator.scale)), told, numerator, denominator);
}

/** The same as {@link text} of a value with twelve decimals at most, as the database tells it; undefined for any other. */
function shortest(value: string | null): string | undefined {
  const point = value?.indexOf('.') ?? -1;
  return value === null || point < 1 || value.length - point > 13 ? undefined : value.replace(/\.?0+$/, '');
}

/** A mean or median whose data have come and hold nobody. */
function isEmpty(value: MeasureValue | undefined): boolean {
  return value !== undefined && value.value === null && value.coverage > 0 && value.unvalued === 0;
}

/** Part of the sum of the measures that is estimated; null where there is none. */
function shareEstimated(measures: readonly string[], valueFor: ValueOf): number | null {
  let total = zero;
  let estimated = zero;
  for (const measure of measures) {
    const found = valueFor(measure);
    if (found?.value == null || found.estimatedShare === null) continue;
    const size = new Decimal(found.value).abs();
    total = total.plus(size);
    if (found.estimatedShare !== 0) estimated = estimated.plus(size.times(found.estimatedShare));
  }
  return total.isZero() ? null : estimated.dividedBy(total).toDecimalPlaces(6).toNumber();
}

const zero = new Decimal(0);

/** Twelve decimals at most, never in exponent form. */
function text(value: Decimal): string {
  return value.toDecimalPlaces(12, Decimal.ROUND_HALF_UP).toFixed();
}
