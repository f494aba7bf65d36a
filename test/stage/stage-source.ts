import { join } from 'node:path';
import { collect } from '../../pipelines/collect/collect.ts';
import { Source } from '../../pipelines/configuration/schema.ts';
import type { Contract } from '../../pipelines/stage/contract.ts';
import { prepareStage, stage } from '../../pipelines/stage/stage.ts';
import type { ReadExtract } from '../../pipelines/stage/staged-extract.ts';
import type { Warehouse } from '../../pipelines/warehouse/warehouse.ts';

/** Stages the CSV files of a folder, named by their quarter, as one source of the company ORV under one contract. */
export async function stageSource(
  warehouse: Warehouse,
  folder: string,
  contract: Contract,
  source: { readonly id: string; readonly connector: string; readonly options?: Record<string, unknown> },
): Promise<ReadExtract[]> {
  await prepareStage(warehouse, [contract]);
  const told = Source.parse({
    ...source,
    contract: contract.id,
    path: '*.csv',
    entities: ['ORV'],
    covers: '(?<year>\\d{4})-Q(?<quarter>\\d)',
  });
  const { extracts } = await collect([told], {
    base: folder,
    store: join(folder, 'store'),
    sourcesAtOnce: 1,
  });
  const contracts = new Map([[contract.id, contract]]);
  return stage(warehouse, extracts, contracts, { scratch: folder, fiscalYearStartMonth: 1 });
}
