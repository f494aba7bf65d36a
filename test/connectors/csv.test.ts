import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { afterAll, describe, expect, test } from 'vitest';
import { pullFiles } from '../../connectors/connector.ts';
import { csv } from '../../connectors/csv/connector.ts';
import { RecordScanner } from '../../connectors/csv/records.ts';
import { readAll } from './reading-session.ts';

const folder = mkdtempSync(join(tmpdir(), 'concordance-csv-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

let files = 0;
function file(content: string | Buffer, name = `extract-${++files}.csv`): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

async function rowsOf(content: string | Buffer, options: object = {}) {
  const { records } = await readAll(csv, file(content), options);
  return (records.rows ?? []).map(({ row_number, ...values }) => values);
}

async function whole(content: string | Buffer, options: object = {}) {
  const { reading, records, rejects } = await readAll(csv, file(content), options);
  return {
    reading,
    records: (records.rows ?? []).map((row) => [Number(row.row_number), ...Object.values(row).slice(1)]),
    rejects: rejects.map((row) => [Number(row.row_number), row.rule, row.value]),
    codes: (reading.remarks ?? []).map((remark) => remark.code),
  };
}

async function refusal(content: string | Buffer, options: object = {}): Promise<string> {
  return readAll(csv, file(content), options).then(
    () => 'was read',
    (error: Error) => error.message,
  );
}

describe('what is written comes back', () => {
  test('every value is text, under the heading of the file, empty is null', async () => {
    expect(await rowsOf('Site;Quantité;Note\nNAN;1 234,50;\nREN;007;"a;b"\n')).toEqual([
      { Site: 'NAN', Quantité: '1 234,50', Note: null },
      { Site: 'REN', Quantité: '007', Note: 'a;b' },
    ]);
  });

  test.each([
    ['semicolon', ';'],
    ['tab', '\t'],
    ['comma', ','],
    ['bar', '|'],
  ])('the delimiter %s is found on the heading line', async (_, delimiter) => {
    expect(await rowsOf(`a${delimiter}b\n1${delimiter}2\n`)).toEqual([{ a: '1', b: '2' }]);
  });

  test('a delimiter inside a quoted heading is not counted', async () => {
    expect(await rowsOf('"a, b, c";d\n1;2\n')).toEqual([{ 'a, b, c': '1', d: '2' }]);
  });

  test('a declared delimiter and quote are taken', async () => {
    expect(await rowsOf("a~b\n'1~''2'~\"x\"\n", { delimiter: '~', quote: "'" })).toEqual([
      { a: "1~'2", b: '"x"' },
    ]);
    expect(await rowsOf('a\tb\n"1\t2"\n', { delimiter: 'tab', quote: '' })).toEqual([{ a: '"1', b: '2"' }]);
  });

  test('a quoted value may hold line breaks, whatever the line end of the file', async () => {
    expect(await rowsOf('a,b\n1,"x\ny"\n')).toEqual([{ a: '1', b: 'x\ny' }]);
    expect(await rowsOf('a,b\r\n1,"x\r\ny"\r\n2,z\r\n')).toEqual([
      { a: '1', b: 'x\r\ny' },
      { a: '2', b: 'z' },
    ]);
    expect(await rowsOf('a,b\n1,"x\r\ny\rz"\r\n')).toEqual([{ a: '1', b: 'x\r\ny\rz' }]);
  });

  test('lines may end with LF, CR LF, both in one file, or CR as on old Macintosh', async () => {
    const expected = [
      { a: '1', b: '2' },
      { a: '3', b: '4' },
    ];
    for (const text of ['a,b\n1,2\n3,4', 'a,b\r\n1,2\r\n3,4\r\n', 'a,b\n1,2\r\n3,4\n', 'a,b\r1,2\r3,4\r']) {
      expect(await rowsOf(text)).toEqual(expected);
    }
  });

  test('spaces between the delimiter and a quote do not belong to the value', async () => {
    expect(await rowsOf('a,b\n1, "x, y" \n')).toEqual([{ a: '1', b: 'x, y' }]);
  });

  test('a file of one column is read', async () => {
    expect(await rowsOf('label\nbread, butter\n\ntea\n')).toEqual([
      { label: 'bread, butter' },
      { label: 'tea' },
    ]);
  });

  test('texts declared as null are null, in quotes too', async () => {
    expect(await rowsOf('a\tb\n\\N\t1\n"\\N"\t\\n\n', { null_values: ['\\N'] })).toEqual([
      { a: null, b: '1' },
      { a: null, b: '\\n' },
    ]);
  });

  test('a gzip file is known by its first bytes', async () => {
    expect(await rowsOf(gzipSync('a,b\n1,2\n'))).toEqual([{ a: '1', b: '2' }]);
  });

  test('how numbers and dates are written is handed on', async () => {
    const { reading } = await whole('a\n1,5\n', { decimal: 'comma', dates: 'dmy' });
    expect([reading.numbers, reading.dates, reading.addressing]).toEqual(['comma', 'dmy', 'record']);
  });
});

describe('headings', () => {
  test('are trimmed; empty ones are numbered; a repeated one takes a suffix and a warning', async () => {
    const { reading, codes } = await whole(' Site ;;site;"Période\nde paie"\n1;2;3;4\n');
    expect(reading.records.rows?.columns).toEqual(['Site', 'column_2', 'site_2', 'Période de paie']);
    expect(codes).toEqual(['CSV-008']);
  });

  test('a heading row_number does not take the place of the address', async () => {
    expect((await whole('row_number,a\n9,x\n')).records).toEqual([[1, '9', 'x']]);
  });

  test('the lines above header_row are a preamble: not records, and a remark', async () => {
    const { records, codes } = await whole('Export "RH du 01/07\n\nSite;Heures\nNAN;12\n', { header_row: 3 });
    expect(records).toEqual([[1, 'NAN', '12']]);
    expect(codes).toEqual(['CSV-007']);
  });

  test('a file without headings is read under declared names, from its first record', async () => {
    expect((await whole('1\tx\n2\ty\n', { columns: ['id', 'name'] })).records).toEqual([
      [1, '1', 'x'],
      [2, '2', 'y'],
    ]);
  });

  test('a first line of values only is refused as headings', async () => {
    expect(await refusal('12,5;2026-07-01\n13;2026-07-02\n')).toMatch(/^CSV-005 .*holds values .*columns\.$/);
  });

  test('headings beyond the end of the file are refused', async () => {
    expect(await refusal('a;b\n1;2\n', { header_row: 9 })).toMatch(/^CSV-005 .*the file has 2 lines/);
    expect(await refusal('\n\n')).toMatch(/^CSV-005 /);
  });
});

describe('encodings', () => {
  const text = 'poste;unité\nŒuvre d’été — 5 €;m²\n';
  const expected = [{ poste: 'Œuvre d’été — 5 €', unité: 'm²' }];
  // windows-1252: Œ 8C, ’ 92, é E9, — 97, € 80, ² B2
  const windows1252 = Buffer.from('poste;unit\xe9\n\x8cuvre d\x92\xe9t\xe9 \x97 5 \x80;m\xb2\n', 'latin1');

  test('UTF-8 with and without mark, UTF-16 with and without mark, windows-1252 are told apart', async () => {
    const utf16 = Buffer.from(`\ufeff${text}`, 'utf16le');
    for (const bytes of [
      Buffer.from(text),
      Buffer.from(`\ufeff${text}`),
      utf16,
      utf16.subarray(2),
      Buffer.from(utf16).swap16(),
      windows1252,
    ]) {
      expect(await rowsOf(bytes)).toEqual(expected);
    }
  });

  test('a declared encoding is taken', async () => {
    expect(await rowsOf(windows1252, { encoding: 'windows-1252' })).toEqual(expected);
    // in ISO 8859-15 the euro is A4 and œ is BD
    expect(await rowsOf(Buffer.from('a;b\n5 \xa4;c\xbdur\n', 'latin1'), { encoding: 'iso-8859-15' })).toEqual(
      [{ a: '5 €', b: 'cœur' }],
    );
    expect(await rowsOf(Buffer.from('a;b\n\xe9;\xa4\n', 'latin1'), { encoding: 'iso-8859-1' })).toEqual([
      { a: 'é', b: '¤' },
    ]);
  });

  test('the whole file decides, not its beginning', async () => {
    const late = Buffer.concat([
      Buffer.from(`a\n${'x\n'.repeat(100_000)}`),
      Buffer.from('\xe9t\xe9\n', 'latin1'),
    ]);
    expect((await rowsOf(late)).at(-1)).toEqual({ a: 'été' });
  });

  test('declared as UTF-8 but not: refused, with the line and the likely encoding', async () => {
    expect(await refusal(windows1252, { encoding: 'utf-8' })).toMatch(
      /^CSV-004 .*declared as utf-8, but line 1 is not valid UTF-8 .*windows-1252 or auto/,
    );
  });

  test('declared against the byte-order mark: refused', async () => {
    expect(await refusal(Buffer.from(`\ufeff${text}`), { encoding: 'windows-1252' })).toMatch(
      /^CSV-004 .*mark of utf-8/,
    );
    expect(await refusal(Buffer.from(`\ufeff${text}`, 'utf16le'), { encoding: 'utf-8' })).toMatch(
      /^CSV-004 .*utf-16le/,
    );
  });

  test('UTF-16 cut in the middle of a character: refused', async () => {
    const odd = Buffer.concat([Buffer.from(`\ufeff${text}`, 'utf16le'), Buffer.from([0x41])]);
    expect(await refusal(odd)).toMatch(/^CSV-004 .*not valid in it/);
  });

  test('declared as windows-1252 where all is UTF-8: read, with a warning', async () => {
    expect((await whole(text, { encoding: 'windows-1252' })).codes).toEqual(['CSV-011']);
  });
});

describe('records that cannot be cut are rejected with their rule and text, the others keep their number', () => {
  test('missing and too many columns', async () => {
    expect(await whole('a,b,c\n1,2,3\n4,5\n1,2,3,4\n1,2,3,4,5,6\n7,8,9\n')).toMatchObject({
      records: [
        [1, '1', '2', '3'],
        [5, '7', '8', '9'],
      ],
      rejects: [
        [2, 'missing_columns', '4,5'],
        [3, 'too_many_columns', '1,2,3,4'],
        [4, 'too_many_columns', '1,2,3,4,5,6'],
      ],
    });
  });

  test('a quote that never closes costs its line, not the rest of the file', async () => {
    expect(await whole('a,b\n1,"x\n2,y\n3,z\n')).toMatchObject({
      records: [
        [2, '2', 'y'],
        [3, '3', 'z'],
      ],
      rejects: [[1, 'unterminated_quote', '1,"x']],
    });
  });

  test('text after a closing quote', async () => {
    expect(await whole('a,b\n1,"x"y\n2,z"z\n')).toMatchObject({
      records: [[2, '2', 'z"z']],
      rejects: [[1, 'text_after_quote', '1,"x"y']],
    });
  });

  test('a stray quote before a quoted value is one reject', async () => {
    expect(await whole('a,b,c\n1,"x,3\n2,"y",4\n3,z,5\n')).toMatchObject({
      records: [
        [2, '2', 'y', '4'],
        [3, '3', 'z', '5'],
      ],
      rejects: [[1, 'unterminated_quote', '1,"x,3']].map(([row, , value]) => [
        row,
        'text_after_quote',
        value,
      ]),
    });
  });

  test('a rejected record with a line break is given whole; its message names the line', async () => {
    const path = file('a,b,c\n1,"x\ny",2\n3,"4\n5"\n6,7,8\n');
    const { rejects, records } = await readAll(csv, path);
    expect(rejects).toMatchObject([{ rule: 'missing_columns', value: '3,"4\n5"' }]);
    expect(rejects[0]?.message).toMatch(/^Record 2 \(line 4\) has 2 values, the headings are 3\./);
    expect(records.rows?.map((row) => Number(row.row_number))).toEqual([1, 3]);
  });

  test('a very long record is rejected, not cut', async () => {
    const long = 'x'.repeat(1_000_000);
    const { rejects, records } = await whole(`a,b\n1,${long}\n2,y\n`);
    expect(rejects.map(([row, rule]) => [row, rule])).toEqual([[1, 'record_too_long']]);
    expect(records).toEqual([[2, '2', 'y']]);
  });

  test('blank lines and lines of delimiters only are not records, and a remark counts them', async () => {
    const { reading, records } = await whole('a;b\n1;2\n\n;\n  \n3;4\n');
    expect(records).toEqual([
      [1, '1', '2'],
      [2, '3', '4'],
    ]);
    expect(reading.remarks?.map((remark) => remark.message)).toEqual([
      expect.stringContaining('3 blank lines'),
    ]);
  });

  test('empty values beyond the last heading lose nothing: kept, with a remark', async () => {
    expect(await whole('a;b\n1;2;\n3;4;;\n')).toMatchObject({
      records: [
        [1, '1', '2'],
        [2, '3', '4'],
      ],
      codes: ['CSV-010'],
    });
  });

  test.each<[string, string, unknown[] | undefined]>([
    ['a record short of a value', '7,8\n', undefined],
    ['a quote that never closes', '7,"8,9\n', undefined],
    ['a quoted line break', '7,"8\n8",9\n', [50_001, '7', '8\n8', '9']],
    ['another line end', '7,8,9\r\n', [50_001, '7', '8', '9']],
    ['an empty value too many', '7,8,9,\n', [50_001, '7', '8', '9']],
  ])(
    '%s, far behind a beginning so plain that it is being loaded, is read as anywhere',
    async (_, odd, read) => {
      const plain = `1,2,${'3'.repeat(100)}\n`.repeat(50_000);
      const { records, rejects } = await whole(`a,b,c\n${plain}${odd}4,5,6\n`);
      expect(records).toHaveLength(read ? 50_002 : 50_001);
      expect(records.slice(50_000)).toEqual([...(read ? [read] : []), [50_002, '4', '5', '6']]);
      expect(rejects.map(([row]) => row)).toEqual(read ? [] : [50_001]);
    },
  );

  test('many rejects do not make reading slow', async () => {
    const text = `a,b,c\n${'1,2\n1,2,3\n"x\n'.repeat(20_000)}`;
    const before = performance.now();
    const { reading, rejects } = await whole(text);
    expect(reading.rowsRead).toBe(60_000);
    expect(rejects).toHaveLength(40_000);
    expect(performance.now() - before).toBeLessThan(20_000);
  });
});

describe('files that cannot be read are refused in three parts', () => {
  test('missing', async () => {
    const source = { id: 'hours', base: folder, path: 'nowhere/*.csv' };
    await expect(pullFiles(source)).rejects.toMatchObject({ code: 'SRC-001', values: { source: 'hours' } });
  });

  test('empty, plain or inflated', async () => {
    expect(await refusal('')).toBe(`CSV-001 The file is empty (extract-${files}.csv). Export it again.`);
    expect(await refusal(gzipSync(''))).toMatch(/^CSV-001 /);
  });

  test('headings only: no record, and a warning', async () => {
    expect(await whole('a;b\n')).toMatchObject({ records: [], rejects: [], codes: ['CSV-006'] });
  });

  test.each([
    ['a workbook', Buffer.from('PK\x03\x04rest of a zip'), 'xlsx'],
    ['a PDF', Buffer.from('%PDF-1.7 ...'), 'as CSV'],
    ['an old workbook', Buffer.from([0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1]), 'Save it as CSV'],
    ['a web page', Buffer.from('<!DOCTYPE html><html><body>Sign in</body>'), 'sign-in page'],
    ['binary', Buffer.from(Array.from({ length: 400 }, (_, i) => i % 7)), 'Export it as CSV'],
  ])('%s', async (_, bytes, remedy) => {
    const message = await refusal(bytes);
    expect(message).toMatch(/^CSV-002 /);
    expect(message).toContain(remedy);
  });

  test('truncated gzip', async () => {
    const bytes = gzipSync(`a,b\n${Array.from({ length: 5000 }, (_, i) => `${i},${i * 7919}`).join('\n')}`);
    expect(await refusal(bytes.subarray(0, bytes.length - 400))).toMatch(/^CSV-003 .*truncated or damaged/);
    const damaged = Buffer.from(bytes);
    damaged.writeUInt32LE(0, bytes.length - 8);
    expect(await refusal(damaged)).toMatch(/^CSV-003 /);
  });

  test('gzip that inflates past the limit', async () => {
    const bytes = gzipSync(Buffer.alloc(3 * 1024 * 1024, 'a'));
    expect(await refusal(bytes, { max_inflated_mb: 2 })).toMatch(/^CSV-012 .*more than 2 MiB/);
  });

  test('a line without end', async () => {
    expect(await refusal(`a,b\n${'x'.repeat(5 * 1024 * 1024)}\n1,2\n`)).toMatch(/^CSV-013 /);
  });

  test('unknown options are refused', () => {
    expect(() => csv.options.parse({ delimeter: ';' })).toThrow();
    expect(() => csv.options.parse({ delimiter: ';;' })).toThrow();
  });
});

describe('properties', () => {
  const text = fc.string({ unit: 'binary', maxLength: 12 }).map((value) => value.replaceAll('\0', ''));
  const spiced = fc.oneof(text, fc.stringMatching(/^[ ,;"'\r\n\ta1é€]{0,8}$/));
  const quoted = (value: string) => `"${value.replaceAll('"', '""')}"`;

  test('any text value round-trips', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.array(spiced, { minLength: 3, maxLength: 3 }), { minLength: 1, maxLength: 8 }),
        fc.constantFrom('\n', '\r\n'),
        fc.constantFrom(';', ',', '\t'),
        async (rows, lineEnd, delimiter) => {
          // a record that is all empty would be a blank line: the first column is a key
          const lines = rows.map((row, index) => [`k${index}`, ...row].map(quoted).join(delimiter));
          const content = ['key,a,b,c'.replaceAll(',', delimiter), ...lines].join(lineEnd) + lineEnd;
          const { records } = await readAll(csv, file(content, 'round-trip.csv'), { encoding: 'utf-8' });
          expect(records.rows?.map(({ a, b, c }) => [a, b, c])).toEqual(
            rows.map((row) => row.map((value) => (value === '' ? null : value))),
          );
        },
      ),
      { numRuns: 60 },
    );
  });

  test('DuckDB finds the values that were cut, whichever way the text reaches it', async () => {
    const value = fc.constantFrom(
      '',
      'a',
      ' a',
      'a ',
      '0',
      '"a"',
      '"a""b"',
      '"a\n\nb"',
      '"a\r\nb"',
      '";"',
      ' "a" ',
      'a"b',
      'a\rb',
      "'",
    );
    const record = fc
      .array(value, { minLength: 2, maxLength: 2 })
      .map((values) => ['k', ...values].join(';'));
    await fc.assert(
      fc.asyncProperty(
        fc.array(record, { minLength: 1, maxLength: 12 }),
        fc.constantFrom('\n', '\r\n'),
        async (lines, end) => {
          const path = file(['x;y;z', ...lines, ''].join(end), 'values.csv');
          const dialect = { delimiter: 0x3b, quote: 0x22, lineEnd: 'lf' } as const;
          const scanner = await RecordScanner.open(path, dialect);
          const cut: (string | null)[][] = [];
          while (await scanner.fill()) {
            while (scanner.next())
              if (!scanner.fault) cut.push([0, 1, 2].map((column) => scanner.value(column) || null));
          }
          await scanner.close();
          const { records } = await readAll(csv, path);
          expect(records.rows?.map(({ x, y, z }) => [x, y, z])).toEqual(cut.slice(1));
        },
      ),
      { numRuns: 150 },
    );
  });

  test('whatever stands in a file, each record is staged or rejected once, in order', async () => {
    const piece = fc.constantFrom(
      'a',
      '1',
      ',',
      ',',
      '"',
      '"',
      '""',
      '\n',
      '\n',
      '\r\n',
      '\r',
      ' ',
      'é',
      '"x"',
      '1,2,3\n',
    );
    await fc.assert(
      fc.asyncProperty(fc.array(piece, { maxLength: 60 }), async (pieces) => {
        const content = `x,y,z\n${pieces.join('')}`;
        const { reading, records, rejects } = await readAll(csv, file(content, 'dirty.csv'));
        const numbers = [...(records.rows ?? []), ...rejects]
          .map((row) => Number(row.row_number))
          .sort((a, b) => a - b);
        expect(numbers).toEqual(Array.from({ length: reading.rowsRead }, (_, index) => index + 1));
      }),
      { numRuns: 150 },
    );
  });
});
