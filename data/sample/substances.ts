import { firstDay, type Month, months, monthsOf, quartersOf } from './calendar.ts';
import { csv, type ExtractOut, type Field, fixed } from './extract-files.ts';
import { finalMonth, firstMonth, isOpen, type SiteId, site } from './group.ts';
import { stream } from './random.ts';

/** Site, substance, CAS, hazard, of very high concern, flow, kg a month. */
const uses: readonly (readonly [SiteId, string, string, string, boolean, string, number])[] = [
  ['LOR', 'Plomb', '7439-92-1', 'reprotoxic', true, 'procured', 85],
  ['LOR', 'Formaldéhyde', '50-00-0', 'carcinogenic', false, 'procured', 140],
  ['LOR', 'Formaldéhyde', '50-00-0', 'carcinogenic', false, 'emitted', 9],
  ['ANG', 'Toluène', '108-88-3', 'reprotoxic', false, 'procured', 210],
  ['ANG', 'Toluène', '108-88-3', 'reprotoxic', false, 'emitted', 160],
  ['HAN', 'Nickelsulfat', '7786-81-4', 'carcinogenic', true, 'procured', 26],
  ['HAN', 'Nickelsulfat', '7786-81-4', 'carcinogenic', true, 'in_products', 21],
  ['ZAR', 'Tolueno', '108-88-3', 'reprotoxic', false, 'procured', 95],
];

/** Substances of concern by month, from the safety data sheets and the stock book. */
export function substanceFiles(last: Month): ExtractOut[] {
  const headings = [
    'Entité',
    'Site',
    'Mois',
    'Substance',
    'CAS',
    'Danger',
    'SVHC',
    'Flux',
    'Quantité',
    'Unité',
  ];
  const files: ExtractOut[] = [];
  for (const quarter of quartersOf(months(firstMonth, finalMonth))) {
    if (monthsOf(quarter)[2] > last) continue;
    const rows: Field[][] = [];
    for (const month of monthsOf(quarter)) {
      for (const [id, name, cas, hazard, high, flow, kg] of uses) {
        if (!isOpen(site(id), month)) continue;
        const mass = stream(`substance/${id}/${cas}/${flow}/${month}`).around(kg, 0.08);
        rows.push([
          site(id).entity,
          id,
          firstDay(month),
          name,
          cas,
          hazard,
          high,
          flow,
          fixed(mass, 2),
          'kg',
        ]);
      }
    }
    files.push(csv(`substances/substances_${quarter}.csv`, headings, rows));
  }
  return files;
}
