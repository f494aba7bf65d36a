import type { Standing, TrajectoryPoint } from '../../../objectives/objective.ts';
import { quarter } from '../../format.ts';
import type { Book } from '../book.ts';
import { type Cell, formula, link, number, numeric, still, text, words } from '../cell.ts';
import { numberFormat, percentFormat } from '../look.ts';
import { tableSheet } from '../table.ts';

const formatOf = (standing: Standing, book: Book) =>
  numberFormat(book.indicator(standing.objective.indicator)?.decimals ?? 1);

/** Where each objective stands on its trajectory, and where it is heading. */
export const objectivesSheet = tableSheet<Standing>({
  key: 'objectives',
  rows: ({ content }) => content.objectives,
  ids: ({ objective }) => [`objective:${objective.id}`],
  cells: (standing, here, book) => {
    const { objective, forecast } = standing;
    const indicator = book.indicator(objective.indicator);
    const look = { format: formatOf(standing, book), across: 'right' as const };
    const none = book.words.say('none');
    const plain = (value: string | number | null | undefined): Cell =>
      still(value === null || value === undefined ? words(none) : numeric(value), look);
    const [value, expected, baseline, target] = ['value', 'expected', 'baseline', 'target'].map(here.at) as [
      string,
      string,
      string,
      string,
    ];
    return {
      status: text(book.words.state('statuses', standing.status)),
      objective: text(objective.label[book.language], { bold: true }),
      department: text(book.words.name('departments', objective.department ?? 'none')),
      owner: text(objective.owner ?? none),
      indicator: link(
        indicator?.label[book.language] ?? objective.indicator ?? none,
        book.places.link(`indicator:${objective.indicator}:${objective.entity}`),
      ),
      entity: text(book.entityName(objective.entity)),
      basis: text(book.words.name('bases_short', objective.basis)),
      unit: text(indicator ? book.unit(indicator.unit) : none),
      baseline_period: text(objective.baseline ? quarter(objective.baseline.period, book.language) : none),
      baseline: plain(objective.baseline?.value),
      value: valueCell(standing, book, look),
      expected: plain(standing.expected),
      lead: formula(
        `IF(COUNT(${value},${expected})<2,"${none}",(${value}-${expected})*SIGN(${target}-${baseline}))`,
        standing.lead === null ? words(none) : numeric(standing.lead),
        { format: `+${look.format};"\u2212"${look.format};0`, across: 'right' },
      ),
      progress: formula(
        `IF(COUNT(${value})<1,"${none}",IF(${target}=${baseline},"${none}",ROUND((${value}-${baseline})/(${target}-${baseline}),6)))`,
        standing.progress === null ? words(none) : numeric(standing.progress),
        { format: percentFormat(0, book.language), across: 'right' },
      ),
      target: plain(objective.target?.value),
      target_period: text(objective.target ? quarter(objective.target.period, book.language) : none),
      forecast: plain(forecast?.value),
      low: plain(forecast?.low),
      high: plain(forecast?.high),
      actions:
        standing.actions.length > 0
          ? link(
              book.words.say('to_actions', { number: standing.actions.length }),
              book.places.link(`actions:${objective.id}`),
            )
          : text(book.words.say('objectives.no_action')),
      trajectory: link(book.words.say('to_trajectory'), book.places.link(`trajectory:${objective.id}`)),
      sentence: text(standing.sentence),
      weight: number(objective.weight),
      id: text(objective.id),
    };
  },
});

/** A reference to the indicator's cell where the run has one. */
function valueCell(
  { objective, value }: Standing,
  book: Book,
  look: { format: string; across: 'right' },
): Cell {
  const cell = book.places.cell(
    `indicator:${objective.indicator}:${objective.entity}`,
    `value_${objective.basis}`,
  );
  const figure = book.figure(objective.indicator, objective.entity, book.content.run.period, objective.basis);
  if (!cell || !figure || figure.value !== value)
    return still(value === null ? words(book.words.mark('missing')) : numeric(value), look);
  return formula(cell, book.shown(figure), look);
}

interface Series {
  readonly standing: Standing;
  readonly kind: 'actual' | 'expected';
}

/** What was measured and what the trajectory expects, quarter by quarter up to the target. */
export const trajectoriesSheet = tableSheet<Series>({
  key: 'trajectories',
  rows: ({ content }) =>
    content.objectives.flatMap((standing) =>
      (['actual', 'expected'] as const).map((kind) => ({ standing, kind })),
    ),
  ids: ({ standing }) => [`trajectory:${standing.objective.id}`],
  cells: ({ standing, kind }, _here, book) => {
    const indicator = book.indicator(standing.objective.indicator);
    const look = { format: formatOf(standing, book), across: 'right' as const };
    const points = standing.points.map((point) => [
      point.period,
      pointCell(standing, kind, point, book, look),
    ]);
    return {
      objective: link(
        standing.objective.label[book.language],
        book.places.link(`objective:${standing.objective.id}`),
      ),
      series: text(book.words.say(`trajectories.${kind}`)),
      unit: text(indicator ? book.unit(indicator.unit) : ''),
      ...Object.fromEntries(points),
    };
  },
  look: ({ kind }) => (kind === 'actual' ? { bold: true, rule: 'none' } : { ink: '61707D' }),
});

function pointCell(
  { objective }: Standing,
  kind: Series['kind'],
  point: TrajectoryPoint,
  book: Book,
  look: { format: string; across: 'right' },
): Cell {
  const value = point[kind];
  if (value !== null) return number(value, look);
  const figure =
    kind === 'actual'
      ? book.figure(objective.indicator, objective.entity, point.period, objective.basis)
      : undefined;
  return figure && point.period <= book.content.run.period ? still(book.shown(figure), look) : text('');
}
