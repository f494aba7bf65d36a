import { valuesByPlace } from '../../indicators/by-place.ts';
import type { Indicator, Measure } from '../../indicators/catalogue.ts';
import { type Figure, GROUP } from '../../indicators/figure.ts';
import { measuresIn } from '../../indicators/measures-in.ts';
import { hidesPart, placeOf } from '../../indicators/withheld.ts';
import type { MeasureOrigins, ReportContent } from '../content.ts';
import { number, quantity, quarter, share } from '../format.ts';
import { withheldIn } from '../withheld.ts';
import { cellWithUnit, indicatorScale, trailId, trailPart } from './cell.ts';
import type { FigureBook } from './figure-book.ts';
import { entityName } from './objectives.ts';
import type { Voice } from './voice.ts';

const key = (measure: string, entity: string, period: string, basis: string) =>
  `${measure}|${entity}|${period}|${basis}`;

/** Every panel id that some cell of a page's model names. */
export function trailsIn(model: unknown): Set<string> {
  const found = new Set<string>();
  const walk = (value: unknown): void => {
    if (typeof value !== 'object' || value === null) return;
    for (const [name, part] of Object.entries(value)) {
      if (name === 'trail' && typeof part === 'string') found.add(part);
      else walk(part);
    }
  };
  walk(model);
  return found;
}

/**
 * How each figure that the page shows came about: definition, formula with its values, coverage, the extracts behind
 * each measure with what they gave, and who approved it.
 */
export function arrangeTrails(
  content: ReportContent,
  book: FigureBook,
  named: ReadonlySet<string>,
  voice: Voice,
) {
  const values = valuesByPlace(content.measures);
  const measures = new Map(content.catalogue.measures.map((m) => [m.id, m]));
  const { language } = voice;
  const withheld = withheldIn(content);
  const withheldOfSome = ofSome(withheld, new Set([GROUP, ...content.entities.map((one) => one.id)]));
  // of a thousand companies the page names a few: of the others no id is made
  const ids = [...named].join(' ');
  const shown = new Set(
    [...new Set(content.figures.map(({ entity }) => entity))].filter((entity) =>
      ids.includes(`-${trailPart(entity)}-`),
    ),
  );
  const origins = new Map(
    content.origins.flatMap((one) =>
      shown.has(one.entity) ? [[key(one.measure, one.entity, one.period, one.basis), one]] : [],
    ),
  );
  return content.figures
    .filter((figure) => shown.has(figure.entity) && named.has(trailId(figure)))
    .map((figure) => {
      const indicator = book.indicator(figure.indicator) as Indicator;
      const used = measuresIn(indicator).map((id) => measures.get(id) as Measure);
      // a rejected figure is not published: neither are the parts that make it
      const rejected = figure.status === 'rejected';
      const hidden = figure.status === 'suppressed' || rejected;
      // one person's pay is part of it: the ratio shows, its parts do not
      const closed =
        hidden || figure.status === 'not_applicable' || used.some((measure) => measure.opens === 'closed');
      const exact = (value: string | null) =>
        value === null ? voice.word('marks.missing') : number(value, decimalsOf(value), language);
      return {
        id: trailId(figure),
        label: voice.label(indicator.label),
        place: [
          figure.entity === GROUP ? voice.word('group_title') : entityName(content, figure.entity),
          quarter(figure.period, language),
          voice.word(`bases.${figure.basis}`),
        ].join(' · '),
        value: cellWithUnit(figure, indicatorScale(indicator, [figure], voice), voice).text,
        definition: voice.label(indicator.definition),
        facts: [
          fact('trail.formula', formulaOf(indicator, measures, voice)),
          ...(closed || !indicator.denominator
            ? []
            : [
                fact('trail.numerator', exact(figure.numerator)),
                fact('trail.denominator', exact(figure.denominator)),
              ]),
          ...(hidden ? [] : [fact('trail.unrounded', exact(figure.value))]),
          fact('trail.status', voice.word(`figure_statuses.${figure.status}`)),
          fact('trail.coverage', share(figure.coverage, 1, language)),
          fact('trail.estimated', share(figure.estimatedShare, 1, language)),
          fact('trail.approval', voice.say(`trail.approvals.${rejected ? 'rejected' : content.run.state}`)),
        ],
        measures: closed
          ? []
          : used.map((measure) => {
              const at = key(measure.id, figure.entity, figure.period, figure.basis);
              const own = withheld.has(placeOf(measure.id, figure.entity, figure.period, figure.basis));
              const value = own ? undefined : values.get(measure.id, figure);
              const hiding = figure.entity === GROUP ? withheldOfSome : withheld;
              const part = hidesPart(hiding, [figure.entity], measure, figure);
              const from = part ? undefined : origins.get(at);
              return {
                label: voice.label(measure.label),
                value:
                  value?.value == null
                    ? voice.word(own ? 'marks.suppressed' : 'marks.missing')
                    : quantity(value.value, measure.unit, decimalsOf(value.value, 2), language),
                rows: own ? '' : voice.plural('trail.rows', value?.rows ?? 0),
                extracts: extractsOf(from, measure, voice),
                extracts_rest: restOf(from, voice),
              };
            }),
        command: closed ? '' : commandOf(content, figure),
      };
    });

  function fact(name: string, text: string) {
    return { name: voice.say(name), text };
  }
}

/** What is withheld of any of the places, as of the group: asked of each place, a group of many takes seconds. */
function ofSome(withheld: ReadonlySet<string>, places: ReadonlySet<string>): ReadonlySet<string> {
  const found = new Set<string>();
  for (const place of withheld) {
    const [measure, entity, period, basis] = place.split('|') as [string, string, string, string];
    if (places.has(entity)) found.add(placeOf(measure, GROUP, period, basis));
  }
  return found;
}

/** `Women / Headcount × 100`: the catalogue's expressions with the measures' names. */
function formulaOf(indicator: Indicator, measures: ReadonlyMap<string, Measure>, voice: Voice): string {
  const named = (text: string) =>
    text
      .replace(/[a-z][a-z0-9_]*/g, (id) => {
        const measure = measures.get(id);
        return measure ? `[${voice.label(measure.label)}]` : id;
      })
      .replaceAll('*', '×')
      .replaceAll('-', '−');
  const bottom = indicator.denominator ? ` / (${named(indicator.denominator)})` : '';
  const scale = indicator.scale === 1 ? '' : ` × ${number(String(indicator.scale), 0, voice.language)}`;
  return `${named(indicator.numerator)}${bottom}${scale}`;
}

function extractsOf(origins: MeasureOrigins | undefined, measure: Measure, voice: Voice) {
  return (origins?.extracts ?? []).map(({ extract, rows, contribution }) => ({
    name: extract,
    rows: voice.plural('trail.rows', rows),
    contribution:
      contribution === null
        ? ''
        : quantity(contribution, measure.unit, decimalsOf(contribution, 2), voice.language),
  }));
}

function restOf(origins: MeasureOrigins | undefined, voice: Voice): string {
  const rest = origins?.more ?? 0;
  return rest > 0 ? voice.plural('trail.more', rest) : '';
}

/** The digits that a decimal text has, `most` at most: what is shown is what was computed. */
function decimalsOf(value: string, most = 6): number {
  return Math.min(most, value.includes('.') ? (value.replace(/0+$/, '').split('.')[1]?.length ?? 0) : 0);
}

function commandOf(content: ReportContent, { indicator, entity, period, basis }: Figure): string {
  const { run } = content;
  return [
    `concordance trace out/${run.period}/${run.id} ${indicator}`,
    ...(entity === GROUP ? [] : [`--entity ${entity}`]),
    ...(period === run.period ? [] : [`--period ${period}`]),
    `--basis ${basis}`,
  ].join(' ');
}
