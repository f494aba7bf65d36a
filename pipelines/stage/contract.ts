import { basename } from 'node:path';
import { z } from 'zod';
import { Bilingual } from '../configuration/bilingual.ts';
import { type LibraryFile, shelf } from '../configuration/library.ts';
import type { Source } from '../configuration/schema.ts';
import { readYaml, YamlFault } from '../configuration/yaml.ts';

/** What a column of an extract must be. */
export const Column = z.strictObject({
  type: z
    .string()
    .regex(/^(text|code|integer|date|timestamp|boolean|person|decimal\(\d{1,2},\d{1,2}\))$/)
    .describe('person: an identity, replaced by its keyed hash when it is loaded'),
  header: z
    .array(z.string())
    .optional()
    .describe('headings under which it may come; case and accents do not matter'),
  required: z.boolean().default(false),
  values: z
    .array(z.union([z.string(), z.number()]))
    .optional()
    .describe('the code list'),
  list: z
    .enum(['entity', 'siren', 'site', 'meter', 'currency', 'unit'])
    .optional()
    .describe(
      'reference that must know the value; siren: the SIREN of an entity, or a SIRET that begins with it',
    ),
  dimensions: z
    .array(z.enum(['energy', 'energy_gross', 'mass', 'volume', 'distance']))
    .optional()
    .describe('with `list: unit`: what the unit must measure'),
  not_before: z.string().optional().describe('column of the same row whose date this one may not precede'),
  pattern: z.string().optional().describe('regular expression that the whole text matches'),
  min: z.number().optional(),
  max: z.number().optional(),
  keep: z.literal('year').optional().describe('a date of which only the year is kept'),
  confidential: z.boolean().default(false).describe('read to check it, never stored'),
});
export type Column = z.infer<typeof Column>;

/** What the columns of a kind of extract must be. A row that breaks it is quarantined with its reason. */
export const Contract = z.strictObject({
  id: z.string().regex(/^[a-z][a-z0-9_]*$/),
  label: Bilingual,
  department: z.enum(['hr', 'finance', 'operations', 'innovation', 'governance']),
  connectors: z.array(z.string()).min(1),
  record: z.string().describe('record set of the connector'),
  period_column: z.string().optional().describe('date that must lie in the months which the extract covers'),
  columns: z.record(z.string(), Column),
});
export type Contract = z.infer<typeof Contract>;

/** Reads some contracts of the catalogue: quickly where each is in the file of its name. */
export async function loadContractsOf(
  ids: ReadonlySet<string>,
  overlay?: string,
): Promise<Map<string, Contract>> {
  const files = await contractFiles(overlay);
  const named = await readContracts(files.filter(({ path }) => ids.has(basename(path, '.yaml'))));
  return [...ids].every((id) => named.has(id)) ? named : readContracts(files);
}

/** Reads every contract of the catalogue, by id. */
export async function loadContracts(overlay?: string): Promise<Map<string, Contract>> {
  return readContracts(await contractFiles(overlay));
}

async function readContracts(files: readonly LibraryFile[]): Promise<Map<string, Contract>> {
  const contracts = new Map<string, Contract>();
  for (const file of files) {
    const { value, lineOf } = await readYaml(file.path, Contract, 'CAT-001');
    const named: [PropertyKey[], string | undefined][] = [
      [['period_column'], value.period_column],
      ...Object.entries(value.columns).map(([name, column]): [PropertyKey[], string | undefined] => [
        ['columns', name, 'not_before'],
        column.not_before,
      ]),
    ];
    const misfits = named
      .filter(([, column]) => column !== undefined && !value.columns[column])
      .map(([path, column]) => ({
        line: lineOf(path),
        key: path.join('.'),
        found: `"${column}"`,
        expected: `one of ${Object.keys(value.columns).join(', ')}`,
      }));
    if (misfits.length > 0) throw new YamlFault('CAT-001', file.path, misfits);
    contracts.set(value.id, value);
  }
  return contracts;
}

export function contractFiles(overlay?: string): Promise<LibraryFile[]> {
  return shelf('contracts', overlay, ['.yaml']);
}

/** Of the contracts that an extract may feed, the one that reads a record: its own, or the only one there is. */
export function contractOf(contracts: readonly Contract[], record: string): Contract | undefined {
  return (
    contracts.find((one) => one.record === record) ?? (contracts.length === 1 ? contracts[0] : undefined)
  );
}

/** SQL type of a column as staged. */
export function sqlType(column: Column): string {
  switch (column.type) {
    case 'text':
    case 'code':
    case 'person':
      return 'varchar';
    case 'integer':
      return 'bigint';
    default:
      return column.type;
  }
}

/** The contracts that read the records of a source. */
export function contractsOf(
  source: Pick<Source, 'connector' | 'contract'>,
  contracts: ReadonlyMap<string, Contract>,
): Contract[] {
  const { connector, contract } = source;
  if (contract !== undefined) {
    const named = contracts.get(contract);
    return named ? [named] : [];
  }
  return [...contracts.values()].filter((one) => one.connectors.includes(connector));
}

/** The staged tables that rows of these sources may come to. */
export function tablesFedBy(
  sources: ReadonlySet<Pick<Source, 'connector' | 'contract'>>,
  contracts: ReadonlyMap<string, Contract>,
): ReadonlySet<string> {
  if (sources.size === 0) return new Set();
  const own = [...sources].flatMap((one) => contractsOf(one, contracts).map(({ id }) => id));
  return new Set([...own, 'quarantine'].map((table) => `staged.${table}`));
}

/** Names of all staged tables. */
export function tablesOf(contracts: ReadonlyMap<string, Contract>): string[] {
  return [...[...contracts.values()].map(({ id }) => id), 'quarantine'];
}
