import { firstDay, lastDay, type Month, months } from './calendar.ts';
import { solarKwh } from './electricity.ts';
import { csv, type ExtractOut, type Field, fixed } from './extract-files.ts';
import { acquisitionMonth, firstMonth, type SiteId } from './group.ts';
import { stream } from './random.ts';

const heating = [2.1, 1.9, 1.5, 0.9, 0.4, 0.1, 0, 0, 0.25, 0.8, 1.6, 2.3];

/** kWh (PCS for gas) of a site outside France in a month. */
export function foreignKwh(
  place: SiteId,
  carrier: 'electricity' | 'natural_gas' | 'district_heat',
  month: Month,
): number {
  const [flat, warm] = uses[`${place}/${carrier}`] ?? [0, 0];
  const slow = month.endsWith('-08') ? 0.7 : month.endsWith('-12') ? 0.9 : 1;
  const number = Number(month.slice(5)) - 1;
  const random = stream(`foreign-energy/${place}/${carrier}/${month}`);
  return Math.round((flat * slow + warm * (heating[number] as number)) * (1 + 0.025 * random.normal()));
}

const uses: Record<string, readonly [number, number]> = {
  'HAN/electricity': [448_000, 6_000],
  'HAN/natural_gas': [90_000, 175_000],
  'KAS/electricity': [172_000, 3_000],
  'KAS/natural_gas': [22_000, 46_000],
  'KAS/district_heat': [0, 61_000],
  'ZAR/electricity': [288_000, 0],
  'ZAR/natural_gas': [64_000, 30_000],
};

/** Monthly readings that no French grid operator sends: Germany, Spain, and the roof of Lyon. */
export function readingFiles(last: Month): ExtractOut[] {
  const headings = [
    'Entité',
    'Site',
    'Compteur',
    'Énergie',
    'Début',
    'Fin',
    'Quantité',
    'Unité',
    'Nature',
    'Facture',
  ];
  const files: ExtractOut[] = [];
  for (const month of months(firstMonth, last)) {
    const row = (
      company: string,
      place: SiteId,
      meter: string,
      carrier: string,
      quantity: string,
      unit: string,
      quality = 'measured',
    ): Field[] => [
      company,
      place,
      meter,
      carrier,
      firstDay(month),
      lastDay(month),
      quantity,
      unit,
      quality,
      quality === 'billed' ? `EN-${place}-${month}` : '',
    ];
    const german = [
      row('ODE', 'HAN', 'HAN-E1', 'electricity', fixed(foreignKwh('HAN', 'electricity', month), 0), 'kWh'),
      row(
        'ODE',
        'HAN',
        'HAN-G1',
        'natural_gas',
        fixed(foreignKwh('HAN', 'natural_gas', month), 0),
        'kWh_pcs',
        'billed',
      ),
      row(
        'ODE',
        'KAS',
        'KAS-E1',
        'electricity',
        fixed(foreignKwh('KAS', 'electricity', month) / 1000, 3),
        'MWh',
      ),
      row(
        'ODE',
        'KAS',
        'KAS-G1',
        'natural_gas',
        fixed(foreignKwh('KAS', 'natural_gas', month), 0),
        'kWh_pcs',
        'billed',
      ),
      row(
        'ODE',
        'KAS',
        'KAS-H1',
        'district_heat',
        fixed(foreignKwh('KAS', 'district_heat', month) * 0.0036, 3),
        'GJ',
        'billed',
      ),
    ];
    if (month === '2025-08') german.push(row('ODE', 'KAS', 'KAS-E9', 'electricity', '12,5', 'MWh'));
    files.push(csv(`energy/readings/ODE_${month}.csv`, headings, german));
    if (month >= '2025-07')
      files.push(
        csv(`energy/readings/OFR_solar_${month}.csv`, headings, [
          row('OFR', 'LYO', 'LYO-PV1', 'self_generated_solar', fixed(solarKwh(month), 0), 'kWh'),
        ]),
      );
    if (month >= acquisitionMonth) {
      files.push(
        csv(`energy/readings/OES_${month}.csv`, headings, [
          row(
            'OES',
            'ZAR',
            'ZAR-E1',
            'electricity',
            fixed(foreignKwh('ZAR', 'electricity', month) / 1000, 3),
            'MWh',
            'billed',
          ),
          row(
            'OES',
            'ZAR',
            'ZAR-G1',
            'natural_gas',
            fixed(foreignKwh('ZAR', 'natural_gas', month), 0),
            'kWh_pcs',
            'billed',
          ),
        ]),
      );
    }
  }
  return files;
}

/** Guarantees of origin: part of the electricity of ORV and, from 2026, of OFR; a supplier contract in Germany. */
export function energyContracts(last: Month): ExtractOut {
  const headings = [
    'Entité',
    'Énergie',
    'Instrument',
    'Début',
    'Fin',
    'MWh couverts',
    'Facteur kgCO2e/kWh',
    'Certificat',
  ];
  const rows: Field[][] = [
    [
      'ORV',
      'electricity',
      'guarantee_of_origin',
      '2024-07-01',
      '2024-12-31',
      '620,000',
      '0,000000',
      'GO-FR-2024-0117',
    ],
    [
      'ORV',
      'electricity',
      'guarantee_of_origin',
      '2025-01-01',
      '2025-12-31',
      '1260,000',
      '0,000000',
      'GO-FR-2025-0452',
    ],
    [
      'ORV',
      'electricity',
      'guarantee_of_origin',
      '2026-01-01',
      '2026-12-31',
      '1350,000',
      '0,000000',
      'GO-FR-2026-0093',
    ],
    [
      'OFR',
      'electricity',
      'guarantee_of_origin',
      '2025-01-01',
      '2025-12-31',
      '3400,000',
      '0,000000',
      'GO-FR-2025-0453',
    ],
    [
      'OFR',
      'electricity',
      'guarantee_of_origin',
      '2026-01-01',
      '2026-12-31',
      '6200,000',
      '0,000000',
      'GO-FR-2026-0094',
    ],
    [
      'ODE',
      'electricity',
      'supplier_specific',
      '2025-01-01',
      '2025-12-31',
      '2200,000',
      '0,212000',
      'HKN-DE-2025-771',
    ],
    [
      'ODE',
      'electricity',
      'supplier_specific',
      '2026-01-01',
      '2026-12-31',
      '2600,000',
      '0,198000',
      'HKN-DE-2026-808',
    ],
  ];
  return csv(
    'energy/energy_contracts.csv',
    headings,
    rows.filter((row) => String(row[3]) <= lastDay(last)),
  );
}
