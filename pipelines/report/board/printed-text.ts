/** A text that stays together when it is printed. */
export interface Piece {
  /** as a reader sees it */
  readonly text: string;
  /** without spaces and marks that printing moves or drops */
  readonly bare: string;
  /** printed again on each page that its table goes on to */
  readonly repeats: boolean;
  /** a label of a chart: which chart, and where in it; labels of one text and place are painted over each other */
  readonly drawn: string | null;
}

/**
 * The text of the report's page in the pieces that stay together when it is printed: a table row, a
 * paragraph, a heading, a label of a chart; each without spaces and marks that printing moves or drops.
 */
export function printedPieces(html: string): Piece[] {
  const body = html
    .replace(/^[\s\S]*<body[^>]*>/, '')
    .replace(/<(style|script|title|desc|template)\b[\s\S]*?<\/\1>/g, '')
    .replace(/<div class="watermark"[\s\S]*?<\/div>/, '')
    .replace(/<!--[\s\S]*?-->/g, '')
    // raised and lowered marks are painted after the rest of the page
    .replace(/<(sub|sup)\b[\s\S]*?<\/\1>/g, ' ');
  const pieces: Piece[] = [];
  let text = '';
  let rows = 0;
  let head = false;
  let drawn: string | null = null;
  let chart = 0;
  let numbered: number | null = null;
  // moves of the groups around a label, and its own
  const moves: string[] = [];
  const end = () => {
    const shown = decoded(text).replace(/\s+/g, ' ').trim();
    if (shown !== '')
      pieces.push({
        text: shown,
        bare: bareText(shown),
        repeats: head,
        drawn: drawn === null ? null : `${drawn} ${moves.join(' ')}`,
      });
    text = '';
  };
  for (const [token, name] of body.matchAll(/<\/?([a-zA-Z][a-zA-Z0-9]*)\b[^>]*>|[^<]+/g)) {
    if (name === undefined) text += token;
    else if (name === 'svg') {
      end();
      const closes = token.startsWith('</');
      if (!closes) chart += 1;
      drawn = closes ? null : String(chart);
      moves.length = 0;
    } else if (drawn !== null && (name === 'g' || name === 'text')) {
      end();
      if (token.startsWith('</')) moves.pop();
      else if (!token.endsWith('/>')) moves.push(/\btransform="([^"]*)"/.exec(token)?.[1] ?? '');
    } else if (name === 'ol' || (name === 'li' && numbered !== null)) {
      end();
      // the style sheet numbers the decisions, and no other list
      if (name === 'ol') numbered = /\bclass="decisions"/.test(token) ? 0 : null;
      else if (numbered !== null && !token.startsWith('</')) {
        numbered += 1;
        pieces.push({ text: `${numbered}`, bare: `${numbered}`, repeats: false, drawn: `list ${numbered}` });
      }
    } else if (drawn !== null && name === 'tspan') {
      // one that says where it begins is a line of its own; the others raise, lower or colour a part
      if (/\sx="/.test(token)) end();
    } else if (name === 'thead') {
      end();
      head = !token.startsWith('</');
    } else if (name === 'tr') {
      end();
      rows += token.startsWith('</') ? -1 : 1;
    } else if (rows > 0) text += ' ';
    else if (!inline.has(name)) end();
  }
  end();
  return pieces;
}

const inline = new Set([
  'a',
  'abbr',
  'b',
  'br',
  'code',
  'em',
  'i',
  'small',
  'span',
  'strong',
  'sub',
  'sup',
  'tspan',
]);

/** Letters, digits and signs only, in lower case: spaces, hyphens and small figures move in print. */
export function bareText(text: string): string {
  return text
    .normalize('NFC')
    .toLowerCase()
    .replace(/[\s\u00ad\u200b\u2010\u2011\u2060\ufeff²³₂-]/g, '');
}

const entities: Readonly<Record<string, string>> = {
  amp: '&',
  lt: '<',
  gt: '>',
  quot: '"',
  apos: "'",
  nbsp: '\u00a0',
};

function decoded(text: string): string {
  return text.replace(/&(#x[0-9a-f]+|#\d+|[a-z]+);/gi, (whole, code: string) => {
    if (code.startsWith('#x')) return String.fromCodePoint(Number.parseInt(code.slice(2), 16));
    if (code.startsWith('#')) return String.fromCodePoint(Number(code.slice(1)));
    return entities[code] ?? whole;
  });
}
