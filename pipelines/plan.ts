import { createHash } from 'node:crypto';
import { join, resolve } from 'node:path';
import type { Project } from './configuration/load.ts';
import { type Quarter, quarterIndex, quarterOf, quartersBetween } from './configuration/period.ts';
import { Fault } from './fault.ts';
import type { Window } from './indicators/measure-rows.ts';
import { windowsOf } from './indicators/measure-values.ts';
import type { Language } from './language/wording.ts';
import type { Limits } from './warehouse/warehouse.ts';

/** What a run is about to do, and where. */
export interface Plan {
  readonly project: Project;
  readonly quarter: Quarter;
  readonly quarters: readonly Quarter[];
  readonly windows: readonly Window[];
  readonly history: { readonly from: string; readonly to: string };
  readonly language: Language;
  readonly out: string;
  /** `<out>/<period>` */
  readonly periodFolder: string;
  readonly lock: string;
  /** scratch of this period, wiped when a run starts and when it ends */
  readonly work: string;
  /** what earlier runs staged and computed, of any period; undefined where all is to be done again */
  readonly cache: { readonly stage: string; readonly results: string; readonly marks: string } | undefined;
  /** what the run's database may take of the machine, with its folder of temporary files */
  readonly limits: Limits & { readonly temporary_folder: string };
}

const nameOf = (path: string) => createHash('sha256').update(path).digest('hex').slice(0, 12);

export interface Request {
  readonly period: string;
  readonly out?: string | undefined;
  readonly language?: Language | undefined;
  /** whether what an earlier run staged and computed alike may be used; by default it is */
  readonly cache?: boolean | undefined;
}

export function planOf(project: Project, request: Request): Plan {
  const { configuration } = project;
  const start = configuration.fiscal_year_start_month;
  const quarter = quarterOf(request.period, start);
  if (quarterIndex(request.period) < quarterIndex(configuration.history_from)) {
    throw new Fault(
      'PER-002',
      `${request.period} lies before the history, which starts with ${configuration.history_from}.`,
      'Ask for a later quarter, or set `history_from` earlier.',
      { exitStatus: 2 },
    );
  }
  const quarters = quartersBetween(configuration.history_from, request.period).map((id) =>
    quarterOf(id, start),
  );
  const out = request.out ? resolve(request.out) : join(project.base, 'out');
  const work = join(out, '.work', request.period);
  const { temporary_folder } = configuration.limits;
  return {
    project,
    quarter,
    quarters,
    windows: windowsOf(configuration.history_from, request.period, start),
    history: { from: (quarters[0] as Quarter).from, to: quarter.to },
    language: request.language ?? configuration.language,
    out,
    periodFolder: join(out, request.period),
    lock: join(out, '.work', `${request.period}.lock`),
    work,
    cache:
      request.cache === false
        ? undefined
        : {
            stage: join(out, '.cache', 'stage'),
            results: join(out, '.cache', 'results'),
            marks: join(out, '.cache', 'extracts.json'),
          },
    limits: {
      ...configuration.limits,
      // a folder of this run's own, that the next one wipes where this one is killed
      temporary_folder: temporary_folder
        ? join(resolve(project.base, temporary_folder), `concordance-${nameOf(work)}`)
        : join(work, 'spill'),
    },
  };
}
