import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { afterAll, describe, expect, test } from 'vitest';
import { json } from '../../connectors/json/connector.ts';
import { readAll } from './reading-session.ts';

const folder = mkdtempSync(join(tmpdir(), 'concordance-json-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

let files = 0;
function file(content: string | Buffer): string {
  const path = join(folder, `extract-${++files}.json`);
  writeFileSync(path, content);
  return path;
}

async function whole(content: string | Buffer, options: object = {}) {
  const { reading, records, rejects } = await readAll(json, file(content), options);
  const columns = reading.records.rows?.columns ?? [];
  return {
    reading,
    columns,
    records: (records.rows ?? []).map((row) => [Number(row.row_number), ...columns.map((name) => row[name])]),
    rejects: rejects.map((row) => [Number(row.row_number), row.rule, row.value]),
    codes: (reading.remarks ?? []).map((remark) => remark.code),
  };
}

async function refusal(content: string | Buffer, options: object = {}): Promise<string> {
  return readAll(json, file(content), options).then(
    () => 'was read',
    (error: Error) => error.message,
  );
}

const lines = '{"site":"NAN","kWh":12.5,"id":30001234567890}\n{"site":"REN","ok":true,"kWh":null}\n';

describe('records', () => {
  const expected = {
    columns: ['site', 'kWh', 'id', 'ok'],
    records: [
      [1, 'NAN', '12.5', '30001234567890', null],
      [2, 'REN', null, null, 'true'],
    ],
  };

  test('one object a line, whatever the line end; blank lines are not records', async () => {
    expect(await whole(lines)).toMatchObject(expected);
    expect(await whole(lines.replaceAll('\n', '\r\n\r\n'))).toMatchObject(expected);
    expect(await whole(gzipSync(lines))).toMatchObject(expected);
  });

  test('a list of objects, laid out or not', async () => {
    const list = lines
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(await whole(JSON.stringify(list))).toMatchObject(expected);
    expect(await whole(`\ufeff${JSON.stringify(list, null, 2)}\n`)).toMatchObject(expected);
  });

  test('a list inside an object, with every digit of its numbers', async () => {
    const text = '{"data":{"items":[{"id":12345678901234567},{"id":2}],"total":2}}';
    expect((await whole(text, { records: 'data.items' })).records).toEqual([
      [1, '12345678901234567'],
      [2, '2'],
    ]);
    expect(await refusal(text, { records: 'data.rows' })).toMatch(
      /^JSON-005 There is no rows .*items, total/,
    );
    expect(await refusal(text, { records: 'data.total' })).toMatch(/^JSON-005 .*is not a list/);
  });

  test('nested values are JSON text', async () => {
    expect((await whole('{"a":{"b":[1,"x"]},"c":[]}')).records).toEqual([[1, '{"b":[1,"x"]}', '[]']]);
  });

  test('names are the columns as they stand, odd ones too', async () => {
    expect(await whole('{"a/b~c.d":1,"0":2,"":3,"A\\"":4,"row_number":5}')).toMatchObject({
      columns: ['a/b~c.d', '0', 'column_3', 'A"', 'row_number_2'],
      records: [[1, '1', '2', '3', '4', '5']],
    });
  });

  test('a name in two spellings is two columns, and a warning', async () => {
    expect(await whole('{"Site":"x"}\n{"site":"y"}\n')).toMatchObject({
      columns: ['Site', 'site_2'],
      codes: ['JSON-008'],
    });
  });

  test('brackets and commas inside texts do not cut', async () => {
    const list = [{ a: '],[{"\\' }, { a: '}' }];
    expect((await whole(JSON.stringify(list))).records.map(([, text]) => text)).toEqual(
      list.map(({ a }) => a),
    );
  });
});

describe('what is not a record is rejected with its text, the others keep their number', () => {
  test('in lines', async () => {
    expect(await whole('{"a":1}\n{"a":2\n[3]\n"x"\n{"a":4} {"a":5}\n{"a":6,"a":7}\n{"a":8}\n')).toMatchObject(
      {
        records: [
          [1, '1'],
          [7, '8'],
        ],
        rejects: [
          [2, 'malformed_json', '{"a":2'],
          [3, 'not_an_object', '[3]'],
          [4, 'not_an_object', '"x"'],
          [5, 'malformed_json', '{"a":4} {"a":5}'],
          [6, 'duplicate_key', '{"a":6,"a":7}'],
        ],
      },
    );
  });

  test('in a list', async () => {
    expect(await whole('[{"a":1},5,{"a":x},\n{"a":2}]')).toMatchObject({
      records: [
        [1, '1'],
        [4, '2'],
      ],
      rejects: [
        [2, 'not_an_object', '5'],
        [3, 'malformed_json', '{"a":x}'],
      ],
    });
  });

  test('a first line that is broken does not hide the others', async () => {
    expect(await whole('{"a":1\n{"a":2}\n')).toMatchObject({
      records: [[2, '2']],
      rejects: [[1, 'malformed_json', '{"a":1']],
    });
  });
});

describe('files that cannot be read are refused in three parts', () => {
  test.each([
    ['empty', ' \n', /^JSON-001 The file is empty/],
    ['a web page', '<html>', /^JSON-002 The file begins with "<html>"/],
    ['a text', 'a;b\n1;2', /^JSON-002 /],
    ['truncated gzip', gzipSync(lines.repeat(2000)).subarray(0, 120), /^JSON-003 .*truncated or damaged/],
    ['ISO 8859-1', Buffer.from('{"a":"\xe9"}', 'latin1'), /^JSON-004 The text is not valid utf-8/],
    ['one object over lines', '{\n  "a": 1\n}\n', /^JSON-005 The file is one object.*Set the option records/],
    ['a list cut short', '[{"a":1},{"a"', /^JSON-005 The list is cut short after 1 elements/],
    ['a list with a comma too many', '[{"a":1},]', /^JSON-005 The list ends with a comma/],
    ['something after the list', '[{"a":1}]]', /^JSON-005 /],
  ])('%s', async (_, content, message) => {
    expect(await refusal(content)).toMatch(message);
  });

  test('gzip that inflates past the limit', async () => {
    expect(await refusal(gzipSync(`[${' '.repeat(3 << 20)}]`), { max_inflated_mb: 2 })).toMatch(/^JSON-006 /);
  });

  test('an empty list has no record, and a warning', async () => {
    expect(await whole('[]')).toMatchObject({ records: [], codes: ['JSON-007'] });
  });
});

test('any objects of texts come back, as lines and as a list', async () => {
  const text = fc
    .string({ unit: 'binary', maxLength: 8 })
    .map((value) => value.replace(/\p{Surrogate}/gu, ''));
  const object = fc.record({ key: text, 'other key': text });
  await fc.assert(
    fc.asyncProperty(fc.array(object, { minLength: 1, maxLength: 8 }), async (objects) => {
      const expected = objects.map((one, index) => [index + 1, one.key, one['other key']]);
      for (const content of [
        objects.map((one) => JSON.stringify(one)).join('\n'),
        JSON.stringify(objects, null, 1),
      ]) {
        expect((await whole(content)).records).toEqual(expected);
      }
    }),
    { numRuns: 30 },
  );
});
