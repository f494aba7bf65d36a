import type { GoldenCase } from './golden-case.ts';

/** Scope 3 beyond the gate. Factors of data/factors, kgCO2e: electricity FR 0.0482, DE 0.311 a kWh; diesel 2.49 a litre; car 0.192, electric car 0.0198 a km. */
export const climate: GoldenCase[] = [
  {
    name: 'scope 3 categories 8 and 10 to 15 in the first quarter of 2026',
    period: '2026-Q1',
    staged: {
      scope3_activities: `entity  site  line  category  activity_date  activity  quantity  unit  country  share_pct  stated_kgco2e  document  estimated
        A  -  l1  c8_upleased  2026-01-31  electricity  10000  kWh  FR  25  -  -  false
        A  -  l2  c10_processing  2026-02-10  electricity  40000  kWh  DE  -  -  -  true
        A  -  l3  c11_use  2026-02-28  electricity  1000000  kWh  FR  -  -  -  true
        A  -  l4  c11_use  2026-02-28  electricity  1000000  kWh  DE  -  -  -  true
        D  -  l5  c11_use  2026-03-31  diesel  2000  l  -  -  -  -  true
        A  -  l6  c12_end_of_life  2026-03-31  waste_recycling  100  t  -  -  -  -  true
        A  -  l7  c12_end_of_life  2026-03-31  waste_landfill  10  t  -  -  -  -  true
        D  -  l8  c13_downleased  2026-03-31  electricity  5000  kWh  -  -  0.1  D-1  false
        B  -  l9  c14_franchises  2026-01-15  natural_gas  20000  kWh_pci  -  -  -  -  false
        A  -  l10  c15_investments  2026-03-31  holding  1000  tCO2e  MA  30  -  D-2  false
        A  -  l11  c11_use  2025-12-31  electricity  500000  kWh  FR  -  -  -  true`,
      mileage_claims: `entity  person  claim  travel_date  vehicle  distance  distance_unit
        A  p1  N1  2026-01-10  car  1000  km
        A  p1  N2  2026-02-10  car  100  mi
        A  p2  N3  2026-02-11  electric_car  1000  km
        A  p2  N4  2026-02-12  bicycle  50  km
        A  p1  N5  2026-03-10  car  -200  km
        A  p1  N6  2025-12-31  car  9999  km`,
    },
    // the agency and everything else of scope 3 have told nothing, which is told
    figures: {
      // a quarter of the building: 2 500 kWh x 0.0482 kg
      'ghg.s3.c8_upleased': 0.1205,
      'ghg.s3.c10_processing': 40 * 0.311,
      // the life of what was sold in the quarter, at the grid of the country of use: 48.2 + 311 t, and 2 000 l x 2.49 kg
      'ghg.s3.c11_use': 48.2 + 311 + 4.98,
      'ghg.s3.c11_use@D': 4.98,
      // and what was sold in December: 24.1 t
      'ghg.s3.c11_use@GROUP@ttm': 48.2 + 311 + 4.98 + 24.1,
      // 100 t x 4.68568 kg, 10 t x 520.5327 kg; what recycling avoids is not taken off
      'ghg.s3.c12_end_of_life': 0.468568 + 5.205327,
      // the factor that the lessee states goes before the German grid: 5 000 kWh x 0.1 kg
      'ghg.s3.c13_downleased': 0.5,
      // 20 000 kWh PCI x 0.187 kg
      'ghg.s3.c14_franchises': 3.74,
      // 30 % of the 1 000 t that the holding states
      'ghg.s3.c15_investments': 300,
      // (1 000 + 160.9344 - 200) km x 0.192 kg, 1 000 km x 0.0198 kg, nothing for the bicycle
      'ghg.s3.c6_travel': (960.9344 * 0.192 + 19.8) / 1000,
      // stated by the other party: 300.5 t of all of the above
      'ghg.s3.primary_share':
        (100 * 300.5) /
        (0.1205 + 12.44 + 364.18 + 5.673895 + 0.5 + 3.74 + 300 + (960.9344 * 0.192 + 19.8) / 1000),
    },
  },
];
