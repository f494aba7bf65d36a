/**
 * Whether two names as reviewers write them may be one person: without case, accents, punctuation and
 * order, an initial standing for any name that begins with it. In doubt it says yes: the four eyes rule
 * then asks for full names.
 *
 * @example mayBeOnePerson('A. Martin', 'MARTIN Alice') // true
 */
export function mayBeOnePerson(a: string, b: string): boolean {
  const [fewer, more] = [namesOf(a), namesOf(b)].sort((x, y) => x.length - y.length) as [string[], string[]];
  if (fewer.length === 0) return more.length === 0;
  const left = [...more];
  // whole names first, so that an initial takes none that another name needs
  return fewer
    .toSorted((x, y) => y.length - x.length)
    .every((name) => {
      const at = left.findIndex((other) => alike(name, other));
      if (at >= 0) left.splice(at, 1);
      return at >= 0;
    });
}

const alike = (a: string, b: string) =>
  a === b || (a.length === 1 && b.startsWith(a)) || (b.length === 1 && a.startsWith(b));

function namesOf(text: string): string[] {
  return text
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .split(/[^\p{L}\p{N}]+/u)
    .filter(Boolean)
    .sort();
}
