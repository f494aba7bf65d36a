import {
  addDays,
  addMonths,
  type Day,
  daysBetween,
  firstDay,
  lastDay,
  type Month,
  monthOf,
  months,
} from './calendar.ts';
import { finalMonth, firstMonth, type SiteId, site, vierzonLastMonth } from './group.ts';
import { fictiveNir } from './identifiers.ts';
import { givenName, surname } from './names.ts';
import type { Contract, ContractKind, EndReason, JobClass, Person, Sex } from './people.ts';
import { type Random, stream } from './random.ts';

/** Posts by site and class at the start: executive, manager, intermediate, employee, worker. */
const posts: Record<
  'NAN' | 'REN' | 'LOR' | 'ANG' | 'VIE' | 'LYO',
  readonly [number, number, number, number, number]
> = {
  NAN: [8, 76, 50, 48, 0],
  REN: [3, 72, 34, 5, 0],
  LOR: [2, 34, 78, 22, 270],
  ANG: [2, 32, 70, 20, 192],
  VIE: [1, 8, 20, 7, 68],
  LYO: [1, 9, 18, 16, 70],
};
const classes: readonly JobClass[] = ['executive', 'manager', 'intermediate', 'employee', 'worker'];
const womenShare: Record<JobClass, number> = {
  executive: 0.2,
  manager: 0.25,
  intermediate: 0.23,
  employee: 0.68,
  worker: 0.17,
};
const basePay: Record<JobClass, readonly [number, number]> = {
  executive: [9800, 15500],
  manager: [3700, 6300],
  intermediate: [2620, 3550],
  employee: [2150, 2750],
  worker: [2060, 2900],
};
const frenchSites = ['NAN', 'REN', 'LOR', 'ANG', 'VIE', 'LYO'] as const;

/** Everybody who works for the two French companies between 2024-07 and 2026-09, whatever the horizon. */
export function frenchPeople(): Person[] {
  const people: Person[] = [];
  const add = (
    place: SiteId,
    jobClass: JobClass,
    start: Day,
    kind: ContractKind,
    options: NewPerson = {},
  ): Person => {
    const person = newPerson(people.length + 1, place, jobClass, start, kind, options);
    people.push(person);
    return person;
  };
  for (const place of frenchSites) {
    classes.forEach((jobClass, index) => {
      for (let n = 0; n < posts[place][index as 0]; n++) {
        const random = stream(`start/${place}/${jobClass}/${n}`);
        const fixedTerm = ['employee', 'worker'].includes(jobClass) && random.chance(0.06);
        const start = fixedTerm
          ? addDays('2024-07-01', -random.int(10, 200))
          : addDays('2024-07-01', -random.int(30, 9000));
        add(
          place,
          jobClass,
          start,
          fixedTerm ? 'fixed_term' : 'permanent',
          fixedTerm ? { lengthDays: random.int(220, 420) } : {},
        );
      }
    });
  }
  addApprenticesAndInterns(add);
  add('NAN', 'executive', '2019-06-15', 'officer', { base: 2450000 });
  forceStories(people, add);
  for (const month of months(firstMonth, finalMonth)) turnOver(people, month, add);
  return people;
}

interface NewPerson {
  readonly lengthDays?: number;
  readonly base?: number;
  readonly sex?: Sex;
  readonly temporaryUntil?: Month;
}
type Add = (place: SiteId, jobClass: JobClass, start: Day, kind: ContractKind, options?: NewPerson) => Person;

function newPerson(
  order: number,
  place: SiteId,
  jobClass: JobClass,
  start: Day,
  kind: ContractKind,
  options: NewPerson,
): Person {
  const number = `F${String(order).padStart(5, '0')}`;
  const random = stream(`person/${number}`);
  const appointedLately = jobClass === 'executive' && start > '2025-03-01';
  const sex: Sex = options.sex ?? (random.chance(appointedLately ? 0.55 : womenShare[jobClass]) ? 'F' : 'M');
  const youngest = { executive: 42, manager: 26, intermediate: 23, employee: 22, worker: 20 }[jobClass];
  const age = kind === 'apprentice' || kind === 'intern' ? random.int(18, 23) : random.int(youngest, 60);
  const seniority = Math.max(0, daysBetween(start, '2024-07-01')) / 365.25;
  const years = Math.min(61, Math.max(age, Math.ceil(seniority) + youngest));
  const birth = addDays('2024-07-01', -Math.round(years * 365.25) - random.int(0, 364));
  const abroad = random.chance(0.05);
  const department = abroad
    ? '99'
    : random.pick(['22', '29', '35', '44', '49', '53', '56', '69', '72', '85', '18', '38', '75', '59']);
  const person: Person = {
    number,
    sex,
    birth,
    surname: surname(random),
    given: givenName(random, sex),
    department,
    nir: fictiveNir(sex, birth, department, order),
    temporaryUntil: options.temporaryUntil ?? null,
    disabled: kind === 'permanent' && random.chance(0.043),
    contracts: [],
  };
  person.contracts.push(newContract(person, place, jobClass, start, kind, options));
  return person;
}

function newContract(
  person: Person,
  place: SiteId,
  jobClass: JobClass,
  start: Day,
  kind: ContractKind,
  options: NewPerson = {},
): Contract {
  const random = stream(`contract/${person.number}/${start}/${kind}`);
  const [low, high] = basePay[jobClass];
  const spread = (random.next() + random.next()) / 2;
  const seniority = Math.min(1, Math.max(0, daysBetween(start, '2024-07-01')) / 9000);
  const full = (low + (high - low) * (0.65 * spread + 0.35 * seniority)) * (person.sex === 'F' ? 0.918 : 1);
  const junior = kind === 'apprentice' ? 0.58 : kind === 'intern' ? 0.32 : 1;
  const partTime =
    kind === 'permanent' && jobClass !== 'executive' && random.chance(person.sex === 'F' ? 0.19 : 0.035);
  return {
    number: `${person.number}${String(person.contracts.length + 1).padStart(2, '0')}`,
    entity: site(place).entity,
    site: place,
    start,
    end: null,
    endReason: null,
    kind,
    jobClass,
    plannedEnd: options.lengthDays === undefined ? null : addDays(start, options.lengthDays),
    rate: partTime ? random.pick([0.5, 0.6, 0.8, 0.8, 0.8, 0.9]) : 1,
    dayPackage:
      kind === 'permanent' && (jobClass === 'executive' || (jobClass === 'manager' && random.chance(0.8))),
    base: options.base ?? Math.round(full * junior) * 100,
    changes: [],
  };
}

/** Apprentices join in September and leave at the end of August; interns stay for a spring or a summer. */
function addApprenticesAndInterns(add: Add): void {
  const places: readonly (readonly [SiteId, number])[] = [
    ['LOR', 12],
    ['ANG', 9],
    ['NAN', 5],
    ['REN', 5],
    ['LYO', 3],
  ];
  for (const year of [2023, 2024, 2025, 2026]) {
    for (const [place, count] of places) {
      for (let n = 0; n < count; n++) {
        const open = n % 6 === 5; // some apprenticeships open a permanent contract
        add(
          place,
          place === 'NAN' || place === 'REN' ? 'employee' : 'worker',
          `${year}-09-0${1 + (n % 2)}`,
          'apprentice',
          open ? {} : { lengthDays: 362 },
        );
      }
    }
  }
  for (const year of [2025, 2026]) {
    for (const [place, count] of [
      ['REN', 6],
      ['NAN', 4],
    ] as const) {
      for (let n = 0; n < count; n++)
        add(place, 'employee', `${year}-0${n % 2 === 0 ? 3 : 6}-03`, 'intern', { lengthDays: 150 });
    }
  }
}

/** Cases that a payroll always holds, so that the run meets each of them. */
function forceStories(people: readonly Person[], add: Add): void {
  const settled = (place: SiteId, jobClass: JobClass, skip: number): Person => {
    const found = people.filter(
      (person) =>
        person.contracts[0]?.site === place &&
        person.contracts[0].jobClass === jobClass &&
        person.contracts[0].kind === 'permanent',
    )[skip];
    if (!found) throw new Error(`nobody at ${place} in ${jobClass}`);
    return found;
  };
  // rehired five months after the end of a fixed-term contract
  const rehired = add('LOR', 'worker', '2024-10-01', 'fixed_term', { lengthDays: 181 });
  end(rehired.contracts[0], '2025-03-31', 'end_of_term');
  rehired.contracts.push(newContract(rehired, 'LOR', 'worker', '2025-09-01', 'permanent'));
  // from the holding to the industrial company, without a break
  for (const skip of [4, 9, 14]) {
    const moved = settled('NAN', 'manager', skip);
    end(moved.contracts[0], '2025-09-30', 'group_transfer');
    moved.contracts.push(newContract(moved, 'ANG', 'manager', '2025-10-01', 'permanent'));
  }
  // two contracts at once: half time on the line, and cleaning or teaching besides
  for (const [place, skip] of [
    ['LOR', 3],
    ['LOR', 8],
    ['ANG', 5],
    ['LYO', 2],
  ] as const) {
    const double = settled(place, 'worker', skip);
    const first = double.contracts[0] as Contract;
    first.rate = 0.5;
    const second = newContract(double, place, 'employee', '2024-11-04', 'permanent');
    second.rate = 0.3;
    double.contracts.push(second);
  }
  // a newcomer from abroad, declared under a temporary number until the NIR is known
  add('LOR', 'worker', '2025-05-05', 'permanent', { temporaryUntil: '2025-07', sex: 'M' });
  // fixed term turned into a permanent contract with its number kept
  const turned = add('ANG', 'worker', '2024-12-02', 'fixed_term', { lengthDays: 180 });
  const contract = turned.contracts[0] as Contract;
  contract.changes.push({ date: '2025-06-01', kind: 'nature', old: '02' });
  // shorter weeks asked for
  for (const [place, skip, date] of [
    ['NAN', 20, '2025-02-01'],
    ['ANG', 30, '2025-10-01'],
    ['LOR', 60, '2026-03-01'],
  ] as const) {
    const asked = settled(place, 'intermediate', skip).contracts[0] as Contract;
    asked.changes.push({ date, kind: 'hours', old: '1' });
    asked.rate = 0.8;
  }
}

function end(contract: Contract | undefined, day: Day, reason: EndReason): void {
  if (!contract) return;
  contract.end = day;
  contract.endReason = reason;
}

/** One month of departures and of the hires that follow them. */
function turnOver(people: Person[], month: Month, add: Add): void {
  const count = people.length;
  for (let index = 0; index < count; index++) {
    const person = people[index] as Person;
    const contract = person.contracts.at(-1) as Contract;
    if (contract.end !== null || contract.start > lastDay(month)) continue;
    const random = stream(`leave/${person.number}/${month}`);
    depart(person, contract, month, random);
    if (contract.site === 'VIE' && month === vierzonLastMonth && contract.end === null)
      closeVierzon(contract, random);
  }
  if (month === finalMonth) return;
  hire(people, month, add);
}

function depart(person: Person, contract: Contract, month: Month, random: Random): void {
  const day = addDays(firstDay(month), random.int(0, 27));
  const turnedPermanent = contract.changes.some(
    (change) => change.kind === 'nature' && monthOf(change.date) <= month,
  );
  if (contract.plannedEnd !== null && !turnedPermanent) {
    const kept = contract.changes.some((change) => change.kind === 'nature');
    if (monthOf(contract.plannedEnd) === month && !kept) {
      end(contract, contract.plannedEnd, 'end_of_term');
      if (contract.kind === 'fixed_term' && random.chance(0.45)) {
        person.contracts.push(
          newContract(person, contract.site, contract.jobClass, addDays(contract.plannedEnd, 1), 'permanent'),
        );
      }
    }
    return;
  }
  if (
    contract.kind === 'officer' ||
    contract.start > firstDay(month) ||
    person.contracts.filter((c) => c.end === null).length > 1
  )
    return;
  if (contract.site === 'VIE' && month >= '2025-10') return;
  const age = daysBetween(person.birth, firstDay(month)) / 365.25;
  const recent = daysBetween(contract.start, firstDay(month)) < 120;
  const draw = random.next();
  const risks: [EndReason, number][] = [
    ['trial_period', recent && contract.start > '2024-07-01' ? 0.018 : 0],
    ['retirement', age > 63 ? 0.12 : age > 61.8 ? 0.035 : 0],
    ['resignation', contract.jobClass === 'executive' ? 0.006 : 0.0052],
    ['mutual', contract.jobClass === 'executive' && month > '2025-02' && person.sex === 'M' ? 0.012 : 0.0013],
    ['dismissal', 0.0012],
    ['death', 0.00006],
  ];
  let bound = 0;
  for (const [reason, risk] of risks) {
    bound += risk;
    if (draw < bound) {
      end(contract, day, reason);
      return;
    }
  }
}

/** Vierzon stops on 31 December 2025: some follow the machines, most are dismissed. */
function closeVierzon(contract: Contract, random: Random): void {
  const last = lastDay(vierzonLastMonth);
  if (contract.kind === 'permanent' && random.chance(0.34)) {
    contract.changes.push({ date: addDays(last, 1), kind: 'site', old: site('VIE').siret as string });
    contract.site = random.chance(0.6) ? 'ANG' : 'LOR';
    return;
  }
  end(contract, last, random.chance(0.12) ? 'mutual' : 'economic');
}

/** Posts left empty are filled the month after, most of them. */
function hire(people: readonly Person[], month: Month, add: Add): void {
  const next = addMonths(month, 1);
  const present = new Map<string, number>();
  for (const person of people) {
    for (const contract of person.contracts) {
      if (contract.kind === 'apprentice' || contract.kind === 'intern' || contract.kind === 'officer')
        continue;
      if (contract.end !== null && contract.end < firstDay(next)) continue;
      const key = `${contract.site}/${contract.jobClass}`;
      present.set(key, (present.get(key) ?? 0) + 1);
    }
  }
  for (const place of frenchSites) {
    if (place === 'VIE' && next > '2025-03') continue;
    classes.forEach((jobClass, index) => {
      const insourced = place === 'LOR' && jobClass === 'worker' && next >= '2026-01' ? 16 : 0;
      const missing = posts[place][index as 0] + insourced - (present.get(`${place}/${jobClass}`) ?? 0);
      for (let n = 0; n < missing; n++) {
        const random = stream(`hire/${place}/${jobClass}/${next}/${n}`);
        if (!random.chance(0.8)) continue;
        const fixedTerm = ['employee', 'worker'].includes(jobClass) && random.chance(0.4);
        add(
          place,
          jobClass,
          addDays(firstDay(next), random.int(0, 14)),
          fixedTerm ? 'fixed_term' : 'permanent',
          fixedTerm ? { lengthDays: random.int(120, 360) } : {},
        );
      }
    });
  }
}
