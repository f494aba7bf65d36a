import { Decimal } from 'decimal.js';
import { ByPlace, type Place } from './by-place.ts';
import type { Catalogue, Indicator } from './catalogue.ts';
import { consolidationOf } from './consolidation.ts';
import { hiddenResults } from './disclosure/disclosure.ts';
import { type Rules, rulesOf } from './disclosure/rules.ts';
import { type Expression, evaluate, measuresOf, parseExpression } from './expression.ts';
import { type Figure, GROUP, type MeasureValue, type Status } from './figure.ts';
import { measuresIn } from './measures-in.ts';

/** Looks a measure value up by measure, entity, period and basis. */
export type ValueOf = (measure: string) => MeasureValue | undefined;

export function indexValues(
  values: readonly MeasureValue[],
): (entity: string, period: string, basis: string) => ValueOf {
  const index = new ByPlace(values, (one) => one.measure);
  return (entity, period, basis) => index.at({ entity, period, basis });
}

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
  const at = indexValues(values);
  const closed = new Set(catalogue.measures.filter((m) => m.opens === 'closed').map((m) => m.id));
  const places = placesOf(values);
  const figures: Figure[] = [];
  for (const indicator of catalogue.indicators) {
    const rule = ruleOf(indicator);
    const byCompany = consolidationOf(indicator, catalogue) === 'by_company';
    const isClosed = rule.used.some((id) => closed.has(id));
    for (const place of places) {
      if (!indicator.bases.includes(place.basis)) continue;
      const valueFor = at(place.entity, place.period, place.basis);
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
  }
  return figures;
}

/** Every place that has some value, in one order. */
function placesOf(values: readonly MeasureValue[]): Place[] {
  const places = new Map(
    values.map(({ entity, period, basis }) => [`${entity}|${period}|${basis}`, { entity, period, basis }]),
  );
  return [...places].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, place]) => place);
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
}

function ruleOf(indicator: Indicator): Rule {
  const numerator = parseExpression(indicator.numerator);
  const { denominator } = indicator;
  return {
    indicator,
    numerator,
    denominator: denominator === undefined ? undefined : parseExpression(denominator),
    used: measuresIn(indicator),
    above: measuresOf(numerator),
  };
}

/** One figure from the values of its measures. */
export function computeFigure(indicator: Indicator, valueFor: ValueOf, place: Place): Figure {
  return figureBy(ruleOf(indicator), valueFor, place);
}

function figureBy({ indicator, ...rule }: Rule, valueFor: ValueOf, place: Place): Figure {
  const read = (measure: string) => {
    const found = valueFor(measure);
    if (isEmpty(found)) return 'empty' as const;
    return found?.value == null ? null : new Decimal(found.value);
  };
  const top = evaluate(rule.numerator, read);
  const bottom = rule.denominator ? evaluate(rule.denominator, read) : undefined;
  const used = rule.used.map(valueFor);
  const coverage = used.length === 0 ? 0 : Math.min(...used.map((v) => v?.coverage ?? 0));
  const estimatedShare = shareEstimated(rule.above.map(valueFor)) ?? shareEstimated(used) ?? 0;
  // written out, so that every figure has the same fields in the same order: of a large group they are many
  const figure = (value: string | null, status: Status): Figure => ({
    indicator: indicator.id,
    entity: place.entity,
    period: place.period,
    basis: place.basis,
    unit: indicator.unit,
    numerator: top.state === 'known' ? text(top.value) : null,
    denominator: bottom?.state === 'known' ? text(bottom.value) : null,
    coverage,
    estimatedShare,
    value,
    status,
  });
  if (top.state === 'missing' || bottom?.state === 'missing') return figure(null, 'missing');
  if (top.state === 'empty' || bottom?.state === 'empty' || bottom?.value.isZero())
    return figure(null, 'not_calculable');
  const quotient = bottom ? top.value.dividedBy(bottom.value) : top.value;
  const value = text(quotient.times(indicator.scale));
  const unvalued = used.some((v) => (v?.unvalued ?? 0) > 0);
  return figure(value, coverage < 1 || unvalued ? 'partial' : estimatedShare > 0 ? 'estimated' : 'complete');
}

/** A mean or median whose data have come and hold nobody. */
function isEmpty(value: MeasureValue | undefined): boolean {
  return value !== undefined && value.value === null && value.coverage > 0 && value.unvalued === 0;
}

/** Part of the sum of the values that is estimated; null where there is none. */
function shareEstimated(values: readonly (MeasureValue | undefined)[]): number | null {
  if (values.every((one) => one?.value == null || one.estimatedShare === null)) return null;
  let total = new Decimal(0);
  let estimated = new Decimal(0);
  for (const value of values) {
    if (value?.value == null || value.estimatedShare === null) continue;
    const size = new Decimal(value.value).abs();
    total = total.plus(size);
    estimated = estimated.plus(size.times(value.estimatedShare));
  }
  return total.isZero() ? null : estimated.dividedBy(total).toDecimalPlaces(6).toNumber();
}

/** Twelve decimals at most, never in exponent form. */
function text(value: Decimal): string {
  return value.toDecimalPlaces(12, Decimal.ROUND_HALF_UP).toFixed();
}
