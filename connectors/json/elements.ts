/** Characters of the longest record. */
export const longestElement = 16 * 1024 * 1024;

export interface Element {
  readonly text: string;
  /** line of the file at which it begins, from 1 */
  readonly line: number;
}

/** The text is not a list of elements: cut short, or something stands where a comma should. */
export class BrokenList extends Error {
  constructor(
    /** case of JSON-005 */
    readonly what: string,
    readonly line: number,
    readonly values: Readonly<Record<string, number>> = {},
  ) {
    super(what);
  }
}

/** The lines that hold something. */
export async function* lineElements(pieces: AsyncIterable<string>): AsyncGenerator<Element> {
  let rest = '';
  let line = 0;
  for await (const piece of pieces) {
    const lines = (rest + piece).split('\n');
    rest = lines.pop() as string;
    if (rest.length > longestElement) throw new BrokenList('long_line', line + 1);
    for (const text of lines) {
      line++;
      if (text.trim() !== '') yield { text: text.trim(), line };
    }
  }
  if (rest.trim() !== '') yield { text: rest.trim(), line: line + 1 };
}

/**
 * The elements of a list, cut by brackets and commas outside texts, each left to DuckDB to be parsed.
 *
 * @throws {BrokenList} when the list does not close, or something follows it
 */
export async function* listElements(pieces: AsyncIterable<string>): AsyncGenerator<Element> {
  let depth = 0;
  let inText = false;
  let escaped = false;
  let element = '';
  let line = 1;
  let startLine = 1;
  let closed = false;
  let elements = 0;
  let comma = false;
  const finished = (): Element[] => {
    const text = element.trim();
    element = '';
    if (text === '') return [];
    elements++;
    return [{ text, line: startLine }];
  };
  for await (const piece of pieces) {
    let from = 0;
    const found: Element[] = [];
    for (let at = 0; at < piece.length; at++) {
      const code = piece.charCodeAt(at);
      if (code === 10) line++;
      if (inText) {
        if (escaped) escaped = false;
        else if (code === 0x5c) escaped = true;
        else if (code === 0x22) inText = false;
        continue;
      }
      switch (code) {
        case 0x22:
          if (depth === 1 && element.trim() === '' && piece.slice(from, at).trim() === '') startLine = line;
          inText = true;
          break;
        case 0x5b:
        case 0x7b:
          if (depth === 1 && element.trim() === '' && piece.slice(from, at).trim() === '') startLine = line;
          depth++;
          if (depth === 1) {
            if (closed || code !== 0x5b) throw new BrokenList('after_list', line);
            from = at + 1;
          }
          break;
        case 0x5d:
        case 0x7d:
          depth--;
          if (depth === 0) {
            element += piece.slice(from, at);
            const last = finished();
            if (last.length === 0 && comma) throw new BrokenList('last_comma', line);
            found.push(...last);
            closed = true;
            from = at + 1;
          } else if (depth < 0) throw new BrokenList('lone_bracket', line);
          break;
        case 0x2c:
          if (depth === 1) {
            element += piece.slice(from, at);
            const one = finished();
            if (one.length === 0) throw new BrokenList('lone_comma', line);
            found.push(...one);
            comma = true;
            from = at + 1;
            startLine = line;
          }
          break;
        default:
          if (depth === 0 && code > 32 && code !== 0xfeff) throw new BrokenList('outside_list', line);
      }
    }
    if (depth > 0) element += piece.slice(from);
    if (element.length > longestElement) throw new BrokenList('long_element', startLine);
    yield* found;
  }
  if (!closed) throw new BrokenList('cut_short', line, { elements });
}
