import {
  addDays,
  daysIn,
  firstDay,
  lastDay,
  type Month,
  months,
  type Quarter,
  quarterOf,
  quartersOf,
} from './calendar.ts';
import type { Charge, Costed } from './charges.ts';
import { csv, type ExtractOut, euros, type Field, fixed } from './extract-files.ts';
import { acquisitionMonth, finalMonth, firstMonth, type SiteId } from './group.ts';
import { stream } from './random.ts';

interface Shipment {
  readonly quarter: Quarter;
  readonly fields: Field[];
}

const flows: readonly (readonly [SiteId, 'OFR' | 'ODE' | 'OES', number])[] = [
  ['LYO', 'OFR', 78],
  ['LOR', 'OFR', 34],
  ['ANG', 'OFR', 24],
  ['HAN', 'ODE', 46],
  ['KAS', 'ODE', 14],
  ['ZAR', 'OES', 26],
];
const modes: readonly (readonly [string, number, number, number, number])[] = [
  // mode, share, smallest and largest weight in t, euro cents a t.km
  ['road_articulated', 0.52, 4, 24, 11],
  ['road_rigid', 0.22, 1, 9, 19],
  ['van', 0.1, 0.1, 1.1, 74],
  ['rail', 0.05, 15, 40, 6],
  ['sea_container', 0.07, 8, 22, 2],
  ['air', 0.04, 0.05, 0.9, 160],
];

/** Shipments by the carriers that we pay, and a few that suppliers or customers pay. */
export function freight(): Costed<Shipment> {
  const rows: Shipment[] = [];
  const charges: Charge[] = [];
  for (const month of months(firstMonth, finalMonth)) {
    for (const [place, company, count] of flows) {
      if (company === 'OES' && month < acquisitionMonth) continue;
      const spent = new Map<string, number>();
      for (let n = 0; n < Math.round(count * (month.endsWith('-08') ? 0.6 : 1)); n++) {
        const random = stream(`freight/${place}/${month}/${n}`);
        let draw = random.next();
        const mode =
          modes.find((candidate) => {
            draw -= candidate[1];
            return draw < 0;
          }) ?? modes[0];
        const [name, , light, heavy, price] = mode as (typeof modes)[number];
        const tonnes = Math.round((light + (heavy - light) * random.next()) * 1000) / 1000;
        const far =
          name === 'sea_container'
            ? random.int(6000, 19000)
            : name === 'air'
              ? random.int(1100, 9200)
              : name === 'van'
                ? random.int(30, 420)
                : random.int(90, 1150);
        const paid = random.chance(0.86);
        const carrier = `S901${random.int(0, 4)}`;
        const cents = paid ? Math.round(tonnes * far * price * (0.9 + 0.2 * random.next())) + 4500 : 0;
        const inKilograms = place === 'HAN' || place === 'KAS';
        if (paid) spent.set(carrier, (spent.get(carrier) ?? 0) + cents);
        rows.push({
          quarter: quarterOf(month),
          fields: [
            company,
            place,
            `EXP-${place}-${month.replace('-', '')}-${String(n + 1).padStart(3, '0')}`,
            addDays(firstDay(month), random.int(0, daysIn(month) - 1)),
            random.chance(0.62) ? 'outbound' : 'inbound',
            paid,
            name,
            inKilograms ? fixed(tonnes * 1000, 0) : fixed(tonnes, 3),
            inKilograms ? 'kg' : 't',
            fixed(far, 1),
            carrier,
            paid ? euros(cents) : '',
            paid ? 'EUR' : '',
          ],
        });
      }
      for (const [carrier, cents] of [...spent].sort())
        charges.push({
          entity: company,
          supplier: carrier,
          account: '624200',
          day: lastDay(month),
          cents,
          site: place,
        });
    }
    if (month === '2026-04')
      rows.push({
        quarter: '2026-Q2',
        fields: [
          'OFR',
          'LYO',
          'EXP-LYO-BAD',
          '2026-04-09',
          'outbound',
          true,
          'drone',
          '0,020',
          't',
          '12,0',
          'S9010',
          '40,00',
          'EUR',
        ],
      });
  }
  return { rows, charges };
}

export function freightFiles(shipments: Costed<Shipment>, last: Month): ExtractOut[] {
  const headings = [
    'Entité',
    'Site',
    'Expédition',
    'Date',
    'Sens',
    'Payé par nous',
    'Mode',
    'Poids',
    'Unité poids',
    'Distance km',
    'Transporteur',
    'Montant HT',
    'Devise',
  ];
  return quartersOf(months(firstMonth, last)).map((quarter) =>
    csv(
      `freight/freight_${quarter}.csv`,
      headings,
      shipments.rows.filter((row) => row.quarter === quarter).map((row) => row.fields),
    ),
  );
}
