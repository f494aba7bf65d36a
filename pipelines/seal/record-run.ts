import { literal } from '../../connectors/connector.ts';
import type { Source } from '../configuration/schema.ts';
import type { Model } from '../harmonise/harmonise.ts';
import type { Catalogue } from '../indicators/catalogue.ts';
import type { Plan } from '../plan.ts';
import type { StagedExtract } from '../stage/staged-extract.ts';
import type { Warehouse } from '../warehouse/warehouse.ts';
import type { Identity } from './identity.ts';

/** What a sealed run says of itself, so that it can be opened and recomputed without its sources. */
export interface RunRecord {
  readonly run: string;
  readonly period: string;
  readonly language: 'fr' | 'en';
  readonly windows: Plan['windows'];
  readonly catalogue: Catalogue;
  /** smallest number of people shown; absent in a package of before it was kept */
  readonly suppressBelow?: number;
  /** what reads the extracts again takes of the configuration; absent in a package of before it was kept */
  readonly sources?: readonly ReadingOf[];
}

/** How the extracts of a source are read, and whether they hold identities. */
export type ReadingOf = Pick<Source, 'id' | 'personal' | 'options'>;

export const readingsOf = (sources: readonly Source[]): ReadingOf[] =>
  sources.map(({ id, personal, options }) => ({ id, personal, options }));

/**
 * Writes `result.extract` (which extract, which contracts), `result.model` (the SQL that harmonised them) and
 * `result.run` (one JSON record).
 */
export async function recordRun(
  warehouse: Warehouse,
  facts: {
    plan: Plan;
    identity: Identity;
    catalogue: Catalogue;
    staged: readonly StagedExtract[];
    models: readonly Model[];
  },
): Promise<void> {
  const { plan, identity, catalogue, staged, models } = facts;
  const record: RunRecord = {
    run: identity.id,
    period: plan.quarter.id,
    language: plan.language,
    windows: plan.windows,
    catalogue,
    suppressBelow: plan.project.configuration.thresholds.suppress_below,
    sources: readingsOf(plan.project.configuration.sources),
  };
  await warehouse.run('create table result.model (position integer, model varchar)');
  for (const [i, model] of models.entries())
    await warehouse.run(`insert into result.model values (${i}, ${literal(JSON.stringify(model))})`);
  await warehouse.run(`create table result.run as select ${literal(JSON.stringify(record))} as record`);
  await warehouse.run(
    'create table result.extract (extract_id varchar, name varchar, sha256 varchar, source_id varchar, connector varchar, contract varchar)',
  );
  const rows = staged.flatMap(({ extract, contracts }) =>
    contracts.map((contract) => ({
      extract_id: extract.extractId,
      name: extract.name,
      sha256: extract.sha256,
      source_id: extract.source.id,
      connector: extract.source.connector,
      contract,
    })),
  );
  await warehouse.insert('result.extract', rows);
}

export async function readRecord(warehouse: Warehouse): Promise<RunRecord> {
  return JSON.parse(await warehouse.scalar<string>('select record from result.run')) as RunRecord;
}

/** The SQL that harmonised the run's rows, in the order in which it ran; none in a package of before it was kept. */
export async function recordedModels(warehouse: Warehouse): Promise<Model[]> {
  const rows = await warehouse
    .rows<{ model: string }>('select model from result.model order by position')
    .catch(() => []);
  return rows.map(({ model }) => JSON.parse(model) as Model);
}
