/** What Excel accepts in one cell. */
const longest = 32_767;

/** Any of what is taken out or written otherwise: most texts hold none of it. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are the characters to find
const unfit = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\ud800-\udfff\ufffe\uffff]|_[xX][0-9a-fA-F]{4}_/;

/**
 * A text as a cell may hold it: no character that XML forbids, no half of a surrogate pair, nothing that
 * Excel would decode (`_x000D_`), and no longer than 32,767 characters (the cut is marked).
 *
 * The text stays text whatever it begins with: the writer stores it as a string, never as a formula.
 */
export function cellText(text: string): string {
  if (text.length <= longest && !unfit.test(text)) return text;
  const legal = wellFormed(text)
    .replaceAll('\r\n', '\n')
    // biome-ignore lint/suspicious/noControlCharactersInRegex: these are the characters to remove
    .replace(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\ufffe\uffff]/g, '')
    .replace(/_(?=x[0-9a-f]{4}_)/gi, '_x005F_');
  if (legal.length <= longest) return legal;
  const mark = ' […]';
  return `${wellFormed(legal.slice(0, longest - mark.length))}${mark}`;
}

function wellFormed(text: string): string {
  return text.replace(/[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g, '\ufffd');
}

/** A literal inside a formula: quotes doubled. */
export function quoted(text: string): string {
  return `"${cellText(text).replaceAll('"', '""')}"`;
}
