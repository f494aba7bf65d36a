import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { pieceOf, pullFiles } from '../../connectors/connector.ts';
import { csv } from '../../connectors/csv/connector.ts';
import { json } from '../../connectors/json/connector.ts';
import { readAll } from './reading-session.ts';

const folder = mkdtempSync(join(tmpdir(), 'concordance-pieces-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test('a piece is no larger than the file, and no larger than asked', () => {
  expect([0, 10, 1 << 20, 1 << 30].map((bytes) => pieceOf(bytes))).toEqual([1, 11, 1 << 20, 1 << 20]);
});

const window = 4 << 20;
test.each([20, window - 1, window, window + 1])('a text of %i bytes is read to its end', async (bytes) => {
  const path = join(folder, `${bytes}.csv`);
  // headings of 4 bytes, then lines of 8; what is left over lengthens the last one
  const lines = Math.floor((bytes - 4) / 8);
  writeFileSync(path, `a;b\n${'1;wwwww\n'.repeat(lines)}`.slice(0, -1).padEnd(bytes, 'w'));
  const { reading, records } = await readAll(csv, path, {});
  expect(reading.rowsRead).toBe(lines);
  expect(records.rows?.at(-1)).toMatchObject({ a: '1', b: expect.stringMatching(/^w+$/) });
});

test('an extract is copied to its last byte, empty or not', async () => {
  for (const [name, text] of [
    ['empty.ndjson', ''],
    ['one.ndjson', '{"a":1}'],
    ['long.ndjson', '{"a":1}\n'.repeat(200_000)],
  ] as const) {
    writeFileSync(join(folder, name), text);
    const [pulled] = await pullFiles({ id: 's', base: folder, path: name });
    const pieces: Buffer[] = [];
    for await (const piece of pulled?.open() ?? []) pieces.push(piece as Buffer);
    expect(Buffer.concat(pieces).toString()).toBe(text);
  }
  const { reading } = await readAll(json, join(folder, 'long.ndjson'), {});
  expect(reading.rowsRead).toBe(200_000);
});
