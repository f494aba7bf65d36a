import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { configurationOf } from './load/configuration.ts';
import { companiesOf } from './load/group.ts';
import { writeReadings } from './load/readings.ts';
import type { Load } from './load/size.ts';

const source = `  - id: readings
    connector: csv
    contract: meter_readings
    path: readings_2026-Q3.csv
    entities: *all
    covers: '(?<year>\\d{4})-Q(?<quarter>\\d)'
    options: { delimiter: ";", decimal: comma }
`;

/** A project whose source `readings` is one CSV with as many rows as the load has intervals; gives its configuration. */
export async function writeReadingsProject(folder: string, load: Load, limits = ''): Promise<string> {
  await mkdir(folder, { recursive: true });
  const companies = companiesOf(load);
  await writeReadings(join(folder, 'readings_2026-Q3.csv'), companies, load.intervalRows, '1');
  await writeFile(join(folder, 'pseudonym.key'), '0123456789abcdef'.repeat(4));
  const config = join(folder, 'concordance.yaml');
  await writeFile(config, configurationOf(companies).replace('privacy:', `${source}${limits}privacy:`));
  return config;
}
