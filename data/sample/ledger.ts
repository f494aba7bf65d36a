import {
  addDays,
  addMonths,
  firstDay,
  lastDay,
  lastWorkingDay,
  later,
  type Month,
  months,
} from './calendar.ts';
import type { ExpenseMonth } from './expenses.ts';
import { type EntityId, finalMonth, firstMonth } from './group.ts';
import { type Invoice, ledgerStart } from './purchases.ts';
import type { Sale } from './sales.ts';

export interface LedgerLine {
  readonly account: string;
  readonly auxiliary?: string;
  readonly auxiliaryName?: string;
  /** cents; positive debit, negative credit */
  readonly amount: number;
  /** letters of an invoice and its payment */
  readonly letter?: string;
  readonly lettered?: string;
}

export interface LedgerEntry {
  readonly journal: 'AN' | 'AC' | 'VE' | 'BQ' | 'PA' | 'OD';
  readonly date: string;
  readonly reference: string;
  readonly documentDate: string;
  readonly label: string;
  readonly lines: readonly LedgerLine[];
}

/** Gross pay of a company in a month, cents: pay, bonuses in it, and exempt severance beside it. */
export interface PayrollMonth {
  readonly gross: number;
  readonly bonuses: number;
  readonly severance: number;
}

/**
 * Year-end bonus that finance accrued at Orvanne Fluides on 30 September 2026 and that no pay slip holds:
 * account 641 is above DSN by it, and nobody wrote why.
 */
export const accruedBonus = 32_400_000;
/** June bonus of Lorient, declared by the replacing DSN of July and booked in August 2026. */
export const correctionBooked: Month = '2026-08';

/** All entries of a company but its opening ones, in date order. */
export function entriesOf(
  company: EntityId,
  invoices: readonly Invoice[],
  sales: readonly Sale[],
  payroll: ReadonlyMap<Month, PayrollMonth>,
  correction: number,
  expenses: readonly Pick<ExpenseMonth, 'month' | 'cents'>[],
): LedgerEntry[] {
  const entries: LedgerEntry[] = [];
  for (const each of invoices) if (each.entity === company) entries.push(...purchase(each));
  for (const each of sales) if (each.entity === company) entries.push(...sale(each));
  for (const { month, cents } of expenses) entries.push(...expenseEntries(month, cents));
  for (const month of months(ledgerStart, finalMonth)) {
    const pay = payroll.get(later(month, firstMonth)) ?? [...payroll.values()][0];
    if (pay)
      entries.push(...payrollEntries(company, month, month < firstMonth ? { ...pay, severance: 0 } : pay));
    entries.push(depreciation(company, month));
  }
  if (company === 'OFR') {
    entries.push(
      od('2026-09-30', 'PROV-13M', 'Provision prime annuelle', [
        { account: '641100', amount: accruedBonus },
        { account: '428600', amount: -accruedBonus },
      ]),
    );
    entries.push({
      journal: 'PA',
      date: lastDay(correctionBooked),
      reference: 'PAIE-2026-06-R',
      documentDate: lastDay(correctionBooked),
      label: 'Rappel prime juin Lorient',
      lines: [
        { account: '641300', amount: correction },
        { account: '421000', amount: -correction },
      ],
    });
  }
  const rank = { AN: 0, AC: 1, VE: 2, BQ: 3, PA: 4, OD: 5 };
  return entries.sort((a, b) =>
    a.date === b.date
      ? rank[a.journal] - rank[b.journal] || (a.reference < b.reference ? -1 : 1)
      : a.date < b.date
        ? -1
        : 1,
  );
}

/** A purchase and its payment. Assets go through suppliers of assets (404). */
function purchase(invoice: Invoice): LedgerEntry[] {
  const third = invoice.account.startsWith('2') ? '404000' : '401000';
  const total = invoice.net + invoice.vat;
  const aux = { auxiliary: invoice.supplier, auxiliaryName: invoice.supplierName };
  const letters = lettering(invoice.number, invoice.date, invoice.paid);
  const lines: LedgerLine[] = [{ account: invoice.account, amount: invoice.net }];
  if (invoice.vat !== 0) lines.push({ account: '445660', amount: invoice.vat });
  lines.push({ account: third, ...aux, ...letters, amount: -total });
  const entry: LedgerEntry = {
    journal: 'AC',
    date: invoice.date,
    reference: invoice.number,
    documentDate: invoice.date,
    label: `Facture ${invoice.supplierName}${invoice.tag ? ` [${invoice.tag}]` : ''}`,
    lines,
  };
  if (invoice.paid === null) return [entry];
  return [
    entry,
    {
      journal: 'BQ',
      date: invoice.paid,
      reference: invoice.number,
      documentDate: invoice.paid,
      label: `Virement € ${invoice.supplierName}`,
      lines: [
        { account: third, ...aux, ...letters, amount: total },
        { account: '512000', amount: -total },
      ],
    },
  ];
}

function sale(each: Sale): LedgerEntry[] {
  const total = each.net + each.vat;
  const aux = { auxiliary: each.customer, auxiliaryName: each.customerName };
  const letters = lettering(each.number, each.date, each.paid);
  const lines: LedgerLine[] = [
    { account: '411000', ...aux, ...letters, amount: total },
    { account: each.account, amount: -each.net },
  ];
  if (each.vat !== 0) lines.push({ account: '445710', amount: -each.vat });
  return [
    {
      journal: 'VE',
      date: each.date,
      reference: each.number,
      documentDate: each.date,
      label: `Vente ${each.customerName}`,
      lines,
    },
    {
      journal: 'BQ',
      date: each.paid,
      reference: each.number,
      documentDate: each.paid,
      label: `Encaissement ${each.customerName}`,
      lines: [
        { account: '512000', amount: total },
        { account: '411000', ...aux, ...letters, amount: -total },
      ],
    },
  ];
}

/** Letters within a fiscal year only: a closed year keeps the letters it had. */
function lettering(
  number: string,
  date: string,
  paid: string | null,
): { letter?: string; lettered?: string } {
  if (paid === null || paid.slice(0, 4) !== date.slice(0, 4)) return {};
  let code = 0;
  for (const character of number) code = (code * 31 + character.charCodeAt(0)) % 456_976;
  let letter = '';
  for (let n = 0; n < 4; n++) {
    letter = String.fromCharCode(65 + (code % 26)) + letter;
    code = Math.floor(code / 26);
  }
  return { letter, lettered: paid };
}

/** Employer's contributions, in percent of gross pay. */
const contributions: Record<EntityId, number> = { ORV: 42, OFR: 40, ODE: 21, OES: 31 };

function payrollEntries(company: EntityId, month: Month, pay: PayrollMonth): LedgerEntry[] {
  const date = lastDay(month);
  const social = Math.round((pay.gross * contributions[company]) / 100);
  const net = Math.round(pay.gross * 0.78);
  const paidOn = addDays(firstDay(addMonths(month, 1)), 14);
  const lines: LedgerLine[] = [{ account: '641100', amount: pay.gross - pay.bonuses }];
  if (pay.bonuses !== 0) lines.push({ account: '641300', amount: pay.bonuses });
  lines.push(
    { account: '645100', amount: social },
    { account: '421000', amount: -net },
    { account: '431000', amount: -(pay.gross - net + social) },
  );
  const entry = (
    journal: 'PA' | 'BQ' | 'OD',
    day: string,
    reference: string,
    label: string,
    of: readonly LedgerLine[],
  ): LedgerEntry => ({ journal, date: day, reference, documentDate: day, label, lines: of });
  const entries = [
    entry('PA', date, `PAIE-${month}`, `Paie ${month}`, lines),
    entry('BQ', date, `SAL-${month}`, `Virement salaires ${month}`, [
      { account: '421000', amount: net },
      { account: '512000', amount: -net },
    ]),
    entry('BQ', paidOn, `COT-${month}`, `Cotisations ${month}`, [
      { account: '431000', amount: pay.gross - net + social },
      { account: '512000', amount: -(pay.gross - net + social) },
    ]),
  ];
  if (company === 'ORV' || company === 'OFR') {
    const levy = Math.round(pay.gross / 100);
    entries.push(
      entry('OD', date, `FPC-${month}`, `Contribution formation ${month}`, [
        { account: '633300', amount: levy },
        { account: '438600', amount: -levy },
      ]),
    );
    entries.push(
      entry('BQ', paidOn, `FPC-${month}`, `Contribution formation ${month}`, [
        { account: '438600', amount: levy },
        { account: '512000', amount: -levy },
      ]),
    );
  }
  if (pay.severance !== 0) {
    entries.push(
      entry('OD', date, `RUP-${month}`, `Indemnités de rupture ${month}`, [
        { account: '671800', amount: pay.severance },
        { account: '421000', amount: -pay.severance },
      ]),
    );
    entries.push(
      entry('BQ', lastWorkingDay(month), `RUP-${month}`, `Indemnités de rupture ${month}`, [
        { account: '421000', amount: pay.severance },
        { account: '512000', amount: -pay.severance },
      ]),
    );
  }
  return entries;
}

/** Expense claims of a month, and their refund with the pay of the next one. */
function expenseEntries(month: Month, cents: number): LedgerEntry[] {
  if (cents === 0) return [];
  const paidOn = addDays(firstDay(addMonths(month, 1)), 14);
  return [
    od(lastDay(month), `NDF-${month}`, `Notes de frais ${month}`, [
      { account: '625600', amount: cents },
      { account: '425000', amount: -cents },
    ]),
    {
      journal: 'BQ',
      date: paidOn,
      reference: `NDF-${month}`,
      documentDate: paidOn,
      label: `Remboursement notes de frais ${month}`,
      lines: [
        { account: '425000', amount: cents },
        { account: '512000', amount: -cents },
      ],
    },
  ];
}

function depreciation(company: EntityId, month: Month): LedgerEntry {
  const amount = { ORV: 9_500_000, OFR: 68_000_000, ODE: 31_000_000, OES: 12_000_000 }[company];
  return od(lastDay(month), `AMORT-${month}`, `Dotation ${month}`, [
    { account: '681120', amount },
    { account: '281540', amount: -amount },
  ]);
}

function od(date: string, reference: string, label: string, lines: readonly LedgerLine[]): LedgerEntry {
  return { journal: 'OD', date, reference, documentDate: date, label, lines };
}
