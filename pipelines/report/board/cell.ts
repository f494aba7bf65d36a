import { Decimal } from 'decimal.js';
import type { Indicator } from '../../indicators/catalogue.ts';
import type { Figure, Status } from '../../indicators/figure.ts';
import { decimalsFor, type Rounding, rounded } from '../../language/quantity.ts';
import { type Scale, scaled, scaledQuantity, scaleFor, share, signed } from '../format.ts';
import type { Voice } from './voice.ts';

/** The id of the panel that opens a figure in the page. */
export function trailId(figure: Pick<Figure, 'indicator' | 'entity' | 'period' | 'basis'>): string {
  const parts = [figure.indicator, figure.entity, figure.period, figure.basis];
  return `trail-${trailPart(parts.join('-'))}`;
}

export const trailPart = (name: string): string => name.replace(/[^A-Za-z0-9]/g, '-');

/** What a table prints in the place of a value: digits, or a mark that says why there are none. Never 0 for absence. */
export interface Cell {
  readonly text: string;
  /** `e`, `p`, `p e` beside the digits; '' for a value that is whole and measured */
  readonly mark: string;
  /** the class of the cell */
  readonly kind: 'value' | 'absent' | 'idle';
  /** id of the panel that opens the figure in the page; '' where there is no figure */
  readonly trail: string;
}

/** A window that has no meaning for the indicator, or that the run does not hold. */
export const idle: Cell = { text: '—', mark: '', kind: 'idle', trail: '' };

const shown: readonly Status[] = ['complete', 'estimated', 'partial', 'overridden'];

/** States with a mark of their own in the place of digits; the others without a value are missing. */
const unshown: readonly Status[] = ['not_calculable', 'not_applicable', 'suppressed', 'rejected'];

/** The digits of a figure in its row's scale; the unit is printed once, beside the label. */
export function cellOf(figure: Figure | undefined, scale: Scale, voice: Voice): Cell {
  if (!figure) return idle;
  const value = shownValue(figure);
  if (value === null) return absence(figure, voice);
  return {
    text: scaled(value, scale, voice.language),
    mark: markOf(figure, voice),
    kind: 'value',
    trail: trailId(figure),
  };
}

/** The same with its unit, for a figure that stands alone. */
export function cellWithUnit(figure: Figure | undefined, scale: Scale, voice: Voice): Cell {
  const cell = cellOf(figure, scale, voice);
  const value = figure ? shownValue(figure) : null;
  return value === null ? cell : { ...cell, text: scaledQuantity(value, scale, voice.language) };
}

/** The value that may be printed; null for any state that hides or lacks it. */
export function shownValue(figure: Figure | undefined): string | null {
  return figure && shown.includes(figure.status) ? figure.value : null;
}

function absence(figure: Figure, voice: Voice): Cell {
  const { status } = figure;
  const key = unshown.includes(status) ? status : 'missing';
  return { text: voice.word(`marks.${key}`), mark: '', kind: 'absent', trail: trailId(figure) };
}

function markOf(figure: Figure, voice: Voice): string {
  const marks = [
    ...(figure.status === 'partial' ? [voice.word('marks.partial')] : []),
    ...(figure.status === 'overridden' ? [voice.word('marks.overridden')] : []),
    ...(figure.status === 'estimated' || figure.estimatedShare > 0 ? [voice.word('marks.estimated')] : []),
  ];
  return marks.join(' ');
}

/** A text in the place of a quantity that is not a figure: `12 345 MWh`, or the mark for missing. */
export function quantityOrMark(value: string | null, unit: string, decimals: Rounding, voice: Voice): string {
  if (value === null) return voice.word('marks.missing');
  return scaledQuantity(value, scaleFor(unit, decimals, [value], voice.language), voice.language);
}

/** The scale of an indicator's values that stand in one row or chart. */
export function indicatorScale(
  indicator: Indicator,
  figures: readonly (Figure | undefined)[],
  voice: Voice,
): Scale {
  return scaleFor(indicator.unit, indicator.decimals, figures.map(shownValue), voice.language);
}

/** How a figure changed: relative for quantities, in points for percentages. */
export interface Change {
  readonly text: string;
  /** which way, whether that is progress by the indicator's direction, and both in words */
  readonly way: 'up' | 'down' | 'flat';
  readonly judgement: 'better' | 'worse' | 'neutral';
  readonly words: string;
}

/** The change between two printed figures; null when one of them is not known or the first is zero. */
export function changeBetween(
  indicator: Indicator,
  before: Figure | undefined,
  now: Figure | undefined,
  voice: Voice,
): Change | null {
  const [from, to] = [shownValue(before), shownValue(now)];
  if (from === null || to === null) return null;
  const points = indicator.unit === '%';
  if (!points && new Decimal(from).isZero()) return null;
  // points are the difference of the two percentages as they are printed, so that a reader finds it again
  const printed = (value: string) => rounded(value, indicator.decimals);
  const decimals = Math.max(...[from, to].map((value) => decimalsFor(value, indicator.decimals)));
  const difference = points ? printed(to).minus(printed(from)) : new Decimal(to).minus(from);
  const amount = points ? difference : difference.dividedBy(new Decimal(from).abs()).times(100);
  const text = points
    ? `${signed(amount.toFixed(), decimals, voice.language)}\u00a0${voice.word('points')}`
    : `${signed(amount.toFixed(), 1, voice.language)}${voice.language === 'fr' ? '\u202f' : ''}%`;
  const way = amount.abs().lessThan(0.05) ? 'flat' : amount.isPositive() ? 'up' : 'down';
  const judgement =
    way === 'flat' || indicator.direction === 'none'
      ? 'neutral'
      : way === indicator.direction
        ? 'better'
        : 'worse';
  return { text, way, judgement, words: voice.word(`judgement.${judgement}`) };
}

/** Coverage and estimated share for a reader: `98 %`; idle where there is no figure. */
export function shareCell(
  figure: Figure | undefined,
  key: 'coverage' | 'estimatedShare',
  voice: Voice,
): Cell {
  // what does not concern a company expects no data of it
  if (!figure || figure.status === 'not_applicable') return idle;
  if (key === 'estimatedShare' && shownValue(figure) === null) return idle;
  const value = figure[key];
  // 99.6 % is not "100 %" covered, 0.3 % is not "0 %" estimated
  const near = (value > 0 && value < 0.01) || (value > 0.99 && value < 1);
  return { text: share(value, near ? 1 : 0, voice.language), mark: '', kind: 'value', trail: '' };
}
