import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { plainSurvey } from '../../connectors/csv/plain-survey.ts';
import { scannedSurvey } from '../../connectors/csv/survey.ts';

let file: string;
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'concordance-survey-'));
  file = join(folder, 'text.csv');
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const dialect = { delimiter: ';'.charCodeAt(0), quote: '"'.charCodeAt(0), lineEnd: 'lf' } as const;

async function surveys(text: string) {
  await writeFile(file, text);
  return {
    plain: await plainSurvey(file, dialect, 3, 0),
    scanned: await scannedSurvey(file, dialect, { columns: ['a', 'b', 'c'], from: 0 }),
  };
}

test('an ordinary text is surveyed by its bytes: quotes, blank lines, a last line without end', async () => {
  const { plain, scanned } = await surveys('1;"a ""b"" ;c";\r\n\r\n"";é ;3\r\n4;5;6');
  expect(scanned).toEqual({ records: 3, blankLines: 1, plain: true, multiline: false, lineEnd: 'crlf' });
  expect(plain).toEqual({ ...scanned, trimmed: false });
});

test('values with a blank at an edge are seen, of whatever kind it is; those inside need no trimming', async () => {
  const trimmed = async (value: string) => [
    (await surveys(`${value};2;3\n`)).plain?.trimmed,
    (await surveys(`1;2;"${value}"`)).plain?.trimmed,
  ];
  for (const value of [' a', 'a ', '\u00a0a', 'a\u00a0', 'a\u202f', 'a\u2009', '\u3000a'])
    expect(await trimmed(value), JSON.stringify(value)).toEqual([false, false]);
  for (const value of ['a b', 'é', 'à', 'a\u00a0b', 'ça là', ''])
    expect(await trimmed(value), value).toEqual([true, true]);
});

test('a text that is not is left to the record scanner', async () => {
  const odd = ['1;2\n', '1;2;3;4\n', ' ; ;\n', '1;"2\n2";3\n', '1;2"2;3\n"', '1;"2;3\n', '1;2;3\n1;2;3\r\n'];
  for (const text of odd) expect((await surveys(text)).plain, text).toBeUndefined();
});

test('whatever the text, the survey by bytes says what the record scanner says, or nothing', async () => {
  const piece = fc.constantFrom(
    ';',
    ';',
    'a',
    'a',
    '"a"',
    '""',
    '"',
    ' ',
    '\r',
    '\n',
    '\r\n',
    ';;\n',
    'a;a;a\n',
  );
  await fc.assert(
    fc.asyncProperty(fc.array(piece, { maxLength: 14 }), async (pieces) => {
      const { plain, scanned } = await surveys(pieces.join(''));
      if (plain) expect({ ...plain, trimmed: undefined }).toEqual(scanned);
    }),
    { numRuns: 150, seed: 1 },
  );
});
