/** Advance widths of Source Sans 3, in thousandths of the font size, by kind of character. */
const widths: readonly (readonly [characters: RegExp, width: number])[] = [
  [/[ijl.,:;'’|!\u202f]/u, 255],
  [/[ \u00a0frt()[\]-]/u, 320],
  [/[mwMW—…%@]/u, 800],
  [/\p{Lu}/u, 590],
  [/\p{Nd}/u, 497],
];

/** The width of a text set in the report's font, near enough to lay out a chart without a browser. */
export function textWidth(text: string, fontSize: number): number {
  let thousandths = 0;
  for (const character of text)
    thousandths += widths.find(([characters]) => characters.test(character))?.[1] ?? 500;
  return (thousandths * fontSize) / 1000;
}

/** Words in lines no wider than `width`; a longer word stands alone. */
export function wrapped(text: string, fontSize: number, width: number): string[] {
  const lines: string[] = [];
  for (const word of text.split(' ')) {
    const line = lines.at(-1);
    if (line !== undefined && textWidth(`${line} ${word}`, fontSize) <= width)
      lines[lines.length - 1] = `${line} ${word}`;
    else lines.push(word);
  }
  return lines;
}
