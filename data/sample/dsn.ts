import { type Absence, stopCodes, suspensionCodes } from './absences.ts';
import {
  addDays,
  addMonths,
  type Day,
  dsnDay,
  firstDay,
  lastDay,
  lastWorkingDay,
  later,
  type Month,
} from './calendar.ts';
import { type ExtractOut, encode, euros } from './extract-files.ts';
import { entity, type GroupSite } from './group.ts';
import { type Bonus, type Pay, payOf } from './payroll.ts';
import { type Contract, type EndReason, kindIn, type Person, rateIn, runsIn, siteIn } from './people.ts';

/** What one DSN file declares: an establishment and a month, first or in replacement. */
export interface DsnFile {
  readonly site: GroupSite;
  readonly month: Month;
  /** declaration type 03: replaces the file sent before under order 1 */
  readonly replaces: boolean;
}

const endCodes: Record<EndReason, string> = {
  resignation: '059',
  dismissal: '020',
  economic: '014',
  mutual: '043',
  retirement: '039',
  end_of_term: '031',
  trial_period: '034',
  group_transfer: '100',
  death: '066',
};
const statuses: Record<Contract['jobClass'], string> = {
  executive: '03',
  manager: '04',
  intermediate: '05',
  employee: '06',
  worker: '07',
};
const professions: Record<Contract['jobClass'], readonly [string, string]> = {
  executive: ['371a', 'Directeur'],
  manager: ['387c', 'Ingénieur procédés'],
  intermediate: ['477b', "Technicien d'atelier"],
  employee: ['543b', 'Gestionnaire'],
  worker: ['628a', 'Opérateur qualifié'],
};
const activities: Record<string, string> = {
  NAN: '7010Z',
  REN: '7219Z',
  LOR: '2451Z',
  ANG: '2813Z',
  VIE: '2562B',
  LYO: '5210B',
};
const places: Record<string, readonly [string, string, string]> = {
  NAN: ['12 QUAI DES TURBINES', '44000', 'NANTES'],
  REN: ['3 ALLEE DES VANNES', '35000', 'RENNES'],
  LOR: ['40 RUE DE LA FONDERIE', '56100', 'LORIENT'],
  ANG: ['8 BOULEVARD DES POMPES', '49000', 'ANGERS'],
  VIE: ['21 RUE DES COPEAUX', '18100', 'VIERZON'],
  LYO: ['5 AVENUE DES QUAIS', '69007', 'LYON 07'],
};

/**
 * One monthly DSN (CT-DSN, NEODeS): ISO-8859-1, CRLF, norm of the year, control totals last.
 * Blocks on contributions and payments to bodies are left out; hours are where the norm puts them,
 * in block 53 under the pay of type 002, and in 51.012 for overtime only (control 51.012/SIG-13).
 */
export function dsnFile(
  file: DsnFile,
  people: readonly Person[],
  absences: ReadonlyMap<string, readonly Absence[]>,
): ExtractOut {
  const { site: place, month } = file;
  const siren = entity(place.entity).siren;
  const nic = (place.siret as string).slice(9);
  const sent = file.replaces
    ? addDays(firstDay(addMonths(month, 1)), 18)
    : addDays(firstDay(addMonths(month, 1)), 4);
  const address = places[place.id] as readonly [string, string, string];
  const head = places.NAN as readonly [string, string, string];
  const lines: string[] = [];
  const put = (block: string, values: readonly (readonly [string, string])[]): void => {
    for (const [rubric, value] of values) lines.push(`${block}.${rubric},'${value}'`);
  };
  put('S10.G00.00', [
    ['001', "Paie d'Orvanne"],
    ['002', 'Logiciel maison'],
    ['003', '7.2'],
    ['005', '02'],
    ['006', `P${month.slice(2, 4)}V01`],
    ['007', '01'],
    ['008', '01'],
  ]);
  put('S10.G00.01', [
    ['001', entity('ORV').siren],
    ['002', '00010'],
    ['003', 'ORVANNE SA'],
    ['004', head[0]],
    ['005', head[1]],
    ['006', head[2]],
  ]);
  put('S10.G00.02', [
    ['001', '02'],
    ['002', 'Service paie Orvanne'],
    ['004', 'paie@orvanne.invalid'],
    ['005', '0200000000'],
  ]);
  put('S20.G00.05', [
    ['001', '01'],
    ['002', file.replaces ? '03' : '01'],
    ['003', '11'],
    ['004', file.replaces ? '2' : '1'],
    ['005', dsnDay(firstDay(month))],
  ]);
  if (file.replaces) put('S20.G00.05', [['006', `${dsnDay(addDays(firstDay(addMonths(month, 1)), 4))}1`]]);
  put('S20.G00.05', [
    ['007', dsnDay(sent)],
    ['008', '01'],
    ['010', '01'],
  ]);
  put('S20.G00.07', [
    ['001', 'Service paie Orvanne'],
    ['002', '0200000000'],
    ['003', 'paie@orvanne.invalid'],
    ['004', '08'],
  ]);
  const seat = places[place.entity === 'ORV' ? 'NAN' : 'LOR'] as readonly [string, string, string];
  const [seatNic, seatActivity] = place.entity === 'ORV' ? ['00010', '7010Z'] : ['00016', '2813Z'];
  put('S21.G00.06', [
    ['001', siren],
    ['002', seatNic],
    ['003', seatActivity],
    ['004', seat[0]],
    ['005', seat[1]],
    ['006', seat[2]],
    ['015', '3248'],
  ]);
  put('S21.G00.11', [
    ['001', nic],
    ['002', activities[place.id] as string],
    ['003', address[0]],
    ['004', address[1]],
    ['005', address[2]],
    ['022', '3248'],
  ]);
  for (const person of people) {
    const contracts = person.contracts.filter(
      (contract) => runsIn(contract, month) && siteIn(contract, month) === place.id,
    );
    if (contracts.length > 0)
      individual(lines, file, siren, person, contracts, absences.get(person.number) ?? []);
  }
  lines.push(`S90.G00.90.001,'${lines.length + 2}'`, `S90.G00.90.002,'1'`);
  const suffix = file.replaces ? '_replaces' : '';
  return {
    path: `dsn/DSN_${place.siret}_${month}${suffix}.dsn`,
    bytes: encode(`${lines.join('\r\n')}\r\n`, 'iso-8859-1'),
  };
}

function individual(
  lines: string[],
  file: DsnFile,
  siren: string,
  person: Person,
  contracts: readonly Contract[],
  absences: readonly Absence[],
): void {
  const month = file.month;
  const temporary = person.temporaryUntil !== null && month <= person.temporaryUntil;
  if (!temporary) lines.push(`S21.G00.30.001,'${person.nir}'`);
  lines.push(
    `S21.G00.30.002,'${person.surname}'`,
    `S21.G00.30.004,'${person.given}'`,
    `S21.G00.30.005,'${person.sex === 'M' ? '01' : '02'}'`,
    `S21.G00.30.006,'${dsnDay(person.birth)}'`,
    `S21.G00.30.019,'${person.number}'`,
  );
  if (temporary) lines.push(`S21.G00.30.020,'${person.sex === 'M' ? 1 : 2}${siren}${person.number}'`);
  contracts.forEach((contract, index) => {
    contractBlocks(lines, file, person, contract, index === 0 ? absences : []);
  });
  paymentBlocks(lines, file, person, contracts, absences);
}

function contractBlocks(
  lines: string[],
  file: DsnFile,
  person: Person,
  contract: Contract,
  absences: readonly Absence[],
): void {
  const { month } = file;
  const kind = kindIn(contract, month);
  const nature = {
    permanent: '01',
    fixed_term: '02',
    apprentice: contract.plannedEnd ? '02' : '01',
    intern: '29',
    officer: '80',
  }[kind];
  const [profession, job] = professions[contract.jobClass];
  const rate = rateIn(contract, month);
  const [unit, reference] =
    kind === 'officer' ? ['99', 0] : contract.dayPackage ? ['20', 18.17] : ['10', 151.67];
  const values: [string, string][] = [
    ['001', dsnDay(contract.start)],
    ['002', statuses[contract.jobClass]],
    ['003', kind === 'intern' ? '99' : ['executive', 'manager'].includes(contract.jobClass) ? '01' : '04'],
    ['004', profession],
    ['006', kind === 'intern' ? 'Stagiaire' : kind === 'officer' ? 'Président' : job],
    ['007', nature],
    ['008', kind === 'apprentice' ? '65' : '99'],
    ['009', contract.number],
  ];
  if (contract.plannedEnd && kind !== 'permanent') values.push(['010', dsnDay(contract.plannedEnd)]);
  values.push(
    ['011', String(unit)],
    ['012', Number(reference).toFixed(2)],
    ['013', (Number(reference) * rate).toFixed(2)],
    ['014', kind === 'officer' ? '99' : rate < 1 ? '20' : '10'],
    ['016', '99'],
    ['017', '3248'],
    ['018', '200'],
    ['019', file.site.siret as string],
    ['020', '200'],
  );
  if (nature === '02' && kind === 'fixed_term') values.push(['021', '02']);
  values.push(
    ['024', '99'],
    ['026', '99'],
    ['036', person.contracts.filter((each) => runsIn(each, month)).length > 1 ? '02' : '01'],
    ['037', '03'],
  );
  if (person.disabled) values.push(['072', '01']);
  for (const [rubric, value] of values) lines.push(`S21.G00.40.${rubric},'${value}'`);
  changeBlocks(lines, contract, month);
  for (const absence of absences) stopBlock(lines, absence, month);
  endBlock(lines, contract, month);
  for (const absence of absences) suspensionBlock(lines, absence, month);
  lines.push(`S21.G00.71.002,'${kind === 'intern' ? '90000' : 'RUAA'}'`);
}

function changeBlocks(lines: string[], contract: Contract, month: Month): void {
  for (const change of contract.changes) {
    if (change.date.slice(0, 7) !== month) continue;
    lines.push(`S21.G00.41.001,'${dsnDay(change.date)}'`);
    if (change.kind === 'nature') lines.push(`S21.G00.41.004,'${change.old}'`);
    if (change.kind === 'hours') {
      const reference = contract.dayPackage ? 18.17 : 151.67;
      lines.push(`S21.G00.41.007,'${(reference * Number(change.old)).toFixed(2)}'`, `S21.G00.41.008,'10'`);
    }
    if (change.kind === 'site') lines.push(`S21.G00.41.012,'${change.old}'`);
  }
}

/** A stop is told in each month that it touches; its return once the return has happened. */
function stopBlock(lines: string[], absence: Absence, month: Month): void {
  const code = stopCodes[absence.reason];
  if (!code || absence.first > lastDay(month) || absence.last < firstDay(month)) return;
  lines.push(
    `S21.G00.60.001,'${code}'`,
    `S21.G00.60.002,'${dsnDay(addDays(absence.first, -1))}'`,
    `S21.G00.60.003,'${dsnDay(plannedEnd(absence, month))}'`,
  );
  if (absence.last < lastDay(month)) {
    lines.push(`S21.G00.60.010,'${dsnDay(addDays(absence.last, 1))}'`, `S21.G00.60.011,'01'`);
  }
  if (absence.accident) lines.push(`S21.G00.60.012,'${dsnDay(absence.accident)}'`);
}

/** A long stop is prescribed month by month: its planned end moves. */
function plannedEnd(absence: Absence, month: Month): Day {
  const prescribed = addDays(lastDay(month), 12);
  return absence.reason === 'sickness' && absence.last > prescribed ? prescribed : absence.last;
}

function endBlock(lines: string[], contract: Contract, month: Month): void {
  if (contract.end === null || contract.endReason === null || !contract.end.startsWith(month)) return;
  const code =
    contract.kind === 'apprentice' && contract.endReason === 'end_of_term'
      ? '081'
      : endCodes[contract.endReason];
  const notified = dsnDay(later(addDays(contract.end, -30), contract.start));
  lines.push(`S21.G00.62.001,'${dsnDay(contract.end)}'`, `S21.G00.62.002,'${code}'`);
  if (['014', '020', '034', '059'].includes(code)) lines.push(`S21.G00.62.003,'${notified}'`);
  if (code === '043') lines.push(`S21.G00.62.004,'${notified}'`);
  if (['014', '020'].includes(code)) lines.push(`S21.G00.62.005,'${notified}'`);
  lines.push(`S21.G00.62.006,'${dsnDay(contract.end)}'`);
}

function suspensionBlock(lines: string[], absence: Absence, month: Month): void {
  const code = suspensionCodes[absence.reason];
  if (!code || absence.first > lastDay(month) || absence.last < firstDay(month)) return;
  lines.push(
    `S21.G00.65.001,'${code}'`,
    `S21.G00.65.002,'${dsnDay(absence.first)}'`,
    `S21.G00.65.003,'${dsnDay(absence.last)}'`,
  );
}

function paymentBlocks(
  lines: string[],
  file: DsnFile,
  person: Person,
  contracts: readonly Contract[],
  absences: readonly Absence[],
): void {
  const { month } = file;
  const pays = contracts.map((contract, index) =>
    payOf(person, contract, index === 0 ? absences : [], month, file.replaces),
  );
  const gross = pays.reduce((sum, pay) => sum + pay.gross, 0);
  lines.push(
    `S21.G00.50.001,'${dsnDay(lastWorkingDay(month))}'`,
    `S21.G00.50.002,'${euros(Math.round(gross * 0.81), '.')}'`,
    `S21.G00.50.004,'${euros(Math.round(gross * 0.74), '.')}'`,
  );
  contracts.forEach((contract, index) => {
    remuneration(lines, month, contract, pays[index] as Pay);
  });
  contracts.forEach((contract, index) => {
    for (const bonus of (pays[index] as Pay).bonuses) bonusBlock(lines, contract, bonus);
  });
  if (file.site.entity === 'ORV' && contracts.some((contract) => contract.kind === 'permanent')) {
    lines.push(`S21.G00.54.001,'17'`, `S21.G00.54.002,'${(5.4 * 19).toFixed(2)}'`);
  }
  lines.push(
    `S21.G00.78.001,'03'`,
    `S21.G00.78.002,'${dsnDay(firstDay(month))}'`,
    `S21.G00.78.003,'${dsnDay(lastDay(month))}'`,
    `S21.G00.78.004,'${euros(gross, '.')}'`,
  );
}

function remuneration(lines: string[], month: Month, contract: Contract, pay: Pay): void {
  const from = later(contract.start, firstDay(month));
  const to = contract.end !== null && contract.end < lastDay(month) ? contract.end : lastDay(month);
  const row = (type: string, cents: number, hours?: number, since: Day = from, until: Day = to): void => {
    lines.push(
      `S21.G00.51.001,'${dsnDay(since)}'`,
      `S21.G00.51.002,'${dsnDay(until)}'`,
      `S21.G00.51.010,'${contract.number}'`,
      `S21.G00.51.011,'${type}'`,
    );
    if (hours !== undefined) lines.push(`S21.G00.51.012,'${euros(hours, '.')}'`);
    lines.push(`S21.G00.51.013,'${euros(cents, '.')}'`);
  };
  const current = pay.gross - pay.regularisation;
  row('001', current);
  row('002', current);
  const unit = contract.dayPackage ? '20' : '10';
  if (contract.kind !== 'officer') {
    lines.push(`S21.G00.53.001,'01'`, `S21.G00.53.002,'${euros(pay.paid, '.')}'`, `S21.G00.53.003,'${unit}'`);
    if (pay.unpaid > 0)
      lines.push(
        `S21.G00.53.001,'02'`,
        `S21.G00.53.002,'${euros(pay.unpaid, '.')}'`,
        `S21.G00.53.003,'${unit}'`,
      );
  }
  row('003', pay.rebuilt);
  row('010', pay.base);
  if (pay.overtime) row('017', pay.overtime.cents, pay.overtime.hours);
  if (pay.regularisation !== 0) {
    const before = addMonths(month, -1);
    row('001', pay.regularisation, undefined, firstDay(before), lastDay(before));
    row('002', pay.regularisation, undefined, firstDay(before), lastDay(before));
  }
}

function bonusBlock(lines: string[], contract: Contract, bonus: Bonus): void {
  lines.push(`S21.G00.52.001,'${bonus.code}'`, `S21.G00.52.002,'${euros(bonus.cents, '.')}'`);
  if (bonus.from && bonus.to)
    lines.push(`S21.G00.52.003,'${dsnDay(bonus.from)}'`, `S21.G00.52.004,'${dsnDay(bonus.to)}'`);
  lines.push(`S21.G00.52.006,'${contract.number}'`);
}
