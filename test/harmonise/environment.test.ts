import { afterEach, describe, expect, test } from 'vitest';
import { type Harmonised, harmonised } from './harmonised.ts';

let built: Harmonised | undefined;
afterEach(() => built?.close());
const rows = (sql: string) => (built as Harmonised).rows(sql);

describe('a mass declared for a period', () => {
  const head =
    'entity  site  medium  pollutant  period_start  period_end  quantity  unit  below_detection  quality';

  test('is shared by days, February of a leap year having 29, and adds up to what was declared', async () => {
    built = await harmonised(
      {
        pollution_register: `${head}\n          A  SA  air  NOX  2024-02-01  2024-03-31  60  kg  false  measured`,
      },
      ['pollutant'],
    );
    // 60 days: 29 in February, 31 in March
    expect(
      await rows('select date::varchar as date, mass_kg::varchar as kg from model.pollutant order by date'),
    ).toEqual([
      { date: '2024-02-29', kg: '29.000000' },
      { date: '2024-03-31', kg: '31.000000' },
    ]);
  });

  test('of a common year gives February 28 of 59 days', async () => {
    built = await harmonised(
      {
        pollution_register: `${head}\n          A  SA  air  NOX  2025-02-01  2025-03-31  59  kg  false  measured`,
      },
      ['pollutant'],
    );
    expect(await rows('select mass_kg::varchar as kg from model.pollutant order by date')).toEqual([
      { kg: '28.000000' },
      { kg: '31.000000' },
    ]);
  });

  test('below the limit of detection counts for half of it, as an estimate', async () => {
    built = await harmonised(
      {
        pollution_register: `${head}\n          A  SA  water  METALS  2025-01-01  2025-01-31  4  kg  true  measured`,
      },
      ['pollutant'],
    );
    expect(await rows('select mass_kg::varchar as kg, quality from model.pollutant')).toEqual([
      { kg: '2.000000', quality: 'estimated' },
    ]);
  });
});

describe('the register of sites', () => {
  test('holds a line until the next one, and no longer than the site belongs to the group', async () => {
    built = await harmonised(
      {
        site_register: `entity  site  valid_from  floor_area_m2  land_area_ha  sealed_area_ha  nature_area_ha  sensitive
          A  SA  2025-01-01  1000  2  1  0  none
          A  SA  2025-11-15  1000  2  0.8  0.2  near`,
      },
      ['site_month'],
      '2025-Q4',
    );
    // October still 1 ha sealed, November's end and December 0.8 ha
    expect(
      await rows(
        "select date::varchar as date, sealed_area_ha::varchar as sealed, sensitive from model.site_month where date >= '2025-10-01' order by date",
      ),
    ).toEqual([
      { date: '2025-10-31', sealed: '1.0000', sensitive: 'none' },
      { date: '2025-11-30', sealed: '0.8000', sensitive: 'near' },
      { date: '2025-12-31', sealed: '0.8000', sensitive: 'near' },
    ]);
    expect(await rows('select count(*) as n from model.site_month')).toEqual([{ n: 12 }]);
  });
});

describe('a commuting survey', () => {
  const person = (n: number, month: string) =>
    `A  SA  p${n}  ${month}  F  1980  permanent  1  worker  2020-01-01  EUR  true  false`;

  test('is carried to the headcount of each month', async () => {
    built = await harmonised(
      {
        hr_register: `entity  site  person  month  sex  birth_year  contract_class  fte_rate  job_class  entry_date  currency  collective_agreement  disability
          ${[1, 2, 3].map((n) => person(n, '2025-01-01')).join('\n')}
          ${[1, 2, 3, 4, 5, 6].map((n) => person(n, '2025-02-01')).join('\n')}`,
        commute_survey: `entity  site  valid_from  valid_to  mode  distance_km  days_per_week  occupants
          A  SA  2025-01-01  2025-02-28  car  8  5  2
          A  SA  2025-01-01  2025-02-28  train  30  3  -
          A  SA  2025-01-01  2025-02-28  walk  1  5  -`,
      },
      ['commuting'],
    );
    // a week there and back: car 2 x 8 x 5 = 80 km, two aboard; train 180 pkm. x 45 weeks / 12 = 3.75 a month.
    // January 3 people for 3 answers: 80 x 3.75 / 2 = 150, 180 x 3.75 = 675; February twice as many people
    expect(
      await rows(
        "select date::varchar as date, activity, unit, km::varchar as km from model.commuting where mode <> 'walk' order by date, activity",
      ),
    ).toEqual([
      { date: '2025-01-31', activity: 'car', unit: 'km', km: '150.000000' },
      { date: '2025-01-31', activity: 'rail_regional', unit: 'pkm', km: '675.000000' },
      { date: '2025-02-28', activity: 'car', unit: 'km', km: '300.000000' },
      { date: '2025-02-28', activity: 'rail_regional', unit: 'pkm', km: '1350.000000' },
    ]);
  });
});

describe('the base year', () => {
  const readings = 'entity  site  meter  carrier  period_start  period_end  quantity  unit  quality';
  const carbon = {
    base_year: {
      period: '2025-Q4',
      threshold: 0.05,
      restatements: [
        { entity: 'D', scope1: 12, scope2_location: 0, scope2_market: 0, source: 'statement of the seller' },
      ],
    },
  };

  test('is carried to the same month of each later year', async () => {
    built = await harmonised(
      {
        meter_readings: `${readings}\n          A  SA  X1  natural_gas  2025-03-01  2025-03-31  1111  kWh_pcs  measured`,
      },
      ['base_year'],
      '2026-Q1',
      undefined,
      carbon,
    );
    expect(
      await rows(
        "select date::varchar as date, base_date::varchar as base_date, tco2e::decimal(18,6)::varchar as t from model.base_year where scope = '1' and entity = 'A' order by date",
      ),
    ).toEqual([
      { date: '2025-03-31', base_date: '2025-03-31', t: '0.187000' },
      { date: '2026-03-31', base_date: '2025-03-31', t: '0.187000' },
    ]);
  });

  test('holds what an acquired company declares, a twelfth a month, with its source', async () => {
    built = await harmonised({}, ['base_year'], '2026-Q1', undefined, carbon);
    const declared = await rows(
      "select sum(tco2e)::decimal(18,6)::varchar as t, count(*) as n, any_value(source) as source from model.base_year where scope = '1' and year(date) = 2025",
    );
    expect(declared).toEqual([{ t: '12.000000', n: 12, source: 'statement of the seller' }]);
  });

  test('is empty where none is configured', async () => {
    built = await harmonised({}, ['base_year']);
    expect(await rows('select count(*) as n from model.base_year')).toEqual([{ n: 0 }]);
  });
});

describe('carbon credits', () => {
  test('count when they are cancelled, once a serial number', async () => {
    built = await harmonised(
      {
        carbon_credits: `entity  serial  project  standard  kind  quantity_tco2e  cancellation_date
          A  S-1  P  L  removal  10  2025-02-01
          A  S-2  P  L  removal  10  -`,
        'carbon_credits@later': `entity  serial  project  standard  kind  quantity_tco2e  cancellation_date
          A  S-1  P  L  removal  12  2025-02-01`,
      },
      ['carbon_credit'],
    );
    expect(await rows('select serial, tco2e::varchar as t from model.carbon_credit')).toEqual([
      { serial: 'S-1', t: '12.0000' },
    ]);
  });
});
