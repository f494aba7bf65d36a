import { lastDay, type Month } from './calendar.ts';
import { csv, type ExtractOut, type Field } from './extract-files.ts';

/** The group's account at a fictive registry: two cancellations, and a lot that is still held. */
export function carbonCreditFile(last: Month): ExtractOut {
  const headings = [
    'Entité',
    'Numéro de série',
    'Projet',
    'Référentiel',
    'Nature',
    'Millésime',
    'tCO2e',
    "Dans l'Union",
    "Date d'annulation",
  ];
  const rows: Field[][] = [
    [
      'ORV',
      'ORV-0001-FICTIF',
      'Reboisement, Creuse',
      'Label fictif',
      'removal',
      2023,
      180,
      true,
      '2025-11-14',
    ],
    [
      'ORV',
      'ORV-0002-FICTIF',
      'Réduction, Bretagne',
      'Label fictif',
      'reduction',
      2024,
      120,
      true,
      '2026-07-02',
    ],
    ['ORV', 'ORV-0003-FICTIF', 'Reboisement, Creuse', 'Label fictif', 'removal', 2025, 200, true, ''],
  ];
  return csv(
    'governance/carbon_credits.csv',
    headings,
    rows.map((row) => (String(row[8]) > lastDay(last) ? [...row.slice(0, 8), ''] : row)),
  );
}
