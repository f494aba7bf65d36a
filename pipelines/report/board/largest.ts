import type { Decimal } from 'decimal.js';

/** So many of the items, the largest, in the order given; of equal ones the first. */
export function largest<Item>(
  items: readonly Item[],
  count: number,
  sizeOf: (item: Item) => Decimal,
): readonly Item[] {
  if (items.length <= count) return items;
  const sizes = new Map(items.map((one) => [one, sizeOf(one)]));
  const inSize = items.toSorted((a, b) => (sizes.get(b) as Decimal).comparedTo(sizes.get(a) as Decimal));
  const kept = new Set(inSize.slice(0, count));
  return items.filter((one) => kept.has(one));
}
