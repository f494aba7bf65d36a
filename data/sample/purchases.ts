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
import type { Charge } from './charges.ts';
import type { Electricity } from './electricity.ts';
import { csv, type ExtractOut, euros, fixed } from './extract-files.ts';
import { gasKwh } from './gas.ts';
import { acquisitionMonth, type EntityId, entity, finalMonth, firstMonth, isOpen, sites } from './group.ts';
import { foreignKwh } from './meter-readings.ts';
import { type Random, stream } from './random.ts';
import type { Supplier } from './suppliers.ts';

export interface Invoice {
  readonly entity: EntityId;
  readonly supplier: string;
  readonly supplierName: string;
  readonly number: string;
  readonly date: string;
  readonly due: string;
  /** null: never paid within the history */
  readonly paid: string | null;
  readonly net: number;
  readonly vat: number;
  readonly account: string;
  readonly intragroup: boolean;
  readonly disputed: boolean;
  readonly energy: Charge['energy'];
  readonly tag?: string | undefined;
}

/** First month of the oldest ledger: six months before the history, written more coarsely. */
export const ledgerStart: Month = '2024-01';

/** Spending of ordinary families: thousand euros a year, invoices a month, account. */
const spending: Record<EntityId, Record<string, readonly [number, number, string]>> = {
  OFR: {
    materials: [76_000, 56, '601100'],
    consumables: [7_800, 28, '602200'],
    subcontracting: [15_500, 34, '604000'],
    equipment: [1_700, 22, '606300'],
    services: [2_900, 20, '622600'],
    premises: [6_900, 26, '615500'],
    temporary_work: [7_600, 11, '621100'],
  },
  ORV: { equipment: [420, 8, '606300'], services: [5_600, 26, '622600'], premises: [2_300, 9, '613200'] },
  ODE: {
    materials: [44_000, 38, '601100'],
    consumables: [3_600, 14, '602200'],
    subcontracting: [5_200, 12, '604000'],
    equipment: [700, 8, '606300'],
    services: [1_300, 9, '622600'],
    premises: [3_100, 10, '613200'],
    temporary_work: [1_700, 4, '621100'],
  },
  OES: {
    materials: [24_500, 22, '601100'],
    consumables: [1_500, 6, '602200'],
    subcontracting: [2_600, 7, '604000'],
    equipment: [300, 4, '606300'],
    services: [550, 5, '622600'],
    premises: [1_300, 6, '615500'],
    temporary_work: [520, 2, '621100'],
  },
};
/** thousand euros a month between group companies: seller, buyer, buyer's account */
export const intragroup: readonly (readonly [EntityId, EntityId, number, string])[] = [
  ['OFR', 'ODE', 1_500, '607100'],
  ['ORV', 'OFR', 1_900, '622800'],
  ['ORV', 'ODE', 900, '622800'],
  ['ORV', 'OES', 140, '622800'],
];

/** Every supplier invoice of the four companies, from 2024-01 on, in date order. */
export function invoices(register: readonly Supplier[], charges: readonly Charge[]): Invoice[] {
  const byId = new Map(register.map((each) => [each.id, each]));
  const list: Invoice[] = [];
  for (const month of months(ledgerStart, finalMonth)) {
    const coarse = month < firstMonth;
    for (const company of ['ORV', 'OFR', 'ODE', 'OES'] as const) {
      for (const [family, [thousands, count, account]] of Object.entries(spending[company])) {
        const choice = register.filter((each) => each.family === `${family}/${company}`);
        const growth = { '2024': 0.97, '2025': 1, '2026': 1.015 }[month.slice(0, 4)] ?? 1;
        const monthly = (thousands * 100_000 * growth * (month.endsWith('-08') ? 0.66 : 1.031)) / 12;
        const number = coarse ? 2 : count;
        for (let n = 0; n < number; n++) {
          const random = stream(`purchase/${company}/${family}/${month}/${n}`);
          // large suppliers are early in the list
          const supplier = choice[
            Math.min(choice.length - 1, Math.floor(random.next() ** 1.7 * choice.length))
          ] as Supplier;
          const cents = Math.round((monthly / number) * (0.4 + 1.2 * random.next()));
          const credit = random.chance(0.012);
          const day = addDays(firstDay(month), random.int(0, daysIn(month) - 1));
          list.push(
            invoice(
              company,
              supplier,
              day,
              credit ? -Math.round(cents / 4) : cents,
              account,
              `${supplier.id}-${month.slice(2).replace('-', '')}-${String(n + 1).padStart(3, '0')}`,
              random,
            ),
          );
        }
      }
    }
    list.push(...sales(month));
  }
  const early = charges
    .filter((each) => each.day >= '2025-01-01' && each.day <= '2025-06-30')
    .map((each) => ({
      ...each,
      day: `2024${each.day.slice(4) === '-02-28' ? '-02-29' : each.day.slice(4)}`,
      cents: Math.round(each.cents * 0.96),
      // before the projects and actions had codes
      tag: '',
    }));
  [...early, ...charges].forEach((charge, index) => {
    const supplier = byId.get(charge.supplier);
    if (!supplier) throw new Error(`no supplier ${charge.supplier}`);
    const random = stream(
      `charge/${charge.entity}/${charge.supplier}/${charge.account}/${charge.day}/${charge.site ?? ''}`,
    );
    const number = `${charge.supplier}-${charge.entity}${charge.day.slice(2, 7).replace('-', '')}${charge.site ?? ''}-${String(index % 1000).padStart(3, '0')}`;
    if (charge.cents !== 0)
      list.push({
        ...invoice(
          charge.entity,
          supplier,
          charge.day,
          charge.cents,
          charge.account,
          number,
          random,
          charge.energy,
        ),
        tag: charge.tag,
      });
  });
  return list.sort((a, b) => (a.date === b.date ? (a.number < b.number ? -1 : 1) : a.date < b.date ? -1 : 1));
}

function invoice(
  company: EntityId,
  supplier: Supplier,
  date: string,
  net: number,
  account: string,
  number: string,
  random: Random,
  energy?: Charge['energy'],
): Invoice {
  const home = entity(company).country;
  const rate = supplier.country === home ? (home === 'FR' ? 20 : home === 'DE' ? 19 : 21) : 0;
  const term = ['624200', '606140'].includes(account) ? 30 : account.startsWith('601') ? 60 : 45;
  const due = addDays(date, term);
  const disputed = net > 0 && random.chance(0.008);
  // the share paid late falls, from one in five to one in eight
  const late = random.chance(date < '2025-01-01' ? 0.2 : date < '2025-10-01' ? 0.17 : 0.125);
  const paid = disputed
    ? random.chance(0.6)
      ? addDays(due, random.int(40, 120))
      : null
    : late
      ? addDays(due, random.int(1, 38))
      : addDays(due, -random.int(0, 5));
  return {
    entity: company,
    supplier: supplier.id,
    supplierName: supplier.name,
    number,
    date,
    due,
    paid,
    net,
    vat: Math.round((net * rate) / 100),
    account,
    intragroup: false,
    disputed,
    energy,
  };
}

/** Invoices between group companies, as the buyer books them. */
function sales(month: Month): Invoice[] {
  return intragroup
    .filter(([, buyer]) => buyer !== 'OES' || month >= '2026-06')
    .map(([seller, buyer, , account]) => {
      const net = intragroupAmount(seller, buyer, month);
      const date = lastDay(month);
      const domestic = entity(seller).country === entity(buyer).country;
      return {
        entity: buyer,
        supplier: `IC-${seller}`,
        supplierName: entity(seller).name,
        number: intragroupNumber(seller, buyer, month),
        date,
        due: addDays(date, 30),
        paid: addDays(date, 30),
        net,
        vat: domestic ? Math.round(net * 0.2) : 0,
        account,
        intragroup: true,
        disputed: false,
        energy: undefined,
      };
    });
}

export function intragroupAmount(seller: EntityId, buyer: EntityId, month: Month): number {
  const flow = intragroup.find(([from, to]) => from === seller && to === buyer);
  if (!flow) return 0;
  return (
    Math.round(
      stream(`intragroup/${seller}/${buyer}/${month}`).around(flow[2], seller === 'OFR' ? 0.06 : 0) * 1000,
    ) * 100
  );
}

export function intragroupNumber(seller: EntityId, buyer: EntityId, month: Month): string {
  return `IC${month.replace('-', '')}-${seller}-${buyer}`;
}

const electricityPrice: Record<string, Record<string, number>> = {
  FR: { '2024': 13.2, '2025': 11.8, '2026': 10.9 },
  DE: { '2024': 17.8, '2025': 17.1, '2026': 16.6 },
  ES: { '2026': 12.1 },
};
const gasPrice: Record<string, number> = { '2024': 6.2, '2025': 5.6, '2026': 5.2 };

/** Energy bills, site by site: the kWh of the meters within half a percent, Lyon's missing months included. */
export function energyCharges(french: Electricity): Charge[] {
  const charges: Charge[] = [];
  for (const month of months(firstMonth, finalMonth)) {
    for (const place of sites) {
      if (!isOpen(place, month)) continue;
      const country = entity(place.entity).country;
      const random = stream(`bill/${place.id}/${month}`);
      const billed = (kwh: number): number => Math.round(kwh * (1 + 0.0015 * random.normal()));
      const year = month.slice(0, 4);
      const power = billed(
        country === 'FR' ? french.kwh(place.id, month) : foreignKwh(place.id, 'electricity', month),
      );
      const gas = billed(
        country === 'FR' ? gasKwh(place.id, month) : foreignKwh(place.id, 'natural_gas', month),
      );
      const bill = (
        supplier: string,
        account: string,
        kwh: number,
        cents: number,
        carrier?: 'electricity' | 'natural_gas',
      ): void => {
        if (kwh > 0)
          charges.push({
            entity: place.entity,
            supplier,
            account,
            day: lastDay(month),
            cents: Math.round(kwh * cents),
            site: place.id,
            ...(carrier ? { energy: { carrier, kwh } } : {}),
          });
      };
      const seller = { FR: ['S9001', 'S9002'], DE: ['S9005', 'S9005'], ES: ['S9006', 'S9006'] }[country] as [
        string,
        string,
      ];
      bill(seller[0], '606110', power, electricityPrice[country]?.[year] as number, 'electricity');
      bill(seller[1], '606120', gas, gasPrice[year] as number, 'natural_gas');
      if (place.id === 'KAS') bill('S9005', '606150', foreignKwh('KAS', 'district_heat', month), 9.4);
    }
  }
  return charges;
}

/** Invoices dated in a quarter, payments known at the horizon. Spain from its acquisition on. */
export function invoiceFiles(list: readonly Invoice[], last: Month): ExtractOut[] {
  const headings = [
    'Entité',
    'Fournisseur',
    'Facture',
    'Date de facture',
    "Date d'échéance",
    'Date de paiement',
    'Montant HT',
    'Montant TTC',
    'Devise',
    'Litige',
    'Intragroupe',
    'Énergie',
    'kWh facturés',
  ];
  const byQuarter = new Map<Quarter, Invoice[]>();
  for (const each of list) {
    const month = each.date.slice(0, 7);
    if (month < firstMonth || month > last || (each.entity === 'OES' && month < acquisitionMonth)) continue;
    const quarter = quarterOf(month);
    byQuarter.set(quarter, [...(byQuarter.get(quarter) ?? []), each]);
  }
  return quartersOf(months(firstMonth, last)).map((quarter) => {
    const rows = (byQuarter.get(quarter) ?? []).map((each) => [
      each.entity,
      each.supplier,
      each.number,
      each.date,
      each.due,
      each.paid !== null && each.paid <= lastDay(last) ? each.paid : '',
      euros(each.net),
      euros(each.net + each.vat),
      'EUR',
      each.disputed,
      each.intragroup,
      each.energy?.carrier ?? '',
      each.energy ? fixed(each.energy.kwh, 2) : '',
    ]);
    // a currency without a rate, and a day that does not exist
    if (quarter === '2026-Q1')
      rows.push([
        'ODE',
        'S0021',
        'S0021-BAD',
        '2026-02-12',
        '2026-03-29',
        '',
        '1800,00',
        '1800,00',
        'XXX',
        false,
        false,
        '',
        '',
      ]);
    if (quarter === '2024-Q4')
      rows.push([
        'OFR',
        'S0003',
        'S0003-BAD',
        '2024-11-31',
        '2025-01-15',
        '',
        '950,00',
        '1140,00',
        'EUR',
        false,
        false,
        '',
        '',
      ]);
    return csv(`purchasing/invoices_${quarter}.csv`, headings, rows);
  });
}
