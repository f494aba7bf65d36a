/**
 * The circles of a graph, each once, from its smallest node on, in the order of that node.
 *
 * @param edges what each node points to; a node that is only pointed to has none
 * @example circles(new Map([['a', ['b']], ['b', ['a']], ['c', ['a']]])) // [['a', 'b']]
 */
export function circles(edges: ReadonlyMap<string, readonly string[]>): string[][] {
  const found: string[][] = [];
  const finished = new Set<string>();
  const path: string[] = [];
  const walk = (node: string): void => {
    const at = path.indexOf(node);
    if (at >= 0) {
      const circle = path.slice(at);
      const smallest = circle.indexOf([...circle].sort()[0] as string);
      found.push([...circle.slice(smallest), ...circle.slice(0, smallest)]);
      return;
    }
    if (finished.has(node)) return;
    path.push(node);
    for (const next of [...(edges.get(node) ?? [])].sort()) walk(next);
    path.pop();
    finished.add(node);
  };
  for (const node of [...edges.keys()].sort()) walk(node);
  return found.sort((a, b) => ((a[0] as string) < (b[0] as string) ? -1 : 1));
}
