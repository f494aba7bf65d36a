/**
 * Which column of which record comes from which rubric: the only place that names rubric numbers.
 *
 * Source: cahier technique de la DSN (NEODeS), 2024.1 (norm P24V01), data dictionary, sheets Blocks and
 * Fields; the same numbers are used by P25V01 files. A rubric is `<block>.<number>`; its meaning is beside it.
 */

/** How a rubric's text becomes the column's text. */
export type Holds = 'text' | 'date' | 'month' | 'birth';

export interface RubricColumn {
  readonly column: string;
  /** block that holds it: the record's own, or the one above it that the record belongs to */
  readonly block: string;
  readonly rubric: number;
  readonly holds: Holds;
}

export interface DsnRecord {
  /** name of the record set, the contract's id after `dsn_` */
  readonly set: string;
  /** one row is one occurrence of this block */
  readonly block: string;
  readonly columns: readonly RubricColumn[];
}

export const SENDING = 'S10.G00.00';
export const DECLARATION = 'S20.G00.05';
export const COMPANY = 'S21.G00.06';
export const ESTABLISHMENT = 'S21.G00.11';
export const INDIVIDUAL = 'S21.G00.30';
export const CONTRACT = 'S21.G00.40';
export const PAYMENT = 'S21.G00.50';
export const REMUNERATION = 'S21.G00.51';
export const TOTAL = 'S90.G00.90';

const of =
  (block: string) =>
  (column: string, rubric: number, holds: Holds = 'text'): RubricColumn => ({
    column,
    block,
    rubric,
    holds,
  });
const company = of(COMPANY);
const establishment = of(ESTABLISHMENT);
const individual = of(INDIVIDUAL);
const contract = of(CONTRACT);
const change = of('S21.G00.41');
const payment = of(PAYMENT);
const remuneration = of(REMUNERATION);
const bonus = of('S21.G00.52');
const activity = of('S21.G00.53');
const stoppage = of('S21.G00.60');
const end = of('S21.G00.62');
const suspension = of('S21.G00.65');

export const RECORDS: readonly DsnRecord[] = [
  {
    set: 'declarations',
    block: DECLARATION,
    columns: [
      company('siren', 1), // SIREN
      establishment('apet', 2), // code APET
      establishment('idcc', 22), // code convention collective principale
    ],
  },
  {
    set: 'individuals',
    block: INDIVIDUAL,
    columns: [
      individual('person', 1), // NIR, or else NTT (.020)
      individual('registration_number', 19), // matricule dans l'entreprise
      individual('sex', 5), // sexe, or else first digit of the NIR or NTT
      individual('birth_date', 6, 'birth'), // date de naissance, 99 = unknown day or month
    ],
  },
  {
    set: 'contracts',
    block: CONTRACT,
    columns: [
      contract('contract_number', 9), // numéro du contrat
      contract('start_date', 1, 'date'), // date de début du contrat
      contract('conventional_status', 2), // statut du salarié (conventionnel)
      contract('pcs', 4), // PCS-ESE
      contract('nature_code', 7), // nature du contrat
      contract('scheme', 8), // dispositif de politique publique et conventionnel
      contract('planned_end', 10, 'date'), // date de fin prévisionnelle
      contract('quota_unit', 11), // unité de mesure de la quotité
      contract('quota_reference', 12), // quotité de référence de l'entreprise
      contract('quota_contract', 13), // quotité du contrat
      contract('working_time', 14), // modalité d'exercice du temps de travail
      contract('idcc', 17), // code convention collective applicable
      contract('workplace_siret', 19), // identifiant du lieu de travail
      contract('disability_status', 72), // statut BOETH
    ],
  },
  {
    set: 'contract_changes',
    block: 'S21.G00.41',
    columns: [
      contract('contract_number', 9),
      change('effect_date', 1, 'date'), // date de la modification
      change('old_quota_contract', 7), // ancienne quotité de travail du contrat
      change('old_nature_code', 4), // ancienne nature du contrat
      change('old_working_time', 8), // ancienne modalité d'exercice
      change('old_contract_number', 14), // ancien numéro du contrat
    ],
  },
  {
    set: 'contract_ends',
    block: 'S21.G00.62',
    columns: [
      contract('contract_number', 9),
      contract('contract_start', 1, 'date'),
      end('end_date', 1, 'date'), // date de fin du contrat
      end('reason', 2), // motif de la rupture
    ],
  },
  {
    set: 'pays',
    block: REMUNERATION,
    columns: [
      payment('payment_date', 1, 'date'), // date de versement
      remuneration('contract_number', 10), // numéro du contrat
      remuneration('period_start', 1, 'date'), // début de période de paie
      remuneration('period_end', 2, 'date'), // fin de période de paie
      remuneration('pay_type', 11), // type
      remuneration('hours', 12), // nombre d'heures
      remuneration('amount', 13), // montant
    ],
  },
  {
    set: 'activities',
    block: 'S21.G00.53',
    columns: [
      remuneration('contract_number', 10),
      remuneration('period_start', 1, 'date'),
      remuneration('period_end', 2, 'date'),
      activity('activity_type', 1), // type
      activity('measure', 2), // mesure
      activity('measure_unit', 3), // unité de mesure
    ],
  },
  {
    set: 'bonuses',
    block: 'S21.G00.52',
    columns: [
      payment('payment_date', 1, 'date'),
      bonus('contract_number', 6), // numéro du contrat
      bonus('bonus_type', 1), // type
      bonus('amount', 2), // montant
      bonus('period_start', 3, 'date'), // début de la période de rattachement
      bonus('period_end', 4, 'date'), // fin de la période de rattachement
    ],
  },
  {
    set: 'absences',
    block: 'S21.G00.60',
    columns: [
      contract('contract_number', 9),
      stoppage('reason', 1), // motif de l'arrêt
      stoppage('last_day_worked', 2, 'date'), // dernier jour travaillé
      stoppage('planned_end', 3, 'date'), // date de fin prévisionnelle
      stoppage('return_date', 10, 'date'), // date de la reprise
      stoppage('return_reason', 11), // motif de la reprise
      stoppage('accident_date', 12, 'date'), // date de l'accident ou de la première constatation
    ],
  },
  {
    set: 'suspensions',
    block: 'S21.G00.65',
    columns: [
      contract('contract_number', 9),
      suspension('reason', 1), // motif de suspension
      suspension('start_date', 2, 'date'), // début de la suspension
      suspension('end_date', 3, 'date'), // fin de la suspension
    ],
  },
];

/** What the columns that every record has, and the remarks, need besides. */
const ENVELOPE: readonly { block: string; rubrics: readonly number[] }[] = [
  { block: SENDING, rubrics: [5, 6] }, // essai (01) ou réel (02); version de la norme
  // nature, type, fraction, ordre, mois principal, date de constitution, devise
  { block: DECLARATION, rubrics: [1, 2, 3, 4, 5, 7, 10] },
  { block: ESTABLISHMENT, rubrics: [1] }, // NIC
  { block: INDIVIDUAL, rubrics: [20] }, // numéro technique temporaire
  { block: TOTAL, rubrics: [1, 2] }, // nombre de rubriques, nombre de DSN
];

/** Rubrics by block: the only values that leave the text. Names, addresses, bank details are not among them. */
export const READ: ReadonlyMap<string, readonly number[]> = (() => {
  const read = new Map<string, Set<number>>();
  const add = (block: string, rubric: number) => {
    read.set(block, (read.get(block) ?? new Set()).add(rubric));
  };
  for (const { block, rubrics } of ENVELOPE) for (const rubric of rubrics) add(block, rubric);
  for (const record of RECORDS) for (const { block, rubric } of record.columns) add(block, rubric);
  return new Map([...read].map(([block, rubrics]) => [block, [...rubrics].sort((a, b) => a - b)]));
})();
