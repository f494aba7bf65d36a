import { Decimal } from 'decimal.js';
import type { TopLevelSpec } from 'vega-lite';
import type { Indicator } from '../../../indicators/catalogue.ts';
import { list, quarter, scaledQuantity } from '../../format.ts';
import { indicatorScale, shownValue } from '../cell.ts';
import type { FigureBook } from '../figure-book.ts';
import type { Voice } from '../voice.ts';
import { type Chart, draw } from './draw.ts';
import { palette } from './palette.ts';
import { wrapped } from './text-width.ts';

const width = 450;
const height = 170;

/** Emissions of each quarter, one part a scope, with the last quarter's values named. Null with fewer than two scopes. */
export async function emissionsChart(
  scopes: readonly Indicator[],
  book: FigureBook,
  id: string,
  voice: Voice,
): Promise<Chart | null> {
  const { language } = voice;
  const parts = scopes.filter((scope) => shownValue(book.figure(scope.id, 'quarter', book.period)) !== null);
  if (parts.length < 2) return null;
  const bars = book.periods.flatMap((period) => {
    let base = 0;
    return parts.flatMap((scope, index) => {
      const value = shownValue(book.figure(scope.id, 'quarter', period));
      if (value === null) return [];
      const from = base;
      base += Number(value);
      return [{ period: quarter(period, language), from, to: base, part: index }];
    });
  });
  const pileOf = (period: string) =>
    Math.max(0, ...bars.filter((bar) => bar.period === quarter(period, language)).map((bar) => bar.to));
  // a quarter in which a scope is not known says so: its pile is not the whole
  const holes = book.periods
    .filter((period) => parts.some((scope) => shownValue(book.figure(scope.id, 'quarter', period)) === null))
    .map((period) => ({
      period: quarter(period, language),
      label: voice.word('marks.missing'),
      to: pileOf(period),
    }));
  const top = Math.max(...bars.map((bar) => bar.to)) * 1.05;
  const current = bars.filter((bar) => bar.period === quarter(book.period, language));
  const named = parts.map((scope, index) => {
    const bar = current.find((one) => one.part === index);
    const figure = book.figure(scope.id, 'quarter', book.period);
    const value = shownValue(figure) ?? '0';
    return {
      y: height - (((bar?.from ?? 0) + (bar?.to ?? 0)) / 2 / top) * height,
      text: voice.label(scope.label),
      lines: wrapped(voice.label(scope.label), 10.5, 145),
      value: scaledQuantity(value, indicatorScale(scope, [figure], voice), language),
    };
  });
  const labels = upwards(named, 44);
  const order = book.periods.map((period) => quarter(period, language));
  const x = {
    field: 'period',
    type: 'ordinal' as const,
    sort: order,
    scale: { domain: order, paddingInner: 0.35, paddingOuter: 0.15 },
  };
  const y = { type: 'quantitative' as const, scale: { domain: [0, top], nice: false } };
  const spec = {
    width,
    height,
    padding: { left: 2, top: 8, right: 2, bottom: 2 },
    layer: [
      {
        data: { values: bars },
        mark: { type: 'bar' as const, stroke: '#4f6570', strokeWidth: 0.5 },
        encoding: {
          x: { ...x, axis: { title: null, labelAngle: 0, ticks: false, domain: true } },
          y: {
            ...y,
            field: 'from',
            axis: { title: null, tickCount: 4, format: ',.0f', domain: false, ticks: false },
          },
          y2: { field: 'to' },
          color: {
            field: 'part',
            type: 'ordinal' as const,
            scale: {
              domain: parts.map((_, i) => i),
              range: parts.map((_, i) => palette.parts[i % palette.parts.length]),
            },
            legend: null,
          },
        },
      },
      ...labels.flatMap((label) => [
        {
          data: { values: [label] },
          mark: {
            type: 'text' as const,
            align: 'left' as const,
            fontWeight: 600 as const,
            fontSize: 11,
            dy: -5,
          },
          encoding: { x: { value: width + 10 }, y: { value: label.y }, text: { field: 'value' } },
        },
        {
          data: { values: [label] },
          mark: {
            type: 'text' as const,
            align: 'left' as const,
            fontSize: 10.5,
            color: palette.quiet,
            dy: 8,
          },
          encoding: { x: { value: width + 10 }, y: { value: label.y }, text: { field: 'lines' } },
        },
      ]),
      {
        data: { values: holes },
        mark: { type: 'text' as const, color: palette.quiet, baseline: 'bottom' as const, dy: -3 },
        encoding: { x, y: { ...y, field: 'to' }, text: { field: 'label' } },
      },
    ],
  };
  const said = named.map((part) => `${part.text} ${part.value}`);
  return {
    svg: await draw(spec as unknown as TopLevelSpec, id, language),
    alternative: voice.say('chart.emissions_alternative', {
      period: quarter(book.period, language),
      parts: list(said, language),
      largest: largest(parts, book, voice),
    }),
  };
}

function largest(parts: readonly Indicator[], book: FigureBook, voice: Voice): string {
  const value = (scope: Indicator) =>
    new Decimal(shownValue(book.figure(scope.id, 'quarter', book.period)) ?? '0');
  const first = [...parts].sort((a, b) => value(b).comparedTo(value(a)))[0];
  return first ? voice.label(first.label) : '';
}

/** Labels from the bottom of the pile up, at least `distance` apart. */
function upwards<Label extends { y: number }>(labels: readonly Label[], distance: number): Label[] {
  let previous = height + distance - 22;
  return labels.map((label) => {
    const y = Math.min(label.y, previous - distance);
    previous = y;
    return { ...label, y };
  });
}
