import type { Indicator } from './catalogue.ts';
import { measuresOf, parseExpression } from './expression.ts';

type Ratio = Pick<Indicator, 'numerator' | 'denominator'>;

/** Those of the indicators asked for before: each is asked for again for every company. */
const known = new WeakMap<Ratio, readonly string[]>();

/** Ids of the measures of an indicator's numerator and denominator, each once, in the order that they are written. */
export function measuresIn(indicator: Ratio): readonly string[] {
  const found = known.get(indicator) ?? readMeasures(indicator);
  known.set(indicator, found);
  return found;
}

function readMeasures({ numerator, denominator = '0' }: Ratio): string[] {
  return [...new Set([numerator, denominator].flatMap((text) => measuresOf(parseExpression(text))))];
}

/** The measures that count the people whom a figure is about. */
export function populationsOf(indicator: Indicator): readonly string[] {
  if (indicator.population) return [indicator.population].flat();
  const source = indicator.denominator ?? indicator.numerator;
  return measuresOf(parseExpression(source)).slice(0, 1);
}
