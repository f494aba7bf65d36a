import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { collect } from '../../pipelines/collect/collect.ts';
import { Source } from '../../pipelines/configuration/schema.ts';
import { faultWords } from '../../pipelines/language/faults.ts';
import { Contract, loadContracts } from '../../pipelines/stage/contract.ts';
import { prepareStage, stage } from '../../pipelines/stage/stage.ts';
import { inWords } from '../../pipelines/stage/staged-extract.ts';
import { pseudonym } from '../../pipelines/warehouse/macros.ts';
import { Warehouse } from '../../pipelines/warehouse/warehouse.ts';

const secret = '0123456789abcdef'.repeat(4);
const english = await faultWords('en');
const french = await faultWords('fr');
const contract = Contract.parse({
  id: 'fuel',
  label: { fr: 'Carburant', en: 'Fuel' },
  department: 'operations',
  connectors: ['csv'],
  record: 'rows',
  period_column: 'date',
  columns: {
    entity: { type: 'code', header: ['Entité'], required: true, list: 'entity' },
    date: { type: 'date', header: ['Date'], required: true },
    litres: { type: 'decimal(18,2)', header: ['Litres'], required: true, min: 0 },
    unit: { type: 'code', header: ['Unité'], list: 'unit', dimensions: ['volume'] },
    currency: { type: 'code', header: ['Devise'], list: 'currency' },
    driver: { type: 'person', header: ['Conducteur'] },
    plate: { type: 'code', header: ['Plaque'], confidential: true },
  },
});

let folder: string;
let warehouse: Warehouse;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'concordance-stage-'));
  warehouse = await Warehouse.open(':memory:', { memory: '1GB' }, secret);
  await warehouse.run(`create schema reference;
    create table reference.entity as select * from (values ('ORV', '732829320'), ('OFR', null)) as e(entity, siren);
    create table reference.site as select * from (values ('NAN', 'ORV'), ('LOR', 'OFR')) as s(site, entity);
    create table reference.meter as select * from (values ('1', 'ORV'), ('2', 'OFR')) as m(meter, entity);
    create table reference.fx as select * from (values ('EUR', date '1999-01-01', date '9999-12-31'), ('USD', date '2026-07-01', date '2026-09-30')) as x(currency, valid_from, valid_to);
    create table reference.units as select * from (values ('l', 'volume'), ('kWh', 'energy')) as u(unit, dimension)`);
  await prepareStage(warehouse, [contract]);
});
afterEach(async () => {
  await warehouse.close();
  await rm(folder, { recursive: true });
});

const head = 'Entité;Date;Litres;Unité;Devise;Conducteur;Plaque';
async function load(files: Record<string, string | Buffer>, covers?: string) {
  for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text);
  const source = Source.parse({
    id: 'fuel',
    connector: 'csv',
    contract: 'fuel',
    path: '*.csv',
    entities: ['ORV'],
    covers,
    options: { decimal: 'comma', dates: 'dmy' },
  });
  const { extracts, missing } = await collect([source], {
    base: folder,
    store: join(folder, 'store'),
    sourcesAtOnce: 2,
    words: english,
  });
  const read = await stage(warehouse, extracts, new Map([['fuel', contract]]), {
    scratch: folder,
    fiscalYearStartMonth: 1,
  });
  inWords(read, french);
  const staged = inWords(read, english);
  const rows = await warehouse.rows('select * from staged.fuel order by extract_id, row_number');
  const quarantine = await warehouse.rows<Record<string, unknown>>(
    `select *, ${english.quarantine.message} as message, ${french.quarantine.message} as message_fr
     from staged.quarantine order by extract_id, row_number, column_name`,
  );
  for (const { rule, message, message_fr } of quarantine) expect([message, message_fr]).not.toContain(rule);
  return { staged, rows, quarantine, missing };
}

describe('a row that keeps its contract', () => {
  test('is staged typed, with its address; French numbers and dates are read', async () => {
    const { rows } = await load({ 'a.csv': `${head}\nORV;05/07/2026;1 234,50;l;EUR;;\n` });
    expect(rows).toMatchObject([
      {
        entity: 'ORV',
        date: '2026-07-05',
        litres: '1234.50',
        unit: 'l',
        extract_id: 'fuel/a.csv',
        row_number: 1,
        source_id: 'fuel',
      },
    ]);
  });

  test('holds a pseudonym for a person and nothing for a confidential column', async () => {
    const { rows } = await load({ 'a.csv': `${head}\nORV;05/07/2026;10;l;EUR;Dupont Anne;AB-123-CD\n` });
    expect(rows[0]).toMatchObject({ driver: pseudonym(secret, 'Dupont Anne'), plate: null });
  });
});

describe('a row that breaks it', () => {
  test.each([
    ['an unknown entity', 'XXX;05/07/2026;10;l;EUR;;', 'entity', 'unknown_entity'],
    ['an unknown unit', 'ORV;05/07/2026;10;gallon;EUR;;', 'unit', 'unknown_unit'],
    [
      'an entity that the source does not cover',
      'OFR;05/07/2026;10;l;EUR;;',
      'entity',
      'entity_not_of_source',
    ],
    ['a unit of another kind of quantity', 'ORV;05/07/2026;10;kWh;EUR;;', 'unit', 'unknown_unit'],
    ['an unknown currency', 'ORV;05/07/2026;10;l;ZZZ;;', 'currency', 'unknown_currency'],
    ['a date that does not exist', 'ORV;31/02/2026;10;l;EUR;;', 'date', 'type_date'],
    ['text for a number', 'ORV;05/07/2026;dix;l;EUR;;', 'litres', 'type_decimal'],
    ['a value out of range', 'ORV;05/07/2026;-3;l;EUR;;', 'litres', 'range'],
    ['an empty required cell', ';05/07/2026;10;l;EUR;;', 'entity', 'required'],
    [
      'a date outside the months that the extract covers',
      'ORV;05/09/2026;10;l;EUR;;',
      'date',
      'outside_period',
    ],
  ])('%s is quarantined with column, value and rule', async (_, line, column, rule) => {
    const { staged, rows, quarantine } = await load(
      { '2026-07.csv': `${head}\nORV;01/07/2026;1;l;EUR;;\n${line}\n` },
      '(?<year>\\d{4})-(?<month>\\d{2})',
    );
    expect(rows).toHaveLength(1);
    expect(quarantine).toMatchObject([
      { extract_id: 'fuel/2026-07.csv', row_number: 2, column_name: column, rule },
    ]);
    expect(quarantine[0]?.message).toMatch(/Column|column|outside/);
    expect(staged[0]).toMatchObject({ rowsRead: 2, rowsStaged: 1, rowsQuarantined: 1 });
  });

  test('shows every fault of the row, and counts the row once', async () => {
    const { staged, quarantine } = await load({ 'a.csv': `${head}\nXXX;31/02/2026;dix;l;EUR;;\n` });
    expect(quarantine.map((q) => q.rule).sort()).toEqual(['type_date', 'type_decimal', 'unknown_entity']);
    expect(staged[0]).toMatchObject({ rowsRead: 1, rowsStaged: 0, rowsQuarantined: 1 });
  });

  test('never shows an identity or a confidential value in quarantine', async () => {
    const strict = Contract.parse({
      ...contract,
      id: 'fuel',
      columns: {
        ...contract.columns,
        plate: { type: 'code', header: ['Plaque'], confidential: true, pattern: '^[0-9]+$' },
      },
    });
    await writeFile(join(folder, 'a.csv'), `${head}\nORV;05/07/2026;10;l;EUR;Dupont;AB-123-CD\n`);
    const source = Source.parse({
      id: 'fuel',
      connector: 'csv',
      contract: 'fuel',
      path: '*.csv',
      entities: ['ORV'],
      options: { decimal: 'comma' },
    });
    const { extracts } = await collect([source], {
      base: folder,
      store: join(folder, 'store'),
      sourcesAtOnce: 1,
    });
    await stage(warehouse, extracts, new Map([['fuel', strict]]), {
      scratch: folder,
      fiscalYearStartMonth: 1,
    });
    const text = JSON.stringify(await warehouse.rows('select * from staged.quarantine'));
    expect(text).toContain('(hidden)');
    expect(text).not.toContain('AB-123');
  });
});

describe('a row whose cells disagree', () => {
  const readings = Contract.parse({
    id: 'readings',
    label: { fr: 'Relevés', en: 'Readings' },
    department: 'operations',
    connectors: ['csv'],
    record: 'rows',
    period_column: 'end',
    columns: {
      entity: { type: 'code', list: 'entity' },
      site: { type: 'code', list: 'site' },
      start: { type: 'date' },
      end: { type: 'date', not_before: 'start' },
      currency: { type: 'code', list: 'currency' },
    },
  });
  const ledger = Contract.parse({
    id: 'ledger',
    label: { fr: 'Grand livre', en: 'Ledger' },
    department: 'finance',
    connectors: ['csv'],
    record: 'rows',
    columns: { siren: { type: 'code', required: true, list: 'siren' } },
  });
  const curve = Contract.parse({
    id: 'curve',
    label: { fr: 'Courbe', en: 'Curve' },
    department: 'operations',
    connectors: ['csv'],
    record: 'rows',
    columns: { meter: { type: 'code', required: true, list: 'meter' } },
  });

  test.each([
    [readings, 'ORV;LOR;2026-07-01;2026-07-31;EUR', 'site', 'site_of_another_entity'],
    [readings, 'ORV;NAN;2026-07-31;2026-07-01;EUR', 'end', 'end_before_start'],
    [readings, 'ORV;NAN;2026-09-01;2026-10-01;USD', 'currency', 'no_rate'],
    [ledger, '999001019', 'siren', 'unknown_entity'],
    [ledger, '99900101900010', 'siren', 'unknown_entity'],
    [curve, '2', 'meter', 'entity_not_of_source'],
  ])('$1 is quarantined by $3', async (own, line, column, rule) => {
    const good = { readings: 'ORV;NAN;2026-09-01;2026-09-30;USD', ledger: '73282932000074', curve: '1' }[
      own.id
    ];
    await writeFile(join(folder, 'a.csv'), `${Object.keys(own.columns).join(';')}\n${good}\n${line}\n`);
    const source = Source.parse({
      id: 'own',
      connector: 'csv',
      contract: own.id,
      path: 'a.csv',
      entities: ['ORV'],
      options: { delimiter: ';' },
    });
    const { extracts } = await collect([source], {
      base: folder,
      store: join(folder, 'store'),
      sourcesAtOnce: 1,
    });
    await prepareOwn(own);
    const [staged] = await stage(warehouse, extracts, new Map([[own.id, own]]), {
      scratch: folder,
      fiscalYearStartMonth: 1,
    });
    expect(staged).toMatchObject({ rowsRead: 2, rowsStaged: 1, rowsQuarantined: 1 });
    expect(await warehouse.rows('select row_number, column_name, rule from staged.quarantine')).toMatchObject(
      [{ row_number: 2, column_name: column, rule }],
    );
  });
});

async function prepareOwn(own: Contract): Promise<void> {
  await warehouse.run('drop schema staged cascade');
  await prepareStage(warehouse, [own]);
}

describe('an extract', () => {
  test('without a required column is wholly quarantined, and the message names its headings', async () => {
    const { staged, rows } = await load({
      'a.csv': 'Entité;Jour;Litres\nORV;05/07/2026;10\nORV;06/07/2026;11\n',
    });
    expect(rows).toHaveLength(0);
    expect(staged[0]).toMatchObject({ rowsRead: 2, rowsStaged: 0, rowsQuarantined: 2 });
    expect(staged[0]?.remarks.find((r) => r.code === 'STG-010')?.message).toContain(
      'has no column date; its headings are Entité, Jour, Litres',
    );
  });

  test('with a heading written another way is read all the same', async () => {
    const { rows } = await load({ 'a.csv': 'ENTITE ;date; LITRES\nORV;05/07/2026;10\n' });
    expect(rows).toHaveLength(1);
  });

  test('that came twice under two names is counted once', async () => {
    const text = `${head}\nORV;05/07/2026;10;l;EUR;;\n`;
    const { staged, rows, quarantine } = await load({ 'a.csv': text, 'b.csv': text });
    expect(rows).toHaveLength(1);
    expect(quarantine).toMatchObject([
      {
        extract_id: 'fuel/b.csv',
        rule: 'duplicate_extract',
        message: 'The same bytes came as fuel/a.csv. Remove one of the two files.',
      },
    ]);
    expect(staged.map((s) => s.rowsQuarantined)).toEqual([0, 1]);
  });

  test('that is empty stands with a remark, and the others are staged', async () => {
    const { staged, rows } = await load({ 'a.csv': '', 'b.csv': `${head}\nORV;05/07/2026;10;l;EUR;;\n` });
    expect(rows).toHaveLength(1);
    expect(staged[0]).toMatchObject({ rowsRead: 0, remarks: [{ severity: 'error' }] });
  });

  test('of the same file name in two folders keep addresses of their own', async () => {
    for (const [name, litres] of [
      ['a', 10],
      ['b', 20],
    ] as const) {
      await mkdir(join(folder, name));
      await writeFile(join(folder, name, 'july.csv'), `${head}\nORV;05/07/2026;${litres};l;EUR;;\n`);
    }
    const source = Source.parse({
      id: 'fuel',
      connector: 'csv',
      contract: 'fuel',
      path: '*/july.csv',
      entities: ['ORV'],
      options: { decimal: 'comma', dates: 'dmy' },
    });
    const { extracts } = await collect([source], {
      base: folder,
      store: join(folder, 'store'),
      sourcesAtOnce: 1,
    });
    await stage(warehouse, extracts, new Map([['fuel', contract]]), {
      scratch: folder,
      fiscalYearStartMonth: 1,
    });
    expect(
      await warehouse.rows('select extract_id, row_number, litres from staged.fuel order by extract_id'),
    ).toMatchObject([
      { extract_id: 'fuel/a/july.csv', row_number: 1, litres: '10.00' },
      { extract_id: 'fuel/b/july.csv', row_number: 1, litres: '20.00' },
    ]);
  });

  test('whose name does not say its months stands with an error: it would count as delivered for none', async () => {
    const { staged } = await load(
      { 'juillet.csv': `${head}\nORV;05/07/2026;10;l;EUR;;\n` },
      '(?<year>\\d{4})-(?<month>\\d{2})',
    );
    expect(staged[0]?.remarks).toMatchObject([
      { code: 'STG-012', severity: 'error', message: expect.stringContaining('fuel/juillet.csv') },
    ]);
  });

  test('that has not come leaves its source missing, with what to do', async () => {
    const { missing } = await load({});
    expect(missing).toMatchObject([{ source: { id: 'fuel' } }]);
    expect(missing[0]?.message).toMatch(/SRC-001 Source fuel has no file .* Deliver the extract/);
  });
});

describe('payroll files', () => {
  let contracts: ReadonlyMap<string, Contract>;
  beforeEach(async () => {
    contracts = new Map(
      [...(await loadContracts())].filter(([, { connectors }]) => connectors.includes('dsn')),
    );
    await warehouse.run('drop schema staged cascade');
    await prepareStage(warehouse, contracts.values());
  });

  const sending = (nirs: string[]) =>
    [
      "S10.G00.00.005,'02'\nS10.G00.00.006,'P26V01'",
      "S20.G00.05.001,'01'\nS20.G00.05.002,'01'\nS20.G00.05.005,'01072026'\nS20.G00.05.010,'01'",
      "S21.G00.06.001,'732829320'\nS21.G00.11.001,'00017'",
      ...nirs.map((nir) => `S21.G00.30.001,'${nir}'`),
    ].join('\n');
  async function stagePayroll(files: Record<string, string>) {
    for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text);
    const source = Source.parse({ id: 'dsn', connector: 'dsn', path: '*.dsn', entities: ['ORV'] });
    const { extracts } = await collect([source], {
      base: folder,
      store: join(folder, 'store'),
      sourcesAtOnce: 1,
    });
    return stage(warehouse, extracts, contracts, { scratch: folder, fiscalYearStartMonth: 1 });
  }

  test('that cannot be read leave those beside them as they are, in the order of files and lines', async () => {
    const staged = await stagePayroll({
      'a.dsn': sending(['1850744109123', '2850744109124']),
      'b.dsn': 'no;declaration\n',
      'c.dsn': sending(['1850744109125']),
    });
    expect(
      staged.map(({ extract, remarks }) => [
        extract.extractId,
        remarks.filter(({ code }) => code === 'DSN-001').length,
      ]),
    ).toEqual([
      ['dsn/a.dsn', 0],
      ['dsn/b.dsn', 1],
      ['dsn/c.dsn', 0],
    ]);
    // lines 1 and 2 are the sending, 3 to 6 the declaration, 7 the company, 8 the establishment, then one a person
    expect(
      await warehouse.rows('select extract_id, row_number, person from staged.dsn_individuals'),
    ).toMatchObject([
      { extract_id: 'dsn/a.dsn', row_number: 9, person: pseudonym(secret, '1850744109123') },
      { extract_id: 'dsn/a.dsn', row_number: 10, person: pseudonym(secret, '2850744109124') },
      { extract_id: 'dsn/c.dsn', row_number: 9, person: pseudonym(secret, '1850744109125') },
    ]);
  });

  test('of which one in fifty cannot be read are not read one by one', async () => {
    const nirs = Array.from({ length: 50 }, (_, at) => `18507441091${at + 10}`);
    const files = Object.fromEntries(nirs.map((nir, at) => [`${at + 10}.dsn`, sending([nir])]));
    const run = vi.spyOn(warehouse, 'run');
    const staged = await stagePayroll({ ...files, '33.dsn': 'no;declaration\n' });
    const readings = run.mock.calls.filter(([sql]) => /^create temp table raw_\d+_dsn_lines/.test(sql));
    // 50, 25, 13 (with its half of 7, 4, 2) hold it; as many halves beside them do not
    expect(readings.length).toBeLessThanOrEqual(13);
    expect(staged.filter(({ remarks }) => remarks.some(({ code }) => code === 'DSN-001'))).toMatchObject([
      { extract: { extractId: 'dsn/33.dsn' }, rowsRead: 0 },
    ]);
    expect(await warehouse.rows('select extract_id, person from staged.dsn_individuals')).toEqual(
      nirs.flatMap((nir, at) =>
        at + 10 === 33 ? [] : [{ extract_id: `dsn/${at + 10}.dsn`, person: pseudonym(secret, nir) }],
      ),
    );
  });
});

test('rows that break a rule leave no gap in the order of the others, and nothing in their place', async () => {
  // more than a row group of DuckDB's each, every hundredth row without its litres
  const rows = 130_000;
  const lines = Array.from(
    { length: rows },
    (_, i) => `ORV;05/07/2026;${i % 100 === 7 ? '' : '1,5'};l;EUR;;`,
  );
  const file = `${head}\n${lines.join('\n')}\n`;
  const { staged, quarantine } = await load({ 'a.csv': file, 'b.csv': `${file}ORV;06/07/2026;2;l;EUR;;\n` });
  const good = (rows * 99) / 100;
  expect(staged).toMatchObject([
    { rowsRead: rows, rowsStaged: good, rowsQuarantined: rows / 100 },
    { rowsRead: rows + 1, rowsStaged: good + 1, rowsQuarantined: rows / 100 },
  ]);
  expect(quarantine).toHaveLength(rows / 50);
  const [order] = await warehouse.rows(
    `select count(*) as rows, count(extract_id) as addressed, min(source_id) as lowest, max(source_id) as highest,
       count(*) filter (extract_id < before or extract_id = before and row_number <= above or row_number % 100 = 8) as out
     from (select *, lag(extract_id) over () as before, lag(row_number) over () as above from staged.fuel)`,
  );
  expect(order).toEqual({
    rows: 2 * good + 1,
    addressed: 2 * good + 1,
    lowest: 'fuel',
    highest: 'fuel',
    out: 0,
  });
});

test('rows read are rows staged and rows quarantined, whatever comes', async () => {
  const cellText = fc.oneof(
    fc.constantFrom('ORV', '05/07/2026', '10', 'l', 'EUR', '', '-', '#N/A', '=1+1', '"'),
    fc.string({ maxLength: 6 }).map((t) => t.replace(/[\r\n\0]/g, ' ')),
  );
  let n = 0;
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.array(cellText, { minLength: 1, maxLength: 9 }), { maxLength: 12 }),
      async (lines) => {
        n += 1;
        const file = `f${n}.csv`;
        await writeFile(join(folder, file), `${head}\n${lines.map((cells) => cells.join(';')).join('\n')}\n`);
        const source = Source.parse({
          id: 'fuel',
          connector: 'csv',
          contract: 'fuel',
          path: file,
          entities: ['ORV'],
          options: { delimiter: ';', decimal: 'comma' },
        });
        const { extracts } = await collect([source], {
          base: folder,
          store: join(folder, 'store'),
          sourcesAtOnce: 1,
        });
        // a row neither staged nor quarantined, or both, is refused by the stage itself
        const [one] = await stage(warehouse, extracts, new Map([['fuel', contract]]), {
          scratch: folder,
          fiscalYearStartMonth: 1,
        });
        expect(one?.rowsRead).toBe((one?.rowsStaged ?? 0) + (one?.rowsQuarantined ?? 0));
      },
    ),
    { numRuns: 40 },
  );
});
