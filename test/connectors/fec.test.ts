import { readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import fastCheck from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { ExtractError, type ReadingSession } from '../../connectors/connector.ts';
import { fec } from '../../connectors/fec/connector.ts';
import {
  extractFile,
  openSession,
  type Row,
  readAll,
  readAllTogether,
  readSome,
  type WholeReading,
} from './reading-session.ts';

const NAME = '732829320FEC20251231.txt';
const HEADER =
  'JournalCode JournalLib EcritureNum EcritureDate CompteNum CompteLib CompAuxNum CompAuxLib PieceRef PieceDate EcritureLib Debit Credit EcritureLet DateLet ValidDate Montantdevise Idevise'.split(
    ' ',
  );

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fec-test-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

let files = 0;
async function readBytes(
  content: string | Uint8Array,
  options: object = {},
  name = NAME,
): Promise<WholeReading> {
  files += 1;
  const path = join(folder, `extract-${files}`);
  await writeFile(path, content);
  return readAll(fec, path, options, name);
}

/** A ledger line, the fields that a test does not name filled in. */
function line(fields: Partial<Record<string, string>> = {}): string[] {
  const usual: Record<string, string> = {
    JournalCode: 'AC',
    JournalLib: 'Achats',
    EcritureNum: '1',
    EcritureDate: '20250115',
    CompteNum: '60610000',
    CompteLib: 'Énergie',
    CompAuxNum: '',
    CompAuxLib: '',
    PieceRef: 'F1',
    PieceDate: '20250114',
    EcritureLib: 'Facture',
    Debit: '0,00',
    Credit: '0,00',
    EcritureLet: '',
    DateLet: '',
    ValidDate: '20250131',
    Montantdevise: '',
    Idevise: '',
  };
  return HEADER.map((heading) => fields[heading] ?? usual[heading] ?? '');
}

const balanced = [
  line({ Debit: '100,50' }),
  line({ CompteNum: '40110000', Credit: '100,50', CompAuxNum: 'F001' }),
];

function ledger(lines: string[][] = balanced, separator = '\t', end = '\r\n', header = HEADER): string {
  return [header, ...lines].map((fields) => fields.join(separator)).join(end) + end;
}

const entries = (whole: WholeReading): Row[] => whole.records.entries as Row[];
const column = (whole: WholeReading, name: string) => entries(whole).map((row) => row[name]);
const codes = (whole: WholeReading) => (whole.reading.remarks ?? []).map((remark) => remark.code);
const remark = (whole: WholeReading, code: string) =>
  (whole.reading.remarks ?? []).filter((found) => found.code === code).map(({ message }) => message);

async function refusal(reading: Promise<unknown>): Promise<ExtractError> {
  const error = await reading.then(
    () => undefined,
    (thrown) => thrown,
  );
  expect(error).toBeInstanceOf(ExtractError);
  return error as ExtractError;
}

describe('a FEC as the order has it', () => {
  it('gives the columns of the contract and nothing else', async () => {
    const contract = parse(
      readFileSync(new URL('../../data/contracts/fec_entries.yaml', import.meta.url), 'utf8'),
    );
    const { reading } = await readBytes(ledger());
    expect(reading.records.entries?.columns).toEqual(Object.keys(contract.columns));
    expect(Object.keys(reading.records)).toEqual([contract.record]);
  });

  it('addresses each entry by its physical line, the header being line 1', async () => {
    const whole = await readBytes(ledger());
    expect(whole.reading.addressing).toBe('line');
    expect(column(whole, 'row_number')).toEqual([2n, 3n]);
    expect(whole.reading.rowsRead).toBe(2);
    expect(whole.rejects).toEqual([]);
    expect(whole.reading.remarks).toEqual([]);
    expect(entries(whole)[0]).toEqual({
      row_number: 2n,
      siren: '732829320',
      closing_date: '2025-12-31',
      journal_code: 'AC',
      journal_label: 'Achats',
      entry_number: '1',
      entry_date: '2025-01-15',
      account: '60610000',
      account_label: 'Énergie',
      auxiliary: null,
      auxiliary_label: null,
      document_ref: 'F1',
      document_date: '2025-01-14',
      label: 'Facture',
      debit: '100.50',
      credit: '0.00',
      lettering: null,
      lettering_date: null,
      validation_date: '2025-01-31',
      currency_amount: null,
      currency: null,
    });
  });

  it('blank lines are no records and move no address', async () => {
    const [first, second] = balanced.map((fields) => fields.join('\t'));
    const whole = await readBytes(`\n${HEADER.join('\t')}\n\n${first}\n  \n${second}\n\n\n\t\t\t\n`);
    expect(column(whole, 'row_number')).toEqual([4n, 6n]);
    expect(whole.reading.rowsRead).toBe(2);
  });
});

describe('the name', () => {
  it.each([
    ['732829320FEC20251231.txt'],
    ['732829320fec20251231.TXT'],
    ['ledgers/732829320FEC20251231_001.csv'],
    ['732829320 FEC 20251231.txt.gz'],
  ])('%s states SIREN and closing date', async (name) => {
    const whole = await readBytes(ledger(), {}, name);
    expect(new Set(column(whole, 'siren'))).toEqual(new Set(['732829320']));
    expect(whole.reading.facts?.closing_date).toBe('2025-12-31');
  });

  it('without a SIREN is refused, with the options that would do', async () => {
    const error = await refusal(readBytes(ledger(), {}, 'export.csv'));
    expect(error.code).toBe('FEC-002');
    expect(error.message).toContain('closing_date in the options');
  });

  it('gives way to the options', async () => {
    const whole = await readBytes(ledger(), { siren: '552100554', closing_date: '2025-06-30' }, 'export.csv');
    expect(column(whole, 'siren')[0]).toBe('552100554');
    expect(column(whole, 'closing_date')[0]).toBe('2025-06-30');
  });

  it('with an impossible closing date is refused', async () => {
    expect((await refusal(readBytes(ledger(), {}, '732829320FEC20251331.txt'))).code).toBe('FEC-002');
  });

  it('with a SIREN whose key is wrong is remarked', async () => {
    expect(remark(await readBytes(ledger(), {}, '732829321FEC20251231.txt'), 'FEC-011')[0]).toContain(
      '732829321',
    );
  });
});

describe('encodings', () => {
  const euro = ledger([
    line({ EcritureLib: 'Coût 5 €', Debit: '1,00' }),
    line({ EcritureLib: 'Cœur', Credit: '1,00' }),
  ]);
  const bytes = (text: string, extra: Record<string, number>) =>
    Uint8Array.from([...text].map((char) => extra[char] ?? char.charCodeAt(0)));

  it.each<[string, Uint8Array, string]>([
    ['UTF-8', Buffer.from(euro), 'utf-8'],
    ['UTF-8 with a BOM', Buffer.from(`\ufeff${euro}`), 'utf-8'],
    ['ISO 8859-15, where the euro is 0xA4', bytes(euro, { '€': 0xa4, œ: 0xbd }), 'iso-8859-15'],
    ['Windows-1252, where the euro is 0x80', bytes(euro, { '€': 0x80, œ: 0x9c }), 'windows-1252'],
    ['UTF-16 with a BOM', Buffer.from(`\ufeff${euro}`, 'utf16le'), 'utf-16le'],
    ['gzip', gzipSync(Buffer.from(euro)), 'utf-8'],
  ])('%s is read by the evidence of its bytes', async (_, content, encoding) => {
    const whole = await readBytes(content);
    expect(column(whole, 'label')).toEqual(['Coût 5 €', 'Cœur']);
    expect(whole.reading.facts?.encoding).toBe(encoding);
    expect(codes(whole)).toEqual([]);
  });

  it('a declared encoding wins over the evidence', async () => {
    const whole = await readBytes(bytes(euro, { '€': 0xa4, œ: 0xbd }), { encoding: 'windows-1252' });
    expect(column(whole, 'label')).toEqual(['Coût 5 ¤', 'C½ur']);
  });

  it('a few broken bytes in UTF-8 are shown and remarked, the other accents stay', async () => {
    const many = Array.from({ length: 30 }, () =>
      line({ EcritureLib: 'été', Debit: '1,00', Credit: '1,00' }),
    );
    const content = Buffer.concat([
      Buffer.from(ledger(many)),
      Buffer.from(`${line({ EcritureLib: 'X' }).join('\t')}\n`.replace('X', 'a\x01')),
    ]);
    content[content.indexOf(0x01)] = 0xe9;
    const whole = await readBytes(content);
    expect(column(whole, 'label').at(-1)).toBe('a\ufffd');
    expect(column(whole, 'label')[0]).toBe('été');
    expect(codes(whole)).toContain('FEC-014');
  });

  it.each([['\n'], ['\r\n'], ['\r']])('line end %j is one line end', async (end) => {
    expect(column(await readBytes(ledger(balanced, '\t', end)), 'row_number')).toEqual([2n, 3n]);
  });
});

describe('layouts', () => {
  it.each([['\t'], ['|'], [';'], [',']])('separator %j is found on the header', async (separator) => {
    const lines = balanced.map((fields) => fields.map((field) => field.replace(',', '.')));
    expect(column(await readBytes(ledger(lines, separator)), 'debit')).toEqual(['100.50', '0.00']);
  });

  it('headings match whatever their case, accents, quotes and blanks', async () => {
    const header = HEADER.map(
      (heading) => `" ${heading.toUpperCase().replace('DEBIT', 'Débit').replace('CREDIT', 'Crédit')} "`,
    );
    const lines = balanced.map((fields) => fields.map((field) => `"${field}"`));
    const whole = await readBytes(ledger(lines, ';', '\n', header));
    expect(column(whole, 'debit')).toEqual(['100.50', '0.00']);
    expect(column(whole, 'label')[0]).toBe('Facture');
  });

  it('the four fields of cash-basis ledgers are accepted', async () => {
    const header = [...HEADER, 'DateRglt', 'ModeRglt', 'NatOp', 'IdClient'];
    const whole = await readBytes(
      ledger(
        balanced.map((fields) => [...fields, '20250120', 'CH', '', '']),
        '\t',
        '\n',
        header,
      ),
    );
    expect(column(whole, 'credit')).toEqual(['0.00', '100.50']);
    expect(codes(whole)).toEqual([]);
  });

  it.each([
    ['D', 'C'],
    ['d', 'c'],
    ['+1', '-1'],
    ['1', '-1'],
  ])('Montant and Sens %s/%s become debit and credit', async (debit, credit) => {
    const header = HEADER.map((heading) => ({ Debit: 'Montant', Credit: 'Sens' })[heading] ?? heading);
    const lines = [line({ Debit: '1 200,00', Credit: debit }), line({ Debit: '1 200,00', Credit: credit })];
    const whole = await readBytes(ledger(lines, '|', '\n', header));
    expect(column(whole, 'debit')).toEqual(['1200.00', '0.00']);
    expect(column(whole, 'credit')).toEqual(['0.00', '1200.00']);
    expect(codes(whole)).not.toContain('FEC-005');
  });

  it('a Sens that is no side is rejected, not guessed', async () => {
    const header = HEADER.map((heading) => ({ Debit: 'Montant', Credit: 'Sens' })[heading] ?? heading);
    const whole = await readBytes(ledger([line({ Debit: '5,00', Credit: 'X' })], '|', '\n', header));
    expect(whole.rejects).toMatchObject([{ row_number: 2n, column_name: 'Sens', value: 'X', rule: 'sense' }]);
  });

  it('a separator after the last field opens no field', async () => {
    const whole = await readBytes(
      ledger(
        balanced.map((fields) => [...fields, '']),
        '|',
        '\n',
        [...HEADER, ''],
      ),
    );
    expect(entries(whole)).toHaveLength(2);
    expect(whole.reading.facts?.fields).toBe('18');
  });

  it('fields padded to a width and amounts padded with zeros are read bare', async () => {
    const lines = [
      line({
        JournalCode: 'VE  ',
        EcritureLib: 'VENTE      ',
        Debit: '0000000069,60',
        Credit: '0000000000,00',
      }),
      line({ CompteNum: '70100000', Debit: '0000000000,00', Credit: '0000000069,60' }),
    ];
    const whole = await readBytes(ledger(lines, '|'));
    expect(column(whole, 'journal_code')[0]).toBe('VE');
    expect(column(whole, 'label')[0]).toBe('VENTE');
    expect(Number(column(whole, 'debit')[0])).toBe(69.6);
  });

  it('quotes inside labels are data where the file is not a quoted one', async () => {
    const labels = ['Vanne 3" 1/2', '"Le Phare"', `d'été`, 'fin\\'];
    const whole = await readBytes(
      ledger(labels.map((EcritureLib) => line({ EcritureLib, Debit: '1,00', Credit: '1,00' }))),
    );
    expect(column(whole, 'label')).toEqual(labels);
  });
});

describe('amounts and dates', () => {
  it.each([
    ['1234,56', '1234.56'],
    ['1234.56', '1234.56'],
    ['1 234,56', '1234.56'],
    ['1\u00a0234,56', '1234.56'],
    ['1\u202f234\u202f567,8', '1234567.8'],
    ['-12,00', '-12.00'],
    ['12,00-', '-12.00'],
    ['+12,00', '12.00'],
    ['1.234,56', '1234.56'],
    ['1,234.56', '1234.56'],
    [',50', '0.50'],
    ['7', '7'],
    ['12,5000', '12.5000'],
    ['douze', 'douze'],
  ])('%s is %s', async (written, read) => {
    expect(column(await readBytes(ledger([line({ Debit: written })])), 'debit')).toEqual([read]);
  });

  it.each([['1.234'], ['12,345'], ['0,123']])(
    '%s is rejected: two readings, or no ledger amount',
    async (written) => {
      const whole = await readBytes(ledger([line({ Debit: written })]));
      expect(whole.rejects).toMatchObject([{ row_number: 2n, rule: 'ambiguous_amount', value: written }]);
    },
  );

  it('one side left blank is zero, both left blank stay blank', async () => {
    const whole = await readBytes(
      ledger([line({ Debit: '5,00', Credit: '' }), line({ Debit: '', Credit: '' })]),
    );
    expect(column(whole, 'credit')).toEqual(['0.00', null]);
    expect(column(whole, 'debit')).toEqual(['5.00', null]);
    expect(codes(whole)).toContain('FEC-015');
  });

  it.each([
    ['20250228', '2025-02-28'],
    ['28/02/2025', '2025-02-28'],
    ['2025-02-28', '2025-02-28'],
    ['2025-02-28T00:00:00', '2025-02-28'],
    ['8/2/2025', '2025-02-08'],
    ['20250230', '20250230'],
    ['hier', 'hier'],
  ])('date %s is %s', async (written, read) => {
    expect(column(await readBytes(ledger([line({ EcritureDate: written })])), 'entry_date')).toEqual([read]);
  });

  it('eight zeros are no date', async () => {
    expect(column(await readBytes(ledger([line({ DateLet: '00000000' })])), 'lettering_date')).toEqual([
      null,
    ]);
  });
});

describe('lines with another number of fields', () => {
  it('a separator inside the label is mended where one reading only is possible', async () => {
    const whole = await readBytes(
      ledger([line({ EcritureLib: 'Gaz; mars', Debit: '5,00', Credit: '5,00' })], ';'),
    );
    expect(column(whole, 'label')).toEqual(['Gaz; mars']);
    expect(remark(whole, 'FEC-012')[0]).toContain('line 2');
  });

  it('two separators inside the journal label are mended too', async () => {
    const whole = await readBytes(ledger([line({ JournalLib: 'A|B|C' })], '|'));
    expect(column(whole, 'journal_label')).toEqual(['A|B|C']);
  });

  it('a quoted field that holds the separator is one field', async () => {
    const whole = await readBytes(ledger([line({ CompteLib: '"Eau; gaz"', CompAuxLib: 'X' })], ';'));
    expect(column(whole, 'account_label')).toEqual(['Eau; gaz']);
    expect(column(whole, 'auxiliary_label')).toEqual(['X']);
  });

  it('a trailing separator on each line hides no separator inside a label', async () => {
    const lines = [line({ EcritureLib: 'Gaz|mars', Debit: '5,00', Credit: '5,00' }), ...balanced];
    const whole = await readBytes(
      ledger(
        lines.map((fields) => [...fields, '']),
        '|',
        '\n',
        [...HEADER, ''],
      ),
    );
    expect(column(whole, 'label')).toEqual(['Gaz|mars', 'Facture', 'Facture']);
  });

  it('a trailing separator that the header lacks is accepted where the fields are sound', async () => {
    const whole = await readBytes(
      ledger(
        balanced.map((fields) => [...fields, '']),
        '|',
      ),
    );
    expect(entries(whole)).toHaveLength(2);
    expect(codes(whole)).toEqual([]);
  });

  it('a separator that could stand in several fields is rejected with the line', async () => {
    const whole = await readBytes(ledger([line({ CompteLib: 'Eau|gaz' }), ...balanced], '|'));
    expect(whole.rejects).toMatchObject([{ row_number: 2n, rule: 'field_count' }]);
    expect(whole.rejects[0]?.message).toContain('19 fields where the header has 18');
    expect(entries(whole)).toHaveLength(2);
  });

  it('a label broken over two lines gives two rejects, and the rest is read', async () => {
    const broken = line({ EcritureLib: 'Gaz\nmars', Debit: '5,00' });
    const whole = await readBytes(ledger([broken, ...balanced], '\t', '\n'));
    expect(whole.rejects.map((reject) => reject.row_number)).toEqual([2n, 3n]);
    expect(column(whole, 'row_number')).toEqual([4n, 5n]);
    expect(whole.reading.rowsRead).toBe(4);
  });

  it('blank fields left out at the end of a line are put back', async () => {
    const whole = await readBytes(`${HEADER.join('\t')}\n${balanced[0]?.slice(0, 16).join('\t')}\n`);
    expect(column(whole, 'validation_date')).toEqual(['2025-01-31']);
    expect(codes(whole)).toContain('FEC-012');
  });

  it('a file cut in the middle of a line loses nothing silently', async () => {
    const text = ledger();
    const whole = await readBytes(text.slice(0, text.length - 60));
    expect(whole.rejects).toMatchObject([{ row_number: 3n, rule: 'field_count' }]);
    expect(codes(whole)).toContain('FEC-005');
  });

  it('the header standing again in the middle is rejected as such', async () => {
    const whole = await readBytes(ledger() + ledger());
    expect(whole.rejects).toMatchObject([{ row_number: 4n, rule: 'repeated_header' }]);
    expect(codes(whole)).toContain('FEC-010');
  });
});

describe('what is judged on the ledger as a whole', () => {
  it('an entry that does not balance is named with its amounts and lines', async () => {
    const lines = [
      ...balanced,
      line({ EcritureNum: '000123', Debit: '1200,00' }),
      line({ EcritureNum: '000123', CompteNum: '44566000', Credit: '20,00' }),
      line({ EcritureNum: '000123', CompteNum: '40110000', Credit: '1000,00' }),
    ];
    const whole = await readBytes(ledger(lines));
    expect(remark(whole, 'FEC-004')).toEqual([
      `Entry AC-000123 does not balance: debit 1\u202f200,00, credit 1\u202f020,00 (${NAME}, lines 4-6). Correct the export, or give the lines of one entry one number.`,
    ]);
    // 100,50 + 1 200,00 against 100,50 + 1 020,00
    expect(remark(whole, 'FEC-005')[0]).toContain('debit 1\u202f300,50, credit 1\u202f120,50');
  });

  it('the first 20 unbalanced entries are named and the others counted', async () => {
    const lines = Array.from({ length: 25 }, (_, index) =>
      line({ EcritureNum: String(index + 1), Debit: '1,00' }),
    );
    const found = remark(await readBytes(ledger(lines)), 'FEC-004');
    expect(found).toHaveLength(21);
    expect(found[20]).toContain('5 more entries');
  });

  it('cents never drift: ten times 0,10 balances 1,00', async () => {
    const lines = [...Array.from({ length: 10 }, () => line({ Debit: '0,10' })), line({ Credit: '1,00' })];
    expect(codes(await readBytes(ledger(lines)))).not.toContain('FEC-004');
  });

  it('dates after the closing date are errors, dates before the year warnings that show the way', async () => {
    const lines = [...balanced, line({ EcritureDate: '20260101' }), line({ EcritureDate: '20241231' })];
    const whole = await readBytes(ledger(lines));
    const found = whole.reading.remarks?.filter(({ code }) => code === 'FEC-006');
    expect(found).toMatchObject([
      { severity: 'error', row: 4 },
      { severity: 'warning', row: 5 },
    ]);
    expect(found?.[1]?.message).toContain('fiscal_year_start');
    const long = await readBytes(ledger([...balanced, line({ EcritureDate: '20241231' })]), {
      fiscal_year_start: '2024-07-01',
    });
    expect(codes(long)).not.toContain('FEC-006');
  });

  it('a first year shorter than twelve months is no fault', async () => {
    expect(codes(await readBytes(ledger(), {}, '732829320FEC20250131.txt'))).toEqual([]);
  });

  it('the fiscal year of 29 February begins on 1 March', async () => {
    const lines = [line({ EcritureDate: '20230301' }), line({ EcritureDate: '20240229' })];
    expect(codes(await readBytes(ledger(lines), {}, '732829320FEC20240229.txt'))).not.toContain('FEC-006');
  });

  it('a name whose year no entry has is one remark', async () => {
    expect(remark(await readBytes(ledger(), {}, '732829320FEC20221231.txt'), 'FEC-007')[0]).toContain(
      '2022-01-01 to 2022-12-31',
    );
  });

  it('a number missing in a journal is seen though another journal uses it', async () => {
    const numbers: [string, string][] = [
      ['AC', '1'],
      ['AC', '2'],
      ['AC', '4'],
      ['VE', '1'],
      ['VE', '2'],
      ['VE', '3'],
    ];
    const whole = await readBytes(
      ledger(numbers.map(([JournalCode, EcritureNum]) => line({ JournalCode, EcritureNum }))),
    );
    expect(remark(whole, 'FEC-008')).toHaveLength(1);
    expect(remark(whole, 'FEC-008')[0]).toContain(
      'journal AC are not continuous: 1 missing beside 3 used, the first between 2 and 4',
    );
  });

  it('one sequence over all journals has no gap where the journals take turns', async () => {
    const numbers: [string, string][] = [
      ['AC', 'E1'],
      ['VE', 'E2'],
      ['AC', 'E3'],
      ['VE', 'E4'],
    ];
    const lines = numbers.map(([JournalCode, EcritureNum]) => line({ JournalCode, EcritureNum }));
    expect(codes(await readBytes(ledger(lines)))).not.toContain('FEC-008');
    const gap = await readBytes(ledger([...lines, line({ JournalCode: 'AC', EcritureNum: 'E7' })]));
    expect(remark(gap, 'FEC-008')[0]).toContain('all journals are not continuous: 2 missing');
  });

  it('draft entries and word for word doubles are counted', async () => {
    const double = line({ Debit: '1,00', Credit: '1,00', ValidDate: '' });
    const whole = await readBytes(ledger([double, double]));
    expect(remark(whole, 'FEC-009')[0]).toContain('No line has a validation date');
    expect(remark(whole, 'FEC-010')[0]).toContain('line 3 as 2');
    expect(entries(whole)).toHaveLength(2);
  });
});

it('addresses are physical lines in a ledger big enough for several threads', async () => {
  const lines = Array.from({ length: 250_000 }, (_, index) =>
    line({ EcritureNum: String(index + 2), Debit: '1,00', Credit: '1,00' }).join('\t'),
  );
  const path = join(folder, 'large');
  await writeFile(path, `${[HEADER.join('\t'), ...lines].join('\n')}\n`);
  const session = await openSession();
  const reading = await fec.read(await extractFile(path, NAME), {}, session);
  const [found] = await session.rows(`select count(*) as entries,
    count(*) filter (where entry_number <> row_number::varchar) as astray from (${reading.records.entries?.query})`);
  expect(found).toEqual({ entries: 250_000n, astray: 0n });
  expect(reading.remarks).toEqual([]);
  await session.close();
});

describe('what is no FEC', () => {
  it.each<[string, string | Uint8Array, string]>([
    ['an empty file', '', 'FEC-001'],
    ['blank lines', '\n\n \n', 'FEC-001'],
    ['a truncated gzip', gzipSync(Buffer.from(ledger())).subarray(0, 60), 'FEC-001'],
    ['a gzip bomb', gzipSync(Buffer.alloc(60_000_000)), 'FEC-001'],
    ['a zip', Buffer.from('PK\u0003\u0004rest of a workbook'), 'FEC-001'],
    ['EBCDIC', Uint8Array.from([0xd1, 0x96, 0xa4, 0x99, 0x95, 0x81, 0x93, 0x25]), 'FEC-001'],
    ['a binary file', Buffer.alloc(6_000_000, 'x'), 'FEC-001'],
    ['another table', 'a;b;c\n1;2;3\n', 'FEC-003'],
    ['a ledger without its header', balanced[0]?.join('\t') ?? '', 'FEC-003'],
    [
      'a header without amounts',
      ledger(
        balanced,
        '\t',
        '\n',
        HEADER.map((heading) => heading.replace(/Debit|Credit/, 'Autre')),
      ),
      'FEC-003',
    ],
    [
      'a header with a field twice',
      ledger(
        balanced,
        '\t',
        '\n',
        HEADER.map((heading) => heading.replace('CompteLib', 'CompteNum')),
      ),
      'FEC-003',
    ],
  ])('%s is refused with what, where and how to mend', async (_, content, code) => {
    const error = await refusal(readBytes(content));
    expect(error.code).toBe(code);
    expect(error.place.extract).toBe(NAME);
    expect(error.message).toMatch(/^FEC-\d+ .+\(.*\)\. .{10}/);
  });

  it('a header alone is a ledger without entries, and is remarked', async () => {
    const whole = await readBytes(ledger([]));
    expect(whole.reading.rowsRead).toBe(0);
    expect(codes(whole)).toEqual(['FEC-016']);
  });

  it('a missing optional heading leaves its column empty, with a remark', async () => {
    const keep = (fields: string[]) => fields.filter((_, index) => HEADER[index] !== 'ValidDate');
    const whole = await readBytes(ledger(balanced.map(keep), '\t', '\n', keep(HEADER)));
    expect(column(whole, 'validation_date')).toEqual([null, null]);
    expect(remark(whole, 'FEC-013')[0]).toContain('ValidDate');
  });

  it('SQL in a field or in the name is text', async () => {
    const label = `'); drop table raw_1_fec_entries; --`;
    const whole = await readBytes(
      ledger([line({ EcritureLib: label })]),
      {},
      `x'; --/732829320FEC20251231.txt`,
    );
    expect(column(whole, 'label')).toEqual([label]);
  });
});

it('remarks do not depend on whether the session gives counts as numbers or as bigints', async () => {
  const content = ledger([...balanced, line({ Debit: '5,00', ValidDate: '' })]);
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
  const reading = await fec.read(await extractFile(path, NAME), {}, numbers);
  await session.close();
  expect(reading.remarks).toEqual(whole.reading.remarks.map(({ message, ...remark }) => remark));
  expect(reading.rowsRead).toBe(whole.reading.rowsRead);
  expect(reading.facts).toEqual(whole.reading.facts);
});

it('conservation: whatever the lines hold, each record is an entry or a reject, once', async () => {
  const field = fastCheck.oneof(
    fastCheck.constantFrom('', '20250101', '1,00', '60610000', 'D', '"', 'a"b', '1.234', '\u00a0'),
    fastCheck.string({ maxLength: 6 }).map((text) => text.replace(/[^ -~éœ€]/g, ' ')),
  );
  const row = fastCheck.oneof(
    fastCheck.constant(balanced[0] as string[]),
    fastCheck.array(field, { minLength: 0, maxLength: 24 }),
    fastCheck.constant(HEADER),
    fastCheck.array(field, { minLength: 18, maxLength: 18 }),
  );
  await fastCheck.assert(
    fastCheck.asyncProperty(
      fastCheck.array(row, { maxLength: 12 }),
      fastCheck.constantFrom('\t', '|', ';'),
      fastCheck.constantFrom('\n', '\r\n'),
      async (rows, separator, end) => {
        const text = ledger(rows, separator, end);
        const whole = await readBytes(text); // fails by itself unless rowsRead = records + rejects
        const addresses = [...entries(whole), ...whole.rejects].map((found) => found.row_number);
        expect(new Set(addresses).size).toBe(addresses.length);
        const written = text
          .split(end)
          .slice(1)
          .filter(
            (physical) =>
              physical
                .split(separator)
                .join('')
                .replace(/[\s\u00a0"]/g, '') !== '',
          );
        expect(addresses.length).toBeGreaterThanOrEqual(written.length);
      },
    ),
    { numRuns: 40 },
  );
}, 120_000);

describe('ledgers that are read together', () => {
  const text = (lines: string[][], separator = '\t', end = '\n', header = HEADER) =>
    ledger(lines, separator, end, header);
  const side = HEADER.map((heading) => ({ Debit: 'Montant', Credit: 'Sens' })[heading] ?? heading);
  const quoted = (fields: string[]) => fields.map((field) => `"${field}"`);
  const numbers = (...found: string[]) => found.map((EcritureNum) => line({ EcritureNum }));
  const faulty = [
    line({ Debit: '1.234' }),
    line({ EcritureLib: 'Gaz|mars', Debit: '5,00', Credit: '5,00' }),
    line({ CompteLib: 'Eau|gaz' }),
    line({ Debit: 'douze' }),
    [...line(), ''],
    HEADER,
    line({ EcritureLib: ' bord\u00a0', Debit: ' 1 200,00 ' }),
    ...balanced,
    ...balanced,
    line({ EcritureDate: '20260101', ValidDate: '' }),
    line({ EcritureDate: '20241231' }),
    ['', ''],
  ];

  /** Each with what it is there for. */
  const kinds: readonly (readonly [string, string | Uint8Array])[] = [
    ['sound', text(balanced)],
    ['sound, CRLF', text([...balanced, line({ EcritureLib: 'b' })], '\t', '\r\n')],
    ['faulty, blank lines before the header', `\n \n${text(faulty, '|')}`],
    ['faulty, tabs', text(faulty)],
    ['sound, in bars', text(balanced, '|')],
    ['gaps by journal', text(numbers('1', '2', '4', 'A1', 'A9'))],
    [
      'gaps over all journals',
      text(['E1', 'E2', 'E3', 'E7'].map((EcritureNum, i) => line({ EcritureNum, JournalCode: `J${i % 2}` }))),
    ],
    [
      'many unbalanced, in many journals',
      text(
        Array.from({ length: 50 }, (_, i) =>
          line({ JournalCode: `J${i % 25}`, EcritureNum: String(i * 3), Debit: '1,00' }),
        ),
      ),
    ],
    [
      'sides, one of them none',
      text(
        [...'DCX'].map((Credit) => line({ Debit: '7,00', Credit })),
        '|',
        '\n',
        side,
      ),
    ],
    [
      'quoted',
      text([quoted(line({ EcritureLib: ' a;b ' })), ...balanced.map(quoted)], ';', '\n', quoted(HEADER)),
    ],
    [
      'a trailing separator',
      text(
        balanced.map((fields) => [...fields, '']),
        '|',
        '\n',
        [...HEADER, ''],
      ),
    ],
    ['a BOM', `\ufeff${text([...balanced, line({ EcritureLib: 'é' })])}`],
    ['Latin', Buffer.from(text([...balanced, line({ EcritureLib: 'été' })]), 'latin1')],
    ['gzip', gzipSync(text([...balanced, line({ EcritureLib: 'zip' })]))],
    ['no entry', text([])],
    ['no entry, another end', text([], '\t', '\r\n')],
    ['a field too many in each', text([[...line(), 'x', 'y']])],
    ['no validation dates', text([line({ Debit: '1,00', Credit: '1,00', ValidDate: '' })])],
    ['cut in the middle of a line', text([...balanced, ...balanced]).slice(0, -60)],
  ];
  const names = kinds.map(([, content], place) => {
    const key = (place * 37 + content.length) % 10;
    return `ledgers/73282932${key}FEC${['20251231', '20250630', '20221231'][place % 3]}.txt`;
  });
  const paths: string[] = [];
  const alone: WholeReading[] = [];
  beforeAll(async () => {
    for (const [place, [, content]] of kinds.entries()) {
      paths.push(join(folder, `together-${place}`));
      await writeFile(paths[place] as string, content);
      alone.push(await readAll(fec, paths[place] as string, {}, names[place]));
    }
  }, 60_000);

  async function expectAsAlone(places: readonly number[]): Promise<void> {
    const group = await readAllTogether(
      fec,
      places.map((place) => paths[place] as string),
      {},
      places.map((place) => names[place] as string),
    );
    for (const [at, place] of places.entries()) {
      const { records, rejects, reading } = group[at] as (typeof group)[number];
      const by = alone[place] as WholeReading;
      const { rowsRead, remarks, facts } = by.reading;
      expect({ kind: kinds[place]?.[0], records, rejects, reading }).toEqual({
        kind: kinds[place]?.[0],
        records: by.records,
        rejects: by.rejects,
        reading: { rowsRead, remarks, facts },
      });
    }
  }

  it('have the rows, rejects, remarks and facts of each by itself', async () => {
    await expectAsAlone([...kinds.keys()]);
    // what is compared is there: nearly every rule is broken by one of them
    const codes = new Set(alone.flatMap(({ reading }) => reading.remarks.map(({ code }) => code)));
    expect([...codes].sort()).toEqual(
      ['04', '05', '06', '07', '08', '09', '10', '11', '12', '15', '16'].map((code) => `FEC-0${code}`),
    );
    expect(new Set(alone.flatMap(({ rejects }) => rejects.map(({ rule }) => rule)))).toEqual(
      new Set(['field_count', 'sense', 'ambiguous_amount', 'repeated_header']),
    );
  });

  it('whichever of them are in the group, in whatever order', async () => {
    await fastCheck.assert(
      fastCheck.asyncProperty(
        fastCheck.shuffledSubarray([...kinds.keys()], { minLength: 2, maxLength: 6 }),
        expectAsAlone,
      ),
      { numRuns: 12 },
    );
  }, 120_000);

  it('take as many statements as one, where none has a line to be mended', async () => {
    const statements = async (places: readonly number[]) => {
      const session = await openSession();
      let asked = 0;
      const counted: ReadingSession = {
        ...session,
        run: (sql) => {
          asked += 1;
          return session.run(sql);
        },
        rows: (sql) => {
          asked += 1;
          return session.rows(sql);
        },
      };
      const extracts = await Promise.all(
        places.map((place) => extractFile(paths[place] as string, names[place])),
      );
      await fec.readTogether?.(extracts, {}, counted);
      await session.close();
      return asked;
    };
    const sound = kinds.flatMap(([kind], place) => (/^sound|gaps|BOM|Latin/.test(kind) ? [place] : []));
    expect(await statements(sound)).toBe(await statements([0]));
  });

  it('are refused together when one of them is', async () => {
    const path = join(folder, 'together-none');
    await writeFile(path, 'a;b;c\n1;2;3\n');
    const group = readAllTogether(fec, [paths[0] as string, path], {}, [names[0] as string, NAME]);
    expect((await refusal(group)).code).toBe('FEC-003');
  });
});

it('lines of several ledgers are taken together without the rest, whatever the charset and the heading', async () => {
  const one = ledger([...balanced, line({ EcritureLib: 'Été', Debit: '3,20' })]);
  const contents = [
    Buffer.from(one, 'latin1'),
    Buffer.from(one, 'utf8'),
    Buffer.from(ledger([line({ EcritureLib: 'a|b', Debit: '1,00' })], '|', '\n')),
    gzipSync(one),
    Buffer.from(one.replaceAll('\r\n', '\r'), 'latin1'),
  ];
  const wanted = [];
  for (const [at, content] of contents.entries()) {
    const path = join(folder, `taken-${at}`);
    await writeFile(path, content);
    const name = `73282932${at}FEC2025123${at % 2}.txt`;
    wanted.push({ extract: await extractFile(path, name), rows: [2, 4] });
  }
  const taken = await readSome(fec, wanted);
  const shown = taken.map((found) =>
    found?.entries?.map(({ row_number, siren, closing_date, label, debit }) =>
      [row_number, siren, closing_date, label, debit].join(' '),
    ),
  );
  expect(shown).toEqual([
    ['2 732829320 2025-12-30 Facture 100.50', '4 732829320 2025-12-30 Été 3.20'],
    ['2 732829321 2025-12-31 Facture 100.50', '4 732829321 2025-12-31 Été 3.20'],
    ['2 732829322 2025-12-30 a|b 1.00'],
    undefined,
    undefined,
  ]);
});
