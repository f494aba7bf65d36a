import { firstDay, lastDay, type Month, months, monthsOf, quartersOf } from './calendar.ts';
import { csv, type ExtractOut, type Field, fixed } from './extract-files.ts';
import { finalMonth, firstMonth, isOpen, type SiteId, site } from './group.ts';
import { stream } from './random.ts';

/** Site, outlet, medium, pollutant, kg a quarter, how it is known. */
const outlets: readonly (readonly [SiteId, string, string, string, number, string])[] = [
  ['LOR', 'Cheminée fours', 'air', 'NOX', 940, 'measured'],
  ['LOR', 'Cheminée fours', 'air', 'SOX', 210, 'calculated'],
  ['LOR', 'Dépoussiéreur', 'air', 'DUST', 330, 'measured'],
  ['LOR', 'Moulage', 'air', 'NMVOC', 560, 'calculated'],
  ['ANG', 'Cabine peinture', 'air', 'NMVOC', 720, 'calculated'],
  ['HAN', 'Lackiererei', 'air', 'NMVOC', 610, 'calculated'],
  ['HAN', 'Kesselhaus', 'air', 'NOX', 280, 'measured'],
  ['ZAR', 'Caldera', 'air', 'NOX', 190, 'measured'],
  ['LOR', 'Rejet R1', 'water', 'COD', 480, 'measured'],
  ['LOR', 'Rejet R1', 'water', 'TSS', 150, 'measured'],
  ['LOR', 'Rejet R1', 'water', 'METALS', 6.4, 'measured'],
  ['ANG', 'Rejet A1', 'water', 'COD', 130, 'measured'],
  ['HAN', 'Einleitung H1', 'water', 'COD', 210, 'measured'],
  ['HAN', 'Einleitung H1', 'water', 'PHOSPHORUS', 3.2, 'measured'],
  ['ZAR', 'Vertido Z1', 'water', 'COD', 160, 'measured'],
  ['VIE', 'Aire de stockage', 'soil', 'HYDROCARBONS', 1.2, 'estimated'],
];

/** Self-monitoring by quarter. Metals at Lorient fell below the limit of detection in 2026-Q2. */
export function pollutionFiles(last: Month): ExtractOut[] {
  const headings = [
    'Entité',
    'Site',
    'Exutoire',
    'Milieu',
    'Polluant',
    'Début',
    'Fin',
    'Quantité',
    'Unité',
    'Sous le seuil de détection',
    'Nature',
    'Justificatif',
  ];
  const files: ExtractOut[] = [];
  for (const quarter of quartersOf(months(firstMonth, finalMonth))) {
    const [, , third] = monthsOf(quarter);
    if (third > last) continue;
    const rows: Field[][] = [];
    for (const [id, outlet, medium, pollutant, kg, quality] of outlets) {
      const open = monthsOf(quarter).filter((month) => isOpen(site(id), month));
      const [from, to] = [open[0], open.at(-1)];
      if (from === undefined || to === undefined) continue;
      const random = stream(`pollution/${id}/${medium}/${pollutant}/${quarter}`);
      const below = id === 'LOR' && pollutant === 'METALS' && quarter === '2026-Q2';
      const mass = (below ? 0.8 : random.around(kg, 0.06)) * (open.length / 3);
      rows.push([
        site(id).entity,
        id,
        outlet,
        medium,
        pollutant,
        firstDay(from),
        lastDay(to),
        fixed(mass, 3),
        'kg',
        below,
        quality,
        `AUTO-${id}-${quarter}`,
      ]);
    }
    files.push(csv(`pollution/pollution_${quarter}.csv`, headings, rows));
  }
  return files;
}
