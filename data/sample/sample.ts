import { type Absence, ordinaryAbsences } from './absences.ts';
import { actionFile } from './actions.ts';
import { aiFile } from './ai-use-cases.ts';
import { badgeFiles } from './badges.ts';
import { lastDay, type Month, months } from './calendar.ts';
import { carbonCreditFile } from './carbon-credits.ts';
import { commuteFiles } from './commuting.ts';
import { dsnFile } from './dsn.ts';
import { frenchElectricity } from './electricity.ts';
import { expenseClaims, expenseFiles } from './expenses.ts';
import type { ExtractOut } from './extract-files.ts';
import { ledgerFiles } from './fec.ts';
import { type ForeignPerson, foreignMonth, foreignPeople, registers, worksIn } from './foreign-people.ts';
import { freight, freightFiles } from './freight.ts';
import { fuelCards, fuelFiles } from './fuel.ts';
import { gasFiles } from './gas.ts';
import { accountFiles, bodiesFile, continuityFile, ethicsFile } from './governance.ts';
import { type EntityId, entities, finalMonth, firstMonth, isOpen, sites } from './group.ts';
import { hoursFiles } from './hours.ts';
import { entriesOf, type PayrollMonth } from './ledger.ts';
import { materialFiles } from './materials.ts';
import { energyContracts, readingFiles } from './meter-readings.ts';
import { milestoneFile } from './milestones.ts';
import { payReviewFiles } from './pay-reviews.ts';
import { payOf } from './payroll.ts';
import { isEmployee, type Person, runsIn, runsOn, siteIn } from './people.ts';
import { pollutionFiles } from './pollution.ts';
import { processFiles } from './process-emissions.ts';
import { projectFile, projects } from './projects.ts';
import { energyCharges, invoiceFiles, invoices } from './purchases.ts';
import { refrigerantWorkbooks } from './refrigerants.ts';
import { registerFiles } from './registers.ts';
import { safetyEvents, safetyWorkbooks } from './safety.ts';
import { deliveryFiles, saleList } from './sales.ts';
import { siteRegisterFile } from './site-register.ts';
import { frenchPeople } from './staffing.ts';
import { substanceFiles } from './substances.ts';
import { supplierFile, supplierRegister } from './suppliers.ts';
import { exposedFiles, training, trainingFiles } from './training.ts';
import { travel, travelFiles } from './travel.ts';
import { mileageFiles, valueChainFiles } from './value-chain.ts';
import { waste, wasteFiles } from './waste.ts';
import { water, waterFiles } from './water.ts';

/**
 * Every extract that existed at the end of `last`, in a fixed order. The whole history is drawn first,
 * then cut, so that an earlier horizon shows the same facts, less the later ones.
 */
export async function* sampleExtracts(last: Month): AsyncGenerator<ExtractOut> {
  const people = frenchPeople();
  const foreign = foreignPeople();
  const absences: Map<string, Absence[]> = ordinaryAbsences(people);
  const events = safetyEvents(people, absences);
  yield* declarations(people, absences, last);
  yield* registers(foreign, last);
  yield* payReviewFiles(people, absences, last);
  yield* hoursFiles(people, foreign, absences, last);
  yield* safetyWorkbooks(events, lastDay(last));
  const courses = training(people, foreign);
  yield* trainingFiles(courses, last);
  yield* exposedFiles(people, foreign, last);

  const electricity = frenchElectricity();
  yield* electricity.extracts(last);
  yield* gasFiles(last);
  yield* readingFiles(last);
  yield energyContracts(last);

  const cards = fuelCards();
  yield* fuelFiles(cards, last);
  const agency = travel(people, foreign);
  yield* travelFiles(agency, last);
  const expenses = expenseClaims();
  yield* expenseFiles(expenses, last);
  const shipments = freight();
  yield* freightFiles(shipments, last);
  const supply = water();
  yield* waterFiles(supply, last);
  const removed = waste();
  yield* wasteFiles(removed, last);
  yield* refrigerantWorkbooks(last);
  yield siteRegisterFile(last);
  yield* processFiles(last);
  yield* pollutionFiles(last);
  yield* substanceFiles(last);
  yield* materialFiles(last);
  yield* commuteFiles(last);
  const portfolio = projects();
  yield projectFile(portfolio, last);

  const suppliers = supplierRegister();
  yield supplierFile(suppliers);
  const charges = [courses, cards, agency, shipments, supply, removed, portfolio].flatMap(
    (each) => each.charges,
  );
  const bought = invoices(suppliers, [...energyCharges(electricity), ...charges]);
  yield* invoiceFiles(bought, last);
  const sold = saleList();
  yield* await deliveryFiles(sold, last);
  const { payroll, correction } = payrolls(people, absences, foreign);
  for (const { id } of entities) {
    const claimed = expenses.filter(({ company }) => company === id);
    yield* ledgerFiles(
      id,
      entriesOf(id, bought, sold, payroll.get(id) ?? new Map(), correction, claimed),
      last,
    );
  }

  yield actionFile(last);
  yield milestoneFile(last);
  yield aiFile(last);
  yield bodiesFile(last);
  yield continuityFile(last);
  yield ethicsFile(last);
  yield carbonCreditFile(last);
  yield* valueChainFiles(last);
  yield* mileageFiles(last);
  yield* registerFiles(people, foreign, sold, last);
  yield* accountFiles((company, month) => headcount(people, foreign, company, month), last);
  yield* badgeFiles(people, foreign, last);
}

function* declarations(
  people: readonly Person[],
  absences: ReadonlyMap<string, readonly Absence[]>,
  last: Month,
): Generator<ExtractOut> {
  for (const month of months(firstMonth, last)) {
    for (const place of sites) {
      if (place.siret === undefined || !isOpen(place, month)) continue;
      yield dsnFile({ site: place, month, replaces: false }, people, absences);
      // received in July 2026, after the second quarter was reported
      if (place.id === 'LOR' && month === '2026-06' && last > '2026-06')
        yield dsnFile({ site: place, month, replaces: true }, people, absences);
    }
  }
}

/** Gross pay by company and month as payroll computes it, and Lorient's correction of June 2026, in cents. */
export function payrolls(
  people: readonly Person[],
  absences: ReadonlyMap<string, readonly Absence[]>,
  foreign: readonly ForeignPerson[],
): { payroll: Map<EntityId, Map<Month, PayrollMonth>>; correction: number } {
  const payroll = new Map<EntityId, Map<Month, PayrollMonth>>(entities.map(({ id }) => [id, new Map()]));
  const add = (company: EntityId, month: Month, gross: number, bonuses: number, severance: number): void => {
    const before = payroll.get(company)?.get(month) ?? { gross: 0, bonuses: 0, severance: 0 };
    payroll.get(company)?.set(month, {
      gross: before.gross + gross,
      bonuses: before.bonuses + bonuses,
      severance: before.severance + severance,
    });
  };
  let correction = 0;
  for (const month of months(firstMonth, finalMonth)) {
    for (const person of people) {
      const running = person.contracts.filter((contract) => runsIn(contract, month));
      for (const contract of running) {
        // as in the declaration, absences weigh on the first contract of the month at a site
        const first = running.find((each) => siteIn(each, month) === siteIn(contract, month)) === contract;
        const away = first ? (absences.get(person.number) ?? []) : [];
        const pay = payOf(person, contract, away, month);
        const taxed = pay.bonuses.reduce((sum, bonus) => sum + (bonus.exempt ? 0 : bonus.cents), 0);
        const exempt = pay.bonuses.reduce((sum, bonus) => sum + (bonus.exempt ? bonus.cents : 0), 0);
        add(contract.entity, month, pay.gross, taxed, exempt);
        if (month === '2026-06' && siteIn(contract, month) === 'LOR')
          correction += payOf(person, contract, away, month, true).gross - pay.gross;
      }
    }
    for (const person of foreign) {
      if (worksIn(person, month)) add(person.entity, month, foreignMonth(person, month).gross, 0, 0);
    }
  }
  return { payroll, correction };
}

function headcount(
  people: readonly Person[],
  foreign: readonly ForeignPerson[],
  company: EntityId,
  month: Month,
): number {
  if (company === 'ODE' || company === 'OES') {
    return foreign.filter((person) => person.entity === company && worksIn(person, month)).length;
  }
  return people.filter((person) =>
    person.contracts.some(
      (contract) => contract.entity === company && isEmployee(contract) && runsOn(contract, lastDay(month)),
    ),
  ).length;
}
