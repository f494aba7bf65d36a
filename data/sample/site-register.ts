import { firstDay, type Month } from './calendar.ts';
import { csv, type ExtractOut, type Field } from './extract-files.ts';
import { firstMonth, type SiteId, sites } from './group.ts';

/** Land ha, sealed ha, nature ha, sensitive area near or in, its name. Floor areas are those of the configuration. */
const land: Record<SiteId, readonly [number, number, number, 'none' | 'near' | 'in', string]> = {
  NAN: [0.9, 0.7, 0.05, 'none', ''],
  REN: [1.6, 0.9, 0.3, 'none', ''],
  LOR: [7.4, 5.2, 0.6, 'near', 'Rade de Lorient (zone fictive)'],
  ANG: [5.1, 3.3, 0.8, 'in', 'Basses vallées angevines (zone fictive)'],
  VIE: [2.8, 1.9, 0.2, 'none', ''],
  LYO: [3.2, 2.4, 0.2, 'none', ''],
  HAN: [4.6, 3.1, 0.4, 'none', ''],
  KAS: [1.9, 1.3, 0.1, 'near', 'Fuldaaue (erfundenes Gebiet)'],
  ZAR: [3.7, 2.6, 0.2, 'near', 'Galachos del Ebro (zona ficticia)'],
};

/** The register of sites. Angers opened 0.4 ha of asphalt to rain in March 2026; Lorient's foundry holds an ETS permit. */
export function siteRegisterFile(last: Month): ExtractOut {
  const headings = [
    'Entité',
    'Site',
    'À compter du',
    'Surface de plancher m2',
    'Emprise ha',
    'Surface imperméabilisée ha',
    'Surface favorable à la nature ha',
    'Zone sensible',
    'Nom de la zone',
    'Permis SEQE',
    'Système SST certifié',
    'Représentants du personnel',
  ];
  const line = (id: SiteId, from: string, sealed = land[id][1], nature = land[id][2]): Field[] => {
    const place = sites.find((site) => site.id === id);
    const [area, , , sensitive, name] = land[id];
    return [
      place?.entity,
      id,
      from,
      place?.area_m2,
      area,
      sealed,
      nature,
      sensitive,
      name,
      id === 'LOR' ? 'FR-SEQE-FICTIF-01' : '',
      // offices and the company that was bought are outside the certificate; Zaragoza has not voted yet
      !['NAN', 'REN', 'ZAR'].includes(id),
      id !== 'ZAR',
    ];
  };
  const rows = sites
    .filter((place) => (place.entry ?? firstDay(firstMonth)) <= `${last}-31`)
    .map((place) => line(place.id, place.entry ?? firstDay(firstMonth)));
  if (last >= '2026-03') rows.push(line('ANG', '2026-03-01', 2.9, 1.2));
  return csv('sites/site_register.csv', headings, rows);
}
