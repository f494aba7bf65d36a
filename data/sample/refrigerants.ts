import { addDays, firstDay, lastDay, type Month, months, monthsOf, quartersOf } from './calendar.ts';
import type { ExtractOut } from './extract-files.ts';
import { finalMonth, firstMonth, isOpen, type SiteId, site } from './group.ts';
import { stream } from './random.ts';
import { type SheetCell, workbook } from './workbook-file.ts';

/** Interventions on refrigerating plants, one workbook a year. The 2025 book holds a cell in error. */
export function refrigerantWorkbooks(last: Month): ExtractOut[] {
  const plants: readonly (readonly [SiteId, string, string])[] = [
    ['LOR', 'GF-LOR-1', 'R-410A'],
    ['ANG', 'GF-ANG-1', 'R-410A'],
    ['ANG', 'GF-ANG-2', 'R-134a'],
    ['NAN', 'CLIM-NAN-1', 'R-32'],
    ['REN', 'CLIM-REN-1', 'R-410A'],
    ['HAN', 'KM-HAN-1', 'R-407C'],
    ['KAS', 'KM-KAS-1', 'R-134a'],
    ['LYO', 'CLIM-LYO-1', 'R-32'],
    ['ZAR', 'EF-ZAR-1', 'R-404A'],
  ];
  const headings = [
    'Entité',
    'Site',
    'Équipement',
    "Date d'intervention",
    'Fluide',
    'Charge kg',
    'Récupéré kg',
    'Première charge',
    'Fiche',
  ];
  const rows: { day: string; cells: SheetCell[] }[] = [];
  for (const quarter of quartersOf(months(firstMonth, finalMonth))) {
    const [first, , third] = monthsOf(quarter);
    for (const [place, plant, fluid] of plants) {
      const random = stream(`fluid/${plant}/${quarter}`);
      if (!isOpen(site(place), third) || !random.chance(0.45)) continue;
      const day = addDays(
        firstDay(place === 'ZAR' ? third : first),
        random.int(0, place === 'ZAR' ? 20 : 80),
      );
      const charged = random.int(4, 90) / 10;
      rows.push({
        day,
        cells: [
          site(place).entity,
          place,
          plant,
          { day },
          fluid,
          charged,
          random.chance(0.3) ? random.int(1, 20) / 10 : 0,
          'non',
          `FI-${plant}-${quarter}`,
        ],
      });
    }
  }
  rows.push({
    day: '2025-09-10',
    cells: ['ORV', 'REN', 'CLIM-REN-2', { day: '2025-09-10' }, 'R-32', 12, 0, 'oui', 'FI-CLIM-REN-2-neuf'],
  });
  rows.push({
    day: '2025-04-16',
    cells: [
      'OFR',
      'LOR',
      'GF-LOR-1',
      { day: '2025-04-16' },
      'R-410A',
      { error: '#N/A' },
      0,
      'non',
      'FI-illisible',
    ],
  });
  rows.sort((a, b) => (a.day < b.day ? -1 : 1));
  const delivered = rows.filter((row) => row.day <= lastDay(last));
  return [...new Set(delivered.map((row) => row.day.slice(0, 4)))].map((year) =>
    workbook(
      `refrigerants/refrigerants_${year}.xlsx`,
      'Interventions',
      headings,
      delivered.filter((row) => row.day.startsWith(year)).map((row) => row.cells),
    ),
  );
}
