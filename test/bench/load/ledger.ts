import { addDays, addMonths, firstDay, lastDay, months } from '../../../data/sample/calendar.ts';
import { euros } from '../../../data/sample/extract-files.ts';
import { type Random, stream } from '../../../data/sample/random.ts';
import { type Company, firstMonth, lastMonth } from './group.ts';
import { TextFile } from './text-file.ts';

const headings =
  'JournalCode\tJournalLib\tEcritureNum\tEcritureDate\tCompteNum\tCompteLib\tCompAuxNum\tCompAuxLib\tPieceRef\tPieceDate\tEcritureLib\tDebit\tCredit\tEcritureLet\tDateLet\tValidDate\tMontantdevise\tIdevise';

/** What a company buys, with how often of a hundred purchases. */
const purchases: readonly (readonly [account: string, label: string, supplier: string, often: number])[] = [
  ['606110', 'Electricité', 'F0001', 8],
  ['606120', 'Gaz', 'F0002', 5],
  ['606140', 'Carburants', 'F0003', 9],
  ['601100', 'Matières premières', 'F0010', 30],
  ['615280', 'Enlèvement des déchets', 'F0020', 4],
  ['624200', 'Transports sur ventes', 'F0030', 16],
  ['625100', 'Voyages et déplacements', 'F0040', 12],
  ['622600', 'Honoraires', 'F0050', 10],
  ['618500', 'Formation', 'F0060', 6],
];

/**
 * Ledger files of a company (FEC, article A47 A-1 LPF): its first fiscal year from October 2025, and 2026 up
 * to September, each with balanced entries of two or three lines. ISO 8859-15 (no character of it differs
 * from ISO 8859-1 here), tab separated. Gives the number of lines, which is the company's own.
 */
export async function writeLedgers(folder: string, company: Company, seed: string): Promise<number> {
  const all = months(firstMonth, lastMonth);
  let written = 0;
  let monthsDone = 0;
  for (const year of ['2025', '2026']) {
    const own = all.filter((month) => month.startsWith(year));
    const closing = lastDay(own.at(-1) as string).replaceAll('-', '');
    const file = new TextFile(`${folder}/${company.siren}FEC${closing}.txt`, 'latin1');
    file.put(`${headings}\r\n`);
    const numbers = new Map<string, number>();
    for (const month of own) {
      monthsDone += 1;
      const due = Math.floor((company.ledgerRows * monthsDone) / all.length);
      const random = stream(`load/${seed}/ledger/${company.id}/${month}`);
      while (written < due) {
        const lines = entry(month, numbers, random, due - written);
        written += lines.length;
        if (file.put(`${lines.join('\r\n')}\r\n`)) await file.flush();
      }
    }
    await file.close();
  }
  return written;
}

/** One entry of at most `room` lines; a last single line is a debit of nothing, so that the ledger balances. */
function entry(month: string, numbers: Map<string, number>, random: Random, room: number): string[] {
  const day = addDays(firstDay(month), random.int(0, 27));
  const validated = addDays(firstDay(addMonths(month, 1)), 7);
  const journal = room === 1 ? 'OD' : random.pick(journals);
  const number = (numbers.get(journal) ?? 0) + 1;
  numbers.set(journal, number);
  const reference = `${journal}${month.replace('-', '')}-${number}`;
  const line = (account: string, label: string, auxiliary: string, cents: number): string =>
    [
      journal,
      labels[journal],
      `${journal}${String(number).padStart(7, '0')}`,
      day.replaceAll('-', ''),
      account,
      label,
      auxiliary,
      auxiliary && `Tiers ${auxiliary}`,
      reference,
      day.replaceAll('-', ''),
      `${label} ${month}`,
      cents >= 0 ? euros(cents) : '0,00',
      cents < 0 ? euros(-cents) : '0,00',
      '',
      '',
      validated.replaceAll('-', ''),
      '',
      '',
    ].join('\t');
  const net = random.int(2_000, 900_000);
  if (room === 1) return [line('471000', "Compte d'attente", '', 0)];
  if (journal === 'PA') return [line('641100', 'Salaires', '', net), line('421000', 'Personnel', '', -net)];
  if (journal === 'VE' || room === 2) {
    return [line('411000', 'Clients', 'C0001', net), line('701000', 'Ventes de produits finis', '', -net)];
  }
  const tax = Math.round(net * 0.2);
  const [account, label, supplier] = purchase(random);
  return [
    line(account, label, '', net),
    line('445660', 'TVA déductible', '', tax),
    line('401000', 'Fournisseurs', supplier, -net - tax),
  ];
}

const journals = ['AC', 'AC', 'AC', 'AC', 'AC', 'VE', 'VE', 'PA'] as const;
const labels: Record<string, string> = {
  AC: 'Achats',
  VE: 'Ventes',
  PA: 'Paie',
  OD: 'Opérations diverses',
};

function purchase(random: Random): readonly [string, string, string, number] {
  let draw = random.int(1, 100);
  for (const one of purchases) {
    draw -= one[3];
    if (draw <= 0) return one;
  }
  return purchases[0] as (typeof purchases)[number];
}
