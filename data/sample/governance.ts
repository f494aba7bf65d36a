import {
  addDays,
  addMonths,
  firstDay,
  lastDay,
  type Month,
  months,
  monthsOf,
  quartersOf,
} from './calendar.ts';
import { csv, type ExtractOut, type Field } from './extract-files.ts';
import { acquisitionMonth, type EntityId, firstMonth, isOpen, sites } from './group.ts';
import { stream } from './random.ts';

/** Board and executive committee at each quarter's end. */
export function bodiesFile(last: Month): ExtractOut {
  const headings = [
    'Entité',
    'Instance',
    'Membre',
    'Sexe',
    'Indépendant',
    'Administrateur salarié',
    'Situation au',
  ];
  const rows: Field[][] = [];
  for (const quarter of quartersOf(months(firstMonth, last))) {
    const day = lastDay(monthsOf(quarter)[2]);
    const boardWomen = quarter < '2025-Q2' ? 4 : 5;
    const committeeWomen = quarter < '2025-Q4' ? 2 : 3;
    for (let n = 0; n < 12; n++)
      rows.push([
        'ORV',
        'board',
        `ADM-${n + 1}`,
        n < boardWomen ? 'F' : 'M',
        n % 2 === 0 && n < 10,
        n >= 10,
        day,
      ]);
    for (let n = 0; n < 9; n++)
      rows.push([
        'ORV',
        'executive_committee',
        `CODIR-${n + 1}`,
        n < committeeWomen ? 'F' : 'M',
        '',
        '',
        day,
      ]);
  }
  return csv('governance/bodies.csv', headings, rows);
}

/** Reports to the ethics line. */
export function ethicsFile(last: Month): ExtractOut {
  const headings = ['Entité', 'Dossier', 'Date', 'Nature', 'Statut', 'Amende', 'Devise'];
  const rows: Field[][] = [
    ['OFR', 'ETH-2024-07', '2024-09-18', 'harassment', 'confirmed', '', ''],
    ['ODE', 'ETH-2024-09', '2024-11-05', 'discrimination', 'dismissed', '', ''],
    ['OFR', 'ETH-2025-01', '2025-01-22', 'other', 'dismissed', '', ''],
    ['ORV', 'ETH-2025-02', '2025-04-14', 'fraud', 'confirmed', '', ''],
    ['OFR', 'ETH-2025-03', '2025-06-03', 'discrimination', 'confirmed', '', ''],
    ['ODE', 'ETH-2025-04', '2025-09-30', 'harassment', 'dismissed', '', ''],
    ['OFR', 'ETH-2025-05', '2025-12-11', 'other', 'dismissed', '', ''],
    ['OFR', 'ETH-2026-01', '2026-02-24', 'harassment', 'confirmed', '', ''],
    ['ORV', 'ETH-2026-02', '2026-05-19', 'corruption', last >= '2026-09' ? 'dismissed' : 'open', '', ''],
    ['OES', 'ETH-2026-03', '2026-06-23', 'other', 'open', '', ''],
    ['OFR', 'ETH-2026-04', '2026-08-27', 'discrimination', 'open', '', ''],
  ];
  return csv(
    'governance/ethics_log.csv',
    headings,
    rows.filter((row) => String(row[2]) <= lastDay(last)),
  );
}

/** Continuity plans at each quarter's end, with the last exercise. */
export function continuityFile(last: Month): ExtractOut {
  const headings = ['Entité', 'Site', 'Plan', 'Périmètre', 'Dernier exercice', 'Résultat', 'Situation au'];
  const rows: Field[][] = [];
  for (const quarter of quartersOf(months(firstMonth, last))) {
    const [, , third] = monthsOf(quarter);
    for (const place of sites) {
      if (!isOpen(place, third)) continue;
      const every = ['LYO', 'KAS', 'ZAR'].includes(place.id) ? 30 : 12;
      const exercise = exerciseBefore(place.id, every, third);
      rows.push([
        place.entity,
        place.id,
        `PCA-${place.id}`,
        'Production, informatique, fournisseurs critiques',
        exercise,
        exercise === '' ? '' : stream(`plan/${place.id}/${exercise}`).pick(['passed', 'passed', 'partial']),
        lastDay(third),
      ]);
    }
  }
  return csv('governance/continuity_plans.csv', headings, rows);
}

function exerciseBefore(place: string, every: number, month: Month): string {
  if (place === 'ZAR') return '';
  const random = stream(`exercise/${place}`);
  let exercise = addMonths('2023-03', random.int(0, 9));
  while (addMonths(exercise, every) <= month) exercise = addMonths(exercise, every);
  return addDays(firstDay(exercise), 11);
}

/** Accounts in use, a file a month, headed in English and delimited by commas. */
export function accountFiles(
  headcount: (company: EntityId, month: Month) => number,
  last: Month,
): ExtractOut[] {
  return months(firstMonth, last).map((month) => {
    const rows: Field[][] = [];
    for (const company of ['ORV', 'OFR', 'ODE', 'OES'] as const) {
      if (company === 'OES' && month < acquisitionMonth) continue;
      const random = stream(`accounts/${company}/${month}`);
      // Orvanne Fluides kept the accounts of Vierzon's people for a quarter
      const kept = company === 'OFR' && month >= '2026-01' && month <= '2026-03' ? 58 : 0;
      rows.push([company, firstDay(month), headcount(company, month) + random.int(2, 9) + kept]);
    }
    if (month === '2025-07') rows.push(['ODE', firstDay(month), 'n/a']);
    return csv(`it/accounts_${month}.csv`, ['entity', 'month', 'active_accounts'], rows, {
      delimiter: ',',
      decimal: '.',
    });
  });
}
