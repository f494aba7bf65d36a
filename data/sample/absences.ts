import {
  addDays,
  type Day,
  daysBetween,
  earlier,
  firstDay,
  isWorkingDay,
  lastDay,
  later,
  type Month,
  months,
} from './calendar.ts';
import { finalMonth, firstMonth } from './group.ts';
import { type Contract, isEmployee, type Person, runsIn, runsOn } from './people.ts';
import { stream } from './random.ts';

/** Why somebody is away, as DSN codes it: block 60 for stops, block 65 for other suspensions. */
export type AbsenceReason =
  | 'sickness'
  | 'maternity'
  | 'paternity'
  | 'commuting_accident'
  | 'occupational_disease'
  | 'work_accident'
  | 'parental_leave'
  | 'unpaid_leave'
  | 'family_event';

export const stopCodes: Partial<Record<AbsenceReason, string>> = {
  sickness: '01',
  maternity: '02',
  paternity: '03',
  commuting_accident: '04',
  occupational_disease: '05',
  work_accident: '06',
};
export const suspensionCodes: Partial<Record<AbsenceReason, string>> = {
  parental_leave: '632',
  unpaid_leave: '501',
  family_event: '637',
};

export interface Absence {
  readonly reason: AbsenceReason;
  /** first and last day away */
  readonly first: Day;
  readonly last: Day;
  /** day of the accident, or of the first finding of the disease */
  readonly accident?: Day;
}

/** Absences of each person, by matricule, in time order and without overlap; accidents come later. */
export function ordinaryAbsences(people: readonly Person[]): Map<string, Absence[]> {
  const found = new Map<string, Absence[]>();
  for (const person of people) found.set(person.number, absencesOf(person));
  return found;
}

function absencesOf(person: Person): Absence[] {
  const list: Absence[] = [];
  let free: Day = '2024-06-01';
  for (const month of months(firstMonth, finalMonth)) {
    const contract = person.contracts.find((candidate) => runsIn(candidate, month) && isEmployee(candidate));
    if (!contract) continue;
    const random = stream(`away/${person.number}/${month}`);
    let first = addDays(firstDay(month), random.int(0, 27));
    while (!isWorkingDay(first)) first = addDays(first, 1);
    if (first <= free || !runsOn(contract, first)) continue;
    const age = daysBetween(person.birth, first) / 365.25;
    const winter = ['01', '02', '03', '11', '12'].includes(month.slice(5)) ? 1.35 : 0.8;
    const exposed =
      contract.jobClass === 'worker'
        ? 1.25
        : contract.jobClass === 'manager' || contract.jobClass === 'executive'
          ? 0.45
          : 1;
    const draw = random.next();
    const parent = age > 25 && age < 41;
    const risks: [AbsenceReason, number, number][] = [
      ['sickness', 0.082 * winter * exposed, sicknessDays(random.next(), random.next())],
      ['maternity', person.sex === 'F' && parent ? 0.0045 : 0, 112],
      ['paternity', person.sex === 'M' && parent ? 0.0035 : 0, 25],
      ['parental_leave', person.sex === 'F' && parent ? 0.0012 : 0.0001, 180],
      ['unpaid_leave', 0.0012, random.int(5, 20)],
      ['family_event', 0.004, random.int(2, 4)],
    ];
    let bound = 0;
    for (const [reason, risk, days] of risks) {
      bound += risk;
      if (draw >= bound) continue;
      const last = clipped(addDays(first, days - 1), contract);
      list.push({ reason, first, last });
      free = last;
      break;
    }
  }
  return list;
}

function sicknessDays(kind: number, length: number): number {
  if (kind < 0.62) return 3 + Math.floor(length * 6);
  if (kind < 0.92) return 9 + Math.floor(length * 20);
  return 30 + Math.floor(length * 110);
}

function clipped(day: Day, contract: Contract): Day {
  return contract.end !== null && day > contract.end ? contract.end : day;
}

/** Adds a stop after an accident where the person is free for it; returns the last day away. */
export function addStop(
  list: Absence[],
  contract: Contract,
  reason: AbsenceReason,
  accident: Day,
  days: number,
): Day | undefined {
  const first = addDays(accident, 1);
  const last = addDays(accident, days);
  const blocked = list.some(
    (absence) => absence.first <= addDays(last, 1) && absence.last >= addDays(accident, -1),
  );
  if (blocked || !runsOn(contract, accident) || !runsOn(contract, last)) return undefined;
  list.push({ reason, first, last, accident });
  list.sort((a, b) => (a.first < b.first ? -1 : 1));
  return last;
}

/** Calendar days away in a month, by reason, under a contract. */
export function daysAway(
  list: readonly Absence[],
  contract: Contract,
  month: Month,
): Map<AbsenceReason, number> {
  const days = new Map<AbsenceReason, number>();
  for (const absence of list) {
    const from = [absence.first, firstDay(month), contract.start].reduce(later);
    const to = [absence.last, lastDay(month), contract.end ?? '9999-12-31'].reduce(earlier);
    if (from > to) continue;
    days.set(absence.reason, (days.get(absence.reason) ?? 0) + daysBetween(from, to) + 1);
  }
  return days;
}
