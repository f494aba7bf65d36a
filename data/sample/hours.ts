import { type Absence, daysAway } from './absences.ts';
import { daysIn, firstDay, lastDay, type Month, months, workingDays } from './calendar.ts';
import { csv, type ExtractOut, euros, type Field } from './extract-files.ts';
import { type ForeignPerson, foreignMonth, worksIn } from './foreign-people.ts';
import { firstMonth, isOpen, type SiteId, sites } from './group.ts';
import { isEmployee, type Person, rateIn, runsIn, siteIn } from './people.ts';
import { stream } from './random.ts';

/** Share of temporary workers' hours in employees' hours, by site. */
const temporary: Partial<Record<SiteId, number>> = {
  LOR: 0.13,
  ANG: 0.12,
  VIE: 0.07,
  LYO: 0.17,
  HAN: 0.07,
  KAS: 0.06,
  ZAR: 0.05,
};

/** Hours worked by employees and temporary workers, month by month; Lorient has contractors on site too. */
export function hoursFiles(
  people: readonly Person[],
  foreign: readonly ForeignPerson[],
  absences: ReadonlyMap<string, readonly Absence[]>,
  last: Month,
): ExtractOut[] {
  const headings = ['Entité', 'Site', 'Mois', 'Population', 'Heures travaillées'];
  return months(firstMonth, last).map((month) => {
    const worked = employeeHours(people, foreign, absences, month);
    const rows: Field[][] = [];
    for (const place of sites) {
      if (!isOpen(place, month)) continue;
      const hundredths = worked.get(place.id) ?? 0;
      const row = (population: string, hours: number): Field[] => [
        place.entity,
        place.id,
        firstDay(month),
        population,
        euros(hours),
      ];
      rows.push(row('employee', hundredths));
      const share = temporary[place.id] ?? 0;
      if (share > 0)
        rows.push(
          row('temporary', Math.round(hundredths * stream(`temps/${place.id}/${month}`).around(share, 0.08))),
        );
      if (place.id === 'LOR') rows.push(row('contractor', 42000));
    }
    return csv(`hours/hours_${month}.csv`, headings, rows);
  });
}

function employeeHours(
  people: readonly Person[],
  foreign: readonly ForeignPerson[],
  absences: ReadonlyMap<string, readonly Absence[]>,
  month: Month,
): Map<SiteId, number> {
  const hours = new Map<SiteId, number>();
  const add = (place: SiteId, value: number): void => {
    hours.set(place, (hours.get(place) ?? 0) + value);
  };
  // paid leave is taken above all in summer and at the end of the year
  const leave: Record<string, number> = { '07': 0.2, '08': 0.48, '12': 0.16, '05': 0.08 };
  const days = workingDays(firstDay(month), lastDay(month)) * (1 - (leave[month.slice(5)] ?? 0.05));
  for (const person of people) {
    for (const contract of person.contracts) {
      if (!runsIn(contract, month) || !isEmployee(contract)) continue;
      const away = [...daysAway(absences.get(person.number) ?? [], contract, month).values()].reduce(
        (sum, each) => sum + each,
        0,
      );
      const share = Math.max(0, 1 - away / daysIn(month));
      add(siteIn(contract, month), Math.round(days * 710 * rateIn(contract, month) * share));
    }
  }
  for (const person of foreign) {
    if (!worksIn(person, month)) continue;
    const { due, sick } = foreignMonth(person, month);
    add(person.site, Math.round((due - sick) * (month.endsWith('-08') ? 0.62 : 0.88)));
  }
  return hours;
}
