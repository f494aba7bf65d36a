import {
  addDays,
  firstDay,
  lastDay,
  type Month,
  months,
  monthsOf,
  type Quarter,
  quartersOf,
} from './calendar.ts';
import type { Charge, Costed } from './charges.ts';
import { csv, type ExtractOut, type Field, fixed } from './extract-files.ts';
import { type EntityId, finalMonth, firstMonth, isOpen, type SiteId, site } from './group.ts';
import { stream } from './random.ts';

/** Kinds of waste: code, name, t a month by site, planned and final treatment, euros a t. */
const streams: readonly (readonly [
  string,
  string,
  Partial<Record<SiteId, number>>,
  string,
  string,
  number,
])[] = [
  ['10 09 08', 'Sables de fonderie usés', { LOR: 210 }, 'R5', 'R5', 48],
  ['10 09 03', 'Laitiers de four', { LOR: 62 }, 'D5', 'D5', 96],
  [
    '12 01 01',
    'Tournures de métaux ferreux',
    { LOR: 24, ANG: 38, VIE: 30, HAN: 46, KAS: 14, ZAR: 31 },
    'R4',
    'R4',
    0,
  ],
  [
    '12 01 09*',
    'Émulsions et solutions d’usinage',
    { LOR: 5, ANG: 9, VIE: 11, HAN: 8, KAS: 3, ZAR: 7 },
    'D9',
    'D9',
    260,
  ],
  ['13 02 05*', 'Huiles usagées', { LOR: 2, ANG: 1.4, VIE: 1.6, HAN: 2.2, ZAR: 1.2 }, 'R9', 'R9', 90],
  [
    '15 01 01',
    'Emballages en papier et carton',
    { LOR: 4, ANG: 11, LYO: 18, HAN: 9, KAS: 3, ZAR: 6, NAN: 1.5 },
    'R3',
    'R3',
    15,
  ],
  ['15 01 03', 'Emballages en bois', { LOR: 6, ANG: 9, LYO: 14, HAN: 8, ZAR: 5 }, 'R13', 'R3', 38],
  [
    '15 01 10*',
    'Emballages souillés',
    { LOR: 1.1, ANG: 0.8, VIE: 0.7, HAN: 0.9, ZAR: 0.6 },
    'D10',
    'D10',
    410,
  ],
  [
    '20 03 01',
    'Déchets en mélange',
    { LOR: 14, ANG: 12, VIE: 6, LYO: 9, HAN: 10, KAS: 4, ZAR: 9, NAN: 3, REN: 2.5 },
    'D5',
    'R1',
    165,
  ],
];

interface WasteRow {
  readonly quarter: Quarter;
  readonly fields: Field[];
  readonly id: string;
  /** tells of a row delivered before: it comes in an extract of its own, received in August 2026 */
  readonly mends: boolean;
}

/**
 * The waste register. In August 2026 comes an extract that mends 2026-Q2: turnings that went to landfill
 * after all, wood that was burnt, a weight that was estimated, and a dispatch written twice that is cancelled.
 */
export function waste(): Costed<WasteRow> {
  const rows: WasteRow[] = [];
  const charges: Charge[] = [];
  for (const quarter of quartersOf(months(firstMonth, finalMonth))) {
    const spent = new Map<string, number>();
    for (const month of monthsOf(quarter)) {
      for (const [code, name, tonnages, planned, final, price] of streams) {
        for (const [place, mean] of Object.entries(tonnages) as [SiteId, number][]) {
          if (!isOpen(site(place), month)) continue;
          const random = stream(`waste/${place}/${code}/${month}`);
          const better = ['20 03 01'].includes(code) ? 1 - 0.012 * months(firstMonth, month).length : 1;
          const slow = month.endsWith('-08') ? 0.6 : 1;
          const tonnes = Math.max(
            0.05,
            Math.round(mean * better * slow * (1 + 0.1 * random.normal()) * 100) / 100,
          );
          const id = `${place}-${month.replace('-', '')}-${code.replaceAll(' ', '').replace('*', 'X')}`;
          rows.push(
            wasteRow(
              quarter,
              '',
              id,
              place,
              name,
              code,
              addDays(firstDay(month), random.int(3, 26)),
              tonnes,
              planned,
              final,
              random.chance(0.1),
            ),
          );
          const key = site(place).entity;
          spent.set(
            `${key}/${place}`,
            (spent.get(`${key}/${place}`) ?? 0) + Math.round(tonnes * price * 100),
          );
        }
      }
    }
    for (const [key, cents] of [...spent].sort()) {
      const [company, place] = key.split('/') as [EntityId, SiteId];
      if (cents > 0)
        charges.push({
          entity: company,
          supplier:
            company === 'ODE' ? 'S9032' : company === 'OES' ? 'S9033' : `S903${place === 'LOR' ? 0 : 1}`,
          account: '615280',
          day: lastDay(monthsOf(quarter)[2]),
          cents,
          site: place,
        });
    }
    if (quarter === '2026-Q2') {
      const twice = rows.find((row) => row.id === 'ANG-202605-120101') as WasteRow;
      rows.push({
        ...twice,
        id: 'ANG-202605-120101-B',
        fields: twice.fields.map((field, index) => (index === 1 ? 'ANG-202605-120101-B' : field)),
      });
    }
    if (quarter === '2026-Q2') rows.push(...secondQuarterMended(rows, quarter));
    if (quarter === '2024-Q4')
      rows.push(
        wasteRow(
          quarter,
          '',
          'LOR-BAD-1',
          'LOR',
          'Code illisible',
          '1009',
          '2024-11-12',
          4.2,
          'D5',
          'D5',
          false,
        ),
      );
  }
  return { rows, charges };
}

function secondQuarterMended(rows: readonly WasteRow[], quarter: Quarter): WasteRow[] {
  const mended = (
    id: string,
    reason: 'MODIFIER' | 'ANNULER',
    change: (fields: Field[]) => void,
  ): WasteRow => {
    const before = rows.find((row) => row.id === id);
    if (!before) throw new Error(`no waste row ${id}`);
    const fields = [...before.fields];
    fields[0] = reason;
    change(fields);
    return { quarter, id, fields, mends: true };
  };
  const treatedBy =
    (treatment: string) =>
    (fields: Field[]): void => {
      fields[12] = treatment;
    };
  return [
    mended('LOR-202604-120101', 'MODIFIER', treatedBy('D5')),
    mended('HAN-202605-150103', 'MODIFIER', treatedBy('R1')),
    mended('LOR-202606-100903', 'MODIFIER', (fields) => {
      fields[9] = fixed(88.4, 4);
      fields[10] = 'REEL';
    }),
    mended('ANG-202605-120101-B', 'ANNULER', () => {}),
  ];
}

function wasteRow(
  quarter: Quarter,
  reason: string,
  id: string,
  place: SiteId,
  name: string,
  code: string,
  day: string,
  tonnes: number,
  planned: string,
  final: string,
  estimated: boolean,
): WasteRow {
  return {
    quarter,
    id,
    mends: false,
    fields: [
      reason,
      id,
      site(place).siret ?? '',
      site(place).entity,
      place,
      name,
      code,
      code.endsWith('*'),
      day,
      fixed(tonnes, 4),
      estimated ? 'ESTIME' : 'REEL',
      planned,
      final,
      code.endsWith('*') ? 'Centre de traitement du Ponant' : 'Filière locale',
    ],
  };
}

export function wasteFiles(register: Costed<WasteRow>, last: Month): ExtractOut[] {
  const headings = [
    'Motif',
    'Identifiant unique',
    'SIRET du déclarant',
    'Entité',
    'Site',
    'Dénomination du déchet',
    'Code déchet',
    'Dangereux',
    "Date d'expédition",
    'Poids en tonnes',
    'Type de poids',
    'Code de traitement prévu',
    'Code de traitement réalisé',
    'Destination',
  ];
  const file = (name: string, chosen: (row: WasteRow) => boolean): ExtractOut =>
    csv(
      `waste/${name}.csv`,
      headings,
      register.rows.filter(chosen).map((row) => row.fields),
    );
  const files = quartersOf(months(firstMonth, last)).map((quarter) =>
    file(`register_${quarter}`, (row) => row.quarter === quarter && !row.mends),
  );
  if (last > '2026-06') files.push(file('register_2026-Q2_corrections', (row) => row.mends));
  return files;
}
