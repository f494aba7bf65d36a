import { firstDay, type Month, months, monthsOf, quartersOf } from './calendar.ts';
import { csv, type ExtractOut, type Field, fixed } from './extract-files.ts';
import { finalMonth, firstMonth, isOpen, type SiteId, site } from './group.ts';
import { stream } from './random.ts';

/** Site, flow, material, biological, t a month, recycled %, certificate. */
const flows: readonly (readonly [SiteId, string, string, boolean, number, number, string])[] = [
  ['LOR', 'inflow', 'pig_iron', false, 120, 0, ''],
  ['LOR', 'inflow', 'steel_scrap', false, 310, 100, 'ATT-FERRAILLE-2024'],
  ['LOR', 'inflow', 'foundry_sand', false, 205, 0, ''],
  ['ANG', 'inflow', 'steel', false, 140, 24, 'ATT-ACIER-2024'],
  ['ANG', 'inflow', 'copper', false, 9, 35, ''],
  ['ANG', 'packaging', 'wood', true, 12, 0, ''],
  ['LYO', 'packaging', 'cardboard', true, 19, 80, 'ATT-CARTON-2024'],
  ['VIE', 'inflow', 'steel', false, 60, 24, 'ATT-ACIER-2024'],
  ['HAN', 'inflow', 'steel', false, 165, 31, 'NW-STAHL-2024'],
  ['HAN', 'packaging', 'cardboard', true, 8, 75, 'NW-KARTON-2024'],
  ['KAS', 'inflow', 'plastic', false, 18, 12, 'NW-KUNST-2024'],
  ['ZAR', 'inflow', 'steel', false, 110, 18, 'CERT-ACERO-2026'],
  ['ZAR', 'packaging', 'wood', true, 5, 0, ''],
];

/** Materials bought and packaging put on the market, by month. A return of copper to its supplier in June 2026. */
export function materialFiles(last: Month): ExtractOut[] {
  const headings = [
    'Entité',
    'Site',
    'Mois',
    'Flux',
    'Matière',
    'Biologique',
    'Quantité',
    'Unité',
    'Part recyclée %',
    'Attestation',
    "Famille d'achat",
    'Facteur fournisseur kgCO2e/kg',
    'Document fournisseur',
  ];
  const files: ExtractOut[] = [];
  for (const quarter of quartersOf(months(firstMonth, finalMonth))) {
    if (monthsOf(quarter)[2] > last) continue;
    const rows: Field[][] = [];
    for (const month of monthsOf(quarter)) {
      for (const [id, flow, material, biological, tonnes, recycled, certificate] of flows) {
        if (!isOpen(site(id), month)) continue;
        const mass = stream(`material/${id}/${material}/${month}`).around(tonnes, 0.07);
        rows.push([
          site(id).entity,
          id,
          firstDay(month),
          flow,
          material,
          biological,
          fixed(mass, 3),
          't',
          recycled,
          certificate,
          '',
          '',
          '',
        ]);
      }
      if (month === '2026-06')
        rows.push(['OFR', 'ANG', '2026-06-01', 'inflow', 'copper', false, '-1,500', 't', 35, '', '', '', '']);
    }
    files.push(csv(`materials/materials_${quarter}.csv`, headings, rows));
  }
  return files;
}
