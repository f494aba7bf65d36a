import type { Figure } from '../indicators/figure.ts';
import { methodKey } from '../indicators/figure-methods.ts';
import type { ReportContent } from './content.ts';

/**
 * How the rows of a figure are known, in words: `measured + estimated (the same weekday a year before)`.
 * Empty where nothing is shown; what a reviewer put in the place of a figure says so instead.
 *
 * @param name the word for a code of a list of `common.yaml`, or the code itself where it has none
 */
export function methodText(
  content: Pick<ReportContent, 'methods'>,
  figure: Figure | undefined,
  name: (list: string, code: string) => string,
): string {
  if (!figure || figure.value === null) return '';
  if (figure.status === 'overridden') return name('figure_statuses', figure.status);
  const codes = content.methods[methodKey(figure)];
  if (codes === undefined) return '';
  // a quality that some rows explain and others do not is said once, with its explanations
  const ways = new Map<string, string[]>();
  for (const code of codes.split(' + ')) {
    const [quality, method] = code.split(':') as [string, string | undefined];
    const named = ways.get(quality) ?? [];
    if (method !== undefined && method !== quality && quality !== `by_${method}`)
      named.push(name('data_methods', method));
    ways.set(quality, named);
  }
  return [...ways]
    .map(([quality, named]) => {
      const word = name('data_qualities', quality);
      return named.length > 0 ? `${word} (${named.join(', ')})` : word;
    })
    .join(' + ');
}
