import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type CollectedExtract, collect } from '../../pipelines/collect/collect.ts';
import { Source } from '../../pipelines/configuration/schema.ts';
import { Contract } from '../../pipelines/stage/contract.ts';
import { groundsOf, keepStaged } from '../../pipelines/stage/kept-rows.ts';
import { prepareStage, stage } from '../../pipelines/stage/stage.ts';
import { StageCache } from '../../pipelines/stage/stage-cache.ts';
import { bytesOf } from '../../pipelines/warehouse/pack-folder.ts';
import { Warehouse } from '../../pipelines/warehouse/warehouse.ts';

/** All that a staged row depends on, and that may change from one run to the next. */
interface Conditions {
  /** name -> content; none is left out */
  files: Record<string, string>;
  /** smallest number of litres that the contract accepts */
  least: number;
  secret: string;
  /** entities that the perimeter knows, and those that the source covers */
  known: readonly string[];
  covered: readonly string[];
  currencies: readonly string[];
  covers: string | undefined;
  program: string;
}

const keys = ['0123456789abcdef'.repeat(4), 'fedcba9876543210'.repeat(4)];
const head = 'Entité;Date;Litres;Devise;Conducteur';
const line = (entity: string, litres: string, currency = 'EUR', day = '05/07/2026') =>
  `${entity};${day};${litres};${currency};Dupont`;
const contents = [
  [head, line('ORV', '10'), line('OFR', '20')],
  // a row that breaks the contract, one of a currency without a rate, one of another month
  [head, line('ORV', 'dix'), line('ORV', '30', 'USD'), line('ORV', '40', 'EUR', '05/08/2026')],
  // headings in another order: typed by a statement of its own
  ['Litres;Entité;Date', '5;ORV;06/07/2026', '6;OFR;07/07/2026', ';;'],
  [head],
].map((lines) => `${lines.join('\n')}\n`);
const base: Conditions = {
  files: { 'a_2026-07.csv': contents[0] as string, 'b_2026-07.csv': contents[1] as string },
  least: 0,
  secret: keys[0] as string,
  known: ['ORV', 'OFR'],
  covered: ['ORV'],
  currencies: ['EUR'],
  covers: undefined,
  program: '1',
};

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'concordance-cache-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));
const cacheFolder = () => join(folder, 'cache');
const packs = async () =>
  (await readdir(cacheFolder()).catch(() => [])).filter((name) => name.endsWith('.duckdb'));

function contractOf(least: number): Contract {
  return Contract.parse({
    id: 'fuel',
    label: { fr: 'Carburant', en: 'Fuel' },
    department: 'operations',
    connectors: ['csv'],
    record: 'rows',
    period_column: 'date',
    columns: {
      entity: { type: 'code', header: ['Entité'], required: true, list: 'entity' },
      date: { type: 'date', header: ['Date'], required: true },
      litres: { type: 'decimal(18,2)', header: ['Litres'], required: true, min: least },
      currency: { type: 'code', header: ['Devise'], list: 'currency' },
      driver: { type: 'person', header: ['Conducteur'] },
    },
  });
}

async function collected(conditions: Conditions): Promise<CollectedExtract[]> {
  const inbox = join(folder, 'inbox');
  await rm(inbox, { recursive: true, force: true });
  await mkdir(inbox);
  for (const [name, text] of Object.entries(conditions.files)) await writeFile(join(inbox, name), text);
  const source = Source.parse({
    id: 'fuel',
    connector: 'csv',
    contract: 'fuel',
    path: '*.csv',
    entities: conditions.covered,
    covers: conditions.covers,
    options: { decimal: 'comma', dates: 'dmy', delimiter: ';' },
  });
  const { extracts } = await collect([source], {
    base: inbox,
    store: join(folder, 'store'),
    sourcesAtOnce: 1,
  });
  return [...extracts];
}

interface Outcome {
  /** every row of every staged table with its place in it, and what became of each extract */
  readonly staged: unknown;
  /** extracts that were read */
  readonly read: number;
}

async function staged(
  conditions: Conditions,
  extracts: readonly CollectedExtract[],
  cache?: StageCache,
  standing?: ReadonlyMap<string, string>,
): Promise<Outcome> {
  const warehouse = await Warehouse.open(':memory:', { memory: '1GB', threads: 2 }, conditions.secret);
  try {
    const rows = (values: readonly string[][]) =>
      `(values ${values.map((one) => `(${one.map((text) => `'${text}'`).join(', ')})`).join(', ')})`;
    await warehouse.run(`create schema reference;
      create table reference.entity as select * from ${rows(conditions.known.map((id) => [id, `73282932${id.length}`]))} as e(entity, siren);
      create table reference.fx as select currency, date '1999-01-01' as valid_from, date '9999-12-31' as valid_to from ${rows(conditions.currencies.map((id) => [id]))} as x(currency)`);
    const contract = contractOf(conditions.least);
    await prepareStage(warehouse, [contract]);
    let read = 0;
    const before = extracts.map(({ path }) => path);
    const watched = extracts.map((extract, i) =>
      Object.defineProperty({ ...extract }, 'path', {
        enumerable: true,
        get() {
          read += 1;
          return before[i];
        },
      }),
    );
    const contracts = new Map([['fuel', contract]]);
    const found = await stage(warehouse, watched, contracts, {
      scratch: folder,
      fiscalYearStartMonth: 1,
      ...(cache
        ? { cache: { store: cache, program: conditions.program, secret: conditions.secret, standing } }
        : {}),
    });
    if (cache) await keepStaged(warehouse, cache, found, contracts);
    const tables = ['fuel', 'quarantine'].map((name) =>
      warehouse.rows(`select * from staged.${name} order by rowid`),
    );
    keysFound = new Map([...groundsOf(found)].map(([id, { key }]) => [id, key]));
    const counts = found.map(({ extract, key: _key, pack: _pack, ...counted }) => ({
      ...counted,
      id: extract.extractId,
    }));
    return { staged: { tables: await Promise.all(tables), counts }, read };
  } finally {
    await warehouse.close();
  }
}

/** keys of the extracts that were staged last */
let keysFound: ReadonlyMap<string, string> = new Map();

const cacheOf = (most = bytesOf('1GB')) => new StageCache(cacheFolder(), most);

describe('extracts that an earlier run staged', () => {
  test('are not read again, and stand as if they had been', async () => {
    const extracts = await collected(base);
    const cold = await staged(base, extracts, cacheOf());
    const warm = await staged(base, extracts, cacheOf());
    expect(cold.read).toBeGreaterThan(0);
    expect(warm).toEqual({ staged: cold.staged, read: 0 });
    expect(await packs()).toHaveLength(1);
  });

  test('are taken from the cache where they are said to stand in the database and do not', async () => {
    const extracts = await collected(base);
    const cold = await staged(base, extracts, cacheOf());
    expect(keysFound.size).toBe(extracts.length);
    expect(await staged(base, extracts, cacheOf(), keysFound)).toEqual({ staged: cold.staged, read: 0 });
  });

  test('are read again where one of their conditions differs: each of them makes other rows', async () => {
    const extracts = await collected(base);
    const first = await staged(base, extracts, cacheOf());
    const changes: Partial<Conditions>[] = [
      { least: 15 },
      { secret: keys[1] as string },
      { known: ['ORV'] },
      { covered: ['ORV', 'OFR'] },
      { currencies: ['EUR', 'USD'] },
      { covers: '_(?<year>\\d{4})-(?<month>\\d{2})' },
    ];
    for (const change of changes) {
      const now = { ...base, ...change };
      const again = await collected(now);
      const warm = await staged(now, again, cacheOf());
      expect(warm.staged, JSON.stringify(change)).not.toEqual(first.staged);
      expect(warm.staged, JSON.stringify(change)).toEqual((await staged(now, again)).staged);
    }
    expect((await staged({ ...base, program: '2' }, extracts, cacheOf())).read).toBeGreaterThan(0);
  });

  test('are staged again where the cache was deleted, cut short or altered', async () => {
    const extracts = await collected(base);
    const cold = await staged(base, extracts, cacheOf());
    const [pack] = await packs();
    const file = join(cacheFolder(), pack as string);
    const whole = await readFile(file);
    const altered = Buffer.from(whole);
    // past the headers of the file: its blocks of rows, each with a checksum of DuckDB's
    altered.fill(0x5a, 3 * 4096);
    for (const bytes of [whole.subarray(0, whole.length >> 1), altered, Buffer.alloc(0)]) {
      await writeFile(file, bytes);
      const again = await staged(base, extracts, cacheOf());
      expect(again.staged).toEqual(cold.staged);
      expect(again.read).toBeGreaterThan(0);
      await staged(base, extracts, cacheOf());
    }
    await rm(cacheFolder(), { recursive: true });
    expect((await staged(base, extracts, cacheOf())).staged).toEqual(cold.staged);
    expect((await staged(base, extracts, cacheOf())).read).toBe(0);
  });

  test('of an unreadable file are not kept: the reason may lie outside it', async () => {
    const now = { ...base, files: { 'a.csv': '', 'b.csv': contents[0] as string } };
    const extracts = await collected(now);
    const cold = await staged(now, extracts, cacheOf());
    const warm = await staged(now, extracts, cacheOf());
    expect(warm.staged).toEqual(cold.staged);
    expect(warm.read).toBeGreaterThan(0);
  });
});

describe('the cache', () => {
  test('holds no more than its bound, and no identity', async () => {
    const extracts = await collected(base);
    await staged(base, extracts, cacheOf(1));
    expect(await packs()).toEqual([]);
    await staged(base, extracts, cacheOf());
    const [pack] = await packs();
    expect((await readFile(join(cacheFolder(), pack as string))).includes('Dupont')).toBe(false);
  });

  test('serves two runs at once', async () => {
    const extracts = await collected(base);
    const cold = await staged(base, extracts);
    const outcomes = await Promise.all([1, 2, 3].map(() => staged(base, extracts, cacheOf())));
    for (const one of outcomes) expect(one.staged).toEqual(cold.staged);
    expect((await staged(base, extracts, cacheOf())).read).toBe(0);
    expect((await readdir(cacheFolder())).filter((name) => name.startsWith('arriving'))).toEqual([]);
  });

  test('is gathered in one pack when its rows lie in many', async () => {
    const now = { ...base, files: {} as Record<string, string> };
    for (let n = 0; n < 10; n += 1) {
      now.files[`f${n}.csv`] = `${head}\n${line('ORV', String(n))}\n`;
      await staged(now, await collected(now), cacheOf());
    }
    const extracts = await collected(now);
    const indexes = (await readdir(cacheFolder())).filter((name) => name.endsWith('.json'));
    const sizes = await Promise.all(
      indexes.map(async (name) => JSON.parse(await readFile(join(cacheFolder(), name), 'utf8')).length),
    );
    // eight packs of one file each, then one of all nine, then one more
    expect(sizes.sort((a, b) => a - b)).toEqual([1, 1, 1, 1, 1, 1, 1, 1, 1, 9]);
    const warm = await staged(now, extracts, cacheOf());
    expect(warm).toEqual({ staged: (await staged(now, extracts)).staged, read: 0 });
  });
});

test('whatever changes between runs, a run with the cache stages what one without it does', async () => {
  const file = fc.constantFrom('a_2026-07.csv', 'b_2026-07.csv', 'c_2026-07.csv', 'd.csv');
  const change = fc.oneof(
    // changes, adds or restores an extract; two of the same content are twins
    {
      weight: 5,
      arbitrary: fc
        .record({ name: file, content: fc.constantFrom(...contents) })
        .map(({ name, content }) => ({ ...({} as Partial<Conditions>), put: [name, content] as const })),
    },
    { weight: 2, arbitrary: file.map((name) => ({ remove: name })) },
    { weight: 1, arbitrary: fc.constantFrom(0, 15).map((least) => ({ least })) },
    { weight: 1, arbitrary: fc.constantFrom(...keys).map((secret) => ({ secret })) },
    { weight: 1, arbitrary: fc.constantFrom(['ORV'], ['ORV', 'OFR']).map((known) => ({ known })) },
    { weight: 1, arbitrary: fc.constantFrom(['ORV'], ['ORV', 'OFR']).map((covered) => ({ covered })) },
    { weight: 1, arbitrary: fc.constantFrom(['EUR'], ['EUR', 'USD']).map((currencies) => ({ currencies })) },
    {
      weight: 1,
      arbitrary: fc
        .constantFrom(undefined, '_(?<year>\\d{4})-(?<month>\\d{2})')
        .map((covers) => ({ covers })),
    },
    { weight: 1, arbitrary: fc.constant({ forget: true }) },
  );
  await fc.assert(
    fc.asyncProperty(fc.array(change, { minLength: 2, maxLength: 5 }), async (changes) => {
      await rm(cacheFolder(), { recursive: true, force: true });
      let now = { ...base, files: { ...base.files } };
      for (const one of [{}, ...changes] as (Partial<Conditions> & {
        put?: readonly [string, string];
        remove?: string;
        forget?: boolean;
      })[]) {
        const { put, remove, forget, ...conditions } = one;
        now = { ...now, ...conditions, files: { ...now.files, ...(put ? { [put[0]]: put[1] } : {}) } };
        if (remove) delete now.files[remove];
        if (forget) await rm(cacheFolder(), { recursive: true, force: true });
        const extracts = await collected(now);
        const [warm, cold] = [await staged(now, extracts, cacheOf()), await staged(now, extracts)];
        expect(warm.staged).toEqual(cold.staged);
      }
    }),
    { numRuns: 6 },
  );
}, 120_000);
