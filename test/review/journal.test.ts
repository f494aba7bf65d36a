import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { appendJournal, journalText, type NewEntry, readJournal } from '../../pipelines/review/journal.ts';

const manifest = 'a'.repeat(64);
const approval: NewEntry = {
  recorded_at: '2026-10-26T08:00:00.000Z',
  kind: 'decision',
  subject: 'water.consumption:GROUP:2026-Q3:quarter',
  decision: 'approve',
  from: { state: 'open', value: '92' },
  to: { state: 'approved', value: '92' },
  by: 'Bo Dupont',
  on: '2026-10-25',
  reason: null,
  evidence: null,
  comment: null,
  workbook: '0'.repeat(64),
};

test('a journal that is read and written again is the same, in whatever order its entries came', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'journal-'));
  const file = join(folder, 'run.ndjson');
  const backwards = Object.fromEntries(Object.entries(approval).toReversed()) as unknown as NewEntry;
  await appendJournal(file, manifest, { entries: [], hashes: [] }, [backwards, approval, backwards]);
  const read = await readJournal(file, manifest);
  expect(read.entries).toHaveLength(3);
  expect(journalText(read.entries)).toBe(await readFile(file, 'utf8'));
  await rm(folder, { recursive: true });
});
