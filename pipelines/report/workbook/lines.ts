/** Lines that a text takes at so many characters a line. */
export function linesOf(words: string, characters: number): number {
  return words
    .split('\n')
    .reduce((lines, line) => lines + Math.max(1, Math.ceil(line.length / characters)), 0);
}
