import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { loadProject } from '../../pipelines/configuration/load.ts';
import { recordParts } from '../../pipelines/indicators/measure-parts.ts';
import { planOf } from '../../pipelines/plan.ts';
import { silent } from '../../pipelines/progress.ts';
import { runQuarter } from '../../pipelines/quarterly.ts';
import { readRecord } from '../../pipelines/seal/record-run.ts';
import { Warehouse } from '../../pipelines/warehouse/warehouse.ts';
import { period } from './load/group.ts';

/** Readings of one day each; the rest is made from them. */
const configuration = `group: { name: Many, currency: EUR }
language: en
history_from: ${period}
perimeter:
  entities:
    - { id: SA, name: SA, country: FR, method: full, share: 100 }
  sites:
    - { id: S, entity: SA, name: S, city: Lyon, country: FR }
  meters:
    - { id: M, site: S, carrier: electricity, from: 2026-07-01, to: null }
sources:
  - { id: meters, connector: csv, contract: meter_readings, path: extracts/*.csv, entities: [SA], covers: '(?<year>\\d{4})-Q(?<quarter>\\d)' }
privacy: { key_file: pseudonym.key }
`;

/** Rows of one extract: a thousand meters over a quarter of half-hours would make some hundred of these. */
const rowsOfExtract = 100_000;

/**
 * A package whose electricity rests on `rows` harmonised rows, each made from a staged one: a run of one reading,
 * its tables multiplied by DuckDB, the sums of the run made again. Kept from one benchmark to the next.
 *
 * @returns the folder of the package
 */
export async function packageOf(folder: string, rows: number): Promise<string> {
  await mkdir(join(folder, 'extracts'), { recursive: true });
  await writeFile(join(folder, 'pseudonym.key'), '0123456789abcdef'.repeat(4));
  await writeFile(join(folder, 'concordance.yaml'), configuration);
  await writeFile(
    join(folder, `extracts/readings_${period}.csv`),
    'entity;site;meter;carrier;period_start;period_end;quantity;unit;quality\nSA;S;M;electricity;2026-07-01;2026-09-30;92000;kWh;measured\n',
  );
  const plan = planOf(await loadProject(join(folder, 'concordance.yaml')), {
    period,
    out: join(folder, 'out'),
  });
  const { folder: made } = await runQuarter(plan, silent);
  const done = join(folder, `done-${basename(made)}-${rows}`);
  if (existsSync(done)) return made;
  const warehouse = await Warehouse.open(join(made, 'warehouse.duckdb'));
  try {
    await multiply(warehouse, rows);
  } finally {
    await warehouse.close();
  }
  await writeFile(done, '');
  return made;
}

async function multiply(warehouse: Warehouse, rows: number): Promise<void> {
  const address = `'many/readings_' || (n // ${rowsOfExtract}) || '.csv' as extract_id, (n % ${rowsOfExtract} + 1)::bigint as row_number`;
  // between 0.001 and 1 MWh, spread over the days of the quarter
  const size = '((n * 7919) % 1000 + 1)';
  const day = "(date '2026-07-01' + (n % 92)::integer)";
  await warehouse.run(
    `create temp table one as select * from model.energy where carrier = 'electricity' limit 1;
     create temp table received as select * from staged.meter_readings limit 1`,
  );
  for (const [table, from, values] of [
    ['staged.meter_readings', 'received', `${size}::decimal(18,4) as quantity`],
    ['model.energy', 'one', `(${size} / 1000)::decimal(18,6) as energy_mwh, ${day} as date`],
  ] as const) {
    await warehouse.run(`delete from ${table}`);
    await warehouse.run(
      `insert into ${table} by name select f.* replace (${values}, ${address}) from range(${rows}) as r(n), ${from} as f`,
    );
  }
  await warehouse.run(
    `insert into result.extract select distinct extract_id, extract_id, '', 'meters', 'csv', 'meter_readings' from model.energy`,
  );
  const { catalogue } = await readRecord(warehouse);
  await warehouse.run('drop table result.measure_part');
  await recordParts(warehouse, catalogue.measures);
  // what the run would have summed, in every window
  await warehouse.run(
    `update result.measure_value set value = (select sum(energy_mwh) from model.energy), rows = ${rows}
     where value is not null and measure = 'electricity_bought'`,
  );
}
