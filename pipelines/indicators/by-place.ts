import type { Basis } from './figure.ts';

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
    for (const item of items) {
      const id = idOf(item);
      const own = this.#items.get(id) ?? [];
      if (own.length === 0) this.#items.set(id, own);
      own[this.#slot(item) as number] = item;
    }
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
