/** Lines that a text takes at so many characters a line, broken between its words; a longer word is broken itself. */
export function linesOf(words: string, characters: number): number {
  return words.split('\n').reduce((lines, line) => lines + linesOfParagraph(line, characters), 0);
}

function linesOfParagraph(paragraph: string, characters: number): number {
  if (paragraph.length <= characters) return 1;
  let lines = 1;
  let used = 0;
  for (const word of paragraph.split(' ')) {
    const needed = used === 0 ? word.length : used + 1 + word.length;
    if (needed <= characters) {
      used = needed;
      continue;
    }
    if (used > 0) lines += 1;
    lines += Math.max(0, Math.ceil(word.length / characters) - 1);
    used = word.length % characters || Math.min(word.length, characters);
  }
  return lines;
}
