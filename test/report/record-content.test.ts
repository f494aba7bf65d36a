import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { literal } from '../../connectors/connector.ts';
import { GROUP, type MeasureValue } from '../../pipelines/indicators/figure.ts';
import { computeFigures } from '../../pipelines/indicators/figures.ts';
import { loadCatalogue } from '../../pipelines/indicators/load.ts';
import { recordFigures } from '../../pipelines/indicators/record.ts';
import type { ReportContent } from '../../pipelines/report/content.ts';
import { plainPresentation } from '../../pipelines/report/presentation.ts';
import {
  readContentList,
  readRecorded,
  readReviewedContent,
  recordContent,
} from '../../pipelines/report/record-content.ts';
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

/** Figures and measure values where a run has them. */
async function recordTables({
  figures,
  measures,
}: Pick<ReportContent, 'figures' | 'measures'>): Promise<void> {
  await recordFigures(warehouse, figures, scratch);
  const file = join(scratch, 'values.json');
  await writeFile(file, JSON.stringify(measures));
  await warehouse.run(`create table result.measure_value as
    select measure, entity, period, basis, value::decimal(38,10) as value, divisor::integer as divisor, rows::bigint as rows,
      unvalued::bigint as unvalued, coverage::decimal(9,6) as coverage, "estimatedShare"::decimal(9,6) as estimated_share
    from read_json(${literal(file)}, columns = {measure: 'varchar', entity: 'varchar', period: 'varchar', basis: 'varchar',
      value: 'varchar', divisor: 'bigint', rows: 'bigint', unvalued: 'bigint', coverage: 'double', "estimatedShare": 'double'})`);
}

/** Content whose figures follow by the real rules from values as a run computes them. */
async function computedContent(): Promise<ReportContent> {
  const content = sampleContent('fr');
  const catalogue = await loadCatalogue(undefined);
  const ids = new Set([...content.entities.map(({ id }) => id), GROUP]);
  const measures = catalogue.measures
    .map(({ id }) => id)
    .sort()
    .flatMap((measure, m) =>
      [...ids].sort().map((entity, e): MeasureValue => {
        const value =
          (m + e) % 7 === 0
            ? null
            : `${(m * 31 + e) % 17 === 0 ? '-' : ''}${m * 13 + e}.${String((m * 7919) % 1000).padStart(10, '0')}`;
        return {
          ...{
            measure,
            entity,
            period: content.run.period,
            basis: 'quarter',
            value,
            divisor: 1,
            rows: m,
            unvalued: 0,
          },
          coverage: value === null ? 0 : (e % 3) / 4 + 0.5,
          estimatedShare: value === null ? null : (m % 4) / 3 === 1 ? 1 : 0.333333,
        };
      }),
    );
  return { ...content, catalogue, measures, figures: computeFigures(catalogue, measures) };
}

test('what the documents show is read as it was recorded, figures and values from their tables', async () => {
  const content = await computedContent();
  await recordTables(content);
  await recordContent(warehouse, content, plainPresentation, scratch);
  const read = await readRecorded(warehouse);
  expect(read.content).toEqual(JSON.parse(JSON.stringify(content)));
  expect(JSON.stringify(read.content)).toBe(JSON.stringify(content));
  expect(read.helped).toBe(false);
  expect(await readContentList(warehouse, 'changes')).toEqual(read.content.changes);
  expect(read.content.changes.length).toBeGreaterThan(0);
  const known = new Set(content.figures.map(({ status }) => status));
  expect([...known]).toEqual(expect.arrayContaining(['partial', 'missing']));
  const { run, agenda, arbitration, objectives, looseActions, reconciliations, followed } = read.content;
  expect([objectives.length > 0, reconciliations.length > 0]).toEqual([true, true]);
  const own = await readReviewedContent(warehouse);
  expect(own).toMatchObject({
    run,
    agenda,
    arbitration,
    objectives,
    looseActions,
    reconciliations,
    followed,
  });
  // what nobody asked for is not read
  expect(own).toMatchObject({ findings: [], extracts: [] });
});

test('lists longer than a part come in their order', async () => {
  const content = sampleContent('fr');
  const [one] = content.quarantine;
  const quarantine = Array.from({ length: 45_000 }, (_, row) => ({
    ...(one as (typeof content.quarantine)[number]),
    row,
  }));
  await recordTables(content);
  await recordContent(warehouse, { ...content, quarantine }, plainPresentation, scratch);
  const parts = await warehouse.rows<{ part: string; position: number }>(
    "select part, position from result.content where part in ('quarantine', '.') order by part, position",
  );
  expect(parts.map(({ part, position }) => `${part} ${position}`)).toEqual([
    '. 0',
    'quarantine 0',
    'quarantine 1',
    'quarantine 2',
  ]);
  expect(await readContentList(warehouse, 'quarantine')).toEqual(quarantine);
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
