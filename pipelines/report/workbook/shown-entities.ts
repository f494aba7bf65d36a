import { GROUP } from '../../indicators/figure.ts';
import { measuresIn } from '../../indicators/measures-in.ts';
import { placeOf } from '../../indicators/withheld.ts';
import type { ReportContent } from '../content.ts';

/** A group of as many is shown whole. */
const mostEntities = 60;
/** Else each indicator is shown for as many: those that weigh most in what it is made of. */
const mostOfIndicator = 20;

/** Whose rows the sheets show, the group first and then in the order of the perimeter. */
export interface ShownEntities {
  indicator(id: string): readonly string[];
  measure(id: string): readonly string[];
  /** entities that an indicator has no row of; 0 where all have theirs */
  readonly left: number;
}

/**
 * The entities that the workbook shows of each indicator and measure. A measure is shown for those of its indicators,
 * so that their formulas have the cells that they need. A withheld value ranks nowhere: its place would tell of it.
 */
export function shownEntities(content: ReportContent, withheld: ReadonlySet<string>): ShownEntities {
  const all = [GROUP, ...content.entities.map((entity) => entity.id)];
  if (content.entities.length <= mostEntities) return { indicator: () => all, measure: () => all, left: 0 };
  const order = new Map(all.map((id, place) => [id, place]));
  const inOrder = (ids: Iterable<string>) =>
    [GROUP, ...ids].sort((a, b) => (order.get(a) as number) - (order.get(b) as number));
  const heaviest = heaviestByMeasure(content, withheld, order);
  const ofIndicator = new Map<string, readonly string[]>();
  const ofMeasure = new Map<string, Set<string>>();
  for (const indicator of content.catalogue.indicators) {
    const measures = measuresIn(indicator);
    const chosen = inTurn(measures.map((id) => heaviest.get(id) ?? []));
    ofIndicator.set(indicator.id, inOrder(chosen));
    for (const id of measures) ofMeasure.set(id, new Set([...(ofMeasure.get(id) ?? []), ...chosen]));
  }
  return {
    indicator: (id) => ofIndicator.get(id) ?? [GROUP],
    measure: (id) => inOrder(ofMeasure.get(id) ?? (heaviest.get(id) ?? []).slice(0, mostOfIndicator)),
    left: content.entities.length - mostOfIndicator,
  };
}

/** Entities by the size of what they contribute over the longest window, the largest first. */
function heaviestByMeasure(
  { measures, run }: ReportContent,
  withheld: ReadonlySet<string>,
  order: ReadonlyMap<string, number>,
): Map<string, string[]> {
  const sizes = new Map<string, Map<string, number>>();
  for (const { measure, entity, period, basis, value } of measures) {
    if (period !== run.period || entity === GROUP || value === null || !order.has(entity)) continue;
    if (withheld.has(placeOf(measure, entity, period, basis))) continue;
    const ofMeasure = sizes.get(measure) ?? new Map<string, number>();
    sizes.set(measure, ofMeasure);
    if (basis === 'ttm' || !ofMeasure.has(entity)) ofMeasure.set(entity, Math.abs(Number(value)));
  }
  return new Map(
    [...sizes].map(([measure, ofMeasure]) => [
      measure,
      [...ofMeasure]
        .sort(([a, x], [b, y]) => y - x || (order.get(a) as number) - (order.get(b) as number))
        .map(([entity]) => entity),
    ]),
  );
}

/** The first of each list, then the second of each, until there are enough. */
function inTurn(lists: readonly (readonly string[])[]): Set<string> {
  const chosen = new Set<string>();
  const longest = Math.max(0, ...lists.map((list) => list.length));
  for (let rank = 0; rank < longest; rank += 1) {
    for (const list of lists) {
      const entity = list[rank];
      if (entity !== undefined) chosen.add(entity);
      if (chosen.size === mostOfIndicator) return chosen;
    }
  }
  return chosen;
}
