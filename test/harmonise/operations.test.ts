import { afterEach, describe, expect, test } from 'vitest';
import { type Harmonised, harmonised } from './harmonised.ts';

let built: Harmonised | undefined;
afterEach(() => built?.close());

describe('fuel cards', () => {
  const head = 'entity  card  transaction_date  country  product  quantity  unit  amount_excl_vat  currency';
  test('a credit gives litres back, tolls and AdBlue burn nothing, an unknown label has no energy', async () => {
    built = await harmonised(
      {
        fuel_cards: `${head}
          A  1  2025-01-10  FR  Excellium Diesel  100  l  140  EUR
          A  1  2025-01-11  FR  GO+  10  l  -14  EUR
          A  1  2025-01-12  FR  Péage  1  unit  12  EUR
          A  1  2025-01-13  FR  AdBlue  10  l  9  EUR
          A  1  2025-01-14  FR  RECHARGE ELECTRIQUE  40  kWh  17  EUR
          A  1  2025-01-15  FR  SUPER MYSTERE  10  l  15  EUR
          A  1  2025-01-16  GB  UNLEADED  10  gal_uk  60  GBP`,
      },
      ['fuel', 'energy'],
    );
    expect(
      await built.rows(
        'select row_number as n, fuel, kind, litres::varchar as litres, energy_mwh::varchar as mwh, amount_eur::varchar as eur from model.fuel order by 1',
      ),
    ).toEqual([
      { n: 1, fuel: 'diesel', kind: 'fuel', litres: '100.000', mwh: '1.003333300', eur: '140.00' },
      { n: 2, fuel: 'diesel', kind: 'fuel', litres: '-10.000', mwh: '-0.100333330', eur: '-14.00' },
      { n: 3, fuel: 'none', kind: 'none', litres: null, mwh: null, eur: '12.00' },
      { n: 4, fuel: 'none', kind: 'none', litres: null, mwh: null, eur: '9.00' },
      { n: 5, fuel: 'electricity', kind: 'electricity', litres: null, mwh: '0.040000000', eur: '17.00' },
      { n: 6, fuel: 'unknown', kind: 'unknown', litres: null, mwh: null, eur: '15.00' },
      // 10 imperial gallons of 4.54609 l; pounds of the first quarter of 2025 at 1.196
      { n: 7, fuel: 'petrol', kind: 'fuel', litres: '45.461', mwh: '0.413972912', eur: '71.76' },
    ]);
    // the unknown one stays in sight among the energies, the toll is not one
    expect(
      await built.rows(
        "select carrier, count(*) as n from model.energy where purpose = 'vehicle' group by carrier order by carrier",
      ),
    ).toEqual([
      { carrier: 'diesel', n: 2 },
      { carrier: 'electricity', n: 1 },
      { carrier: 'petrol', n: 1 },
      { carrier: 'unknown', n: 1 },
    ]);
  });
});

describe('waste', () => {
  const head =
    'reason  unique_id  entity  site  waste_code  hazardous  dispatch_date  weight_t  weight_kind  planned_treatment  final_treatment';
  test('is corrected by later rows, classed by what was done, and pending while it is stored', async () => {
    built = await harmonised(
      {
        'waste_register@q1': `${head}
          -  W1  A  SA  10 09 08  false  2025-01-10  100  REEL  R5  -
          -  W2  A  SA  20 03 01  false  2025-01-11  5  ESTIME  R13  R1
          -  W3  A  SA  15 01 03  false  2025-01-12  7  REEL  R13  -
          -  W4  A  SA  12 01 09*  false  2025-01-13  3  REEL  D9  D9
          -  W5  A  SA  20 03 01  false  2025-01-14  9  REEL  D5  D5
          IGNORER  W6  A  SA  20 03 01  false  2025-01-14  99  REEL  D5  D5`,
        'waste_register@q2': `${head}
          MODIFIER  W1  A  SA  10 09 08  false  2025-01-10  90  REEL  R5  D5
          ANNULER  W5  A  SA  20 03 01  false  2025-01-14  9  REEL  D5  D5`,
      },
      ['waste'],
    );
    expect(
      await built.rows(
        'select unique_id as id, tonnes::varchar as t, treatment, treatment_basis as basis, treatment_class as class, activity, hazardous, quality from model.waste order by 1',
      ),
    ).toEqual([
      {
        id: 'W1',
        t: '90.0000',
        treatment: 'D5',
        basis: 'final',
        class: 'disposed',
        activity: 'waste_landfill_mineral',
        hazardous: false,
        quality: 'measured',
      },
      {
        id: 'W2',
        t: '5.0000',
        treatment: 'R1',
        basis: 'final',
        class: 'recovered',
        activity: 'waste_energy_recovery',
        hazardous: false,
        quality: 'estimated',
      },
      {
        id: 'W3',
        t: '7.0000',
        treatment: 'R13',
        basis: 'planned',
        class: 'pending',
        activity: 'waste_pending',
        hazardous: false,
        quality: 'measured',
      },
      {
        id: 'W4',
        t: '3.0000',
        treatment: 'D9',
        basis: 'final',
        class: 'disposed',
        activity: 'waste_physicochemical',
        hazardous: true,
        quality: 'measured',
      },
    ]);
  });
});

describe('travel', () => {
  test('takes a refund back, counts an exchange in money alone, turns miles into kilometres', async () => {
    built = await harmonised(
      {
        travel: `entity  traveller  ticket  travel_date  mode  distance  distance_unit  nights  amount_excl_vat  currency  kind
          A  p  T1  2025-01-10  air  3000  mi  -  900  EUR  sale
          A  p  T1  2025-01-10  air  3000  mi  -  900  EUR  refund
          A  p  T2  2025-01-11  air  500  km  -  150  EUR  sale
          A  p  T2  2025-01-12  air  500  km  -  30  EUR  exchange
          A  p  T3  2025-01-13  hotel  -  -  2  220  EUR  sale`,
      },
      ['travel'],
    );
    expect(
      await built.rows(
        'select ticket, kind, activity, distance_km::varchar as km, nights, amount_eur::varchar as eur from model.travel order by row_number',
      ),
    ).toEqual([
      { ticket: 'T1', kind: 'sale', activity: 'air_long', km: '4828.032', nights: null, eur: '900.00' },
      { ticket: 'T1', kind: 'refund', activity: 'air_long', km: '-4828.032', nights: null, eur: '-900.00' },
      { ticket: 'T2', kind: 'sale', activity: 'air_short', km: '500.000', nights: null, eur: '150.00' },
      { ticket: 'T2', kind: 'exchange', activity: 'air_short', km: '0.000', nights: null, eur: '30.00' },
      { ticket: 'T3', kind: 'sale', activity: 'spend_I', km: null, nights: 2, eur: '220.00' },
    ]);
  });

  test('costs what the agency and the expense claims say, a claim that is told again once', async () => {
    const head = 'entity  person  claim  line  expense_date  kind  amount_excl_vat  currency';
    built = await harmonised(
      {
        travel: `entity  traveller  ticket  travel_date  mode  distance  amount_excl_vat  currency  kind
          A  p  T1  2025-01-10  rail  100  80  EUR  sale`,
        'expense_claims@2025-Q1': `${head}
          A  p  N1  1  2025-01-10  meal  20  EUR
          A  p  N1  2  2025-01-10  meal  20  EUR`,
        // corrected: the second line is 25, and a taxi of pounds at 1.196 is added
        'expense_claims@2025-Q1_v2': `${head}
          A  p  N1  2  2025-01-10  meal  25  EUR
          A  p  N1  3  2025-01-11  taxi  10  GBP`,
      },
      ['travel_cost'],
    );
    expect(
      await built.rows(
        'select origin, kind, document, amount_eur::varchar as eur from model.travel_cost order by origin, row_number, amount_eur',
      ),
    ).toEqual([
      { origin: 'agency', kind: 'rail', document: 'T1', eur: '80.00' },
      { origin: 'claim', kind: 'meal', document: 'N1', eur: '20.00' },
      { origin: 'claim', kind: 'meal', document: 'N1', eur: '25.00' },
      { origin: 'claim', kind: 'taxi', document: 'N1', eur: '11.96' },
    ]);
  });
});

describe('water, freight, refrigerants', () => {
  test('water across months is shared by days, in m3, and knows its basin', async () => {
    built = await harmonised(
      {
        water: `entity  site  meter  source  flow  period_start  period_end  quantity  unit  quality
          B  SB  W  network  withdrawal  2025-01-22  2025-02-20  30000  l  billed`,
      },
      ['water'],
    );
    expect(
      await built.rows(
        'select date::varchar as date, volume_m3::varchar as m3, stress from model.water order by 1',
      ),
    ).toEqual([
      { date: '2025-01-31', m3: '10.000000', stress: true },
      { date: '2025-02-20', m3: '20.000000', stress: true },
    ]);
  });

  test('freight is tonnes times kilometres, and who pays decides its category', async () => {
    built = await harmonised(
      {
        freight: `entity  site  shipment  shipment_date  direction  paid_by_us  mode  weight  weight_unit  distance_km
          A  SA  1  2025-01-10  outbound  true  van  500  kg  100
          A  SA  2  2025-01-10  outbound  false  van  500  kg  100
          A  SA  3  2025-01-10  inbound  false  van  500  kg  100`,
      },
      ['freight'],
    );
    expect(
      await built.rows('select shipment, tonne_km::varchar as tkm, category from model.freight order by 1'),
    ).toEqual([
      { shipment: '1', tkm: '50.000000', category: 'c4_upfreight' },
      { shipment: '2', tkm: '50.000000', category: 'c9_downfreight' },
      { shipment: '3', tkm: '50.000000', category: null },
    ]);
  });

  test('a shipment told again by a later extract counts once, as last told', async () => {
    const told = (
      weight: number,
    ) => `entity  site  shipment  shipment_date  direction  paid_by_us  mode  weight  weight_unit  distance_km
          A  SA  1  2025-01-10  outbound  true  van  ${weight}  kg  100`;
    built = await harmonised({ 'freight@2025-Q1': told(500), 'freight@2025-Q1_v2': told(700) }, ['freight']);
    // 0.7 t x 100 km, not 1.2 t
    expect(await built.rows('select tonne_km::varchar as tkm from model.freight')).toEqual([
      { tkm: '70.000000' },
    ]);
  });

  test('a first fill leaks nothing, and what is recovered is no gain', async () => {
    built = await harmonised(
      {
        refrigerants: `entity  site  equipment  intervention_date  fluid  charged_kg  recovered_kg  first_fill
          A  SA  1  2025-01-10  R410A  5  2  false
          A  SA  2  2025-01-10  R-32  12  0  true
          A  SA  3  2025-01-10  r 32  1  4  false`,
      },
      ['refrigerant'],
    );
    expect(
      await built.rows('select fluid, net_kg::varchar as kg from model.refrigerant order by row_number'),
    ).toEqual([
      { fluid: 'R-410A', kg: '3.000' },
      { fluid: 'R-32', kg: '0.000' },
      { fluid: 'R-32', kg: '0.000' },
    ]);
  });
});

describe('what a later extract tells again', () => {
  const rows = {
    travel: `entity  traveller  ticket  travel_date  mode  distance  amount_excl_vat  currency  kind
      A  p  T1  2025-01-10  rail  100  80  EUR  sale
      A  p  T1  2025-01-10  rail  100  80  EUR  refund`,
    training_log: `entity  person  session_date  topic  hours  completed
      A  p  2025-01-15  safety  3  true
      A  p  2025-01-15  safety  4  true`,
    refrigerants: `entity  site  equipment  intervention_date  fluid  charged_kg  recovered_kg  first_fill
      A  SA  1  2025-01-10  R410A  5  2  false`,
    deliveries: `entity  site  delivery  delivery_date  amount_excl_vat  currency  intragroup
      A  SA  D1  2025-01-10  100  EUR  false`,
  };

  test.each([
    // a sale and its refund, two sessions of one day: what one extract tells twice stays two rows
    ['travel', 'travel', 2],
    ['training_log', 'training', 2],
    ['refrigerants', 'refrigerant', 1],
    ['deliveries', 'delivery', 1],
  ] as const)('counts once: %s', async (contract, model, times) => {
    built = await harmonised(
      { [`${contract}@2025-Q1`]: rows[contract], [`${contract}@2025-Q1_v2`]: rows[contract] },
      [model],
    );
    expect(
      await built.rows(`select extract_id, count(*)::integer as n from model.${model} group by 1`),
    ).toEqual([{ extract_id: '2025-Q1_v2', n: times }]);
  });
});

describe('registers', () => {
  test('hold from their date on until the next one', async () => {
    built = await harmonised(
      {
        governance_bodies: `entity  body  member  sex  as_of
          A  board  x  M  2025-01-15
          A  board  y  F  2025-03-01`,
        ai_use_cases: `entity  use_case  name  department  purpose  owner  risk_class  dpia  status  as_of
          A  U1  Tri  hr  tri  X  high  true  production  2025-02-10
          A  U2  Prévision  operations  prev  -  -  -  pilot  2025-02-10
          A  U3  Idée  operations  idee  -  -  -  idea  2025-02-10`,
      },
      ['governance_seat', 'ai_use_case'],
      '2025-Q1',
    );
    expect(
      await built.rows('select date::varchar as date, member from model.governance_seat order by 1'),
    ).toEqual([
      { date: '2025-01-31', member: 'x' },
      { date: '2025-02-28', member: 'x' },
      { date: '2025-03-31', member: 'y' },
    ]);
    expect(
      await built.rows(
        "select use_case, in_use, inventoried from model.ai_use_case where date = '2025-03-31' order by 1",
      ),
    ).toEqual([
      { use_case: 'U1', in_use: true, inventoried: true },
      { use_case: 'U2', in_use: true, inventoried: false },
      { use_case: 'U3', in_use: false, inventoried: false },
    ]);
  });
});
