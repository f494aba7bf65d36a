import { addDays, addMonths, firstDay, lastDay, type Month } from './calendar.ts';
import { type ExtractOut, encode, euros } from './extract-files.ts';
import { type EntityId, entity } from './group.ts';
import type { LedgerEntry, LedgerLine } from './ledger.ts';

const journals = {
  AN: 'À-nouveaux',
  AC: 'Achats',
  VE: 'Ventes',
  BQ: 'Banque',
  PA: 'Paie',
  OD: 'Opérations diverses',
};

const accounts: Record<string, string> = {
  '101000': 'Capital',
  '120000': 'Résultat de l’exercice',
  '164000': 'Emprunts',
  '215400': 'Matériel industriel',
  '281540': 'Amortissements du matériel',
  '310000': 'Stocks',
  '401000': 'Fournisseurs',
  '404000': 'Fournisseurs d’immobilisations',
  '411000': 'Clients',
  '421000': 'Personnel, rémunérations dues',
  '425000': 'Personnel, notes de frais',
  '428600': 'Personnel, charges à payer',
  '431000': 'Sécurité sociale',
  '438600': 'Organismes sociaux, charges à payer',
  '445660': 'TVA déductible',
  '445710': 'TVA collectée',
  '512000': 'Banque',
  '601100': 'Matières premières',
  '602200': 'Fournitures consommables',
  '604000': 'Sous-traitance de production',
  '606110': 'Électricité',
  '606120': 'Gaz',
  '606130': 'Eau',
  '606140': 'Carburants',
  '606150': 'Chaleur de réseau',
  '606300': 'Petit équipement',
  '607100': 'Achats de produits au groupe',
  '205000': 'Logiciels',
  '613200': 'Locations immobilières',
  '615280': 'Enlèvement des déchets',
  '615500': 'Entretien',
  '617000': 'Études et recherches',
  '618500': 'Formation, organismes',
  '621100': 'Personnel intérimaire',
  '622600': 'Honoraires',
  '622800': 'Prestations du groupe',
  '624200': 'Transports sur ventes',
  '625100': 'Voyages et déplacements',
  '625600': 'Missions',
  '633300': 'Participation à la formation',
  '641100': 'Salaires',
  '641300': 'Primes',
  '645100': 'Cotisations',
  '671800': 'Indemnités de rupture',
  '681120': 'Dotations aux amortissements',
  '701000': 'Ventes de produits finis',
  '706100': 'Prestations au groupe',
  '706200': 'Licences',
};

/** How a company writes its ledger file. */
interface Layout {
  readonly separator: '\t' | '|';
  readonly encoding: 'iso-8859-15' | 'utf8';
  /** Montant and Sens instead of Debit and Credit, as the article allows */
  readonly sense: boolean;
}

const layouts: Record<EntityId, Layout> = {
  ORV: { separator: '\t', encoding: 'iso-8859-15', sense: false },
  OFR: { separator: '\t', encoding: 'iso-8859-15', sense: false },
  ODE: { separator: '|', encoding: 'utf8', sense: true },
  OES: { separator: '|', encoding: 'utf8', sense: false },
};

/**
 * Ledger files of a company (FEC, article A47 A-1 LPF): one a fiscal year, the last one interim at the
 * horizon. Each opens with what the year before left; entry numbers run without a gap in each journal.
 */
export function ledgerFiles(company: EntityId, entries: readonly LedgerEntry[], last: Month): ExtractOut[] {
  const files: ExtractOut[] = [];
  let balances = opening(company);
  for (const year of ['2024', '2025', '2026']) {
    if (`${year}-01` > last) break;
    const closing = `${year}-12` <= last ? `${year}-12-31` : lastDay(last);
    const own = entries.filter((each) => each.date.startsWith(year) && each.date <= closing);
    files.push(file(company, closing, [openingEntry(year, balances), ...own]));
    balances = carried(balances, own);
  }
  return files;
}

/** Balance by account and auxiliary, cents. */
type Balances = Map<string, number>;

function opening(company: EntityId): Balances {
  const size = { ORV: 1, OFR: 4, ODE: 2, OES: 1 }[company];
  const million = 100_000_000;
  const balances: Balances = new Map([
    ['215400', 24 * size * million],
    ['281540', -11 * size * million],
    ['310000', 6 * size * million],
    ['512000', 9 * size * million],
    ['164000', -8 * size * million],
  ]);
  balances.set('101000', -[...balances.values()].reduce((sum, each) => sum + each, 0));
  return balances;
}

/** Classes 1 to 5 go over to the next year; classes 6 and 7 become the result. */
function carried(before: Balances, entries: readonly LedgerEntry[]): Balances {
  const after: Balances = new Map(before);
  for (const { lines } of entries) {
    for (const line of lines) {
      const key = ['6', '7'].includes(line.account[0] as string)
        ? '120000'
        : line.auxiliary
          ? `${line.account}/${line.auxiliary}/${line.auxiliaryName}`
          : line.account;
      after.set(key, (after.get(key) ?? 0) + line.amount);
    }
  }
  return after;
}

function openingEntry(year: string, balances: Balances): LedgerEntry {
  const lines: LedgerLine[] = [...balances]
    .filter(([, amount]) => amount !== 0)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, amount]) => {
      const [account, auxiliary, auxiliaryName] = key.split('/');
      return {
        account: account as string,
        ...(auxiliary ? { auxiliary, auxiliaryName: auxiliaryName ?? '' } : {}),
        amount,
      };
    });
  return {
    journal: 'AN',
    date: `${year}-01-01`,
    reference: `AN${year}`,
    documentDate: `${year}-01-01`,
    label: `À-nouveaux ${year}`,
    lines,
  };
}

function file(company: EntityId, closing: string, entries: readonly LedgerEntry[]): ExtractOut {
  const { separator, encoding, sense } = layouts[company];
  const amounts = sense ? ['Montant', 'Sens'] : ['Debit', 'Credit'];
  const headings = [
    'JournalCode',
    'JournalLib',
    'EcritureNum',
    'EcritureDate',
    'CompteNum',
    'CompteLib',
    'CompAuxNum',
    'CompAuxLib',
    'PieceRef',
    'PieceDate',
    'EcritureLib',
    ...amounts,
    'EcritureLet',
    'DateLet',
    'ValidDate',
    'Montantdevise',
    'Idevise',
  ];
  const lines = [headings.join(separator)];
  const numbers = new Map<string, number>();
  for (const entry of entries) {
    const number = (numbers.get(entry.journal) ?? 0) + 1;
    numbers.set(entry.journal, number);
    // a month is validated on the eighth of the next
    const validated = addDays(firstDay(addMonths(entry.date.slice(0, 7), 1)), 7);
    for (const line of entry.lines) {
      const settled = line.lettered !== undefined && line.lettered <= closing;
      lines.push(
        [
          entry.journal,
          journals[entry.journal],
          `${entry.journal}${String(number).padStart(6, '0')}`,
          compact(entry.date),
          line.account,
          accounts[line.account] ?? '',
          line.auxiliary ?? '',
          line.auxiliaryName ?? '',
          entry.reference,
          compact(entry.documentDate),
          entry.label,
          ...amountFields(line.amount, sense),
          settled ? (line.letter as string) : '',
          settled ? compact(line.lettered as string) : '',
          compact(validated),
          '',
          '',
        ].join(separator),
      );
    }
  }
  return {
    path: `fec/${entity(company).siren}FEC${compact(closing)}.txt`,
    bytes: encode(`${lines.join('\r\n')}\r\n`, encoding),
  };
}

/** Debit and credit, or amount and side; a zero line is a debit of nothing. */
function amountFields(amount: number, sense: boolean): [string, string] {
  if (sense) return [euros(Math.abs(amount)), amount < 0 ? 'C' : 'D'];
  return amount < 0 ? ['0,00', euros(-amount)] : [euros(amount), '0,00'];
}

function compact(day: string): string {
  return day.replaceAll('-', '');
}
