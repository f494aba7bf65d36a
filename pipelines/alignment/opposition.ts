import { Decimal } from 'decimal.js';
import { shiftQuarter } from '../configuration/period.ts';
import type { Indicator } from '../indicators/catalogue.ts';
import { type Expression, parseExpression } from '../indicators/expression.ts';
import { type Figure, GROUP } from '../indicators/figure.ts';
import { change, number, quantity, quarterName } from '../language/quantity.ts';
import type { Language } from '../language/wording.ts';
import { isMeasured, type MeasuredObjective } from '../objectives/objective.ts';
import type { Priorities } from './contradictions.ts';
import type { Finding } from './finding.ts';
import type { Link } from './links.ts';
import { holm, rankCorrelation } from './rank-correlation.ts';

/** Two objectives that pull against each other. */
export interface Opposition {
  readonly kind: 'same_indicator' | 'component' | 'measured';
  readonly first: MeasuredObjective;
  readonly second: MeasuredObjective;
}

/**
 * Changes from a quarter to the next that each season of the year has at least (two leave 16 orders, of which none is
 * rare enough), and what counts as opposition.
 */
const fewestOfSeason = 3;
/** Quarters that hold as many changes of each season: without them no opposition is measured. */
export const fewestQuarters = 4 * fewestOfSeason + 1;
const strongest = -0.7;
const significance = 0.05;

/** Direction in which an objective wants its indicator to go. */
export const sense = (o: MeasuredObjective): number => Math.sign(o.target.value - o.baseline.value);

/** What of the group a perimeter holds. */
export interface Place {
  readonly entity: string;
  readonly entities: readonly string[] | null;
  readonly sites: readonly string[] | null;
  readonly companies: readonly string[];
}

/** Perimeters that share an entity or a site; a site lies within its company. */
export function overlapping(first: Place, second: Place): boolean {
  if (first.entity === GROUP || second.entity === GROUP) return true;
  const shared = (some: readonly string[], others: readonly string[]) =>
    some.some((one) => others.includes(one));
  if (first.sites && second.sites) return shared(first.sites, second.sites);
  const companiesOf = (place: Place) => (place.sites ? place.companies : (place.entities ?? [place.entity]));
  return shared(companiesOf(first), companiesOf(second));
}

/** Pairs on the same indicator, wanted up here and down there. */
export function sameIndicator({ standings }: Priorities): Opposition[] {
  return pairs(standings.map((s) => s.objective).filter(isMeasured))
    .filter(([first, second]) => first.indicator === second.indicator && sense(first) * sense(second) < 0)
    .map(([first, second]) => ({ kind: 'same_indicator', first, second }));
}

/** Two objectives that want one indicator to go up here and down there, in perimeters that overlap. */
export function oppositeFindings(
  { indicators, say, language, nameOf }: Priorities,
  same: readonly Opposition[],
): Finding[] {
  return same.map(({ first, second }) => {
    const indicator = indicators.find((one) => one.id === first.indicator);
    return {
      id: `contradiction:opposite:${first.id}:${second.id}`,
      kind: 'contradiction',
      severity: 'critical',
      indicator: first.indicator,
      objective: first.id,
      sentence: say('contradiction.opposite', {
        first: first.label[language],
        second: second.label[language],
        first_department: say(`department.${first.department ?? 'none'}`),
        second_department: say(`department.${second.department ?? 'none'}`),
        indicator: indicator?.label[language] ?? first.indicator,
        first_change: changeOf(first, indicator, language),
        second_change: changeOf(second, indicator, language),
      }),
      figures: [first, second].map((o) => ({
        name: `${o.label[language]} (${nameOf(o.entity)})`,
        value: new Decimal(o.target.value).minus(o.baseline.value).toFixed(),
        unit: indicator?.unit ?? '',
      })),
    };
  });
}

function changeOf(
  objective: MeasuredObjective,
  indicator: Indicator | undefined,
  language: Language,
): string {
  const aim = new Decimal(objective.target.value).minus(objective.baseline.value).toFixed();
  const unit = indicator?.unit === '%' ? 'points' : (indicator?.unit ?? '');
  return change(aim, unit, indicator?.decimals ?? 0, language);
}

/** Two targets for one thing: objectives on one indicator in one perimeter, to different ends in one quarter. */
export function twoTargets({ standings, indicators, say, language, nameOf }: Priorities): Finding[] {
  return pairs(standings.map((s) => s.objective).filter(isMeasured)).flatMap(([first, second]) => {
    const same = (['indicator', 'entity', 'basis'] as const).every((key) => first[key] === second[key]);
    // a nearer and a further target may well go together
    const apart = first.target.period === second.target.period && first.target.value !== second.target.value;
    if (!same || !apart || sense(first) * sense(second) < 0) return [];
    const indicator = indicators.find((one) => one.id === first.indicator);
    const shown = ({ target }: MeasuredObjective) =>
      say('contradiction.by_then', {
        target: quantity(String(target.value), indicator?.unit ?? '', indicator?.decimals ?? 0, language),
        period: quarterName(target.period, language),
      });
    return [
      {
        id: `contradiction:two_targets:${first.id}:${second.id}`,
        kind: 'contradiction' as const,
        severity: 'minor' as const,
        indicator: first.indicator,
        objective: first.id,
        sentence: say('contradiction.two_targets', {
          first: first.label[language],
          second: second.label[language],
          indicator: indicator?.label[language] ?? first.indicator,
          place: nameOf(first.entity),
          first_target: shown(first),
          second_target: shown(second),
        }),
        figures: [first, second].map((o) => ({
          name: o.label[language],
          value: String(o.target.value),
          unit: indicator?.unit ?? '',
        })),
      },
    ];
  });
}

/**
 * Pairs whose indicators share a measure that one wants up and the other down, or that a declared link
 * ties: an objective to use more electricity works against one to emit less. Numerators only.
 */
export function componentFindings(
  { standings, indicators, language, say, nameOf }: Priorities,
  links: readonly Link[],
): { opposition: Opposition; finding: Finding }[] {
  return pairs(standings.map((s) => s.objective).filter(isMeasured)).flatMap(([first, second]) => {
    if (first.indicator === second.indicator) return [];
    const [one, other] = [first, second].map((o) => indicators.find((i) => i.id === o.indicator));
    if (!one || !other) return [];
    const tie = tieBetween(one, other, first, second, links);
    if (!tie) return [];
    // the one that drives comes first
    const [driver, driven] = tie.reversed ? [second, first] : [first, second];
    const [up, down] = [driver, driven].map((o) => indicators.find((i) => i.id === o.indicator) as Indicator);
    return [
      {
        opposition: { kind: 'component' as const, first: driver, second: driven },
        finding: {
          id: `contradiction:component:${driver.id}:${driven.id}`,
          kind: 'contradiction' as const,
          severity: 'major' as const,
          indicator: driven.indicator,
          objective: driver.id,
          sentence: say('contradiction.component', {
            first: driver.label[language],
            second: driven.label[language],
            first_department: say(`department.${driver.department ?? 'none'}`),
            second_department: say(`department.${driven.department ?? 'none'}`),
            first_wants: say(`contradiction.wants.${sense(driver) > 0 ? 'more' : 'less'}`, {
              indicator: up?.label[language] ?? '',
              change: changeOf(driver, up, language),
            }),
            second_wants: say(`contradiction.wants.${sense(driven) > 0 ? 'more' : 'less'}`, {
              indicator: down?.label[language] ?? '',
              change: changeOf(driven, down, language),
            }),
            why: tie.why?.[language] ?? say('contradiction.shared'),
          }),
          figures: [driver, driven].map((o) => ({
            name: `${o.label[language]} (${nameOf(o.entity)})`,
            value: new Decimal(o.target.value).minus(o.baseline.value).toFixed(),
            unit: indicators.find((i) => i.id === o.indicator)?.unit ?? '',
          })),
        },
      },
    ];
  });
}

interface Tie {
  readonly why: Link['why'] | null;
  readonly reversed: boolean;
}

function tieBetween(
  one: Indicator,
  other: Indicator,
  first: MeasuredObjective,
  second: MeasuredObjective,
  links: readonly Link[],
): Tie | undefined {
  const [wantsFirst, wantsSecond] = [wanted(one, first), wanted(other, second)];
  for (const [measure, want] of wantsFirst)
    if (want * (wantsSecond.get(measure) ?? 0) < 0) return { why: null, reversed: false };
  for (const link of links) {
    const sign = link.opposite ? -1 : 1;
    for (const to of link.to) {
      if ((wantsFirst.get(link.from) ?? 0) * sign * (wantsSecond.get(to) ?? 0) < 0)
        return { why: link.why, reversed: false };
      if ((wantsSecond.get(link.from) ?? 0) * sign * (wantsFirst.get(to) ?? 0) < 0)
        return { why: link.why, reversed: true };
    }
  }
  return undefined;
}

/** Each measure of an indicator's numerator, with the direction in which the objective wants it: 1 or -1. */
function wanted(indicator: Indicator, objective: MeasuredObjective): Map<string, number> {
  const found = new Map<string, number>();
  const walk = (expression: Expression, sign: number): void => {
    if (expression.kind === 'measure') found.set(expression.id, sign);
    else if (expression.kind === 'negate') walk(expression.operand, -sign);
    else if (expression.kind === 'binary') {
      walk(expression.left, sign);
      walk(expression.right, expression.op === '-' || expression.op === '/' ? -sign : sign);
    }
  };
  walk(parseExpression(indicator.numerator), sense(objective));
  return found;
}

/**
 * Pairs whose indicators have moved against each other quarter after quarter: Spearman's correlation of their
 * changes towards their targets, less what is usual in the season, at most -0.7, with a one-sided p-value at most 5 %
 * after Holm's correction for the number of pairs tried. Needs three changes in each season that both know, which
 * thirteen quarters hold; a correlation is no cause.
 */
export function measuredFindings(
  { standings, indicators, figures, language, say }: Priorities,
  known: readonly Opposition[],
): { opposition: Opposition; finding: Finding }[] {
  const already = new Set(known.map(({ first, second }) => [first.id, second.id].sort().join('|')));
  const measured = standings
    .map((s) => s.objective)
    .filter(isMeasured)
    .filter((o) => indicators.find((i) => i.id === o.indicator)?.bases.includes('quarter'));
  const tried = pairs(measured).flatMap(([first, second]) => {
    if (first.indicator === second.indicator) return [];
    const changes = changesOf(first, second, figures);
    const found = changes ? rankCorrelation(changes.first, changes.second, changes.seasons) : null;
    return found ? [{ first, second, found }] : [];
  });
  const adjusted = holm(tried.map(({ found }) => found.p));
  return tried.flatMap(({ first, second, found }, i) => {
    const p = adjusted[i] as number;
    if (found.rho > strongest || p > significance) return [];
    if (already.has([first.id, second.id].sort().join('|'))) return [];
    return [
      {
        opposition: { kind: 'measured' as const, first, second },
        finding: {
          id: `contradiction:measured:${first.id}:${second.id}`,
          kind: 'contradiction' as const,
          severity: 'minor' as const,
          objective: first.id,
          sentence: say('contradiction.measured', {
            first: first.label[language],
            second: second.label[language],
            quarters: found.n,
            rho: number(found.rho.toFixed(4), 2, language),
            p: number(p.toFixed(6), 3, language),
            pairs: tried.length,
          }),
          figures: [
            { name: say('names.rank_correlation'), value: found.rho.toFixed(4), unit: 'ratio' },
            { name: say('names.p_value'), value: p.toFixed(6), unit: 'ratio' },
          ],
        },
      },
    ];
  });
}

/**
 * Changes towards the target from a quarter to the next, each with its season (1 to 4), where both objectives know
 * the two quarters; undefined where a season has too few.
 */
function changesOf(first: MeasuredObjective, second: MeasuredObjective, figures: readonly Figure[]) {
  const series = (o: MeasuredObjective) =>
    new Map(
      figures
        .filter((f) => f.indicator === o.indicator && f.entity === o.entity && f.basis === 'quarter')
        .filter((f) => f.status === 'complete' || f.status === 'estimated')
        .map((f) => [f.period, Number(f.value)]),
    );
  const [a, b] = [series(first), series(second)];
  const known = (quarter: string) => a.has(quarter) && b.has(quarter);
  const before = (quarter: string) => shiftQuarter(quarter, -1);
  const quarters = [...a.keys()].filter((quarter) => known(quarter) && known(before(quarter))).sort();
  const seasons = quarters.map((quarter) => Number(quarter.at(-1)));
  const enough = [1, 2, 3, 4].every(
    (season) => seasons.filter((one) => one === season).length >= fewestOfSeason,
  );
  if (!enough) return undefined;
  const changes = (of: Map<string, number>, direction: number) =>
    quarters.map(
      (quarter) => direction * ((of.get(quarter) as number) - (of.get(before(quarter)) as number)),
    );
  return { first: changes(a, sense(first)), second: changes(b, sense(second)), seasons };
}

function pairs(objectives: readonly MeasuredObjective[]): [MeasuredObjective, MeasuredObjective][] {
  return objectives.flatMap((first, i) =>
    objectives
      .slice(i + 1)
      .filter((second) => overlapping(first, second))
      // a part of an objective is not its rival
      .filter((second) => first.parent !== second.id && second.parent !== first.id)
      .map((second): [MeasuredObjective, MeasuredObjective] => [first, second]),
  );
}
