import { readdirSync, readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import fastCheck from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { ExtractError, type ReadingSession } from '../../connectors/connector.ts';
import { dsn } from '../../connectors/dsn/connector.ts';
import { RECORDS } from '../../connectors/dsn/rubrics.ts';
import {
  extractFile,
  openSession,
  type Row,
  readAll,
  readAllTogether,
  type WholeReading,
} from './reading-session.ts';

const NAME = 'dsn-2026-08.edi';
const NIR = '1850744109123';

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'dsn-test-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

let files = 0;
async function stored(content: string | Uint8Array): Promise<string> {
  files += 1;
  const path = join(folder, `extract-${files}`);
  await writeFile(path, content);
  return path;
}
const readBytes = async (content: string | Uint8Array, options: object = {}): Promise<WholeReading> =>
  readAll(dsn, await stored(content), options, NAME);

/** A block's lines: `block('S21.G00.30', { 1: NIR, 6: '22071985' })`. */
function block(code: string, values: Record<number, string>): string[] {
  return Object.entries(values).map(([number, value]) => `${code}.${number.padStart(3, '0')},'${value}'`);
}

const head = (values: Record<number, string> = {}) =>
  block('S10.G00.00', { 1: 'PAIE', 2: 'EDITEUR', 3: '1', 5: '02', 6: 'P26V01', 7: '01', 8: '01', ...values });
const declaration = (values: Record<number, string> = {}) =>
  block('S20.G00.05', {
    1: '01',
    2: '01',
    3: '11',
    4: '1',
    5: '01082026',
    7: '05092026',
    10: '01',
    ...values,
  });
const place = (nic = '00017') => [
  ...block('S21.G00.06', { 1: '732829320', 2: '00017', 3: '2813Z' }),
  ...block('S21.G00.11', { 1: nic, 2: '2813Z', 22: '3248' }),
];
const person = (values: Record<number, string> = {}) =>
  block('S21.G00.30', {
    1: NIR,
    2: 'DUPONT',
    4: 'ÉLODIE',
    6: '22071985',
    8: '1 RUE DES LILAS',
    19: 'M0042',
    ...values,
  });
const contract = (values: Record<number, string> = {}) =>
  block('S21.G00.40', {
    1: '01032019',
    2: '06',
    4: '543d',
    7: '01',
    8: '99',
    9: '00042',
    11: '10',
    12: '151.67',
    13: '121.34',
    14: '20',
    17: '3248',
    19: '73282932000025',
    ...values,
  });

/** The sending closed with true totals, unless the test states others. */
function sending(lines: string[], totals: Record<number, string> = {}): string[] {
  const declared = lines.filter((line) => line.startsWith('S20.G00.05.001')).length;
  return [...lines, ...block('S90.G00.90', { 1: String(lines.length + 2), 2: String(declared), ...totals })];
}
const text = (lines: string[], end = '\r\n') => lines.join(end) + end;
const month = (...inside: string[][]) => sending([...head(), ...declaration(), ...place(), ...inside.flat()]);

const rows = (whole: WholeReading, set: string): Row[] => whole.records[set] as Row[];
const codes = (whole: WholeReading) => (whole.reading.remarks ?? []).map((remark) => remark.code);
const remark = (whole: WholeReading, code: string) =>
  (whole.reading.remarks ?? []).filter((found) => found.code === code).map(({ message }) => message);
const lineOf = (lines: string[], start: string, nth = 1) =>
  lines.flatMap((line, index) => (line.startsWith(start) ? [index + 1] : []))[nth - 1] as number;

describe('record sets', () => {
  it('have exactly the columns of their contracts', async () => {
    const { reading } = await readBytes(text(month()));
    const contracts = new URL('../../data/contracts/', import.meta.url);
    const declared = readdirSync(contracts)
      .filter((name) => name.startsWith('dsn_'))
      .map((name) => parse(readFileSync(new URL(name, contracts), 'utf8')));
    expect(Object.keys(reading.records).sort()).toEqual(declared.map(({ record }) => record).sort());
    for (const { record, columns } of declared) {
      expect(reading.records[record]?.columns, record).toEqual(Object.keys(columns));
    }
  });

  it('yield the columns that they announce, all text', async () => {
    const session = await openSession();
    const reading = await dsn.read(await extractFile(await stored(text(month())), NAME), {}, session);
    for (const [set, { query, columns }] of Object.entries(reading.records)) {
      const described = await session.rows<{ column_name: string; column_type: string }>(`describe ${query}`);
      expect(
        described.map((found) => found.column_name),
        set,
      ).toEqual(['row_number', ...columns]);
      expect(new Set(described.slice(1).map((found) => found.column_type)), set).toEqual(
        new Set(['VARCHAR']),
      );
    }
    await session.close();
  });
});

describe('a monthly declaration', () => {
  const lines = month(
    person(),
    contract({ 72: '01' }),
    block('S21.G00.41', { 1: '15082026', 4: '02', 7: '151.67', 8: '10', 14: '00041' }),
    block('S21.G00.60', { 1: '06', 2: '04082026', 3: '20082026', 10: '21082026', 11: '01', 12: '05082026' }),
    block('S21.G00.62', { 1: '31082026', 2: '059' }),
    block('S21.G00.65', { 1: '501', 2: '24082026', 3: '28082026' }),
    block('S21.G00.50', { 1: '31082026', 2: '1800.00', 4: '1750.00' }),
    block('S21.G00.51', { 1: '01082026', 2: '31082026', 10: '00042', 11: '001', 13: '2400.00' }),
    block('S21.G00.51', {
      1: '01082026',
      2: '31082026',
      10: '00042',
      11: '002',
      12: '121.34',
      13: '2400.00',
    }),
    block('S21.G00.53', { 1: '01', 2: '121.34', 3: '10' }),
    block('S21.G00.53', { 1: '02', 2: '7.00', 3: '10' }),
    block('S21.G00.52', { 1: '027', 2: '300.00', 3: '01012026', 4: '30062026', 6: '00042' }),
    block('S21.G00.54', { 1: '17', 2: '88.20' }),
    person({ 1: '2900175056789', 19: 'M0043', 6: '99991990' }),
    contract({ 9: '00043', 7: '02', 10: '31122026' }),
  );
  let whole: WholeReading;
  beforeAll(async () => {
    whole = await readBytes(text(lines));
  });
  const common = {
    declaration: '8',
    siret: '73282932000017',
    month: '2026-08-01',
    nature: '01',
    declaration_type: '01',
    declaration_order: '1',
    fraction: '11',
    norm: 'P26V01',
  };

  it('S20.G00.05 with its company and establishment is one row at the line of the 05 block', () => {
    expect(rows(whole, 'declarations')).toEqual([
      { row_number: 8n, ...common, siren: '732829320', apet: '2813Z', idcc: '3248' },
    ]);
  });

  it('individuals have the NIR, the sex that it states and an ISO birth date', () => {
    expect(rows(whole, 'individuals')).toMatchObject([
      {
        individual: String(lineOf(lines, 'S21.G00.30')),
        person: NIR,
        registration_number: 'M0042',
        sex: '01',
        birth_date: '1985-07-22',
      },
      { person: '2900175056789', sex: '02', birth_date: '1990-01-01' },
    ]);
    expect(rows(whole, 'individuals')[0]).toMatchObject(common);
  });

  it('contracts have their dates, quotas, nature and disability status', () => {
    expect(rows(whole, 'contracts')).toMatchObject([
      {
        row_number: BigInt(lineOf(lines, 'S21.G00.40.001')),
        contract_number: '00042',
        start_date: '2019-03-01',
        conventional_status: '06',
        pcs: '543d',
        nature_code: '01',
        scheme: '99',
        planned_end: null,
        quota_unit: '10',
        quota_reference: '151.67',
        quota_contract: '121.34',
        working_time: '20',
        idcc: '3248',
        workplace_siret: '73282932000025',
        disability_status: '01',
      },
      { contract_number: '00043', nature_code: '02', planned_end: '2026-12-31', disability_status: null },
    ]);
  });

  it('changes, stoppages, ends and suspensions carry the number of the contract above them', () => {
    expect(rows(whole, 'contract_changes')).toMatchObject([
      {
        contract_number: '00042',
        effect_date: '2026-08-15',
        old_nature_code: '02',
        old_quota_contract: '151.67',
        old_working_time: '10',
        old_contract_number: '00041',
      },
    ]);
    expect(rows(whole, 'absences')).toMatchObject([
      {
        contract_number: '00042',
        reason: '06',
        last_day_worked: '2026-08-04',
        planned_end: '2026-08-20',
        return_date: '2026-08-21',
        return_reason: '01',
        accident_date: '2026-08-05',
      },
    ]);
    expect(rows(whole, 'contract_ends')).toMatchObject([
      { contract_number: '00042', contract_start: '2019-03-01', end_date: '2026-08-31', reason: '059' },
    ]);
    expect(rows(whole, 'suspensions')).toMatchObject([
      { contract_number: '00042', reason: '501', start_date: '2026-08-24', end_date: '2026-08-28' },
    ]);
  });

  it('pay and bonuses carry the payment date of the payment above them', () => {
    expect(rows(whole, 'pays')).toMatchObject([
      {
        payment_date: '2026-08-31',
        contract_number: '00042',
        period_start: '2026-08-01',
        period_end: '2026-08-31',
        pay_type: '001',
        hours: null,
        amount: '2400.00',
      },
      { payment_date: '2026-08-31', pay_type: '002', hours: '121.34' },
    ]);
    expect(rows(whole, 'bonuses')).toMatchObject([
      {
        payment_date: '2026-08-31',
        contract_number: '00042',
        bonus_type: '027',
        amount: '300.00',
        period_start: '2026-01-01',
        period_end: '2026-06-30',
      },
    ]);
  });

  it('activities carry contract and period of the pay above them', () => {
    expect(rows(whole, 'activities')).toMatchObject([
      {
        contract_number: '00042',
        period_start: '2026-08-01',
        period_end: '2026-08-31',
        activity_type: '01',
        measure: '121.34',
        measure_unit: '10',
      },
      { activity_type: '02', measure: '7.00' },
    ]);
  });

  it('every other block is listed by its code alone', () => {
    expect(rows(whole, 'other_blocks').map((row) => row.block)).toEqual([
      'S10.G00.00',
      'S21.G00.06',
      'S21.G00.11',
      'S21.G00.50',
      'S21.G00.54',
      'S90.G00.90',
    ]);
    // the blocks: 1 sending, 05, 06, 11, 2 individuals, 2 contracts, 41, 60, 62, 65, 50, 2 x 51, 2 x 53, 52, 54, 90
    expect(whole.reading.rowsRead).toBe(20);
  });

  it('nothing is remarked on a sound sending', () => {
    expect(whole.reading.remarks).toEqual([]);
    expect(whole.reading.facts).toMatchObject({
      sendings: '1',
      declarations: '1',
      norm: 'P26V01',
      months: '2026-08',
      siren: '732829320',
    });
  });

  it('names and addresses appear in no row', () => {
    const all = JSON.stringify([whole.records, whole.rejects], (_, value) =>
      typeof value === 'bigint' ? String(value) : value,
    );
    expect(all).not.toMatch(/DUPONT|ÉLODIE|LILAS/);
  });

  it('names and addresses enter no table, and the transcoded copy does not stay', async () => {
    const session = await openSession();
    await dsn.read(await extractFile(await stored(text(lines)), NAME), {}, session);
    const tables = await session.rows<{ name: string }>('select table_name as name from duckdb_tables()');
    for (const { name } of tables) {
      const found = await session.rows(
        `select * from ${name} as held where held::varchar similar to '.*(DUPONT|ÉLODIE|LILAS).*'`,
      );
      expect(found, name).toEqual([]);
    }
    expect(() => readFileSync(session.scratch('dsn.txt'))).toThrow();
    await session.close();
  });
});

describe('blocks', () => {
  it('begin again where the rubric number does not grow, at .001 or not', async () => {
    const whole = await readBytes(
      text(
        month(
          person(),
          contract(),
          ['S21.G00.70.012', 'S21.G00.70.013', 'S21.G00.70.012', 'S21.G00.71.002', 'S21.G00.71.002'].map(
            (rubric) => `${rubric},'1'`,
          ),
        ),
      ),
    );
    expect(
      rows(whole, 'other_blocks')
        .map((row) => row.block)
        .filter((code) => /7[01]$/.test(String(code))),
    ).toEqual(['S21.G00.70', 'S21.G00.70', 'S21.G00.71', 'S21.G00.71']);
  });

  it('of a second contract do not take the number of the first', async () => {
    const whole = await readBytes(
      text(
        month(
          person(),
          contract(),
          contract({ 9: '00099' }),
          block('S21.G00.62', { 1: '31082026', 2: '031' }),
        ),
      ),
    );
    expect(rows(whole, 'contract_ends')).toMatchObject([{ contract_number: '00099' }]);
  });

  it('of one person never attach to the contract or payment of the person before', async () => {
    const lines = month(
      person(),
      contract(),
      block('S21.G00.50', { 1: '31082026' }),
      person({ 1: '2900175056789' }),
      block('S21.G00.60', { 1: '01', 2: '04082026' }),
      block('S21.G00.52', { 1: '027', 2: '1.00' }),
    );
    const whole = await readBytes(text(lines));
    expect(rows(whole, 'absences')).toMatchObject([
      { contract_number: null, individual: String(lineOf(lines, 'S21.G00.30.001', 2)) },
    ]);
    expect(rows(whole, 'bonuses')).toMatchObject([{ payment_date: null }]);
  });

  it('of several sendings in a file, return envelopes between them, keep to their own sending', async () => {
    const first = sending([...head(), ...declaration(), ...place('00017'), ...person(), ...contract()]);
    const second = sending([
      ...head({ 6: 'P25V01' }),
      ...declaration({ 2: '03', 4: '2' }),
      ...place('00025'),
      ...person(),
      ...contract(),
    ]);
    const whole = await readBytes(
      text([
        `S05.G51.00.001,'V01'`,
        `S06.G51.00.001,'DSNOK'`,
        ...first,
        ...second,
        `S96.G51.00.001,'FINSL'`,
        `S95.G51.00.001,'1'`,
      ]),
    );
    expect(rows(whole, 'contracts')).toMatchObject([
      { siret: '73282932000017', declaration_type: '01', norm: 'P26V01' },
      { siret: '73282932000025', declaration_type: '03', declaration_order: '2', norm: 'P25V01' },
    ]);
    expect(rows(whole, 'other_blocks').at(-1)).toMatchObject({
      block: 'S95.G51.00',
      declaration: null,
      siret: null,
      norm: null,
    });
    expect(whole.rejects).toEqual([]);
    expect(codes(whole)).toEqual([]);
  });

  it('of an unknown family are rejected, of a known one kept', async () => {
    const whole = await readBytes(text(month([`S44.G01.00.001,'x'`, `S21.G00.99.001,'x'`])));
    expect(whole.rejects).toMatchObject([{ rule: 'unknown_block', value: 'S44.G01.00' }]);
    expect(rows(whole, 'other_blocks').map((row) => row.block)).toContain('S21.G00.99');
    expect(remark(whole, 'DSN-008')[0]).toContain('S21.G00.99.001');
  });

  it('of an unknown family cost their own rows alone: the declaration goes on below', async () => {
    const whole = await readBytes(text(month([`S44.G01.00.001,'x'`], person())));
    expect(whole.rejects).toHaveLength(1);
    expect(rows(whole, 'individuals')).toHaveLength(1);
    expect(rows(whole, 'individuals')[0]?.declaration).toBe(rows(whole, 'declarations')[0]?.declaration);
  });

  it('of a contract without its individual are named: the block above is missing', async () => {
    const whole = await readBytes(text(month(contract())));
    expect(remark(whole, 'DSN-006')[0]).toMatch(
      /^1 block S21\.G00\.40 under no individual \(S21\.G00\.30\), the first here \(.*line \d+\)\. Whose/,
    );
    expect(rows(whole, 'contracts')[0]?.individual).toBeNull();
  });
});

it('addresses are physical lines in a file big enough for several threads', async () => {
  const lines = [...head(), ...declaration(), ...place()];
  while (lines.length < 1_000_000) {
    lines.push(...block('S21.G00.30', { 1: NIR, 2: 'DUPONT', 6: '22071985', 19: `L${lines.length + 1}` }));
    lines.push(...block('S21.G00.78', { 1: '02', 2: '01082026', 3: '31082026', 4: '2400.00' }));
  }
  const session = await openSession();
  const reading = await dsn.read(
    await extractFile(await stored(text(sending(lines), '\n')), NAME),
    {},
    session,
  );
  const [found] = await session.rows(`select count(*) as people,
    count(*) filter (where registration_number <> 'L' || row_number or declaration <> '8') as astray
    from (${reading.records.individuals?.query})`);
  // 20 lines of envelope, then 8 lines a person up to the millionth
  expect(found).toEqual({ people: BigInt(Math.ceil((1_000_000 - 20) / 8)), astray: 0n });
  expect(reading.remarks).toEqual([]);
  await session.close();
});

describe('values', () => {
  it('keep the apostrophes inside them', async () => {
    const whole = await readBytes(text(month(person({ 19: "L'42'" }), contract())));
    expect(rows(whole, 'individuals')).toMatchObject([{ registration_number: "L'42'" }]);
  });

  it('that are no date stay as written, for the contract to refuse', async () => {
    const whole = await readBytes(text(month(person(), contract({ 1: '31022019', 10: '2026-12-31' }))));
    expect(rows(whole, 'contracts')).toMatchObject([{ start_date: '31022019', planned_end: '2026-12-31' }]);
  });

  it('left empty are absent', async () => {
    expect(rows(await readBytes(text(month(person(), contract({ 10: '' })))), 'contracts')).toMatchObject([
      { planned_end: null },
    ]);
  });

  it('of an individual without NIR come from the temporary number, sex included', async () => {
    const { 1: _, ...withoutNir } = { 1: '', 6: '01012000', 20: '2732829320M0077' };
    const whole = await readBytes(text(month(block('S21.G00.30', withoutNir))));
    expect(rows(whole, 'individuals')).toMatchObject([{ person: '2732829320M0077', sex: '02' }]);
  });

  it('of sex win over the first digit of the NIR', async () => {
    expect(rows(await readBytes(text(month(person({ 5: '02' })))), 'individuals')).toMatchObject([
      { person: NIR, sex: '02' },
    ]);
  });

  it('an event declaration without month takes the month of its file date', async () => {
    const lines = declaration({ 1: '07' }).filter((line) => !line.startsWith('S20.G00.05.005'));
    const whole = await readBytes(text(sending([...head(), ...lines, ...place()])));
    expect(rows(whole, 'declarations')).toMatchObject([{ nature: '07', month: '2026-09-01' }]);
  });
});

describe('encodings', () => {
  const lines = month(person({ 19: 'É42' }), contract());
  it.each<[string, Uint8Array, string]>([
    ['ISO 8859-1', Buffer.from(text(lines), 'latin1'), 'iso-8859-1'],
    ['UTF-8', Buffer.from(text(lines)), 'utf-8'],
    ['UTF-8 with LF, in place', Buffer.from(text(lines, '\n')), 'utf-8'],
    ['UTF-8 with a BOM', Buffer.from(`\ufeff${text(lines)}`), 'utf-8'],
    ['CR alone', Buffer.from(text(lines, '\r')), 'utf-8'],
    ['gzip', gzipSync(Buffer.from(text(lines), 'latin1')), 'iso-8859-1'],
  ])('%s', async (_, content, encoding) => {
    const whole = await readBytes(content);
    expect(rows(whole, 'individuals')).toMatchObject([{ registration_number: 'É42', declaration: '8' }]);
    expect(whole.reading.facts?.encoding).toBe(encoding);
    expect(codes(whole)).toEqual([]);
  });

  it('accented letters cut by a chunk of the reader are one letter', async () => {
    // 3-byte letters over several chunks of 1 MiB: one of them falls on each boundary or its neighbour
    const filler = Array.from(
      { length: 40_000 },
      (_, index) => `S21.G00.30.002,'${'€'.repeat(20 + (index % 3))}'`,
    );
    const whole = await readBytes(text([...head(), ...declaration(), ...place(), ...filler], '\n'));
    expect(whole.reading.facts?.encoding).toBe('utf-8');
  });
});

describe('what is judged on the sendings', () => {
  it('control totals that differ are named with both numbers', async () => {
    const lines = [...head(), ...declaration(), ...place()];
    const whole = await readBytes(text(sending(lines, { 1: '99', 2: '2' })));
    // 7 + 7 + 6 lines, and the two of S90
    expect(remark(whole, 'DSN-003')[0]).toContain('states 99 rubrics (S90.G00.90.001), 22 are read');
    expect(remark(whole, 'DSN-004')[0]).toContain('states 2 declarations (S90.G00.90.002), 1 are read');
  });

  it('a lost line is found by the control total', async () => {
    const lines = month(person(), contract());
    lines.splice(30, 1);
    expect(codes(await readBytes(text(lines)))).toContain('DSN-003');
  });

  it('a test sending is an error', async () => {
    const whole = await readBytes(text(sending([...head({ 5: '01' }), ...declaration(), ...place()])));
    expect(whole.reading.remarks).toMatchObject([{ code: 'DSN-002', severity: 'error', row: 1 }]);
  });

  it.each([['P31V01'], ['']])('norm "%s" is a warning', async (version) => {
    const whole = await readBytes(text(sending([...head({ 6: version }), ...declaration(), ...place()])));
    expect(whole.reading.remarks).toMatchObject([{ code: 'DSN-005', severity: 'warning' }]);
  });

  it('a file cut before its total is a warning', async () => {
    const whole = await readBytes(text(month(person(), contract()).slice(0, -2)));
    expect(remark(whole, 'DSN-007')).toHaveLength(1);
  });

  it('an unknown rubric is remarked with its line, and its block is kept', async () => {
    const lines = month(person(), contract({ 199: 'x' }));
    const whole = await readBytes(text(lines));
    expect(remark(whole, 'DSN-008')[0]).toContain(
      `S21.G00.40.199 is not in the dictionary P24V01 (${NAME}, 1 time, first line ${lineOf(lines, 'S21.G00.40.199')})`,
    );
    expect(rows(whole, 'contracts')).toHaveLength(1);
  });

  it.each<[string, string[], string]>([
    ['no declaration', sending(head()), 'no declaration (S20.G00.05)'],
    [
      'no company',
      sending([...head(), ...declaration(), ...block('S21.G00.11', { 1: '00017' })]),
      'no company (S21.G00.06.001)',
    ],
    [
      'no establishment',
      sending([...head(), ...declaration(), ...block('S21.G00.06', { 1: '732829320' })]),
      'no establishment (S21.G00.11.001)',
    ],
    ['an individual before any declaration', sending([...head(), ...person()]), 'outside any declaration'],
    ['no sending', [...declaration(), ...place()], 'no sending block'],
    ['two establishments', month(block('S21.G00.11', { 1: '00033' })), '2 establishments'],
  ])('%s is an error', async (_, lines, words) => {
    const found = remark(await readBytes(text(lines)), 'DSN-006');
    expect(found.some((message) => message.includes(words))).toBe(true);
  });

  it('another currency than the euro is an error', async () => {
    const whole = await readBytes(text(sending([...head(), ...declaration({ 10: '02' }), ...place()])));
    expect(codes(whole)).toEqual(['DSN-012']);
  });
});

describe('lines that are no rubric', () => {
  it('are rejected with their address and their contents masked', async () => {
    const lines = month(person(), contract());
    lines.splice(25, 0, `S21.G00.30.003,'MARTIN`, 'RUE DES LILAS 4', '   ');
    const whole = await readBytes(text(lines));
    expect(whole.rejects).toEqual([
      {
        row_number: 26n,
        column_name: null,
        value: 'S21.G00.30.003 (22 characters, not shown)',
        rule: 'malformed_line',
        message: expect.any(String),
      },
      {
        row_number: 27n,
        column_name: null,
        value: '(15 characters, not shown)',
        rule: 'malformed_line',
        message: expect.any(String),
      },
    ]);
    expect(remark(whole, 'DSN-009')[0]).toContain('2 lines not written as rubrics');
  });

  it('do not cut the block that they stand in', async () => {
    const lines = month(person(), contract());
    lines.splice(lineOf(lines, 'S21.G00.40.004'), 0, 'torn');
    expect(rows(await readBytes(text(lines)), 'contracts')).toMatchObject([{ contract_number: '00042' }]);
  });

  it.each<[string, string | Uint8Array]>([
    ['an empty file', ''],
    ['an empty gzip', gzipSync('')],
    ['blank lines', '\n\n'],
    ['another text', 'Bonjour\nmonde\n'],
    ['a truncated gzip', gzipSync(text(month())).subarray(0, 60)],
    ['a workbook', Buffer.from('PK\u0003\u0004')],
    ['a binary file', Buffer.alloc(6_000_000, 'x')],
  ])('make %s no DSN', async (_, content) => {
    const error = await readBytes(content).then(
      () => undefined,
      (thrown) => thrown,
    );
    expect(error).toBeInstanceOf(ExtractError);
    expect(error).toMatchObject({ code: 'DSN-001', place: { extract: NAME } });
  });

  it('make a gzip that grows a thousand times no DSN, without reading it to its end', async () => {
    // 60 MB of zeros are 58 kB of gzip: beyond 400 times that and 16 MiB, 40 MB, it stops
    await expect(readBytes(gzipSync(Buffer.alloc(60_000_000)))).rejects.toThrow(
      /DSN-001 The gzip grows beyond 400 times its size/,
    );
  });
});

it('remarks do not depend on whether the session gives counts as numbers or as bigints', async () => {
  const content = text(month(person(), contract({ 199: 'x' })).slice(0, -1));
  const whole = await readBytes(content);
  const path = join(folder, 'numbers');
  await writeFile(path, content);
  const session = await openSession();
  const numbers: ReadingSession = {
    ...session,
    rows: async <Found>(sql: string) =>
      (await session.rows(sql)).map((row) =>
        Object.fromEntries(
          Object.entries(row).map(([name, value]) => [
            name,
            typeof value === 'bigint' ? Number(value) : value,
          ]),
        ),
      ) as Found[],
  };
  const reading = await dsn.read(await extractFile(path, NAME), {}, numbers);
  await session.close();
  expect(reading.remarks).toEqual(whole.reading.remarks.map(({ message, ...remark }) => remark));
  expect(reading.rowsRead).toBe(whole.reading.rowsRead);
  expect(reading.facts).toEqual(whole.reading.facts);
});

const codesUsed = [
  'S10.G00.00',
  'S20.G00.05',
  'S21.G00.06',
  'S21.G00.54',
  'S90.G00.90',
  'S05.G51.00',
  'S44.G01.00',
  ...RECORDS.map((record) => record.block),
];
const anyRubric = fastCheck
  .tuple(
    fastCheck.constantFrom(...codesUsed),
    fastCheck.integer({ min: 1, max: 20 }),
    fastCheck.constantFrom('', '01', '31082026', "l'x", NIR),
  )
  .map(([code, number, value]) => `${code}.${String(number).padStart(3, '0')},'${value}'`);
const anyLine = fastCheck.oneof(
  { weight: 8, arbitrary: anyRubric },
  { weight: 1, arbitrary: fastCheck.constantFrom('torn', '', "S21.G00.30.002,'X") },
);

describe('files read together', () => {
  const alone = async (path: string, name: string) => {
    const { reading, records, rejects } = await readAll(dsn, path, {}, name);
    const { rowsRead, remarks, facts } = reading;
    return { reading: { rowsRead, remarks, facts }, records, rejects };
  };

  it('are each what they are by themselves, whatever lines they hold and wherever one ends', async () => {
    const body = fastCheck.array(anyLine, { maxLength: 40 });
    await fastCheck.assert(
      fastCheck.asyncProperty(
        fastCheck.array(fastCheck.record({ body, whole: fastCheck.boolean(), end: fastCheck.boolean() }), {
          minLength: 2,
          maxLength: 4,
        }),
        async (drawn) => {
          const paths: string[] = [];
          for (const [place, { body, whole, end }] of drawn.entries()) {
            // some have a head and a last line end, some go on where the file before stopped
            const lines = [...(whole ? month(person(), contract()) : [`S21.G00.30.001,'${place}'`]), ...body];
            paths.push(await stored(lines.join('\n') + (end ? '\n' : '')));
          }
          const names = paths.map((_, place) => `dsn-${place}.edi`);
          const together = await readAllTogether(dsn, paths, {}, names);
          for (const [place, path] of paths.entries())
            expect(together[place]).toEqual(await alone(path, names[place] as string));
        },
      ),
      { numRuns: 8 },
    );
  }, 120_000);

  it('take as many statements as one', async () => {
    const statements = async (files: string[]) => {
      const session = await openSession();
      let many = 0;
      const counted: ReadingSession = {
        ...session,
        run(sql) {
          many += 1;
          return session.run(sql);
        },
        rows(sql) {
          many += 1;
          return session.rows(sql);
        },
      };
      const paths = await Promise.all(files.map((file) => stored(file)));
      const extracts = await Promise.all(paths.map((path) => extractFile(path)));
      await dsn.readTogether?.(extracts, {}, counted);
      await session.close();
      return many;
    };
    const files = ['M1', 'M2', 'M3', 'M4', 'M5'].map((number) => text(month(person({ 19: number }))));
    expect(await statements(files)).toBe(await statements(files.slice(0, 1)));
  });

  it('are refused as a whole when one is another kind of file, so that each is then read by itself', async () => {
    const paths = [await stored(text(month(person()))), await stored('a;b;c\n1;2;3\n')];
    await expect(readAllTogether(dsn, paths)).rejects.toThrow(/DSN-001 .*extract-\d+/);
  });
});

it('conservation: each block and each torn line is one row, in whatever order lines come', async () => {
  await fastCheck.assert(
    fastCheck.asyncProperty(
      fastCheck.array(anyLine, { maxLength: 60 }),
      fastCheck.constantFrom('\n', '\r\n'),
      async (body, end) => {
        const lines = [...head(), ...body];
        const whole = await readBytes(text(lines, end)); // fails by itself unless rowsRead = records + rejects
        // counted here by another means: a walk over the lines
        let blocks = 0;
        let before = ['', 0] as [string, number];
        for (const line of lines.filter((found) => /^S\d\d\.G\d\d\.\d\d\.\d{3},'.*'$/.test(found))) {
          const now: [string, number] = [line.slice(0, 10), Number(line.slice(11, 14))];
          if (now[0] !== before[0] || now[1] <= before[1]) blocks += 1;
          before = now;
        }
        const torn = lines.filter((line) => line === 'torn' || line.endsWith("'X")).length;
        expect(whole.reading.rowsRead).toBe(blocks + torn);
        const addresses = [...Object.values(whole.records).flat(), ...whole.rejects].map(
          (row) => row.row_number,
        );
        expect(new Set(addresses).size).toBe(addresses.length);
      },
    ),
    { numRuns: 25 },
  );
}, 120_000);
