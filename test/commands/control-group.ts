import { fictiveNir } from '../../data/sample/identifiers.ts';
import type { Project } from './tiny-project.ts';

/**
 * The third quarter of a company of six whose departments tell the same: nine realities, each seen from two sides,
 * every amount in view. Each month: 6 x 3,000 of pay, 10 MWh of electricity for 1,500, 5 MWh of gas (gross) for 400,
 * 100 l of diesel for 160, 200 of rail and 50 of meals, 1,000 of machines, 500 of research, 20,000 of sales; over the
 * quarter 300 of training, 2.5 t buried at 110 a tonne and 92 m3 of water at 3.85; one accident with a stop.
 */
const months = ['07', '08', '09'] as const;
const lastOf = { '07': '31', '08': '31', '09': '30' } as const;
const siren = '732829320';
const siret = '73282932000017';
const staff = [1, 2, 3, 4, 5, 6];

const sources = `  - { id: dsn, connector: dsn, path: extracts/dsn/*.dsn, entities: [SA], covers: '_(?<year>\\d{4})-(?<month>\\d{2})', personal: true }
  - { id: ledger, connector: fec, path: extracts/fec/*.txt, entities: [SA], covers: 'FEC(?<to>\\d{8})' }
${[
  'it_accounts',
  'badges',
  'meter_readings',
  'supplier_invoices',
  'fuel_cards',
  'travel',
  'expense_claims',
  'training_log',
  'safety_register',
  'projects',
  'deliveries',
]
  .map(
    (contract) =>
      `  - { id: ${contract}, connector: csv, contract: ${contract}, path: extracts/${contract}_*.csv, entities: [SA], covers: '(?<year>\\d{4})-Q(?<quarter>\\d)' }\n`,
  )
  .join('')}`;

/** The tiny project's configuration with what identifies the company, its meters and the sources of both sides. */
export const withBothSides = (yaml: string): string =>
  yaml
    .replace('country: FR, method', `country: FR, siren: "${siren}", method`)
    .replace(
      'city: Lyon, country: FR }',
      `city: Lyon, country: FR, siret: "${siret}" }
  meters:
    - { id: E-1, site: USINE, carrier: electricity, from: 2020-01-01, to: null }
    - { id: G-1, site: USINE, carrier: natural_gas, from: 2020-01-01, to: null }`,
    )
    .replace('privacy:', `${sources}privacy:`);

export async function writeBothSides(project: Project): Promise<void> {
  for (const month of months) await project.write(`extracts/dsn/DSN_2026-${month}.dsn`, declaration(month));
  await project.write(`extracts/fec/${siren}FEC20260930.txt`, ledger());
  for (const [contract, text] of Object.entries(registers))
    await project.write(`extracts/${contract}_2026-Q3.csv`, text);
}

/** What each pair says on both sides, from the amounts above. */
export const bothSides: Readonly<Record<string, number>> = {
  payroll: 3 * 6 * 3000,
  headcount: 6,
  headcount_badges: 6,
  electricity: 30,
  gas: 15,
  electricity_cost: 3 * 1500,
  gas_cost: 3 * 400,
  fuel: 3 * 160,
  travel: 3 * (200 + 50),
  training: 300,
  waste: 275,
  water: 354.2,
  accidents: 1,
  capex: 3 * 1000,
  research: 3 * 500,
  revenue: 3 * 20_000,
};

/** One row a month, `{m}` its number and `{d}` its last day. */
const monthly = (row: string) =>
  months.map((m) => `${row.replaceAll('{m}', m).replaceAll('{d}', lastOf[m])}\n`).join('');

const registers: Readonly<Record<string, string>> = {
  it_accounts: `entity;month;active_accounts\n${monthly('SA;2026-{m}-01;6')}`,
  badges: `Entité;Site;Mois;Badges actifs\n${monthly('SA;USINE;2026-{m}-01;6')}`,
  meter_readings: `Entité;Site;Compteur;Énergie;Début;Fin;Quantité;Unité;Nature
${monthly('SA;USINE;E-1;electricity;2026-{m}-01;2026-{m}-{d};10000;kWh;measured')}${monthly('SA;USINE;G-1;natural_gas;2026-{m}-01;2026-{m}-{d};5000;kWh_pcs;measured')}`,
  supplier_invoices: `Entité;Fournisseur;Facture;Date de facture;Date d'échéance;Date de paiement;Montant HT;Montant TTC;Devise;Litige;Intragroupe;Énergie;kWh facturés
${monthly('SA;S1;E{m};2026-{m}-{d};2026-12-31;;1500;1800;EUR;non;non;electricity;10000')}${monthly('SA;S2;G{m};2026-{m}-{d};2026-12-31;;400;480;EUR;non;non;natural_gas;5000')}`,
  fuel_cards: `Entité;Carte;Date;Pays;Produit;Quantité;Unité;Montant HT;Devise\n${monthly('SA;C1;2026-{m}-15;FR;GAZOLE;100;l;160;EUR')}`,
  travel: `Entité;Voyageur;Billet;Date de voyage;Type;Distance;Unité distance;Pays;Montant HT;Devise;Nature\n${monthly('SA;P1;T{m};2026-{m}-12;rail;500;km;FR;200;EUR;sale')}`,
  expense_claims: `Entité;Matricule;Note de frais;Ligne;Date de dépense;Nature;Montant HT;Devise\n${monthly('SA;P2;N{m};1;2026-{m}-13;meal;50;EUR')}`,
  training_log: `Entité;Matricule;Sexe;Date;Thème;Heures;Suivi;Coût HT;Devise\nSA;P3;F;2026-09-10;safety;7;oui;300;EUR\n`,
  safety_register: `Entité;Site;Événement;Date;Population;Nature;Mortel;Jours perdus;Statut\nSA;USINE;A1;2026-08-10;employee;accident_with_stop;non;5;recognised\n`,
  projects: `Entité;Projet;Intitulé;Direction;Nature;Mois;Dépensé;Budget;Devise;Statut
${monthly('SA;P-CAPEX;Presse;operations;capex;2026-{m}-01;1000;12000;EUR;running')}${monthly('SA;P-RD;Alliage;innovation;rd;2026-{m}-01;500;6000;EUR;running')}`,
  deliveries: `Entité;Site;Livraison;Date;Pays;Montant HT;Devise;Intragroupe\n${monthly('SA;USINE;L{m};2026-{m}-20;FR;20000;EUR;non')}`,
};

/** Debit account, credit account with its third party where it has one, amount. */
const entries: readonly (readonly [string, string, string, number])[] = [
  ['641100', '421000', '', 18_000],
  ['606110', '401000', 'S1', 1500],
  ['606120', '401000', 'S2', 400],
  ['606140', '401000', 'S3', 160],
  ['625100', '401000', 'S4', 200],
  ['625600', '421000', '', 50],
  ['215400', '404000', 'S5', 1000],
  ['617000', '401000', 'S6', 500],
  ['411000', '701000', '', 20_000],
];
const once: typeof entries = [
  ['618500', '401000', 'S7', 300],
  ['615280', '401000', 'S8', 275],
  ['606130', '401000', 'S9', 354.2],
];

function ledger(): string {
  const amount = (value: number) => value.toFixed(2).replace('.', ',');
  let number = 0;
  const entry = (day: string, [debit, credit, third, value]: (typeof entries)[number]) => {
    number += 1;
    const line = (account: string, party: string, from: string, to: string) =>
      `OD\tOpérations\t${number}\t${day}\t${account}\tCompte\t${party}\t${party}\tP${number}\t${day}\tEcriture\t${from}\t${to}\t\t\t${day}\t\t\n`;
    return line(debit, '', amount(value), amount(0)) + line(credit, third, amount(0), amount(value));
  };
  const head =
    'JournalCode\tJournalLib\tEcritureNum\tEcritureDate\tCompteNum\tCompteLib\tCompAuxNum\tCompAuxLib\tPieceRef\tPieceDate\tEcritureLib\tDebit\tCredit\tEcritureLet\tDateLet\tValidDate\tMontantdevise\tIdevise\n';
  return [
    head,
    ...months.flatMap((m) => [
      ...entries.map((one) => entry(`2026${m}${lastOf[m]}`, one)),
      ...(m === '09' ? once.map((one) => entry('20260930', one)) : []),
    ]),
  ].join('');
}

function declaration(month: (typeof months)[number]): string {
  const lines = [
    "S10.G00.00.005,'02'",
    "S10.G00.00.006,'P26V01'",
    "S20.G00.05.001,'01'",
    "S20.G00.05.002,'01'",
    "S20.G00.05.003,'11'",
    "S20.G00.05.004,'1'",
    `S20.G00.05.005,'01${month}2026'`,
    "S20.G00.05.010,'01'",
    `S21.G00.06.001,'${siren}'`,
    `S21.G00.11.001,'${siret.slice(9)}'`,
    ...staff.flatMap((person) => employee(person, month)),
  ];
  return `${[...lines, `S90.G00.90.001,'${lines.length + 2}'`, "S90.G00.90.002,'1'"].join('\r\n')}\r\n`;
}

/** Identity, contract, the accident of the first in August, pay of 3,000 and 151.67 hours. */
function employee(person: number, month: (typeof months)[number]): string[] {
  const end = `${lastOf[month]}${month}2026`;
  const woman = person % 2 === 0;
  return [
    `S21.G00.30.001,'${fictiveNir(woman ? 'F' : 'M', '1985-05-12', '69', person)}'`,
    `S21.G00.30.002,'NOM${person}'`,
    `S21.G00.30.004,'PRENOM'`,
    `S21.G00.30.005,'${woman ? '02' : '01'}'`,
    "S21.G00.30.006,'12051985'",
    `S21.G00.30.019,'P${person}'`,
    "S21.G00.40.001,'01012020'",
    "S21.G00.40.002,'06'",
    "S21.G00.40.003,'04'",
    "S21.G00.40.004,'628a'",
    "S21.G00.40.007,'01'",
    "S21.G00.40.008,'99'",
    `S21.G00.40.009,'0000${person}'`,
    "S21.G00.40.011,'10'",
    "S21.G00.40.012,'151.67'",
    "S21.G00.40.013,'151.67'",
    "S21.G00.40.014,'10'",
    `S21.G00.40.019,'${siret}'`,
    ...(person === 1 && month === '08'
      ? [
          "S21.G00.60.001,'06'",
          "S21.G00.60.002,'10082026'",
          "S21.G00.60.003,'15082026'",
          "S21.G00.60.010,'16082026'",
          "S21.G00.60.011,'01'",
          "S21.G00.60.012,'10082026'",
        ]
      : []),
    `S21.G00.50.001,'${end}'`,
    "S21.G00.50.002,'2400.00'",
    "S21.G00.50.004,'2200.00'",
    `S21.G00.51.001,'01${month}2026'`,
    `S21.G00.51.002,'${end}'`,
    `S21.G00.51.010,'0000${person}'`,
    "S21.G00.51.011,'001'",
    "S21.G00.51.013,'3000.00'",
    `S21.G00.51.001,'01${month}2026'`,
    `S21.G00.51.002,'${end}'`,
    `S21.G00.51.010,'0000${person}'`,
    "S21.G00.51.011,'002'",
    "S21.G00.51.013,'3000.00'",
    "S21.G00.53.001,'01'",
    "S21.G00.53.002,'151.67'",
    "S21.G00.53.003,'10'",
  ];
}
