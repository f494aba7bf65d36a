import { Decimal } from 'decimal.js';
import type { TopLevelSpec } from 'vega-lite';
import { quarterIndex } from '../../../configuration/period.ts';
import type { Indicator } from '../../../indicators/catalogue.ts';
import type { Basis } from '../../../indicators/figure.ts';
import { quarter, scaledQuantity } from '../../format.ts';
import { indicatorScale, shownValue } from '../cell.ts';
import type { FigureBook } from '../figure-book.ts';
import type { Voice } from '../voice.ts';
import { type Chart, draw } from './draw.ts';
import { palette } from './palette.ts';
import { quarterAxis } from './quarter-axis.ts';

/** Parts a heading's two lines; no name holds it. */
const between = '\uE000';

/** One small chart an entity, on one scale, so that their sizes and their directions compare. */
export async function entityMultiples(
  indicator: Indicator,
  basis: Basis,
  entities: readonly { readonly id: string; readonly name: string }[],
  book: FigureBook,
  id: string,
  voice: Voice,
): Promise<Chart | null> {
  const { language } = voice;
  const series = entities.flatMap((entity) => {
    const figures = book.periods.map((period) => book.figure(indicator.id, basis, period, entity.id));
    const known = figures.flatMap((figure) => {
      const value = shownValue(figure);
      return figure && value !== null ? [{ period: figure.period, value }] : [];
    });
    return known.length === 0 ? [] : [{ entity, known }];
  });
  if (series.length < 2) return null;
  const scale = indicatorScale(
    indicator,
    series.flatMap((s) => s.known.map((k) => book.figure(indicator.id, basis, k.period, s.entity.id))),
    voice,
  );
  const reduced = (text: string) => Number(text) / 10 ** scale.power;
  const columns = Math.min(4, series.length);
  const width = Math.floor((640 - 44 - columns * 22) / columns);
  const first = quarterIndex(book.periods[0] ?? book.period);
  const last = quarterIndex(book.period);
  // a quarter without value is a gap in the line, not a bridge
  const points = series.flatMap(({ entity, known }) => {
    const values = new Map(known.map((k) => [k.period, reduced(k.value)]));
    return book.periods.map((period) => ({
      heading: entity.name,
      x: quarterIndex(period),
      y: values.get(period) ?? null,
    }));
  });
  const ends = series.flatMap(({ entity, known }) => {
    const end = known.at(-1);
    if (!end) return [];
    const said = scaledQuantity(end.value, scale, language);
    const label = end.period === book.period ? said : `${said} (${quarter(end.period, language)})`;
    return [{ name: entity.name, x: quarterIndex(end.period), y: reduced(end.value), label }];
  });
  const levels = points.map((p) => p.y ?? 0);
  const top = Math.max(...levels, 0) * 1.06 || 1;
  const bottom = Math.min(0, ...levels);
  const heading = new Map(ends.map((end) => [end.name, `${end.name}${between}${end.label}`]));
  const ranks = [...heading.keys()];
  const headed = <Row extends object>(rows: readonly Row[], name: (row: Row) => string, role: string) =>
    rows.map((row) => ({ ...row, role, heading: heading.get(name(row)), rank: ranks.indexOf(name(row)) }));
  const x = {
    field: 'x',
    type: 'quantitative',
    scale: { domain: [first - 0.5, last + 0.5], nice: false, zero: false },
    axis: quarterAxis([first, last], language),
  };
  const y = {
    field: 'y',
    type: 'quantitative',
    scale: { domain: [bottom, top], nice: false },
    axis: { title: null, tickCount: 3, format: ',.0f', domain: false, ticks: false },
  };
  const layer = (role: string, mark: object) => ({
    transform: [{ filter: `datum.role === '${role}'` }],
    mark,
    encoding: { x, y },
  });
  const spec = {
    data: {
      values: [...headed(points, (p) => p.heading, 'point'), ...headed(ends, (e) => e.name, 'end')],
    },
    facet: {
      field: 'heading',
      type: 'nominal',
      sort: { field: 'rank', op: 'min' },
      title: null,
      header: { labelExpr: `split(datum.label, '${between}')`, labelLineHeight: 14 },
    },
    columns,
    spacing: 22,
    spec: {
      width,
      height: 64,
      layer: [
        layer('point', { type: 'area', color: palette.band }),
        layer('point', { type: 'line', color: palette.accent, strokeWidth: 1.8 }),
        layer('end', { type: 'point', filled: true, color: palette.accent, size: 30, opacity: 1 }),
      ],
    },
  };
  const ranked = [...ends].sort((a, b) => new Decimal(b.y).comparedTo(a.y));
  return {
    svg: await draw(spec as unknown as TopLevelSpec, id, language),
    alternative: voice.say('chart.multiples_alternative', {
      indicator: voice.label(indicator.label),
      largest: ranked[0]?.name ?? '',
      largest_value: ranked[0]?.label ?? '',
      all: ends.map((e) => `${e.name} ${e.label}`).join(', '),
    }),
  };
}
