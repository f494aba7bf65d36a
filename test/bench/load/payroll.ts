import {
  addDays,
  addMonths,
  dsnDay,
  firstDay,
  lastDay,
  lastWorkingDay,
  type Month,
  months,
} from '../../../data/sample/calendar.ts';
import { euros } from '../../../data/sample/extract-files.ts';
import { fictiveNir, nirKey } from '../../../data/sample/identifiers.ts';
import { stream } from '../../../data/sample/random.ts';
import { type Company, firstMonth, lastMonth } from './group.ts';
import { TextFile } from './text-file.ts';

/** Somebody of the load, for the whole year: what changes is the pay, absences, and whether they have left. */
interface Employee {
  /** months of the year, from 0, in which they are first and last employed */
  readonly from: number;
  readonly to: number;
  /** rubrics that are the same in every month */
  readonly identity: readonly string[];
  readonly contract: string;
  readonly start: string;
  readonly end: string;
  readonly executive: boolean;
  readonly cents: number;
}

/**
 * Twelve monthly DSN of a company's one establishment (NEODeS): sending, declaration, company,
 * establishment, then each person with contract, absence, end of contract, payment, pay, activity, bonus and
 * base, then the control totals. Gives the number of rubrics (lines).
 *
 * @param firstPerson order of the company's first person in the group: it makes their fictive NIR
 */
export async function writeDeclarations(
  folder: string,
  company: Company,
  firstPerson: number,
  seed: string,
): Promise<number> {
  const all = months(firstMonth, lastMonth);
  const staff = Array.from({ length: company.people }, (_, n) => employee(firstPerson + n, all, seed));
  let lines = 0;
  for (const [place, month] of all.entries()) {
    const file = new TextFile(`${folder}/DSN_${company.siret}_${month}.dsn`, 'latin1');
    const random = stream(`load/${seed}/pay/${company.id}/${month}`);
    const head = envelope(company, month);
    file.put(text(head));
    let count = head.length;
    for (const one of staff) {
      if (place < one.from || place > one.to) continue;
      const own = declared(one, month, place, random);
      count += own.length;
      if (file.put(text(own))) await file.flush();
    }
    file.put(text([`S90.G00.90.001,'${count + 2}'`, `S90.G00.90.002,'1'`]));
    await file.close();
    lines += count + 2;
  }
  return lines;
}

const text = (lines: readonly string[]) => `${lines.join('\r\n')}\r\n`;

function rubrics(block: string, values: readonly (readonly [string, string])[]): string[] {
  return values.map(([rubric, value]) => `${block}.${rubric},'${value}'`);
}

function envelope(company: Company, month: Month): string[] {
  const sent = addDays(firstDay(addMonths(month, 1)), 4);
  const address: [string, string][] = [
    ['004', '1 RUE DU BANC D ESSAI'],
    ['005', '44000'],
    ['006', 'NANTES'],
  ];
  return [
    ...rubrics('S10.G00.00', [
      ['001', 'Charge'],
      ['002', 'Logiciel maison'],
      ['003', '1.0'],
      ['005', '02'],
      ['006', `P${month.slice(2, 4)}V01`],
      ['007', '01'],
      ['008', '01'],
    ]),
    ...rubrics('S10.G00.01', [
      ['001', company.siren],
      ['002', company.siret.slice(9)],
      ['003', company.id],
      ...address,
    ]),
    ...rubrics('S10.G00.02', [
      ['001', '02'],
      ['002', 'Service paie'],
      ['004', 'paie@charge.invalid'],
      ['005', '0200000000'],
    ]),
    ...rubrics('S20.G00.05', [
      ['001', '01'],
      ['002', '01'],
      ['003', '11'],
      ['004', '1'],
      ['005', dsnDay(firstDay(month))],
      ['007', dsnDay(sent)],
      ['008', '01'],
      ['010', '01'],
    ]),
    ...rubrics('S20.G00.07', [
      ['001', 'Service paie'],
      ['002', '0200000000'],
      ['003', 'paie@charge.invalid'],
      ['004', '08'],
    ]),
    ...rubrics('S21.G00.06', [
      ['001', company.siren],
      ['002', company.siret.slice(9)],
      ['003', '2813Z'],
      ...address,
      ['015', '3248'],
    ]),
    ...rubrics('S21.G00.11', [
      ['001', company.siret.slice(9)],
      ['002', '2813Z'],
      ['003', '1 RUE DU BANC D ESSAI'],
      ['004', '44000'],
      ['005', 'NANTES'],
      ['022', '3248'],
    ]),
  ];
}

const yearsOfBirth = 40;
const departments = 94;

function employee(order: number, all: readonly Month[], seed: string): Employee {
  const random = stream(`load/${seed}/person/${order}`);
  const sex = random.chance(0.4) ? 'F' : 'M';
  // the order alone makes month and department of birth, and so a NIR that nobody else has
  const month = order % (12 * yearsOfBirth);
  const department = Math.floor(order / (12 * yearsOfBirth)) % departments;
  const birth = `${1963 + Math.floor(month / 12)}-${String((month % 12) + 1).padStart(2, '0')}-${String(random.int(1, 28)).padStart(2, '0')}`;
  const nir = fictiveNir(
    sex,
    birth,
    String(department + 1 === 20 ? 95 : department + 1).padStart(2, '0'),
    Math.floor(order / (12 * yearsOfBirth * departments)),
  );
  const joins = random.chance(0.06) ? random.int(1, 11) : 0;
  const leaves = random.chance(0.06) ? random.int(joins, 11) : 12;
  const number = String(order).padStart(7, '0');
  return {
    from: joins,
    to: leaves,
    identity: rubrics('S21.G00.30', [
      ['001', `${nir}${nirKey(nir)}`.slice(0, 13)],
      ['002', `NOM${number}`],
      ['004', `Prenom${number}`],
      ['005', sex === 'M' ? '01' : '02'],
      ['006', dsnDay(birth)],
      ['019', number],
    ]),
    contract: `K${number}`,
    start: joins === 0 ? `${random.int(2005, 2024)}-0${random.int(1, 9)}-01` : firstDay(all[joins] as Month),
    end: leaves < 12 ? lastDay(all[leaves] as Month) : '',
    executive: random.chance(0.25),
    cents: random.int(185_000, 620_000),
  };
}

function declared(one: Employee, month: Month, place: number, random: ReturnType<typeof stream>): string[] {
  const first = dsnDay(firstDay(month));
  const last = dsnDay(lastDay(month));
  const reference = one.executive ? '18.17' : '151.67';
  const unit = one.executive ? '20' : '10';
  const gross = Math.round(one.cents * (0.98 + 0.04 * random.next()));
  const lines = [
    ...one.identity,
    ...rubrics('S21.G00.40', [
      ['001', dsnDay(one.start)],
      ['002', one.executive ? '04' : '07'],
      ['003', one.executive ? '01' : '04'],
      ['004', one.executive ? '387c' : '628a'],
      ['006', one.executive ? 'Ingenieur' : 'Operateur qualifie'],
      ['007', '01'],
      ['008', '99'],
      ['009', one.contract],
      ['011', unit],
      ['012', reference],
      ['013', reference],
      ['014', '10'],
      ['016', '99'],
      ['017', '3248'],
      ['018', '200'],
      ['020', '200'],
      ['024', '99'],
      ['026', '99'],
      ['036', '01'],
      ['037', '03'],
    ]),
  ];
  if (random.chance(0.05)) {
    const day = random.int(3, 20);
    lines.push(
      ...rubrics('S21.G00.60', [
        ['001', random.chance(0.1) ? '04' : '01'],
        ['002', dsnDay(addDays(firstDay(month), day))],
        ['003', dsnDay(addDays(firstDay(month), day + 5))],
        ['010', dsnDay(addDays(firstDay(month), day + 6))],
        ['011', '01'],
      ]),
    );
  }
  if (place === one.to) {
    lines.push(
      ...rubrics('S21.G00.62', [
        ['001', dsnDay(one.end)],
        ['002', '059'],
        ['003', dsnDay(addDays(one.end, -30))],
        ['006', dsnDay(one.end)],
      ]),
    );
  }
  lines.push(
    `S21.G00.71.002,'RUAA'`,
    ...rubrics('S21.G00.50', [
      ['001', dsnDay(lastWorkingDay(month))],
      ['002', euros(Math.round(gross * 0.81), '.')],
      ['004', euros(Math.round(gross * 0.74), '.')],
    ]),
  );
  const pay = (type: string, cents: number) =>
    lines.push(
      ...rubrics('S21.G00.51', [
        ['001', first],
        ['002', last],
        ['010', one.contract],
        ['011', type],
        ['013', euros(cents, '.')],
      ]),
    );
  pay('001', gross);
  pay('002', gross);
  lines.push(
    ...rubrics('S21.G00.53', [
      ['001', '01'],
      ['002', reference],
      ['003', unit],
    ]),
  );
  pay('003', gross);
  pay('010', gross);
  if (random.chance(0.2)) {
    lines.push(
      ...rubrics('S21.G00.52', [
        ['001', '027'],
        ['002', euros(random.int(5_000, 90_000), '.')],
        ['006', one.contract],
      ]),
    );
  }
  lines.push(
    ...rubrics('S21.G00.78', [
      ['001', '03'],
      ['002', first],
      ['003', last],
      ['004', euros(gross, '.')],
    ]),
  );
  return lines;
}
