import {
  addDays,
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
import { type Random, stream } from './random.ts';

interface TravelLine {
  readonly quarter: Quarter;
  readonly fields: Field[];
}

const trips: Record<EntityId, number> = { ORV: 88, OFR: 64, ODE: 52, OES: 14 };
/** origin, destination, kilometres */
const flights: readonly (readonly [string, string, number])[] = [
  ['NTE', 'LYS', 516],
  ['NTE', 'FRA', 876],
  ['NTE', 'MAD', 868],
  ['CDG', 'HAJ', 651],
  ['CDG', 'WAW', 1347],
  ['CDG', 'JFK', 5837],
  ['FRA', 'PVG', 8838],
  ['CDG', 'IST', 2243],
  ['ZAZ', 'CDG', 838],
  ['HAJ', 'MUC', 480],
];
const trains: readonly (readonly [string, string, number])[] = [
  ['NANTES', 'PARIS', 396],
  ['RENNES', 'PARIS', 365],
  ['LORIENT', 'PARIS', 508],
  ['ANGERS', 'LYON', 590],
  ['HANNOVER', 'KASSEL', 166],
  ['ZARAGOZA', 'MADRID', 307],
];

/** Bookings of the travel agency; the day of travel decides the quarter. */
export function travel(people: readonly Person[], foreign: readonly ForeignPerson[]): Costed<TravelLine> {
  const rows: TravelLine[] = [];
  const charges: Charge[] = [];
  for (const month of months(firstMonth, finalMonth)) {
    for (const company of ['ORV', 'OFR', 'ODE', 'OES'] as const) {
      if (company === 'OES' && month < acquisitionMonth) continue;
      const travellers = whoTravels(company, month, people, foreign);
      const slower = month.endsWith('-08') ? 0.35 : 1 - 0.012 * (months(firstMonth, month).length - 1);
      let cents = 0;
      for (let n = 0; n < Math.round(trips[company] * slower); n++) {
        const random = stream(`travel/${company}/${month}/${n}`);
        for (const booking of bookings(company, random.pick(travellers), month, n, random)) {
          rows.push({ quarter: quarterOf(month), fields: booking.fields });
          cents += booking.cents;
        }
      }
      charges.push({ entity: company, supplier: 'S9004', account: '625100', day: lastDay(month), cents });
    }
    if (month === '2025-05')
      rows.push({
        quarter: '2025-Q2',
        fields: [
          'OFR',
          'F00200',
          'T-BAD-1',
          '2025-05-12',
          'plane',
          'NTE',
          'LYS',
          'economy',
          '516,00',
          'km',
          '',
          'FR',
          '180,00',
          'EUR',
          'sale',
        ],
      });
  }
  return { rows, charges };
}

function whoTravels(
  company: EntityId,
  month: Month,
  people: readonly Person[],
  foreign: readonly ForeignPerson[],
): string[] {
  const senior = ['executive', 'manager', 'intermediate'];
  if (company === 'ODE' || company === 'OES') {
    return foreign
      .filter(
        (person) => person.entity === company && worksIn(person, month) && senior.includes(person.jobClass),
      )
      .map((person) => person.number);
  }
  return people
    .filter((person) =>
      person.contracts.some(
        (contract) =>
          contract.entity === company &&
          isEmployee(contract) &&
          senior.includes(contract.jobClass) &&
          runsOn(contract, firstDay(month)),
      ),
    )
    .map((person) => person.number);
}

function bookings(
  company: EntityId,
  traveller: string,
  month: Month,
  n: number,
  random: Random,
): { fields: Field[]; cents: number }[] {
  const day = addDays(firstDay(month), random.int(0, daysIn(month) - 1));
  const ticket = `${company}${month.replace('-', '')}${String(n).padStart(3, '0')}`;
  const draw = random.next();
  const line = (
    mode: string,
    parts: Field[],
    cents: number,
    kind = 'sale',
  ): { fields: Field[]; cents: number } => ({
    fields: [company, traveller, ticket, day, mode, ...parts, euros(cents), 'EUR', kind],
    cents,
  });
  if (draw < 0.2) {
    const [origin, destination, kilometres] = random.pick(flights);
    const long = kilometres > 3500;
    const miles = long && random.chance(0.6);
    const distance = miles ? fixed(kilometres / 1.609344, 2) : fixed(kilometres, 2);
    const cents = Math.round(kilometres * random.around(long ? 21 : 30, 0.2)) + 4500;
    const parts: Field[] = [
      origin,
      destination,
      long && random.chance(0.4) ? 'business' : 'economy',
      distance,
      miles ? 'mi' : 'km',
      '',
      '',
    ];
    const sold = line('air', parts, cents);
    return random.chance(0.05) ? [sold, line('air', parts, -cents, 'refund')] : [sold];
  }
  if (draw < 0.55) {
    const [origin, destination, kilometres] = random.pick(trains);
    return [
      line(
        'rail',
        [origin, destination, random.chance(0.3) ? 'first' : 'second', fixed(kilometres, 2), 'km', '', ''],
        Math.round(kilometres * random.around(15, 0.2)),
      ),
    ];
  }
  if (draw < 0.85) {
    const nights = random.int(1, 4);
    const country = random.chance(0.7)
      ? { ORV: 'FR', OFR: 'FR', ODE: 'DE', OES: 'ES' }[company]
      : random.pick(['FR', 'DE', 'ES', 'PL', 'IT']);
    return [line('hotel', ['', '', '', '', '', nights, country], nights * random.int(9200, 14800))];
  }
  const kilometres = random.int(40, 620);
  return [
    line(
      draw < 0.95 ? 'car' : 'taxi',
      ['', '', '', fixed(draw < 0.95 ? kilometres : kilometres / 14, 2), 'km', '', ''],
      Math.round(kilometres * 34),
    ),
  ];
}

export function travelFiles(agency: Costed<TravelLine>, last: Month): ExtractOut[] {
  const headings = [
    'Entité',
    'Voyageur',
    'Billet',
    'Date de voyage',
    'Type',
    'Origine',
    'Destination',
    'Classe',
    'Distance',
    'Unité distance',
    'Nuits',
    'Pays',
    'Montant HT',
    'Devise',
    'Nature',
  ];
  return quartersOf(months(firstMonth, last)).map((quarter) =>
    csv(
      `travel/agency_${quarter}.csv`,
      headings,
      agency.rows.filter((row) => row.quarter === quarter).map((row) => row.fields),
    ),
  );
}
