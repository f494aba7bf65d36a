import { execFile } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { GROUP } from '../../../pipelines/indicators/figure.ts';
import { templatesFolder } from '../../../pipelines/places.ts';
import { shownEntities } from '../../../pipelines/report/workbook/shown-entities.ts';
import { writeWorkbook } from '../../../pipelines/report/workbook/workbook.ts';
import { readSheets } from '../../../pipelines/review/read-sheets.ts';
import { sampleContent } from '../content-fixture.ts';

const run = promisify(execFile);
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'size-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

it('writes rows whose cells would not fit in the memory that it has, and leaves nothing beside the file', async () => {
  const path = join(folder, 'long.xlsx');
  // 40,000 rows of 12 cells, named together: 150 MB as objects of the spreadsheet library, which dies of them here
  const script = `
    import { WorkbookFile } from ${JSON.stringify(new URL('../../../pipelines/report/workbook/excel.ts', import.meta.url).href)};
    const file = new WorkbookFile({ title: 't', subject: 's', author: 'a', day: '2026-09-30' }, ${JSON.stringify(path)});
    const sheet = file.sheet({ name: 'S', tab: '000000', frozen: { rows: 1, columns: 0 }, widths: [10],
      headRows: { first: 1, last: 1 }, footer: { left: '', right: '' } });
    for (let row = 1; row <= 40_000; row += 1) {
      for (let column = 1; column <= 12; column += 1)
        sheet.put(row, column, { kind: 'text', text: 'row ' + row + ', column ' + column });
      sheet.settle(row);
    }
    file.name('tbl_s', 'S', 'A1:L40000');
    await file.write();`;
  await run(process.execPath, [
    ...['--max-old-space-size=64', '--import', 'tsx', '--input-type=module', '--eval', script],
  ]);
  const [sheet] = readSheets(new Uint8Array(await readFile(path)), 'long.xlsx').sheets;
  expect(sheet?.rows.size).toBe(40_000);
  expect(sheet?.rows.get(40_000)?.get(12)?.value).toBe('row 40000, column 12');
  expect(await readdir(folder)).toEqual(['long.xlsx']);
}, 120_000);

it('shows as many rows as open in seconds, and says how many there are and where', async () => {
  const content = sampleContent('fr');
  const [change] = content.changes;
  if (!change) throw new Error('fixture: no change');
  const path = join(folder, 'many.xlsx');
  const changes = Array.from({ length: 20_500 }, () => change);
  await writeWorkbook({ ...content, changes }, templatesFolder, path);
  const sheet = readSheets(new Uint8Array(await readFile(path)), 'x').sheets.find(
    ({ name }) => name === 'Changements',
  );
  expect(Math.max(...(sheet?.rows.keys() ?? []))).toBe(5 + 20_000);
  expect(sheet?.rows.get(3)?.get(2)?.value).toMatch(
    /^20\u202f000 lignes montrées sur 20\u202f500.*toutes dans out\/2026-Q3\/2026-Q3-7c1e90b4\/warehouse\.duckdb\.$/,
  );
}, 120_000);

it('shows of a group of many companies those that weigh most in each indicator, never a withheld one for its weight', () => {
  const content = sampleContent('fr');
  const { period } = content.run;
  const entities = Array.from({ length: 100 }, (_, place) => ({ ...content.entities[0], id: `C${place}` }));
  const values = entities.map(({ id }, place) => ({
    ...content.measures[0],
    ...{ measure: 'electricity', entity: id, period, basis: 'quarter', value: String(place) },
  }));
  const large = { ...content, entities, measures: values } as typeof content;
  const indicator = content.catalogue.indicators.find((one) => one.numerator === 'electricity');
  if (!indicator) throw new Error('fixture: no indicator of electricity');
  const shown = shownEntities(large, new Set([`electricity|C99|${period}|quarter`]));
  // the group, and of 0 to 98 the twenty largest
  const expected = [GROUP, ...Array.from({ length: 20 }, (_, place) => `C${79 + place}`)];
  expect(shown.indicator(indicator.id)).toEqual(expected);
  expect(shown.measure('electricity')).toEqual(expect.arrayContaining(expected));
  expect(shown.left).toBe(80);
  expect(shownEntities(content, new Set()).indicator(indicator.id)).toHaveLength(1 + content.entities.length);
});
