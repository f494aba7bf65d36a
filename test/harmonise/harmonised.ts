import { identifier, literal } from '../../connectors/connector.ts';
import type { Project } from '../../pipelines/configuration/load.ts';
import { type Quarter, quarterOf, quartersBetween } from '../../pipelines/configuration/period.ts';
import { harmonise, loadModels, type Model, modelsBehind } from '../../pipelines/harmonise/harmonise.ts';
import { loadContracts } from '../../pipelines/stage/contract.ts';
import { loadReference } from '../../pipelines/stage/reference.ts';
import { prepareStage } from '../../pipelines/stage/stage.ts';
import { Warehouse } from '../../pipelines/warehouse/warehouse.ts';

/** Two French companies and a German one, a site each, two electricity meters, one of gas and one of solar power. */
const configuration = {
  perimeter: {
    entities: [
      {
        id: 'A',
        name: 'A SA',
        country: 'FR',
        siren: '111111111',
        parent: null,
        method: 'full',
        share: 100,
        entry: null,
        exit: null,
        intragroup_auxiliaries: ['IC-B'],
      },
      {
        id: 'B',
        name: 'B SAS',
        country: 'FR',
        siren: '222222222',
        parent: 'A',
        method: 'full',
        share: 100,
        entry: null,
        exit: null,
        intragroup_auxiliaries: ['IC-A'],
      },
      {
        id: 'D',
        name: 'D GmbH',
        country: 'DE',
        siren: '000000003',
        parent: 'A',
        method: 'full',
        share: 100,
        entry: null,
        exit: null,
        intragroup_auxiliaries: [],
      },
    ],
    sites: [
      {
        id: 'SA',
        entity: 'A',
        name: 'Site A',
        city: 'Nantes',
        country: 'FR',
        siret: '11111111100011',
        area_m2: 1000,
        water_stress: false,
        entry: null,
        exit: null,
      },
      {
        id: 'SB',
        entity: 'B',
        name: 'Site B',
        city: 'Lyon',
        country: 'FR',
        siret: '22222222200022',
        area_m2: 1000,
        water_stress: true,
        entry: null,
        exit: null,
      },
      {
        id: 'SD',
        entity: 'D',
        name: 'Site D',
        city: 'Kassel',
        country: 'DE',
        area_m2: 1000,
        water_stress: false,
        entry: null,
        exit: null,
      },
    ],
    meters: [
      { id: 'M1', site: 'SA', carrier: 'electricity', from: '2025-01-01', to: null },
      { id: 'M2', site: 'SB', carrier: 'electricity', from: '2025-01-01', to: null },
      { id: 'G1', site: 'SA', carrier: 'natural_gas', from: '2025-01-01', to: null },
      { id: 'PV1', site: 'SA', carrier: 'self_generated_solar', from: '2025-01-01', to: null },
      { id: 'H1', site: 'SD', carrier: 'district_heat', from: '2025-01-01', to: null },
    ],
  },
};

/** Rows as text lines: the first names the columns, `-` is NULL; staged under `extract_id`, numbered from 1. */
export type Rows = string;

export interface Harmonised {
  readonly warehouse: Warehouse;
  readonly models: readonly Model[];
  rows<Row = Record<string, unknown>>(sql: string): Promise<Row[]>;
  close(): Promise<void>;
}

/**
 * Stages small tables and builds models over them, with the data files of the catalogue.
 *
 * @param staged rows by contract; `contract@extract` stages them under that extract
 * @param only builds these models and what they need; all of them when absent
 * @param before what is done to the reference tables first
 * @param carbon assessment report and base year, as the configuration sets them
 */
export async function harmonised(
  staged: Record<string, Rows> = {},
  only?: readonly string[],
  last = '2026-Q1',
  before: (warehouse: Warehouse) => Promise<void> = async () => {},
  carbon?: Partial<Project['configuration']['carbon']>,
): Promise<Harmonised> {
  const warehouse = await Warehouse.open(':memory:', { memory: '1GB', threads: 2 });
  const quarters: Quarter[] = quartersBetween('2025-Q1', last).map((id) => quarterOf(id, 1));
  const project = { configuration: { ...configuration, fiscal_year_start_month: 1, carbon } };
  await loadReference(warehouse, project as unknown as Project, quarters);
  await prepareStage(warehouse, (await loadContracts()).values());
  for (const [name, text] of Object.entries(staged)) {
    const [contract, extract] = name.split('@') as [string, string | undefined];
    await insert(warehouse, contract, extract ?? contract, text);
  }
  await before(warehouse);
  const all = await loadModels();
  const models = only ? modelsBehind(all, only) : all;
  await harmonise(warehouse, models);
  return { warehouse, models, rows: (sql) => warehouse.rows(sql), close: () => warehouse.close() };
}

async function insert(warehouse: Warehouse, contract: string, extract: string, text: Rows): Promise<void> {
  const [head, ...lines] = text
    .trim()
    .split('\n')
    .map((line) => line.trim().split(/\s{2,}|\t/));
  const columns = (head as string[]).map(identifier).join(', ');
  const values = lines.map(
    (cells, i) =>
      `(${cells.map((cell) => (cell === '-' ? 'null' : literal(cell))).join(', ')}, ${literal(extract)}, ${i + 1}, 'test')`,
  );
  await warehouse.run(
    `insert into staged.${contract} (${columns}, extract_id, row_number, source_id) values ${values.join(', ')}`,
  );
}
