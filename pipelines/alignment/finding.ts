import type { Basis } from '../indicators/figure.ts';
import type { GapCause, Side } from './gap-causes.ts';

/** What a person must look at. Sentences are in the run's language. */
export interface Finding {
  /** stable within a run: kind and subject, e.g. `reconciliation:payroll:OFR` */
  readonly id: string;
  readonly kind:
    | 'reconciliation'
    | 'contradiction'
    | 'drift'
    | 'action'
    | 'claim'
    | 'quality'
    | 'source'
    | 'privacy';
  readonly severity: 'critical' | 'major' | 'minor';
  readonly entity?: string;
  readonly indicator?: string;
  readonly objective?: string;
  /** who is asked, where no action, objective or reconciliation says */
  readonly owner?: string;
  readonly sentence: string;
  /** the figures it rests on */
  readonly figures: readonly {
    readonly name: string;
    readonly value: string | null;
    readonly unit: string;
  }[];
}

/** Both sides of a declared reconciliation for one entity and window. */
export interface ReconciliationResult {
  readonly reconciliation: string;
  readonly label: string;
  readonly owner: string;
  readonly entity: string;
  readonly period: string;
  readonly basis: Basis;
  readonly unit: string;
  readonly left: {
    readonly department: string;
    readonly measure: string;
    readonly value: string | null;
    readonly rows: number;
  };
  readonly right: {
    readonly department: string;
    readonly measure: string;
    readonly value: string | null;
    readonly rows: number;
  };
  /** left minus right; null when a side is missing */
  readonly gap: string | null;
  /** gap as a share of the larger side */
  readonly gapShare: number | null;
  readonly tolerance: number;
  readonly status: 'agrees' | 'differs' | 'missing_side';
  /** what the gap means, one sentence */
  readonly sentence: string;
  /** the gap split by month, to see when it arose */
  readonly months: readonly {
    readonly month: string;
    readonly left: string | null;
    readonly right: string | null;
  }[];
  /** the gap split by likely cause, entity and month; the amounts add up to the gap exactly */
  readonly parts: readonly {
    readonly cause: GapCause;
    readonly entity: string;
    /** `yyyy-mm`; null for what no month holds */
    readonly month: string | null;
    readonly amount: string;
    readonly evidence: string;
  }[];
  /** the same by cause, and one sentence that says it; empty for a gap within tolerance */
  readonly causes: readonly { readonly cause: GapCause; readonly amount: string }[];
  readonly likely: string;
  /** the shell commands that open both sides */
  readonly commands: { readonly left: string; readonly right: string };
  /** largest rows of each side without a counterpart on the other, for a gap beyond tolerance */
  readonly rows: readonly GapRow[];
  /** what the reviewer wrote of this gap, in this run's period or carried over while the gap is the same */
  readonly explanation: {
    readonly text: string;
    readonly reviewer: string;
    /** quarter in which it was written, and the gap that it explained */
    readonly since: string;
    readonly gap: string;
  } | null;
}

/** A harmonised row of one side of a gap, with its address. */
export interface GapRow {
  readonly side: Side;
  readonly entity: string;
  readonly site: string | null;
  readonly date: string;
  readonly amount: string;
  readonly extract: string;
  readonly row: number;
}
