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
