import { type Day, firstDay, lastDay, type Month } from './calendar.ts';
import type { EntityId, SiteId } from './group.ts';

export type Sex = 'F' | 'M';
export type JobClass = 'executive' | 'manager' | 'intermediate' | 'employee' | 'worker';
export type ContractKind = 'permanent' | 'fixed_term' | 'apprentice' | 'intern' | 'officer';
export type EndReason =
  | 'resignation'
  | 'dismissal'
  | 'economic'
  | 'mutual'
  | 'retirement'
  | 'end_of_term'
  | 'trial_period'
  | 'group_transfer'
  | 'death';

/** A change during a contract, as block 41 of DSN tells it. */
export interface ContractChange {
  readonly date: Day;
  readonly kind: 'site' | 'hours' | 'nature';
  /** what it was before: a SIRET, a share of full time, a nature code */
  readonly old: string;
}

/** One employment contract. */
export interface Contract {
  readonly number: string;
  readonly entity: EntityId;
  site: SiteId;
  readonly start: Day;
  end: Day | null;
  endReason: EndReason | null;
  kind: ContractKind;
  readonly jobClass: JobClass;
  readonly plannedEnd: Day | null;
  /** share of full time, 0.2 to 1 */
  rate: number;
  /** paid by days of a yearly package (forfait-jours) */
  readonly dayPackage: boolean;
  /** monthly full-time base pay in cents, prices of 2024 */
  readonly base: number;
  readonly changes: ContractChange[];
}

export interface Person {
  readonly number: string;
  readonly sex: Sex;
  readonly birth: Day;
  readonly surname: string;
  readonly given: string;
  readonly department: string;
  readonly nir: string;
  /** last month declared under a temporary number, before the NIR was known */
  readonly temporaryUntil: Month | null;
  readonly disabled: boolean;
  readonly contracts: Contract[];
}

/** Site of a contract in a month: moves change it from their date on. */
export function siteIn(contract: Contract, month: Month): SiteId {
  const move = contract.changes.find((change) => change.kind === 'site');
  return move && firstDay(month) < move.date ? 'VIE' : contract.site;
}

/** Share of full time in a month. */
export function rateIn(contract: Contract, month: Month): number {
  const change = contract.changes.find((candidate) => candidate.kind === 'hours');
  return change && firstDay(month) < change.date ? Number(change.old) : contract.rate;
}

/** Kind in a month: a fixed term turned permanent was a fixed term before. */
export function kindIn(contract: Contract, month: Month): ContractKind {
  const change = contract.changes.find((candidate) => candidate.kind === 'nature');
  return change && firstDay(month) >= change.date ? 'permanent' : contract.kind;
}

/** True when the contract runs on at least one day of the month. */
export function runsIn(contract: Contract, month: Month): boolean {
  return contract.start <= lastDay(month) && (contract.end === null || contract.end >= firstDay(month));
}

/** True when the contract runs on that day; the last day counts. */
export function runsOn(contract: Contract, day: Day): boolean {
  return contract.start <= day && (contract.end === null || contract.end >= day);
}

/** True when the person works under that contract on the last day of the month, as an employee. */
export function isEmployee(contract: Contract): boolean {
  return contract.kind !== 'intern' && contract.kind !== 'officer';
}

/** Full-time base pay of a month in cents, general raises of January included. */
export function basePayIn(contract: Contract, month: Month): number {
  const raises: Record<string, number> = { '2024': 1, '2025': 1.022, '2026': 1.043 };
  const raise = contract.kind === 'officer' ? 1 : (raises[month.slice(0, 4)] ?? 1);
  return Math.round(contract.base * raise);
}
