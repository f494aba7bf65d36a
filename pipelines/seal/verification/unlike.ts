/** Keys of what only one list has, or that the two lists do not tell alike. */
export function unlike<Item>(a: readonly Item[], b: readonly Item[], key: (item: Item) => string): string[] {
  const left = new Map(a.map((item) => [key(item), JSON.stringify(item)]));
  const right = new Map(b.map((item) => [key(item), JSON.stringify(item)]));
  return [...new Set([...left.keys(), ...right.keys()])].filter((one) => left.get(one) !== right.get(one));
}
