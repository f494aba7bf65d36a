import { lastDay, type Month, months, monthsOf, quartersOf } from './calendar.ts';
import { csv, type ExtractOut, type Field, fixed } from './extract-files.ts';
import { acquisitionMonth, type EntityId, firstMonth } from './group.ts';
import { stream } from './random.ts';

/** Pumps sold a quarter: country of use, how many, kWh of one over its life, kg of one. */
const sales: readonly (readonly [EntityId, string, string, number, number, number])[] = [
  ['OFR', 'Circulateur bâtiment', 'FR', 900, 12_000, 42],
  ['OFR', 'Circulateur bâtiment, export', 'ES', 240, 12_000, 42],
  ['ODE', 'Kellerpumpe', 'DE', 500, 18_000, 35],
  ['OES', 'Bomba de riego', 'ES', 310, 9_000, 51],
];

/**
 * Scope 3 beyond the gate, a file a quarter: the life of the pumps sold, what becomes of them, pumps hired out
 * by Orvanne Pumpen, and the holding of 30 % in a distributor that states its emissions.
 */
export function valueChainFiles(last: Month): ExtractOut[] {
  const headings = [
    'Entité',
    'Ligne',
    'Catégorie',
    'Date',
    'Activité',
    'Quantité',
    'Unité',
    'Pays',
    'Part %',
    'Document',
    'Estimé',
  ];
  return quartersOf(months(firstMonth, last)).map((quarter) => {
    const month = monthsOf(quarter)[2];
    const day = lastDay(month);
    const rows: Field[][] = [];
    for (const [company, product, country, count, kwh, kg] of sales) {
      if (company === 'OES' && month < acquisitionMonth) continue;
      const sold = Math.round(stream(`sold/${product}/${quarter}`).around(count, 0.06));
      rows.push(
        [
          company,
          `${product} : usage`,
          'c11_use',
          day,
          'electricity',
          fixed(sold * kwh, 0),
          'kWh',
          country,
          '',
          '',
          true,
        ],
        [
          company,
          `${product} : recyclé`,
          'c12_end_of_life',
          day,
          'waste_recycling',
          fixed((sold * kg * 0.92) / 1000, 3),
          't',
          country,
          '',
          '',
          true,
        ],
        [
          company,
          `${product} : enfoui`,
          'c12_end_of_life',
          day,
          'waste_landfill',
          fixed((sold * kg * 0.08) / 1000, 3),
          't',
          country,
          '',
          '',
          true,
        ],
      );
    }
    const hired = stream(`hired/${quarter}`).around(225_000, 0.08);
    rows.push([
      'ODE',
      'Mietpumpen',
      'c13_downleased',
      day,
      'electricity',
      fixed(hired, 0),
      'kWh',
      'DE',
      '',
      '',
      false,
    ]);
    rows.push([
      'ORV',
      'Orvanne Distribution Maroc',
      'c15_investments',
      day,
      'participation',
      '310,000',
      'tCO2e',
      'MA',
      '30',
      'Bilan 2024 du distributeur (fictif)',
      false,
    ]);
    return csv(`value-chain/scope3_${quarter}.csv`, headings, rows);
  });
}

/** Trips in private cars, a claim a month for each of the people who visit building sites. */
export function mileageFiles(last: Month): ExtractOut[] {
  const drivers: readonly (readonly [EntityId, string, number])[] = [
    ['ORV', 'F000', 6],
    ['OFR', 'F003', 22],
    ['ODE', 'D000', 14],
    ['OES', 'E000', 5],
  ];
  return quartersOf(months(firstMonth, last)).map((quarter) => {
    const rows: Field[][] = [];
    for (const month of monthsOf(quarter)) {
      for (const [company, prefix, count] of drivers) {
        if (company === 'OES' && month < acquisitionMonth) continue;
        for (let n = 0; n < count; n++) {
          const person = `${prefix}${String(n + 11).padStart(2, '0')}`;
          const random = stream(`mileage/${company}/${n}/${month}`);
          if (!random.chance(month.endsWith('-08') ? 0.3 : 0.8)) continue;
          const vehicle = n % 9 === 4 ? 'electric_car' : 'car';
          rows.push([
            company,
            person,
            `NDF-${company}-${month}-${n + 1}`,
            `${month}-${String(random.int(3, 27)).padStart(2, '0')}`,
            vehicle,
            fixed(random.int(60, 620), 0),
          ]);
        }
      }
    }
    return csv(
      `mileage/mileage_${quarter}.csv`,
      ['Entité', 'Matricule', 'Note de frais', 'Date de trajet', 'Véhicule', 'Distance'],
      rows,
    );
  });
}
