import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { literal } from '../../../connectors/connector.ts';
import type { Benchmark } from '../benchmark.ts';
import { configurationOf } from '../load/configuration.ts';
import { companiesOf } from '../load/group.ts';
import { writeReadings } from '../load/readings.ts';
import { plainDuckDb } from '../plain-duckdb.ts';
import { stageSide } from '../stage-side.ts';

const source = `  - id: readings
    connector: csv
    contract: meter_readings
    path: readings_2026-Q3.csv
    entities: *all
    covers: '(?<year>\\d{4})-Q(?<quarter>\\d)'
    options: { delimiter: ";", decimal: comma }
`;

/** As many rows as the load has intervals, in a CSV of ten columns under the contract `meter_readings`. */
export const benchmark: Benchmark = {
  title: 'a CSV staged: row addresses, types, contract with four lists, dates in order, quarantine',
  unit: 's',
  prepare: async ({ prepared, load }) => {
    await mkdir(prepared, { recursive: true });
    const companies = companiesOf(load);
    await writeReadings(join(prepared, 'readings_2026-Q3.csv'), companies, load.intervalRows, '1');
    await writeFile(join(prepared, 'pseudonym.key'), '0123456789abcdef'.repeat(4));
    await writeFile(
      join(prepared, 'concordance.yaml'),
      configurationOf(companies).replace('privacy:', `${source}privacy:`),
    );
  },
  ours: stageSide(['readings'], (prepared) => join(prepared, 'concordance.yaml')),
  references: {
    'plain-read': {
      title: 'DuckDB: create table as select * from read_csv',
      open: (ground) =>
        plainDuckDb(
          ground,
          [
            `create table t as select * from read_csv(${literal(`${ground.prepared}/readings_2026-Q3.csv`)}, header = true, delim = ';', decimal_separator = ',', types = {'Quantité': 'VARCHAR'})`,
          ],
          'select count(*) from t',
        ),
    },
  },
  targets: { 'plain-read': 1.15 },
  repetitions: { S: 3, L: 1 },
};
