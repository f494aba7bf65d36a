import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { literal } from '../../connectors/connector.ts';
import { plainPresentation } from '../../pipelines/report/presentation.ts';
import { readContentList, readRecorded, recordContent } from '../../pipelines/report/record-content.ts';
import { Warehouse } from '../../pipelines/warehouse/warehouse.ts';
import { sampleContent } from './content-fixture.ts';

let scratch: string;
let warehouse: Warehouse;
beforeEach(async () => {
  scratch = await mkdtemp(join(tmpdir(), 'concordance-content-'));
  warehouse = await Warehouse.open(':memory:');
  await warehouse.run('create schema result');
});
afterEach(async () => {
  await warehouse.close();
  await rm(scratch, { recursive: true });
});

test('what the documents show is read as it was recorded, lists longer than a part in their order', async () => {
  const content = sampleContent('fr');
  const [one] = content.measures;
  const measures = Array.from({ length: 45_000 }, (_, rows) => ({
    ...(one as (typeof content.measures)[number]),
    rows,
  }));
  await recordContent(warehouse, { ...content, measures }, plainPresentation, scratch);
  const parts = await warehouse.rows<{ part: string; position: number }>(
    "select part, position from result.content where part in ('measures', '.') order by part, position",
  );
  expect(parts.map(({ part, position }) => `${part} ${position}`)).toEqual([
    '. 0',
    'measures 0',
    'measures 1',
    'measures 2',
  ]);
  const read = await readRecorded(warehouse);
  expect(read.content).toEqual(JSON.parse(JSON.stringify({ ...content, measures })));
  expect(Object.keys(read.content)).toEqual(Object.keys(JSON.parse(JSON.stringify(content))));
  expect(read.helped).toBe(false);
  expect(await readContentList(warehouse, 'changes')).toEqual(read.content.changes);
  expect(read.content.changes.length).toBeGreaterThan(0);
});

test('a package of before parts, with one text for all, is read as it was', async () => {
  const content = sampleContent('en');
  const text = JSON.stringify({
    content,
    presentation: { ...plainPresentation, partials: [] },
    helped: true,
  });
  await warehouse.run(`create table result.content as select ${literal(text)} as content`);
  const read = await readRecorded(warehouse);
  expect(read.content).toEqual(JSON.parse(JSON.stringify(content)));
  expect(read.helped).toBe(true);
  expect(await readContentList(warehouse, 'changes')).toEqual(read.content.changes);
});
