import { copyFile, mkdir, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { collect } from '../pipelines/collect/collect.ts';
import { loadProject } from '../pipelines/configuration/load.ts';
import { loadModels } from '../pipelines/harmonise/harmonise.ts';
import { harmonisedRows } from '../pipelines/harmonised.ts';
import { readMethods } from '../pipelines/indicators/figure-methods.ts';
import { computeFigures } from '../pipelines/indicators/figures.ts';
import { loadCatalogue } from '../pipelines/indicators/load.ts';
import { recordParts } from '../pipelines/indicators/measure-parts.ts';
import { computeMeasures } from '../pipelines/indicators/measure-values.ts';
import { dataFolder } from '../pipelines/places.ts';
import { planOf } from '../pipelines/plan.ts';
import {
  gatherContributions,
  gatherFactors,
  gatherOrigins,
  gatherQuarantine,
} from '../pipelines/report/gather.ts';
import { gatherEmissions } from '../pipelines/report/gather-emissions.ts';
import { contentOf } from '../pipelines/seal/content.ts';
import { loadContracts } from '../pipelines/stage/contract.ts';
import { deliveriesOf, expectationsOf } from '../pipelines/stage/delivery.ts';
import { StageCache } from '../pipelines/stage/stage-cache.ts';
import { copyEarlier } from '../pipelines/warehouse/earlier-database.ts';
import { PackFolder } from '../pipelines/warehouse/pack-folder.ts';
import { Warehouse } from '../pipelines/warehouse/warehouse.ts';
import { writeLoad } from './bench/load/load.ts';
import { type Project, tinyProject } from './commands/tiny-project.ts';

const sirens = ['111111118', '222222226'] as const;

let project: Project;
beforeEach(async () => {
  project = await tinyProject((yaml) =>
    `catalogue: catalogue\n${yaml}`
      .replace(
        'method: full, share: 100 }',
        `method: full, share: 100, siren: '${sirens[0]}' }
    - { id: SB, name: Filiale, country: FR, parent: SA, method: full, share: 100, siren: '${sirens[1]}' }`,
      )
      .replace(
        'privacy:',
        `  - { id: ledger, connector: fec, path: extracts/*FEC*.txt, entities: [SA, SB], covers: 'FEC(?<to>\\d{8})' }
  - { id: mileage, connector: csv, contract: mileage_claims, path: extracts/mileage_*.csv, entities: [SA, SB], covers: '(?<year>\\d{4})-Q(?<quarter>\\d)', personal: true }
privacy:`,
      ),
  );
  // otherwise the second would be the first come again
  for (const [at, siren] of sirens.entries())
    await project.write(`extracts/${siren}FEC20260930.txt`, ledger(100 + at));
  await project.write('extracts/mileage_2026-Q3.csv', mileage(120));
});
afterEach(() => project.remove());

let runs = 0;

/** The steps of a run from stage to what the documents are told, without the documents. */
async function told(cached: boolean, previous: string | null) {
  runs += 1;
  const folder = join(project.folder, 'runs', String(runs));
  const loaded = await loadProject(project.config);
  const { configuration, secret, overlay } = loaded;
  const plan = planOf(loaded, { period: '2026-Q3' });
  const scratch = join(folder, 'scratch');
  await mkdir(scratch, { recursive: true });
  const collected = await collect(configuration.sources, {
    base: loaded.base,
    store: join(folder, 'store'),
    sourcesAtOnce: 1,
  });
  const [catalogue, contracts, models] = [
    await loadCatalogue(overlay),
    await loadContracts(overlay),
    await loadModels(),
  ];
  const database = join(folder, 'warehouse.duckdb');
  const cache = join(project.folder, 'cache');
  const packs = new PackFolder(join(cache, 'results'), 1e9);
  const shas = new Map(collected.extracts.map(({ extractId, sha256 }) => [extractId, sha256]));
  const { kept, read, ...rows } = await harmonisedRows(database, {
    project: loaded,
    quarters: plan.quarters,
    extracts: collected.extracts,
    contracts,
    models,
    limits: { memory: '1GB', threads: 2 },
    scratch,
    caches: cached
      ? {
          staged: new StageCache(join(cache, 'stage'), 1e9),
          results: packs,
          stageProgram: '1',
          resultProgram: '1',
        }
      : undefined,
  });
  let { warehouse } = rows;
  try {
    await recordParts(warehouse, catalogue.measures, kept);
    await kept?.settleParts();
    const values = await computeMeasures(
      warehouse,
      catalogue.measures,
      plan.windows,
      deliveriesOf(read, plan.history, 1),
      expectationsOf(configuration.sources, contracts),
      { ...(kept && { addTotals: kept.addTotals }), fromParts: true },
    );
    const figures = computeFigures(catalogue, values);
    const methods = (await readMethods(kept ?? warehouse, catalogue, warehouse))(figures);
    await kept?.leave();
    await warehouse.close();
    warehouse = await Warehouse.open(database, { memory: '1GB', threads: 2 }, secret);
    kept?.enter(warehouse);
    const asked = kept ?? warehouse;
    const gathered = {
      quarantine: await gatherQuarantine(asked, 'fr'),
      factors: await gatherFactors(asked, 'fr'),
      emissions: await gatherEmissions(asked, catalogue, plan.windows, '2026-Q3', 'fr', previous),
      contributions: await gatherContributions(asked, catalogue, plan.windows, '2026-Q3', 'out', values, 5),
      origins: await gatherOrigins(asked, catalogue, plan.windows, '2026-Q3', values),
    };
    // what is sealed without being read again is what it is
    const content = await contentOf(warehouse);
    expect(await contentOf(warehouse, undefined, undefined, kept?.known)).toEqual(content);
    await kept?.leave();
    const counts = read.map(({ extract, rowsRead, rowsStaged, rowsQuarantined, remarks }) => ({
      ...{ id: extract.extractId, rowsRead, rowsStaged, rowsQuarantined, remarks },
    }));
    return { folder, shas, told: { counts, values, figures, methods: [...methods], gathered, content } };
  } finally {
    await warehouse.close();
    await kept?.keep(database, { memory: '1GB' });
  }
}

/** A purchase of some euros and a sale, with their counterparts, up to a day. */
const ledger = (euros: number, day = '20260710') =>
  [
    'JournalCode|JournalLib|EcritureNum|EcritureDate|CompteNum|CompteLib|CompAuxNum|CompAuxLib|PieceRef|PieceDate|EcritureLib|Debit|Credit|EcritureLet|DateLet|ValidDate|Montantdevise|Idevise',
    `AC|Achats|1|${day}|606110|Fournitures|||F1|${day}|Gazole|${euros},00|0,00|||${day}||`,
    `AC|Achats|1|${day}|401000|Fournisseurs|S1|Station|F1|${day}|Gazole|0,00|${euros},00|||${day}||`,
    `VE|Ventes|2|${day}|411000|Clients|C1|Client|V1|${day}|Pompes|250,00|0,00|||${day}||`,
    `VE|Ventes|2|${day}|701000|Ventes|||V1|${day}|Pompes|0,00|250,00|||${day}||`,
    '',
  ].join('\r\n');

/** Six people's trips, one of so many km. */
const mileage = (distance: number) =>
  [
    'entity,person,claim,travel_date,vehicle,distance,distance_unit',
    ...[1, 2, 3, 4, 5, 6].map(
      (one) => `SA,M0${one},N${one},2026-07-1${one},car,${one === 1 ? distance : 40},km`,
    ),
    '',
  ].join('\n');

/** One of the built-in files, otherwise. */
async function lay(name: string, change: ((text: string) => string) | null): Promise<void> {
  const file = join(project.folder, 'catalogue', name);
  await mkdir(dirname(file), { recursive: true });
  if (!change) return rm(file, { force: true });
  await copyFile(join(dataFolder, name), file);
  const text = await readFile(file, 'utf8');
  const changed = change(text);
  expect(changed, name).not.toBe(text);
  await writeFile(file, changed);
}

const wasteHead =
  "Identifiant unique;Entité;Site;Code déchet;Dangereux;Date d'expédition;Poids en tonnes;Code de traitement prévu";
const waste = (tonnes: string, treatment: string, name = 'D1') =>
  `${wasteHead}\n${name};SA;USINE;12 01 01;non;2026-07-10;${tonnes};${treatment}\n`;
const changes: Readonly<Record<string, () => Promise<void>>> = {
  'an extract is edited': () => project.write('extracts/waste_2026-Q3.csv', waste('10', 'D10')),
  'another value': () => project.write('extracts/waste_2026-Q3.csv', waste('7.25', 'D5')),
  'the same rows, written otherwise': () =>
    project.write('extracts/waste_2026-Q3.csv', `${waste('7.25', 'D5')}\n`),
  'a row breaks its contract': () => project.write('extracts/waste_2026-Q3.csv', waste('beaucoup', 'D5')),
  'an extract is added': () => project.write('extracts/waste_2026-Q3_b.csv', waste('4', 'D5', 'D9')),
  'it is removed': () => rm(join(project.folder, 'extracts/waste_2026-Q3_b.csv'), { force: true }),
  'a line of a ledger is another': () => project.write(`extracts/${sirens[0]}FEC20260930.txt`, ledger(120)),
  'a ledger that closes earlier comes': () =>
    project.write(`extracts/${sirens[1]}FEC20260630.txt`, ledger(80, '20260410')),
  'a ledger is gone': () => rm(join(project.folder, `extracts/${sirens[0]}FEC20260930.txt`), { force: true }),
  'a trip is another': () => project.write('extracts/mileage_2026-Q3.csv', mileage(135)),
  'trips of another quarter come': () =>
    project.write('extracts/mileage_2026-Q2.csv', mileage(80).replaceAll('2026-07', '2026-05')),
  'a source is missing': () => rm(join(project.folder, 'extracts/water_2026-Q3.csv'), { force: true }),
  'a contract refuses light waste': () =>
    lay('contracts/waste_register.yaml', (text) =>
      text.replace('required: true, min: 0', 'required: true, min: 5'),
    ),
  'the contract is the built-in one': () => lay('contracts/waste_register.yaml', null),
  'a factor is another': () =>
    lay('factors/factors.csv', (text) =>
      text.replaceAll(',waste_landfill,,all_in,t,520.5327,', ',waste_landfill,,all_in,t,500,'),
    ),
  'factors are the built-in ones': () => lay('factors/factors.csv', null),
  'a measure counts otherwise': () =>
    lay('measures/environment.yaml', (text) => text.replace('value: "volume_m3"', 'value: "volume_m3 * 2"')),
  'measures are the built-in ones': () => lay('measures/environment.yaml', null),
  'the company is held in part': async () =>
    project.write(
      'concordance.yaml',
      (await readFile(project.config, 'utf8')).replace(
        'method: full, share: 100',
        'method: proportional, share: 40',
      ),
    ),
};

test('whatever changes from one run to the next, one with the cache tells what one without it does', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.shuffledSubarray(Object.keys(changes), { minLength: 4, maxLength: 4 }),
      async (names) => {
        let previous = (await told(true, null)).folder;
        for (const name of names) {
          await changes[name]?.();
          const warm = await told(true, previous);
          expect(warm.told, name).toEqual((await told(false, previous)).told);
          previous = warm.folder;
        }
      },
    ),
    { numRuns: 1 },
  );
}, 300_000);

test('a run goes on from a copy of the last one’s database: what has not changed is neither read nor moved', async () => {
  const asked = (['run', 'rows'] as const).map((way) => vi.spyOn(Warehouse.prototype, way));
  await told(true, null);
  const cold = asked.flatMap((way) => way.mock.calls.map(([sql]) => sql));
  for (const way of asked) way.mockClear();
  await changes['another value']?.();
  const warm = await told(true, null);
  const statements = asked.flatMap((way) => way.mock.calls.map(([sql]) => sql.trimStart()));
  for (const way of asked) way.mockRestore();
  const made = statements.flatMap((sql) => /^create table (model\.\w+)/.exec(sql)?.[1] ?? []);
  expect(made).toEqual(expect.arrayContaining(['model.waste', 'model.emission']));
  for (const still of ['model.energy', 'model.water', 'model.person', 'model.ledger'])
    expect(made).not.toContain(still);
  const moved = statements.flatMap((sql) => /^insert into "?staged"?\."?(\w+)/.exec(sql)?.[1] ?? []);
  expect(new Set(moved)).toEqual(new Set(['waste_register', 'quarantine']));
  // origins are asked of the measures alone that waste makes, though all parts stand in one table
  const origins = (sqls: readonly string[]) =>
    sqls.flatMap(
      (sql) => /from \(select \* from result\.measure_part where measure = '(\w+)'/.exec(sql)?.[1] ?? [],
    );
  const ofWaste = /^(?:waste|scope3|emissions)_/;
  expect(origins(statements)).toContain('waste_weight');
  expect(origins(statements).filter((measure) => !ofWaste.test(measure))).toEqual([]);
  expect(origins(cold)).toContain('revenue');
  expect(warm.told).toEqual((await told(false, null)).told);
}, 300_000);

test('of the ledger of many companies, the lines of the one that has changed are made again', async () => {
  await told(true, null);
  const statements = async (change: string) => {
    await changes[change]?.();
    const asked = vi.spyOn(Warehouse.prototype, 'run');
    const warm = await told(true, null);
    const found = asked.mock.calls.flatMap(
      ([sql]) =>
        /^(create table|delete from|insert into) model\.(?:ledger|purchase|taxonomy)\b/.exec(sql)?.[0] ?? [],
    );
    // what its extracts gave to measures is told by company too
    const parts = asked.mock.calls.filter(([sql]) =>
      /^delete from result\.measure_part where .* in /.test(sql),
    );
    expect(
      parts.some(
        ([sql]) => sql.endsWith(' and ("entity" in (\'SA\'))') || sql.endsWith(' and ("entity" in (\'SB\'))'),
      ),
    ).toBe(true);
    asked.mockRestore();
    expect(warm.told).toEqual((await told(false, null)).told);
    return found.sort();
  };
  const mended = ['ledger', 'purchase', 'taxonomy'].flatMap((name) => [
    `delete from model.${name}`,
    `insert into model.${name}`,
  ]);
  expect(await statements('a line of a ledger is another')).toEqual([...mended].sort());
  expect(await statements('a ledger that closes earlier comes')).toEqual([...mended].sort());
  expect(await statements('a ledger is gone')).toEqual([...mended].sort());
}, 300_000);

test('where people are told otherwise a run goes on from a copy of before their rows: no other row is read or moved', async () => {
  await changes['trips of another quarter come']?.();
  // so that emissions of trips are those of few extracts
  for (const name of ['D2', 'D3', 'D4'])
    await project.write(`extracts/waste_2026-Q3_${name}.csv`, waste('4', 'D5', name));
  const first = await told(true, null);
  await changes['a trip is another']?.();
  const asked = (['run', 'rows'] as const).map((way) => vi.spyOn(Warehouse.prototype, way));
  const warm = await told(true, null);
  const statements = asked.flatMap((way) => way.mock.calls.map(([sql]) => sql.trimStart()));
  for (const way of asked) way.mockRestore();
  const moved = statements.flatMap((sql) => /^insert into "?staged"?\."?(\w+)/.exec(sql)?.[1] ?? []);
  expect(new Set(moved)).toEqual(new Set(['mileage_claims', 'quarantine']));
  const made = statements.flatMap((sql) => /^create table (model\.\w+)/.exec(sql)?.[1] ?? []);
  expect(made).toContain('model.mileage');
  for (const still of ['model.ledger', 'model.purchase', 'model.waste', 'model.water', 'model.emission'])
    expect(made).not.toContain(still);
  // emissions of before people's trips stand in the copy: these are put in
  expect(statements.filter((sql) => sql.startsWith('insert into model.emission'))).toHaveLength(1);
  // what the table holds is told by the rows that are others; it is read while it is empty, and once by the test itself
  const read = statements.filter((sql) =>
    /^select count.* from staged\.mileage_claims as whole_row/s.test(sql),
  );
  expect(read).toHaveLength(2);
  expect(warm.told).toEqual((await told(false, null)).told);
  expect(warm.told.figures).not.toEqual(first.told.figures);
}, 300_000);

test('of the payroll of many companies, the pay of the one that has changed is made again', async () => {
  const load = join(project.folder, 'load');
  await writeLoad(load, { intervalRows: 1, ledgerRows: 100, people: 40, entities: 5 });
  project = { ...project, config: join(load, 'concordance.yaml') };
  const first = await told(true, null);
  const declarations = join(load, 'extracts', 'dsn');
  const file = join(declarations, (await readdir(declarations)).sort().at(-1) as string);
  const text = await readFile(file, 'latin1');
  // gross pay is the amount of type 001
  const paid = text.replace(/(S21\.G00\.51\.011,'001'[\s\S]*?S21\.G00\.51\.013,')\d+/, '$14321');
  expect(paid).not.toBe(text);
  await writeFile(file, paid, 'latin1');
  const asked = vi.spyOn(Warehouse.prototype, 'run');
  const warm = await told(true, null);
  const statements = asked.mock.calls.map(([sql]) => sql);
  asked.mockRestore();
  const [company] =
    /C\d+/.exec(statements.find((sql) => sql.startsWith('insert into model.pay ')) ?? '') ?? [];
  for (const table of ['pay', 'wage_adequacy', 'equality_person']) {
    const made = statements.filter((sql) => sql.startsWith(`create table model.${table} `));
    expect(made, table).toHaveLength(1);
    expect(made[0]).toMatch(
      new RegExp(
        `as from of_pack_\\w+\\.model\\.${table} where \\("entity" in \\('${company}'\\)\\) is not true$`,
      ),
    );
  }
  const parts = statements.filter((sql) =>
    /^insert into result\.measure_part from \(select \* from of_pack_/.test(sql),
  );
  expect(parts.some((sql) => sql.includes("'gross_pay'"))).toBe(true);
  // of statistics and headcounts only the company's own and the group's are worked out
  const totals = statements.filter((sql) => /^insert into measure_total with contributing/.test(sql));
  expect(totals.length).toBeGreaterThan(1);
  for (const sql of totals) expect(sql).toContain(`in ('${company}')`);
  expect(warm.told).toEqual((await told(false, null)).told);
  expect(warm.told.figures).not.toEqual(first.told.figures);
}, 300_000);

test('the copy of before holds nobody', async () => {
  await told(true, null);
  const stage = join(project.folder, 'cache', 'stage');
  const copies: string[] = [];
  for (const name of (await readdir(stage)).filter((one) => one.endsWith('.duckdb'))) {
    const warehouse = await Warehouse.read(join(stage, name));
    const tables = await warehouse.rows<{ name: string }>(
      "select schema_name || '.' || table_name as name from duckdb_tables()",
    );
    if (tables.some((one) => one.name === 'model.ledger')) {
      copies.push(name);
      const counts = ['staged.fec_entries', 'staged.mileage_claims', 'staged.quarantine'].map((table) =>
        warehouse.scalar(`select count(*) from ${table}`),
      );
      expect(await Promise.all(counts)).toEqual([8, 0, 0]);
      // what emissions of trips are made of is there, empty
      expect(await warehouse.scalar('select count(*) from model.mileage')).toBe(0);
    }
    await warehouse.close();
  }
  expect(copies).toHaveLength(1);
  const sealed = join(project.folder, 'runs', String(runs), 'warehouse.duckdb');
  const warehouse = await Warehouse.read(sealed);
  const people = await warehouse.rows<{ person: string }>(
    'select distinct person from staged.mileage_claims',
  );
  await warehouse.close();
  expect(people).toHaveLength(6);
  const bytes = await readFile(join(stage, copies[0] as string));
  const all = await readFile(sealed);
  // what stands in no other form in the sealed database would not be found in the copy either
  expect(people.filter(({ person }) => all.includes(person))).toHaveLength(6);
  expect(people.filter(({ person }) => bytes.includes(person))).toEqual([]);
}, 300_000);

test('a database that was written to since is not gone on from', async () => {
  const first = await told(true, null);
  const file = join(first.folder, 'warehouse.duckdb');
  const warehouse = await Warehouse.open(file);
  await warehouse.run('delete from staged.water; delete from model.water');
  await warehouse.close();
  const packs = new PackFolder(join(project.folder, 'cache', 'results'), 1e9);
  const copy = join(project.folder, 'copy.duckdb');
  const goneOnFrom = async () => {
    const earlier = await copyEarlier(packs, '1', first.shas, copy, { memory: '1GB' });
    return earlier && (earlier.holdsPeople ? 'the last' : 'that of before people');
  };
  expect(await goneOnFrom()).toBe('that of before people');
  const stage = join(project.folder, 'cache', 'stage');
  for (const name of (await readdir(stage)).filter((one) => one.endsWith('.duckdb'))) {
    const pack = await Warehouse.open(join(stage, name));
    await pack.run('create table written (since integer)');
    await pack.close();
  }
  expect(await goneOnFrom()).toBeUndefined();
  expect(await stat(copy).catch(() => null)).toBeNull();
  expect((await told(true, null)).told).toEqual(first.told);
}, 300_000);

test('a database that holds rows of people who were told otherwise since is not gone on from', async () => {
  const yaml = await readFile(project.config, 'utf8');
  await project.write(
    'concordance.yaml',
    yaml.replace('contract: water\n', 'contract: water\n    personal: true\n'),
  );
  const { folder, shas } = await told(true, null);
  const packs = new PackFolder(join(project.folder, 'cache', 'results'), 1e9);
  const copied = async (extracts: ReadonlyMap<string, string>) => {
    const earlier = await copyEarlier(packs, '1', extracts, join(folder, 'copy.duckdb'), { memory: '1GB' });
    return { people: earlier?.holdsPeople, water: [...(earlier?.staged.keys() ?? [])].filter(isWater) };
  };
  const isWater = (id: string) => id.startsWith('water/');
  const without = (part: string) => new Map([...shas].filter(([id]) => !id.startsWith(part)));
  expect(shas.size).toBeGreaterThan(without('water/').size);
  // from that of before their rows came instead
  expect(await copied(without('water/'))).toEqual({ people: false, water: [] });
  expect(await copied(new Map(shas).set([...shas.keys()].find(isWater) as string, 'other'))).toEqual({
    people: false,
    water: [],
  });
  expect(await copied(without('waste/'))).toEqual({
    people: true,
    water: [...shas.keys()].filter(isWater),
  });
}, 300_000);
