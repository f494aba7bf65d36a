import { ByPlace } from '../indicators/by-place.ts';
import type { Figure, MeasureValue } from '../indicators/figure.ts';

const figuresFound = new WeakMap<readonly Figure[], ByPlace<Figure>>();
const valuesFound = new WeakMap<readonly MeasureValue[], ByPlace<MeasureValue>>();

/** Figures by their places; workbook, report and charts of one content share what finds them. */
export function figuresByPlace(figures: readonly Figure[]): ByPlace<Figure> {
  const known = figuresFound.get(figures) ?? new ByPlace(figures, (one) => one.indicator);
  figuresFound.set(figures, known);
  return known;
}

/** Measure values by their places; see `figuresByPlace`. */
export function valuesByPlace(values: readonly MeasureValue[]): ByPlace<MeasureValue> {
  const known = valuesFound.get(values) ?? new ByPlace(values, (one) => one.measure);
  valuesFound.set(values, known);
  return known;
}
