import type { Review } from './decision.ts';

/**
 * What a workbook says of itself, in one cell of the sheet about it: its run, and how far the journal had
 * come when it was written. `concordance:2026-Q3-0a1b2c3d4e5f:0` is the sealed one.
 */
export function workbookKey(run: string, review: Pick<Review, 'entries' | 'head'>): string {
  return `concordance:${run}:${review.entries}${review.head === null ? '' : `:${review.head.slice(0, 16)}`}`;
}

export function parseWorkbookKey(
  text: string,
): { run: string; entries: number; head: string | null } | undefined {
  const match = /^concordance:(\d{4}-Q[1-4]-[0-9a-f]{12}):(\d{1,6})(?::([0-9a-f]{16}))?$/.exec(text.trim());
  if (!match) return undefined;
  return { run: match[1] as string, entries: Number(match[2]), head: match[3] ?? null };
}
