import { expect, test } from 'vitest';
import type { Measure } from '../../../pipelines/indicators/catalogue.ts';
import { loadCatalogue } from '../../../pipelines/indicators/load.ts';
import { windowsOf } from '../../../pipelines/indicators/measure-values.ts';
import { type PassageRow, passageRows } from '../../../pipelines/seal/tracing/passage.ts';
import { harmonised } from '../../harmonise/harmonised.ts';

test('lines of one row and day have an order of their own, in whichever they stand in the database', async () => {
  const built = await harmonised(
    {
      waste_register: `unique_id  entity  site  waste_code  hazardous  dispatch_date  weight_t  weight_kind  planned_treatment
        W1  A  SA  20 03 01  false  2025-01-10  100  REEL  D5
        W2  A  SA  20 03 01  false  2025-01-10  7  REEL  D5`,
    },
    ['emission'],
  );
  try {
    const measure = (await loadCatalogue()).measures.find(({ id }) => id === 'scope3_waste') as Measure;
    const [window] = windowsOf('2025-Q1', '2025-Q1', 1);
    if (!window) throw new Error('no window');
    // one row received makes several lines: four of each, alike in address and day
    await built.warehouse.run(`create table line as
      select e.* replace (tco2e * n as tco2e, (case when n > 2 then 'by_spend' else e.quality end) as quality)
      from model.emission as e, range(1, 5) as r(n)`);
    const lines = async (order: string) => {
      await built.warehouse.run(`create or replace table model.emission as from line order by ${order}`);
      const all: PassageRow[] = [];
      const place = { entity: 'GROUP', sites: null, window };
      for await (const rows of passageRows(built.warehouse, built.models, measure, place)) all.push(...rows);
      return all;
    };
    const forward = await lines('rowid');
    expect(forward.length).toBe(8);
    expect(await lines('rowid desc')).toEqual(forward);
    expect(await lines('hash(tco2e)')).toEqual(forward);
  } finally {
    await built.close();
  }
});
