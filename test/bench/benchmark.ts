import type { Load } from './load/size.ts';

/** Where a benchmark works. */
export interface Ground {
  /** `S`, `L` or a share of L */
  readonly size: string;
  readonly load: Load;
  /** project of the load, see `load/load.ts` */
  readonly project: string;
  /** what the benchmark prepared, kept for all of its sides and repetitions */
  readonly prepared: string;
  /** of one repetition of one side: empty before, removed after */
  readonly work: string;
}

/**
 * What is compared: ours against one or more references that do the same thing, or less. Each side runs in a
 * process of its own, in turn with the others, so that the machine's mood falls on all alike.
 */
export interface Benchmark {
  /** what ours does, in a line */
  readonly title: string;
  /** `s`: less is better. A rate such as `pages/s`: more is better, and the ratio is still ours over the reference's */
  readonly unit: string;
  readonly ours: Side;
  readonly references: Readonly<Record<string, Side>>;
  /** what the ratio to a reference should not pass (for a rate: should reach) */
  readonly targets?: Readonly<Record<string, number>>;
  /** what ours should not take, in the unit of the benchmark */
  readonly limit?: number;
  readonly repetitions?: Readonly<Record<'S' | 'L', number>>;
  /** makes inputs, once, unmeasured */
  prepare?(ground: Omit<Ground, 'work'>): Promise<void>;
}

export interface Side {
  readonly title: string;
  /** why this machine cannot run it, e.g. what is not installed; undefined when it can */
  missing?(): Promise<string | undefined>;
  /** brings it to the start, unmeasured: reads what `run` begins with, opens what it writes to */
  open(ground: Ground): Promise<Work>;
  /** seconds are multiplied by it: ten times a load of 1 is what a load of 10 may take */
  readonly scale?: number;
}

export interface Work {
  /** what is measured */
  run(): Promise<Outcome | undefined>;
  close?(): Promise<void>;
}

export interface Outcome {
  /** what every side must have come to, such as a number of rows; a difference is an error, not a ratio */
  readonly result?: string;
  /** pages or rows made, where the unit is a rate */
  readonly amount?: number;
  /** measured inside a program that it started, instead of in this process */
  readonly seconds?: number;
  readonly peakRssMb?: number;
  /** of that program, all threads, without those that it started in turn */
  readonly processorSeconds?: number;
  /** where the time went: seconds by step */
  readonly profile?: Readonly<Record<string, number>>;
}

/** What one process measured. */
export interface Measured extends Outcome {
  readonly seconds: number;
  readonly peakRssMb: number;
}
