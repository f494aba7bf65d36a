import { afterEach, expect, test } from 'vitest';
import { qualityFindings } from '../../pipelines/alignment/quality.ts';
import { wording } from '../../pipelines/language/wording.ts';
import { type Harmonised, harmonised } from '../harmonise/harmonised.ts';

let built: Harmonised | undefined;
afterEach(() => built?.close());

test('an activity whose factors are of other dates is named, with its dates and those of the factors', async () => {
  // all consumption of Austria is disclosed: AIB publishes no residual mix of it
  built = await harmonised(
    {
      meter_readings: `entity  site  meter  carrier  period_start  period_end  quantity  unit  quality
        A  SA  X1  electricity  2022-01-01  2022-01-31  1  MWh  measured
        D  SD  X3  electricity  2026-01-01  2026-01-31  2  MWh  measured
        D  SD  X2  district_heat  2025-01-01  2025-01-31  1  MWh  measured`,
    },
    undefined,
    '2026-Q1',
    (warehouse) => warehouse.run("update reference.site set country = 'AT' where site = 'SD'"),
  );
  const findings = await qualityFindings(built.warehouse, {
    staged: [],
    missing: [],
    indicators: [],
    figures: [],
    period: '2025-Q1',
    quarantineThreshold: 0.01,
    language: 'en',
    say: await wording('en', 'findings'),
  });
  // electricity has factors from 2023 on; heat has none at all, and is in the general finding only
  expect(findings.map((f) => f.id)).toEqual([
    'quality:factor_dates:electricity',
    'quality:unvalued:emission',
    'quality:residual_mix',
  ]);
  expect(findings[0]?.sentence).toMatch(/electricity: 1 rows from 2022-01-31 to 2022-01-31 .*2023-01-01/);
  expect(findings[1]?.sentence).toContain('electricity, AT (upstream and losses: 2,000\u00a0kWh, 1 row)');
  // 2,000 kWh at the grid's 0.0570 kg/kWh
  expect(findings[2]?.sentence).toContain('AT (2,000\u00a0kWh)');
  expect(Number(findings[2]?.figures[0]?.value)).toBeCloseTo(0.114, 6);
});
