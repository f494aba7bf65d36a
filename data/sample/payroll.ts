import { type Absence, type AbsenceReason, daysAway } from './absences.ts';
import { addMonths, daysBetween, daysIn, earlier, firstDay, lastDay, later, type Month } from './calendar.ts';
import { basePayIn, type Contract, kindIn, type Person, rateIn, siteIn } from './people.ts';
import { stream } from './random.ts';

/** A bonus or an indemnity of block 52. */
export interface Bonus {
  /** DSN code: 026 exceptional, 027 yearly, 028 unrelated to work, 011 end of fixed term, 020 unused leave... */
  readonly code: string;
  readonly cents: number;
  readonly from?: string;
  readonly to?: string;
  /** severance is exempt: it is told in block 52 and is no part of gross pay */
  readonly exempt: boolean;
}

/** What one contract is paid for one month. Money in cents, time in hundredths of an hour or of a day. */
export interface Pay {
  readonly gross: number;
  readonly base: number;
  readonly rebuilt: number;
  readonly overtime: { readonly hours: number; readonly cents: number } | null;
  readonly bonuses: readonly Bonus[];
  /** worked or paid, and not paid in full */
  readonly paid: number;
  readonly unpaid: number;
  /** theoretical time of the contract in the month */
  readonly due: number;
  /** correction of the month before, in gross */
  readonly regularisation: number;
}

const fullMonthHours = 15167;
const fullMonthDays = 1817;

/** Part of the base pay that is not paid for a day away. */
const unpaidPart: Record<AbsenceReason, number> = {
  sickness: 0.12,
  maternity: 0.5,
  paternity: 0.45,
  commuting_accident: 0.1,
  occupational_disease: 0.1,
  work_accident: 0.05,
  parental_leave: 1,
  unpaid_leave: 1,
  family_event: 0,
};

/** People at Lorient whose June 2026 bonus was forgotten, then declared by the replacing DSN. */
export function forgottenBonus(person: Person, contract: Contract, month: Month): boolean {
  return (
    month === '2026-06' &&
    siteIn(contract, month) === 'LOR' &&
    contract.jobClass === 'worker' &&
    Number(person.number.slice(1)) % 4 === 0
  );
}

/** Pay of a contract in a month. `corrected`: as the replacing declaration tells it. */
export function payOf(
  person: Person,
  contract: Contract,
  absences: readonly Absence[],
  month: Month,
  corrected = false,
): Pay {
  const random = stream(`pay/${contract.number}/${month}`);
  const rate = rateIn(contract, month);
  const kind = kindIn(contract, month);
  const from = later(contract.start, firstDay(month));
  const to = earlier(contract.end ?? lastDay(month), lastDay(month));
  const share = (daysBetween(from, to) + 1) / daysIn(month);
  const unit = contract.dayPackage ? fullMonthDays : fullMonthHours;
  const due = Math.round(unit * rate * share);
  const full = basePayIn(contract, month);
  const base = Math.round(full * rate * share);
  let awayShare = 0;
  let deduction = 0;
  for (const [reason, days] of daysAway(absences, contract, month)) {
    awayShare += days / daysIn(month);
    deduction += Math.round(full * rate * (days / daysIn(month)) * unpaidPart[reason]);
  }
  const unpaid = Math.min(due, Math.round(unit * rate * awayShare));
  const years = daysBetween(contract.start, lastDay(month)) / 365.25;
  const ordinary = kind === 'permanent' || kind === 'fixed_term';
  const junior = ['worker', 'employee', 'intermediate'].includes(contract.jobClass);
  const seniority = ordinary && junior ? Math.round((base * Math.min(15, Math.floor(years)) * 0.7) / 100) : 0;
  const shifts =
    ordinary && contract.jobClass === 'worker' && siteIn(contract, month) === 'LOR'
      ? Math.round(base * 0.07)
      : 0;
  const overtime = overtimeOf(contract, rate, kind, full, unpaid, random.next(), random.next());
  const bonuses = bonusesOf(person, contract, month, full * rate, random.next(), corrected);
  const regularisation =
    random.chance(0.006) && contract.start < firstDay(addMonths(month, -1)) ? random.int(-140, 220) * 100 : 0;
  const taxed = bonuses.reduce((sum, bonus) => sum + (bonus.exempt ? 0 : bonus.cents), 0);
  const rebuilt = base + seniority + shifts;
  const gross = Math.max(0, rebuilt - deduction) + (overtime?.cents ?? 0) + taxed + regularisation;
  return { gross, base, rebuilt, overtime, bonuses, paid: due - unpaid, unpaid, due, regularisation };
}

function overtimeOf(
  contract: Contract,
  rate: number,
  kind: string,
  full: number,
  unpaid: number,
  draw: number,
  size: number,
): Pay['overtime'] {
  const eligible =
    !contract.dayPackage &&
    rate === 1 &&
    kind === 'permanent' &&
    ['worker', 'intermediate'].includes(contract.jobClass);
  if (!eligible || unpaid > 3000 || draw > 0.24) return null;
  const hours = 200 + Math.floor(size * 5) * 200;
  return { hours, cents: Math.round((full / fullMonthHours) * hours * 1.25) };
}

function bonusesOf(
  person: Person,
  contract: Contract,
  month: Month,
  full: number,
  draw: number,
  corrected: boolean,
): Bonus[] {
  const list: Bonus[] = [];
  const year = month.slice(0, 4);
  const number = month.slice(5);
  const kind = kindIn(contract, month);
  const leaves = contract.end?.startsWith(month);
  if (kind === 'permanent' || kind === 'fixed_term') {
    const presence = Math.min(1, (daysBetween(contract.start, `${year}-12-31`) + 1) / 365);
    if (number === '12' && contract.jobClass !== 'executive') {
      list.push({
        code: '027',
        cents: Math.round(full * 0.7 * presence),
        from: `${year}-01-01`,
        to: `${year}-12-31`,
        exempt: false,
      });
    }
    if (number === '06' && contract.start < `${year}-01-01`)
      list.push({ code: '028', cents: Math.round(40000 * contract.rate), exempt: false });
    const variable = contract.jobClass === 'executive' ? 0.22 : contract.jobClass === 'manager' ? 0.07 : 0;
    if (number === '03' && variable > 0 && contract.start < `${year}-01-01`) {
      const before = String(Number(year) - 1);
      list.push({
        code: '026',
        cents: Math.round(full * 12 * variable * (0.6 + 0.8 * draw)),
        from: `${before}-01-01`,
        to: `${before}-12-31`,
        exempt: false,
      });
    }
  }
  if (corrected && forgottenBonus(person, contract, month))
    list.push({ code: '026', cents: 35000, from: '2026-06-01', to: '2026-06-30', exempt: false });
  if (leaves) list.push(...leavingIndemnities(contract, full));
  return list;
}

function leavingIndemnities(contract: Contract, full: number): Bonus[] {
  const years = Math.max(0.5, daysBetween(contract.start, contract.end as string) / 365.25);
  const quarterMonths = (months: number): number => Math.round(full * Math.min(12, years * months));
  const leave: Bonus = { code: '020', cents: Math.round(full * 0.2), exempt: false };
  switch (contract.endReason) {
    case 'end_of_term':
      return contract.kind === 'fixed_term'
        ? [{ code: '011', cents: Math.round(full * Math.min(18, years * 12) * 0.1), exempt: false }, leave]
        : [];
    case 'mutual':
      return [{ code: '001', cents: quarterMonths(0.33), exempt: true }, leave];
    case 'economic':
      return [{ code: '007', cents: quarterMonths(0.4), exempt: true }, leave];
    case 'dismissal':
      return [{ code: '007', cents: quarterMonths(0.25), exempt: true }, leave];
    case 'retirement':
      return [{ code: '005', cents: Math.round(full * Math.min(3, 0.5 + years / 12)), exempt: true }, leave];
    case 'resignation':
    case 'trial_period':
      return [leave];
    default:
      return [];
  }
}
