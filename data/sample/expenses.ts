import { type Month, months, monthsOf, quartersOf } from './calendar.ts';
import { csv, type ExtractOut, euros, type Field } from './extract-files.ts';
import { acquisitionMonth, type EntityId, finalMonth, firstMonth } from './group.ts';
import { stream } from './random.ts';

/** Expense claims of each company and month: their lines, and what they come to in cents. */
export interface ExpenseMonth {
  readonly company: EntityId;
  readonly month: Month;
  readonly rows: readonly Field[][];
  readonly cents: number;
}

/** company, first characters of the numbers of people who claim, how many they are */
const claimants: readonly (readonly [EntityId, string, number])[] = [
  ['ORV', 'F000', 9],
  ['OFR', 'F003', 16],
  ['ODE', 'D000', 11],
  ['OES', 'E000', 4],
];
/** nature, dearest line in euros */
const kinds = [
  ['meal', 48],
  ['parking', 26],
  ['taxi', 64],
  ['toll', 38],
  ['hotel', 150],
] as const;

/** What people paid on their journeys and have refunded: meals, taxis, tolls, nights that no agency booked. */
export function expenseClaims(): ExpenseMonth[] {
  return months(firstMonth, finalMonth).flatMap((month) =>
    claimants
      .filter(([company]) => company !== 'OES' || month >= acquisitionMonth)
      .map(([company, prefix, count]): ExpenseMonth => {
        const rows: Field[][] = [];
        let cents = 0;
        for (let n = 0; n < count; n++) {
          const random = stream(`expenses/${company}/${n}/${month}`);
          if (!random.chance(month.endsWith('-08') ? 0.25 : 0.75)) continue;
          const lines = random.int(1, 5);
          for (let line = 1; line <= lines; line++) {
            const [kind, dearest] = random.pick(kinds);
            const amount = random.int(700, dearest * 100);
            cents += amount;
            rows.push([
              company,
              `${prefix}${String(n + 11).padStart(2, '0')}`,
              `FRAIS-${company}-${month}-${n + 1}`,
              String(line),
              `${month}-${String(random.int(2, 27)).padStart(2, '0')}`,
              kind,
              euros(amount),
              'EUR',
            ]);
          }
        }
        return { company, month, rows, cents };
      }),
  );
}

export function expenseFiles(claims: readonly ExpenseMonth[], last: Month): ExtractOut[] {
  return quartersOf(months(firstMonth, last)).map((quarter) =>
    csv(
      `travel/expenses/claims_${quarter}.csv`,
      ['Entité', 'Matricule', 'Note de frais', 'Ligne', 'Date de dépense', 'Nature', 'Montant HT', 'Devise'],
      claims.filter(({ month }) => monthsOf(quarter).includes(month)).flatMap(({ rows }) => rows),
    ),
  );
}
