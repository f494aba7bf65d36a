import { readdir, readFile, readlink } from 'node:fs/promises';
import { join } from 'node:path';
import { Command } from 'commander';
import { loadProject } from '../configuration/load.ts';
import { lastClosedQuarter, quartersBetween } from '../configuration/period.ts';
import type { Manifest } from '../seal/manifest.ts';
import { packagesFolder } from '../seal/packages.ts';
import { publicationsOf } from '../seal/published.ts';
import { runState } from '../seal/run-state.ts';

interface PeriodStatus {
  readonly period: string;
  readonly latest: string | null;
  readonly runs: readonly {
    readonly run: string;
    readonly state: string;
    readonly extracts: number;
    readonly missing: readonly string[];
    readonly gates: number;
  }[];
}

export function statusCommand(): Command {
  return new Command('status')
    .description('periods, runs and their states, and what is missing')
    .requiredOption('-c, --config <file>', 'configuration')
    .option(
      '--out <folder>',
      'where packages are (default: out beside the configuration, else in the current folder)',
    )
    .option('--json', 'as JSON')
    .action(status);
}

async function status(options: { config: string; out?: string; json?: boolean }): Promise<void> {
  const project = await loadProject(options.config);
  const out = await packagesFolder(project, options.out);
  const today = new Date().toISOString().slice(0, 10);
  const closed = lastClosedQuarter(today, project.configuration.fiscal_year_start_month);
  const periods: PeriodStatus[] = [];
  for (const period of quartersBetween(project.configuration.history_from, closed))
    periods.push(await statusOf(out, period));
  if (options.json) {
    process.stdout.write(
      `${JSON.stringify({ group: project.configuration.group.name, out, periods }, null, 2)}\n`,
    );
    return;
  }
  process.stdout.write(`${project.configuration.group.name}, packages in ${out}\n`);
  for (const { period, latest, runs } of periods) {
    if (runs.length === 0) process.stdout.write(`${period}  not run\n`);
    for (const run of runs) {
      const notes = [
        run.missing.length > 0 && `missing: ${run.missing.join(', ')}`,
        run.gates > 0 && `${run.gates} to look at`,
      ].filter(Boolean);
      process.stdout.write(
        `${period}  ${run.run}${run.run === latest ? ' (latest)' : ''}  ${run.state}  ${run.extracts} extracts${notes.length > 0 ? `  ${notes.join('; ')}` : ''}\n`,
      );
    }
  }
}

async function statusOf(out: string, period: string): Promise<PeriodStatus> {
  const folder = join(out, period);
  const names = (await readdir(folder).catch(() => []))
    .filter((name) => name.startsWith(`${period}-`) && !name.endsWith('.published'))
    .sort();
  const latest = await readlink(join(folder, 'latest')).catch(() => null);
  const publications = await publicationsOf(folder);
  const runs = [];
  for (const name of names) {
    const manifest = await readFile(join(folder, name, 'manifest.json'), 'utf8').then(
      (text) => JSON.parse(text) as Manifest,
      () => undefined,
    );
    if (!manifest) {
      // somebody took the package apart: said, and no reason to hide the others
      runs.push({ run: name, state: 'unreadable', extracts: 0, missing: [], gates: 0 });
      continue;
    }
    runs.push({
      run: manifest.run,
      state: await runState(folder, manifest, publications),
      extracts: manifest.extracts.length,
      missing: manifest.missing_sources,
      gates: manifest.gates.length,
    });
  }
  return { period, latest: latest?.split('/').at(-1) ?? null, runs };
}
