import type { Absence } from './absences.ts';
import { addDays, type Day, lastDay, type Month, months, quarterOf, quartersOf } from './calendar.ts';
import { csv, type ExtractOut, type Field } from './extract-files.ts';
import { finalMonth, firstMonth } from './group.ts';
import { type Contract, kindIn, type Person, runsOn } from './people.ts';
import { stream } from './random.ts';

type Kind = 'individual_raise' | 'general_raise' | 'promotion';

interface Decision {
  readonly contract: Contract;
  readonly person: Person;
  readonly day: Day;
  readonly kind: Kind;
}

/**
 * Raises and promotions of the two French companies, as the personnel department lists them: the general
 * raise of January, individual raises of March, promotions of April and October, and the raise due to a
 * woman who comes back from maternity leave. One woman of Orvanne Fluides, back in 2026, was forgotten.
 */
export function payReviewFiles(
  people: readonly Person[],
  absences: ReadonlyMap<string, readonly Absence[]>,
  last: Month,
): ExtractOut[] {
  const forgotten = forgottenReturn(people, absences);
  const decisions = [
    ...people.flatMap((person) => yearly(person)),
    ...returns(people, absences, forgotten),
  ].filter(
    ({ person, day }) =>
      day <= lastDay(last) && !(person === forgotten?.person && day >= forgotten.absence.first),
  );
  return quartersOf(months(firstMonth, last)).map((quarter) => {
    const rows: Field[][] = decisions
      .filter(({ day }) => quarterOf(day.slice(0, 7)) === quarter)
      .sort((a, b) =>
        `${a.day}${a.person.number}${a.kind}` < `${b.day}${b.person.number}${b.kind}` ? -1 : 1,
      )
      .map(({ contract, person, day, kind }) => [contract.entity, person.number, day, kind]);
    return csv(
      `pay-reviews/augmentations_${quarter}.csv`,
      ['Entité', 'Matricule', "Date d'effet", 'Nature'],
      rows,
    );
  });
}

function yearly(person: Person): Decision[] {
  const found: Decision[] = [];
  for (const month of months(firstMonth, finalMonth)) {
    const [year, number] = month.split('-') as [string, string];
    const day = `${month}-01`;
    const contract = person.contracts.find(
      (each) =>
        runsOn(each, day) &&
        each.start < `${year}-01-01` &&
        ['permanent', 'fixed_term'].includes(kindIn(each, month)),
    );
    if (!contract) continue;
    const random = stream(`pay-review/${person.number}/${month}`);
    const woman = person.sex === 'F';
    const decide = (kind: Kind, chance: number): void => {
      if (random.chance(chance)) found.push({ contract, person, day, kind });
    };
    if (number === '01') decide('general_raise', 1);
    if (number === '03') decide('individual_raise', woman ? 0.27 : 0.31);
    if (number === '04' || number === '10') decide('promotion', woman ? 0.026 : 0.03);
  }
  return found;
}

interface Return {
  readonly person: Person;
  readonly absence: Absence;
}

/** The first woman of Orvanne Fluides whose leave began in 2026 and who came back under the same contract. */
function forgottenReturn(
  people: readonly Person[],
  absences: ReadonlyMap<string, readonly Absence[]>,
): Return | undefined {
  for (const person of people) {
    for (const absence of absences.get(person.number) ?? []) {
      if (absence.reason !== 'maternity' || absence.first < '2026-01-02' || absence.last > '2026-08-31')
        continue;
      const contract = person.contracts.find((each) => runsOn(each, addDays(absence.last, 1)));
      if (contract?.entity === 'OFR' && runsOn(contract, absence.first)) return { person, absence };
    }
  }
  return undefined;
}

function returns(
  people: readonly Person[],
  absences: ReadonlyMap<string, readonly Absence[]>,
  forgotten: Return | undefined,
): Decision[] {
  return people.flatMap((person) =>
    (absences.get(person.number) ?? []).flatMap((absence) => {
      const day = addDays(absence.last, 1);
      const contract = person.contracts.find((each) => runsOn(each, day));
      if (absence.reason !== 'maternity' || !contract || absence === forgotten?.absence) return [];
      return [{ contract, person, day, kind: 'individual_raise' as const }];
    }),
  );
}
