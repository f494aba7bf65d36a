import { firstDay, lastDay, type Month, months } from './calendar.ts';
import type { Charge, Costed } from './charges.ts';
import { type ExtractOut, encode, euros } from './extract-files.ts';
import { acquisitionMonth, type EntityId, finalMonth, firstMonth } from './group.ts';
import { stream } from './random.ts';

interface Project {
  readonly id: string;
  readonly entity: EntityId;
  readonly name: string;
  readonly department: string;
  readonly kind: 'rd' | 'capex' | 'digital' | 'organisation';
  readonly from: Month;
  readonly to: Month;
  /** euros a month */
  readonly spend: number;
  readonly budget: number;
  readonly plannedEnd: string;
  readonly forecastEnd: string;
  readonly sustainable: boolean;
  readonly evidence: string;
}

const list: readonly Project[] = [
  {
    id: 'P-PUMP-HE',
    entity: 'ORV',
    name: 'Pompe à haut rendement',
    department: 'innovation',
    kind: 'rd',
    from: '2024-01',
    to: '2026-12',
    spend: 338_000,
    budget: 12_000_000,
    plannedEnd: '2026-12-31',
    forecastEnd: '2027-03-31',
    sustainable: true,
    evidence: 'Dossier technique DT-114',
  },
  {
    id: 'P-SEAL',
    entity: 'ORV',
    name: 'Garnitures sans PFAS',
    department: 'innovation',
    kind: 'rd',
    from: '2024-03',
    to: '2026-12',
    spend: 192_000,
    budget: 6_400_000,
    plannedEnd: '2026-09-30',
    forecastEnd: '2026-12-31',
    sustainable: true,
    evidence: 'Dossier technique DT-121',
  },
  {
    id: 'P-TWIN',
    entity: 'ORV',
    name: 'Jumeau numérique de station',
    department: 'innovation',
    kind: 'rd',
    from: '2024-01',
    to: '2026-12',
    spend: 236_000,
    budget: 8_200_000,
    plannedEnd: '2026-12-31',
    forecastEnd: '2026-12-31',
    sustainable: false,
    evidence: '',
  },
  {
    id: 'P-CAST',
    entity: 'ORV',
    name: 'Alliages de fonderie recyclés',
    department: 'innovation',
    kind: 'rd',
    from: '2025-01',
    to: '2026-12',
    spend: 118_000,
    budget: 2_900_000,
    plannedEnd: '2026-12-31',
    forecastEnd: '2026-12-31',
    sustainable: true,
    evidence: '',
  },
  {
    id: 'C-LOR-FURN',
    entity: 'OFR',
    name: 'Four de fusion à induction',
    department: 'operations',
    kind: 'capex',
    from: '2025-06',
    to: '2026-06',
    spend: 520_000,
    budget: 6_500_000,
    plannedEnd: '2026-03-31',
    forecastEnd: '2026-06-30',
    sustainable: false,
    evidence: 'PV de réception 2026-06',
  },
  {
    id: 'C-ANG-LED',
    entity: 'OFR',
    name: 'Éclairage LED et variateurs à Angers',
    department: 'operations',
    kind: 'capex',
    from: '2025-06',
    to: '2025-11',
    spend: 63_000,
    budget: 380_000,
    plannedEnd: '2025-11-30',
    forecastEnd: '2025-11-30',
    sustainable: true,
    evidence: '',
  },
  {
    id: 'C-LYO-PV',
    entity: 'OFR',
    name: 'Toiture solaire de Lyon',
    department: 'operations',
    kind: 'capex',
    from: '2025-01',
    to: '2025-06',
    spend: 82_000,
    budget: 500_000,
    plannedEnd: '2025-06-30',
    forecastEnd: '2025-06-30',
    sustainable: true,
    evidence: 'Consuel 2025-06-24',
  },
  {
    id: 'C-OFR-RENEW',
    entity: 'OFR',
    name: 'Renouvellement de machines',
    department: 'operations',
    kind: 'capex',
    from: '2024-01',
    to: '2026-12',
    spend: 415_000,
    budget: 15_000_000,
    plannedEnd: '2026-12-31',
    forecastEnd: '2026-12-31',
    sustainable: false,
    evidence: '',
  },
  {
    id: 'C-HAN-LINE',
    entity: 'ODE',
    name: 'Ligne d’essais de Hanovre',
    department: 'operations',
    kind: 'capex',
    from: '2024-01',
    to: '2026-12',
    spend: 272_000,
    budget: 9_800_000,
    plannedEnd: '2026-12-31',
    forecastEnd: '2026-12-31',
    sustainable: false,
    evidence: '',
  },
  {
    id: 'C-ZAR-WATER',
    entity: 'OES',
    name: 'Boucle d’eau de Saragosse',
    department: 'operations',
    kind: 'capex',
    from: '2026-05',
    to: '2026-12',
    spend: 48_000,
    budget: 420_000,
    plannedEnd: '2026-12-31',
    forecastEnd: '2026-12-31',
    sustainable: true,
    evidence: '',
  },
  {
    id: 'D-HRIS',
    entity: 'ORV',
    name: 'SIRH du groupe',
    department: 'hr',
    kind: 'digital',
    from: '2025-03',
    to: '2026-12',
    spend: 44_000,
    budget: 1_000_000,
    plannedEnd: '2026-06-30',
    forecastEnd: '2026-12-31',
    sustainable: false,
    evidence: '',
  },
  {
    id: 'O-OES-INT',
    entity: 'ORV',
    name: 'Intégration de Bombas Ebro',
    department: 'finance',
    kind: 'organisation',
    from: '2026-02',
    to: '2026-12',
    spend: 36_000,
    budget: 380_000,
    plannedEnd: '2026-12-31',
    forecastEnd: '2026-12-31',
    sustainable: false,
    evidence: '',
  },
];

/** What accountants write in place of a project's code: an action that no register has. */
const ledgerTags: Readonly<Record<string, string>> = { 'O-OES-INT': 'A-OES-INT' };

interface ProjectRow {
  readonly month: Month;
  readonly text: string;
}

/** Month by month spending of projects; research goes to account 617, investment to class 2. */
export function projects(): Costed<ProjectRow> {
  const rows: ProjectRow[] = [];
  const charges: Charge[] = [];
  for (const month of months(firstMonth, finalMonth)) {
    for (const project of list) {
      if (
        month < project.from ||
        month > project.to ||
        (project.entity === 'OES' && month < acquisitionMonth)
      )
        continue;
      const random = stream(`project/${project.id}/${month}`);
      const cents = Math.round(
        project.spend * 100 * (month.endsWith('-08') ? 0.6 : 1.036) * (1 + 0.12 * random.normal()),
      );
      rows.push({ month, text: line(project, month, cents) });
      const account = { rd: '617000', capex: '215400', digital: '205000', organisation: '622600' }[
        project.kind
      ];
      const supplier = {
        rd: `S905${random.int(0, 4)}`,
        capex: 'S9060',
        digital: 'S9061',
        organisation: 'S9062',
      }[project.kind];
      charges.push({
        entity: project.entity,
        supplier,
        account,
        day: lastDay(month),
        cents,
        tag: ledgerTags[project.id] ?? project.id,
      });
    }
  }
  return { rows, charges };
}

function line(project: Project, month: Month, cents: number): string {
  return JSON.stringify({
    entity: project.entity,
    project: project.id,
    name: project.name,
    department: project.department,
    kind: project.kind,
    month: firstDay(month),
    spent: euros(cents, '.'),
    budget: project.budget.toFixed(2),
    currency: 'EUR',
    planned_end: project.plannedEnd,
    forecast_end: project.forecastEnd,
    status: month >= project.to ? 'done' : 'running',
    sustainable: project.sustainable,
    evidence: project.evidence === '' ? null : project.evidence,
  });
}

export function projectFile(register: Costed<ProjectRow>, last: Month): ExtractOut {
  const lines = register.rows.filter((row) => row.month <= last).map((row) => row.text);
  return { path: 'projects/projects.ndjson', bytes: encode(`${lines.join('\n')}\n`, 'utf8') };
}
