import type { Basis, Figure, MeasureValue } from './figure.ts';

/** Where a measure value or a figure stands: an entity or the group, and a window that ends with a quarter. */
export interface Place {
  readonly entity: string;
  readonly period: string;
  readonly basis: Basis;
}

/**
 * Items that are looked up by id (a measure's, an indicator's) and place; of several at one place the last one counts.
 * Places are numbered: a text key for each item would take more memory than the item, and a group of a thousand
 * companies has millions of them.
 */
export class ByPlace<Item extends Readonly<Record<keyof Place, string>>> {
  readonly #entities = new Map<string, number>();
  readonly #periods = new Map<string, number>();
  readonly #items = new Map<string, (Item | undefined)[]>();

  constructor(items: readonly Item[], idOf: (item: Item) => string) {
    for (const { entity, period } of items) {
      number(this.#entities, entity);
      number(this.#periods, period);
    }
    const slots = this.#entities.size * this.#periods.size * 2;
    for (const item of items) {
      const id = idOf(item);
      // all of their room at once: a list that grows is copied over and over
      const own = this.#items.get(id) ?? new Array<Item | undefined>(slots);
      if (!this.#items.has(id)) this.#items.set(id, own);
      own[this.#slot(item) as number] = item;
    }
  }

  /** Every place that has some item, in one order. */
  places(): Pick<Item, keyof Place>[] {
    const found: (Item | undefined)[] = [];
    for (const own of this.#items.values())
      own.forEach((item, slot) => {
        found[slot] ??= item;
      });
    return found
      .filter((item) => item !== undefined)
      .map(({ entity, period, basis }) => ({ key: `${entity}|${period}|${basis}`, entity, period, basis }))
      .sort((a, b) => (a.key < b.key ? -1 : 1))
      .map(({ key, ...place }) => place);
  }

  get(id: string, place: Readonly<Record<keyof Place, string>>): Item | undefined {
    const slot = this.#slot(place);
    return slot === undefined ? undefined : this.#items.get(id)?.[slot];
  }

  /** What stands at one place, by id. */
  at(place: Readonly<Record<keyof Place, string>>): (id: string) => Item | undefined {
    const slot = this.#slot(place);
    return (id) => (slot === undefined ? undefined : this.#items.get(id)?.[slot]);
  }

  #slot({ entity, period, basis }: Readonly<Record<keyof Place, string>>): number | undefined {
    const first = this.#entities.get(entity);
    const window = this.#periods.get(period);
    if (first === undefined || window === undefined) return undefined;
    return (first * this.#periods.size + window) * 2 + (basis === 'ttm' ? 1 : 0);
  }
}

function number(numbers: Map<string, number>, name: string): void {
  if (!numbers.has(name)) numbers.set(name, numbers.size);
}

const figuresFound = new WeakMap<readonly Figure[], ByPlace<Figure>>();
const valuesFound = new WeakMap<readonly MeasureValue[], ByPlace<MeasureValue>>();

/** Figures by their places; all that look among the same figures share what finds them. */
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
