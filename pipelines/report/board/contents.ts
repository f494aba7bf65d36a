import type { Destinations } from './pdf-destinations.ts';

/** The page of an anchor, as text; a dash as wide as a number while it is not known. */
export type PageOf = (anchor: string) => string;

export function pagesFrom(destinations: Destinations | null): PageOf {
  return (anchor) => {
    const page = destinations?.pages.get(anchor);
    return page === undefined ? '–' : String(page);
  };
}

/** One line of the table of contents. */
export interface ContentsLine {
  readonly anchor: string;
  readonly label: string;
  readonly page: string;
  readonly lines: readonly ContentsLine[];
}
