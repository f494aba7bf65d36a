import { lastDay, type Month } from './calendar.ts';
import { csv, type ExtractOut } from './extract-files.ts';

/** action, milestone, French name, English name, due, done, depends on */
const milestones: readonly (readonly [string, string, string, string, string, string, string])[] = [
  ['A-LED-ANG', 'M1', 'Luminaires posés', 'Lights fitted', '2025-09-30', '2025-09-26', ''],
  ['A-LED-ANG', 'M2', 'Variateurs en service', 'Drives in service', '2025-11-30', '2025-11-28', 'M1'],
  ['A-FURNACE', 'M1', 'Four livré', 'Furnace delivered', '2026-02-28', '2026-03-12', ''],
  ['A-FURNACE', 'M2', 'Four reçu', 'Furnace accepted', '2026-06-30', '2026-06-26', 'M1'],
  ['A-CAST-BACK', 'M1', 'Modèles rapatriés', 'Patterns brought back', '2026-03-31', '2026-03-20', ''],
  ['A-CAST-BACK', 'M2', 'Coulée qualifiée', 'Casting qualified', '2026-08-31', '', 'M1|A-FURNACE:M2'],
  ['A-CAST-BACK', 'M3', 'Coulée de série', 'Series casting', '2026-12-31', '', 'M2'],
  ['A-GUARDS', 'M1', 'Barrières d’Angers', 'Barriers at Angers', '2025-09-30', '2025-10-17', ''],
  ['A-GUARDS', 'M2', 'Carters de Lorient', 'Guards at Lorient', '2026-03-31', '', ''],
  ['A-ACADEMY', 'M1', 'Formateurs recrutés', 'Trainers hired', '2025-06-30', '2025-06-20', ''],
  // people cannot be trained on machines that have no guards
  [
    'A-ACADEMY',
    'M2',
    'Atelier école ouvert à Lorient',
    'Training workshop open at Lorient',
    '2026-11-30',
    '',
    'M1|A-GUARDS:M2',
  ],
];

/** The milestones as they stood at the horizon: one reached later is not reached yet. */
export function milestoneFile(last: Month): ExtractOut {
  const day = lastDay(last);
  return csv(
    'governance/milestones.csv',
    ['Action', 'Jalon', 'Intitulé (fr)', 'Intitulé (en)', 'Échéance', 'Atteint le', 'Dépend de'],
    milestones.map(([action, id, fr, en, due, done, dependsOn]) => [
      action,
      id,
      fr,
      en,
      due,
      done <= day ? done : '',
      dependsOn,
    ]),
  );
}
