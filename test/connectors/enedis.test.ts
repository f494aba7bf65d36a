import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { enedis } from '../../connectors/enedis/connector.ts';
import { readAll, type WholeReading } from './reading-session.ts';

const METER = '30001234567890';
const TABLE =
  'Identifiant PRM;Date de début;Date de fin;Grandeur physique;Grandeur métier;Etape métier;Unité;Horodate;Valeur;Nature;Pas;Indice de vraisemblance;Etat complémentaire';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'enedis-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function reading(content: string | Buffer, options: object = {}): Promise<WholeReading> {
  const path = join(folder, 'courbe.csv');
  await writeFile(path, content);
  return readAll(enedis, path, options);
}

/** One row of the table form. */
function row(
  stamp: string,
  value: number | string,
  more: Partial<
    Record<'nature' | 'step' | 'direction' | 'unit' | 'quantity' | 'meter' | 'stage', string>
  > = {},
): string {
  const {
    nature = 'B',
    step = 'PT30M',
    direction = 'CONS',
    unit = 'W',
    quantity = 'PA',
    meter = METER,
    stage = 'BRUT',
  } = more;
  return `${meter};2026-01-01 00:00:00;2027-01-01 00:00:00;${quantity};${direction};${stage};${unit};${stamp};${value};${nature};${step};0;0`;
}

const table = (...rows: string[]) => `${[TABLE, ...rows].join('\n')}\n`;
const intervals = (whole: WholeReading) => whole.records.intervals ?? [];
const starts = (whole: WholeReading) => intervals(whole).map((one) => one.interval_start);
const codes = (whole: WholeReading) => (whole.reading.remarks ?? []).map((remark) => remark.code);
const rules = (whole: WholeReading) => whole.rejects.map((reject) => reject.rule);

/** Total in millionths of a kWh, exactly. */
function total(whole: WholeReading): bigint {
  return intervals(whole).reduce((sum, one) => sum + BigInt(String(one.energy_kwh).replace('.', '')), 0n);
}

/** Civil half-hour stamps `hh:mm` from a to b, in hours. */
function halfHours(from: number, to: number): string[] {
  const stamps: string[] = [];
  for (let half = from * 2; half < to * 2; half += 1) {
    stamps.push(`${String(Math.floor(half / 2)).padStart(2, '0')}:${half % 2 === 0 ? '00' : '30'}:00`);
  }
  return stamps;
}

describe('load curve, one row an interval', () => {
  test('power times time is energy, to the last digit: 692 W over 30 minutes are 0.346 kWh', async () => {
    const whole = await reading(table(row('2026-01-13 00:30:00', 692)));
    // 00:30 is the end: 00:00-00:30 in Paris, 23:00 of the day before in UTC
    expect(whole.records.intervals).toEqual([
      {
        row_number: 2n,
        meter: METER,
        interval_start: '2026-01-12T23:00:00Z',
        minutes: '30',
        energy_kwh: '0.346000',
        direction: 'consumption',
        quality: 'measured',
      },
    ]);
  });

  test('a step that changes within the file changes the energy with it', async () => {
    const whole = await reading(
      table(
        row('2026-01-13 01:00:00', 1000, { step: 'PT60M' }),
        row('2026-01-13 01:30:00', 1000, { step: 'PT30M' }),
        row('2026-01-13 01:40:00', 1000, { step: 'PT10M' }),
        row('2026-01-13 01:45:00', 1000, { step: 'PT5M' }),
        row('2026-01-13 02:00:00', 1000, { step: 'PT15M' }),
      ),
    );
    // 1000 W x 60, 30, 10, 5, 15 minutes / 60 000; a third of a millionth is rounded
    expect(intervals(whole).map((one) => one.energy_kwh)).toEqual([
      '1.000000',
      '0.500000',
      '0.166667',
      '0.083333',
      '0.250000',
    ]);
    expect(codes(whole)).toEqual([]);
  });

  test('W, kW, Wh and kWh say the same energy', async () => {
    const whole = await reading(
      table(
        row('2026-01-13 00:30:00', 692, { unit: 'W' }),
        row('2026-01-13 01:00:00', '0,692', { unit: 'kW' }),
        row('2026-01-13 01:30:00', 346, { unit: 'Wh', quantity: 'EA' }),
        row('2026-01-13 02:00:00', '0.346', { unit: 'kWh', quantity: 'EA' }),
      ),
    );
    expect(intervals(whole).map((one) => one.energy_kwh)).toEqual(Array(4).fill('0.346000'));
  });

  test('the day that loses an hour has 46 half hours, and an hour that does not exist is rejected', async () => {
    // 29 March 2026: ends 00:30, 01:00, 01:30, then 03:00 (= 01:00 UTC), ..., 23:30, 24:00
    const stamps = [
      ...halfHours(0.5, 2).map((at) => `2026-03-29 ${at}`),
      ...halfHours(3, 24).map((at) => `2026-03-29 ${at}`),
      '2026-03-30 00:00:00',
    ];
    expect(stamps).toHaveLength(46);
    const whole = await reading(
      table(...stamps.map((stamp) => row(stamp, 600)), row('2026-03-29 02:30:00', 600)),
    );
    expect(intervals(whole)).toHaveLength(46);
    expect(starts(whole).slice(0, 4)).toEqual([
      '2026-03-28T23:00:00Z',
      '2026-03-28T23:30:00Z',
      '2026-03-29T00:00:00Z',
      '2026-03-29T00:30:00Z',
    ]);
    expect(starts(whole).at(-1)).toBe('2026-03-29T21:30:00Z');
    // 600 W x 23 h = 13.8 kWh
    expect(total(whole)).toBe(13_800_000n);
    expect(whole.rejects).toMatchObject([
      { row_number: 48n, column_name: 'Horodate', value: '2026-03-29 02:30:00', rule: 'nonexistent_hour' },
    ]);
    expect(codes(whole)).toEqual([]);
  });

  test('the day that gains an hour has 50 half hours: the first 02:00-03:00 is summer time', async () => {
    const stamps = [
      ...halfHours(0.5, 2).map((at) => `2026-10-25 ${at}`),
      ...halfHours(2, 3).map((at) => `2026-10-25 ${at}`),
      ...halfHours(2, 3).map((at) => `2026-10-25 ${at}`),
      ...halfHours(3, 24).map((at) => `2026-10-25 ${at}`),
      '2026-10-26 00:00:00',
    ];
    expect(stamps).toHaveLength(50);
    const whole = await reading(table(...stamps.map((stamp, index) => row(stamp, index === 4 ? 1200 : 600))));
    expect(intervals(whole)).toHaveLength(50);
    const expected = Array.from({ length: 50 }, (_, half) =>
      new Date(Date.UTC(2026, 9, 24, 22, 30 * half)).toISOString().replace('.000', ''),
    );
    expect(starts(whole)).toEqual(expected);
    // the fifth row, 02:30 for the first time, ends at 00:30 UTC
    expect(intervals(whole)[4]).toMatchObject({
      interval_start: '2026-10-25T00:00:00Z',
      energy_kwh: '0.600000',
    });
    // 600 W x 25 h + 600 W x 0.5 h = 15.3 kWh
    expect(total(whole)).toBe(15_300_000n);
    expect(codes(whole)).toEqual([]);
  });

  test('ends written as start plus step on the dial repeat 02:30 and 03:00 instead', async () => {
    const stamps = ['01:30', '02:00', '02:30', '03:00', '02:30', '03:00', '03:30'].map(
      (at) => `2026-10-25 ${at}:00`,
    );
    const whole = await reading(table(...stamps.map((stamp) => row(stamp, 600))));
    expect(starts(whole)).toEqual([
      '2026-10-24T23:00:00Z',
      '2026-10-24T23:30:00Z',
      '2026-10-25T00:00:00Z',
      '2026-10-25T00:30:00Z',
      '2026-10-25T01:00:00Z',
      '2026-10-25T01:30:00Z',
      '2026-10-25T02:00:00Z',
    ]);
    expect(rules(whole)).toEqual([]);
  });

  test('timestamps declared as starts keep 46 and 50 half hours', async () => {
    const spring = [...halfHours(0, 2), ...halfHours(3, 24)].map((at) => row(`2026-03-29 ${at}`, 600));
    const autumn = [...halfHours(0, 3), ...halfHours(2, 24)].map((at) => row(`2026-10-25 ${at}`, 600));
    const first = await reading(table(...spring), { timestamp: 'start' });
    expect([intervals(first).length, starts(first)[0], starts(first).at(-1)]).toEqual([
      46,
      '2026-03-28T23:00:00Z',
      '2026-03-29T21:30:00Z',
    ]);
    const second = await reading(table(...autumn), { timestamp: 'start' });
    expect([intervals(second).length, starts(second)[0], starts(second).at(-1)]).toEqual([
      50,
      '2026-10-24T22:00:00Z',
      '2026-10-25T22:30:00Z',
    ]);
    expect([...codes(first), ...codes(second)]).toEqual([]);
  });

  test('a file in descending order tells summer from winter time all the same', async () => {
    const ascending = ['01:30', '02:00', '02:30', '02:00', '02:30', '03:00'];
    const powers = [100, 200, 300, 400, 500, 600];
    const rows = ascending.map((at, index) => row(`2026-10-25 ${at}:00`, powers[index] ?? 0));
    const energies = (whole: WholeReading) =>
      Object.fromEntries(intervals(whole).map((one) => [one.interval_start, one.energy_kwh]));
    const upward = energies(await reading(table(...rows)));
    expect(energies(await reading(table(...rows.toReversed())))).toEqual(upward);
    expect(upward['2026-10-25T00:00:00Z']).toBe('0.150000');
  });

  test('an offset in the timestamp is believed', async () => {
    const whole = await reading(
      table(
        row('2026-10-25T02:30:00+02:00', 600),
        row('2026-10-25T02:00:00+01:00', 600),
        row('2026-10-25T01:30:00Z', 600),
      ),
    );
    expect(starts(whole)).toEqual(['2026-10-25T00:00:00Z', '2026-10-25T00:30:00Z', '2026-10-25T01:00:00Z']);
  });

  test('the repeated hour that stands once is read as summer time and remarked', async () => {
    const whole = await reading(table(row('2026-10-25 02:30:00', 600)));
    expect(starts(whole)).toEqual(['2026-10-25T00:00:00Z']);
    expect(codes(whole)).toEqual(['ENE-013']);
  });

  test('consumption and production stand side by side; nature says the quality', async () => {
    const whole = await reading(
      table(
        row('2026-01-13 00:30:00', 100, { nature: 'B' }),
        row('2026-01-13 00:30:00', 200, { direction: 'PROD', nature: 'C' }),
        row('2026-01-13 01:00:00', 300, { nature: 'E' }),
        row('2026-01-13 01:30:00', 400, { nature: '', stage: 'CORRIGE' }),
        row('2026-01-13 02:00:00', 500, { nature: 'Z' }),
      ),
    );
    expect(intervals(whole).map((one) => [one.direction, one.quality])).toEqual([
      ['consumption', 'measured'],
      ['production', 'corrected'],
      ['consumption', 'estimated'],
      ['consumption', 'corrected'],
      ['consumption', 'estimated'],
    ]);
    expect(codes(whole)).toEqual(['ENE-014']);
  });

  test('a gap is remarked with its bounds, and nothing is filled in', async () => {
    const whole = await reading(table(row('2026-01-13 00:30:00', 100), row('2026-01-13 03:00:00', 100)));
    expect(intervals(whole)).toHaveLength(2);
    expect(whole.reading.remarks).toMatchObject([
      {
        code: 'ENE-010',
        row: 3,
        message: expect.stringContaining('from 2026-01-12T23:30:00Z to 2026-01-13T01:30:00Z'),
      },
    ]);
  });

  test('past twenty gaps only their number is said', async () => {
    const rows = Array.from({ length: 24 }, (_, hour) =>
      row(`2026-01-13 ${String(hour).padStart(2, '0')}:30:00`, 100),
    );
    const whole = await reading(table(...rows));
    expect(codes(whole).filter((code) => code === 'ENE-010')).toHaveLength(20);
    expect(whole.reading.remarks?.at(-1)?.message).toContain('3 more gaps, 23 in all');
  });

  test('the later of two rows for one interval is rejected; a corrected one prevails over a raw one', async () => {
    const whole = await reading(
      table(
        row('2026-01-13 00:30:00', 100),
        row('2026-01-13 00:30:00', 999),
        row('2026-01-13 01:00:00', 100),
        row('2026-01-13 01:00:00', 120, { nature: 'C', stage: 'CORRIGE' }),
      ),
    );
    expect(intervals(whole).map((one) => [one.row_number, one.energy_kwh])).toEqual([
      [2n, '0.050000'],
      [5n, '0.060000'],
    ]);
    expect(whole.rejects).toMatchObject([
      { row_number: 3n, rule: 'overlapping_interval', message: expect.stringContaining('line 2') },
      { row_number: 4n, rule: 'overlapping_interval', message: expect.stringContaining('line 5') },
    ]);
    expect(codes(whole)).toEqual(['ENE-015']);
  });

  test('an hour over half hours already there is rejected, the half hours are not', async () => {
    const whole = await reading(
      table(
        row('2026-01-13 00:30:00', 100),
        row('2026-01-13 01:00:00', 100),
        row('2026-01-13 01:00:00', 100, { step: 'PT60M' }),
        row('2026-01-13 01:30:00', 100),
      ),
    );
    expect(intervals(whole).map((one) => one.row_number)).toEqual([2n, 3n, 5n]);
    expect(whole.rejects).toMatchObject([{ row_number: 4n, rule: 'overlapping_interval' }]);
  });

  test('what cannot be used is rejected by name, never read as zero', async () => {
    const whole = await reading(
      table(
        row('2026-01-13 00:30:00', ''),
        row('2026-01-13 01:00:00', 'abc'),
        row('2026-01-13 01:30:00', -5),
        row('13 janvier', 5),
        row('2026-01-13 02:30:00', 5, { unit: 'kVA' }),
        row('2026-01-13 03:00:00', 5, { step: 'PT7M' }),
        row('2026-01-13 03:30:00', 5, { direction: 'AUTRE' }),
        row('2026-01-13 04:00:00', 5, { meter: '1,91258E+13' }),
        `${METER};2026-01-01`,
      ),
    );
    expect(rules(whole)).toEqual([
      'absent_value',
      'unreadable_value',
      'negative_value',
      'unreadable_timestamp',
      'unknown_unit',
      'unknown_step',
      'unknown_direction',
      'meter_scientific',
      'field_count',
    ]);
    expect(whole.reading.rowsRead).toBe(9);
  });

  test('reactive power is no consumption: named, not counted', async () => {
    const whole = await reading(
      table(
        row('2026-01-13 00:30:00', 100),
        row('2026-01-13 00:30:00', 40, { quantity: 'PRI', unit: 'VAr' }),
      ),
    );
    expect(whole.reading.rowsRead).toBe(1);
    expect(whole.reading.remarks).toMatchObject([
      { code: 'ENE-012', message: expect.stringContaining('1 row holds PRI') },
    ]);
  });

  test('Windows-1252, UTF-16, CRLF and gzip give the same rows', async () => {
    const text = table(row('2026-01-13 00:30:00', 692), row('2026-01-13 01:00:00', 692));
    const plain = intervals(await reading(text));
    expect(intervals(await reading(Buffer.from(text, 'latin1')))).toEqual(plain);
    expect(
      intervals(await reading(Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from(text, 'utf16le')]))),
    ).toEqual(plain);
    expect(intervals(await reading(`\ufeff${text.replaceAll('\n', '\r\n')}`))).toEqual(plain);
    expect(intervals(await reading(gzipSync(text)))).toEqual(plain);
  });

  test('quoted cells and blank lines keep the physical line as the address', async () => {
    const whole = await reading(
      `${TABLE}\n\n${row('2026-01-13 00:30:00', 692)
        .split(';')
        .map((cell) => `"${cell}"`)
        .join(';')}\n`,
    );
    expect(intervals(whole)).toMatchObject([{ row_number: 3n, energy_kwh: '0.346000' }]);
  });
});

describe('customer space exports', () => {
  const BLOCK =
    'Identifiant PRM;Type de donnees;Date de debut;Date de fin;Grandeur physique;Grandeur metier;Etape metier;Unite';
  const curve = (...rows: string[]) =>
    [
      BLOCK,
      `${METER};Courbe de charge;13/01/2026;14/01/2026;Energie active;Consommation;Comptage Brut;W`,
      '',
      'Horodate;Valeur',
      ...rows,
    ].join('\n');

  test('two headings: the first names meter and unit, the step is the distance between rows', async () => {
    const whole = await reading(
      curve(
        '2026-01-13T00:30:00+01:00;692',
        '2026-01-13T01:00:00+01:00;692',
        '2026-01-13T01:30:00+01:00;692',
      ),
    );
    expect(intervals(whole)).toMatchObject([
      {
        row_number: 5n,
        meter: METER,
        interval_start: '2026-01-12T23:00:00Z',
        minutes: '30',
        energy_kwh: '0.346000',
      },
      { row_number: 6n, interval_start: '2026-01-12T23:30:00Z', minutes: '30' },
      { row_number: 7n, interval_start: '2026-01-13T00:00:00Z', minutes: '30' },
    ]);
  });

  test('a missing half hour does not make its neighbour an hour long', async () => {
    const ends = ['00:30', '01:00', '02:00', '02:30', '03:00'].map((at) => `2026-01-13T${at}:00+01:00;600`);
    const whole = await reading(curve(...ends));
    expect(intervals(whole).map((one) => one.minutes)).toEqual(['30', '30', '30', '30', '30']);
    expect(codes(whole)).toEqual(['ENE-010']);
  });

  test('a step that changes without being stated is seen from the distances', async () => {
    const ends = ['00:10', '00:20', '00:30', '01:00', '01:30', '02:00'].map(
      (at) => `2026-01-13T${at}:00+01:00;600`,
    );
    const whole = await reading(curve(...ends));
    expect(intervals(whole).map((one) => one.minutes)).toEqual(['10', '10', '10', '30', '30', '30']);
  });

  test('stamps from midnight to just before midnight draw a remark that they may be starts', async () => {
    const stamps = halfHours(0, 24).map((at) => `2026-01-13T${at}+01:00;600`);
    expect(codes(await reading(curve(...stamps)))).toEqual(['ENE-017']);
    const declared = await reading(curve(...stamps), { timestamp: 'start' });
    expect(codes(declared)).toEqual([]);
    expect(starts(declared)[0]).toBe('2026-01-12T23:00:00Z');
  });

  test('names and values on one line, unit in the heading of the value', async () => {
    const text = [
      'Identifiant PRM;30001234567890;Type de donnees;Courbe de charge;',
      'horodate ISO fin de pas;puissance moyenne (W)',
      '2026-01-13T00:30:00+01:00;1200',
      '2026-01-13T01:00:00+01:00;800',
    ].join('\n');
    // 1200 W and 800 W over half an hour: 0.6 + 0.4 kWh
    const whole = await reading(text);
    expect(total(whole)).toBe(1_000_000n);
  });

  test('two meters in one file keep apart', async () => {
    const other = curve('2026-01-13T00:30:00+01:00;100', '2026-01-13T01:00:00+01:00;100').replace(
      METER,
      '30009876543210',
    );
    const whole = await reading(
      `${curve('2026-01-13T00:30:00+01:00;200', '2026-01-13T01:00:00+01:00;200')}\n${other}`,
    );
    expect(intervals(whole).map((one) => [one.meter, one.energy_kwh])).toEqual([
      [METER, '0.100000'],
      [METER, '0.100000'],
      ['30009876543210', '0.050000'],
      ['30009876543210', '0.050000'],
    ]);
  });

  test('daily energies cover the civil day, 23 and 25 hours long on switch days', async () => {
    const text = [
      BLOCK,
      `${METER};Consommation quotidienne;28/03/2026;26/10/2026;Energie active;Consommation;Comptage Brut;Wh`,
      'Date;Valeur (en kWh)',
      '28/03/2026;12,5',
      '29/03/2026;11',
      '2026-03-30;NA',
      '25/10/2026;13',
    ].join('\n');
    const whole = await reading(text);
    expect(intervals(whole).map((one) => [one.interval_start, one.minutes, one.energy_kwh])).toEqual([
      ['2026-03-27T23:00:00Z', '1440', '12.500000'],
      ['2026-03-28T23:00:00Z', '1380', '11.000000'],
      ['2026-10-24T22:00:00Z', '1500', '13.000000'],
    ]);
    expect(rules(whole)).toEqual(['absent_value']);
  });

  test('monthly energies cover the civil month', async () => {
    const text = [
      BLOCK,
      `${METER};Consommation mensuelle;01/02/2026;31/03/2026;Energie active;Consommation;Comptage Brut;Wh`,
      'Date;Valeur (en kWh)',
      '02/2026;300',
      '2026-03;310',
    ].join('\n');
    // February: 28 days x 1440; March: 31 x 1440 - 60
    expect(intervals(await reading(text)).map((one) => one.minutes)).toEqual(['40320', '44580']);
  });
});

describe('daily indexes', () => {
  const BLOCK = `Identifiant PRM;Type de donnees;Date de debut;Date de fin;Grandeur physique;Grandeur metier;Etape metier;Unite
${METER};Index;01/03/2026;01/04/2026;Energie active;Consommation;Comptage Brut;Wh`;
  const indexes = (head: string, ...rows: string[]) =>
    `${BLOCK}\nHorodate;Type de releve;${head}\n${rows.join('\n')}\n`;
  const daily = (stamp: string, ...values: (number | string)[]) =>
    `${stamp};Arrêté quotidien;${values.join(';')}`;

  test('consumption is the difference of successive indexes; the first reading has none', async () => {
    const whole = await reading(
      indexes(
        'EAS T',
        daily('2026-01-13T00:00:00+01:00', 1000),
        daily('2026-01-14T00:00:00+01:00', 6255),
        daily('2026-01-15T00:00:00+01:00', 14456),
      ),
    );
    // 6255 - 1000 = 5255 Wh; 14456 - 6255 = 8201 Wh
    expect(intervals(whole)).toMatchObject([
      {
        row_number: 5n,
        interval_start: '2026-01-12T23:00:00Z',
        minutes: '1440',
        energy_kwh: '5.255000',
        quality: 'measured',
      },
      { row_number: 6n, interval_start: '2026-01-13T23:00:00Z', minutes: '1440', energy_kwh: '8.201000' },
    ]);
    expect(whole.reading.rowsRead).toBe(2);
    expect(whole.reading.facts?.first_readings).toBe('1');
  });

  test('the total is taken, and the classes are not added to it', async () => {
    const head = 'EAS F1;EAS F2;EAS D1;EAS T';
    const whole = await reading(
      indexes(
        head,
        daily('2026-01-13T00:00:00+01:00', 600, 400, 1000, 1000),
        daily('2026-01-14T00:00:00+01:00', 900, 500, 1400, 1400),
      ),
    );
    expect(total(whole)).toBe(400_000n);
  });

  test('without a total the supplier classes are summed, the distributor classes are not', async () => {
    const head = 'EAS F1;EAS F2;EAS D1';
    const whole = await reading(
      indexes(
        head,
        daily('2026-01-13T00:00:00+01:00', 600, 400, 1000),
        daily('2026-01-14T00:00:00+01:00', 900, 500, 1400),
      ),
    );
    expect(total(whole)).toBe(400_000n);
  });

  test('a day of 23 or 25 hours comes from the timestamps', async () => {
    const whole = await reading(
      indexes(
        'EAS T',
        daily('2026-03-29T00:00:00+01:00', 0),
        daily('2026-03-30T00:00:00+02:00', 10),
        daily('2026-10-25T00:00:00+02:00', 20),
        daily('2026-10-26T00:00:00+01:00', 30),
      ),
    );
    expect(intervals(whole).map((one) => one.minutes)).toEqual(['1380', String(209 * 1440), '1500']);
  });

  test('missing days give one longer measured interval and a remark that names the gap', async () => {
    const stamps = ['10', '11', '12', '15', '16'].map((day, index) =>
      daily(`2026-01-${day}T00:00:00+01:00`, index * 1000),
    );
    const whole = await reading(indexes('EAS T', ...stamps));
    expect(intervals(whole).map((one) => [one.minutes, one.quality])).toEqual([
      ['1440', 'measured'],
      ['1440', 'measured'],
      ['4320', 'measured'],
      ['1440', 'measured'],
    ]);
    expect(whole.reading.remarks).toMatchObject([
      {
        code: 'ENE-016',
        row: 7,
        message: expect.stringContaining(
          'between 2026-01-11T23:00:00Z and 2026-01-14T23:00:00Z: one interval of 3 days',
        ),
      },
    ]);
  });

  test('an index that goes back is rejected, and the next day counts from it', async () => {
    const whole = await reading(
      indexes(
        'EAS T',
        daily('2026-01-13T00:00:00+01:00', 9000),
        daily('2026-01-14T00:00:00+01:00', 100),
        daily('2026-01-15T00:00:00+01:00', 350),
      ),
    );
    expect(whole.rejects).toMatchObject([
      { row_number: 5n, rule: 'negative_index_difference', value: '-8900.000000' },
    ]);
    expect(total(whole)).toBe(250_000n);
    expect(whole.reading.rowsRead).toBe(2);
  });

  test('a reading twice, an empty one and a broken one are rejected and bridged', async () => {
    const whole = await reading(
      indexes(
        'EAS T',
        daily('2026-01-13T00:00:00+01:00', 1000),
        daily('2026-01-13T00:00:00+01:00', 1000),
        daily('2026-01-14T00:00:00+01:00', ''),
        daily('2026-01-15T00:00:00+01:00', 'x'),
        daily('2026-01-16T00:00:00+01:00', 4000),
      ),
    );
    expect(rules(whole)).toEqual(['repeated_reading', 'absent_value', 'unreadable_value']);
    expect(intervals(whole)).toMatchObject([{ row_number: 8n, minutes: '4320', energy_kwh: '3.000000' }]);
    expect(whole.reading.rowsRead).toBe(4);
  });

  test('energy fed in is a series of its own', async () => {
    const whole = await reading(
      indexes(
        'EAS T;EAI T',
        daily('2026-01-13T00:00:00+01:00', 0, 0),
        daily('2026-01-14T00:00:00+01:00', 3000, 700),
      ),
    );
    expect(
      intervals(whole)
        .map((one) => [one.direction, one.energy_kwh])
        .sort(),
    ).toEqual([
      ['consumption', '3.000000'],
      ['production', '0.700000'],
    ]);
  });

  test('a line that says nothing of the energy fed in is no reading of it; alone, it is an absent one', async () => {
    const both = await reading(
      indexes(
        'EAS T;EAI T',
        daily('2026-01-13T00:00:00+01:00', 0, ''),
        daily('2026-01-14T00:00:00+01:00', 3000, ''),
      ),
    );
    expect([both.reading.rowsRead, both.rejects]).toEqual([1, []]);
    const alone = await reading(
      `${table(row('2026-01-13 00:30:00', 1))}${indexes('EAI T', daily('2026-01-13T00:00:00+01:00', 0), daily('2026-01-14T00:00:00+01:00', ''))}`,
    );
    expect(rules(alone)).toEqual(['absent_value']);
    expect(alone.reading.rowsRead).toBe(2);
  });

  test('the calendar that follows the indexes is no reading', async () => {
    const calendar = 'Periode;Identifiant calendrier fournisseur\nDu 2026-01-13T00:00:00+01:00 au;FC000165\n';
    const whole = await reading(
      `${indexes('EAS T', daily('2026-01-13T00:00:00+01:00', 0), daily('2026-01-14T00:00:00+01:00', 5))}${calendar}`,
    );
    expect(whole.reading.rowsRead).toBe(1);
    expect(whole.rejects).toEqual([]);
  });
});

describe('files that are no Enedis export', () => {
  const refused = async (content: string | Buffer) =>
    reading(content).then(
      () => 'read',
      (error) => `${error.name} ${error.code}`,
    );

  test('each says what it is', async () => {
    expect(await refused('')).toBe('ExtractError ENE-001');
    expect(await refused(gzipSync(table(row('2026-01-13 00:30:00', 1))).subarray(0, 60))).toBe(
      'ExtractError ENE-001',
    );
    expect(await refused(Buffer.from('PK\u0003\u0004rest'))).toBe('ExtractError ENE-002');
    expect(await refused(Buffer.from([0x41, 0, 0, 0x42]))).toBe('ExtractError ENE-002');
    expect(await refused('a;b;c\n1;2;3\n')).toBe('ExtractError ENE-003');
    expect(await refused(table(row('2026-01-13 00:30:00', 1)).replace('Unité', 'Mesure'))).toBe(
      'ExtractError ENE-004',
    );
  });

  test('a heading without rows is an empty series', async () => {
    const whole = await reading(table());
    expect(whole.reading.rowsRead).toBe(0);
    expect(intervals(whole)).toEqual([]);
  });
});

test('whatever stands under the heading, rows read are intervals and rejects', async () => {
  const cell = fc.constantFrom(
    '',
    '0',
    '12,5',
    '-1',
    'NaN',
    '1e5',
    "'; drop table x; --",
    '=1+1',
    '\u00e9',
    '99999999999999999999',
    'PT30M',
    '2026-10-25 02:30:00',
    '2026-03-29 02:30:00',
    '2026-01-13T00:30:00+01:00',
    METER,
    'CONS',
    'W',
    'B',
  );
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.array(cell, { minLength: 1, maxLength: 13 }), { maxLength: 12 }),
      async (rows) => {
        const whole = await reading(
          table(...rows.map((cells) => cells.join(';')), row('2026-01-13 00:30:00', 692)),
        );
        const held = rows.filter((cells) => cells.join('').trim() !== '').length + 1;
        const named = /^([0-9]+) rows? holds?/.exec(
          whole.reading.remarks?.find(({ code }) => code === 'ENE-012')?.message ?? '',
        )?.[1];
        expect(whole.reading.rowsRead + Number(named ?? 0)).toBe(held);
      },
    ),
    { numRuns: 30 },
  );
});
