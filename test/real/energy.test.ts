import { readFile } from 'node:fs/promises';
import { describe, expect, test } from 'vitest';
import { enedis } from '../../connectors/enedis/connector.ts';
import { grdf } from '../../connectors/grdf/connector.ts';
import { sge } from '../../connectors/sge/connector.ts';
import { readAll, type WholeReading } from '../connectors/reading-session.ts';

const DATA = new URL('../../../shared/data/', import.meta.url).pathname;

/** Sum of a column of decimals with the same number of digits after the point, in units of the last one. */
function total(whole: WholeReading, set: string, column: string): bigint {
  return (whole.records[set] ?? []).reduce(
    (sum, row) => sum + BigInt(String(row[column]).replace('.', '')),
    0n,
  );
}

describe('Enedis daily indexes of a household', () => {
  const path = `${DATA}energy/Enedis_Conso_Jour.noPRM.csv`;

  test('the intervals sum to the last index minus the first', async () => {
    const whole = await readAll(enedis, path);
    // by other means: indexes of the text itself, in file order, column EAS T; no index goes back
    const lines = (await readFile(path, 'utf8'))
      .split('\n')
      .filter((line) => line.includes(';Arrêté quotidien;'));
    const indexes = lines.map((line) => BigInt(line.slice(line.lastIndexOf(';') + 1)));
    expect(indexes.every((index, at) => at === 0 || index >= (indexes[at - 1] ?? 0n))).toBe(true);
    const consumed = (indexes.at(-1) ?? 0n) - (indexes[0] ?? 0n);
    expect(lines).toHaveLength(264);
    expect(consumed).toBe(17_375_563n - 15_521_318n);
    // Wh are thousandths of a kWh; the intervals carry millionths
    expect(total(whole, 'intervals', 'energy_kwh')).toBe(consumed * 1000n);
    expect(whole.reading.rowsRead).toBe(263);
    expect(whole.rejects).toEqual([]);
    expect(whole.reading.remarks).toEqual([]);
  });

  test('every interval is a day of 24 hours: the meter reads at midnight of winter time all year', async () => {
    const { records } = await readAll(enedis, path);
    const intervals = records.intervals ?? [];
    expect(new Set(intervals.map((one) => one.minutes))).toEqual(new Set(['1440']));
    expect(new Set(intervals.map((one) => String(one.interval_start).slice(11)))).toEqual(
      new Set(['23:00:00Z']),
    );
    // line 5 of the file: 15 526 573 - 15 521 318 Wh
    expect(intervals[0]).toMatchObject({
      row_number: 5n,
      interval_start: '2021-01-23T23:00:00Z',
      energy_kwh: '5.255000',
    });
  });
});

describe('GRDF months of a household', () => {
  const path = `${DATA}energy/Donnees_informatives_PCE_MONTHLY.xlsx`;

  test('thirteen months hold 23 181 kWh, the total that the index of the files states', async () => {
    const whole = await readAll(grdf, path, { meter: 'GI000001' });
    expect(whole.reading.rowsRead).toBe(13);
    expect(total(whole, 'readings', 'energy_kwh_pcs')).toBe(23_181_000n);
    // 75 + 345 + 420 + 316 + 263 + 162 + 105 + 46 + 39 + 17 + 43 + 114 + 155, as the sheet shows them
    expect(total(whole, 'readings', 'volume_m3')).toBe(2_100_000n);
    expect(whole.records.readings?.[0]).toMatchObject({
      row_number: 10n,
      start_date: '2020-11-01',
      end_date: '2020-11-30',
    });
  });

  test('the month of the export, 24 November 2021, is not taken as whole', async () => {
    const whole = await readAll(grdf, path, { meter: 'GI000001' });
    expect(whole.records.readings?.at(-1)).toMatchObject({
      start_date: '2021-11-01',
      end_date: '2021-11-23',
      energy_kwh_pcs: '1737.000',
    });
    expect(whole.reading.remarks?.map(({ code, row }) => [code, row])).toEqual([
      ['GRD-012', 22],
      ['GRD-012', 10],
    ]);
  });

  test('its meter number is blank: without the option the file is refused, not guessed', async () => {
    await expect(readAll(grdf, path)).rejects.toMatchObject({ code: 'GRD-004' });
  });
});

describe('an answer of SGE', () => {
  test('two months are read once, though both grids give them', async () => {
    const path = `${DATA}energy/sge_consulterMesures.xml`;
    const whole = await readAll(sge, path);
    // by other means: four values stand in the text, two in each grid
    const values = [...(await readFile(path, 'utf8')).matchAll(/<valeur>([0-9]+)\s*<\/valeur>/g)].map(
      ([, value]) => Number(value),
    );
    expect(values).toEqual([483, 494, 483, 494]);
    expect(whole.records.intervals).toMatchObject([
      {
        meter: '07151808919109',
        interval_start: '2021-02-02T23:00:00Z',
        minutes: String(30 * 1440),
        energy_kwh: '483.000000',
        quality: 'measured',
      },
      {
        meter: '07151808919109',
        interval_start: '2021-01-04T23:00:00Z',
        minutes: String(29 * 1440),
        energy_kwh: '494.000000',
        quality: 'measured',
      },
    ]);
    expect(whole.reading.remarks?.map(({ code }) => code)).toEqual(['SGE-013']);
  });
});

describe('hostile files', () => {
  test.each([
    ['xmlbomb.xml', sge, 'SGE-003'],
    ['csv-payload.txt', sge, 'SGE-002'],
    ['xmlbomb.xml', enedis, 'ENE-003'],
    ['csv-payload.txt', enedis, 'ENE-003'],
    ['blns.txt', enedis, 'ENE-003'],
    ['poi_54764.xlsx', enedis, 'ENE-002'],
    ['poi_poc-xmlbomb.xlsx', grdf, 'XLSX-006'],
    ['poi_54764.xlsx', grdf, 'XLSX-006'],
    ['poi_protected_passtika.xlsx', grdf, 'XLSX-002'],
    ['poi_1904DateWindowing.xls', grdf, 'XLSX-003'],
    ['csv-payload.txt', grdf, 'GRD-003'],
    ['blns.txt', grdf, 'GRD-003'],
  ])('%s is refused with its code', async (file, connector, code) => {
    const start = performance.now();
    await expect(readAll(connector, `${DATA}hostile/${file}`, { meter: 'x' })).rejects.toMatchObject({
      name: 'ExtractError',
      code,
    });
    expect(performance.now() - start).toBeLessThan(5000);
  });
});
