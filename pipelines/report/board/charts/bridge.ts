import type { TopLevelSpec } from 'vega-lite';
import { shiftQuarter } from '../../../configuration/period.ts';
import type { BridgeFacts } from '../../content.ts';
import { number, quarter, signed } from '../../format.ts';
import type { Voice } from '../voice.ts';
import { type Chart, draw } from './draw.ts';
import { palette } from './palette.ts';

const width = 268;
const height = 132;
const causes = ['perimeter', 'factor', 'method', 'activity'] as const;
/** Where the causes are less than this part of the whole, the bars begin above zero and say so. */
const thin = 0.25;

/**
 * A bridge from one year to the next: the two totals, and between them what each cause added or took away. Null where
 * nothing changed.
 */
export async function bridgeChart(
  bridge: BridgeFacts,
  period: string,
  label: string,
  id: string,
  voice: Voice,
): Promise<(Chart & { readonly title: string }) | null> {
  const { language } = voice;
  if (bridge.before === bridge.after) return null;
  const whole = (value: string) => number(value, 0, language);
  let level = Number(bridge.before);
  const steps = causes.map((cause) => {
    const from = level;
    level += Number(bridge[cause]);
    return {
      name: voice.say(`bridge.${cause}`),
      from,
      to: level,
      label: signed(bridge[cause], 0, language),
      kind: level > from ? 'more' : 'less',
    };
  });
  const after = Number(bridge.after);
  const levels = [Number(bridge.before), ...steps.map((step) => step.to), after];
  const [least, most] = [Math.min(...levels), Math.max(...levels)];
  const cut = least > 0 && most - least < most * thin;
  const floor = cut ? least - (most - least) * 0.9 : Math.min(0, least);
  const total = (name: string, to: number, text: string) => ({
    name,
    from: floor,
    to,
    label: text,
    kind: 'total',
  });
  const bars = [
    total(quarter(shiftQuarter(period, -4), language), Number(bridge.before), whole(bridge.before)),
    ...steps,
    total(quarter(period, language), after, whole(bridge.after)),
  ].map((bar, rank) => ({ ...bar, rank, top: Math.max(bar.from, bar.to) }));
  const order = bars.map((bar) => bar.name);
  const x = {
    field: 'name',
    type: 'ordinal',
    sort: order,
    scale: { domain: order, paddingInner: 0.28, paddingOuter: 0.1 },
    axis: { title: null, labelAngle: 0, ticks: false, labelFontSize: 9.5, labelOverlap: false },
  };
  const y = {
    type: 'quantitative',
    scale: { domain: [floor, most + (most - floor) * 0.14], nice: false, zero: false },
    axis: null,
  };
  const ties = bars.slice(0, -1).map((bar, index) => ({ name: bar.name, next: order[index + 1], y: bar.to }));
  const spec = {
    width,
    height,
    padding: { left: 2, top: 4, right: 2, bottom: 2 },
    layer: [
      {
        data: { values: ties },
        mark: { type: 'rule', color: palette.target, strokeWidth: 0.7, strokeDash: [2, 2] },
        encoding: { x, x2: { field: 'next' }, y: { ...y, field: 'y' } },
      },
      {
        data: { values: bars },
        mark: { type: 'bar', stroke: '#4f6570', strokeWidth: 0.6 },
        encoding: {
          x,
          y: { ...y, field: 'from' },
          y2: { field: 'to' },
          color: {
            field: 'kind',
            type: 'nominal',
            scale: {
              domain: ['total', 'more', 'less'],
              range: [palette.parts[0], palette.parts[1], palette.parts[3]],
            },
            legend: null,
          },
        },
      },
      // a bar that does not begin at zero is cut where it would
      ...(cut
        ? [
            {
              data: { values: bars.filter((bar) => bar.kind === 'total') },
              mark: {
                type: 'text',
                text: '≈',
                fontSize: 20,
                color: 'white',
                fontWeight: 700,
                baseline: 'middle',
                dy: -9,
              },
              encoding: { x, y: { ...y, field: 'from' } },
            },
          ]
        : []),
      {
        data: { values: bars },
        mark: { type: 'text', baseline: 'bottom', dy: -3, fontSize: 10.5, fontWeight: 600 },
        encoding: { x, y: { ...y, field: 'top' }, text: { field: 'label' } },
      },
    ],
  };
  const largest = [...steps].sort((a, b) => Math.abs(b.to - b.from) - Math.abs(a.to - a.from))[0];
  return {
    svg: await draw(spec as unknown as TopLevelSpec, id, language),
    title: voice.say(cut ? 'bridge.drawn_cut' : 'bridge.drawn', { measure: label }),
    alternative: voice.say('chart.bridge_alternative', {
      measure: label,
      before: whole(bridge.before),
      after: whole(bridge.after),
      from: quarter(shiftQuarter(period, -4), language),
      to: quarter(period, language),
      parts: steps.map((step) => `${step.name} ${step.label}`).join(', '),
      largest: largest?.name ?? '',
    }),
  };
}
