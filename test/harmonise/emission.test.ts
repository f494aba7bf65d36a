import { afterEach, describe, expect, test } from 'vitest';
import { type Harmonised, harmonised } from './harmonised.ts';

let built: Harmonised | undefined;
afterEach(() => built?.close());
const emissions = async (where: string) =>
  (built as Harmonised).rows(
    `select scope, category, basis, activity, country, quantity::decimal(18,3)::varchar as quantity, unit, factor_id, tco2e::decimal(18,6)::varchar as t, method, quality
     from model.emission where ${where} order by scope, category, basis, activity, country, quantity`,
  );
const refrigerants =
  'entity  site  equipment  intervention_date  fluid  charged_kg  recovered_kg  first_fill';
const readings = 'entity  site  meter  carrier  period_start  period_end  quantity  unit  quality';

describe('emissions', () => {
  test('of a fuel burn in scope 1 and come from upstream in scope 3, with factors apart', async () => {
    built = await harmonised(
      {
        meter_readings: `${readings}\n          A  SA  X1  natural_gas  2025-01-01  2025-01-31  1111  kWh_pcs  measured`,
      },
      ['emission'],
    );
    // 1,000 kWh net: 0.187 kg burnt, 0.0522 kg upstream
    expect(await emissions("activity = 'natural_gas'")).toEqual([
      {
        scope: '1',
        category: 'stationary',
        basis: null,
        activity: 'natural_gas',
        country: 'FR',
        quantity: '1000.000',
        unit: 'kWh_pci',
        factor_id: 'bc20-natural-gas',
        t: '0.187000',
        method: null,
        quality: 'calculated',
      },
      {
        scope: '3',
        category: 'c3_energy',
        basis: null,
        activity: 'natural_gas',
        country: 'FR',
        quantity: '1000.000',
        unit: 'kWh_pci',
        factor_id: 'der-natural-gas-upstream',
        t: '0.052200',
        method: null,
        quality: 'calculated',
      },
    ]);
  });

  test('of electricity take the country of the site, on both bases', async () => {
    built = await harmonised(
      {
        meter_readings: `${readings}
          A  SA  X1  electricity  2025-01-01  2025-01-31  1  MWh  measured
          D  SD  X2  electricity  2025-01-01  2025-01-31  1  MWh  measured`,
        energy_contracts: `entity  carrier  instrument  valid_from  valid_to  covered_mwh  factor_kgco2e_kwh  certificate
          D  electricity  supplier_specific  2025-01-01  2025-01-31  0.4  0.2  HKN-1`,
      },
      ['emission'],
    );
    expect(
      (await emissions("scope = '2'")).map((r) => [
        r.basis,
        r.country,
        r.quantity,
        r.factor_id,
        r.t,
        r.method,
      ]),
    ).toEqual([
      ['location', 'DE', '1000.000', 'eu23-grid-de', '0.311000', null],
      ['location', 'FR', '1000.000', 'eu23-grid-fr', '0.048200', null],
      // 400 kWh at the contract's 0.2, 600 at the residual mix of 2025, 0.70147
      ['market', 'DE', '400.000', 'contract:HKN-1', '0.080000', 'contract'],
      ['market', 'DE', '600.000', 'aib25-residual-de', '0.420882', 'residual_mix'],
      ['market', 'FR', '1000.000', 'aib25-residual-fr', '0.017110', 'residual_mix'],
    ]);
  });

  test('without a factor stay in sight with no value, never 0', async () => {
    built = await harmonised(
      {
        meter_readings: `${readings}\n          D  SD  H1  district_heat  2025-01-01  2025-01-31  1  MWh  billed`,
        refrigerants: `entity  site  equipment  intervention_date  fluid  charged_kg  recovered_kg  first_fill
          A  SA  1  2025-01-10  R-999  5  2  false`,
        fuel_cards: `entity  card  transaction_date  country  product  quantity  unit  amount_excl_vat  currency
          A  1  2025-01-15  FR  SUPER MYSTERE  10  l  15  EUR`,
      },
      ['emission'],
    );
    const rows = await emissions("quality <> 'estimated'");
    // heat is one supplier's: no residual mix is wanting
    expect(rows.map((r) => [r.category, r.basis, r.activity, r.t, r.method])).toEqual([
      ['fugitive', null, 'refrigerant_R-999', null, 'mass_balance'],
      ['mobile', null, 'unknown', null, null],
      ['heat', 'location', 'district_heat', null, null],
      ['heat', 'market', 'district_heat', null, null],
      ['c3_energy', null, 'district_heat', null, null],
      ['c3_energy', null, 'unknown', null, null],
    ]);
  });

  test('take no factor outside its validity', async () => {
    built = await harmonised(
      {
        meter_readings: `${readings}\n          A  SA  X1  electricity  2022-01-01  2022-01-31  1  MWh  measured`,
      },
      ['emission'],
    );
    expect((await emissions("basis = 'location'")).map((r) => [r.factor_id, r.t])).toEqual([[null, null]]);
  });

  test('of purchases leave out the group and what is followed by quantities', async () => {
    built = await harmonised(
      {
        fec_entries: `siren  closing_date  journal_code  entry_number  entry_date  account  auxiliary  debit  credit
          111111111  2025-12-31  AC  1  2025-02-10  401000  S1  0  2000
          111111111  2025-12-31  AC  1  2025-02-10  622600  -  1000  0
          111111111  2025-12-31  AC  1  2025-02-10  606110  -  1000  0
          111111111  2025-12-31  AC  2  2025-02-10  401000  IC-B  0  1000
          111111111  2025-12-31  AC  2  2025-02-10  622800  -  1000  0`,
      },
      ['emission'],
    );
    // 1 kEUR of fees at 67 kg
    expect(
      (await emissions('true')).map((r) => [r.category, r.activity, r.quantity, r.factor_id, r.t, r.quality]),
    ).toEqual([['c1_purchased', 'spend_M69-70', '1.000', 'sdes23-m69-70', '0.067000', 'by_spend']]);
  });

  test('of road fuel keep the biogenic part apart, and credits take emissions back', async () => {
    built = await harmonised(
      {
        fuel_cards: `entity  card  transaction_date  country  product  quantity  unit  amount_excl_vat  currency
          A  1  2025-01-10  FR  GO  100  l  140  EUR
          A  1  2025-01-11  FR  GO  -20  l  -28  EUR`,
      },
      ['emission'],
    );
    // 80 l x 2.49 kg, and 80 l x 0.155899 kg outside the scopes
    expect(
      await built.rows(
        "select sum(tco2e)::decimal(18,6)::varchar as t, sum(biogenic_tco2e)::decimal(18,8)::varchar as biogenic from model.emission where scope = '1'",
      ),
    ).toEqual([{ t: '0.199200', biogenic: '0.01247192' }]);
  });

  test.each([
    // 2 kg of R-410A, half R-32 and half R-125
    ['AR4', 'ar4-r-410a', '4.176000'], // 2 x 2,088
    ['AR5', 'ar5-r-410a', '3.847000'], // 2 x (677 + 3,170) / 2
    ['AR6', 'ar6-r-410a', '4.512000'], // 2 x 2,256
  ] as const)(
    'of refrigerants take the warming potentials of the report chosen: %s',
    async (set, factor, t) => {
      built = await harmonised(
        { refrigerants: `${refrigerants}\n          A  SA  1  2025-01-10  R410A  2  0  false` },
        ['emission'],
        '2026-Q1',
        undefined,
        { gwp_set: set },
      );
      expect((await emissions('true')).map((r) => [r.factor_id, r.t])).toEqual([[factor, t]]);
      expect(await built.rows('select distinct gwp_set from model.emission')).toEqual([{ gwp_set: set }]);
    },
  );

  test('of fluids outside the Kyoto basket stay outside the scopes', async () => {
    built = await harmonised(
      { refrigerants: `${refrigerants}\n          A  SA  1  2025-01-10  R 22  1  0  false` },
      ['emission'],
    );
    expect((await emissions('true')).map((r) => [r.scope, r.category, r.t])).toEqual([
      ['outside', 'non_kyoto', '1.960000'],
    ]);
  });

  test('say the version, source, certainty and uncertainty of the factor', async () => {
    built = await harmonised(
      {
        meter_readings: `${readings}\n          A  SA  X1  natural_gas  2025-01-01  2025-01-31  1111  kWh_pcs  measured`,
      },
      ['emission'],
    );
    const [line] = await built.rows(
      "select factor_version, factor_source, factor_certainty, gwp_set, uncertainty_pct::varchar as uncertainty, quality from model.emission where scope = '1'",
    );
    expect(line).toEqual({
      factor_version: 'V20.2',
      factor_source: expect.stringContaining('ADEME Base Carbone V20.2'),
      factor_certainty: 'confirmed',
      gwp_set: 'AR5',
      uncertainty: '5.0',
      quality: 'calculated',
    });
  });

  test('of materials take the place of the spend of their family in that month only', async () => {
    built = await harmonised(
      {
        fec_entries: `siren  closing_date  journal_code  entry_number  entry_date  account  auxiliary  debit  credit
          111111111  2025-12-31  AC  1  2025-01-10  601000  -  1000  0
          111111111  2025-12-31  AC  1  2025-01-10  622600  -  1000  0
          111111111  2025-12-31  AC  2  2025-02-10  601000  -  1000  0`,
        material_flows: `entity  site  month  flow  material  biological  quantity  unit  spend_family  supplier_factor_kgco2e_kg  supplier_document
          A  SA  2025-01-01  inflow  steel  false  2  t  raw_materials  1.2  EPD-7
          A  SA  2025-01-01  inflow  sand  false  9  t  -  -  -`,
      },
      ['emission'],
    );
    // January: 2,000 kg x 1.2 = 2.4 t in place of 1 kEUR; fees and February by spend; sand replaces nothing
    expect(
      (await emissions('true')).map((r) => [r.activity, r.quantity, r.factor_id, r.t, r.quality]),
    ).toEqual([
      ['material_steel', '2000.000', 'supplier:EPD-7', '2.400000', 'measured'],
      ['spend_C25', '1.000', 'sdes23-c25', '0.317000', 'by_spend'],
      ['spend_M69-70', '1.000', 'sdes23-m69-70', '0.067000', 'by_spend'],
    ]);
  });

  test('of spend are the same whatever the size of a line', async () => {
    built = await harmonised(
      {
        fec_entries: `siren  closing_date  journal_code  entry_number  entry_date  account  auxiliary  debit  credit
          111111111  2025-12-31  AC  1  2025-01-10  601000  -  8999.99  0
          111111111  2025-12-31  AC  2  2025-01-10  601000  -  9000.01  0
          111111111  2025-12-31  AC  3  2025-01-10  601000  -  0  5000
          111111111  2025-12-31  AC  4  2025-01-10  601000  -  123456.78  0`,
      },
      ['emission'],
    );
    // kEUR at 317 kg: to nine thousand euros on both sides of what is computed in a machine word
    const found = (await built.rows<{ t: string }>('select tco2e::varchar as t from model.emission')).map(
      ({ t }) => t,
    );
    expect(found.sort()).toEqual(['-1.5850000000', '2.8529968300', '2.8530031700', '39.1357992600']);
  });

  test('of negative readings are negative: a correction takes its emissions back; large ones are computed as small ones', async () => {
    built = await harmonised(
      {
        meter_readings: `${readings}
          A  SA  X1  natural_gas  2025-01-01  2025-01-31  2222  kWh_pcs  measured
          A  SA  X1  natural_gas  2025-02-01  2025-02-28  -1111  kWh_pcs  measured
          A  SA  X1  natural_gas  2025-03-01  2025-03-31  11108.889  kWh_pcs  measured
          A  SA  X1  natural_gas  2025-04-01  2025-04-30  11111.111  kWh_pcs  measured
          A  SA  X1  natural_gas  2025-05-01  2025-05-31  -1111000000  kWh_pcs  measured`,
      },
      ['emission'],
    );
    // kWh net at 0.187 kg: 2,000, 1,000 back, 9,999 and 10,001 on both sides of what is computed in a machine word
    const [back, huge, small, less, more] = [
      '-0.187000',
      '-187000.000000',
      '0.374000',
      '1.869813',
      '1.870187',
    ];
    const found = (await emissions("scope = '1'")).map((r) => r.t).sort();
    expect(found).toEqual([back, huge, small, less, more]);
  });
});
