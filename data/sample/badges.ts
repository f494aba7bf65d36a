import { firstDay, lastDay, type Month, months } from './calendar.ts';
import { csv, type ExtractOut, type Field } from './extract-files.ts';
import { type ForeignPerson, worksIn } from './foreign-people.ts';
import { acquisitionMonth, firstMonth, isOpen, type SiteId, sites } from './group.ts';
import { isEmployee, type Person, runsOn, siteIn } from './people.ts';
import { stream } from './random.ts';

/** First month in which the owner of the warehouse at Lyon keeps the badges, and the group's system no longer. */
export const lyonLeaves = '2026-07';

/** Badges of employees on each month's last day, site by site: a few are not handed back at once. */
export function badgeFiles(
  people: readonly Person[],
  foreign: readonly ForeignPerson[],
  last: Month,
): ExtractOut[] {
  return months(firstMonth, last).map((month) => {
    const present = presentAt(people, foreign, month);
    const rows = sites
      .filter((place) => isOpen(place, month) && (place.entity !== 'OES' || month >= acquisitionMonth))
      .filter((place) => place.id !== 'LYO' || month < lyonLeaves)
      .map((place): Field[] => {
        const kept = stream(`badges/${place.id}/${month}`).int(0, 3);
        return [place.entity, place.id, firstDay(month), (present.get(place.id)?.size ?? 0) + kept];
      });
    return csv(`access/badges_${month}.csv`, ['Entité', 'Site', 'Mois', 'Badges actifs'], rows);
  });
}

function presentAt(
  people: readonly Person[],
  foreign: readonly ForeignPerson[],
  month: Month,
): Map<SiteId, Set<string>> {
  const found = new Map<SiteId, Set<string>>(sites.map(({ id }) => [id, new Set<string>()]));
  for (const person of people)
    for (const contract of person.contracts)
      if (isEmployee(contract) && runsOn(contract, lastDay(month)))
        found.get(siteIn(contract, month))?.add(person.number);
  for (const person of foreign) if (worksIn(person, month)) found.get(person.site)?.add(person.number);
  return found;
}
