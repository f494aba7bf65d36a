import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { collect } from '../collect/collect.ts';
import type { Project } from '../configuration/load.ts';
import { quarterOf } from '../configuration/period.ts';
import { harmonise, loadModels } from '../harmonise/harmonise.ts';
import type { Action } from '../objectives/action.ts';
import { readActions } from '../objectives/read-actions.ts';
import type { Contract } from '../stage/contract.ts';
import { loadReference } from '../stage/reference.ts';
import { prepareStage, stage } from '../stage/stage.ts';
import { Warehouse } from '../warehouse/warehouse.ts';

/** Registers that are small and that a check may read whole. */
const read = ['actions', 'milestones'];

/** The actions and milestones that the configured sources hold today; none where no source delivers them. */
export async function actionsAsDelivered(
  project: Project,
  contracts: ReadonlyMap<string, Contract>,
): Promise<Action[]> {
  const { configuration } = project;
  const sources = configuration.sources.filter((source) => read.includes(source.contract ?? ''));
  if (sources.length === 0) return [];
  const folder = await mkdtemp(join(tmpdir(), 'concordance-check-'));
  const warehouse = await Warehouse.open(':memory:', { memory: '1GB' }, project.secret);
  try {
    const start = configuration.fiscal_year_start_month;
    const { extracts } = await collect(
      sources.map((source) => ({ ...source, required: false })),
      { base: project.base, store: join(folder, 'store'), sourcesAtOnce: 1, waits: [] },
    );
    await loadReference(warehouse, project, [quarterOf(configuration.history_from, start)]);
    await prepareStage(warehouse, contracts.values());
    await stage(warehouse, extracts, contracts, { scratch: folder, fiscalYearStartMonth: start });
    const needed = new Set(['action', 'milestone', 'project', 'ledger', 'tagged_spend']);
    await harmonise(
      warehouse,
      (await loadModels()).filter((model) => needed.has(model.name)),
    );
    return await readActions(warehouse, '9999-12-31', configuration.language);
  } finally {
    await warehouse.close();
    await rm(folder, { recursive: true, force: true });
  }
}
