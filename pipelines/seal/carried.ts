import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Explanation } from '../alignment/reconcile.ts';
import type { CarriedDecision } from '../review/last-decisions.ts';
import type { LedgerLine } from '../review/ledger.ts';
import type { CarriedResolution } from '../review/resolution.ts';
import type { Manifest } from './manifest.ts';

/**
 * `carried.json` of a package: what a run takes over from the runs, reviews and publications before it, and
 * what its documents would not say without them. Its hash is part of the run's name.
 */
export interface Carried {
  readonly previous: Manifest['previous'];
  /** the publication of the period that the run would restate */
  readonly restates: Manifest['restates'];
  /** what reviewers wrote of gaps before */
  readonly explanations: readonly Explanation[];
  /** what earlier reviews decided and has not come to an end, see `carriedReview` */
  readonly resolutions: readonly CarriedResolution[];
  /** what the last review decided of figures and explained of gaps; absent in a run of before it was carried */
  readonly decisions?: readonly CarriedDecision[];
  /** last published value of each figure that the run tells otherwise */
  readonly restated: readonly LedgerLine[];
}

export const carriedFile = 'carried.json';

/** `carried.json` of a package, where it can be read: that it is what the manifest seals, `verify` tells. */
export async function readCarried(folder: string): Promise<Carried | undefined> {
  const text = await readFile(join(folder, carriedFile), 'utf8').catch(() => undefined);
  return text === undefined ? undefined : (JSON.parse(text) as Carried);
}

export const carriedText = (carried: Carried): string => `${JSON.stringify(carried, null, 2)}\n`;
