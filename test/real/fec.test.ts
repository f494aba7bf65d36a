import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Decimal } from 'decimal.js';
import { beforeAll, describe, expect, it } from 'vitest';
import { fec } from '../../connectors/fec/connector.ts';
import { type Row, readAll, type WholeReading } from '../connectors/reading-session.ts';

const folder = new URL('../../../shared/data/fec/', import.meta.url).pathname;

const rows = (whole: WholeReading): Row[] => whole.records.entries as Row[];
const sum = (whole: WholeReading, column: 'debit' | 'credit') =>
  rows(whole)
    .reduce((total, row) => total.plus(row[column] as string), new Decimal(0))
    .toFixed(2);
const codes = (whole: WholeReading) => (whole.reading.remarks ?? []).map(({ code }) => code);

it('the files are there', () => {
  expect(existsSync(folder), folder).toBe(true);
});

/** 2 103 lines by `wc -l`, header included. D = C = 1 265 350,82 is stated in the index of the data. */
describe('a cash-basis ledger of 22 fields, tab separated, UTF-8', () => {
  let whole: WholeReading;
  beforeAll(async () => {
    whole = await readAll(fec, join(folder, '000000000FEC20231231.masked.txt'));
  });

  it('every line is an entry and the totals are those of the index', () => {
    expect(whole.reading.rowsRead).toBe(2102);
    expect(whole.rejects).toEqual([]);
    expect(rows(whole)).toHaveLength(2102);
    expect([sum(whole, 'debit'), sum(whole, 'credit')]).toEqual(['1265350.82', '1265350.82']);
    expect(whole.reading.facts).toMatchObject({
      fields: '22',
      separator: 'tab',
      encoding: 'utf-8',
      layout: 'debit-credit',
    });
  });

  it('every date and amount is canonical', () => {
    for (const row of rows(whole)) {
      expect(row.entry_date).toMatch(/^\d{4}-\d{2}-\d{2}$/);
      expect(`${row.debit} ${row.credit}`).toMatch(/^-?\d+\.\d{2} -?\d+\.\d{2}$/);
    }
  });

  /** Boxes of the tax return (2033) that account prefixes alone give; the file marks the others itself. */
  it('accounts add up to the boxes of the tax return that came with it', () => {
    const expected = new Map(
      readFileSync(join(folder, '000000000FEC20231231-expected.csv'), 'utf8')
        .split('\n')
        .map((line) => line.split(',').map((cell) => cell.trim()) as [string, string]),
    );
    const balance = (...prefixes: string[]) =>
      rows(whole)
        .filter((row) => prefixes.some((prefix) => String(row.account).startsWith(prefix)))
        .reduce((total, row) => total.plus(row.debit as string).minus(row.credit as string), new Decimal(0));
    const expenses = ['601', '606', '607', '61', '62', '63', '64', '65'];
    const boxes: [string, Decimal][] = [
      ['010', balance('207')],
      ['014', balance('205')],
      ['028', balance('21')],
      ['030', balance('281').neg()],
      ['040', balance('27')],
      ['050', balance('31')],
      ['068', balance('411')],
      ['084', balance('51', '53')],
      ['092', balance('486')],
      ['120', balance('101').neg()],
      ['126', balance('106').neg()],
      ['134', balance('110').neg()],
      ['166', balance('401').neg()],
      ['214', balance('70').neg()],
      ['230', balance('75', '79').neg()],
      ['234', balance('607')],
      ['238', balance('601')],
      ['242', balance('606', '61', '62')],
      ['244', balance('63')],
      ['250', balance('641')],
      ['252', balance('645', '647')],
      ['262', balance('65')],
      ['264', balance(...expenses)],
      ['310', balance('70', '75', '79', ...expenses).neg()],
    ];
    for (const [box, value] of boxes) expect(value.toFixed(0), `box ${box}`).toBe(expected.get(box));
  });

  it('what is odd in it is said: no SIREN, older entries, no validation, doubles; and nothing else', () => {
    // 422 = lines whose EcritureDate does not begin with 2023; ValidDate is empty on all lines
    expect(codes(whole)).toEqual(['FEC-011', 'FEC-006', 'FEC-009', 'FEC-010']);
    expect(whole.reading.remarks?.find(({ code }) => code === 'FEC-006')?.message).toContain('422 lines');
  });
});

/** 935 lines by `wc -l`, 19 fields each by awk, the last one blank; D = C = 225 682,23 by the index. */
describe('a padded ledger, pipe separated, with Latin-1 bytes and a trailing separator', () => {
  let whole: WholeReading;
  beforeAll(async () => {
    whole = await readAll(fec, join(folder, '111111111FEC20221231.masked.TXT'));
  });

  it('every line is an entry and the totals are those of the index', () => {
    expect(whole.reading.rowsRead).toBe(934);
    expect(rows(whole)).toHaveLength(934);
    expect([sum(whole, 'debit'), sum(whole, 'credit')]).toEqual(['225682.23', '225682.23']);
    expect(whole.reading.facts).toMatchObject({ fields: '18', separator: '|', encoding: 'iso-8859-15' });
  });

  it('no text keeps its padding and no character is lost', () => {
    for (const row of rows(whole)) {
      for (const value of Object.values(row)) expect(String(value)).toBe(String(value).trim());
      expect(JSON.stringify({ ...row, row_number: 0 })).not.toContain('\ufffd');
    }
    // six lines hold bytes over 0x7F (LC_ALL=C grep -cP '[\x80-\xff]'), none of them the header
    const accented = rows(whole).filter((row) => /[\u0080-\uffff]/.test(Object.values(row).join('')));
    expect(accented).toHaveLength(6);
  });

  it('the 248 entries (journal and number, by a set in another language) balance', () => {
    expect(new Set(rows(whole).map((row) => `${row.journal_code} ${row.entry_number}`)).size).toBe(248);
    expect(codes(whole)).not.toContain('FEC-004');
  });

  it('dates of 2023 under a name of 2022 are one error', () => {
    expect(codes(whole)).toContain('FEC-007');
    expect(codes(whole)).not.toContain('FEC-006');
  });
});

describe('the ledger that an ERP expects of itself', () => {
  const path = join(folder, 'tryton_FEC.csv');

  it('is refused under a name without SIREN, read with the options', async () => {
    await expect(readAll(fec, path)).rejects.toMatchObject({ code: 'FEC-002' });
    const whole = await readAll(fec, path, { siren: '732829320', closing_date: '2018-12-31' });
    // 9 lines by wc -l; 5 + 10 + 42 + 42 = 99 on each side, added by hand
    expect(rows(whole)).toHaveLength(8);
    expect([sum(whole, 'debit'), sum(whole, 'credit')]).toEqual(['99.00', '99.00']);
    expect(whole.reading.remarks).toEqual([]);
  });

  it('keeps the template mark of its lettering date as written, for the contract to refuse', async () => {
    const whole = await readAll(fec, path, { siren: '732829320', closing_date: '2018-12-31' });
    expect(rows(whole).filter((row) => row.lettering_date === '{current_date}')).toHaveLength(2);
  });
});
