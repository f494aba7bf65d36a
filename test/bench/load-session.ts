import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { type Collected, collect } from '../../pipelines/collect/collect.ts';
import { loadProject, type Project } from '../../pipelines/configuration/load.ts';
import type { Plan } from '../../pipelines/plan.ts';
import { planOf } from '../../pipelines/plan.ts';
import { type Contract, loadContracts } from '../../pipelines/stage/contract.ts';
import { loadReference } from '../../pipelines/stage/reference.ts';
import { prepareStage, stage } from '../../pipelines/stage/stage.ts';
import type { ReadExtract } from '../../pipelines/stage/staged-extract.ts';
import { Warehouse } from '../../pipelines/warehouse/warehouse.ts';
import { period } from './load/group.ts';

/** A project taken as far as a run takes it before it stages: extracts in the store, reference tables loaded. */
export interface LoadSession {
  readonly project: Project;
  readonly plan: Plan;
  readonly warehouse: Warehouse;
  readonly contracts: ReadonlyMap<string, Contract>;
  readonly collected: Collected;
  readonly scratch: string;
  close(): Promise<void>;
}

/**
 * Opens a project for staging, by the run's own steps.
 *
 * @param work folder of the store, of scratch and of the database; emptied first
 * @param sources only these, by id
 * @param database `:memory:`, or a file name below `work`
 */
export async function openLoad(
  config: string,
  work: string,
  sources?: readonly string[],
  database = 'warehouse.duckdb',
): Promise<LoadSession> {
  const project = await loadProject(config);
  const { configuration } = project;
  const plan = planOf(project, { period });
  await rm(work, { recursive: true, force: true });
  const scratch = join(work, 'scratch');
  await mkdir(scratch, { recursive: true });
  const wanted = configuration.sources.filter(({ id }) => sources === undefined || sources.includes(id));
  const collected = await collect(wanted, {
    base: project.base,
    store: join(work, 'store'),
    sourcesAtOnce: configuration.limits.sources_at_once,
  });
  const warehouse = await Warehouse.open(
    database === ':memory:' ? database : join(work, database),
    configuration.limits,
    project.secret,
  );
  const contracts = await loadContracts(project.overlay);
  await loadReference(warehouse, project, plan.quarters);
  await prepareStage(warehouse, contracts.values());
  return {
    project,
    plan,
    warehouse,
    contracts,
    collected,
    scratch,
    close: async () => {
      await warehouse.close();
      await rm(work, { recursive: true, force: true });
    },
  };
}

/** The step that is measured: every extract into the staged tables. */
export function stageLoad({
  warehouse,
  collected,
  contracts,
  scratch,
  plan,
}: LoadSession): Promise<ReadExtract[]> {
  const fiscalYearStartMonth = plan.project.configuration.fiscal_year_start_month;
  return stage(warehouse, collected.extracts, contracts, { scratch, fiscalYearStartMonth });
}
