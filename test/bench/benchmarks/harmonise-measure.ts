import { copyFile, mkdir, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { monthsBetween, quarterOf } from '../../../pipelines/configuration/period.ts';
import { harmonise, loadModels, type Model } from '../../../pipelines/harmonise/harmonise.ts';
import { loadCatalogue } from '../../../pipelines/indicators/load.ts';
import { computeMeasures, windowsOf } from '../../../pipelines/indicators/measure-values.ts';
import { Warehouse } from '../../../pipelines/warehouse/warehouse.ts';
import type { Benchmark, Ground, Outcome } from '../benchmark.ts';
import { configurationOf } from '../load/configuration.ts';
import { companiesOf, period, quarters } from '../load/group.ts';
import { writeIntervals } from '../load/intervals.ts';
import { openLoad, stageLoad } from '../load-session.ts';
import { pythonSide } from '../python-side.ts';

const measureId = 'electricity_bought';
const windows = windowsOf(quarters[0], period, 1);
const history = { from: quarterOf(quarters[0], 1).from, to: quarterOf(period, 1).to };

/**
 * Electricity bought, by company, group and window, from the staged half-hours. The curves have no gap and no
 * broken value, so that the hand-written statement, which knows of neither, comes to the same result.
 */
export const benchmark: Benchmark = {
  title: 'staged half-hours to electricity by company, group and window: models and measure',
  unit: 's',
  prepare: async ({ prepared, load }) => {
    const project = join(prepared, 'project');
    const companies = companiesOf(load);
    const meters = companies.flatMap((company) => company.meters);
    for (const quarter of quarters) {
      await writeIntervals(join(project, 'extracts', 'curves', `c_${quarter}.csv`), meters, quarter, '1', 0);
    }
    await writeFile(join(project, 'pseudonym.key'), '0123456789abcdef'.repeat(4));
    await writeFile(join(project, 'concordance.yaml'), configurationOf(companies));
    await mkdir(prepared, { recursive: true });
    const work = join(prepared, 'staging');
    const session = await openLoad(join(project, 'concordance.yaml'), work, ['curves']);
    try {
      await stageLoad(session);
      await session.warehouse.close();
      await rename(join(work, 'warehouse.duckdb'), join(prepared, 'prepared.duckdb'));
    } finally {
      await session.close();
    }
  },
  ours: {
    title: 'ours',
    open: async (ground) => {
      const warehouse = await stagedCopy(ground);
      const models = neededFor('energy', await loadModels());
      const { measures } = await loadCatalogue(undefined);
      const measure = measures.filter(({ id }) => id === measureId);
      const entities = companiesOf(ground.load).map(({ id }) => id);
      const delivered = ['energy_intervals', 'meter_readings'].flatMap((contract) =>
        entities.flatMap((entity) =>
          monthsBetween(history.from, history.to).map((month) => ({ contract, entity, month })),
        ),
      );
      const expected = entities.map((entity) => ({ contract: 'energy_intervals', entity }));
      return {
        run: async () => {
          await harmonise(warehouse, models);
          await computeMeasures(warehouse, measure, windows, delivered, expected);
          return fingerprint(warehouse, 'result.measure_value');
        },
        close: () => warehouse.close(),
      };
    },
  },
  references: {
    'one-statement': {
      title: 'one SQL statement written by hand',
      open: async (ground) => {
        const warehouse = await stagedCopy(ground);
        return {
          run: async () => {
            await warehouse.run(statement('monthly_of_staged'));
            return fingerprint(warehouse, 'by_hand');
          },
          close: () => warehouse.close(),
        };
      },
    },
    'rows-kept': {
      title: 'by hand too, each half-hour kept with site, day, quality and address, then summed',
      open: async (ground) => {
        const warehouse = await stagedCopy(ground);
        return {
          run: async () => {
            await warehouse.run(rowsKept);
            await warehouse.run(statement('monthly_of_kept'));
            return fingerprint(warehouse, 'by_hand');
          },
          close: () => warehouse.close(),
        };
      },
    },
    pandas: pythonSide(
      'pandas, rows already in a data frame',
      'electricity',
      ['pandas', 'duckdb'],
      ({ prepared }) => [join(prepared, 'prepared.duckdb'), JSON.stringify(windows)],
    ),
  },
  targets: { 'one-statement': 1.2 },
  repetitions: { S: 3, L: 1 },
};

async function stagedCopy({ prepared, work }: Ground): Promise<Warehouse> {
  // a database takes the name of its file: `staged` is a schema of ours
  const file = join(work, 'copy.duckdb');
  await copyFile(join(prepared, 'prepared.duckdb'), file);
  return Warehouse.open(file);
}

function neededFor(name: string, models: readonly Model[]): Model[] {
  const needed = new Set([name]);
  for (const model of models.toReversed()) {
    if (!needed.has(model.name)) continue;
    for (const input of model.inputs) if (input.startsWith('model.')) needed.add(input.slice(6));
  }
  return models.filter((model) => needed.has(model.name));
}

const values = windows
  .map((w) => `('${w.basis}', '${w.period}', date '${w.from}', date '${w.to}')`)
  .join(', ');

const hours = `hours as (
    select hour, timezone('Europe/Paris', timezone('UTC', hour)) as local_hour
    from (select distinct date_trunc('hour', interval_start) as hour from staged.energy_intervals))`;

/** What every figure's rows are opened from. */
const rowsKept = `create table kept as
  with ${hours}
  select m.entity, m.site, h.local_hour::date as date, i.meter, m.carrier, i.direction, (i.energy_kwh * 0.001::decimal(4,3))::decimal(18,9) as mwh,
    i.quality, i.extract_id, i.row_number
  from staged.energy_intervals as i
  join hours as h on h.hour = date_trunc('hour', i.interval_start)
  join reference.meter as m on m.meter = i.meter`;

const monthly = {
  monthly_of_staged: `${hours},
  monthly as (
    select m.entity, date_trunc('month', h.local_hour)::date as month, sum((i.energy_kwh * 0.001::decimal(4,3))::decimal(18,9)) as mwh
    from staged.energy_intervals as i
    join hours as h on h.hour = date_trunc('hour', i.interval_start)
    join reference.meter as m on m.meter = i.meter
    where i.direction = 'consumption' and m.carrier = 'electricity'
    group by all)`,
  monthly_of_kept: `monthly as (
    select entity, date_trunc('month', date)::date as month, sum(mwh) as mwh
    from kept where direction = 'consumption' and carrier = 'electricity'
    group by all)`,
};

const statement = (from: keyof typeof monthly) => `create table by_hand as
  with ${monthly[from]},
  windowed as (
    select m.entity, w.period, w.basis, m.mwh
    from monthly as m join (values ${values}) as w(basis, period, first_day, last_day) on m.month between w.first_day and w.last_day)
  select entity, period, basis, sum(mwh)::decimal(38,10) as value from windowed group by all
  union all
  select 'GROUP', period, basis, sum(mwh * e.weight)::decimal(38,10) from windowed join reference.entity as e using (entity) group by period, basis`;

async function fingerprint(warehouse: Warehouse, table: string): Promise<Outcome> {
  const result = await warehouse.scalar<string>(
    `select md5(string_agg(concat_ws(' ', entity, period, basis, value), ',' order by entity, period, basis)) from ${table}`,
  );
  return { result };
}
