/**
 * Marks what a page paints outside its structure (rules, backgrounds, running heads, watermark) as an artifact, so that
 * a screen reader passes over it and the rest is tagged content.
 *
 * Source of the rule: ISO 14289-1 (PDF/UA-1), 7.1; of the operators: ISO 32000-1, Annex A.
 *
 * @param content of a page or form, decoded
 */
export function markArtifacts(content: Uint8Array): Uint8Array {
  const text = Buffer.from(content).toString('latin1');
  const out: string[] = [];
  let copied = 0;
  /** open marked-content sequences: whether each is of the structure or an artifact, not just a note on a span */
  const open: boolean[] = [];
  /** where the path or text object begun outside any of them starts; -1 when there is none */
  let begun = -1;
  let operands = 0;
  let inText = false;
  let markedInText = false;
  const wrap = (from: number, to: number) => {
    out.push(text.slice(copied, from), '/Artifact BMC\n', text.slice(from, to), '\nEMC');
    copied = to;
  };
  for (const { word, from, to } of operators(text)) {
    const start = operands;
    operands = to;
    if (word === 'BDC' || word === 'BMC') {
      const settles = /\/MCID\b|\/Artifact\b/.test(text.slice(start, from));
      open.push(settles);
      if (inText && settles) markedInText = true;
      continue;
    }
    if (word === 'EMC') {
      open.pop();
      continue;
    }
    if (word === 'BT') inText = true;
    else if (word === 'ET') inText = false;
    if (open.includes(true)) continue;
    if (word === 'BT') {
      begun = from;
      markedInText = false;
    } else if (word === 'ET') {
      if (!markedInText && begun >= 0) wrap(begun, to);
      begun = -1;
    } else if (inText) continue;
    else if (builds.has(word)) {
      if (begun < 0) begun = skipSpace(text, start);
    } else if (paints.has(word)) {
      wrap(begun < 0 ? skipSpace(text, start) : begun, to);
      begun = -1;
    }
  }
  out.push(text.slice(copied));
  return new Uint8Array(Buffer.from(out.join(''), 'latin1'));
}

/** operators that begin or go on with a path or an inline image, that end it, and that paint by themselves */
const builds = new Set(['m', 'l', 'c', 'v', 'y', 'h', 're', 'W', 'W*', 'BI']);
const paints = new Set(['S', 's', 'f', 'F', 'f*', 'B', 'B*', 'b', 'b*', 'n', 'EI', 'Do', 'sh']);

const space = new Set(['\0', '\t', '\n', '\f', '\r', ' ']);
const delimiters = new Set(['(', ')', '<', '>', '[', ']', '{', '}', '/', '%']);

function skipSpace(text: string, at: number): number {
  let here = at;
  while (space.has(text[here] ?? '')) here += 1;
  return here;
}

/** The operators of a content stream with their places; strings, names, numbers and inline image data are passed over. */
function* operators(text: string): Generator<{ word: string; from: number; to: number }> {
  let at = 0;
  while (at < text.length) {
    const character = text[at] as string;
    if (space.has(character)) at += 1;
    else if (character === '%') while (at < text.length && text[at] !== '\n' && text[at] !== '\r') at += 1;
    else if (character === '(') at = afterString(text, at);
    else if (character === '<' && text[at + 1] !== '<') at = text.indexOf('>', at) + 1 || text.length;
    else if (character === '/') at = afterWord(text, at + 1);
    else if (delimiters.has(character)) at += 1;
    else {
      const from = at;
      at = afterWord(text, at);
      const word = text.slice(from, at);
      if (word === 'ID') {
        const end = /[\s\0]EI(?=[\s\0]|$)/g;
        end.lastIndex = at + 1;
        const found = end.exec(text);
        at = found ? found.index + found[0].length : text.length;
        yield { word: 'EI', from, to: at };
      } else if (!/^[+-]?\d*\.?\d*$/.test(word) && !/^(?:true|false|null)$/.test(word))
        yield { word, from, to: at };
    }
  }
}

function afterWord(text: string, at: number): number {
  let here = at;
  while (here < text.length && !space.has(text[here] as string) && !delimiters.has(text[here] as string))
    here += 1;
  return here;
}

function afterString(text: string, at: number): number {
  let depth = 0;
  for (let here = at; here < text.length; here += 1) {
    if (text[here] === '\\') here += 1;
    else if (text[here] === '(') depth += 1;
    else if (text[here] === ')') {
      depth -= 1;
      if (depth === 0) return here + 1;
    }
  }
  return text.length;
}
