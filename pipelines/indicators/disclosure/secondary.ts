import { groupedBy } from '../../grouped-by.ts';
import { GROUP, type MeasureValue } from '../figure.ts';
import type { Breakdown, Family } from './family.ts';

export interface Protection {
  readonly family: Family;
  /** values that must not be known: primary suppression */
  readonly primary: readonly MeasureValue[];
  readonly countsPeople: (measure: string) => boolean;
  /** smallest number of people that may be shown */
  readonly threshold: number;
  /** entities that do not count in the group */
  readonly outside: ReadonlySet<string>;
  /** how many values of other measures the entity hides in the same window */
  readonly elsewhere: (place: MeasureValue) => number;
}

/**
 * Secondary (complementary) suppression, as statistical disclosure control calls it: what to hide so that no
 * hidden value can be worked out from those that show, by the group less its other companies, twelve months less
 * their other quarters, a whole less its other parts, nor by any of these together (A. Hundepool et al.,
 * Statistical Disclosure Control, Wiley 2012, chapter 4).
 *
 * Each value that must be protected is hidden with all that would change if a person of its company and its part
 * were one of another company and another part: the same two measures of both, in the quarter and in each year that
 * holds it. Every sum stays as it is under that exchange, so that what shows cannot tell the two apart. The
 * parts of a sum that are hidden are together at least the threshold too, or the whole is hidden.
 *
 * A period is protected by values of its own and of later ones, never by those of periods before, which may have been
 * published: what a run hides of a period, a later run over the same data hides too.
 *
 * @returns the hidden values, primary ones included
 */
export function secondarySuppression(grounds: Protection): Set<MeasureValue> {
  const hidden = new Hidden(grounds);
  const periods = groupedBy(grounds.primary, (one) => one.period);
  for (const [, ofPeriod] of [...periods].sort(([a], [b]) => compare(a, b))) {
    const inOrder = ofPeriod.toSorted((a, b) => compare(placeOf(a), placeOf(b)));
    for (const one of inOrder) hidden.add(one);
    const partners = new Map<string, string[]>();
    for (const one of inOrder) {
      const place = `${one.measure}|${one.basis}`;
      const known = partners.get(place) ?? partnersOf(one, hidden, grounds);
      partners.set(place, known);
      protect(one, known, hidden, grounds);
    }
  }
  return hidden.values;
}

/** Hides exchanges of one value with its partners, until it cannot be known and no sum tells of few people by it. */
function protect(one: MeasureValue, partners: readonly string[], hidden: Hidden, grounds: Protection): void {
  const { family } = grounds;
  const isOther = (entity: string) => entity !== one.entity;
  for (let next = partners.findIndex(isOther); ; ) {
    const few = ofCompanies(one, hidden, grounds);
    if (hidden.safe.has(one) && !few && !inBreakdown(one, hidden, grounds)) return;
    if (few && hidden.safe.has(one)) next = partners.findIndex((entity, i) => i > next && isOther(entity));
    const partner = alone(one, grounds) ? undefined : partners[next];
    if (partner === undefined && hidden.safe.has(one)) return;
    const entities = partner === undefined ? [one.entity] : [one.entity, partner];
    const measures = exchanged(one, entities, hidden, grounds);
    const before = hidden.values.size + hidden.safe.size;
    for (const moment of family.changingWith(one.measure, one))
      for (const entity of entities)
        for (const measure of measures) {
          const value = family.at(measure, entity, moment);
          if (value) hidden.exchange(value);
        }
    if (hidden.values.size + hidden.safe.size === before && !few) return;
  }
}

/** The group has no value that the company's is a part of. */
const alone = (one: MeasureValue, { family, outside }: Protection) =>
  outside.has(one.entity) || !family.measures.some((id) => family.at(id, GROUP, one));

/** Entities to exchange with, best first; the group itself where no company is left. */
function partnersOf(one: MeasureValue, hidden: Hidden, { family, outside }: Protection): string[] {
  const companies = family.entitiesAt(one.measure, one).filter((id) => id !== GROUP && !outside.has(id));
  const rank = new Map(
    companies.map((id) => [id, hidden.rank(family.at(one.measure, id, one) as MeasureValue)]),
  );
  companies.sort((a, b) => compareRanks(rank.get(a) as number[], rank.get(b) as number[]) || compare(a, b));
  return [...companies, GROUP];
}

/** The companies that are hidden in the group's shown value are fewer people than the threshold. */
function ofCompanies(one: MeasureValue, hidden: Hidden, grounds: Protection): boolean {
  if (alone(one, grounds)) return false;
  const { family, countsPeople, threshold } = grounds;
  const people = hidden.ofCompanies(one);
  const group = family.at(one.measure, GROUP, one);
  const shown = group !== undefined && !hidden.values.has(group);
  return shown && countsPeople(one.measure) && people > 0 && people < threshold;
}

/** So are the parts that are hidden in a shown whole. */
function inBreakdown(one: MeasureValue, hidden: Hidden, grounds: Protection): boolean {
  const { family } = grounds;
  return family.breakdowns
    .filter(({ parts }) => parts.includes(one.measure))
    .some(({ whole, parts }) => {
      const of = family.at(whole, one.entity, one);
      const all = parts.map((part) => family.at(part, one.entity, one));
      return of !== undefined && tellsOfFew(of, all, hidden, grounds);
    });
}

function tellsOfFew(
  whole: MeasureValue,
  parts: readonly (MeasureValue | undefined)[],
  { values }: Hidden,
  { countsPeople, threshold }: Protection,
  /** values that would be hidden too */
  more: readonly MeasureValue[] = [],
): boolean {
  if (values.has(whole)) return false;
  let people = 0;
  for (const part of parts) {
    if (part === undefined || !(values.has(part) || more.includes(part))) continue;
    if (!countsPeople(part.measure)) return false;
    people += Number(part.value);
    if (people >= threshold) return false;
  }
  return people > 0;
}

/**
 * The measures whose values change when some people of one measure are people of others instead, and the wholes
 * keep theirs: another part of each whole that it is a part of, a part of each way in which it is broken down.
 */
function exchanged(
  one: MeasureValue,
  entities: readonly string[],
  hidden: Hidden,
  grounds: Protection,
): readonly string[] {
  const { family } = grounds;
  const exists = (measure: string) =>
    entities.every((entity) => family.at(measure, entity, one) !== undefined);
  const change = new Map([[one.measure, 1]]);
  const of = (measure: string) => change.get(measure) ?? 0;
  const left = ({ whole, parts }: Breakdown) => of(whole) - parts.reduce((sum, part) => sum + of(part), 0);
  const made = family.breakdowns.filter(({ whole }) => family.at(whole, one.entity, one) !== undefined);
  for (;;) {
    const breakdown = made.find((way) => left(way) !== 0);
    if (breakdown === undefined) return [...change.keys()];
    const free = breakdown.parts.filter((part) => !change.has(part) && exists(part));
    const part = bestPart(breakdown, free, one, hidden, grounds, change.has(breakdown.whole));
    if (part !== undefined) change.set(part, left(breakdown));
    else if (!change.has(breakdown.whole) && exists(breakdown.whole))
      change.set(breakdown.whole, -left(breakdown));
    // nothing to exchange with: all of them are hidden
    else return [...new Set(family.breakdowns.flatMap(({ whole, parts }) => [whole, ...parts]))];
  }
}

/** The part to exchange with: one with which the hidden parts are no longer few, where the whole is shown. */
function bestPart(
  { whole, parts }: Breakdown,
  free: readonly string[],
  one: MeasureValue,
  hidden: Hidden,
  grounds: Protection,
  wholeChanges: boolean,
): string | undefined {
  const at = (measure: string) => grounds.family.at(measure, one.entity, one) as MeasureValue;
  const known = parts.map((part) => grounds.family.at(part, one.entity, one));
  const enough = (part: string) =>
    wholeChanges || !tellsOfFew(at(whole), known, hidden, grounds, [one, at(part)]);
  return free
    .filter(enough)
    .sort((a, b) => compareRanks(hidden.rank(at(a)), hidden.rank(at(b))) || compare(a, b))[0];
}

/** What is hidden so far. */
class Hidden {
  /** those of which an exchange is hidden whole */
  readonly safe = new Set<MeasureValue>();
  readonly values = new Set<MeasureValue>();
  readonly #often = new Map<string, number>();
  readonly #ofCompanies = new Map<string, number>();

  constructor(private readonly grounds: Protection) {}

  add(one: MeasureValue): void {
    if (this.values.has(one)) return;
    this.values.add(one);
    const own = `${one.measure}|${one.entity}`;
    // a year may lie beyond the period: a run that does not know it must choose alike
    if (one.basis === 'quarter') this.#often.set(own, (this.#often.get(own) ?? 0) + 1);
    if (one.entity !== GROUP && !this.grounds.outside.has(one.entity))
      this.#ofCompanies.set(momentOf(one), this.ofCompanies(one) + Number(one.value));
  }

  /** The sum of the group's companies that are hidden, of the measure and window of a value. */
  ofCompanies(one: MeasureValue): number {
    return this.#ofCompanies.get(momentOf(one)) ?? 0;
  }

  exchange(one: MeasureValue): void {
    this.add(one);
    this.safe.add(one);
  }

  /**
   * What is hidden first: what is hidden anyway, then of an entity that hides most in the window, then what hides
   * most over time, so that the same ones protect each other all along; then the smallest, one that is not zero before one that is.
   */
  rank(one: MeasureValue): number[] {
    return [
      this.values.has(one) ? 0 : 1,
      -this.grounds.elsewhere(one),
      -(this.#often.get(`${one.measure}|${one.entity}`) ?? 0),
      Number(one.value) === 0 ? 1 : 0,
      Math.abs(Number(one.value)),
    ];
  }
}

const compare = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0);

function compareRanks(a: readonly number[], b: readonly number[]): number {
  const place = a.findIndex((rank, i) => rank !== b[i]);
  return place < 0 ? 0 : (a[place] as number) - (b[place] as number);
}

const momentOf = (one: MeasureValue) => `${one.measure}|${one.period}|${one.basis}`;
const placeOf = (one: MeasureValue) => `${one.basis}|${one.measure}|${one.entity}`;
