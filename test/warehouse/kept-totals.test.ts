import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { selects } from '../../pipelines/warehouse/divided.ts';
import { KeptResults } from '../../pipelines/warehouse/kept-results.ts';
import { PackFolder } from '../../pipelines/warehouse/pack-folder.ts';
import { Warehouse } from '../../pipelines/warehouse/warehouse.ts';

let folder: string;
let database = 0;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'concordance-totals-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const results = () => join(folder, 'results');
const limits = { memory: '1GB', threads: 2 };

type Reading = readonly [meter: string, kwh: number];

/** Totals of each meter, of some or of all, and of all meters together; `works` says which were worked out. */
const totals = (meters?: readonly string[]) => `/* ${meters?.join(' ') ?? 'every meter'} */
  select 'energy' as measure, meter, sum(kwh)::decimal(38,10) as total from model.energy
  where ${meters ? selects({ column: 'meter', values: meters }) : 'true'} group by meter
  union all
  select 'energy', 'ALL', sum(kwh)::decimal(38,10) from model.energy having count(*) > 0`;

/** A run in small: a table made of readings, and their totals. */
async function run(readings: readonly Reading[]): Promise<{ totals: unknown; works: readonly string[] }> {
  database += 1;
  const file = join(folder, `run-${database}.duckdb`);
  const warehouse = await Warehouse.open(file, limits);
  const works: string[] = [];
  const watched = new Proxy(warehouse, {
    get(target, name) {
      const own = Reflect.get(target, name);
      if (typeof own !== 'function') return own;
      return (sql: string, ...rest: unknown[]) => {
        const which = /^insert into measure_total \/\* (.*?) \*\//.exec(sql)?.[1];
        if (which !== undefined) works.push(which);
        return own.call(target, sql, ...rest);
      };
    },
  });
  await warehouse.run(`create schema staged; create schema model;
    create table staged.reading (meter varchar, kwh integer);
    create temp table measure_total (measure varchar, meter varchar, total decimal(38,10))`);
  for (const [meter, kwh] of readings)
    await warehouse.run(`insert into staged.reading values ('${meter}', ${kwh})`);
  const packs = new PackFolder(results(), 1e9);
  const divisions = new Map([['model.energy', ['meter']]]);
  const kept = await KeptResults.open(watched, packs, '1', folder, undefined, divisions);
  try {
    await kept.tableOf('staged.reading', JSON.stringify(readings), new Map());
    await kept.makeTable('model.energy', 'select meter, kwh from staged.reading', ['staged.reading']);
    const apart = { column: 'meter', of: ['model.energy'], whole: 'ALL', only: totals };
    await kept.addTotals({ measures: ['energy'], sql: totals(), apart });
    const made = await warehouse.rows('from measure_total order by all');
    await kept.leave();
    return { totals: made, works };
  } finally {
    await warehouse.close();
    await kept.keep(file, limits);
  }
}

async function told(readings: readonly Reading[]): Promise<unknown> {
  const warehouse = await Warehouse.open(':memory:', limits);
  try {
    await warehouse.run('create schema model; create table model.energy (meter varchar, kwh integer)');
    for (const [meter, kwh] of readings)
      await warehouse.run(`insert into model.energy values ('${meter}', ${kwh})`);
    return await warehouse.rows(`${totals()} order by all`);
  } finally {
    await warehouse.close();
  }
}

const six: readonly Reading[] = ['A', 'B', 'C', 'D', 'E', 'F'].map((meter, at) => [meter, 10 * at]);

describe('totals that stand apart', () => {
  test('are worked out of what has changed, and of all together', async () => {
    expect((await run(six)).works).toEqual(['every meter']);
    const other: readonly Reading[] = [...six.slice(1), ['A', 7]];
    const second = await run(other);
    expect(second.works).toEqual(['A']);
    expect(second.totals).toEqual(await told(other));
    // the same once more is known whole
    expect(await run(other)).toEqual({ totals: second.totals, works: [] });
  });

  test('are all worked out where most have changed', async () => {
    await run(six);
    const other = six.map(([meter, kwh]): Reading => [meter, kwh + 1]);
    expect(await run(other)).toEqual({ totals: await told(other), works: ['every meter'] });
  });

  test('are all worked out where those of the last run are not whole', async () => {
    await run(six);
    const [pack] = (await readdir(results())).filter((name) => name.endsWith('.duckdb'));
    const instance = await DuckDBInstance.create(join(results(), pack as string));
    const connection = await instance.connect();
    await connection.run("delete from measure_total where meter = 'D'");
    connection.closeSync();
    instance.closeSync();
    const other: readonly Reading[] = [...six.slice(1), ['A', 7]];
    expect(await run(other)).toEqual({ totals: await told(other), works: ['every meter'] });
  });

  test('are what they are without an earlier run, whatever changes', async () => {
    const meters = fc.constantFrom('A', 'B', 'C', 'D', 'E', 'F');
    const reading = fc.tuple(meters, fc.integer({ min: -3, max: 3 }));
    await fc.assert(
      fc.asyncProperty(fc.array(fc.array(reading, { maxLength: 3 }), { maxLength: 3 }), async (changes) => {
        await rm(results(), { recursive: true, force: true });
        let now = six;
        for (const change of [[], ...changes]) {
          const changed = new Map<string, number>(change);
          now = [...now.filter(([meter]) => !changed.has(meter)), ...change.filter(([, kwh]) => kwh !== 0)];
          expect((await run(now)).totals).toEqual(await told(now));
        }
      }),
      { numRuns: 8 },
    );
  });
});
