import fc from 'fast-check';
import { afterEach, describe, expect, test } from 'vitest';
import { type Harmonised, harmonised } from './harmonised.ts';

let built: Harmonised | undefined;
afterEach(() => built?.close());
const energy = async (staged: Record<string, string>, last = '2025-Q1') => {
  built = await harmonised(staged, ['energy', 'energy_origin'], last);
  return (where = 'true') =>
    (built as Harmonised).rows<{
      date: string;
      meter: string;
      direction: string;
      mwh: string;
      quality: string;
      method: string | null;
      extract_id: string;
      row_number: number;
      last_row: number | null;
    }>(
      `select date::varchar as date, meter, carrier, direction, energy_mwh::varchar as mwh, quality, method, extract_id, row_number, last_row
       from model.energy where ${where} order by date, meter, extract_id, row_number, mwh`,
    );
};
/** A day's index of a meter, local midnight to local midnight, for each day of a range. */
const days = (
  meter: string,
  from: string,
  to: string,
  kwh: (day: Date) => number,
  skip: readonly string[] = [],
) => {
  const lines = [];
  for (
    let day = new Date(`${from}T00:00:00Z`);
    day <= new Date(`${to}T00:00:00Z`);
    day = new Date(day.getTime() + 86_400_000)
  ) {
    const text = day.toISOString().slice(0, 10);
    // winter time: local midnight is 23:00 UTC of the day before; the days used here lie in winter
    const start = new Date(day.getTime() - 3_600_000).toISOString().slice(0, 19).replace('T', ' ');
    if (!skip.includes(text)) lines.push(`${meter}  ${start}  1440  ${kwh(day)}  consumption  measured`);
  }
  return lines.join('\n');
};
const head = 'meter  interval_start  minutes  energy_kwh  direction  quality';
const told = ' and method is null';

describe('electricity by interval', () => {
  test('falls on the local day, before and after both changes of the clock', async () => {
    const rows = await energy({
      energy_intervals: `${head}
        M1  2025-01-31 22:30:00  30  1  consumption  measured
        M1  2025-01-31 23:00:00  30  2  consumption  measured
        M1  2025-03-30 21:30:00  30  4  consumption  measured
        M1  2025-03-30 22:00:00  30  8  consumption  measured`,
    });
    // 23:00 UTC is midnight in winter; after 30 March 2025, 22:00 UTC is
    expect(
      (await rows("date in ('2025-01-31', '2025-02-01', '2025-03-30', '2025-03-31') and method is null")).map(
        (r) => [r.date, r.mwh],
      ),
    ).toEqual([
      ['2025-01-31', '0.001000000'],
      ['2025-02-01', '0.002000000'],
      ['2025-03-30', '0.004000000'],
      ['2025-03-31', '0.008000000'],
    ]);
  });

  test('counts the 23-hour day as whole: 46 half hours leave no gap', async () => {
    const half = (n: number) =>
      new Date(Date.UTC(2025, 2, 29, 23, 0) + n * 1_800_000).toISOString().slice(0, 19).replace('T', ' ');
    const rows = await energy({
      energy_intervals: [
        head,
        ...Array.from({ length: 46 }, (_, n) => `M1  ${half(n)}  30  1  consumption  measured`),
      ].join('\n'),
    });
    const day = await rows("date = '2025-03-30'");
    expect(day.map(({ mwh, quality, row_number, last_row }) => [mwh, quality, row_number, last_row])).toEqual(
      [['0.046000000', 'measured', 1, 46]],
    );
  });

  test('is one row a day and extract where its rows stand together, else one each; estimated apart', async () => {
    const at = (day: number, n: number) =>
      new Date(Date.UTC(2025, 0, day, 9, 30 * n)).toISOString().slice(0, 19).replace('T', ' ');
    const rows = await energy({
      energy_intervals: `${head}
        M1  ${at(6, 0)}  30  1  consumption  measured
        M1  ${at(6, 1)}  30  2  consumption  corrected
        M1  ${at(6, 2)}  30  4  consumption  estimated
        M1  ${at(6, 3)}  30  8  consumption  estimated
        M1  ${at(7, 0)}  30  16  consumption  measured
        M2  ${at(7, 0)}  30  32  consumption  measured
        M1  ${at(7, 1)}  30  64  consumption  measured`,
    });
    expect(
      (
        await rows(
          "date between '2025-01-06' and '2025-01-07' and method is distinct from 'mean_of_neighbours'",
        )
      ).map(({ date, meter, mwh, quality, row_number, last_row }) => [
        date,
        meter,
        mwh,
        quality,
        row_number,
        last_row,
      ]),
    ).toEqual([
      ['2025-01-06', 'M1', '0.003000000', 'measured', 1, 2],
      ['2025-01-06', 'M1', '0.012000000', 'estimated', 3, 4],
      ['2025-01-07', 'M1', '0.016000000', 'measured', 5, null],
      ['2025-01-07', 'M1', '0.064000000', 'measured', 7, null],
      ['2025-01-07', 'M2', '0.032000000', 'measured', 6, null],
    ]);
  });

  test('of the hour that comes twice in autumn is no repetition', async () => {
    const half = (n: number) =>
      new Date(Date.UTC(2025, 9, 25, 22, 0) + n * 1_800_000).toISOString().slice(0, 19).replace('T', ' ');
    const rows = await energy(
      {
        energy_intervals: [
          head,
          ...Array.from({ length: 50 }, (_, n) => `M1  ${half(n)}  30  1  consumption  measured`),
        ].join('\n'),
      },
      '2025-Q4',
    );
    expect((await rows("date = '2025-10-26'")).map(({ mwh, last_row }) => [mwh, last_row])).toEqual([
      ['0.050000000', 50],
    ]);
  });

  test('adds up to the intervals by hand: each start once, the better quality, then the later extract', async () => {
    const interval = fc.record({
      meter: fc.constantFrom('M1', 'M2'),
      slot: fc.integer({ min: 0, max: 60 }),
      kwh: fc.integer({ min: 0, max: 999 }),
      quality: fc.constantFrom('corrected', 'measured', 'estimated'),
      extract: fc.constantFrom('first', 'later'),
    });
    const start = (slot: number) =>
      new Date(Date.UTC(2025, 2, 29, 12, 0) + slot * 1_800_000).toISOString().slice(0, 19).replace('T', ' ');
    await fc.assert(
      fc.asyncProperty(fc.array(interval, { minLength: 1, maxLength: 80 }), async (intervals) => {
        const of = (extract: string) => intervals.filter((one) => one.extract === extract);
        const text = (extract: string) =>
          [
            head,
            ...of(extract).map(
              (i) => `${i.meter}  ${start(i.slot)}  30  ${i.kwh}  consumption  ${i.quality}`,
            ),
          ].join('\n');
        const rows = await energy(
          Object.fromEntries(
            ['first', 'later']
              .filter((extract) => of(extract).length > 0)
              .map((extract) => [`energy_intervals@${extract}`, text(extract)]),
          ),
        );
        // March 30, 2025, begins at 23:00 UTC of the 29th and ends at 22:00 UTC
        const day = (slot: number) =>
          slot < 22 ? '2025-03-29' : slot < 22 + 46 ? '2025-03-30' : '2025-03-31';
        const rank = ['corrected', 'measured', 'estimated'];
        const chosen = new Map<string, (typeof intervals)[number] & { row: number }>();
        for (const extract of ['first', 'later'])
          of(extract).forEach((one, n) => {
            const key = `${one.meter} ${one.slot}`;
            const held = chosen.get(key);
            if (!held || rank.indexOf(one.quality) <= rank.indexOf(held.quality))
              chosen.set(key, { ...one, row: n + 1 });
          });
        const places = (list: Iterable<[string, number]>) => {
          const sums = new Map<string, number>();
          for (const [key, kwh] of list) sums.set(key, (sums.get(key) ?? 0) + kwh);
          return [...sums].sort();
        };
        const own = await rows("method is null or method = 'estimated_by_source'");
        expect(
          places(
            own.map((r) => [
              `${r.meter} ${r.date} ${r.quality} ${r.extract_id}`,
              Math.round(Number(r.mwh) * 1000),
            ]),
          ),
        ).toEqual(
          places(
            [...chosen.values()].map((i) => [
              `${i.meter} ${day(i.slot)} ${i.quality === 'estimated' ? 'estimated' : 'measured'} ${i.extract}`,
              i.kwh,
            ]),
          ),
        );
        // each row names the staged rows that it adds up, no more and no fewer
        const named = own.flatMap((r) =>
          Array.from(
            { length: (r.last_row ?? r.row_number) - r.row_number + 1 },
            (_, n) => `${r.extract_id} ${r.row_number + n}`,
          ),
        );
        expect(named.sort()).toEqual([...chosen.values()].map((i) => `${i.extract} ${i.row}`).sort());
        built?.close();
      }),
      { numRuns: 15 },
    );
  });

  test('counts an interval once when it comes twice, the corrected one', async () => {
    const rows = await energy({
      energy_intervals: `${head}
        M1  2025-01-06 10:00:00  30  10  consumption  measured`,
      'energy_intervals@later': `${head}
        M1  2025-01-06 10:00:00  30  12  consumption  corrected`,
    });
    expect((await rows(`date = '2025-01-06'${told}`)).map((r) => [r.mwh, r.extract_id])).toEqual([
      ['0.012000000', 'later'],
    ]);
  });

  test('counts a day once when the curve and the index both tell it', async () => {
    const half = (n: number) =>
      new Date(Date.UTC(2025, 0, 5, 23, 0) + n * 1_800_000).toISOString().slice(0, 19).replace('T', ' ');
    const rows = await energy({
      'energy_intervals@curve': [
        head,
        ...Array.from({ length: 48 }, (_, n) => `M1  ${half(n)}  30  1  consumption  measured`),
      ].join('\n'),
      'energy_intervals@index': `${head}\n${days('M1', '2025-01-05', '2025-01-07', () => 50)}`,
    });
    const sums = await (built as Harmonised).rows(
      "select date::varchar as date, sum(energy_mwh)::varchar as mwh, min(extract_id) as source from model.energy where date between '2025-01-05' and '2025-01-07' group by all order by 1",
    );
    expect(sums).toEqual([
      { date: '2025-01-05', mwh: '0.050000000', source: 'index' },
      { date: '2025-01-06', mwh: '0.048000000', source: 'curve' },
      { date: '2025-01-07', mwh: '0.050000000', source: 'index' },
    ]);
    expect(await rows("quality = 'estimated' and date <= '2025-01-07'")).toEqual([]);
  });

  test('shares an index of several days among them, without losing a watt-hour', async () => {
    const rows = await energy({
      energy_intervals: `${head}\n        M1  2025-01-05 23:00:00  4320  100  consumption  measured`,
    });
    const parts = await rows("date between '2025-01-06' and '2025-01-08'");
    // 100 kWh over three days: 33.333333 + 33.333334 + 33.333333
    expect(parts.map((r) => r.mwh)).toEqual(['0.033333333', '0.033333334', '0.033333333']);
    expect(parts.every((r) => r.row_number === 1)).toBe(true);
  });
});

describe('a meter with a gap', () => {
  test('is estimated by the same weekday of the year before, which it names', async () => {
    const rows = await energy(
      {
        'energy_intervals@old': `${head}\n${days('M1', '2025-01-01', '2025-01-31', (day) => day.getUTCDate() * 10)}`,
        'energy_intervals@new': `${head}\n${days('M1', '2026-01-01', '2026-01-31', () => 500, ['2026-01-20'])}`,
      },
      '2026-Q1',
    );
    // 20 January 2026 less 364 days is 21 January 2025, a Tuesday too: 210 kWh, row 21 of its extract
    expect(await rows("date = '2026-01-20'")).toEqual([
      {
        date: '2026-01-20',
        meter: 'M1',
        carrier: 'electricity',
        direction: 'consumption',
        mwh: '0.210000000',
        quality: 'estimated',
        method: 'same_weekday_year_before',
        extract_id: 'old',
        row_number: 21,
        last_row: null,
      },
    ]);
  });

  test('is estimated by the mean of its neighbours where there is no year before', async () => {
    const rows = await energy({
      energy_intervals: `${head}\n${days('M1', '2025-01-01', '2025-01-31', (day) => day.getUTCDate() * 10, ['2025-01-15'])}`,
    });
    // 14 January 140 kWh, 16 January 160 kWh: 150 kWh
    expect((await rows("date = '2025-01-15'")).map((r) => [r.mwh, r.quality, r.method])).toEqual([
      ['0.150000000', 'estimated', 'mean_of_neighbours'],
    ]);
  });

  test('is estimated for the missing part of a day only', async () => {
    const half = (n: number) =>
      new Date(Date.UTC(2025, 0, 14, 23, 0) + n * 1_800_000).toISOString().slice(0, 19).replace('T', ' ');
    const rows = await energy({
      'energy_intervals@index': `${head}\n${days('M1', '2025-01-14', '2025-01-16', () => 96, ['2025-01-15'])}`,
      'energy_intervals@half': [
        head,
        ...Array.from({ length: 24 }, (_, n) => `M1  ${half(n)}  30  1  consumption  measured`),
      ].join('\n'),
    });
    // half of the day is told; the other half is half of 96 kWh
    expect((await rows("date = '2025-01-15' and quality = 'estimated'")).map((r) => r.mwh)).toEqual([
      '0.048000000',
    ]);
  });

  test('stays a gap when nothing within a month says what it was', async () => {
    const rows = await energy({
      energy_intervals: `${head}\n${days('M1', '2025-01-01', '2025-01-05', () => 10)}`,
    });
    expect((await rows("quality = 'estimated'")).at(-1)?.date).toBe('2025-02-05');
  });
});

describe('readings', () => {
  test('of gas in gross kWh are divided by 1.111', async () => {
    const rows = await energy({
      gas_readings: `meter  start_date  end_date  energy_kwh_pcs  quality
        G1  2025-01-01  2025-01-31  1111  measured`,
    });
    expect((await rows(`date = '2025-01-31'${told}`)).map((r) => [r.mwh, r.row_number])).toEqual([
      ['1.000000000', 1],
    ]);
  });

  test('that cross months are shared by days and add up', async () => {
    const rows = await energy({
      gas_readings: `meter  start_date  end_date  energy_kwh_pcs  quality
        G1  2025-01-22  2025-02-20  3333  measured`,
    });
    // 30 days, 3 MWh net: 10 days of January, 20 of February
    expect((await rows('method is null')).map((r) => [r.date, r.mwh, r.row_number])).toEqual([
      ['2025-01-31', '1.000000000', 1],
      ['2025-02-20', '2.000000000', 1],
    ]);
  });

  test('declared absent are no zero: the days are estimated', async () => {
    const rows = await energy({
      gas_readings: `meter  start_date  end_date  energy_kwh_pcs  quality
        G1  2025-01-01  2025-01-31  34441  measured
        G1  2025-02-01  2025-02-01  0  absent
        G1  2025-02-02  2025-03-31  64438  measured`,
    });
    // 31 MWh over 31 days and 58 MWh over 58 days: 1 MWh a day
    expect((await rows("date = '2025-02-01'")).map((r) => [r.mwh, r.quality])).toEqual([
      ['1.000000000', 'estimated'],
    ]);
  });

  test('in other units become MWh: GJ, kWh PCS, litres of heating oil; an unknown one has no value', async () => {
    const rows = await energy({
      meter_readings: `entity  site  meter  carrier  period_start  period_end  quantity  unit  quality
        D  SD  H1  district_heat  2025-01-01  2025-01-31  3.6  GJ  billed
        D  SD  X1  natural_gas  2025-01-01  2025-01-31  1111  kWh_pcs  measured
        D  SD  X2  heating_oil  2025-01-01  2025-01-31  1000  l  billed
        D  SD  X3  district_heat  2025-01-01  2025-01-31  5  m3  billed`,
    });
    const read = await rows("date = '2025-01-31'");
    // 3.6 GJ = 1 MWh; 1,111 kWh PCS = 1 MWh; 1,000 l x 9.852941 kWh
    expect(read.map((r) => [r.meter, r.mwh])).toEqual([
      ['H1', '1.000000000'],
      ['X1', '1.000000000'],
      ['X2', '9.852941000'],
      ['X3', null],
    ]);
  });

  test('of solar power are generation; what goes to the grid is export', async () => {
    const rows = await energy({
      meter_readings: `entity  site  meter  carrier  period_start  period_end  quantity  unit  quality
        A  SA  PV1  self_generated_solar  2025-01-01  2025-01-31  900  kWh  measured`,
      energy_intervals: `${head}
        M1  2025-01-06 12:00:00  30  25  production  measured`,
    });
    expect(
      (await rows("date in ('2025-01-06', '2025-01-31') and method is null")).map((r) => [
        r.direction,
        r.mwh,
      ]),
    ).toEqual([
      ['export', '0.025000000'],
      ['generation', '0.900000000'],
    ]);
  });
});

describe('energy by origin', () => {
  test('gives a guarantee its share of each month and leaves the rest, adding up to the row', async () => {
    built = await harmonised(
      {
        meter_readings: `entity  site  meter  carrier  period_start  period_end  quantity  unit  quality
          A  SA  M1  electricity  2025-01-01  2025-01-31  200  MWh  measured
          A  SA  M1  electricity  2025-02-01  2025-02-28  10  MWh  measured`,
        energy_contracts: `entity  carrier  instrument  valid_from  valid_to  covered_mwh  factor_kgco2e_kwh  certificate
          A  electricity  guarantee_of_origin  2025-01-01  2025-02-28  118  0  GO-1`,
      },
      ['energy_origin'],
      '2025-Q1',
    );
    // 118 MWh over 59 days: 62 in January, 56 in February, of which 10 are used
    const parts = await built.rows(
      "select date::varchar as date, origin, renewable, energy_mwh::decimal(18,6)::varchar as mwh from model.energy_origin where quality = 'measured' order by date, origin",
    );
    expect(parts).toEqual([
      { date: '2025-01-31', origin: 'contract', renewable: true, mwh: '62.000000' },
      { date: '2025-01-31', origin: 'uncovered', renewable: false, mwh: '138.000000' },
      { date: '2025-02-28', origin: 'contract', renewable: true, mwh: '10.000000' },
    ]);
    expect(
      await built.rows(
        'select (select sum(energy_mwh) from model.energy) = (select sum(energy_mwh) from model.energy_origin) as same',
      ),
    ).toEqual([{ same: true }]);
  });
});
