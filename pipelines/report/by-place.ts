import type { Figure, MeasureValue } from '../indicators/figure.ts';

/** Finds what is known of an indicator or a measure for an entity, over the window that ends with a period. */
export type ByPlace<Item> = (id: string, entity: string, period: string, basis: string) => Item | undefined;

const figuresFound = new WeakMap<readonly Figure[], ByPlace<Figure>>();
const valuesFound = new WeakMap<readonly MeasureValue[], ByPlace<MeasureValue>>();

/** Figures by their places; workbook, report and charts of one content share what finds them. */
export function figuresByPlace(figures: readonly Figure[]): ByPlace<Figure> {
  const known = figuresFound.get(figures) ?? byPlace(figures, (one) => one.indicator);
  figuresFound.set(figures, known);
  return known;
}

/** Measure values by their places; see `figuresByPlace`. */
export function valuesByPlace(values: readonly MeasureValue[]): ByPlace<MeasureValue> {
  const known = valuesFound.get(values) ?? byPlace(values, (one) => one.measure);
  valuesFound.set(values, known);
  return known;
}

/** By id, then by entity: an entity has some windows only, and a text for each place would take more memory than the items. */
function byPlace<Item extends Figure | MeasureValue>(
  items: readonly Item[],
  idOf: (item: Item) => string,
): ByPlace<Item> {
  const index = new Map<string, Map<string, Item[]>>();
  for (const item of items) {
    const id = idOf(item);
    let ofId = index.get(id);
    if (!ofId) {
      ofId = new Map();
      index.set(id, ofId);
    }
    const windows = ofId.get(item.entity);
    if (windows) windows.push(item);
    else ofId.set(item.entity, [item]);
  }
  return (id, entity, period, basis) =>
    index
      .get(id)
      ?.get(entity)
      ?.findLast((one) => one.basis === basis && one.period === period);
}
