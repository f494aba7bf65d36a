/** Items by a key, in the order that they come; the keys in the order of their first items. */
export function groupedBy<Key, Item>(items: Iterable<Item>, keyOf: (item: Item) => Key): Map<Key, Item[]> {
  const groups = new Map<Key, Item[]>();
  for (const item of items) {
    const key = keyOf(item);
    const group = groups.get(key);
    // added to, never copied: of a large group a list has thousands of items
    if (group) group.push(item);
    else groups.set(key, [item]);
  }
  return groups;
}

/** Items of one key together, in their order, as many as may stand so. */
export function inParts<Key, Item>(
  items: Iterable<Item>,
  keyOf: (item: Item) => Key,
  mayStand: (part: readonly Item[]) => boolean,
): Item[][] {
  return [...groupedBy(items, keyOf).values()].flatMap((group) => {
    const parts: Item[][] = [];
    for (const item of group) {
      const last = parts.at(-1);
      if (last && mayStand([...last, item])) last.push(item);
      else parts.push([item]);
    }
    return parts;
  });
}
