import { addDays, daysIn, firstDay, frenchDay, lastDay, type Month, months } from './calendar.ts';
import type { Charge, Costed } from './charges.ts';
import { csv, type ExtractOut, euros, type Field, fixed } from './extract-files.ts';
import { acquisitionMonth, type EntityId, finalMonth, firstMonth } from './group.ts';
import { type Random, stream } from './random.ts';

interface FuelLine {
  readonly month: Month;
  readonly fields: Field[];
}

const fleets: Record<EntityId, number> = { ORV: 34, OFR: 58, ODE: 44, OES: 16 };
const home: Record<EntityId, string> = { ORV: 'FR', OFR: 'FR', ODE: 'DE', OES: 'ES' };
/** label on the statement, unit, price of one in euros without VAT */
const products: readonly (readonly [string, string, number])[] = [
  ['GO+', 'l', 1.36],
  ['EXCELLIUM DIESEL', 'l', 1.42],
  ['SP95-E10', 'l', 1.44],
  ['EXCELLIUM SP98', 'l', 1.55],
];

/** Fuel-card statements, one a month for the whole group, and the invoices of the card issuer. */
export function fuelCards(): Costed<FuelLine> {
  const rows: FuelLine[] = [];
  const charges: Charge[] = [];
  for (const month of months(firstMonth, finalMonth)) {
    for (const company of ['ORV', 'OFR', 'ODE', 'OES'] as const) {
      if (company === 'OES' && month < acquisitionMonth) continue;
      let cents = 0;
      for (let card = 1; card <= fleets[company]; card++) {
        const random = stream(`fuel/${company}/${month}/${card}`);
        for (let n = random.int(1, 4); n > 0; n--) {
          const line = fill(company, card, month, random);
          rows.push({ month, fields: line.fields });
          cents += line.cents;
        }
      }
      charges.push({ entity: company, supplier: 'S9003', account: '606140', day: lastDay(month), cents });
    }
    rows.push(...brokenLines(month));
  }
  return { rows, charges };
}

function fill(
  company: EntityId,
  card: number,
  month: Month,
  random: Random,
): { fields: Field[]; cents: number } {
  const day = addDays(firstDay(month), random.int(0, daysIn(month) - 1));
  // the fleet turns electric, card by card
  const electric = card % 10 < (month < '2025-01' ? 1 : month < '2026-01' ? 2 : 3);
  const draw = random.next();
  const petrol = card % 3 === 0;
  let [label, unit, price] = products[(petrol ? 2 : 0) + (random.chance(0.2) ? 1 : 0)] as readonly [
    string,
    string,
    number,
  ];
  let quantity = random.int(28000, 62000) / 1000;
  if (electric)
    [label, unit, price, quantity] = ['RECHARGE ELECTRIQUE', 'kWh', 0.42, random.int(18000, 64000) / 1000];
  // the issuer's export writes `l` for whatever is no charge, a wash or a toll included
  if (draw < 0.05) [label, unit, price, quantity] = ['LAVAGE', 'l', 11.5, 1];
  else if (draw < 0.12) [label, unit, price, quantity] = ['PEAGE', 'l', random.int(300, 4200) / 100, 1];
  else if (draw < 0.15 && !electric && !petrol) [label, unit, price, quantity] = ['AdBlue', 'l', 0.92, 10];
  let currency = 'EUR';
  let country = home[company];
  if (draw > 0.985 && company === 'OFR') [currency, country, price] = ['GBP', 'GB', price * 0.86];
  else if (draw > 0.98 && company === 'ODE') [currency, country, price] = ['CHF', 'CH', price * 1.08];
  const credit = draw > 0.9 && draw < 0.908;
  const sign = credit ? -1 : 1;
  const cents = sign * Math.round(quantity * price * 100);
  const inEuros =
    currency === 'GBP' ? Math.round(cents / 0.86) : currency === 'CHF' ? Math.round(cents / 0.95) : cents;
  const plate = `${['GA', 'GB', 'HC', 'HK'][card % 4]}-${100 + card}-${['XX', 'ZZ', 'WW'][card % 3]}`;
  return {
    fields: [
      company,
      `7099${String(card).padStart(3, '0')}${company}`,
      plate,
      frenchDay(day),
      country,
      label,
      fixed(sign * quantity, 3),
      unit,
      euros(cents),
      currency,
      `${credit ? 'AV' : 'FC'}${month.replace('-', '')}${company}`,
    ],
    cents: inEuros,
  };
}

/** Lines that break the contract: an unknown company, days that do not exist, a quantity in words. */
function brokenLines(month: Month): FuelLine[] {
  const line = (company: string, day: string, quantity: string): FuelLine => ({
    month,
    fields: [
      company,
      '7099999',
      'AA-000-AA',
      day,
      'FR',
      'GO+',
      quantity,
      'l',
      '61,20',
      'EUR',
      `FC${month.replace('-', '')}`,
    ],
  });
  if (month === '2025-03') return [line('ORX', '14/03/2025', '45,000')];
  if (month === '2026-02') return [line('OFR', '31/02/2026', '45,000')];
  if (month === '2026-09') return [line('OFR', '31/09/2026', '45,000'), line('ORV', '08/09/2026', 'plein')];
  return [];
}

export function fuelFiles(cards: Costed<FuelLine>, last: Month): ExtractOut[] {
  const headings = [
    'Entité',
    'Carte',
    'Immatriculation',
    'Date',
    'Pays',
    'Produit',
    'Quantité',
    'Unité',
    'Montant HT',
    'Devise',
    'Facture',
  ];
  return months(firstMonth, last).map((month) =>
    csv(
      `fuel/fuel_${month}.csv`,
      headings,
      cards.rows.filter((row) => row.month === month).map((row) => row.fields),
      { encoding: 'windows-1252' },
    ),
  );
}
