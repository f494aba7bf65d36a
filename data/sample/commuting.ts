import { lastDay, type Month } from './calendar.ts';
import { csv, type ExtractOut, type Field } from './extract-files.ts';
import { finalMonth, type SiteId, site } from './group.ts';
import { stream } from './random.ts';

/** Answers to the surveys, by site: how many, and how the answers spread over the modes. */
const answers: Partial<Record<SiteId, readonly [number, readonly (readonly [string, number])[]]>> = {
  NAN: [
    92,
    [
      ['tram', 0.3],
      ['car', 0.66],
      ['bicycle', 0.84],
      ['train', 0.93],
      ['walk', 1],
    ],
  ],
  REN: [
    61,
    [
      ['metro', 0.18],
      ['car', 0.66],
      ['electric_car', 0.76],
      ['bicycle', 0.93],
      ['bus', 1],
    ],
  ],
  LOR: [
    214,
    [
      ['car', 0.84],
      ['bus', 0.92],
      ['motorbike', 0.95],
      ['bicycle', 1],
    ],
  ],
  ANG: [
    131,
    [
      ['car', 0.8],
      ['bus', 0.9],
      ['bicycle', 1],
    ],
  ],
  LYO: [
    24,
    [
      ['car', 0.75],
      ['metro', 0.9],
      ['train', 1],
    ],
  ],
  HAN: [
    118,
    [
      ['car', 0.68],
      ['train', 0.86],
      ['bicycle', 1],
    ],
  ],
  ZAR: [
    74,
    [
      ['car', 0.7],
      ['bus', 0.92],
      ['walk', 1],
    ],
  ],
};

/** One survey a calendar year, told in spring for the whole of it. Vierzon and Kassel did not answer. */
export function commuteFiles(last: Month): ExtractOut[] {
  const headings = [
    'Entité',
    'Site',
    'Début',
    'Fin',
    'Mode',
    'Distance aller km',
    'Jours sur site par semaine',
    'Occupants',
  ];
  return ['2024', '2025', '2026']
    .filter((year) => `${year}-04` <= last || year === '2024')
    .map((year) => {
      const rows: Field[][] = [];
      for (const [id, [count, modes]] of Object.entries(answers)) {
        const place = site(id as SiteId);
        if (place.entry !== null && place.entry.slice(0, 4) > year) continue;
        for (let n = 0; n < count; n++) {
          const random = stream(`commute/${id}/${year}/${n}`);
          const draw = random.next();
          const mode = (modes.find(([, bound]) => draw < bound) ?? ['car'])[0];
          const far = mode === 'train' ? 38 : mode === 'walk' ? 1.2 : mode === 'bicycle' ? 4.5 : 15;
          const distance = Math.max(0.3, random.around(far, 0.35));
          rows.push([
            place.entity,
            id,
            place.entry ?? `${year}-01-01`,
            `${year}-12-31` > lastDay(finalMonth) ? lastDay(finalMonth) : `${year}-12-31`,
            mode,
            distance.toFixed(1).replace('.', ','),
            id === 'NAN' || id === 'REN' ? random.int(2, 5) : 5,
            mode === 'car' ? (random.chance(0.12) ? 2 : 1) : '',
          ]);
        }
      }
      return csv(`commuting/commute_${year}.csv`, headings, rows);
    });
}
