import { mkdir, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Benchmark, Ground, Measured } from './benchmark.ts';
import { forkSide } from './fork-side.ts';
import { loadOf } from './load/size.ts';

/** One comparison: the line that is written. */
export interface Line {
  /** benchmark and reference: `stage-intervals:plain-read` */
  readonly name: string;
  readonly size: string;
  readonly ours: number;
  readonly reference: number;
  /** ours over the reference's */
  readonly ratio: number;
  readonly unit: string;
  /** peak resident memory of the process that did ours */
  readonly peak_rss_mb: number;
  readonly reference_peak_rss_mb: number;
  readonly repetitions: number;
  /** seconds of processor time, where both sides tell them: on a machine with other work they say more than the clock */
  readonly processor_s?: number;
  readonly reference_processor_s?: number;
  readonly target?: number;
}

/** A benchmark measured: ours, each comparison, what could not be compared. */
export interface Compared {
  readonly name: string;
  readonly title: string;
  readonly unit: string;
  readonly ours: Spread;
  readonly limit?: number;
  readonly lines: readonly (Line & { readonly title: string; readonly spread: Spread })[];
  /** references that this machine cannot run, with the reason */
  readonly skipped: readonly { readonly reference: string; readonly reason: string }[];
  readonly profile?: Readonly<Record<string, number>>;
}

export interface Spread {
  readonly median: number;
  readonly least: number;
  readonly most: number;
  readonly peakRssMb: number;
  /** median of the processor time, where it is told */
  readonly processor?: number;
  readonly runs: number;
}

const folder = fileURLToPath(new URL('benchmarks', import.meta.url));

/** Names of all benchmarks: the files of `benchmarks`. */
export async function benchmarkNames(): Promise<string[]> {
  return (await readdir(folder))
    .filter((name) => name.endsWith('.ts'))
    .map((name) => name.slice(0, -3))
    .sort();
}

/** Where loads and prepared inputs stay between runs; `CONCORDANCE_BENCH_DIR` names another place. */
export const benchFolder = process.env.CONCORDANCE_BENCH_DIR ?? join(tmpdir(), 'concordance-bench');

/**
 * Measures one benchmark: its sides in turn, forwards and backwards, each repetition in a process of its own.
 *
 * @throws {Error} when sides come to different results, or one fails
 */
export async function compare(name: string, size: string, repetitions?: number): Promise<Compared> {
  const { benchmark } = (await import(`./benchmarks/${name}.ts`)) as { benchmark: Benchmark };
  const base = join(benchFolder, size);
  const ground: Ground = {
    size,
    load: loadOf(size),
    project: join(base, 'load'),
    prepared: join(base, name),
    work: join(base, `${name}.work`),
  };
  await mkdir(ground.prepared, { recursive: true });
  const missing = await benchmark.ours.missing?.();
  if (missing !== undefined) throw new Error(`${name} cannot be run here: ${missing}`);
  const skipped: { reference: string; reason: string }[] = [];
  const sides = ['ours'];
  for (const [reference, side] of Object.entries(benchmark.references)) {
    const reason = await side.missing?.();
    if (reason === undefined) sides.push(reference);
    else skipped.push({ reference, reason });
  }
  await benchmark.prepare?.(ground);
  const times = repetitions ?? benchmark.repetitions?.[size === 'L' ? 'L' : 'S'] ?? 3;
  const measured = new Map<string, Measured[]>(sides.map((side) => [side, []]));
  for (let round = 0; round < times; round += 1) {
    for (const side of round % 2 === 0 ? sides : sides.toReversed()) {
      measured.get(side)?.push(await forkSide(name, side, ground));
      await rm(ground.work, { recursive: true, force: true });
    }
  }
  const ours = measured.get('ours') as Measured[];
  for (const [side, all] of measured) sameResult(name, side, ours, all);
  const own = spread(ours, 1, benchmark.unit);
  return {
    name,
    title: benchmark.title,
    unit: benchmark.unit,
    ours: own,
    ...(benchmark.limit === undefined ? {} : { limit: benchmark.limit }),
    ...(ours[0]?.profile ? { profile: ours[0].profile } : {}),
    skipped,
    lines: sides.slice(1).map((reference) => {
      const side = benchmark.references[reference] as Benchmark['ours'];
      const other = spread(measured.get(reference) as Measured[], side.scale ?? 1, benchmark.unit);
      const target = benchmark.targets?.[reference];
      return {
        name: `${name}:${reference}`,
        size,
        ours: rounded(own.median),
        reference: rounded(other.median),
        ratio: rounded(own.median / other.median),
        unit: benchmark.unit,
        peak_rss_mb: Math.round(own.peakRssMb),
        reference_peak_rss_mb: Math.round(other.peakRssMb),
        repetitions: times,
        ...(own.processor !== undefined && other.processor !== undefined
          ? { processor_s: rounded(own.processor), reference_processor_s: rounded(other.processor) }
          : {}),
        ...(target === undefined ? {} : { target }),
        title: side.title,
        spread: other,
      };
    }),
  };
}

function sameResult(
  name: string,
  side: string,
  ours: readonly Measured[],
  others: readonly Measured[],
): void {
  const wanted = ours[0]?.result;
  for (const { result } of others) {
    if (result !== undefined && wanted !== undefined && result !== wanted) {
      throw new Error(`${name}: ours came to ${wanted}, ${side} to ${result}: nothing to compare`);
    }
  }
}

/** Of a rate, the amount made in a second; else seconds. */
function spread(all: readonly Measured[], scale: number, unit: string): Spread {
  const values = all
    .map(({ seconds, amount }) => (unit.endsWith('/s') ? (amount ?? Number.NaN) / seconds : seconds * scale))
    .sort((a, b) => a - b);
  const processor = all.flatMap(({ processorSeconds }) => processorSeconds ?? []).sort((a, b) => a - b);
  return {
    median: middleOf(values),
    ...(processor.length === all.length ? { processor: middleOf(processor) } : {}),
    least: values[0] as number,
    most: values.at(-1) as number,
    peakRssMb: Math.max(...all.map((one) => one.peakRssMb)),
    runs: all.length,
  };
}

function middleOf(sorted: readonly number[]): number {
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1
    ? (sorted[middle] as number)
    : ((sorted[middle - 1] as number) + (sorted[middle] as number)) / 2;
}

/** Four significant digits. */
const rounded = (value: number) => Number(value.toPrecision(4));
