import type { CollectedExtract } from './collect/collect.ts';
import type { Project } from './configuration/load.ts';
import type { Quarter } from './configuration/period.ts';
import { divisionsOf, harmonise, type Model, modelsBefore, modelsWithout } from './harmonise/harmonise.ts';
import { type Progress, silent } from './progress.ts';
import { type Contract, tablesFedBy } from './stage/contract.ts';
import { groundsOf, keepStaged, keepStagedDatabase, originsOf } from './stage/kept-rows.ts';
import { loadReference } from './stage/reference.ts';
import { prepareStage, stage } from './stage/stage.ts';
import type { StageCache } from './stage/stage-cache.ts';
import type { ReadExtract } from './stage/staged-extract.ts';
import { clearResults, copyEarlier, type EarlierDatabase } from './warehouse/earlier-database.ts';
import { KeptResults } from './warehouse/kept-results.ts';
import type { PackFolder } from './warehouse/pack-folder.ts';
import { type Limits, Warehouse } from './warehouse/warehouse.ts';

/** What earlier runs left, and where this one leaves what it makes. */
export interface Caches {
  readonly staged: StageCache;
  readonly results: PackFolder;
  /** versions of what stages and of what answers statements, each with a hash of its text */
  readonly stageProgram: string;
  readonly resultProgram: string;
}

/** What the rows of a run are made of. */
export interface RowGrounds {
  readonly project: Project;
  readonly quarters: readonly Quarter[];
  readonly extracts: readonly CollectedExtract[];
  readonly contracts: ReadonlyMap<string, Contract>;
  readonly models: readonly Model[];
  readonly limits: Limits;
  /** folder of the run for what it reads in between */
  readonly scratch: string;
  readonly caches?: Caches | undefined;
}

/** A database with the staged rows of all extracts and the harmonised tables. */
export interface HarmonisedRows {
  readonly warehouse: Warehouse;
  /** what became of each extract, in the order given */
  readonly read: ReadExtract[];
  readonly kept: KeptResults | undefined;
}

/** Part by bytes of the extracts that are not about people which has to stand in an earlier copy, for none to be made anew. */
const mostlyStands = 0.9;

/**
 * Stages extracts and harmonises their rows in a new database at `file`, which goes on from an earlier one where that
 * may be.
 *
 * Where it holds no rows about people yet, theirs come last, and a copy of the database is left to later runs from
 * before: a run whose payroll has changed goes on from that, and neither reads nor moves rows of meters and ledgers.
 */
export async function harmonisedRows(
  file: string,
  grounds: RowGrounds,
  progress: Progress = silent,
): Promise<HarmonisedRows> {
  const { project, quarters, extracts, contracts, models, limits, scratch, caches } = grounds;
  const shas = new Map(extracts.map(({ extractId, sha256 }) => [extractId, sha256]));
  const earlier = caches && (await copyEarlier(caches.results, caches.resultProgram, shas, file, limits));
  const warehouse = await Warehouse.open(file, limits, project.secret);
  try {
    if (earlier) await clearResults(warehouse);
    await loadReference(warehouse, project, quarters);
    await prepareStage(warehouse, contracts.values());
    const kept =
      caches &&
      (await KeptResults.open(
        warehouse,
        caches.results,
        caches.resultProgram,
        scratch,
        earlier,
        divisionsOf(models),
      ));
    const read = new Map<CollectedExtract, ReadExtract>();
    const told = new Set<string>();
    const made = new Set<Model>();
    const fedBy = (some: readonly CollectedExtract[]) =>
      tablesFedBy(new Set(some.map(({ source }) => source)), contracts);
    /** `later`: what comes after these, so that no table that it feeds is whole yet */
    const add = async (some: readonly CollectedExtract[], later: readonly CollectedExtract[]) => {
      progress.step('stage', `${some.length} extracts`);
      const own = await stage(
        warehouse,
        some,
        contracts,
        {
          scratch,
          fiscalYearStartMonth: project.configuration.fiscal_year_start_month,
          run: { extracts, before: read.size },
          cache: caches && {
            store: caches.staged,
            program: caches.stageProgram,
            secret: project.secret,
            standing: read.size === 0 ? earlier?.staged : undefined,
          },
        },
        (done) => progress.tick(done, some.length),
      );
      for (const one of own) read.set(one.extract, one);
      const open = fedBy(later);
      if (caches && kept) {
        const origins = originsOf([...read.values()], contracts, caches.stageProgram);
        for (const [table, { origin, extracts: feeding }] of origins) {
          if (told.has(table) || open.has(table)) continue;
          await kept.tableOf(table, origin, feeding);
          told.add(table);
        }
        kept.tellStaged(groundsOf([...read.values()]));
      }
      const next = modelsBefore(models, open).filter((one) => !made.has(one));
      progress.step('harmonise', `${next.length} models`);
      await harmonise(warehouse, next, kept?.makeTable);
      for (const one of modelsWithout(models, open)) made.add(one);
      return own;
    };
    const [before, people] = earlier?.holdsPeople ? [[], extracts] : apart(extracts);
    if (!caches || !kept || before.length === 0 || people.length === 0) {
      const own = await add(extracts, []);
      if (caches) await keepStaged(warehouse, caches.staged, own, contracts);
    } else {
      const own = await add(before, people);
      const copy = stands(own, earlier)
        ? undefined
        : await keepStagedDatabase(warehouse, caches.staged, own, contracts);
      if (copy) await kept.keep(copy, limits);
      else await keepStaged(warehouse, caches.staged, own, contracts);
      kept.goOn(fedBy(people));
      await keepStaged(warehouse, caches.staged, await add(people, []), contracts);
    }
    return { warehouse, read: extracts.map((one) => read.get(one) as ReadExtract), kept };
  } catch (error) {
    await warehouse.close();
    throw error;
  }
}

/** Extracts that are not about people, and those that are. */
function apart(extracts: readonly CollectedExtract[]): [CollectedExtract[], CollectedExtract[]] {
  const about = (people: boolean) => extracts.filter(({ source }) => (source.personal === true) === people);
  return [about(false), about(true)];
}

/** Whether an earlier copy of the database holds most of what these extracts are. */
function stands(read: readonly ReadExtract[], earlier: EarlierDatabase | undefined): boolean {
  const bytes = (some: readonly ReadExtract[]) => some.reduce((sum, { extract }) => sum + extract.bytes, 0);
  const standing = read.filter(
    ({ extract, key }) => key !== undefined && earlier?.staged.get(extract.extractId) === key,
  );
  return bytes(standing) > mostlyStands * bytes(read);
}
