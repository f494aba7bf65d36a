/** A part of the report as another typesetter takes it. */
export type Block =
  | { readonly kind: 'heading'; readonly level: number; readonly text: string }
  | { readonly kind: 'paragraph'; readonly text: string }
  | { readonly kind: 'table'; readonly rows: readonly (readonly string[])[] }
  | { readonly kind: 'drawing'; readonly svg: string };

/** Headings, paragraphs, tables and drawings of the report's page, in their order. */
export function reportBlocks(html: string): Block[] {
  const body = html.slice(html.indexOf('<body'));
  const found = body.matchAll(/<(h[1-4]|p|li|table|svg)\b[^>]*>(.*?)<\/\1>/gs);
  return [...found].flatMap(([whole, name = '', inner = '']): Block[] => {
    if (name === 'svg') return [{ kind: 'drawing', svg: drawn(whole) }];
    if (name === 'table') {
      const rows = parts(inner, 'tr').map((row) => parts(row, 'th|td').map(plain));
      return rows.length > 0 ? [{ kind: 'table', rows }] : [];
    }
    const text = plain(inner);
    if (text === '') return [];
    return name.startsWith('h')
      ? [{ kind: 'heading', level: Number(name[1]), text }]
      : [{ kind: 'paragraph', text }];
  });
}

function parts(markup: string, names: string): string[] {
  return [...markup.matchAll(new RegExp(`<(${names})\\b[^>]*>(.*?)</\\1>`, 'gs'))].map(
    (found) => found[2] as string,
  );
}

function plain(markup: string): string {
  return markup
    .replace(/<[^>]*>/g, ' ')
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&quot;', '"')
    .replaceAll('&amp;', '&')
    .replace(/\s+/g, ' ')
    .trim();
}

/** Standing alone, without the variables of the page's style sheet. */
function drawn(svg: string): string {
  const named = svg.includes('xmlns=') ? svg : svg.replace('<svg', '<svg xmlns="http://www.w3.org/2000/svg"');
  return named.replace(/var\(--[a-z0-9-]+\)/g, '#335577');
}
