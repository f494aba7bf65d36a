import type { TopLevelSpec } from 'vega-lite';
import type { Basis } from '../../../indicators/figure.ts';
import { quantity, quarter } from '../../format.ts';
import { shownValue } from '../cell.ts';
import type { FigureBook } from '../figure-book.ts';
import type { Layout } from '../layout.ts';
import type { Voice } from '../voice.ts';
import { type Chart, draw } from './draw.ts';
import { palette } from './palette.ts';
import { wrapped } from './text-width.ts';

/** Width of a value's label over that of a panel. */
const LABEL_SHARE = 0.27;

/** Where a label begins: at the end of its bar, or beyond the line of reference that would run through its digits. */
const clearOf = (at: number, label: number) =>
  `datum.value < ${at} && datum.value + ${label} > ${at} ? ${at} : max(datum.value, 0)`;

/**
 * Pay of women and men: the gaps as bars from zero, and beside them the share of women in each quarter of the pay
 * scale, against one half. Null where fewer than two gaps, or not every quarter, may be shown.
 *
 * Source of the indicators: directive (EU) 2023/970, article 9(1), a to d and f.
 */
export async function payGapChart(
  layout: Layout,
  book: FigureBook,
  id: string,
  voice: Voice,
): Promise<Chart | null> {
  const { language } = voice;
  const known = (ids: readonly string[]) =>
    ids.flatMap((one) => {
      const indicator = book.indicator(one);
      const basis: Basis = indicator?.bases.at(-1) ?? 'quarter';
      const value = indicator ? shownValue(book.figure(one, basis, book.period)) : null;
      if (!indicator || value === null) return [];
      const label = voice.label(indicator.label);
      return [
        {
          name: wrapped(label.replace(/^[A-G] · /, ''), 10.5, 172).join('\n'),
          label,
          value: Number(value),
          text: quantity(value, '%', indicator.decimals, language),
        },
      ];
    });
  const gaps = known(layout.pay_gaps);
  const quarters = known(layout.pay_quartiles);
  if (gaps.length < 2 || quarters.length !== layout.pay_quartiles.length || quarters.length === 0)
    return null;
  const names = (rows: readonly { name: string }[]) => ({
    field: 'name',
    type: 'nominal',
    sort: rows.map((row) => row.name),
    title: null,
    axis: {
      domain: false,
      ticks: false,
      labelExpr: "split(datum.label, '\\n')",
      labelLineHeight: 12,
      labelFontSize: 10.5,
      labelLimit: 190,
      labelColor: palette.ink,
    },
  });
  const bars = (
    rows: readonly { name: string; value: number }[],
    domain: [number, number],
    at: number,
    reference: string,
  ) => ({
    width: 150,
    height: { step: 31 },
    data: { values: rows },
    layer: [
      {
        mark: { type: 'bar', height: 14, color: palette.parts[1], stroke: '#4f6570', strokeWidth: 0.5 },
        encoding: {
          y: names(rows),
          x: {
            field: 'value',
            type: 'quantitative',
            scale: { domain, nice: false },
            title: reference,
            axis: {
              grid: false,
              ticks: false,
              labels: false,
              domain: false,
              titleFontSize: 10,
              titleAlign: 'left',
              titleX: 0,
            },
          },
        },
      },
      {
        data: { values: [{ at }] },
        mark: { type: 'rule', color: palette.ink, strokeWidth: 1, strokeDash: at === 0 ? [1, 0] : [4, 3] },
        encoding: { x: { field: 'at', type: 'quantitative', scale: { domain } } },
      },
      {
        mark: { type: 'text', align: 'left', dx: 4, fontWeight: 600, fontSize: 11 },
        transform: [{ calculate: clearOf(at, (domain[1] - domain[0]) * LABEL_SHARE), as: 'end' }],
        encoding: {
          y: names(rows),
          x: { field: 'end', type: 'quantitative', scale: { domain } },
          text: { field: 'text' },
        },
      },
    ],
  });
  const values = gaps.map((gap) => gap.value);
  const reach = Math.max(...values, 0) - Math.min(...values, 0) || 1;
  const spec = {
    spacing: 26,
    hconcat: [
      bars(
        gaps,
        [Math.min(...values, 0), Math.max(...values, 0) + reach * 0.35],
        0,
        voice.say('chart.pay_zero'),
      ),
      bars(quarters, [0, 115], 50, voice.say('chart.pay_half')),
    ],
  };
  return {
    svg: await draw(spec as unknown as TopLevelSpec, id, language),
    alternative: voice.say('chart.pay_alternative', {
      period: quarter(book.period, language),
      gaps: gaps.map((gap) => `${gap.label} ${gap.text}`).join(', '),
      lowest: quarters[0]?.text ?? '',
      highest: quarters.at(-1)?.text ?? '',
    }),
  };
}
