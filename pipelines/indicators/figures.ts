import { Decimal } from 'decimal.js';
import type { Catalogue, Indicator } from './catalogue.ts';
import { consolidationOf } from './consolidation.ts';
import { hiddenResults } from './disclosure/disclosure.ts';
import { type Rules, rulesOf } from './disclosure/rules.ts';
import { evaluate, measuresOf, parseExpression } from './expression.ts';
import { type Figure, GROUP, type MeasureValue, type Status } from './figure.ts';
import { measuresIn } from './measures-in.ts';

/** Looks a measure value up by measure, entity, period and basis. */
export type ValueOf = (measure: string) => MeasureValue | undefined;

export function indexValues(
  values: readonly MeasureValue[],
): (entity: string, period: string, basis: string) => ValueOf {
  const index = new Map(values.map((v) => [`${v.measure}|${v.entity}|${v.period}|${v.basis}`, v]));
  return (entity, period, basis) => (measure) => index.get(`${measure}|${entity}|${period}|${basis}`);
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
  const places = [...new Set(values.map((v) => `${v.entity}|${v.period}|${v.basis}`))].sort();
  const figures: Figure[] = [];
  for (const indicator of catalogue.indicators) {
    const used = measuresIn(indicator);
    const byCompany = consolidationOf(indicator, catalogue) === 'by_company';
    for (const place of places) {
      const [entity, period, basis] = place.split('|') as [string, string, Figure['basis']];
      if (!indicator.bases.includes(basis)) continue;
      const figure = computeFigure(indicator, at(entity, period, basis), { entity, period, basis });
      // an obligation of each company has no value for the group
      if (entity === GROUP && byCompany) figures.push(notApplicable(figure, figure.coverage));
      else if (doesNotConcern(indicator, at(entity, period, basis)))
        figures.push(
          notApplicable(
            figure,
            at(entity, period, basis)((indicator.applies as { measure: string }).measure)?.coverage ?? 0,
          ),
        );
      // one person's pay shows neither as itself nor as a part
      else if (used.some((id) => closed.has(id)))
        figures.push({ ...figure, numerator: null, denominator: null });
      else figures.push(figure);
    }
  }
  return figures;
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

/** One figure from the values of its measures. */
export function computeFigure(
  indicator: Indicator,
  valueFor: ValueOf,
  place: Pick<Figure, 'entity' | 'period' | 'basis'>,
): Figure {
  const numerator = parseExpression(indicator.numerator);
  const denominator =
    indicator.denominator === undefined ? undefined : parseExpression(indicator.denominator);
  const read = (measure: string) => {
    const found = valueFor(measure);
    if (isEmpty(found)) return 'empty' as const;
    return found?.value == null ? null : new Decimal(found.value);
  };
  const top = evaluate(numerator, read);
  const bottom = denominator ? evaluate(denominator, read) : undefined;
  const used = [...new Set([...measuresOf(numerator), ...(denominator ? measuresOf(denominator) : [])])].map(
    valueFor,
  );
  const coverage = Math.min(...used.map((v) => v?.coverage ?? 0));
  const estimatedShare = shareEstimated(measuresOf(numerator).map(valueFor)) ?? shareEstimated(used) ?? 0;
  const base = {
    indicator: indicator.id,
    ...place,
    unit: indicator.unit,
    numerator: top.state === 'known' ? text(top.value) : null,
    denominator: bottom?.state === 'known' ? text(bottom.value) : null,
    coverage: Number.isFinite(coverage) ? coverage : 0,
    estimatedShare,
  };
  if (top.state === 'missing' || bottom?.state === 'missing')
    return { ...base, value: null, status: 'missing' };
  if (top.state === 'empty' || bottom?.state === 'empty' || bottom?.value.isZero()) {
    return { ...base, value: null, status: 'not_calculable' };
  }
  const quotient = bottom ? top.value.dividedBy(bottom.value) : top.value;
  const value = text(quotient.times(indicator.scale));
  const unvalued = used.some((v) => (v?.unvalued ?? 0) > 0);
  const status: Status =
    base.coverage < 1 || unvalued ? 'partial' : estimatedShare > 0 ? 'estimated' : 'complete';
  return { ...base, value, status };
}

/** A mean or median whose data have come and hold nobody. */
function isEmpty(value: MeasureValue | undefined): boolean {
  return value !== undefined && value.value === null && value.coverage > 0 && value.unvalued === 0;
}

function shareEstimated(values: readonly (MeasureValue | undefined)[]): number | null {
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
