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
  expect(plain).toEqual({ records: 3, blankLines: 1, plain: true, multiline: false, lineEnd: 'crlf' });
  expect(scanned).toEqual(plain);
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
      if (plain) expect(plain).toEqual(scanned);
    }),
    { numRuns: 150, seed: 1 },
  );
});
