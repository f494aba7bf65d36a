import type { TopLevelSpec } from 'vega-lite';
import { quarterIndex } from '../../../configuration/period.ts';
import { decimalsFor, type Rounding } from '../../../language/quantity.ts';
import { isMeasured, type MeasuredObjective, type Standing } from '../../../objectives/objective.ts';
import { quarter, type Scale, scaledQuantity } from '../../format.ts';
import type { Voice } from '../voice.ts';
import { type Chart, draw } from './draw.ts';
import { palette } from './palette.ts';
import { quarterAxis } from './quarter-axis.ts';

const width = 508;
const heights = { high: 262, low: 140 };

/** A value of the objective's indicator as it was published, before it was restated. */
export interface PublishedPoint {
  readonly period: string;
  readonly before: string;
}

/**
 * An objective's way: measured points, expected trajectory to the target, and the straight-line forecast with its
 * interval. Null when there is no known point to draw.
 */
export async function trajectoryChart(
  standing: Standing,
  scale: Scale,
  id: string,
  voice: Voice,
  size: keyof typeof heights = 'high',
  published: readonly PublishedPoint[] = [],
): Promise<Chart | null> {
  const height = heights[size];
  const { language } = voice;
  const { objective, forecast } = standing;
  const known = standing.points.filter((p) => p.actual !== null);
  const last = known.at(-1);
  if (!last || !isMeasured(objective)) return null;
  const reduced = (text: string) => Number(text) / 10 ** scale.power;
  const quantity = (text: string) => scaledQuantity(text, scale, language);
  const x = (period: string) => quarterIndex(period);

  const actual = standing.points.flatMap((p) =>
    p.actual === null ? [] : [{ x: x(p.period), y: reduced(p.actual) }],
  );
  const expected = standing.points.flatMap((p) =>
    p.expected === null ? [] : [{ x: x(p.period), y: reduced(p.expected) }],
  );
  // only quarters that the line shows: a value restated before it says nothing here
  const restated = published
    .filter((one) => known.some((p) => p.period === one.period))
    .map((one) => ({
      x: x(one.period),
      y: reduced(one.before),
      period: quarter(one.period, language),
      label: voice.say('chart.published', { value: quantity(one.before) }),
    }));
  const holes = standing.points
    .filter(
      (p) => p.actual === null && p.period < last.period && x(p.period) >= x(known[0]?.period ?? last.period),
    )
    .map((p) => ({ x: x(p.period), label: voice.word('marks.missing') }));
  const target = { x: x(objective.target.period), y: reduced(String(objective.target.value)) };
  const baseline = { x: x(objective.baseline.period), y: reduced(String(objective.baseline.value)) };
  const band = forecast
    ? [
        {
          x: x(last.period),
          low: reduced(last.actual as string),
          high: reduced(last.actual as string),
          y: reduced(last.actual as string),
        },
        { x: target.x, low: reduced(forecast.low), high: reduced(forecast.high), y: reduced(forecast.value) },
      ].filter((point, index) => index === 0 || point.x > x(last.period))
    : [];

  const levels = [...actual, ...expected, ...restated, target, baseline]
    .map((p) => p.y)
    .concat(band.flatMap((p) => [p.low, p.high]));
  const [low, high] = spread(levels);
  const start = Math.min(baseline.x, ...actual.map((p) => p.x));
  const end = Math.max(target.x, x(last.period));
  const pixel = (y: number) => height - ((y - low) / (high - low)) * height;

  const labels = apart(
    [
      {
        y: pixel(target.y),
        name: voice.say('chart.target'),
        value: quantity(String(objective.target.value)),
        color: palette.quiet,
      },
      ...(band.length === 2 && forecast
        ? [
            {
              y: pixel(band[1]?.y ?? 0),
              name: voice.say('chart.forecast'),
              value: quantity(forecast.value),
              color: palette.accent,
            },
          ]
        : []),
    ],
    32,
  ).map((label) => ({ ...label, x: end }));
  const lastX = x(last.period);
  const rising = reduced(last.actual as string) >= reduced(known.at(-2)?.actual ?? (last.actual as string));
  const room = lastX - start > (end - start) * 0.2;

  const position = {
    field: 'x',
    type: 'quantitative',
    scale: { domain: [start - 0.3, end], nice: false, zero: false },
    axis: quarterAxis(yearEnds(start, end), language),
  };
  const level = {
    field: 'y',
    type: 'quantitative',
    scale: { domain: [low, high], nice: false, zero: false },
    axis: {
      title: null,
      tickCount: size === 'high' ? 5 : 3,
      domain: false,
      ticks: false,
      format: `,.${axisDecimals(scale.decimals, high - low)}f`,
    },
  };
  const layer = (values: readonly object[], mark: object, encoding: object = {}) => ({
    data: { values },
    mark,
    encoding: { x: position, y: level, ...encoding },
  });
  const valueLabel = {
    type: 'text',
    align: room ? 'right' : 'left',
    dx: room ? 5 : -5,
    dy: rising ? -15 : 17,
    fontWeight: 700,
    fontSize: 13,
    color: palette.accent,
  };
  const current = [{ ...actual.at(-1), label: quantity(last.actual as string) }];
  const spec = {
    width,
    height,
    padding: { left: 2, top: 14, right: 2, bottom: 2 },
    layer: [
      layer(
        band,
        { type: 'area', color: palette.band, clip: true },
        { y: { ...level, field: 'low' }, y2: { field: 'high' } },
      ),
      layer(expected, {
        type: 'line',
        color: palette.target,
        strokeDash: [5, 3],
        strokeWidth: 1.4,
        interpolate: objective.trajectory === 'steps' ? 'step-after' : 'linear',
      }),
      layer(band, { type: 'line', color: palette.accent, strokeDash: [1.5, 3], strokeWidth: 1.8 }),
      ...runs(actual).map((run) => layer(run, { type: 'line', color: palette.accent, strokeWidth: 2.4 })),
      layer(actual, { type: 'point', filled: true, size: 28, color: palette.accent, opacity: 1 }),
      layer([baseline], {
        type: 'point',
        shape: 'diamond',
        filled: true,
        fill: 'white',
        stroke: palette.target,
        strokeWidth: 1.5,
        size: 64,
        opacity: 1,
      }),
      layer([target], {
        type: 'point',
        shape: 'square',
        filled: true,
        fill: palette.quiet,
        size: 60,
        opacity: 1,
      }),
      // as it was published: a cross, away from the line that runs through the value as it is now
      layer(restated, {
        type: 'point',
        shape: 'cross',
        filled: true,
        fill: palette.quiet,
        size: 55,
        angle: 45,
        opacity: 1,
      }),
      layer(
        restated,
        { type: 'text', fontSize: 10, color: palette.quiet, dy: 13 },
        { text: { field: 'label' } },
      ),
      layer(actual.slice(-1), { type: 'point', filled: true, size: 86, color: palette.accent, opacity: 1 }),
      // twice: a white outline first, so that no line runs through the digits
      layer(
        current,
        { ...valueLabel, stroke: 'white', strokeWidth: 4, strokeJoin: 'round' },
        { text: { field: 'label' } },
      ),
      layer(current, valueLabel, { text: { field: 'label' } }),
      ...(['name', 'value'] as const).map((field) =>
        layer(
          labels,
          {
            type: 'text',
            align: 'left',
            dx: 10,
            dy: field === 'name' ? -7 : 8,
            baseline: 'middle',
            fontWeight: field === 'name' ? 400 : 700,
          },
          {
            y: { field: 'y', type: 'quantitative', scale: null },
            text: { field },
            color: { field: 'color', type: 'nominal', scale: null },
          },
        ),
      ),
      layer(
        holes,
        { type: 'text', fontSize: 10, color: palette.quiet, baseline: 'bottom' },
        { y: { value: height - 3 }, text: { field: 'label' } },
      ),
    ],
  };
  return {
    svg: await draw(spec as unknown as TopLevelSpec, id, language),
    alternative: [
      alternativeOf(standing, objective, quantity, voice),
      ...restated.map(({ period, label }) =>
        voice.say('chart.alternative.restated', { period, value: label }),
      ),
    ].join(' '),
  };
}

/** The last quarters of years between two quarters, thinned to seven at most. */
function yearEnds(start: number, end: number): number[] {
  const all: number[] = [];
  for (let index = start; index <= end; index += 1) if (index % 4 === 3) all.push(index);
  const every = Math.ceil(all.length / 7);
  return all.length < 2 ? [start, end] : all.filter((_, index) => (all.length - 1 - index) % every === 0);
}

/** Consecutive quarters in runs: a line never bridges a missing quarter. */
function runs(points: readonly { x: number; y: number }[]): { x: number; y: number }[][] {
  const found: { x: number; y: number }[][] = [];
  for (const point of points) {
    const run = found.at(-1);
    if (run && run.at(-1)?.x === point.x - 1) run.push(point);
    else found.push([point]);
  }
  return found;
}

/** The values' range with room around it. */
function spread(levels: readonly number[]): [number, number] {
  const low = Math.min(...levels);
  const high = Math.max(...levels);
  const room = high === low ? Math.max(Math.abs(high) * 0.1, 1) : (high - low) * 0.1;
  // a quantity that is never negative has no axis below zero
  return [low >= 0 ? Math.max(0, low - room) : low - room, high + room];
}

/** Labels moved down just enough that none covers another. */
function apart<Label extends { y: number }>(labels: readonly Label[], distance: number): Label[] {
  let previous = Number.NEGATIVE_INFINITY;
  return [...labels]
    .sort((a, b) => a.y - b.y)
    .map((label) => {
      const y = Math.max(label.y, previous + distance);
      previous = y;
      return { ...label, y };
    });
}

function alternativeOf(
  standing: Standing,
  objective: MeasuredObjective,
  quantity: (text: string) => string,
  voice: Voice,
): string {
  const { forecast } = standing;
  const target = {
    target: quantity(String(objective.target.value)),
    target_period: quarter(objective.target.period, voice.language),
  };
  const finding = voice.say(`chart.alternative.${standing.status}`, {
    objective: voice.label(objective.label),
    value: standing.value === null ? voice.word('marks.missing') : quantity(standing.value),
    expected: standing.expected === null ? voice.word('marks.missing') : quantity(standing.expected),
    ...target,
  });
  const ahead = forecast
    ? voice.say('chart.alternative.forecast', {
        value: quantity(forecast.value),
        low: quantity(forecast.low),
        high: quantity(forecast.high),
      })
    : voice.say('chart.alternative.no_forecast');
  return `${finding} ${ahead}`;
}

function axisDecimals(rounding: Rounding, span: number): number {
  if (typeof rounding !== 'number') return decimalsFor(span, { significant: 2 });
  return rounding > 0 && span < 20 ? 1 : 0;
}
