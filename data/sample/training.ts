import {
  addDays,
  addMonths,
  daysIn,
  firstDay,
  lastDay,
  type Month,
  months,
  type Quarter,
  quarterOf,
  quartersOf,
} from './calendar.ts';
import type { Charge, Costed } from './charges.ts';
import { csv, type ExtractOut, euros, type Field, fixed } from './extract-files.ts';
import { type ForeignPerson, worksIn } from './foreign-people.ts';
import { acquisitionMonth, type EntityId, finalMonth, firstMonth } from './group.ts';
import { isEmployee, type Person, runsOn } from './people.ts';
import { stream } from './random.ts';

interface Session {
  readonly quarter: Quarter;
  readonly fields: Field[];
}

/** Somebody who may be trained: French or not. */
interface Trainee {
  readonly number: string;
  readonly sex: 'F' | 'M';
  readonly jobClass: string;
}

const topics: readonly (readonly [string, number, number, number])[] = [
  // topic, share, hours, euros a person
  ['safety', 0.3, 7, 160],
  ['technical', 0.26, 14, 420],
  ['quality', 0.1, 7, 210],
  ['cyber', 0.1, 1.5, 0],
  ['languages', 0.06, 20, 520],
  ['management', 0.06, 14, 690],
  ['climate', 0.06, 3.5, 90],
  ['ai', 0.06, 3.5, 140],
];

export function employeesOf(
  company: EntityId,
  month: Month,
  people: readonly Person[],
  foreign: readonly ForeignPerson[],
): Trainee[] {
  if (company === 'ODE' || company === 'OES') {
    return foreign.filter((person) => person.entity === company && worksIn(person, month));
  }
  return people.flatMap((person) => {
    const contract = person.contracts.find(
      (each) => each.entity === company && isEmployee(each) && runsOn(each, firstDay(month)),
    );
    return contract ? [{ number: person.number, sex: person.sex, jobClass: contract.jobClass }] : [];
  });
}

/** Training sessions by person; absentees stay in the log with `Suivi` = non. */
export function training(people: readonly Person[], foreign: readonly ForeignPerson[]): Costed<Session> {
  const rows: Session[] = [];
  const charges: Charge[] = [];
  for (const month of months(firstMonth, finalMonth)) {
    for (const company of ['ORV', 'OFR', 'ODE', 'OES'] as const) {
      if (company === 'OES' && month < acquisitionMonth) continue;
      const effort = (month.endsWith('-08') ? 0.03 : 0.118) * (1 + 0.006 * months(firstMonth, month).length);
      const spent = new Map<string, number>();
      for (const trainee of employeesOf(company, month, people, foreign)) {
        const random = stream(`training/${trainee.number}/${month}`);
        const exposed = isExposed(trainee);
        if (exposed && renews(trainee.number, month)) {
          rows.push(
            session(
              company,
              trainee,
              addDays(firstDay(month), random.int(0, 20)),
              'anticorruption',
              2,
              true,
              'online',
              'S9024',
              3500,
            ),
          );
          spent.set('S9024', (spent.get('S9024') ?? 0) + 3500);
        }
        if (!random.chance(effort)) continue;
        let draw = random.next();
        const [topic, , hours, price] =
          topics.find((each) => {
            draw -= each[1];
            return draw < 0;
          }) ?? (topics[0] as (typeof topics)[number]);
        const done = random.chance(0.95);
        const supplier = price === 0 ? '' : `S902${random.int(0, 3)}`;
        rows.push(
          session(
            company,
            trainee,
            addDays(firstDay(month), random.int(0, daysIn(month) - 1)),
            topic,
            hours,
            done,
            hours < 4 ? 'online' : random.chance(0.8) ? 'classroom' : 'on_the_job',
            supplier,
            price * 100,
          ),
        );
        if (supplier !== '') spent.set(supplier, (spent.get(supplier) ?? 0) + price * 100);
      }
      for (const [supplier, cents] of [...spent].sort())
        charges.push({ entity: company, supplier, account: '618500', day: lastDay(month), cents });
    }
    if (month === '2025-09')
      rows.push(
        session(
          'OFR',
          { number: 'F00300', sex: 'M', jobClass: 'worker' },
          '2025-09-17',
          'safety',
          -7,
          true,
          'classroom',
          'S9020',
          16000,
        ),
      );
  }
  return { rows, charges };
}

function session(
  company: EntityId,
  trainee: Trainee,
  day: string,
  topic: string,
  hours: number,
  done: boolean,
  mode: string,
  supplier: string,
  cents: number,
): Session {
  return {
    quarter: quarterOf(day.slice(0, 7)),
    fields: [
      company,
      trainee.number,
      trainee.sex,
      day,
      topic,
      fixed(hours, 2),
      done,
      mode,
      supplier,
      supplier === '' ? '' : euros(cents),
      supplier === '' ? '' : 'EUR',
    ],
  };
}

export function trainingFiles(log: Costed<Session>, last: Month): ExtractOut[] {
  const headings = [
    'Entité',
    'Matricule',
    'Sexe',
    'Date',
    'Thème',
    'Heures',
    'Suivi',
    'Modalité',
    'Organisme',
    'Coût HT',
    'Devise',
  ];
  return quartersOf(months(firstMonth, last)).map((quarter) =>
    csv(
      `training/training_${quarter}.csv`,
      headings,
      log.rows.filter((row) => row.quarter === quarter).map((row) => row.fields),
    ),
  );
}

/** Buyers, sellers, directors: functions that the risk map exposes to corruption. */
function isExposed(trainee: Trainee): boolean {
  if (trainee.jobClass === 'executive') return true;
  return trainee.jobClass === 'manager' && Number(trainee.number.slice(1)) % 3 === 0;
}

/** Months in which an exposed person takes the two-yearly course; the effort grew from mid-2025. */
function renews(number: string, month: Month): boolean {
  return months('2023-01', finalMonth).includes(month) && coursesOf(number).includes(month);
}

function coursesOf(number: string): Month[] {
  const random = stream(`anticorruption/${number}`);
  const first = addMonths('2023-01', random.int(0, 40));
  const late = random.chance(0.22);
  return late && first < '2025-06' ? [first] : [first, addMonths(first, 24)];
}

/** Exposed functions at each month's end, a file a quarter, with the day until which the certificate holds. */
export function exposedFiles(
  people: readonly Person[],
  foreign: readonly ForeignPerson[],
  last: Month,
): ExtractOut[] {
  const headings = ['Entité', 'Matricule', 'Mois', 'Fonction', "Certificat valable jusqu'au"];
  const rows = new Map<Quarter, Field[][]>();
  for (const month of months(firstMonth, last)) {
    const quarter = quarterOf(month);
    const list = rows.get(quarter) ?? [];
    rows.set(quarter, list);
    for (const company of ['ORV', 'OFR', 'ODE', 'OES'] as const) {
      for (const trainee of employeesOf(company, month, people, foreign).filter(isExposed)) {
        const course = coursesOf(trainee.number)
          .filter((each) => each <= month)
          .at(-1);
        const role =
          trainee.jobClass === 'executive'
            ? 'Direction'
            : ['Achats', 'Ventes', 'Chantiers'][Number(trainee.number.slice(1)) % 2];
        list.push([
          company,
          trainee.number,
          firstDay(month),
          role,
          course ? lastDay(addMonths(course, 24)) : '',
        ]);
      }
    }
  }
  return [...rows].map(([quarter, list]) =>
    csv(`governance/exposed_functions_${quarter}.csv`, headings, list),
  );
}
