import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Harmonised, harmonised } from './harmonised.ts';

let built: Harmonised;
beforeAll(async () => {
  built = await harmonised({}, ['obligation']);
});
afterAll(() => built.close());

test('a trailing year ends with each quarter that has twelve months of history behind it', async () => {
  // the history of the test runs from January 2025 to March 2026
  expect(
    await built.rows(
      'select date::varchar as date, first_day::varchar as first_day, days from reference.trailing_year order by 1',
    ),
  ).toEqual([
    { date: '2025-12-31', first_day: '2025-01-01', days: 365 },
    { date: '2026-03-31', first_day: '2025-04-01', days: 365 },
  ]);
});
