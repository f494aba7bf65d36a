import { addDays, daysBetween, earlier, firstDay, lastDay, later, type Month, months } from './calendar.ts';
import { csv, type ExtractOut, euros, type Field, fixed } from './extract-files.ts';
import { acquisitionMonth, finalMonth, firstMonth, type SiteId } from './group.ts';
import type { JobClass, Sex } from './people.ts';
import { stream } from './random.ts';
import { type SheetCell, workbook } from './workbook-file.ts';

/** Somebody of the German or Spanish company: one contract, no DSN. */
export interface ForeignPerson {
  readonly number: string;
  readonly entity: 'ODE' | 'OES';
  readonly site: SiteId;
  readonly sex: Sex;
  readonly birthYear: number;
  readonly jobClass: JobClass;
  readonly contract: 'permanent' | 'temporary' | 'apprentice';
  readonly rate: number;
  readonly start: string;
  end: string | null;
  endReason: string | null;
  /** monthly full-time pay in cents */
  readonly base: number;
  readonly disabled: boolean;
}

const posts: readonly (readonly [
  SiteId,
  'ODE' | 'OES',
  readonly [number, number, number, number, number],
])[] = [
  ['HAN', 'ODE', [3, 38, 62, 34, 156]],
  ['KAS', 'ODE', [1, 9, 18, 9, 60]],
  ['ZAR', 'OES', [3, 17, 34, 20, 146]],
];
const classes: readonly JobClass[] = ['executive', 'manager', 'intermediate', 'employee', 'worker'];
const women: Record<JobClass, number> = {
  executive: 0.25,
  manager: 0.24,
  intermediate: 0.22,
  employee: 0.68,
  worker: 0.16,
};
const pay: Record<'ODE' | 'OES', Record<JobClass, readonly [number, number]>> = {
  ODE: {
    executive: [10500, 15800],
    manager: [5200, 7600],
    intermediate: [3700, 4700],
    employee: [3000, 3800],
    worker: [2950, 3800],
  },
  OES: {
    executive: [6200, 9000],
    manager: [3200, 4600],
    intermediate: [2250, 3000],
    employee: [1850, 2300],
    worker: [1750, 2300],
  },
};

/** Everybody of the two companies over the history; Zaragoza from its acquisition on. */
export function foreignPeople(): ForeignPerson[] {
  const people: ForeignPerson[] = [];
  const counters = { ODE: 0, OES: 0 };
  const add = (place: SiteId, company: 'ODE' | 'OES', jobClass: JobClass, start: string): void => {
    counters[company]++;
    const number = `${company === 'ODE' ? 'D' : 'E'}${String(counters[company]).padStart(5, '0')}`;
    const random = stream(`foreign/${number}`);
    // few enough to be named one by one: the second director of each main plant is a woman
    const sex: Sex = (jobClass === 'executive' ? counters[company] === 2 : random.chance(women[jobClass]))
      ? 'F'
      : 'M';
    const [low, high] = pay[company][jobClass];
    const apprentice = company === 'ODE' && jobClass === 'worker' && random.chance(0.05);
    people.push({
      number,
      entity: company,
      site: place,
      sex,
      birthYear: apprentice
        ? 2006
        : Number(start.slice(0, 4)) -
          random.int(jobClass === 'executive' ? 42 : 22, 58) +
          Math.round(daysBetween(start, '2024-07-01') / 800),
      jobClass,
      contract: apprentice ? 'apprentice' : random.chance(0.06) ? 'temporary' : 'permanent',
      rate: random.chance(sex === 'F' ? 0.22 : 0.04) ? random.pick([0.5, 0.6, 0.75, 0.8]) : 1,
      start,
      end: null,
      endReason: null,
      base:
        Math.round(
          (low + (high - low) * random.next()) * (sex === 'F' ? 0.92 : 1) * (apprentice ? 0.38 : 1),
        ) * 100,
      disabled: random.chance(0.035),
    });
  };
  for (const [place, company, counts] of posts) {
    const opening = company === 'OES' ? '2026-05-01' : '2024-07-01';
    classes.forEach((jobClass, index) => {
      for (let n = 0; n < counts[index as 0]; n++) {
        add(
          place,
          company,
          jobClass,
          addDays(opening, -stream(`foreign-start/${place}/${jobClass}/${n}`).int(40, 7000)),
        );
      }
    });
  }
  for (const month of months(firstMonth, finalMonth)) {
    const count = people.length;
    for (let index = 0; index < count; index++) {
      const person = people[index] as ForeignPerson;
      if (
        person.end !== null ||
        (person.entity === 'OES' && month < acquisitionMonth) ||
        person.start >= firstDay(month)
      )
        continue;
      const random = stream(`foreign-leave/${person.number}/${month}`);
      const draw = random.next();
      if (draw > 0.0084) continue;
      person.end = addDays(firstDay(month), random.int(0, 27));
      person.endReason =
        draw < 0.0045
          ? 'resignation'
          : draw < 0.0062
            ? 'retirement'
            : draw < 0.0072
              ? 'dismissal'
              : person.contract === 'temporary'
                ? 'end_of_temporary'
                : 'mutual';
      if (random.chance(0.93) && month < finalMonth)
        add(person.site, person.entity, person.jobClass, addDays(lastDay(month), random.int(1, 20)));
    }
  }
  return people;
}

export function worksIn(person: ForeignPerson, month: Month): boolean {
  if (person.entity === 'OES' && month < acquisitionMonth) return false;
  return person.start <= lastDay(month) && (person.end === null || person.end >= firstDay(month));
}

export interface ForeignMonth {
  /** cents */
  readonly gross: number;
  /** part of gross beyond base pay: thirteenth month, holiday pay, bonuses */
  readonly variable: number;
  /** hundredths of an hour */
  readonly paid: number;
  readonly sick: number;
  readonly due: number;
}

export function foreignMonth(person: ForeignPerson, month: Month): ForeignMonth {
  const random = stream(`foreign-pay/${person.number}/${month}`);
  const from = later(person.start, firstDay(month));
  const to = earlier(person.end ?? lastDay(month), lastDay(month));
  const share = (daysBetween(from, to) + 1) / Number(lastDay(month).slice(8));
  const raise = { '2024': 1, '2025': 1.025, '2026': 1.048 }[month.slice(0, 4)] ?? 1;
  const full = person.entity === 'ODE' ? 15225 : 14600;
  const due = Math.round(full * person.rate * share);
  const sick = random.chance(0.11)
    ? Math.round(due * Math.min(1, 0.12 + random.next() * random.next() * 1.1))
    : 0;
  const base = person.base * raise * person.rate * share;
  const extra =
    month.endsWith('-11') && person.entity === 'ODE'
      ? 0.6
      : ['-06', '-12'].includes(month.slice(4)) && person.entity === 'OES'
        ? 1
        : 0;
  const gross = Math.round(base * (1 + extra) + base * 0.03 * random.next());
  return { gross, variable: gross - Math.round(base), paid: due, sick, due };
}

const french = [
  'Entité',
  'Site',
  'Matricule',
  'Mois',
  'Sexe',
  'Année de naissance',
  'Contrat',
  'Taux ETP',
  'Catégorie',
  "Date d'entrée",
  'Date de sortie',
  'Motif de sortie',
  'Rémunération brute',
  'Part variable',
  'Heures payées',
  'Devise',
  'Convention collective',
  'Travailleur handicapé',
  'Heures absence maladie',
  'Heures théoriques',
];
const english = [
  'entity',
  'site',
  'person',
  'month',
  'sex',
  'birth_year',
  'contract_class',
  'fte_rate',
  'job_class',
  'entry_date',
  'exit_date',
  'exit_reason',
  'gross_pay',
  'variable_pay',
  'paid_hours',
  'currency',
  'collective_agreement',
  'disability',
  'absence_hours_sick',
  'theoretical_hours',
];

/** The registers: Germany in CSV of windows-1252 with decimal commas, Spain in workbooks headed in English. */
export function registers(people: readonly ForeignPerson[], last: Month): ExtractOut[] {
  const files: ExtractOut[] = [];
  for (const month of months(firstMonth, last)) {
    const german = people.filter((person) => person.entity === 'ODE' && worksIn(person, month));
    const rows: Field[][] = german.map((person) => {
      const { gross, variable, paid, sick, due } = foreignMonth(person, month);
      const left = person.end !== null && person.end <= lastDay(month);
      return [
        person.entity,
        person.site,
        person.number,
        firstDay(month),
        person.sex,
        person.birthYear,
        person.contract,
        fixed(person.rate, 2),
        person.jobClass,
        person.start,
        left ? person.end : '',
        left ? person.endReason : '',
        euros(gross),
        euros(variable),
        euros(paid),
        'EUR',
        person.jobClass !== 'executive',
        person.disabled,
        euros(sick),
        euros(due),
      ];
    });
    // a pay in words, and a rate above full time: both are quarantined
    if (month === '2025-10')
      rows.push([
        'ODE',
        'HAN',
        'D90001',
        '2025-10-01',
        'M',
        1980,
        'permanent',
        '1,00',
        'worker',
        '2020-01-01',
        '',
        '',
        'siehe Anlage',
        '',
        '152,25',
        'EUR',
        true,
        false,
        '0,00',
        '152,25',
      ]);
    if (month === '2026-08')
      rows.push([
        'ODE',
        'KAS',
        'D90002',
        '2026-08-01',
        'F',
        1991,
        'permanent',
        '1,20',
        'employee',
        '2022-03-01',
        '',
        '',
        '3100,00',
        '',
        '152,25',
        'EUR',
        true,
        false,
        '0,00',
        '152,25',
      ]);
    files.push(csv(`hr/ODE_Personal_${month}.csv`, french, rows, { encoding: 'windows-1252' }));
    if (month < acquisitionMonth) continue;
    const spanish: SheetCell[][] = people
      .filter((person) => person.entity === 'OES' && worksIn(person, month))
      .map((person) => {
        const { gross, variable, paid, sick, due } = foreignMonth(person, month);
        const left = person.end !== null && person.end <= lastDay(month);
        return [
          person.entity,
          person.site,
          person.number,
          { day: firstDay(month) },
          person.sex,
          person.birthYear,
          person.contract,
          person.rate,
          person.jobClass,
          { day: person.start },
          left && person.end ? { day: person.end } : null,
          left ? person.endReason : null,
          gross / 100,
          variable / 100,
          paid / 100,
          'EUR',
          true,
          person.disabled,
          sick / 100,
          due / 100,
        ];
      });
    files.push(workbook(`hr/OES_registro_${month}.xlsx`, 'Plantilla', english, spanish));
  }
  return files;
}
