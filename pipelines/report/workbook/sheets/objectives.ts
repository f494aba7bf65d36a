import { Decimal } from 'decimal.js';
import { quarterIndex } from '../../../configuration/period.ts';
import type { Standing, TrajectoryPoint } from '../../../objectives/objective.ts';
import { causes, type Forecast } from '../../../objectives/position.ts';
import { quarter } from '../../format.ts';
import type { Book } from '../book.ts';
import { type Cell, type Cells, formula, link, number, numeric, still, text, words } from '../cell.ts';
import { percentFormat, valueFormat } from '../look.ts';
import { type Here, tableSheet } from '../table.ts';

const formatOf = (standing: Standing, book: Book) =>
  valueFormat(
    book.indicator(standing.objective.indicator)?.decimals ?? 1,
    standing.value,
    standing.expected,
    standing.objective.baseline?.value,
  );

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
    const seasonal = standing.seasonality === 'same_quarter';
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
        `IF(COUNT(${value},${expected})<2,"${none}",${leadFormula(standing, indicator?.direction, { value, expected, target, baseline })})`,
        standing.lead === null ? words(none) : numeric(standing.lead),
        { format: `+${look.format};"\u2212"${look.format};0`, across: 'right' },
      ),
      progress: seasonal
        ? plain(standing.progress)
        : formula(
            `IF(COUNT(${value})<1,"${none}",IF(${target}=${baseline},"${none}",ROUND((${value}-${baseline})/(${target}-${baseline}),6)))`,
            standing.progress === null ? words(none) : numeric(standing.progress),
            { format: percentFormat(0, book.language), across: 'right' },
          ),
      target: plain(objective.target?.value),
      target_period: text(objective.target ? quarter(objective.target.period, book.language) : none),
      forecast: plain(forecast?.value),
      low: plain(forecast?.low),
      high: plain(forecast?.high),
      outlook: text(forecast ? outlookOf(forecast, book) : book.words.say('objectives.no_forecast')),
      seasons: text(book.words.name('seasons', standing.seasonality)),
      ...paceCells(standing, { value, baseline, target }, book, look, plain),
      ...changeCells(standing, here, look, plain),
      ...cascadeCells(standing, target, here, book, look, plain),
      actions:
        standing.actions.length > 0
          ? link(
              book.words.say('to_actions', { number: standing.actions.length }),
              book.places.link(`actions:${objective.id}`),
            )
          : text(book.words.say('objectives.no_action')),
      trajectory: link(book.words.say('to_trajectory'), book.places.link(`trajectory:${objective.id}`)),
      chart: link(book.words.say('to_chart'), book.places.link(`chart:objective:${objective.id}`)),
      sentence: text(standing.sentence),
      weight: number(objective.weight),
      review: text(book.words.name('reviews', objective.review)),
      standards: text(
        objective.standards
          .map((one) => [one.framework, one.disclosure, one.paragraph].filter(Boolean).join(' '))
          .join(', '),
      ),
      id: text(objective.id),
    };
  },
});

type NumberLook = { format: string; across: 'right' };
type Plain = (value: string | number | null | undefined) => Cell;

/** Ahead is positive; an objective to hold a value is judged in its indicator's direction, both ways without one. */
function leadFormula(
  { objective }: Standing,
  direction: 'up' | 'down' | 'none' | undefined,
  { value, expected, target, baseline }: Record<'value' | 'expected' | 'target' | 'baseline', string>,
): string {
  const held = objective.baseline !== null && objective.baseline.value === objective.target?.value;
  if (!held) return `(${value}-${expected})*SIGN(${target}-${baseline})`;
  if (direction === 'up') return `${value}-${expected}`;
  return direction === 'down' ? `${expected}-${value}` : `-ABS(${value}-${expected})`;
}

function signed(look: NumberLook): NumberLook {
  return { format: `+${look.format};"\u2212"${look.format};0`, across: 'right' };
}

function outlookOf(forecast: Forecast, book: Book): string {
  return book.words.say(forecast.far ? 'objectives.outlook_far' : 'objectives.outlook', {
    method: book.words.name('forecast_methods', forecast.method),
    changes: forecast.changes,
    points: forecast.points,
    lags: forecast.lags,
  });
}

/** Both paces as live formulas; a seasonal one counts from the same quarter, which has no cell here. */
function paceCells(
  { objective, pace, seasonality }: Standing,
  at: Readonly<Record<'value' | 'baseline' | 'target', string>>,
  book: Book,
  look: NumberLook,
  plain: Plain,
): Cells {
  if (!pace || !objective.baseline) return { achieved: plain(null), required: plain(null) };
  const gone = quarterIndex(book.content.run.period) - quarterIndex(objective.baseline.period);
  const cell = (expression: string, value: string | null): Cell =>
    value === null || seasonality === 'same_quarter'
      ? plain(value)
      : formula(expression, numeric(value), signed(look));
  return {
    achieved: cell(`ROUND((${at.value}-${at.baseline})*4/${gone},6)`, pace.achieved),
    required: cell(`ROUND((${at.target}-${at.value})*4/${pace.quartersLeft},6)`, pace.required),
  };
}

function changeCells({ change }: Standing, here: Here, look: NumberLook, plain: Plain): Cells {
  const columns = ['change', 'activity', 'perimeter', 'factor', 'method', 'by_denominator'];
  if (!change)
    return { change_since: plain(null), ...Object.fromEntries(columns.map((key) => [key, plain(null)])) };
  const denominator = causes.reduce((sum, cause) => sum.plus(change.denominator[cause]), new Decimal(0));
  const parts = causes.map((cause) => here.at(cause));
  return {
    change_since: text(change.since),
    change: formula(
      parts.join('+'),
      numeric(new Decimal(change.after).minus(change.before).toFixed()),
      signed(look),
    ),
    ...Object.fromEntries(causes.map((cause) => [cause, number(change.total[cause], signed(look))])),
    by_denominator: number(denominator.toFixed(), signed(look)),
  };
}

function cascadeCells(
  { objective, cascade }: Standing,
  target: string,
  here: Here,
  book: Book,
  look: NumberLook,
  plain: Plain,
): Cells {
  const parent = book.content.objectives.find((one) => one.objective.id === objective.parent);
  const cells = {
    parent: parent
      ? link(parent.objective.label[book.language], book.places.link(`objective:${parent.objective.id}`))
      : text(''),
  };
  if (!cascade) return { ...cells, parts: text(''), parts_gap: text(''), parts_state: text('') };
  return {
    ...cells,
    parts: plain(cascade.together),
    parts_gap:
      cascade.gap === null
        ? plain(null)
        : formula(`${here.at('parts')}-${target}`, numeric(cascade.gap), signed(look)),
    parts_state: text(book.words.state('cascade_statuses', cascade.status)),
  };
}

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
