import type { Indicator } from './catalogue.ts';
import { measuresOf, parseExpression } from './expression.ts';

/** Ids of the measures of an indicator's numerator and denominator, each once, in the order that they are written. */
export function measuresIn(indicator: Pick<Indicator, 'numerator' | 'denominator'>): string[] {
  return [
    ...new Set(
      [indicator.numerator, indicator.denominator ?? '0'].flatMap((text) =>
        measuresOf(parseExpression(text)),
      ),
    ),
  ];
}

/** The measures that count the people whom a figure is about. */
export function populationsOf(indicator: Indicator): readonly string[] {
  if (indicator.population) return [indicator.population].flat();
  const source = indicator.denominator ?? indicator.numerator;
  return measuresOf(parseExpression(source)).slice(0, 1);
}
