import { addDays, lastDay, type Month, months, quarterOf, quartersOf } from './calendar.ts';
import { csv, type ExtractOut, euros, type Field } from './extract-files.ts';
import { type ForeignPerson, worksIn } from './foreign-people.ts';
import { acquisitionMonth, type EntityId, firstMonth, type SiteId } from './group.ts';
import { isEmployee, type Person, runsOn } from './people.ts';
import { stream } from './random.ts';
import type { Sale } from './sales.ts';

/** The small registers of governance, finance, innovation and personnel, as they stood at the end of `last`. */
export function registerFiles(
  people: readonly Person[],
  foreign: readonly ForeignPerson[],
  sold: readonly Sale[],
  last: Month,
): ExtractOut[] {
  return [
    influenceFile(last),
    taxFile(last),
    incidentFile(last),
    legalFile(last),
    patentFile(last),
    executivePayFile(last),
    ...performanceReviewFiles(people, foreign, last),
    teleworkFile(people, foreign, last),
    contractorFile(last),
    ...customerInvoiceFiles(sold, last),
  ];
}

/** Rows that existed at the end of `last`, by the day in one of their columns. */
const known = (rows: readonly Field[][], column: number, last: Month): Field[][] =>
  rows.filter((row) => String(row[column]) <= lastDay(last));

/** Fees of the trade body and of a firm at the regulator's; nothing to parties. */
function influenceFile(last: Month): ExtractOut {
  const headings = ['Entité', 'Date', 'Nature', 'Bénéficiaire', 'Pays', 'En nature', 'Montant', 'Devise'];
  const rows: Field[][] = [
    ['ORV', '2024-09-30', 'lobbying', 'Fédération des pompes (fictive)', 'FR', false, '18000,00', 'EUR'],
    ['ORV', '2025-09-30', 'lobbying', 'Fédération des pompes (fictive)', 'FR', false, '18500,00', 'EUR'],
    ['ORV', '2026-03-16', 'lobbying', 'Cabinet Lenoir (fictif)', 'FR', false, '24000,00', 'EUR'],
    ['ODE', '2026-06-30', 'lobbying', 'Pumpenverband (erfunden)', 'DE', false, '9600,00', 'EUR'],
    ['ORV', '2026-09-28', 'lobbying', 'Fédération des pompes (fictive)', 'FR', false, '19000,00', 'EUR'],
  ];
  return csv('registers/influence.csv', headings, known(rows, 1, last));
}

/** The country-by-country report of each year, filed with the accounts; Bombas Ebro is not in it yet. */
function taxFile(last: Month): ExtractOut {
  const headings = [
    'Entité',
    'Clôture',
    'Pays',
    "Chiffre d'affaires tiers",
    'Résultat avant impôt',
    'Impôt payé',
    'Impôt dû',
    'Devise',
  ];
  const rows: Field[][] = [
    ['ORV', '2024-12-31', 'FR', '2561000,00', '-1420000,00', '0,00', '0,00', 'EUR'],
    ['OFR', '2024-12-31', 'FR', '221300000,00', '14870000,00', '3415000,00', '3717500,00', 'EUR'],
    ['OFR', '2024-12-31', 'BE', '5240000,00', '410000,00', '96000,00', '102500,00', 'EUR'],
    ['ODE', '2024-12-31', 'DE', '118200000,00', '6930000,00', '2010000,00', '2079000,00', 'EUR'],
    ['ORV', '2025-12-31', 'FR', '2600000,00', '-1510000,00', '0,00', '0,00', 'EUR'],
    ['OFR', '2025-12-31', 'FR', '224700000,00', '15240000,00', '3702000,00', '3810000,00', 'EUR'],
    ['OFR', '2025-12-31', 'BE', '5300000,00', '395000,00', '101000,00', '98750,00', 'EUR'],
    ['ODE', '2025-12-31', 'DE', '120000000,00', '7105000,00', '2066000,00', '2131500,00', 'EUR'],
  ];
  return csv('registers/tax_by_country.csv', headings, known(rows, 1, last));
}

/** One serious attack, a stolen laptop, two letters to the wrong address. */
function incidentFile(last: Month): ExtractOut {
  const headings = [
    'Entité',
    'Incident',
    'Nature',
    'Constaté le',
    'Gravité',
    "Notifié à l'ANSSI",
    'Notifié à la CNIL',
    'Personnes concernées',
  ];
  const rows: Field[][] = [
    ['OFR', 'SEC-2024-11', 'data_breach', '2024-11-19', 'minor', false, false, 1],
    ['OFR', 'SEC-2025-04', 'cyber', '2025-04-08', 'minor', false, false, ''],
    ['ODE', 'SEC-2025-09', 'data_breach', '2025-09-24', 'minor', false, true, 14],
    ['OFR', 'SEC-2026-02', 'both', '2026-02-11', 'major', true, true, 312],
    ['OES', 'SEC-2026-06', 'cyber', '2026-06-17', 'minor', false, false, ''],
    ['OFR', 'SEC-2026-08', 'data_breach', '2026-08-20', 'minor', false, false, 1],
  ];
  return csv('registers/security_incidents.csv', headings, known(rows, 3, last));
}

/** Cases opened, with what is known of their end at the horizon: a fine for noise, a customer who pays late, a dismissal. */
function legalFile(last: Month): ExtractOut {
  const headings = [
    'Entité',
    'Dossier',
    'Nature',
    'Ouverture',
    'Décision définitive',
    'Issue',
    'Amende',
    'Devise',
  ];
  const rows: Field[][] = [
    ['OFR', 'JUR-2024-02', 'environment', '2024-02-12', '2026-03-19', 'convicted', '15000,00', 'EUR'],
    ['ORV', 'JUR-2024-09', 'tax', '2024-09-03', '', 'pending', '', ''],
    ['OFR', 'JUR-2025-03', 'late_payment', '2025-03-27', '2026-01-22', 'settled', '', ''],
    ['ODE', 'JUR-2025-06', 'social', '2025-06-10', '2025-12-04', 'dismissed', '', ''],
    ['OFR', 'JUR-2026-05', 'late_payment', '2026-05-21', '', 'pending', '', ''],
  ];
  return csv(
    'registers/legal_cases.csv',
    headings,
    known(rows, 3, last).map((row) =>
      String(row[4]) > lastDay(last) ? [...row.slice(0, 4), '', 'pending', '', ''] : row,
    ),
  );
}

/** Families by their first filing; one is of two companies. */
function patentFile(last: Month): ExtractOut {
  const headings = ['Entité', 'Famille', 'Titre', 'Date de priorité', 'Délivrance'];
  const rows: Field[][] = [
    ['ORV', 'FAM-031', 'Roue à débit variable', '2024-10-08', ''],
    ['ORV', 'FAM-032', 'Joint sans fluor', '2025-02-25', ''],
    ['ORV', 'FAM-033', 'Récupération de chaleur de pompe', '2025-06-17', ''],
    ['ODE', 'FAM-034', 'Lagerüberwachung', '2025-11-12', ''],
    ['ORV', 'FAM-035', 'Commande par apprentissage', '2026-01-20', ''],
    ['ODE', 'FAM-035', 'Lernende Steuerung', '2026-01-20', ''],
    ['ORV', 'FAM-036', 'Corps de pompe en acier recyclé', '2026-07-07', ''],
  ];
  return csv('registers/patents.csv', headings, known(rows, 3, last));
}

/** The nine of the executive committee: a tenth of their variable pay hung on sustainability in 2024, a fifth in 2025. */
function executivePayFile(last: Month): ExtractOut {
  const headings = [
    'Entité',
    'Matricule',
    'Exercice clos le',
    'Part variable',
    'Part liée à la durabilité',
    'Devise',
  ];
  const rows: Field[][] = ['2024-12-31', '2025-12-31'].flatMap((day) =>
    Array.from({ length: 9 }, (_, n) => {
      const cents = 100 * stream(`executive/${n}/${day}`).int(24_000, 68_000);
      const linked = Math.round(cents * (day < '2025' ? 0.1 : 0.2));
      return ['ORV', `CODIR-${n + 1}`, day, euros(cents), euros(linked), 'EUR'];
    }),
  );
  return csv('registers/executive_variable_pay.csv', headings, known(rows, 2, last));
}

interface Colleague {
  readonly entity: EntityId;
  readonly number: string;
  readonly sex: string;
  readonly jobClass: string;
  readonly start: string;
}

/** Who is employed on the last day of a month, under the contract that runs then. */
function staffOf(people: readonly Person[], foreign: readonly ForeignPerson[], month: Month): Colleague[] {
  return [
    ...people.flatMap((person) => {
      const contract = person.contracts.find((each) => isEmployee(each) && runsOn(each, lastDay(month)));
      if (!contract) return [];
      const { entity, jobClass, start } = contract;
      return [{ entity, number: person.number, sex: person.sex, jobClass, start }];
    }),
    ...foreign.filter((person) => worksIn(person, month)),
  ];
}

/** The spring campaign: all who had six months of service are eligible; foremen's teams lag. */
function performanceReviewFiles(
  people: readonly Person[],
  foreign: readonly ForeignPerson[],
  last: Month,
): ExtractOut[] {
  return ['2025-03', '2026-03']
    .filter((month) => month <= last)
    .map((month) => {
      const rows = staffOf(people, foreign, month)
        .filter((one) => one.start <= addDays(lastDay(month), -183))
        .map((one): Field[] => [
          one.entity,
          one.number,
          one.sex,
          lastDay(month),
          stream(`review/${one.number}/${month}`).chance(one.jobClass === 'worker' ? 0.72 : 0.93),
        ]);
      return csv(
        `registers/performance_reviews_${month}.csv`,
        ['Entité', 'Matricule', 'Sexe', 'Fin de campagne', 'Tenu'],
        rows,
      );
    });
}

/** Agreements signed in January 2025 by people in offices; the French and the German companies have them. */
function teleworkFile(people: readonly Person[], foreign: readonly ForeignPerson[], last: Month): ExtractOut {
  const signed = '2025-01';
  const rows =
    last < signed
      ? []
      : staffOf(people, foreign, signed)
          .filter((one) => ['manager', 'intermediate'].includes(one.jobClass))
          .filter((one) => stream(`telework/${one.number}`).chance(one.jobClass === 'manager' ? 0.7 : 0.35))
          .map((one): Field[] => [one.entity, one.number, '2025-01-01', '']);
  return csv('registers/telework.csv', ['Entité', 'Matricule', 'Du', 'Au'], rows);
}

/** Self-employed designers, translators and maintenance people. */
function contractorFile(last: Month): ExtractOut {
  const places: readonly (readonly [EntityId, SiteId, number])[] = [
    ['ORV', 'NAN', 7],
    ['OFR', 'LOR', 9],
    ['OFR', 'LYO', 6],
    ['ODE', 'HAN', 8],
    ['OES', 'ZAR', 5],
  ];
  const rows = places.flatMap(([company, site, count]) =>
    Array.from({ length: count }, (_, n): Field[] => {
      const random = stream(`contractor/${site}/${n}`);
      const from = company === 'OES' ? '2026-05-01' : `2024-0${random.int(7, 9)}-01`;
      const to = random.chance(0.25) ? addDays(from, random.int(120, 600)) : '';
      return [company, site, `IND-${site}-${n + 1}`, from, to > lastDay(last) ? '' : to];
    }),
  );
  return csv(
    'registers/contractors.csv',
    ['Entité', 'Site', 'Intervenant', 'Du', 'Au'],
    known(rows, 3, last),
  );
}

/** Invoices issued, a file a quarter with the payments known at the horizon; terms of 30, 45 or 60 days by customer. */
function customerInvoiceFiles(sold: readonly Sale[], last: Month): ExtractOut[] {
  const headings = [
    'Entité',
    'Client',
    'Facture',
    'Date de facture',
    "Date d'échéance",
    'Date de règlement',
    'Montant HT',
    'Montant TTC',
    'Devise',
    'Litige',
    'Intragroupe',
  ];
  const horizon = lastDay(last);
  const issued = sold.filter(
    (sale) =>
      sale.date >= `${firstMonth}-01` &&
      sale.date <= horizon &&
      !(sale.entity === 'OES' && sale.date < `${acquisitionMonth}-01`),
  );
  return quartersOf(months(firstMonth, last)).map((quarter) =>
    csv(
      `registers/customer_invoices_${quarter}.csv`,
      headings,
      issued
        .filter((sale) => quarterOf(sale.date.slice(0, 7)) === quarter)
        .map((sale): Field[] => {
          const terms = sale.intragroup ? 30 : stream(`terms/${sale.customer}`).pick([30, 45, 45, 60]);
          return [
            sale.entity,
            sale.customer,
            sale.number,
            sale.date,
            addDays(sale.date, terms),
            sale.paid <= horizon ? sale.paid : '',
            euros(sale.net),
            euros(sale.net + sale.vat),
            'EUR',
            false,
            sale.intragroup,
          ];
        }),
    ),
  );
}
