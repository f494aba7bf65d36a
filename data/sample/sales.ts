import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
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
import { csv, type ExtractOut, euros } from './extract-files.ts';
import { acquisitionMonth, type EntityId, entity, finalMonth, firstMonth, type SiteId } from './group.ts';
import { surname } from './names.ts';
import { intragroup, intragroupAmount, intragroupNumber, ledgerStart } from './purchases.ts';
import { stream } from './random.ts';

export interface Sale {
  readonly entity: EntityId;
  readonly site: SiteId;
  readonly customer: string;
  readonly customerName: string;
  readonly country: string;
  readonly number: string;
  readonly date: string;
  readonly paid: string;
  readonly net: number;
  readonly vat: number;
  readonly account: string;
  readonly intragroup: boolean;
}

/** Customers: thousand euros a year, invoices a month, number of customers. ORV sells licences only. */
const turnover: Record<EntityId, readonly [number, number, number]> = {
  ORV: [2_600, 3, 4],
  OFR: [230_000, 88, 46],
  ODE: [120_000, 58, 31],
  OES: [55_000, 34, 22],
};

/** Every sale of the four companies, in date order. */
export function saleList(): Sale[] {
  const list: Sale[] = [];
  for (const month of months(ledgerStart, finalMonth)) {
    const coarse = month < firstMonth;
    for (const company of ['ORV', 'OFR', 'ODE', 'OES'] as const) {
      const [thousands, count, customers] = turnover[company];
      const growth = { '2024': 0.985, '2025': 1, '2026': 1.012 }[month.slice(0, 4)] ?? 1;
      const monthly = (thousands * 100_000 * growth * (month.endsWith('-08') ? 0.62 : 1.0345)) / 12;
      const number = coarse ? 3 : count;
      for (let n = 0; n < number; n++) {
        const random = stream(`sale/${company}/${month}/${n}`);
        const home = entity(company).country;
        const who = Math.floor(random.next() ** 1.5 * customers);
        const card = stream(`customer/${company}/${who}`);
        const country = card.chance(0.55)
          ? home
          : card.pick(['FR', 'DE', 'ES', 'IT', 'BE', 'US', 'MA', 'PL']);
        const net = Math.round((monthly / number) * (0.5 + random.next()));
        const date = addDays(firstDay(month), random.int(0, daysIn(month) - 1));
        list.push({
          entity: company,
          site:
            company === 'OFR'
              ? 'LYO'
              : company === 'ODE'
                ? n % 5 === 0
                  ? 'KAS'
                  : 'HAN'
                : company === 'OES'
                  ? 'ZAR'
                  : 'NAN',
          customer: `C${company}${String(who + 1).padStart(3, '0')}`,
          customerName: `${surname(card)} ${card.pick(['Eaux', 'Industrie', 'Énergie', 'Chantiers'])}`,
          country,
          number: `F${company}${month.slice(2).replace('-', '')}${String(n + 1).padStart(3, '0')}`,
          date,
          paid: addDays(date, random.int(38, 74)),
          net,
          vat:
            country === home ? Math.round((net * (home === 'FR' ? 20 : home === 'DE' ? 19 : 21)) / 100) : 0,
          account: company === 'ORV' ? '706200' : '701000',
          intragroup: false,
        });
      }
    }
    for (const [seller, buyer] of intragroup) {
      if (buyer === 'OES' && month < '2026-06') continue;
      const net = intragroupAmount(seller, buyer, month);
      const date = lastDay(month);
      const domestic = entity(seller).country === entity(buyer).country;
      list.push({
        entity: seller,
        site: seller === 'OFR' ? 'LYO' : 'NAN',
        customer: `IC-${buyer}`,
        customerName: entity(buyer).name,
        country: entity(buyer).country,
        number: intragroupNumber(seller, buyer, month),
        date,
        paid: addDays(date, 30),
        net,
        vat: domestic ? Math.round(net * 0.2) : 0,
        account: seller === 'OFR' ? '701000' : '706100',
        intragroup: true,
      });
    }
  }
  return list.sort((a, b) => (a.date === b.date ? (a.number < b.number ? -1 : 1) : a.date < b.date ? -1 : 1));
}

/** Deliveries of goods, one Parquet file a quarter; each is invoiced on the day it leaves or up to two days later. */
export async function deliveryFiles(list: readonly Sale[], last: Month): Promise<ExtractOut[]> {
  const headings = [
    'entity',
    'site',
    'delivery',
    'delivery_date',
    'customer_country',
    'amount_excl_vat',
    'currency',
    'intragroup',
  ];
  const rows = new Map<Quarter, (string | boolean)[][]>();
  for (const sale of list) {
    if (sale.entity === 'ORV') continue;
    const left = sale.intragroup
      ? sale.date
      : addDays(sale.date, -stream(`delivery/${sale.number}`).int(0, 2));
    const month = left.slice(0, 7);
    if (month < firstMonth || month > last || (sale.entity === 'OES' && month < acquisitionMonth)) continue;
    const quarter = quarterOf(month);
    const list = rows.get(quarter) ?? [];
    rows.set(quarter, list);
    list.push([
      sale.entity,
      sale.site,
      `BL-${sale.number}`,
      left,
      sale.country,
      euros(sale.net, '.'),
      'EUR',
      sale.intragroup,
    ]);
  }
  const folder = mkdtempSync(join(tmpdir(), 'sample-'));
  const instance = await DuckDBInstance.create(':memory:', { threads: '1' });
  const connection = await instance.connect();
  try {
    const files: ExtractOut[] = [];
    for (const quarter of quartersOf(months(firstMonth, last))) {
      const from = join(folder, 'deliveries.csv');
      const to = join(folder, 'deliveries.parquet');
      writeFileSync(from, csv('', headings, rows.get(quarter) ?? [], { delimiter: ',', decimal: '.' }).bytes);
      await connection.run(`copy (
  select entity, site, delivery, delivery_date::date as delivery_date, customer_country,
    amount_excl_vat::decimal(18,2) as amount_excl_vat, currency, intragroup = 'oui' as intragroup
  from read_csv('${from.replaceAll("'", "''")}', header = true, all_varchar = true)
) to '${to.replaceAll("'", "''")}' (format parquet, compression zstd)`);
      files.push({ path: `deliveries/deliveries_${quarter}.parquet`, bytes: readFileSync(to) });
    }
    return files;
  } finally {
    connection.closeSync();
    instance.closeSync();
    rmSync(folder, { recursive: true, force: true });
  }
}
