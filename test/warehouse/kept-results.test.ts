import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { contentOfTable } from '../../pipelines/warehouse/content-digest.ts';
import { type Answering, KeptResults } from '../../pipelines/warehouse/kept-results.ts';
import type { TotalsOfMeasures } from '../../pipelines/warehouse/kept-totals.ts';
import { bytesOf, PackFolder } from '../../pipelines/warehouse/pack-folder.ts';
import { tablesNamed } from '../../pipelines/warehouse/tables-named.ts';
import { Warehouse } from '../../pipelines/warehouse/warehouse.ts';

/** All that a result depends on, and that may change from one run to the next. */
interface Conditions {
  readonly readings: readonly (readonly [meter: string, month: number, kwh: string | null])[];
  readonly type: string;
  readonly rate: string;
  readonly factor: string;
  readonly months: readonly number[];
  readonly filter: string;
  readonly program: string;
}

const base: Conditions = {
  readings: [
    ['A', 1, '10.5'],
    ['A', 2, '20'],
    ['B', 1, null],
  ],
  type: 'decimal(18,4)',
  rate: '1.111',
  factor: '0.2',
  months: [1, 2],
  filter: 'true',
  program: '1',
};

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'concordance-kept-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const results = () => join(folder, 'cache', 'results');
const packs = async () =>
  (await readdir(results()).catch(() => [])).filter((name) => name.endsWith('.duckdb')).sort();
let database = 0;

interface Outcome {
  /** tables with their types, totals, answers */
  readonly made: unknown;
  /** statements that were computed, by their kind */
  readonly computed: readonly string[];
}

/** A run in small: two tables of which the second rests on the first, totals of two measures, answers. */
async function run(now: Conditions, cached: boolean, most = bytesOf('1GB')): Promise<Outcome> {
  database += 1;
  const file = join(folder, `run-${database}.duckdb`);
  const computed: string[] = [];
  let warehouse = await Warehouse.open(file, { memory: '1GB', threads: 2 });
  const watched = () =>
    new Proxy(warehouse, {
      get(target, name) {
        const own = Reflect.get(target, name);
        if (typeof own !== 'function') return own;
        return (sql: string) => {
          const kind = /\/\* (\w+) \*\//.exec(sql)?.[1];
          if (kind) computed.push(kind);
          return own.call(target, sql);
        };
      },
    });
  const rows = now.readings.map(([meter, month, kwh]) => `('${meter}', ${month}, ${kwh}::${now.type})`);
  await warehouse.run(`create schema staged; create schema reference; create schema model; create schema result;
    create table staged.reading (meter varchar, month integer, kwh ${now.type}); insert into staged.reading values ${rows.join(', ')};
    create table reference.constant as select ${now.rate} as rate;
    create table reference.factor as select ${now.factor} as factor;
    create table result.delivery as select ${rows.length} as rows;
    create temp table result_window as select unnest([${now.months}]) as month;
    create temp table window_month as select 1 as month;
    create temp table measure_total (measure varchar, total decimal(38,10))`);
  const kept = cached
    ? await KeptResults.open(watched(), new PackFolder(results(), most), now.program, folder)
    : undefined;
  try {
    const makeTable =
      kept?.makeTable ?? ((table: string, sql: string) => warehouse.run(`create table ${table} as ${sql}`));
    const addTotals =
      kept?.addTotals ?? (({ sql }: TotalsOfMeasures) => warehouse.run(`insert into measure_total ${sql}`));
    await kept?.tableOf('staged.reading', JSON.stringify([now.readings, now.type]), new Map());
    await makeTable(
      'model.energy',
      '/* energy */ select meter, month, kwh * rate as mwh from staged.reading, reference.constant where kwh is not null',
      ['staged.reading', 'reference.constant'],
    );
    await makeTable(
      'model.emission',
      '/* emission */ select meter, month, mwh * factor as t from model.energy, reference.factor',
      ['model.energy', 'reference.factor'],
    );
    await addTotals({
      measures: ['energy', 'half'],
      sql: `/* totals */ select m, sum(mwh * part)::decimal(38,10) from model.energy join result_window using (month), (values ('energy', 1), ('half', 0.5)) as p(m, part) where ${now.filter} group by m having sum(mwh) > 0`,
    });
    const ask = async (asked: Answering) => [
      await asked.rows(
        "/* answer */ select meter, list(t order by month) as all, {'n': count(*)} as n, null as none from model.emission group by meter order by meter",
      ),
      await asked.scalar('/* scalar */ select max(mwh)::double from model.energy'),
      await asked.rows("/* unsafe */ select 'nan'::double as value from model.energy"),
      await asked.rows('/* delivery */ select rows from result.delivery'),
      await asked.rows(
        "/* columns */ select column_name from information_schema.columns where table_catalog = current_database() and table_name = 'energy'",
      ),
    ];
    const before = await ask(kept ?? warehouse);
    const totals = await warehouse.rows('select * from measure_total order by all');
    await kept?.leave();
    await warehouse.close();
    warehouse = await Warehouse.open(file, { memory: '1GB', threads: 2 });
    kept?.enter(watched());
    const after = await ask(kept ?? warehouse);
    const tables = [];
    for (const table of ['staged.reading', 'model.energy', 'model.emission']) {
      const content = await contentOfTable(warehouse, table);
      // what is sealed unread is what it is
      if (kept) expect(kept.known.get(table)).toEqual(content);
      tables.push({ content, rows: await warehouse.rows(`select * from ${table} order by all`) });
    }
    await kept?.leave();
    return { made: { tables, totals, before, after }, computed };
  } finally {
    await warehouse.close();
    await kept?.keep(file, { memory: '1GB' });
  }
}

const alike = async (now: Conditions): Promise<readonly string[]> => {
  const warm = await run(now, true);
  expect(warm.made).toEqual((await run(now, false)).made);
  return warm.computed;
};

/** Asked twice each run: what reads no table alone, or gives what JSON has not. */
const never = ['unsafe', 'delivery', 'columns'];
const unkept = (computed: readonly string[]) => computed.filter((kind) => !never.includes(kind));

describe('what an earlier run computed', () => {
  test('is not computed again, and stands as if it had been', async () => {
    expect(unkept(await alike(base))).toEqual(['energy', 'emission', 'totals', 'answer', 'scalar']);
    expect(unkept(await alike(base))).toEqual([]);
    expect(await packs()).toHaveLength(1);
  });

  test.each<[string, Partial<Conditions>, readonly string[]]>([
    ['a factor', { factor: '0.3' }, ['emission', 'answer']],
    ['a constant', { rate: '1.2' }, ['energy', 'emission', 'totals', 'answer', 'scalar']],
    ['the windows', { months: [1] }, ['totals']],
    ['a statement', { filter: "meter = 'A'" }, ['totals']],
    ['the program', { program: '2' }, ['energy', 'emission', 'totals', 'answer', 'scalar']],
    // the values are the same, their type is not: a quotient has other digits
    ['a type', { type: 'decimal(20,8)' }, ['energy', 'emission', 'totals', 'answer', 'scalar']],
    // the extract differs, what becomes of it does not
    ['a row that counts nowhere', { readings: [...base.readings, ['C', 1, null]] }, ['energy']],
  ])('is computed again from the first table on that %s changes', async (_, change, expected) => {
    await run(base, true);
    expect(unkept(await alike({ ...base, ...change }))).toEqual(expected);
    expect(unkept(await alike({ ...base, ...change }))).toEqual([]);
    expect(unkept(await alike(base))).toEqual([]);
  });

  test('is computed again where the cache was deleted, cut short or altered', async () => {
    await run(base, true);
    const damages: readonly ((whole: Buffer) => Buffer)[] = [
      (whole) => whole.subarray(0, 3 * 4096),
      // past the headers of the file: its blocks of rows, each with a checksum of DuckDB's
      (whole) => Buffer.from(whole).fill(0x5a, 3 * 4096),
      () => Buffer.alloc(0),
    ];
    for (const damaged of damages) {
      for (const pack of await packs()) {
        const file = join(results(), pack);
        await writeFile(file, damaged(await readFile(file)));
      }
      expect(unkept(await alike(base))).toContain('energy');
      expect(unkept(await alike(base))).toEqual([]);
    }
    // an index that promises what its pack does not hold
    const [left] = await packs();
    const other = { ...base, factor: '9' };
    await run(other, true);
    const added = (await packs()).filter((name) => name !== left);
    expect(added).toHaveLength(1);
    const names = async (pack: string) => readFile(join(results(), pack.replace('duckdb', 'json')), 'utf8');
    const promised = [
      ...JSON.parse(await names(left as string)),
      ...JSON.parse(await names(added[0] as string)),
    ];
    await writeFile(join(results(), (left as string).replace('duckdb', 'json')), JSON.stringify(promised));
    await rm(join(results(), added[0] as string));
    expect(unkept(await alike(other))).toContain('emission');
    await rm(results(), { recursive: true });
    expect(unkept(await alike(base))).toContain('energy');
  });

  test('of tables stands in the database of the run, as long as nobody writes to it', async () => {
    await run(base, true);
    const file = join(folder, `run-${database}.duckdb`);
    const pack = (await packs())[0] as string;
    expect((await readFile(join(results(), pack))).includes('C0FFEE')).toBe(false);
    const hand = await Warehouse.open(file);
    await hand.run("insert into model.energy values ('C0FFEE', 1, 1)");
    await hand.close();
    // totals and answers are known by what the tables held
    expect(unkept(await alike(base))).toEqual(['energy', 'emission']);
    expect(unkept(await alike(base))).toEqual([]);
    for (let n = 1; n <= database; n += 1) await rm(join(folder, `run-${n}.duckdb`), { force: true });
    expect(unkept(await alike(base))).toEqual(['energy', 'emission']);
  });

  test('answers for the database of an earlier run, and no more once that was written to', async () => {
    const before = { ...base, factor: '0.5' };
    await run(before, true);
    const file = join(folder, `run-${database}.duckdb`);
    const asked = async () => {
      const computed: string[] = [];
      const session = await Warehouse.open(':memory:');
      const old = await Warehouse.open(file);
      try {
        const kept = await KeptResults.open(session, new PackFolder(results(), bytesOf('1GB')), '1', folder);
        const earlier = await kept.earlier(file, {
          rows: (sql) => {
            computed.push(sql);
            return old.rows(sql);
          },
          scalar: (sql) => old.scalar(sql),
        });
        return { most: await earlier.scalar(highest), computed: computed.length };
      } finally {
        await old.close();
        await session.close();
      }
    };
    const highest = '/* scalar */ select max(mwh)::double from model.energy';
    expect(await asked()).toEqual({ most: 22.22, computed: 0 });
    const hand = await Warehouse.open(file);
    await hand.run("insert into model.energy values ('C', 1, 100)");
    await hand.close();
    expect(await asked()).toEqual({ most: 100, computed: 1 });
  });

  test('takes no more room than its bound, and is found in many packs', async () => {
    await run(base, true, 1);
    expect(await packs()).toEqual([]);
    for (let n = 1; n <= 10; n += 1) {
      await alike({ ...base, months: Array.from({ length: n }, (_, i) => i + 1), factor: `0.${n}` });
    }
    expect(unkept(await alike({ ...base, months: [1], factor: '0.1' }))).toEqual([]);
  });

  test('serves two runs at once', async () => {
    const outcomes = await Promise.all([run(base, true), run(base, true)]);
    expect(outcomes[0].made).toEqual(outcomes[1].made);
    expect(unkept(await alike(base))).toEqual([]);
    expect((await readdir(results())).filter((name) => name.startsWith('arriving'))).toEqual([]);
  });
});

test('a statement is known by every table that it names, however it writes them', () => {
  expect(
    tablesNamed(
      'from Model.energy as t join "reference" . "entity" e on true where exists (from other.staged.reading) and t.model in (select 1 from result_window)',
    ),
  ).toEqual(['model.energy', 'reference.entity', 'result_window', 'staged.reading']);
});

test('whatever changes between runs, one with the cache makes what one without it does', async () => {
  const reading = fc.tuple(
    fc.constantFrom('A', 'B', 'C'),
    fc.constantFrom(1, 2, 3),
    fc.constantFrom('10.5', '20', '0', null),
  );
  const change: fc.Arbitrary<Partial<Conditions>> = fc.oneof(
    { weight: 4, arbitrary: fc.record({ readings: fc.array(reading, { minLength: 1, maxLength: 4 }) }) },
    { weight: 1, arbitrary: fc.record({ type: fc.constantFrom('decimal(18,4)', 'decimal(20,8)') }) },
    { weight: 1, arbitrary: fc.record({ rate: fc.constantFrom('1.111', '1') }) },
    { weight: 1, arbitrary: fc.record({ factor: fc.constantFrom('0.2', '0.3') }) },
    { weight: 1, arbitrary: fc.record({ months: fc.constantFrom([1], [1, 2], [3]) }) },
    { weight: 1, arbitrary: fc.record({ filter: fc.constantFrom('true', "meter <> 'A'") }) },
    { weight: 1, arbitrary: fc.record({ program: fc.constantFrom('1', '2') }) },
  );
  await fc.assert(
    fc.asyncProperty(fc.array(change, { minLength: 2, maxLength: 6 }), async (changes) => {
      await rm(join(folder, 'cache'), { recursive: true, force: true });
      let now = base;
      for (const one of [{}, ...changes]) {
        now = { ...now, ...one };
        await alike(now);
      }
    }),
    { numRuns: 6 },
  );
}, 120_000);
