import { type Absence, addStop } from './absences.ts';
import { addDays, type Day, firstDay, monthsOf, type Quarter } from './calendar.ts';
import type { ExtractOut } from './extract-files.ts';
import { type EntityId, type SiteId, site } from './group.ts';
import { isEmployee, type Person, runsOn, siteIn } from './people.ts';
import { type Random, stream } from './random.ts';
import { type SheetCell, workbook } from './workbook-file.ts';

export type EventKind =
  | 'accident_with_stop'
  | 'accident_without_stop'
  | 'commuting'
  | 'occupational_disease'
  | 'first_aid'
  | 'near_miss';

export interface SafetyEvent {
  readonly id: string;
  readonly site: SiteId;
  readonly entity: EntityId;
  readonly day: Day;
  readonly workerType: 'employee' | 'temporary';
  readonly kind: EventKind;
  readonly lostDays: number;
  readonly status: 'declared' | 'recognised' | 'contested';
  readonly description: string;
  /** in the register of operations; one accident is known to payroll only */
  readonly registered: boolean;
}

/** Accidents with stop by quarter and site. The frequency rate rises in 2026: objective O-SAFETY drifts. */
const stops: Record<Quarter, Partial<Record<SiteId, number>>> = {
  '2024-Q3': { LOR: 4, ANG: 2, HAN: 1, VIE: 1 },
  '2024-Q4': { LOR: 4, ANG: 2, HAN: 1, LYO: 1, VIE: 1 },
  '2025-Q1': { LOR: 3, ANG: 3, HAN: 2, KAS: 1 },
  '2025-Q2': { LOR: 4, ANG: 2, HAN: 1, LYO: 1 },
  '2025-Q3': { LOR: 3, ANG: 2, HAN: 2, VIE: 1 },
  '2025-Q4': { LOR: 4, ANG: 2, HAN: 1, KAS: 1, LYO: 1 },
  '2026-Q1': { LOR: 6, ANG: 3, HAN: 2, LYO: 1 },
  '2026-Q2': { LOR: 7, ANG: 4, HAN: 1, LYO: 1, ZAR: 1 },
  '2026-Q3': { LOR: 7, ANG: 4, HAN: 2, KAS: 1, ZAR: 2 },
};
const others: readonly (readonly [EventKind, number])[] = [
  ['accident_without_stop', 9],
  ['commuting', 2],
  ['first_aid', 7],
  ['near_miss', 12],
];
const circumstances = [
  'Glissade près du bac de refroidissement',
  'Coupure lors de l’ébavurage',
  'Douleur au dos en manutention',
  'Projection de sable au décochage',
  'Choc avec un transpalette',
  'Brûlure légère au poste de coulée',
  'Chute de plain-pied dans l’allée',
  'Pincement au montage d’un corps de pompe',
];

/**
 * Events of all quarters; stops of French employees are put among their absences, so that DSN tells
 * them too, but for two that payroll forgot (2025-Q4 Lorient, 2026-Q3 Angers). One stop of
 * 2026-Q2 at Lorient is known to payroll and not to the register.
 */
export function safetyEvents(people: readonly Person[], absences: Map<string, Absence[]>): SafetyEvent[] {
  const events: SafetyEvent[] = [];
  for (const [quarter, bySite] of Object.entries(stops)) {
    const drafts: { site: SiteId; kind: EventKind; hidden: boolean; silent: boolean }[] = [];
    for (const [place, count] of Object.entries(bySite) as [SiteId, number][]) {
      for (let n = 0; n < count; n++) {
        const silent =
          n === 0 &&
          ((quarter === '2025-Q4' && place === 'LOR') || (quarter === '2026-Q3' && place === 'ANG'));
        drafts.push({ site: place, kind: 'accident_with_stop', hidden: false, silent });
      }
    }
    if (quarter === '2026-Q2')
      drafts.push({ site: 'LOR', kind: 'accident_with_stop', hidden: true, silent: false });
    const pool = Object.keys(bySite) as SiteId[];
    for (const [kind, count] of others) {
      for (let n = 0; n < count; n++) {
        drafts.push({
          site: stream(`safety/${quarter}/${kind}/${n}`).pick([
            ...pool,
            'LOR',
            'ANG',
            'NAN',
            'REN',
          ] as SiteId[]),
          kind,
          hidden: false,
          silent: false,
        });
      }
    }
    if (quarter.endsWith('Q1'))
      drafts.push({ site: 'LOR', kind: 'occupational_disease', hidden: false, silent: false });
    drafts.forEach((draft, index) => {
      events.push(event(quarter, index, draft, people, absences));
    });
  }
  return events.sort((a, b) => (a.day === b.day ? (a.id < b.id ? -1 : 1) : a.day < b.day ? -1 : 1));
}

function event(
  quarter: Quarter,
  index: number,
  draft: { site: SiteId; kind: EventKind; hidden: boolean; silent: boolean },
  people: readonly Person[],
  absences: Map<string, Absence[]>,
): SafetyEvent {
  const random = stream(`safety/${quarter}/${index}`);
  const stopped = ['accident_with_stop', 'commuting', 'occupational_disease'].includes(draft.kind);
  const temporary = draft.kind === 'accident_with_stop' && !draft.hidden && !draft.silent && index % 6 === 5;
  let day = dayIn(quarter, draft.site, random);
  let days = stopped ? (draft.kind === 'commuting' ? random.int(3, 20) : random.int(4, 45)) : 0;
  const french = ['LOR', 'ANG', 'VIE', 'LYO', 'NAN', 'REN'].includes(draft.site);
  if (stopped && french && !temporary && !draft.silent) {
    const reason =
      draft.kind === 'commuting'
        ? 'commuting_accident'
        : draft.kind === 'occupational_disease'
          ? 'occupational_disease'
          : 'work_accident';
    for (let attempt = 0; ; attempt++) {
      if (attempt === 400) throw new Error(`nobody free at ${draft.site} on ${day}`);
      const person = random.pick(people);
      const contract = person.contracts.find((candidate) => runsOn(candidate, day));
      if (!contract || !isEmployee(contract) || siteIn(contract, day.slice(0, 7)) !== draft.site) continue;
      if (attempt < 300 && contract.jobClass !== 'worker' && draft.site !== 'NAN' && draft.site !== 'REN')
        continue;
      if (addStop(absences.get(person.number) as Absence[], contract, reason, day, days)) break;
      if (attempt % 50 === 49) {
        day = dayIn(quarter, draft.site, random);
        days = random.int(3, 15);
      }
    }
  }
  return {
    id: `AT-${quarter.slice(2, 4)}${quarter.slice(6)}-${String(index + 1).padStart(3, '0')}`,
    site: draft.site,
    entity: site(draft.site).entity,
    day,
    workerType: temporary ? 'temporary' : 'employee',
    kind: draft.kind,
    lostDays: days,
    status:
      draft.kind === 'occupational_disease' ? 'recognised' : random.chance(0.85) ? 'declared' : 'contested',
    description: random.pick(circumstances),
    registered: !draft.hidden,
  };
}

function dayIn(quarter: Quarter, place: SiteId, random: Random): Day {
  const [first, , third] = monthsOf(quarter);
  const from = place === 'ZAR' && quarter === '2026-Q2' ? '2026-05-04' : firstDay(first);
  const days = place === 'ZAR' && quarter === '2026-Q2' ? 55 : 80;
  const day = addDays(from, random.int(0, days));
  return day > `${third}-28` ? `${third}-27` : day;
}

/** The register, one workbook a year. Its 2025 book holds a cell in error, its 2026 book an unknown site. */
export function safetyWorkbooks(events: readonly SafetyEvent[], last: Day): ExtractOut[] {
  const headings = [
    'Entité',
    'Site',
    'Évènement',
    'Date',
    'Population',
    'Nature',
    'Mortel',
    'Jours perdus',
    'Statut',
    'Circonstances',
  ];
  const years = [...new Set(events.filter((each) => each.day <= last).map((each) => each.day.slice(0, 4)))];
  return years.map((year) => {
    const rows: SheetCell[][] = events
      .filter((each) => each.registered && each.day.startsWith(year) && each.day <= last)
      .map((each) => [
        each.entity,
        each.site,
        each.id,
        { day: each.day },
        each.workerType,
        each.kind,
        'non',
        each.lostDays,
        each.status,
        each.description,
      ]);
    if (year === '2025')
      rows.push([
        'OFR',
        'LYO',
        'AT-254-900',
        { day: '2025-11-18' },
        'employee',
        'first_aid',
        'non',
        { error: '#N/A' },
        'declared',
        'Formule cassée',
      ]);
    if (year === '2026')
      rows.push([
        'OFR',
        'LRT',
        'AT-261-901',
        { day: '2026-02-11' },
        'employee',
        'near_miss',
        'non',
        0,
        'declared',
        'Code de site inconnu',
      ]);
    return workbook(`safety/safety_register_${year}.xlsx`, 'Registre', headings, rows);
  });
}
