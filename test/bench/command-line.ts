import { spawn } from 'node:child_process';
import { mkdir, readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { nodeOptions } from '../../pipelines/places.ts';
import type { Measured } from './benchmark.ts';

const program = fileURLToPath(new URL('../../pipelines/concordance.mjs', import.meta.url));
const reporter = pathToFileURL(fileURLToPath(new URL('report-usage.mjs', import.meta.url))).href;

type Usage = Required<Pick<Measured, 'peakRssMb' | 'processorSeconds'>>;

/**
 * The command line as a user starts it, from start to end of the process, with the steps of a run timed by
 * its own events.
 *
 * @param usageFile where the process writes its peak memory and processor time
 * @throws {Error} for a status other than 0 and 3
 */
export async function commandLine(
  args: readonly string[],
  usageFile: string,
): Promise<Measured & { readonly output: string }> {
  await mkdir(dirname(usageFile), { recursive: true });
  const started = performance.now();
  const { status, output, errors } = await new Promise<{
    status: number | null;
    output: string;
    errors: string;
  }>((resolve, reject) => {
    const child = spawn(process.execPath, [...nodeOptions, '--import', reporter, program, ...args], {
      env: { ...process.env, BENCH_USAGE: usageFile },
    });
    let output = '';
    let errors = '';
    child.stdout.on('data', (chunk) => {
      output += chunk;
    });
    child.stderr.on('data', (chunk) => {
      errors += chunk;
    });
    child.on('error', reject);
    child.on('close', (status) => resolve({ status, output, errors }));
  });
  const seconds = (performance.now() - started) / 1000;
  if (status !== 0 && status !== 3) throw new Error(`${args.join(' ')}: status ${status}\n${errors}`);
  const usage: Usage = JSON.parse(await readFile(usageFile, 'utf8'));
  const profile = stepsOf(output, seconds);
  return { seconds, ...usage, output, ...(profile ? { profile } : {}) };
}

/** Seconds by step, from the events of `run --json`; start-up is what the first event does not know of. */
function stepsOf(output: string, seconds: number): Record<string, number> | undefined {
  const events = output
    .split('\n')
    .filter((line) => line.startsWith('{"event"'))
    .map((line) => JSON.parse(line) as { event: string; step?: string; at: number });
  const steps = events.filter((one) => one.event === 'step' || one.event === 'done');
  const last = steps.at(-1);
  if (last?.event !== 'done') return undefined;
  const profile: Record<string, number> = {
    'start of the program, reading of the catalogue': seconds - last.at + (steps[0]?.at ?? 0),
  };
  // a step may come twice: rows about people are staged and harmonised after all others
  for (const [place, { step = '', at }] of steps.slice(0, -1).entries()) {
    profile[step] = (profile[step] ?? 0) + (steps[place + 1] as { at: number }).at - at;
  }
  return profile;
}
