import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { pseudonym } from '../../pipelines/warehouse/macros.ts';
import { Warehouse } from '../../pipelines/warehouse/warehouse.ts';

const secret = 'c0ffee'.repeat(11).slice(0, 64);
let warehouse: Warehouse;
beforeAll(async () => {
  warehouse = await Warehouse.open(':memory:', { memory: '512MB' }, secret);
});
afterAll(() => warehouse.close());
const read = (macro: string, text: string) =>
  warehouse.scalar(`select ${macro}('${text.replaceAll("'", "''")}')::varchar`);

describe('numbers as people write them', () => {
  test.each([
    ['comma_number', '1 234,50', '1234.50'],
    ['comma_number', '1\u202f234,50', '1234.50'],
    ['comma_number', '1\u00a0234,50', '1234.50'],
    ['comma_number', '1.234,50', '1234.50'],
    ['comma_number', '12.5', '12.5'],
    ['comma_number', '12,5-', '-12.5'],
    ['comma_number', '1,234,567', null],
    ['point_number', '1,234.50', '1234.50'],
    ['point_number', "1'234.50", '1234.50'],
    ['point_number', '12,5', null],
    ['point_number', '1.5E3', '1.5E3'],
    ['auto_number', '1.234,5', '1234.5'],
    ['auto_number', '1,234.5', '1234.5'],
    ['auto_number', '12,5', '12.5'],
    ['auto_number', '-', null],
    ['auto_number', '12 kWh', null],
    ['auto_number', '#N/A', null],
  ])('%s reads "%s" as %s', async (macro, text, expected) => {
    expect(await read(macro, text)).toBe(expected);
  });
});

describe('dates as people write them', () => {
  test.each([
    ['dmy_day', '05/07/2026', '2026-07-05'],
    ['dmy_day', '05.07.2026', '2026-07-05'],
    ['dmy_day', '2026-07-05', '2026-07-05'],
    ['dmy_day', '20260705', '2026-07-05'],
    ['dmy_day', '31/02/2026', null],
    ['mdy_day', '07/05/2026', '2026-07-05'],
    ['iso_day', '05/07/2026', null],
    ['iso_day', '2026-07', '2026-07-01'],
    ['iso_day', '2024-02-29', '2024-02-29'],
    ['iso_day', '2023-02-29', null],
    ['iso_day', '-026-07-05', null],
    ['iso_day', ' 2026-07-05T10:00:00Z ', '2026-07-05'],
    ['iso_day', '2026-07-05 10:00:00', '2026-07-05'],
    ['dmy_day', ' 05/07/2026 ', '2026-07-05'],
    ['dmy_day', '5/7/2026', '2026-07-05'],
    ['dmy_day', '05/07/2026 10:00', '2026-07-05'],
    ['dmy_day', '07/2026', '2026-07-01'],
    ['mdy_day', '31/02/2026', null],
    ['instant', '2026-07-05T10:00:00Z', '2026-07-05 10:00:00'],
    ['instant', '2026-07-05T10:00:00.250Z', '2026-07-05 10:00:00.25'],
    ['instant', ' 2026-07-05 ', '2026-07-05 00:00:00'],
    ['instant', '05/07/2026', null],
  ])('%s reads "%s" as %s', async (macro, text, expected) => {
    expect(await read(macro, text)).toBe(expected);
  });
});

test('the pseudonym is an HMAC-SHA-256, as Node works it out', async () => {
  expect(await read('person_key', ' 1850175123456 ')).toBe(pseudonym(secret, '1850175123456'));
});
