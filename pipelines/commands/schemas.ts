import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Command } from 'commander';
import { LinkFile } from '../alignment/links.ts';
import { configurationSchema, jsonSchema } from '../configuration/schemas.ts';
import { DatapointFile, FrameworkFile } from '../frameworks/framework.ts';
import { IndicatorFile, MeasureFile, ReconciliationFile } from '../indicators/load.ts';
import { ObjectiveFile } from '../objectives/load.ts';
import { dataFolder } from '../places.ts';
import { Contract } from '../stage/contract.ts';

/** Every JSON Schema, by file name. */
export function schemaFiles(): Record<string, string> {
  return {
    'configuration.schema.json': configurationSchema(),
    'objectives.schema.json': jsonSchema(ObjectiveFile, 'Strategic objectives'),
    'contract.schema.json': jsonSchema(Contract, 'Contract of a kind of extract'),
    'measures.schema.json': jsonSchema(MeasureFile, 'Measures'),
    'indicators.schema.json': jsonSchema(IndicatorFile, 'Indicators'),
    'frameworks.schema.json': jsonSchema(FrameworkFile, 'Reporting frameworks and their versions'),
    'datapoints.schema.json': jsonSchema(DatapointFile, 'Quantitative datapoints of a framework version'),
    'links.schema.json': jsonSchema(LinkFile, 'What a measure drives'),
    'reconciliations.schema.json': jsonSchema(ReconciliationFile, 'Reconciliations'),
  };
}

export async function writeSchemas(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  for (const [name, text] of Object.entries(schemaFiles())) await writeFile(join(folder, name), text);
}

export function schemasCommand(): Command {
  return new Command('schemas')
    .description('write the JSON Schemas of every declared file (default: data/schemas)')
    .argument('[folder]', 'where to write them', join(dataFolder, 'schemas'))
    .action((folder: string) => writeSchemas(folder));
}
