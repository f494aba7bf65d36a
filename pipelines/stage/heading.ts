import type { Contract } from './contract.ts';

/** `Date d’échéance ` and `date_d_echeance` are the same heading. */
export function bareHeading(text: string): string {
  return text
    .normalize('NFD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, ' ')
    .trim();
}

export interface Matched {
  /** contract column -> column of the extract */
  readonly sources: ReadonlyMap<string, string>;
  /** required columns that the extract does not have */
  readonly absent: readonly string[];
  /** columns of the extract that the contract does not know */
  readonly unknown: readonly string[];
}

/** Finds each contract column under one of its headings. */
export function matchHeadings(contract: Contract, found: readonly string[]): Matched {
  const byBare = new Map<string, string>();
  for (const heading of found) {
    if (!byBare.has(bareHeading(heading))) byBare.set(bareHeading(heading), heading);
  }
  const sources = new Map<string, string>();
  const absent: string[] = [];
  for (const [name, column] of Object.entries(contract.columns)) {
    const heading = [name, ...(column.header ?? [])]
      .map((h) => byBare.get(bareHeading(h)))
      .find((h) => h !== undefined);
    if (heading !== undefined) sources.set(name, heading);
    else if (column.required) absent.push(name);
  }
  const used = new Set(sources.values());
  return { sources, absent, unknown: found.filter((heading) => !used.has(heading)) };
}
