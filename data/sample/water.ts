import { firstDay, lastDay, type Month, months, monthsOf, type Quarter, quartersOf } from './calendar.ts';
import type { Charge, Costed } from './charges.ts';
import { csv, type ExtractOut, type Field, fixed } from './extract-files.ts';
import { finalMonth, firstMonth, isOpen, type SiteId, sites } from './group.ts';
import { stream } from './random.ts';

interface QuarterRow {
  readonly quarter: Quarter;
  readonly fields: Field[];
}

/** m3 withdrawn a quarter and share sent back, by site. Lorient's closed loop works from 2025-Q3 on. */
const waterUse: Record<SiteId, readonly [number, number]> = {
  NAN: [640, 1],
  REN: [900, 0.95],
  LOR: [11800, 0.62],
  ANG: [2900, 0.86],
  VIE: [2100, 0.8],
  LYO: [420, 1],
  HAN: [5200, 0.78],
  KAS: [1300, 0.85],
  ZAR: [4100, 0.7],
};

/** Water by quarter: network and, at Lorient, a well; discharge measured; Zaragoza lies in a stressed basin. */
export function water(): Costed<QuarterRow> {
  const rows: QuarterRow[] = [];
  const charges: Charge[] = [];
  for (const quarter of quartersOf(months(firstMonth, finalMonth))) {
    for (const place of sites) {
      const open = monthsOf(quarter).filter((month) => isOpen(place, month));
      const [first, last] = [open[0], open.at(-1)];
      if (first === undefined || last === undefined) continue;
      const [volume, returned] = waterUse[place.id];
      const random = stream(`water/${place.id}/${quarter}`);
      const dry = quarter.endsWith('Q3') ? 1.08 : 1;
      const loop = place.id === 'LOR' && quarter >= '2025-Q3' ? 0.91 : 1;
      const drawn = Math.round(volume * (open.length / 3) * dry * loop * (1 + 0.04 * random.normal()));
      const row = (meter: string, source: string, flow: string, cubicMetres: number): Field[] => {
        const estimated = place.id === 'REN' && quarter === '2026-Q3';
        return [
          place.entity,
          place.id,
          meter,
          source,
          flow,
          firstDay(first),
          lastDay(last),
          fixed(cubicMetres, 0),
          'm3',
          estimated ? 'estimated' : flow === 'discharge' ? 'measured' : 'billed',
        ];
      };
      const well = place.id === 'LOR' ? Math.round(drawn * 0.42) : 0;
      rows.push({ quarter, fields: row(`${place.id}-W1`, 'network', 'withdrawal', drawn - well) });
      if (well > 0) rows.push({ quarter, fields: row('LOR-W2', 'groundwater', 'withdrawal', well) });
      rows.push({
        quarter,
        fields: row(`${place.id}-D1`, 'network', 'discharge', Math.round(drawn * returned)),
      });
      charges.push({
        entity: place.entity,
        supplier: place.entity === 'ODE' ? 'S9042' : place.entity === 'OES' ? 'S9043' : 'S9041',
        account: '606130',
        day: lastDay(last),
        cents: (drawn - well) * 385,
        site: place.id,
      });
    }
    if (quarter === '2025-Q1')
      rows.push({
        quarter,
        fields: [
          'OFR',
          'LOR',
          'LOR-W1',
          'network',
          'withdrawal',
          '2025-01-01',
          '2025-03-31',
          'env. 11800',
          'm3',
          'billed',
        ],
      });
  }
  return { rows, charges };
}

export function waterFiles(used: Costed<QuarterRow>, last: Month): ExtractOut[] {
  const headings = [
    'Entité',
    'Site',
    'Compteur',
    'Origine',
    'Flux',
    'Début',
    'Fin',
    'Quantité',
    'Unité',
    'Nature',
  ];
  return quartersOf(months(firstMonth, last)).map((quarter) =>
    csv(
      `water/water_${quarter}.csv`,
      headings,
      used.rows.filter((row) => row.quarter === quarter).map((row) => row.fields),
    ),
  );
}
