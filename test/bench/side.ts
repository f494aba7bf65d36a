import { mkdir, rm } from 'node:fs/promises';
import type { Benchmark, Ground, Measured } from './benchmark.ts';

/**
 * One repetition of one side, in a process of its own: `side.ts <benchmark> <side> <ground>`. Sends what it
 * measured to the process that forked it; `ours` or the name of a reference.
 */
const [name, sideName, text] = process.argv.slice(2) as [string, string, string];
const ground = JSON.parse(text) as Ground;
const { benchmark } = (await import(`./benchmarks/${name}.ts`)) as { benchmark: Benchmark };
const side = sideName === 'ours' ? benchmark.ours : benchmark.references[sideName];
if (!side) throw new Error(`${name} has no side ${sideName}`);

await rm(ground.work, { recursive: true, force: true });
await mkdir(ground.work, { recursive: true });
const work = await side.open(ground);
const started = performance.now();
const outcome = (await work.run()) ?? {};
const seconds = (performance.now() - started) / 1000;
await work.close?.();
await rm(ground.work, { recursive: true, force: true });
const measured: Measured = { peakRssMb: process.resourceUsage().maxRSS / 1024, seconds, ...outcome };
process.send?.(measured, () => process.exit(0));
