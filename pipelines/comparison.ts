import { mkdtemp, realpath, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { literal } from '../connectors/connector.ts';
import { Fault } from './fault.ts';
import { loadModels, type Model } from './harmonise/harmonise.ts';
import type { Catalogue } from './indicators/catalogue.ts';
import type { Figure } from './indicators/figure.ts';
import type { Window } from './indicators/measure-rows.ts';
import type { ChangedFigure } from './report/content.ts';
import { idOf } from './review/applied.ts';
import { type ChangePart, type Side, type SplitChange, splitChanges } from './review/change-split.ts';
import { reviewOf } from './review/decision.ts';
import { readJournal } from './review/journal.ts';
import type { LedgerLine } from './review/ledger.ts';
import { type Manifest, readManifest } from './seal/manifest.ts';
import { publishedFolder } from './seal/published.ts';
import type { RunRecord } from './seal/record-run.ts';
import { type Limits, Warehouse } from './warehouse/warehouse.ts';

export interface Comparison {
  readonly before: Manifest;
  readonly after: Manifest;
  readonly changes: readonly SplitChange[];
}

/**
 * The figures that two sealed runs tell differently, each change split by cause. A published run speaks by
 * its published values.
 *
 * @throws {Fault} SEA-001 for no run, DIF-001 for a database that cannot be opened
 */
export async function compareRuns(first: string, second: string): Promise<Comparison> {
  const [before, after] = [await realpathOf(first), await realpathOf(second)];
  const scratch = await mkdtemp(join(tmpdir(), 'concordance-diff-'));
  const warehouse = await Warehouse.open(':memory:');
  try {
    const left = await attachedRun(warehouse, 'run_before', before);
    const right = await attachedRun(warehouse, 'run_after', after);
    // what follows is SQL that the packages record
    await warehouse.shut([], [scratch]);
    const changes = await splitChanges(
      warehouse,
      left.side,
      right.side,
      join(scratch, 'mixed.duckdb'),
      await loadModels(),
    );
    return { before: left.manifest, after: right.manifest, changes };
  } finally {
    await warehouse.close();
    await rm(scratch, { recursive: true, force: true });
  }
}

/** A run, and the packages that it tells its changes against. */
export interface KnownBefore {
  readonly windows: readonly Window[];
  readonly limits: Limits;
  /** output folder that the packages before stand in */
  readonly out: string;
  readonly codeVersion: string;
  /** hash of the list of extracts */
  readonly extracts: string;
  readonly previousFolder: string | null;
  /** what was published and is told otherwise */
  readonly restated: readonly LedgerLine[];
}

/**
 * What a run tells differently from those before it: figures that were published, against what was published;
 * the others, against the run before. Earlier packages bring their own SQL: it runs in sessions that see the
 * run's database for reading only, and no other file.
 *
 * @param file the run's database, closed
 * @param scratch a folder of its own
 */
export async function changesOf(
  file: string,
  known: KnownBefore,
  computed: { catalogue: Catalogue; models: readonly Model[]; scratch: string },
): Promise<ChangedFigure[]> {
  const { catalogue, models, scratch } = computed;
  const own: Side = {
    catalog: 'run_after',
    codeVersion: known.codeVersion,
    extracts: known.extracts,
    windows: known.windows,
    catalogue,
    models,
    reviewed: new Map(),
  };
  const changes = new Map<string, ChangedFigure>();
  const compare = async (folder: string, published: string | null, only?: (id: string) => boolean) => {
    const warehouse = await Warehouse.open(':memory:', known.limits);
    try {
      const { side } = await attachedRun(warehouse, 'run_before', folder);
      await warehouse.run(`attach ${literal(file)} as run_after (read_only)`);
      await warehouse.shut([], [scratch]);
      const mixed = join(scratch, 'mixed.duckdb');
      for (const one of await splitChanges(warehouse, side, own, mixed, models, only))
        changes.set(idOf(one as unknown as Figure), changedFigure(one, published));
    } finally {
      await warehouse.close();
    }
  };
  if (known.previousFolder) await compare(known.previousFolder, null);
  const restated = new Map<string, Set<string>>();
  for (const line of known.restated) {
    const folder = publishedFolder(join(known.out, line.run.slice(0, 7)), line.run);
    restated.set(folder, (restated.get(folder) ?? new Set()).add(idOf(line)));
  }
  for (const [folder, ids] of [...restated].sort(([a], [b]) => (a < b ? -1 : 1))) {
    const run = (folder.split(/[/\\]/).at(-1) as string).replace(/\.published$/, '');
    await compare(folder, run, (id) => ids.has(id));
  }
  return [...changes].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, one]) => one);
}

function changedFigure(change: SplitChange, published: string | null): ChangedFigure {
  const { indicator, entity, period, basis, before, after } = change;
  const parts = change.parts.map(({ causes, amount }: ChangePart) => ({ cause: causes.join('+'), amount }));
  return {
    indicator,
    entity,
    period,
    basis,
    before,
    after,
    cause: parts.map((one) => one.cause).join(', '),
    parts,
    published,
  };
}

/** Attaches a sealed run's database under a name, for reading, with what it was computed with. */
export async function attachedRun(
  warehouse: Warehouse,
  catalog: string,
  folder: string,
): Promise<{ side: Side; manifest: Manifest }> {
  const manifest = await readManifest(folder);
  try {
    await warehouse.run(`attach ${literal(join(folder, 'warehouse.duckdb'))} as ${catalog} (read_only)`);
  } catch (cause) {
    throw new Fault(
      'DIF-001',
      `The database of ${folder} cannot be opened: ${(cause as Error).message.split('\n')[0]}.`,
      'Check the run with `concordance verify`; a run that is damaged is moved away.',
      { cause },
    );
  }
  const record = JSON.parse(
    await warehouse.scalar<string>(`select record from ${catalog}.result.run`),
  ) as RunRecord;
  const models = await warehouse
    .rows<{ model: string }>(`select model from ${catalog}.result.model order by position`)
    .then((rows) => rows.map((row) => JSON.parse(row.model) as Model))
    // a package of before the models were kept
    .catch(() => null);
  return {
    manifest,
    side: {
      catalog,
      codeVersion: manifest.code_version,
      extracts: manifest.hashes.extracts,
      windows: record.windows,
      catalogue: record.catalogue,
      models,
      reviewed: await reviewedValues(folder, manifest),
    },
  };
}

/** Values that a published package shows in the place of the computed ones. */
async function reviewedValues(folder: string, manifest: Manifest): Promise<Map<string, string | null>> {
  const { publication } = manifest;
  if (!publication) return new Map();
  const journal = await readJournal(join(folder, 'decisions.ndjson'), publication.draft_manifest_sha256);
  const review = reviewOf(journal.entries, journal.hashes.at(-1) ?? null);
  return new Map(
    review.figures.flatMap((one): [string, string | null][] => {
      if (one.state === 'rejected') return [[one.figure, null]];
      return one.state === 'approved' && one.override ? [[one.figure, one.override.value]] : [];
    }),
  );
}

async function realpathOf(run: string): Promise<string> {
  const folder = await realpath(run).catch(() => run);
  // a file of the run is taken for the run
  return (await stat(folder).catch(() => undefined))?.isFile() ? dirname(folder) : folder;
}
